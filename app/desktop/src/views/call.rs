//! A call: who, how long, how well. The controls are in [`super::call_controls`], its sound in
//! [`super::call_quality`].

use egui::accesskit::Live;
use egui::{Rect, ScrollArea, Ui, Vec2, vec2};
use hark_assets::icons;
use hark_phone::{CallState, CallView, RegistrationView, Snapshot, TransferView};

use crate::action::Action;
use crate::state::{CallPanel, CallScreen, standing};
use crate::text;
use crate::theme::{self, Text, size};
use crate::views::call_quality::Room;
use crate::views::incoming::face;
use crate::views::{
    Moment, Place, banners, call_controls, call_list, call_panels, call_quality, transfer,
};
use crate::widgets::{
    Look, Tone, announce, avatar, banner, column, icon, pill, round, text as label, text_centered,
    within,
};

pub fn view(
    ui: &mut Ui,
    snapshot: &Snapshot,
    call: &CallView,
    state: &mut CallScreen,
    moment: &Moment,
    place: Place,
) -> Vec<Action> {
    let mut actions = call_controls::view(ui, call, state);
    if place == Place::Screen {
        actions.extend(back(ui));
        if is_crowded(snapshot, call) {
            ui.add_space(BACK);
        }
    }
    let area = ScrollArea::vertical().id_salt("call").auto_shrink(false);
    area.show(ui, |ui| {
        if is_reconnecting(snapshot, call) {
            reconnecting(ui);
        }
        actions.extend(waits(ui, call));
        actions.extend(call_list::view(ui, snapshot, call));
        who(ui, call, state, moment);
        let room = match state.panel {
            None => Room::Plenty,
            Some(CallPanel::Keypad | CallPanel::Devices | CallPanel::Transfer) => Room::Little,
        };
        if let Some(media) = &call.media {
            call_quality::view(ui, call, media, room);
        }
        if matches!(state.panel, None | Some(CallPanel::Devices)) {
            actions.extend(call_quality::troubles(ui, call));
        }
        ui.add_space(size::GAP);
        match state.panel {
            Some(CallPanel::Keypad) => actions.extend(call_panels::keypad(ui, call, state)),
            Some(CallPanel::Devices) => actions.extend(call_panels::devices(ui, snapshot)),
            Some(CallPanel::Transfer) if !transfer::may_transfer(call) => {}
            Some(CallPanel::Transfer) => {
                let form = &mut state.transfer;
                actions.extend(transfer::panel(ui, snapshot, call, form));
            }
            // In a wide window the tabs beside it tell them.
            None if place == Place::Screen => {
                let problems = &snapshot.problems;
                actions.extend(column(ui, |ui| banners::problems(ui, problems)));
            }
            None => {}
        }
    });
    actions
}

/// Whether something stands above the name, where the way back is otherwise.
fn is_crowded(snapshot: &Snapshot, call: &CallView) -> bool {
    let several = standing(snapshot).count() > 1;
    several || is_reconnecting(snapshot, call) || call.waits_for_press
}

/// A call outlives the connection to the server.
fn is_reconnecting(snapshot: &Snapshot, call: &CallView) -> bool {
    let without = matches!(
        snapshot.registration_of(call),
        RegistrationView::Lost { .. } | RegistrationView::Connecting(_)
    );
    without && call.state == CallState::Connected
}

/// Digits that were dialled behind the number and wait for the user.
fn waits(ui: &mut Ui, call: &CallView) -> Vec<Action> {
    if !call.waits_for_press {
        return vec![];
    }
    let mut actions = Vec::new();
    column(ui, |ui| {
        let title = text::digits_wait();
        let shown = banner(ui, Tone::Info, icons::GRIP, title, None, |ui| {
            ui.add_space(6.0);
            let pressed = pill(ui, text::send_digits(), None, Look::Accent).clicked();
            actions.extend(pressed.then_some(Action::Continue(call.id)));
        });
        announce(ui, shown.id, Live::Polite);
    });
    actions
}

