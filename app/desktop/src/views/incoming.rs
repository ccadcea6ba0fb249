//! A card for each call that rings here, which names what calls.

use egui::{Id, Key, Response, Ui, accesskit::Live, vec2};
use hark_assets::icons;
use hark_phone::{CallKind, CallState, CallView, Snapshot};

use crate::action::Action;
use crate::state::{IncomingState, current_call, rings_here};
use crate::text;
use crate::theme::{self, Text};
use crate::views::accounts;
use crate::views::destination::{self, Typed};
use crate::widgets::{
    Face, Look, announce, avatar, card, describe, link, pill, pill_icon, text as label,
    text_wrapped,
};

/// The cards of all calls that ring.
pub fn cards(ui: &mut Ui, snapshot: &Snapshot, state: &mut IncomingState) -> Vec<Action> {
    let mut actions = Vec::new();
    let ringing = || snapshot.calls.iter().filter(|call| rings_here(call));
    state
        .shown
        .retain(|shown, _| ringing().any(|call| call.id == *shown));
    for call in ringing() {
        actions.extend(
            ui.push_id(call.id, |ui| one(ui, snapshot, call, state))
                .inner,
        );
    }
    actions
}

fn one(
    ui: &mut Ui,
    snapshot: &Snapshot,
    call: &CallView,
    state: &mut IncomingState,
) -> Vec<Action> {
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 14.0;
        who(ui, snapshot, call);
        let mut actions = Vec::new();
        ui.horizontal(|ui| {
            let width = (ui.available_width() - 8.0) / 2.0;
            let decline = pill_icon(
                ui,
                icons::PHONE_OFF,
                text::decline(),
                Some(width),
                Look::Danger,
            );
            let answer = pill_icon(ui, icons::PHONE, text::answer(), Some(width), Look::Ok);
            describe(&decline, title(call));
            describe(&answer, title(call));
            focus_once(ui, call, &answer, state);
            if is_meant_for_another(ui, call, state) {
                return;
            }
            // Escape takes the keyboard away from a button before the button is drawn.
            let escaped = (answer.lost_focus() || decline.lost_focus())
                && ui.input(|input| input.key_pressed(Key::Escape));
            if answer.clicked() {
                actions.push(Action::Answer(call.id));
            } else if decline.clicked() || escaped {
                actions.push(Action::Decline(call.id));
            }
        });
        // OX-11: Play on Phone and other calls that forbid it have no way to be sent on.
        if call.may_deflect {
            actions.extend(send_on(ui, call, state));
        }
        actions
    })
}

/// A quiet way to send the call on; open, a field that asks where to.
fn send_on(ui: &mut Ui, call: &CallView, state: &mut IncomingState) -> Vec<Action> {
    let asked = &mut state.sending_on;
    let Some(form) = asked.as_mut().filter(|form| form.call == call.id) else {
        let pressed = link(ui, text::send_on_to()).clicked();
        return Vec::from_iter(pressed.then_some(Action::AskWhereTo(call.id)));
    };
    let typed = destination::field(ui, text::send_on_field(), &mut form.to);
    let (sent, kept) = ui
        .horizontal(|ui| {
            let sent = pill_icon(
                ui,
                icons::PHONE_FORWARDED,
                text::send_on(),
                None,
                Look::Accent,
            );
            let kept = pill(ui, text::back(), None, Look::Quiet);
            (sent.clicked(), kept.clicked())
        })
        .inner;
    if sent || typed == Typed::Entered {
        vec![Action::SendOn]
    } else if kept || typed == Typed::Escaped {
        vec![Action::KeepRinging]
    } else {
        vec![]
    }
}

fn who(ui: &mut Ui, snapshot: &Snapshot, call: &CallView) {
    let t = theme::tokens(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        avatar(ui, face(call), 50.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing = vec2(6.0, 1.0);
            label(ui, text::what_calls(call.kind), Text::Small, t.muted);
            label(ui, title(call), Text::Heading, t.text);
            let line =
                text::rings_because(call.kind, snapshot.presence).unwrap_or(call.subtitle.as_str());
            if !line.is_empty() {
                text_wrapped(ui, line, Text::Small, t.muted);
            }
            accounts::line_of_call(ui, snapshot, call);
            for line in [text::diverted(call), text::asserted(call)]
                .into_iter()
                .flatten()
            {
                text_wrapped(ui, line, Text::Small, t.muted);
            }
        });
    });
    let active = current_call(snapshot).filter(|call| !call.held);
    if let Some(active) = active.filter(|call| call.state == CallState::Connected) {
        text_wrapped(
            ui,
            text::answering_holds(&active.title),
            Text::Small,
            t.muted,
        );
    }
    let aloud = Id::unique(("rings", call.id));
    let rect = ui.min_rect();
    let response = ui.interact(rect, aloud, egui::Sense::hover());
    let words = text::ringing_aloud(call.kind, &call.title);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Alert, true, &words));
    announce(ui, aloud, Live::Assertive);
}

fn title(call: &CallView) -> &str {
    match call.kind {
        CallKind::PlayOnPhone => text::voicemail(),
        CallKind::Person | CallKind::Automatic | CallKind::Voicemail => &call.title,
    }
}

/// What stands in the circle beside a call.
pub fn face(call: &CallView) -> Face<'_> {
    match call.kind {
        CallKind::PlayOnPhone | CallKind::Voicemail => Face::Icon(icons::VOICEMAIL),
        CallKind::Automatic => Face::Icon(icons::BOT),
        CallKind::Person => Face::Person(&call.title),
    }
}

/// A new call takes the keyboard to its Answer button, except from someone who is typing.
fn focus_once(ui: &Ui, call: &CallView, answer: &Response, state: &mut IncomingState) {
    if state.shown.contains_key(&call.id) {
        return;
    }
    state.shown.insert(call.id, ui.input(|input| input.time));
    if !ui.ctx().text_edit_focused() {
        answer.request_focus();
    }
}

/// Whoever types in another window when this one comes to the front neither answers nor declines with the key that
/// is on its way.
fn is_meant_for_another(ui: &Ui, call: &CallView, state: &IncomingState) -> bool {
    let Some(since) = state.shown.get(&call.id) else {
        return false;
    };
    let keys = [Key::Enter, Key::Space, Key::Escape];
    ui.input(|input| {
        let is_pressed = keys.into_iter().any(|key| input.key_pressed(key));
        is_pressed && input.time - since < REACTION_SECONDS
    })
}
/// Nobody reads who calls and presses a key sooner.
const REACTION_SECONDS: f64 = 0.4;
