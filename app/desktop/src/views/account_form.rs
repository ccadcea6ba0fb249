//! The fields of an account: address and password first, the rest behind "Advanced" and "Sound and
//! network".

use egui::{
    Id, Key, Rect, Response, Ui, Vec2,
    accesskit::{Live, Role},
    pos2, vec2,
};
use hark_assets::icons;
use hark_phone::people::Country;
use hark_phone::{MediaEncryption, Transport};

use crate::action::Action;
use crate::state::{Keyboard, SetupField, SetupState};
use crate::text;
use crate::theme::{self, Text};
use crate::views::account_media::{self, KnownPassword};
use crate::views::setting::{About, setting};
use crate::widgets::{
    Content, Field, Look, announce, pill, round, segmented, text as label, text_wrapped, toggle,
    within,
};

/// Draws the fields; Enter in one of them signs in.
pub fn fields(
    ui: &mut Ui,
    setup: &mut SetupState,
    about: About<'_>,
    turn: KnownPassword,
    here: Option<&Country>,
) -> Vec<Action> {
    ui.spacing_mut().item_spacing.y = 12.0;
    let mut actions = Vec::new();
    let (caption, hint) = (text::address(), text::address_hint());
    let mut entered = checked(ui, setup, SetupField::Address, caption, hint).entered;
    entered |= password(ui, setup);
    if toggle(ui, Id::unique("advanced"), text::advanced(), setup.advanced) {
        setup.advanced = !setup.advanced;
    }
    if setup.advanced {
        let told = advanced(ui, setup, about, here);
        entered |= told.entered;
        actions.extend(told.actions);
    }
    if toggle(ui, Id::unique("media"), text::media(), setup.media) {
        setup.media = !setup.media;
    }
    if setup.media {
        entered |= account_media::fields(ui, &mut setup.form, about, turn);
    }
    actions.extend(entered.then_some(Action::SignIn));
    actions
}

/// What came of fields that were drawn.
#[derive(Default)]
struct Told {
    /// Enter was pressed.
    entered: bool,
    changed: bool,
    actions: Vec<Action>,
}

fn password(ui: &mut Ui, setup: &mut SetupState) -> bool {
    let error = setup.error_at(SetupField::Password, Keyboard::Elsewhere);
    let field = Field {
        caption: text::password(),
        hint: if setup.keeps_password() {
            text::keep_password()
        } else {
            ""
        },
        about: "",
        content: setup.password_view,
        error: error.map(text::field_error),
    };
    let (value, view) = (&mut setup.form.password, &mut setup.password_view);
    let response = password_field(ui, &field, value, view);
    lead_to(ui, setup, SetupField::Password, &response);
    entered(ui, &response)
}

/// A password, with an eye at its end that shows and hides it.
pub(super) fn password_field(
    ui: &mut Ui,
    field: &Field<'_>,
    value: &mut String,
    view: &mut Content,
) -> Response {
    let (other, glyph, name) = match view {
        Content::Secret => (Content::Plain, icons::EYE, text::show_password()),
        Content::Plain => (Content::Secret, icons::EYE_OFF, text::hide_password()),
    };
    let response = ui
        .vertical(|ui| field.show_beside(ui, value, EYE as i8))
        .inner;
    let end = pos2(
        response.rect.right() - EYE / 2.0 - 6.0,
        response.rect.center().y,
    );
    let place = Rect::from_center_size(end, Vec2::splat(EYE));
    let pressed = within(ui, place, ("eye", field.caption), |ui| {
        round(ui, glyph, name, EYE, Look::Bare).clicked()
    });
    if pressed {
        *view = other;
    }
    response
}

pub(super) fn entered(ui: &Ui, response: &Response) -> bool {
    response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

fn advanced(ui: &mut Ui, setup: &mut SetupState, about: About<'_>, here: Option<&Country>) -> Told {
    let mut told = Told::default();
    told.entered |= setting(ui, about, "account.server", |ui| {
        let (caption, hint) = (text::server(), text::server_hint());
        checked(ui, setup, SetupField::Server, caption, hint).entered
    });
    told.entered |= setting(ui, about, "account.username", |ui| {
        let (caption, hint) = (text::username(), text::username_hint());
        checked(ui, setup, SetupField::Username, caption, hint).entered
    });
    told.entered |= setting(ui, about, "account.display_name", |ui| {
        display_name(ui, &mut setup.form.display_name)
    });
    told.entered |= setting(ui, about, "account.voicemail", |ui| {
        let (caption, hint) = (text::voicemail_address(), text::voicemail_hint());
        checked(ui, setup, SetupField::Voicemail, caption, hint).entered
    });
    told.entered |= setting(ui, about, "account.region", |ui| {
        region(ui, setup, here).entered
    });
    let of_file = setting(ui, about, "account.ca_file", |ui| ca_file(ui, setup));
    told.entered |= of_file.entered;
    told.actions.extend(of_file.actions);
    setting(ui, about, "account.transport", |ui| {
        transport(ui, &mut setup.form.transport);
    });
    setting(ui, about, "account.media_encryption", |ui| {
        encryption(ui, &mut setup.form.media_encryption);
    });
    told
}

fn display_name(ui: &mut Ui, value: &mut String) -> bool {
    let field = Field {
        caption: text::display_name(),
        hint: text::display_name_hint(),
        about: "",
        content: Content::Plain,
        error: None,
    };
    let response = ui.vertical(|ui| field.show(ui, value)).inner;
    entered(ui, &response)
}

/// The country of numbers without one, with its name below. The one that counts where the field is empty
/// stands in it.
fn region(ui: &mut Ui, setup: &mut SetupState, here: Option<&Country>) -> Told {
    let t = theme::tokens(ui);
    let own = Country::of_number(setup.form.address.trim());
    let default = own.as_ref().or(here);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        let hint = default.map_or_else(String::new, |it| text::country(&it.code));
        let told = checked(ui, setup, SetupField::Region, text::region(), &hint);
        match setup.form.country() {
            Some(country) => {
                let line = text_wrapped(ui, text::country_is(&country), Text::Small, t.muted);
                announce(ui, line.id, Live::Polite);
            }
            None if setup.form.region.trim().is_empty() => {
                text_wrapped(ui, text::region_about(), Text::Small, t.muted);
            }
            None => {}
        }
        told
    })
    .inner
}

