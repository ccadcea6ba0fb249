//! "Calls" in the settings: where calls are sent on, and who is turned away. Everything holds as soon
//! as it is entered.

use egui::{Key, Rect, Response, Sense, Ui, Vec2, pos2, vec2};
use hark_assets::icons;
use hark_phone::RingRules;

use crate::action::Action;
use crate::state::{RuleField, RulesForm};
use crate::text;
use crate::theme::{self, Text};
use crate::views::setting::{About, setting};
use crate::widgets::{
    Content, Field, Look, choice, divider, icon, pill, round, switch, text_in, text_wrapped, within,
};

pub fn view(ui: &mut Ui, rules: &RingRules, about: About<'_>, form: &mut RulesForm) -> Vec<Action> {
    form.follow(rules);
    ui.spacing_mut().item_spacing.y = 12.0;
    always_rings(ui);
    let mut actions = forwarding(ui, rules, about, form);
    divider(ui);
    actions.extend(setting(ui, about, "who_rings.blocked", |ui| {
        blocked(ui, rules, &mut form.block)
    }));
    divider(ui);
    actions.extend(refusing(ui, rules, about));
    actions
}

/// What no rule below touches (OX-9, OX-11).
fn always_rings(ui: &mut Ui) {
    let t = theme::tokens(ui);
    ui.horizontal_top(|ui| {
        icon(ui, icons::VOICEMAIL, 18.0, t.accent);
        text_wrapped(ui, text::always_rings(), Text::Small, t.text);
    });
}

fn forwarding(
    ui: &mut Ui,
    rules: &RingRules,
    about: About<'_>,
    form: &mut RulesForm,
) -> Vec<Action> {
    let t = theme::tokens(ui);
    let mut left = false;
    for (key, caption, field) in [
        (
            "who_rings.forward_always",
            text::forward_always(),
            &mut form.always,
        ),
        (
            "who_rings.forward_busy",
            text::forward_busy(),
            &mut form.busy,
        ),
        (
            "who_rings.forward_no_answer",
            text::forward_no_answer(),
            &mut form.no_answer,
        ),
    ] {
        left |= setting(ui, about, key, |ui| {
            let response = rule_field(ui, caption, text::forward_hint(), field);
            is_left(ui, &response, field)
        });
    }
    // egui tells twice that a field was left.
    let entered = left && form.is_edited();
    let mut actions = Vec::from_iter(entered.then_some(Action::EnterRules));
    if rules.forward_no_answer.is_some() {
        let key = "who_rings.no_answer_seconds";
        actions.extend(setting(ui, about, key, |ui| ring_for(ui, rules)));
    }
    text_wrapped(ui, text::forward_quiet(), Text::Small, t.muted);
    actions
}

pub(super) fn rule_field(
    ui: &mut Ui,
    caption: &str,
    hint: &str,
    field: &mut RuleField,
) -> Response {
    let shown = Field {
        caption,
        hint,
        about: "",
        content: Content::Plain,
        error: field.error.as_deref(),
    };
    let response = ui.vertical(|ui| shown.show(ui, &mut field.typed)).inner;
    if response.changed() {
        field.error = None;
        field.edited = true;
    }
    response
}

/// Whether the user is done with a field. Escape takes back what was typed.
pub(super) fn is_left(ui: &Ui, response: &Response, field: &mut RuleField) -> bool {
    let left = response.lost_focus();
    if left && ui.input(|input| input.key_pressed(Key::Escape)) {
        field.revert();
    }
    left
}

fn ring_for(ui: &mut Ui, rules: &RingRules) -> Option<Action> {
    let seconds = with_present(&RING_SECONDS, rules.no_answer_seconds);
    let picked = number(
        ui,
        text::forward_after(),
        &seconds,
        rules.no_answer_seconds,
        text::seconds,
    )?;
    Some(Action::SetRingRules(RingRules {
        no_answer_seconds: picked,
        ..rules.clone()
    }))
}

fn blocked(ui: &mut Ui, rules: &RingRules, field: &mut RuleField) -> Vec<Action> {
    let mut actions = Vec::new();
    let response = rule_field(ui, text::blocked(), text::blocked_hint(), field);
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let usable = !field.typed.trim().is_empty();
    let pressed = usable && pill(ui, text::block(), None, Look::Quiet).clicked();
    if entered || pressed {
        actions.push(Action::Block);
        response.request_focus();
    }
    for entry in &rules.blocked {
        if blocked_row(ui, entry) {
            let mut rules = rules.clone();
            rules.blocked.retain(|other| other != entry);
            actions.push(Action::SetRingRules(rules));
        }
    }
    actions
}

/// True when it was taken off the list.
fn blocked_row(ui: &mut Ui, entry: &str) -> bool {
    let t = theme::tokens(ui);
    let size = vec2(ui.available_width(), ROW);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let room = Rect::from_min_max(rect.min, pos2(rect.right() - ROW - 8.0, rect.bottom()));
    text_in(ui, room, egui::Align::Min, entry, Text::Body, t.text);
    let center = pos2(rect.right() - ROW / 2.0, rect.center().y);
    let place = Rect::from_center_size(center, Vec2::splat(ROW));
    within(ui, place, entry, |ui| {
        round(ui, icons::X, &text::unblock(entry), ROW, Look::Bare).clicked()
    })
}

fn refusing(ui: &mut Ui, rules: &RingRules, about: About<'_>) -> Vec<Action> {
    let mut changed = rules.clone();
    let on = rules.refuse_anonymous;
    if setting(ui, about, "who_rings.refuse_anonymous", |ui| {
        switch(ui, text::refuse_anonymous(), on).clicked()
    }) {
        changed.refuse_anonymous = !rules.refuse_anonymous;
    }
    let limits = with_present(&FLOOD_LIMITS, rules.flood_limit);
    let limit = setting(ui, about, "who_rings.flood_limit", |ui| {
        number(
            ui,
            text::flood(),
            &limits,
            rules.flood_limit,
            text::flood_limit,
        )
    });
    if let Some(limit) = limit {
        changed.flood_limit = limit;
    }
    Vec::from_iter((changed != *rules).then_some(Action::SetRingRules(changed)))
}

/// A choice between numbers, in words.
fn number(
    ui: &mut Ui,
    caption: &str,
    numbers: &[u16],
    chosen: u16,
    words: impl Fn(u16) -> String,
) -> Option<u16> {
    let options: Vec<String> = numbers.iter().map(|&number| words(number)).collect();
    let selected = numbers.iter().position(|&number| number == chosen);
    let picked = ui
        .vertical(|ui| choice(ui, caption, &options, selected.unwrap_or(0)))
        .inner?;
    numbers.get(picked).copied()
}

/// The usual numbers, and the one that was written into the file by hand.
fn with_present(usual: &[u16], present: u16) -> Vec<u16> {
    let mut numbers = usual.to_vec();
    if let Err(place) = numbers.binary_search(&present) {
        numbers.insert(place, present);
    }
    numbers
}

const RING_SECONDS: [u16; 7] = [5, 10, 15, 20, 30, 45, 60];
const FLOOD_LIMITS: [u16; 5] = [0, 10, 30, 60, 120];
const ROW: f32 = 32.0;
