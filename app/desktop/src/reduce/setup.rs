//! Accounts: the form, signing in and out, and the built-in server in their place.

use std::path::Path;

use hark_phone::{AccountId, AccountSettings, Command, Password, RegistrationView, Snapshot};

use super::send;
use super::settings::watch_microphone;
use crate::action::Effect;
use crate::state::{
    DemoState, FieldError, SettingsState, SetupField, SetupForm, SetupHelp, SetupPurpose,
    SetupState, State, Tab, given,
};

pub(super) fn open(state: &mut State, account: AccountSettings) -> Vec<Effect> {
    let form = SetupForm::of(account.clone());
    state.setup.advanced = form.uses_advanced();
    state.setup.form = form;
    state.setup.known = Some(account);
    state.setup.open = true;
    state.setup.purpose = SetupPurpose::Change;
    state.setup.field_error = None;
    state.setup.help = SetupHelp::default();
    let mut effects = watch_microphone(state, false);
    effects.extend(look_into_authorities(state));
    effects
}

/// Opens the form where it is not open, and leads to the field.
pub(super) fn mend(state: &mut State, snapshot: &Snapshot, field: SetupField) -> Vec<Effect> {
    let effects = match &snapshot.account {
        Some(account) if !state.shows_setup(snapshot) => open(state, account.clone()),
        Some(_) | None => vec![],
    };
    state.setup.lead_to(field);
    state.diagnosis.open = false;
    effects
}

/// What the file holds that is typed, for the eye and before it is used.
pub(super) fn look_into_authorities(state: &State) -> Vec<Effect> {
    let file = given(&state.setup.form.ca_file);
    file.map_or(vec![], |file| {
        send(Command::ReadAuthorities { file: file.into() })
    })
}

pub(super) fn authority_file_chosen(state: &mut State, file: &Path) -> Vec<Effect> {
    state.setup.form.ca_file = file.display().to_string();
    state.setup.lead_to(SetupField::CaFile);
    look_into_authorities(state)
}

pub(super) fn add(state: &mut State) -> Vec<Effect> {
    state.setup = SetupState {
        open: true,
        purpose: SetupPurpose::Another,
        ..SetupState::default()
    };
    watch_microphone(state, false)
}

/// What was typed for one account is not for another.
pub(super) fn choose(state: &mut State, account: AccountId) -> Vec<Effect> {
    state.chosen = Some(account);
    state.settings = SettingsState {
        microphone_check: state.settings.microphone_check,
        ..SettingsState::default()
    };
    vec![]
}

pub(super) fn close(state: &mut State) -> Vec<Effect> {
    state.setup = Default::default();
    vec![]
}

pub(super) fn sign_in(state: &mut State) -> Vec<Effect> {
    let setup = &mut state.setup;
    match setup.account() {
        Ok(account) => {
            setup.field_error = None;
            setup.help.problem = None;
            setup.waiting = true;
            state.notice = None;
            let password = Password::new(setup.form.password.clone());
            let turn_password = setup.form.media.turn_password();
            if setup.purpose == SetupPurpose::Another || state.chosen.is_some() {
                state.chosen = Some(account.id());
            }
            send(match setup.purpose {
                SetupPurpose::Another => Command::AddAccount {
                    account,
                    password,
                    turn_password,
                },
                SetupPurpose::First | SetupPurpose::Change => Command::SetAccount {
                    account,
                    password,
                    turn_password,
                },
            })
        }
        Err(error) => {
            setup.media |= error == FieldError::Media;
            setup.field_error = Some(error);
            error
                .field()
                .into_iter()
                .for_each(|field| setup.lead_to(field));
            vec![]
        }
    }
}

pub(super) fn sign_out(state: &mut State) -> Vec<Effect> {
    if !std::mem::replace(&mut state.settings.sign_out_asked, true) {
        return vec![];
    }
    state.settings.sign_out_asked = false;
    state.tab = Tab::Home;
    state.setup = Default::default();
    state.chosen = None;
    let mut effects = watch_microphone(state, false);
    effects.push(Effect::Send(Box::new(Command::RemoveAccount)));
    effects
}

pub(super) fn start_demo(state: &mut State) -> Vec<Effect> {
    if matches!(state.demo, DemoState::Starting | DemoState::Running) {
        return vec![];
    }
    state.demo = DemoState::Starting;
    vec![Effect::StartDemo]
}

pub(super) fn demo_started(state: &mut State) -> Vec<Effect> {
    *state = fresh(state, DemoState::Running);
    vec![]
}

pub(super) fn leave_demo(state: &mut State) -> Vec<Effect> {
    *state = fresh(state, DemoState::Off);
    vec![Effect::LeaveDemo]
}

/// Another account begins: nothing stays but what is known about the desktop.
fn fresh(state: &State, demo: DemoState) -> State {
    State {
        demo,
        desktop: state.desktop.clone(),
        ..State::default()
    }
}

pub(super) fn registration_changed(
    state: &mut State,
    snapshot: &Snapshot,
    view: &RegistrationView,
) -> Vec<Effect> {
    match view {
        RegistrationView::Registered => {
            state.setup.help.problem = None;
            if state.setup.waiting {
                state.tab = Tab::Home;
                return close(state);
            }
        }
        RegistrationView::Failed(problem) | RegistrationView::Lost { problem, .. } => {
            state.setup.help.problem = Some(problem.clone());
            // The form stays until it has brought the user in.
            state.setup.open |= state.setup.waiting;
            state.setup.waiting = false;
            // It is there by now, and the next press mends it.
            if state.setup.purpose == SetupPurpose::Another {
                state.setup.purpose = SetupPurpose::Change;
                state.setup.known = snapshot.account.clone();
            }
        }
        RegistrationView::SignedOut | RegistrationView::Connecting(_) => {}
    }
    vec![]
}
