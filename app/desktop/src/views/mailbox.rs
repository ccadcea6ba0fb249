//! "Voicemail" in the settings: whether a PIN is asked for, and the PIN itself, which is never shown.

use egui::{Key, Ui};
use hark_phone::snapshot::SkipPin;
use hark_phone::{AccountSettings, Snapshot};

use crate::action::Action;
use crate::state::PinForm;
use crate::text;
use crate::theme::{self, Text};
use crate::views::account_may_change;
use crate::views::home::pin_sign;
use crate::views::setting::{About, setting};
use crate::widgets::{Content, Field, Look, icon, pill, switch, text_wrapped};

pub fn view(
    ui: &mut Ui,
    snapshot: &Snapshot,
    account: &AccountSettings,
    about: About<'_>,
    form: &mut PinForm,
) -> Vec<Action> {
    ui.spacing_mut().item_spacing.y = 10.0;
    standing(ui, snapshot.skip_pin);
    let mut changed = account.clone();
    let changeable = account_may_change(snapshot);
    setting(ui, about, "account.asks_for_pin", |ui| {
        ui.add_enabled_ui(changeable, |ui| {
            if switch(ui, text::asks_for_pin(), account.asks_for_pin).clicked() {
                changed.asks_for_pin = !account.asks_for_pin;
            }
        });
    });
    let mut actions = Vec::new();
    if needs_pin(snapshot, account) {
        actions.extend(pin(ui, snapshot, form));
        setting(ui, about, "account.pin_in_clear", |ui| {
            ui.add_enabled_ui(changeable, |ui| {
                if switch(ui, text::pin_in_clear(), account.pin_in_clear).clicked() {
                    changed.pin_in_clear = !account.pin_in_clear;
                }
            });
        });
    }
    if changed != *account {
        actions.push(Action::ChangeAccount(Box::new(changed)));
    }
    actions
}

/// Whether calls to the mailbox skip the PIN at this moment, and why not if not.
fn standing(ui: &mut Ui, skip: SkipPin) {
    let (glyph, ink) = pin_sign(theme::tokens(ui), skip);
    ui.horizontal_top(|ui| {
        icon(ui, glyph, 18.0, ink);
        text_wrapped(ui, text::skip_pin(skip), Text::Small, ink);
    });
}

fn needs_pin(snapshot: &Snapshot, account: &AccountSettings) -> bool {
    let asked_for = match snapshot.skip_pin {
        SkipPin::Yes | SkipPin::NotRegistered => account.asks_for_pin,
        SkipPin::NotEncrypted
        | SkipPin::NotAuthenticated
        | SkipPin::OtherDomain
        | SkipPin::AsksForPin => true,
    };
    asked_for || snapshot.pin_known
}

fn pin(ui: &mut Ui, snapshot: &Snapshot, form: &mut PinForm) -> Vec<Action> {
    let t = theme::tokens(ui);
    if snapshot.pin_known {
        text_wrapped(ui, text::pin_known(), Text::Small, t.muted);
        let pressed = pill(ui, text::forget_pin(), None, Look::Quiet).clicked();
        return Vec::from_iter(pressed.then_some(Action::ForgetPin));
    }
    let field = Field {
        caption: text::pin(),
        hint: text::pin_hint(),
        about: "",
        content: Content::Secret,
        error: form.is_wrong.then_some(text::pin_wrong()),
    };
    let response = ui.vertical(|ui| field.show(ui, &mut form.typed)).inner;
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let pressed = pill(ui, text::keep_pin(), None, Look::Quiet).clicked();
    Vec::from_iter((entered || pressed).then_some(Action::KeepPin))
}
