//! The one place where the window's state changes: an action in, effects out, no egui, no clock.

use hark_phone::command::Password;
use hark_phone::{CallId, CallKind, CallState, Command, Event, RegistrationView, Snapshot};

use crate::action::{Action, Effect, Held, Muted, Ringing};
use crate::state::{DemoState, SendingOn, SetupForm, SetupPurpose, State, Tab, current_call};
use crate::text;

/// Changes `state` and says what has to be done outside.
pub fn reduce(state: &mut State, snapshot: &Snapshot, action: Action) -> Vec<Effect> {
    match action {
        Action::Show(tab) => show(state, snapshot, tab),
        Action::OpenSetup(account) => open_setup(state, SetupForm::of(*account)),
        Action::CloseSetup => close_setup(state),
        Action::SignIn => sign_in(state),
        Action::CallVoicemail => start_call(state, Command::CallVoicemail),
        Action::Dial => dial(state, snapshot),
        Action::CallBack(to) => start_call(state, Command::Dial { to }),
        Action::TypeDigit(digit) => type_digit(state, snapshot, digit),
        Action::EraseDigit => {
            state.keypad.typed.pop();
            vec![]
        }
        Action::Answer(call) => answer(state, call),
        Action::Decline(call) => send(Command::Decline { call }),
        Action::AskWhereTo(call) => ask_where_to(state, call),
        Action::KeepRinging => {
            state.incoming.sending_on = None;
            vec![]
        }
        Action::SendOn => send_on(state, snapshot),
        Action::HangUp(call) => send(Command::HangUp { call }),
        Action::SendDigit(call, digit) => send_digit(state, call, digit),
        Action::SetMuted(call, muted) => send(Command::SetMuted {
            call,
            muted: muted == Muted::Yes,
        }),
        Action::SetHeld(call, held) => send(Command::SetHeld {
            call,
            held: held == Held::Yes,
        }),
        Action::TogglePanel(panel) => {
            let open = state.call.panel == Some(panel);
            state.call.panel = (!open).then_some(panel);
            vec![]
        }
        Action::HideCall => hide_call(state, true),
        Action::ShowCall => hide_call(state, false),
        Action::SetPresence(presence) => send(Command::SetPresence(presence)),
        Action::RetryNow => send(Command::RetryNow),
        Action::DismissNotice => {
            state.notice = None;
            vec![]
        }
        Action::FilterHistory(filter) => {
            state.history.filter = filter;
            vec![]
        }
        Action::ClearHistory => clear_history(state),
        Action::KeepHistory => {
            state.history.clear_asked = false;
            vec![]
        }
        Action::SetAudio(audio) => send(Command::SetAudio(audio)),
        Action::PlayTestTone => send(Command::PlayTestTone),
        Action::SetRingRules(rules) => send(Command::SetRingRules(rules)),
        Action::EnterRules => enter_rules(state, snapshot),
        Action::Block => block(state, snapshot),
        Action::ToggleMicrophoneCheck => {
            let watch = !state.settings.microphone_check;
            watch_microphone(state, watch)
        }
        Action::SetPreferences(settings) => send(Command::SetPreferences(settings)),
        Action::SignOut => sign_out(state),
        Action::StaySignedIn => {
            state.settings.sign_out_asked = false;
            vec![]
        }
        Action::StartDemo => start_demo(state),
        Action::LeaveDemo => leave_demo(state),
        Action::DemoStarted => demo_started(state),
        Action::DemoFailed(reason) => {
            state.demo = DemoState::Failed(reason);
            vec![]
        }
        Action::DemoPlayOnPhone => vec![Effect::DemoPlayOnPhone],
        Action::DemoCall => vec![Effect::DemoCall],
        Action::Happened(event) => happened(state, snapshot, event),
        Action::DesktopTheme(theme) => {
            state.desktop_theme = theme;
            vec![]
        }
        Action::Raise => vec![Effect::Raise],
        Action::NoNotifications(reason) => {
            state.no_notifications = Some(reason);
            vec![]
        }
    }
}

fn send(command: Command) -> Vec<Effect> {
    vec![Effect::Send(command)]
}

