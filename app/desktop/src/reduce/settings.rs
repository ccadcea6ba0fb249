//! Settings: the rules of incoming calls, the tests of the devices, the trace.

use hark_phone::{AccountSettings, Command, Naming, Password, Pin, Snapshot, TurnPassword};

use super::send;
use crate::action::Effect;
use crate::diagnosis::Report;
use crate::state::{Autostart, PinForm, State};
use crate::text;

pub(super) fn watch_microphone(state: &mut State, watch: bool) -> Vec<Effect> {
    if state.settings.microphone_check == watch {
        return vec![];
    }
    state.settings.microphone_check = watch;
    send(Command::WatchMicrophone { watch })
}

pub(super) fn autostart_is(state: &mut State, is: Result<Autostart, String>) -> Vec<Effect> {
    match is {
        Ok(autostart) => state.desktop.autostart = Some(autostart),
        Err(reason) => state.notice = Some(text::autostart_failed(&reason)),
    }
    vec![]
}

/// Nobody listens and nothing plays when the settings are not seen.
pub(super) fn end_tests(state: &mut State, snapshot: &Snapshot) -> Vec<Effect> {
    let mut effects = watch_microphone(state, false);
    if snapshot.echo_test.is_some() {
        effects.extend(send(Command::StopEchoTest));
    }
    effects
}

pub(super) fn enter_rules(state: &mut State, snapshot: &Snapshot) -> Vec<Effect> {
    let (Some(account), kept) = (&snapshot.account, &snapshot.ring_rules) else {
        return vec![];
    };
    let form = &mut state.settings.rules;
    if !form.is_edited() {
        return vec![];
    }
    let rules = form.entered(kept, account);
    if rules == *kept {
        return vec![];
    }
    send(Command::SetRingRules(rules))
}

pub(super) fn block(state: &mut State, snapshot: &Snapshot) -> Vec<Effect> {
    let (Some(account), kept) = (&snapshot.account, &snapshot.ring_rules) else {
        return vec![];
    };
    let rules = state.settings.rules.blocking(kept, account);
    rules.map_or(vec![], |rules| send(Command::SetRingRules(rules)))
}

/// The engine answers with the file's name, or with the reason why there is none.
pub(super) fn save_trace(state: &mut State, name: &str) -> Vec<Effect> {
    state.settings.trace = None;
    let file = Some(state.desktop.folder.join(name));
    let naming = Naming::AsSent;
    send(Command::ExportTrace { file, naming })
}

/// The same for a report.
pub(super) fn save_report(state: &mut State, report: Report) -> Vec<Effect> {
    state.diagnosis.saved = None;
    let file = state.desktop.folder.join(report.name);
    let text = report.text;
    send(Command::SaveReport { file, text })
}

pub(super) fn change_account(account: AccountSettings) -> Vec<Effect> {
    send(Command::SetAccount {
        account,
        password: Password::new(""),
        turn_password: TurnPassword::Kept,
    })
}

/// What is no PIN stays typed, so that it can be mended.
pub(super) fn keep_pin(state: &mut State) -> Vec<Effect> {
    let form = &mut state.settings.pin;
    let pin = Pin::new(&form.typed);
    form.is_wrong = pin.is_none();
    if pin.is_none() {
        return vec![];
    }
    *form = PinForm::default();
    send(Command::SetPin(pin))
}
