//! Accounts: the form, signing in and out, and the built-in server in their place.

use hark_phone::command::Password;
use hark_phone::{AccountSettings, Command, RegistrationView};

use super::send;
use super::settings::watch_microphone;
use crate::action::Effect;
use crate::state::{DemoState, FieldError, SetupForm, SetupPurpose, State, Tab};

pub(super) fn open(state: &mut State, account: AccountSettings) -> Vec<Effect> {
    let form = SetupForm::of(account.clone());
    state.setup.advanced = form.uses_advanced();
    state.setup.form = form;
    state.setup.known = Some(account);
    state.setup.open = true;
    state.setup.purpose = SetupPurpose::Change;
    state.setup.field_error = None;
    watch_microphone(state, false)
}

pub(super) fn close(state: &mut State) -> Vec<Effect> {
    state.setup = Default::default();
    vec![]
}

pub(super) fn sign_in(state: &mut State) -> Vec<Effect> {
    let setup = &mut state.setup;
    match setup.form.account(setup.known.as_ref()) {
        Ok(account) => {
            setup.field_error = None;
            setup.waiting = true;
            state.notice = None;
            send(Command::SetAccount {
                account,
                password: Password::new(setup.form.password.clone()),
                turn_password: setup.form.media.turn_password(),
            })
        }
        Err(error) => {
            setup.media |= error == FieldError::Media;
            setup.field_error = Some(error);
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

pub(super) fn registration_changed(state: &mut State, view: &RegistrationView) -> Vec<Effect> {
    match view {
        RegistrationView::Registered => {
            if state.setup.waiting {
                state.tab = Tab::Home;
                return close(state);
            }
        }
        RegistrationView::Failed(_) | RegistrationView::Lost { .. } => {
            // The form stays until it has brought the user in.
            state.setup.open |= state.setup.waiting;
            state.setup.waiting = false;
        }
        RegistrationView::SignedOut | RegistrationView::Connecting(_) => {}
    }
    vec![]
}