fn show(state: &mut State, snapshot: &Snapshot, tab: Tab) -> Vec<Effect> {
    // A press on a tab leaves the field that was typed in, which is not drawn again to notice it.
    let mut effects = match state.tab {
        Tab::Settings => enter_rules(state, snapshot),
        Tab::Home | Tab::Keypad | Tab::History => vec![],
    };
    // A question that the user walks away from is answered with no.
    state.history.clear_asked = false;
    state.settings.sign_out_asked = false;
    state.tab = tab;
    state.keypad.wants_focus = tab == Tab::Keypad;
    effects.extend(match tab {
        Tab::Settings => vec![],
        Tab::Home | Tab::Keypad | Tab::History => watch_microphone(state, false),
    });
    if tab == Tab::History {
        effects.push(Effect::Send(Command::MarkHistorySeen));
    }
    effects
}

fn watch_microphone(state: &mut State, watch: bool) -> Vec<Effect> {
    if state.settings.microphone_check == watch {
        return vec![];
    }
    state.settings.microphone_check = watch;
    send(Command::WatchMicrophone { watch })
}

fn open_setup(state: &mut State, form: SetupForm) -> Vec<Effect> {
    state.setup.advanced = form.uses_advanced();
    state.setup.form = form;
    state.setup.open = true;
    state.setup.purpose = SetupPurpose::Change;
    state.setup.field_error = None;
    watch_microphone(state, false)
}

fn close_setup(state: &mut State) -> Vec<Effect> {
    state.setup = Default::default();
    vec![]
}

fn sign_in(state: &mut State) -> Vec<Effect> {
    let setup = &mut state.setup;
    match setup.form.account() {
        Ok(account) => {
            setup.field_error = None;
            setup.waiting = true;
            state.notice = None;
            let password = Password::new(setup.form.password.clone());
            send(Command::SetAccount { account, password })
        }
        Err(error) => {
            setup.field_error = Some(error);
            vec![]
        }
    }
}

fn start_call(state: &mut State, command: Command) -> Vec<Effect> {
    state.notice = None;
    state.call.hidden = false;
    send(command)
}

/// What cannot be called stays in the field, beside the reason.
fn dial(state: &mut State, snapshot: &Snapshot) -> Vec<Effect> {
    let to = state.keypad.typed.trim().to_owned();
    if to.is_empty() {
        return vec![];
    }
    if let Some(error) = unusable(snapshot, &to) {
        state.notice = Some(error);
        return vec![];
    }
    state.keypad.typed.clear();
    start_call(state, Command::Dial { to })
}

/// Why a call cannot go to what was typed.
fn unusable(snapshot: &Snapshot, typed: &str) -> Option<String> {
    let account = snapshot.account.as_ref()?;
    let error = account.check_destination(typed).err()?;
    Some(error.to_string())
}

fn type_digit(state: &mut State, snapshot: &Snapshot, digit: char) -> Vec<Effect> {
    state.keypad.typed.push(digit);
    if state.tab == Tab::Keypad {
        return vec![];
    }
    show(state, snapshot, Tab::Keypad)
}

fn answer(state: &mut State, call: CallId) -> Vec<Effect> {
    state.call = Default::default();
    send(Command::Answer { call })
}

fn ask_where_to(state: &mut State, call: CallId) -> Vec<Effect> {
    state.incoming.sending_on = Some(SendingOn {
        call,
        to: String::new(),
        error: None,
        wants_focus: true,
    });
    vec![]
}

/// The form stays until the call is gone, in case that the engine refuses.
fn send_on(state: &mut State, snapshot: &Snapshot) -> Vec<Effect> {
    let Some(form) = &mut state.incoming.sending_on else {
        return vec![];
    };
    form.error = unusable(snapshot, &form.to);
    if form.error.is_some() {
        return vec![];
    }
    let to = form.to.trim().to_owned();
    send(Command::Deflect {
        call: form.call,
        to,
    })
}

