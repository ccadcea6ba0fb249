//! The fields of an account: address and password first, the rest behind "Advanced" and "Sound and
//! network".

use eframe::egui::{Id, Key, Rect, Response, Ui, Vec2, accesskit::Role, pos2};
use hark_assets::icons;
use hark_phone::portable::Locks;
use hark_phone::{MediaEncryption, Transport};

use crate::state::{FieldError, SetupState};
use crate::text;
use crate::theme::{self, Text};
use crate::views::account_media::{self, KnownPassword};
use crate::views::profile::unless_locked;
use crate::widgets::{Content, Field, Look, round, segmented, text as label, toggle, within};

/// Draws the fields; true when Enter was pressed in one of them.
pub fn fields(ui: &mut Ui, setup: &mut SetupState, locks: &Locks, turn: KnownPassword) -> bool {
    ui.spacing_mut().item_spacing.y = 12.0;
    let of_address = setup.field_error.filter(|error| match error {
        FieldError::AddressMissing | FieldError::AddressWithoutDomain => true,
        FieldError::PasswordMissing | FieldError::Media => false,
    });
    let (caption, hint) = (text::address(), text::address_hint());
    let mut entered = field(ui, caption, hint, of_address, &mut setup.form.address);
    entered |= password(ui, setup);
    if toggle(ui, Id::unique("advanced"), text::advanced(), setup.advanced) {
        setup.advanced = !setup.advanced;
    }
    if setup.advanced {
        entered |= advanced(ui, setup, locks);
    }
    if toggle(ui, Id::unique("media"), text::media(), setup.media) {
        setup.media = !setup.media;
    }
    if setup.media {
        entered |= account_media::fields(ui, &mut setup.form, locks, turn);
    }
    entered
}

fn password(ui: &mut Ui, setup: &mut SetupState) -> bool {
    let error = setup.field_error;
    let missing = error.filter(|error| *error == FieldError::PasswordMissing);
    let field = Field {
        caption: text::password(),
        hint: if setup.keeps_password() {
            text::keep_password()
        } else {
            ""
        },
        about: "",
        content: setup.password_view,
        error: missing.map(text::field_error),
    };
    let (value, view) = (&mut setup.form.password, &mut setup.password_view);
    password_field(ui, &field, value, view)
}

/// A password, with an eye at its end that shows and hides it; true when Enter was pressed in it.
pub(super) fn password_field(
    ui: &mut Ui,
    field: &Field<'_>,
    value: &mut String,
    view: &mut Content,
) -> bool {
    let (other, glyph, name) = match view {
        Content::Secret => (Content::Plain, icons::EYE, text::show_password()),
        Content::Plain => (Content::Secret, icons::EYE_OFF, text::hide_password()),
    };
    let response = ui.vertical(|ui| field.show(ui, value)).inner;
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
    entered(ui, &response)
}

pub(super) fn entered(ui: &Ui, response: &Response) -> bool {
    response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

fn advanced(ui: &mut Ui, setup: &mut SetupState, locks: &Locks) -> bool {
    let form = &mut setup.form;
    let rows = [
        (
            "account.server",
            text::server(),
            text::server_hint(),
            &mut form.server,
        ),
        (
            "account.username",
            text::username(),
            text::username_hint(),
            &mut form.username,
        ),
        (
            "account.display_name",
            text::display_name(),
            text::display_name_hint(),
            &mut form.display_name,
        ),
        (
            "account.voicemail",
            text::voicemail_address(),
            text::voicemail_hint(),
            &mut form.voicemail,
        ),
        (
            "account.ca_file",
            text::ca_file(),
            text::ca_file_hint(),
            &mut form.ca_file,
        ),
    ];
    let mut entered = false;
    for (key, caption, hint, value) in rows {
        entered |= unless_locked(ui, locks, key, |ui| field(ui, caption, hint, None, value));
    }
    unless_locked(ui, locks, "account.transport", |ui| {
        transport(ui, &mut form.transport);
    });
    unless_locked(ui, locks, "account.media_encryption", |ui| {
        encryption(ui, &mut form.media_encryption);
    });
    entered
}

fn field(
    ui: &mut Ui,
    caption: &str,
    hint: &str,
    error: Option<FieldError>,
    value: &mut String,
) -> bool {
    let field = Field {
        caption,
        hint,
        about: "",
        content: Content::Plain,
        error: error.map(text::field_error),
    };
    let response = ui.vertical(|ui| field.show(ui, value)).inner;
    entered(ui, &response)
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
