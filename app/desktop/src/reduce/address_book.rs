//! The address book of a server: set, asked, switched off.

use hark_phone::{AddressBookSettings, Command, Password, Snapshot};

use super::{send, show};
use crate::action::{AddressBookAction, Effect};
use crate::state::{State, Tab};

pub(super) fn reduce(
    state: &mut State,
    snapshot: &Snapshot,
    action: AddressBookAction,
) -> Vec<Effect> {
    let form = &mut state.settings.address_book;
    let kept = &snapshot.settings.address_book;
    match action {
        AddressBookAction::Visit => {
            form.wants_view = true;
            show(state, snapshot, Tab::Settings)
        }
        AddressBookAction::Change => {
            form.open = true;
            vec![]
        }
        AddressBookAction::GiveUp => {
            form.fill(kept);
            vec![]
        }
        AddressBookAction::Save => save(state, kept),
        AddressBookAction::Update => send(Command::UpdateAddressBook),
        AddressBookAction::SwitchOff if !std::mem::replace(&mut form.off_asked, true) => vec![],
        AddressBookAction::SwitchOff => {
            form.fill(kept);
            let settings = AddressBookSettings {
                on: false,
                ..kept.clone()
            };
            set(settings, String::new())
        }
        AddressBookAction::StayOn => {
            form.off_asked = false;
            vec![]
        }
    }
}

fn save(state: &mut State, kept: &AddressBookSettings) -> Vec<Effect> {
    let form = &mut state.settings.address_book;
    let settings = form.settings(kept);
    if let Err(error) = settings.check() {
        form.error = Some(error.to_string());
        return vec![];
    }
    let password = std::mem::take(&mut form.password);
    // What was typed stays until the engine has taken it, and closes with that.
    form.open = false;
    form.error = None;
    set(settings, password)
}

fn set(settings: AddressBookSettings, password: String) -> Vec<Effect> {
    send(Command::SetAddressBook {
        settings,
        password: Password::new(password),
    })
}
