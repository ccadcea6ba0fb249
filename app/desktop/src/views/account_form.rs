//! The fields of an account: address and password first, the rest behind "Advanced".

use eframe::egui::{Id, Key, Rect, Response, Ui, Vec2, pos2};
use hark_assets::icons;
use hark_phone::{MediaEncryption, Transport};

use crate::state::{FieldError, SetupState};
use crate::text;
use crate::theme::{self, Text};
use crate::widgets::{Content, Field, Look, round, segmented, text as label, toggle, within};

/// Draws the fields; true when Enter was pressed in one of them.
pub fn fields(ui: &mut Ui, setup: &mut SetupState) -> bool {
    ui.spacing_mut().item_spacing.y = 12.0;
    let error = setup.field_error;
    let of_address = error.filter(|error| *error != FieldError::PasswordMissing);
    let (caption, hint) = (text::ADDRESS, text::ADDRESS_HINT);
    let mut entered = field(ui, caption, hint, of_address, &mut setup.form.address);
    entered |= password(ui, setup);
    if toggle(ui, Id::unique("advanced"), text::ADVANCED, setup.advanced) {
        setup.advanced = !setup.advanced;
    }
    if setup.advanced {
        entered |= advanced(ui, setup);
    }
    entered
}

/// The password, with an eye at its end that shows and hides it.
fn password(ui: &mut Ui, setup: &mut SetupState) -> bool {
    let error = setup.field_error;
    let missing = error.filter(|error| *error == FieldError::PasswordMissing);
    let (content, glyph, name) = match setup.password_view {
        Content::Secret => (Content::Plain, icons::EYE, text::SHOW_PASSWORD),
        Content::Plain => (Content::Secret, icons::EYE_OFF, text::HIDE_PASSWORD),
    };
    let field = Field {
        caption: text::PASSWORD,
        hint: if setup.keeps_password() {
            text::KEEP_PASSWORD
        } else {
            ""
        },
        content: setup.password_view,
        error: missing.map(text::field_error),
    };
    let value = &mut setup.form.password;
    let response = ui.vertical(|ui| field.show(ui, value)).inner;
    let end = pos2(
        response.rect.right() - EYE / 2.0 - 6.0,
        response.rect.center().y,
    );
    let place = Rect::from_center_size(end, Vec2::splat(EYE));
    let pressed = within(ui, place, "eye", |ui| {
        round(ui, glyph, name, EYE, Look::Bare).clicked()
    });
    if pressed {
        setup.password_view = content;
    }
    entered(ui, &response)
}

fn entered(ui: &Ui, response: &Response) -> bool {
    response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

fn advanced(ui: &mut Ui, setup: &mut SetupState) -> bool {
    let form = &mut setup.form;
    let rows = [
        (text::SERVER, text::SERVER_HINT, &mut form.server),
        (text::USERNAME, text::USERNAME_HINT, &mut form.username),
        (
            text::DISPLAY_NAME,
            text::DISPLAY_NAME_HINT,
            &mut form.display_name,
        ),
        (
            text::VOICEMAIL_ADDRESS,
            text::VOICEMAIL_HINT,
            &mut form.voicemail,
        ),
        (text::CA_FILE, text::CA_FILE_HINT, &mut form.ca_file),
    ];
    let mut entered = false;
    for (caption, hint, value) in rows {
        entered |= field(ui, caption, hint, None, value);
    }
    transport(ui, &mut form.transport);
    encryption(ui, &mut form.media_encryption);
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
    if let Some(picked) = one_of(ui, text::TRANSPORT, &words, index) {
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
    if let Some(picked) = one_of(ui, text::ENCRYPTION, &words, index) {
        *chosen = options[picked];
    }
}

fn one_of(ui: &mut Ui, caption: &str, words: &[&str], chosen: Option<usize>) -> Option<usize> {
    let t = theme::tokens(ui);
    ui.push_id(caption, |ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 5.0;
            label(ui, caption, Text::Caption, t.muted);
            let width = ui.available_width();
            segmented(ui, words, chosen.unwrap_or(0), width)
        })
        .inner
    })
    .inner
}

const EYE: f32 = 32.0;
