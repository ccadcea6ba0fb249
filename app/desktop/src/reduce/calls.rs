//! Calls: placed, answered, sent on, transferred, over.

use hark_phone::{CallId, CallKind, CallState, Command, Snapshot};

use super::send;
use crate::action::{About, Button, Effect, Held, Notification};
use crate::state::{CallPanel, Destination, SendingOn, State, current_call, unusable};
use crate::text;

pub(super) fn start(state: &mut State, command: Command) -> Vec<Effect> {
    state.notice = None;
    state.call.hidden = false;
    state.diagnosis.open = false;
    send(command)
}

/// What cannot be called stays in the field, beside the reason.
pub(super) fn dial(state: &mut State, snapshot: &Snapshot) -> Vec<Effect> {
    let to = state.keypad.typed.trim().to_owned();
    if to.is_empty() {
        return vec![];
    }
    if let Some(error) = unusable(snapshot, &to) {
        state.notice = Some(error);
        return vec![];
    }
    state.keypad.typed.clear();
    start(state, Command::Dial { to })
}

pub(super) fn answer(state: &mut State, call: CallId) -> Vec<Effect> {
    state.call = Default::default();
    state.diagnosis.open = false;
    send(Command::Answer { call })
}

pub(super) fn ask_where_to(state: &mut State, call: CallId) -> Vec<Effect> {
    let to = Destination::asked();
    state.incoming.sending_on = Some(SendingOn { call, to });
    vec![]
}

/// The form stays until the call is gone, in case that the engine refuses.
pub(super) fn send_on(state: &mut State, snapshot: &Snapshot) -> Vec<Effect> {
    let Some(form) = &mut state.incoming.sending_on else {
        return vec![];
    };
    let call = form.call;
    let to = form.to.entered(snapshot);
    to.map_or(vec![], |to| send(Command::Deflect { call, to }))
}

/// What was typed stays in the field, in case that the transfer comes to nothing.
pub(super) fn transfer(state: &mut State, snapshot: &Snapshot, call: CallId) -> Vec<Effect> {
    let Some(to) = state.call.transfer.entered(snapshot) else {
        return vec![];
    };
    state.call.panel = None;
    state.notice = None;
    send(Command::Transfer { call, to })
}

/// Opens a panel of the call screen, or closes it.
pub(super) fn toggle(state: &mut State, panel: CallPanel) -> Vec<Effect> {
    let open = state.call.panel == Some(panel);
    state.call.panel = (!open).then_some(panel);
    state.call.transfer.wants_focus = state.call.panel == Some(CallPanel::Transfer);
    vec![]
}

/// Whoever turns to another call finds nothing there that was typed in this one.
pub(super) fn set_held(
    state: &mut State,
    snapshot: &Snapshot,
    call: CallId,
    held: Held,
) -> Vec<Effect> {
    let shown = current_call(snapshot).map(|shown| shown.id);
    if held == Held::No && shown != Some(call) {
        state.call = Default::default();
    }
    send(Command::SetHeld {
        call,
        held: held == Held::Yes,
    })
}

pub(super) fn send_digit(state: &mut State, call: CallId, digit: char) -> Vec<Effect> {
    state.call.sent_digits.push(digit);
    send(Command::SendDigits {
        call,
        digits: digit.to_string().into(),
    })
}

pub(super) fn rings(
    snapshot: &Snapshot,
    call: CallId,
    kind: CallKind,
    from: String,
) -> Vec<Effect> {
    let shown = snapshot.calls.iter().find(|shown| shown.id == call);
    let name = shown.map_or(from, |shown| shown.title.clone());
    let (title, body) = text::ringing(kind, &name);
    let ringing = Notification {
        about: About::Ringing(call),
        title,
        body,
        buttons: vec![Button::Answer(call), Button::Decline(call)],
    };
    vec![Effect::Raise, Effect::Notify(ringing)]
}

pub(super) fn changed(
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
        CallState::Connected => vec![Effect::Withdraw(About::Ringing(call))],
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
            vec![Effect::Withdraw(About::Ringing(call))]
        }
    }
}
