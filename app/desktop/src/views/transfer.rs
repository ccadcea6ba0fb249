//! Sending the other side of a call on to somebody else, and being sent on by it.

use egui::{Ui, accesskit::Live};
use hark_assets::icons;
use hark_phone::{CallKind, CallState, CallView, Snapshot, TransferView};

use crate::action::Action;
use crate::state::{Destination, standing};
use crate::text;
use crate::theme::{self, Text};
use crate::views::destination::{self, Typed};
use crate::widgets::{
    Look, Tone, announce, banner, card, column, pill, pill_icon, text as label, text_wrapped,
};

/// Whether the other side of a call may be sent on to somebody else: nobody hands the own mailbox
/// over (OX-11).
pub fn may_transfer(call: &CallView) -> bool {
    let is_mailbox = matches!(call.kind, CallKind::Voicemail | CallKind::PlayOnPhone);
    call.state == CallState::Connected && !is_mailbox && call.transfer.is_none()
}

/// Where to: typed, picked from the calls that were, or the other call.
pub fn panel(
    ui: &mut Ui,
    snapshot: &Snapshot,
    call: &CallView,
    to: &mut Destination,
) -> Vec<Action> {
    let t = theme::tokens(ui);
    column(ui, |ui| {
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 12.0;
            let typed = destination::field(ui, text::transfer_to(), to);
            let words = text::transfer_now();
            let pressed = pill_icon(ui, icons::PHONE_FORWARDED, words, None, Look::Accent);
            let mut actions = match typed {
                _ if pressed.clicked() => vec![Action::Transfer(call.id)],
                Typed::Entered => vec![Action::Transfer(call.id)],
                // Escape closes the open panel wherever the keyboard is.
                Typed::Escaped | Typed::On => vec![],
            };
            recent(ui, snapshot, to);
            for other in standing(snapshot).filter(|other| other.id != call.id) {
                if may_transfer(other) {
                    text_wrapped(ui, text::connect_line(), Text::Small, t.muted);
                    let words = text::connect_with(&other.title);
                    let glyph = icons::ARROW_LEFT_RIGHT;
                    let pressed = pill_icon(ui, glyph, &words, None, Look::Quiet);
                    let connect = Action::Connect(call.id, other.id);
                    actions.extend(pressed.clicked().then_some(connect));
                }
            }
            actions
        })
    })
}

/// People of the last calls; a press fills the field.
fn recent(ui: &mut Ui, snapshot: &Snapshot, to: &mut Destination) {
    let t = theme::tokens(ui);
    let mut people: Vec<(&str, &str)> = Vec::new();
    for entry in snapshot.history.iter() {
        let known = people.iter().any(|(_, address)| *address == entry.address);
        if entry.kind == CallKind::Person && !known && people.len() < RECENT {
            people.push((&entry.title, &entry.address));
        }
    }
    if people.is_empty() {
        return;
    }
    label(ui, text::recent(), Text::Caption, t.muted);
    ui.horizontal_wrapped(|ui| {
        for (title, address) in people {
            if pill(ui, title, None, Look::Quiet).clicked() {
                *to = Destination {
                    typed: address.to_owned(),
                    ..Destination::asked()
                };
            }
        }
    });
}

/// Whether the other side wants to connect the user to somebody else.
pub fn asks(call: &CallView) -> bool {
    matches!(call.transfer, Some(TransferView::Asked { .. }))
}

/// Questions that wait for an answer.
pub fn requests(ui: &mut Ui, snapshot: &Snapshot) -> Vec<Action> {
    let mut actions = Vec::new();
    for call in &snapshot.calls {
        if let Some(TransferView::Asked { to, .. }) = &call.transfer {
            ui.push_id(call.id, |ui| actions.extend(request(ui, call, to)));
        }
    }
    actions
}

fn request(ui: &mut Ui, call: &CallView, to: &str) -> Vec<Action> {
    let title = text::wants_to_connect(&call.title, to);
    let line = Some(text::follow_line());
    let mut actions = Vec::new();
    let shown = banner(ui, Tone::Info, icons::PHONE_FORWARDED, &title, line, |ui| {
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            let follow = pill_icon(ui, icons::PHONE, text::follow(), None, Look::Ok).clicked();
            let stay = pill(ui, text::stay_in_call(), None, Look::Raised).clicked();
            actions.extend(follow.then_some(Action::FollowTransfer(call.id)));
            actions.extend(stay.then_some(Action::RefuseTransfer(call.id)));
        });
    });
    announce(ui, shown.id, Live::Assertive);
    actions
}

const RECENT: usize = 4;