fn enter_rules(state: &mut State, snapshot: &Snapshot) -> Vec<Effect> {
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

fn block(state: &mut State, snapshot: &Snapshot) -> Vec<Effect> {
    let (Some(account), kept) = (&snapshot.account, &snapshot.ring_rules) else {
        return vec![];
    };
    let rules = state.settings.rules.blocking(kept, account);
    rules.map_or(vec![], |rules| send(Command::SetRingRules(rules)))
}

fn send_digit(state: &mut State, call: CallId, digit: char) -> Vec<Effect> {
    state.call.sent_digits.push(digit);
    send(Command::SendDigits {
        call,
        digits: digit.to_string().into(),
    })
}

fn hide_call(state: &mut State, hidden: bool) -> Vec<Effect> {
    state.call.hidden = hidden;
    vec![]
}

fn clear_history(state: &mut State) -> Vec<Effect> {
    if !std::mem::replace(&mut state.history.clear_asked, true) {
        return vec![];
    }
    state.history.clear_asked = false;
    send(Command::ClearHistory)
}

fn sign_out(state: &mut State) -> Vec<Effect> {
    if !std::mem::replace(&mut state.settings.sign_out_asked, true) {
        return vec![];
    }
    state.settings.sign_out_asked = false;
    state.tab = Tab::Home;
    state.setup = Default::default();
    let mut effects = watch_microphone(state, false);
    effects.push(Effect::Send(Command::RemoveAccount));
    effects
}

fn start_demo(state: &mut State) -> Vec<Effect> {
    if matches!(state.demo, DemoState::Starting | DemoState::Running) {
        return vec![];
    }
    state.demo = DemoState::Starting;
    vec![Effect::StartDemo]
}

fn demo_started(state: &mut State) -> Vec<Effect> {
    *state = fresh(state, DemoState::Running);
    vec![]
}

fn leave_demo(state: &mut State) -> Vec<Effect> {
    *state = fresh(state, DemoState::Off);
    vec![Effect::LeaveDemo]
}

/// Another account begins: nothing stays but what is known about the desktop.
fn fresh(state: &State, demo: DemoState) -> State {
    State {
        demo,
        no_notifications: state.no_notifications.clone(),
        desktop_theme: state.desktop_theme,
        ..State::default()
    }
}

fn happened(state: &mut State, snapshot: &Snapshot, event: Event) -> Vec<Effect> {
    match event {
        Event::Registration(view) => registration_changed(state, &view),
        Event::Incoming {
            call, kind, from, ..
        } => rings(snapshot, call, kind, from),
        Event::Call {
            call,
            state: call_state,
            reason,
            ..
        } => call_changed(state, snapshot, call, call_state, reason),
        Event::Error { text } => {
            state.setup.waiting = false;
            state.notice = Some(text);
            vec![]
        }
        // The snapshot shows all of these.
        Event::Media { .. }
        | Event::Hold { .. }
        | Event::Transfer { .. }
        | Event::TransferRequested { .. }
        | Event::WaitsForPress { .. }
        | Event::Trace(_)
        | Event::MessageWaiting { .. }
        | Event::Stopped => vec![],
    }
}

fn registration_changed(state: &mut State, view: &RegistrationView) -> Vec<Effect> {
    match view {
        RegistrationView::Registered => {
            if state.setup.waiting {
                state.tab = Tab::Home;
                return close_setup(state);
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

fn rings(snapshot: &Snapshot, call: CallId, kind: CallKind, from: String) -> Vec<Effect> {
    let shown = snapshot.calls.iter().find(|shown| shown.id == call);
    let name = shown.map_or(from, |shown| shown.title.clone());
    let (title, body) = text::ringing(kind, &name);
    let ringing = Ringing { call, title, body };
    vec![Effect::Raise, Effect::Notify(ringing)]
}

fn call_changed(
    state: &mut State,
    snapshot: &Snapshot,
    call: CallId,
    call_state: CallState,
    reason: Option<String>,
) -> Vec<Effect> {
    match call_state {
        CallState::Calling => {
            state.call = Default::default();
            vec![]
        }
        CallState::Ringing | CallState::Early => vec![],
        CallState::Connected => vec![Effect::Withdraw(call)],
        CallState::Ended => {
            let asked = &mut state.incoming.sending_on;
            asked.take_if(|sending_on| sending_on.call == call);
            // Another call may be on the screen, with its keys open.
            if current_call(snapshot).is_none_or(|shown| shown.id == call) {
                state.call = Default::default();
            }
            if reason.is_some() {
                state.notice = reason;
            }
            vec![Effect::Withdraw(call)]
        }
    }
}

#[cfg(test)]
mod tests;