/// The file of authorities: typed, or chosen from the desktop's list, with what it holds below.
fn ca_file(ui: &mut Ui, setup: &mut SetupState) -> Told {
    let t = theme::tokens(ui);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        let (caption, hint) = (text::ca_file(), text::ca_file_hint());
        let mut told = checked(ui, setup, SetupField::CaFile, caption, hint);
        if let Some(Ok([first, ..])) = setup.help.content(&setup.form.ca_file) {
            let words = text::ca_file_holds(first);
            let line = text_wrapped(ui, words, Text::Small, t.muted);
            announce(ui, line.id, Live::Polite);
        }
        if setup.help.no_chooser {
            let line = text_wrapped(ui, text::no_file_chooser(), Text::Small, t.muted);
            announce(ui, line.id, Live::Polite);
        }
        if pill(ui, text::choose_file(), None, Look::Quiet).clicked() {
            told.actions.push(Action::ChooseAuthorityFile);
        }
        let changed = told.changed.then_some(Action::LookIntoAuthorities);
        told.actions.extend(changed);
        told
    })
    .inner
}

/// A field that says while it is typed what is wrong with it.
fn checked(
    ui: &mut Ui,
    setup: &mut SetupState,
    which: SetupField,
    caption: &str,
    hint: &str,
) -> Told {
    let id = ui.scope_id().with(("checked", caption));
    let keyboard = match ui.data(|data| data.get_temp(id)) {
        Some(true) => Keyboard::Here,
        Some(false) | None => Keyboard::Elsewhere,
    };
    let error = setup.error_at(which, keyboard);
    let field = Field {
        caption,
        hint,
        about: "",
        content: Content::Plain,
        error: error.map(text::field_error),
    };
    let value = setup.form.text(which);
    let response = ui.vertical(|ui| field.show(ui, value)).inner;
    let has_keyboard = response.has_focus();
    ui.data_mut(|data| data.insert_temp(id, has_keyboard));
    lead_to(ui, setup, which, &response);
    Told {
        entered: entered(ui, &response),
        changed: response.changed(),
        actions: vec![],
    }
}

/// Gives a field the keyboard if that is where something has to be mended.
fn lead_to(ui: &Ui, setup: &mut SetupState, field: SetupField, response: &Response) {
    if setup.help.focus == Some(field) && ui.is_enabled() {
        setup.help.focus = None;
        response.request_focus();
        // With what stands below it.
        let around = response.rect.expand2(vec2(0.0, AROUND));
        ui.scroll_to_rect(around, None);
    }
}

fn transport(ui: &mut Ui, chosen: &mut Transport) {
    let options = [Transport::Tls, Transport::Tcp];
    let words = options.map(text::transport);
    let index = options.iter().position(|option| option == chosen);
    if let Some(picked) = one_of(ui, text::transport_label(), &words, index) {
        *chosen = options[picked];
    }
}

fn encryption(ui: &mut Ui, chosen: &mut Option<MediaEncryption>) {
    let options = [
        None,
        Some(MediaEncryption::Required),
        Some(MediaEncryption::Optional),
        Some(MediaEncryption::Off),
    ];
    let words = options.map(text::media_encryption);
    let index = options.iter().position(|option| option == chosen);
    if let Some(picked) = one_of(ui, text::encryption(), &words, index) {
        *chosen = options[picked];
    }
}

/// A choice of few words under a caption, which is its name aloud; returns the one that was pressed.
pub(super) fn one_of(
    ui: &mut Ui,
    caption: &str,
    words: &[&str],
    chosen: Option<usize>,
) -> Option<usize> {
    let t = theme::tokens(ui);
    ui.push_id(caption, |ui| {
        let choice = ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 5.0;
            label(ui, caption, Text::Caption, t.muted);
            let width = ui.available_width();
            segmented(ui, words, chosen.unwrap_or(0), width)
        });
        ui.ctx().accesskit_node_builder(choice.response.id, |node| {
            node.set_role(Role::RadioGroup);
            node.set_label(caption);
        });
        choice.inner
    })
    .inner
}

const EYE: f32 = 32.0;

/// Room for a button and a line below a field.
const AROUND: f32 = 80.0;