fn reconnecting(ui: &mut Ui) {
    column(ui, |ui| {
        let (title, line) = (text::reconnecting(), Some(text::reconnecting_line()));
        let shown = banner(ui, Tone::Warn, icons::WIFI_OFF, title, line, |_| {});
        announce(ui, shown.id, Live::Polite);
    });
}

/// The more is open below, and the less height there is, the less room the name takes.
fn who(ui: &mut Ui, call: &CallView, state: &CallScreen, moment: &Moment) {
    ui.spacing_mut().item_spacing.y = 5.0;
    let height = ui.available_height();
    if state.panel.is_none() {
        ui.add_space(((height - ALONE) * 0.4).max(0.0));
        ui.vertical_centered(|ui| avatar(ui, face(call), AVATAR));
        ui.add_space(8.0);
        heading(ui, call, moment);
        if let Some(skipped) = call.skip_pin {
            let t = theme::tokens(ui);
            text_centered(ui, text::skipped_pin(skipped), Text::Small, t.muted);
        }
    } else if height >= ROOMY {
        ui.vertical_centered(|ui| avatar(ui, face(call), SMALL_AVATAR));
        ui.add_space(2.0);
        heading(ui, call, moment);
    } else {
        ui.add_space(4.0);
        heading(ui, call, moment);
    }
}

fn heading(ui: &mut Ui, call: &CallView, moment: &Moment) {
    let t = theme::tokens(ui);
    text_centered(ui, call.title.as_str(), Text::Title, t.text);
    if !call.subtitle.is_empty() {
        text_centered(ui, call.subtitle.as_str(), Text::Small, t.muted);
    }
    for line in [text::diverted(call), text::asserted(call)]
        .into_iter()
        .flatten()
    {
        text_centered(ui, line, Text::Small, t.muted);
    }
    if call.transfer == Some(TransferView::UnderWay) {
        let shown = text_centered(ui, text::transferring(), Text::Strong, t.accent);
        announce(ui, shown.id, Live::Polite);
    }
    let waits = call.held || call.held_by_peer;
    match call.connected_at {
        Some(since) if call.state == CallState::Connected => {
            let elapsed = moment.now.saturating_duration_since(since);
            let ink = if waits { t.warn } else { t.ok };
            text_centered(ui, text::timer(elapsed), Text::Timer, ink);
            if waits {
                let shown = text_centered(ui, text::call_state(call), Text::Small, t.warn);
                announce(ui, shown.id, Live::Polite);
            }
        }
        Some(_) | None => {
            let shown = text_centered(ui, text::call_state(call), Text::Strong, t.muted);
            announce(ui, shown.id, Live::Polite);
        }
    }
    if let Some(recording) = &call.recording {
        let elapsed = moment.now.saturating_duration_since(recording.since);
        red_dot(ui, &text::recording_for(elapsed));
    }
}

/// That the call is recorded, in the middle of its line.
fn red_dot(ui: &mut Ui, words: &str) {
    let t = theme::tokens(ui);
    let galley = ui
        .painter()
        .layout_no_wrap(words.to_owned(), Text::Strong.font(), t.danger);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let room = ui.available_width() - galley.size().x - DOT - 6.0;
        ui.add_space(room.max(0.0) / 2.0);
        icon(ui, icons::CIRCLE_DOT, DOT, t.danger);
        label(ui, words, Text::Strong, t.danger);
    });
}

fn back(ui: &mut Ui) -> Vec<Action> {
    let corner = ui.cursor().min + vec2(size::EDGE - 8.0, 0.0);
    let place = Rect::from_min_size(corner, Vec2::splat(BACK));
    let pressed = within(ui, place, "back", |ui| {
        round(ui, icons::CHEVRON_LEFT, text::hide_call(), BACK, Look::Bare).clicked()
    });
    if pressed {
        vec![Action::HideCall]
    } else {
        vec![]
    }
}

/// Height of the name, the picture and the sound without an open panel.
const ALONE: f32 = 270.0;
/// With less height than this the picture gives way to an open panel.
const ROOMY: f32 = 470.0;
const AVATAR: f32 = 84.0;
const SMALL_AVATAR: f32 = 56.0;
const BACK: f32 = 36.0;
/// The sign of a recording.
const DOT: f32 = 16.0;
