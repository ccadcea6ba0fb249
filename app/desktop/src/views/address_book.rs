//! "Address book of a server" in the settings: the fields, how it stands with the server, the switch.

use egui::{Align, Ui, accesskit::Live};
use hark_assets::icons;
use hark_phone::snapshot::AddressBookStage;
use hark_phone::{AddressBookSettings, Snapshot};

use crate::action::{Action, AddressBookAction};
use crate::state::AddressBookForm;
use crate::text;
use crate::theme::{self, Text};
use crate::views::Moment;
use crate::views::account_form::entered;
use crate::views::setting::{About, setting};
use crate::widgets::{
    Content, Field, Look, Tone, announce, banner, detail, disclosure, icon, pill, text_wrapped,
};

pub fn settings(
    ui: &mut Ui,
    snapshot: &Snapshot,
    about: About<'_>,
    form: &mut AddressBookForm,
    moment: &Moment,
) -> Vec<Action> {
    let kept = &snapshot.settings.address_book;
    form.follow(kept);
    if std::mem::take(&mut form.wants_view) {
        ui.scroll_to_cursor(Some(Align::Center));
    }
    ui.spacing_mut().item_spacing.y = 10.0;
    let pressed = match (kept.on, form.open) {
        (true, false) => at_work(ui, snapshot, about, form, moment),
        (true, true) | (false, _) => fields(ui, snapshot, about, form),
    };
    Vec::from_iter(pressed.map(Action::AddressBook))
}

/// The address book is on.
fn at_work(
    ui: &mut Ui,
    snapshot: &Snapshot,
    about: About<'_>,
    form: &AddressBookForm,
    moment: &Moment,
) -> Option<AddressBookAction> {
    let t = theme::tokens(ui);
    let AddressBookSettings { url, username, .. } = &snapshot.settings.address_book;
    text_wrapped(ui, url.as_str(), Text::Body, t.text);
    text_wrapped(ui, username.as_str(), Text::Small, t.muted);
    standing(ui, snapshot, moment);
    if form.off_asked {
        return off_question(ui, snapshot.address_book.contacts);
    }
    let mut pressed = None;
    let mut offer = |ui: &mut Ui, words, action| {
        if pill(ui, words, None, Look::Quiet).clicked() {
            pressed = Some(action);
        }
    };
    ui.horizontal_wrapped(|ui| {
        let resting = snapshot.address_book.stage != AddressBookStage::Updating;
        ui.add_enabled_ui(resting, |ui| {
            offer(ui, text::address_book_update(), AddressBookAction::Update);
        });
        offer(ui, text::address_book_change(), AddressBookAction::Change);
    });
    ui.add_enabled_ui(!about.locks.holds(SWITCH), |ui| {
        let words = text::address_book_switch_off();
        offer(ui, words, AddressBookAction::SwitchOff);
    });
    // What there is to say of the switch stands below its button.
    setting(ui, about, SWITCH, |_| {});
    pressed
}

/// What came of asking the server, said aloud when it changes.
fn standing(ui: &mut Ui, snapshot: &Snapshot, moment: &Moment) {
    let t = theme::tokens(ui);
    let view = &snapshot.address_book;
    let updated = text::address_book_standing(view, &moment.wall);
    let (glyph, ink, words) = match &view.stage {
        AddressBookStage::Off => return,
        AddressBookStage::Updating => (
            icons::REFRESH_CW,
            t.muted,
            text::address_book_updating().to_owned(),
        ),
        AddressBookStage::UpToDate => (icons::CIRCLE_CHECK, t.ok, updated.unwrap_or_default()),
        AddressBookStage::Failed(problem) => (icons::CIRCLE_ALERT, t.danger, problem.text.clone()),
    };
    ui.horizontal_top(|ui| {
        icon(ui, glyph, 18.0, ink);
        let line = text_wrapped(ui, words, Text::Small, ink);
        announce(ui, line.id, Live::Polite);
    });
    let AddressBookStage::Failed(problem) = &view.stage else {
        return;
    };
    if view.contacts > 0 {
        let words = text::address_book_from_before(view, &moment.wall);
        text_wrapped(ui, words, Text::Small, t.muted);
    }
    if disclosure(ui, text::details(), &problem.detail) {
        detail(ui, &problem.detail);
    }
}

fn off_question(ui: &mut Ui, contacts: usize) -> Option<AddressBookAction> {
    let mut pressed = None;
    let words = text::address_book_off_ask(contacts);
    let shown = banner(ui, Tone::Danger, icons::USERS, &words, None, |ui| {
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            if pill(ui, text::address_book_switch_off(), None, Look::Danger).clicked() {
                pressed = Some(AddressBookAction::SwitchOff);
            }
            if pill(ui, text::address_book_stay(), None, Look::Raised).clicked() {
                pressed = Some(AddressBookAction::StayOn);
            }
        });
    });
    announce(ui, shown.id, Live::Polite);
    pressed
}

/// Where it is and who the user is there.
fn fields(
    ui: &mut Ui,
    snapshot: &Snapshot,
    about: About<'_>,
    form: &mut AddressBookForm,
) -> Option<AddressBookAction> {
    let t = theme::tokens(ui);
    let on = snapshot.settings.address_book.on;
    if !on {
        text_wrapped(ui, text::address_book_about(), Text::Small, t.muted);
    }
    let mut save = setting(ui, about, "settings.address_book.url", |ui| {
        let (caption, hint) = (text::address_book_url(), text::address_book_url_hint());
        let error = form.error.as_deref();
        let field = field(caption, hint, Content::Plain, error);
        let response = ui.vertical(|ui| field.show(ui, &mut form.url)).inner;
        if response.changed() {
            form.error = None;
        }
        entered(ui, &response)
    });
    save |= setting(ui, about, "settings.address_book.username", |ui| {
        let field = field(text::address_book_username(), "", Content::Plain, None);
        let response = ui.vertical(|ui| field.show(ui, &mut form.username)).inner;
        entered(ui, &response)
    });
    let hint = match snapshot.address_book.password_known {
        true => text::address_book_password_kept(),
        false => "",
    };
    let password = field(text::address_book_password(), hint, Content::Secret, None);
    let response = ui
        .vertical(|ui| password.show(ui, &mut form.password))
        .inner;
    save |= entered(ui, &response);
    let locked = !on && about.locks.holds(SWITCH);
    let (mut give_up, usable) = (false, !locked && !form.url.trim().is_empty());
    ui.horizontal(|ui| {
        let words = match on {
            true => text::address_book_save(),
            false => text::address_book_switch_on(),
        };
        ui.add_enabled_ui(usable, |ui| {
            save |= pill(ui, words, None, Look::Quiet).clicked();
        });
        give_up = on && pill(ui, text::address_book_give_up(), None, Look::Raised).clicked();
    });
    if !on {
        setting(ui, about, SWITCH, |_| {});
    }
    match (save && usable, give_up) {
        (true, _) => Some(AddressBookAction::Save),
        (false, true) => Some(AddressBookAction::GiveUp),
        (false, false) => None,
    }
}

fn field<'a>(
    caption: &'a str,
    hint: &'a str,
    content: Content,
    error: Option<&'a str>,
) -> Field<'a> {
    Field {
        caption,
        hint,
        about: "",
        content,
        error,
    }
}

/// The key of the switch.
const SWITCH: &str = "settings.address_book.on";
