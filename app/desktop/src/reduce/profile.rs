//! Settings that travel: saved, looked at, taken.

use hark_phone::portable::{Change, Origin, OriginError};
use hark_phone::{Command, SettingsReading, Snapshot, Then};

use super::{send, setup};
use crate::action::Effect;
use crate::state::{LoadFrom, ProfileState, State, Tab};

pub(super) fn save(state: &mut State, name: &str) -> Vec<Effect> {
    state.profile.saved = None;
    let file = state.desktop.folder.join(name);
    send(Command::ExportSettings { file })
}

/// Reads what was named, to say what it would change.
pub(super) fn look(state: &mut State, from: LoadFrom) -> Vec<Effect> {
    let field = &mut state.profile.from;
    let origin: Result<Origin, OriginError> = field.typed.parse();
    field.error = origin.as_ref().err().map(ToString::to_string);
    field.waiting = origin.is_ok();
    let Ok(origin) = origin else {
        return vec![];
    };
    state.notice = None;
    send(Command::ReadSettings {
        from: match origin {
            // A name alone is looked for where settings are saved.
            Origin::File(path) => Origin::File(state.desktop.folder.join(path)),
            Origin::Url(url) => Origin::Url(url),
        },
        manner: from.manner(),
        then: Then::Show,
    })
}

/// What cannot be read is told where it was asked for.
pub(super) fn failed(state: &mut State, text: &str) -> bool {
    let field = &mut state.profile.from;
    let asked = std::mem::take(&mut field.waiting);
    if asked {
        field.error = Some(text.to_owned());
    }
    asked
}

pub(super) fn read(
    state: &mut State,
    snapshot: &Snapshot,
    reading: Box<SettingsReading>,
) -> Vec<Effect> {
    match reading.then {
        Then::Show => {
            state.profile.from.waiting = false;
            state.profile.reading = Some(reading);
            vec![]
        }
        Then::Apply => taken(state, snapshot, &reading),
    }
}

/// An account whose password is not known needs the form, where it is typed.
fn taken(state: &mut State, snapshot: &Snapshot, reading: &SettingsReading) -> Vec<Effect> {
    state.profile = ProfileState::default();
    let needs = |address: &str| {
        let needed =
            |change: &Change| matches!(change, Change::PasswordNeeded(it) if it == address);
        reading.changes.iter().any(needed)
    };
    match &snapshot.account {
        Some(account) if needs(&account.address) => setup::open(state, account.clone()),
        Some(_) => {
            state.tab = Tab::Settings;
            setup::close(state)
        }
        None => vec![],
    }
}

pub(super) fn take(state: &mut State) -> Vec<Effect> {
    let Some(reading) = state.profile.reading.take() else {
        return vec![];
    };
    send(Command::TakeSettings {
        document: Box::new(reading.document),
        manner: reading.manner,
    })
}
