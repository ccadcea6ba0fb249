//! The large Call Voicemail button, whether the PIN is skipped, and the last calls.

use egui::{
    Align2, Color32, CursorIcon, Response, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2,
};
use hark_assets::icons;
use hark_phone::snapshot::SkipPin;
use hark_phone::{RegistrationView, Snapshot};

use crate::action::Action;
use crate::state::{State, Tab};
use crate::text;
use crate::theme::{self, Text, size};
use crate::views::tabs::count_badge;
use crate::views::{Moment, contacts, demo, history};
use crate::widgets::{
    announce_news, card, describe, divider, focus_ring, link, list_card, paint_icon, paint_text,
    text as label, text_centered, text_wrapped,
};

pub fn view(ui: &mut Ui, snapshot: &Snapshot, state: &State, moment: &Moment) -> Vec<Action> {
    let mut actions = voicemail_card(ui, snapshot);
    actions.extend(demo::panel(ui, snapshot, &state.demo));
    actions.extend(contacts::favourites(ui, snapshot));
    actions.extend(recent(ui, snapshot, moment));
    actions
}

fn voicemail_card(ui: &mut Ui, snapshot: &Snapshot) -> Vec<Action> {
    let t = theme::tokens(ui);
    let ready = snapshot.registration == RegistrationView::Registered;
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        ui.add_space(8.0);
        let new = snapshot.message_waiting.map_or(0, |waiting| waiting.new);
        let pressed = ui
            .add_enabled_ui(ready, |ui| voicemail_button(ui, new))
            .inner;
        let count = text::new_messages(snapshot.message_waiting);
        describe(&pressed, &count);
        let shown = text_centered(ui, count.as_str(), Text::Body, t.muted);
        announce_news(ui, "messages", &shown, &count);
        let urgent = snapshot
            .message_waiting
            .map_or(0, |waiting| waiting.urgent_new);
        if urgent > 0 {
            let ink = theme::tokens(ui).warn;
            signed_line(ui, icons::CIRCLE_ALERT, &text::urgent_messages(urgent), ink);
        }
        pin_line(ui, snapshot.skip_pin);
        ui.add_space(4.0);
        if pressed.clicked() {
            vec![Action::CallVoicemail]
        } else {
            vec![]
        }
    })
}

fn voicemail_button(ui: &mut Ui, new: u32) -> Response {
    let t = theme::tokens(ui);
    let size = vec2(ui.available_width(), size::VOICEMAIL_HALO + 44.0);
    let (all, _) = ui.allocate_exact_size(size, Sense::hover());
    let center = pos2(all.center().x, all.top() + size::VOICEMAIL_HALO / 2.0);
    let hit = egui::Rect::from_center_size(center, egui::Vec2::splat(size::VOICEMAIL_HALO));
    let response = ui.interact(hit, ui.scope_id().with("call voicemail"), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, text::call_voicemail()));
    let (halo, fill, ink) = if enabled {
        (t.accent_soft, t.accent, t.on_accent)
    } else {
        (t.sunken, t.sunken, t.muted)
    };
    let fill = if response.is_pointer_button_down_on() {
        t.pressed(fill)
    } else if response.hovered() && enabled {
        t.hovered(fill)
    } else {
        fill
    };
    let painter = ui.painter();
    painter.circle_filled(center, size::VOICEMAIL_HALO / 2.0, halo);
    painter.circle_filled(center, size::VOICEMAIL_BUTTON / 2.0, fill);
    paint_icon(painter, center, icons::VOICEMAIL, 46.0, ink);
    if new > 0 {
        let diagonal = size::VOICEMAIL_BUTTON / 2.0 * std::f32::consts::FRAC_1_SQRT_2;
        count_badge(ui, center + vec2(diagonal, -diagonal), new);
    }
    let title = pos2(center.x, all.bottom() - 16.0);
    let words = text::call_voicemail();
    paint_text(
        ui.painter(),
        title,
        Align2::CENTER_CENTER,
        words,
        Text::Title,
        t.text,
    );
    let radius = size::VOICEMAIL_HALO / 2.0;
    focus_ring(ui, hit, radius, &response);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// Whether the next call skips the PIN, and why not if not.
fn pin_line(ui: &mut Ui, skip: SkipPin) {
    let (glyph, ink) = pin_sign(theme::tokens(ui), skip);
    signed_line(ui, glyph, text::skip_pin(skip), ink);
}

/// The picture that stands beside [`text::skip_pin`].
pub fn pin_sign(t: &theme::Tokens, skip: SkipPin) -> (char, Color32) {
    match skip {
        SkipPin::Yes => (icons::SHIELD_CHECK, t.ok),
        SkipPin::NotRegistered | SkipPin::AsksForPin => (icons::INFO, t.muted),
        SkipPin::NotEncrypted | SkipPin::NotAuthenticated | SkipPin::OtherDomain => {
            (icons::KEY_ROUND, t.warn)
        }
    }
}

/// A small picture and words, in the middle.
fn signed_line(ui: &mut Ui, glyph: char, words: &str, ink: Color32) {
    let font = Text::Small.font();
    let width = ui
        .painter()
        .layout_no_wrap(words.to_owned(), font, ink)
        .size()
        .x;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let room = ui.available_width() - width - 6.0 - PIN_ICON;
        ui.add_space((room / 2.0).max(0.0));
        crate::widgets::icon(ui, glyph, PIN_ICON, ink);
        text_wrapped(ui, words, Text::Small, ink);
    });
}

fn recent(ui: &mut Ui, snapshot: &Snapshot, moment: &Moment) -> Vec<Action> {
    let t = theme::tokens(ui);
    let mut actions = Vec::new();
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        ui.horizontal(|ui| {
            ui.set_height(24.0);
            label(ui, text::recent(), Text::Strong, t.muted);
            let right = egui::Layout::right_to_left(egui::Align::Center);
            ui.with_layout(right, |ui| {
                if !snapshot.history.is_empty() && link(ui, text::all_calls()).clicked() {
                    actions.push(Action::Show(Tab::People));
                }
            });
        });
        if snapshot.history.is_empty() {
            card(ui, |ui| {
                history::nothing(ui, icons::PHONE, text::no_recent())
            });
            return;
        }
        list_card(ui, |ui| {
            for (index, entry) in snapshot.history.iter().take(RECENT_CALLS).enumerate() {
                if index > 0 {
                    divider(ui);
                }
                let line = text::recent_line(entry, history::whose(snapshot, entry), &moment.wall);
                actions.extend(history::row(ui, entry, &line, 0.0));
            }
        });
    });
    actions
}

const RECENT_CALLS: usize = 3;
const PIN_ICON: f32 = 15.0;
