//! "Sound and network" in the set-up form: codecs, keys, ports, ways through firewalls, recordings. Each
//! field says what it does, and what is wrong with it while it is typed.

use egui::{Rect, Sense, Ui, UiBuilder, accesskit::Role, pos2, vec2};
use hark_phone::{MediaEncryption, MediaKeys};

use crate::state::{MediaField, MediaForm, SetupForm};
use crate::text;
use crate::theme::{self, Text};
use crate::views::account_form::{entered, one_of, password_field};
use crate::views::order::{self, Rank, Step};
use crate::views::setting::{About, setting};
use crate::widgets::{Content, Field, announce, link, switch, text as label, text_wrapped};

/// What is known of the password of the TURN server that is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownPassword {
    Yes,
    No,
}

/// Draws the fields; true when Enter was pressed in one of them.
pub fn fields(ui: &mut Ui, form: &mut SetupForm, about: About<'_>, known: KnownPassword) -> bool {
    let (form, encryption) = (&mut form.media, form.media_encryption);
    setting(ui, about, "account.codecs", |ui| codecs(ui, form));
    setting(ui, about, "account.media_keys", |ui| {
        keys(ui, &mut form.keys, encryption);
    });
    let error = form.error(MediaField::Ports);
    let mut entered = setting(ui, about, "account.media_ports", |ui| {
        field(ui, &Words::ports(), error, &mut form.ports)
    });
    setting(ui, about, "account.ice", |ui| ice(ui, form));
    let error = form.error(MediaField::StunServer);
    entered |= setting(ui, about, "account.stun_server", |ui| {
        field(ui, &Words::stun(), error, &mut form.stun_server)
    });
    entered |= turn(ui, form, about, known);
    setting(ui, about, "account.encrypt_recordings", |ui| {
        recordings(ui, form);
    });
    entered
}

/// The relay, and how it knows us.
fn turn(ui: &mut Ui, form: &mut MediaForm, about: About<'_>, known: KnownPassword) -> bool {
    let error = form.error(MediaField::TurnServer);
    let mut entered = setting(ui, about, "account.turn_server", |ui| {
        field(ui, &Words::turn(), error, &mut form.turn_server)
    });
    if !form.turn_server.trim().is_empty() {
        entered |= setting(ui, about, "account.turn_username", |ui| {
            field(ui, &Words::turn_username(), None, &mut form.turn_username)
        });
        entered |= turn_password(ui, form, known);
    }
    entered
}

/// A caption, a hint and what the field does.
struct Words {
    caption: &'static str,
    hint: &'static str,
    about: &'static str,
}

impl Words {
    fn ports() -> Self {
        Self {
            caption: text::ports(),
            hint: text::ports_hint(),
            about: text::ports_about(),
        }
    }

    fn stun() -> Self {
        Self {
            caption: text::stun_server(),
            hint: text::stun_hint(),
            about: text::stun_about(),
        }
    }

    fn turn() -> Self {
        Self {
            caption: text::turn_server(),
            hint: text::turn_hint(),
            about: text::turn_about(),
        }
    }

    fn turn_username() -> Self {
        Self {
            caption: text::turn_username(),
            hint: "",
            about: "",
        }
    }
}

fn field(ui: &mut Ui, words: &Words, error: Option<String>, value: &mut String) -> bool {
    let field = Field {
        caption: words.caption,
        hint: words.hint,
        about: words.about,
        content: Content::Plain,
        error: error.as_deref(),
    };
    let response = ui.vertical(|ui| field.show(ui, value)).inner;
    entered(ui, &response)
}

/// The codecs, the most wanted first, each on or off.
fn codecs(ui: &mut Ui, form: &mut MediaForm) {
    let t = theme::tokens(ui);
    let error = form.error(MediaField::Codecs);
    let step = ui
        .push_id("codecs", |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let heading = label(ui, text::codecs(), Text::Caption, t.muted);
            ui.ctx()
                .accesskit_node_builder(heading.id, |node| node.set_role(Role::Heading));
            let count = form.codecs.len();
            let mut step = None;
            for (index, codec) in form.codecs.iter_mut().enumerate() {
                let rank = Rank { index, count };
                let pressed = codec_row(ui, codec.name, &mut codec.on, rank);
                step = step.or(pressed.map(|pressed| (index, pressed)));
            }
            match error {
                Some(error) => {
                    let line = text_wrapped(ui, error, Text::Small, t.danger);
                    announce(ui, line.id, egui::accesskit::Live::Polite);
                }
                None => drop(text_wrapped(ui, text::codecs_about(), Text::Small, t.muted)),
            }
            step
        })
        .inner;
    if let Some((index, step)) = step {
        step.take(&mut form.codecs, index);
    }
}

fn codec_row(ui: &mut Ui, name: &str, on: &mut bool, rank: Rank) -> Option<Step> {
    let words = text::codec(name);
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let end = row.right() - 2.0 * order::BUTTON - 8.0;
    let builder = UiBuilder::new()
        .max_rect(Rect::from_min_max(row.min, pos2(end, row.bottom())))
        .scope_id(ui.scope_id().with((name, "switch")));
    if switch(&mut ui.new_child(builder), &words, *on).clicked() {
        *on = !*on;
    }
    order::at_end(ui, row, name, 2.0, |ui| order::arrows(ui, &words, rank))
}

/// Without encryption there is nothing to choose; the choice is kept for the day it is back.
fn keys(ui: &mut Ui, chosen: &mut MediaKeys, encryption: Option<MediaEncryption>) {
    let options = [MediaKeys::Sdes, MediaKeys::Dtls];
    let words = options.map(text::media_keys);
    let index = options.iter().position(|option| option == chosen);
    let (is_of_use, about) = match encryption {
        None | Some(MediaEncryption::Required | MediaEncryption::Optional) => {
            (true, text::media_keys_about())
        }
        Some(MediaEncryption::Off) => (false, text::media_keys_off()),
    };
    explained(ui, about, |ui| {
        ui.add_enabled_ui(is_of_use, |ui| {
            if let Some(picked) = one_of(ui, text::media_keys_label(), &words, index) {
                *chosen = options[picked];
            }
        });
    });
}

/// A server that is named turns it on.
fn ice(ui: &mut Ui, form: &mut MediaForm) {
    let implied = form.names_a_server();
    explained(ui, text::ice_about(), |ui| {
        ui.add_enabled_ui(!implied, |ui| {
            if switch(ui, text::ice(), form.ice || implied).clicked() {
                form.ice = !form.ice;
            }
        });
    });
}

fn recordings(ui: &mut Ui, form: &mut MediaForm) {
    explained(ui, text::encrypted_line(), |ui| {
        let on = form.encrypt_recordings;
        if switch(ui, text::encrypt_recordings(), on).clicked() {
            form.encrypt_recordings = !on;
        }
    });
}

/// A control with a line below it that says what it does.
fn explained(ui: &mut Ui, about: &str, contents: impl FnOnce(&mut Ui)) {
    let t = theme::tokens(ui);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 3.0;
        contents(ui);
        text_wrapped(ui, about, Text::Small, t.muted);
    });
}

/// The password of the relay; one that is kept can be forgotten.
fn turn_password(ui: &mut Ui, form: &mut MediaForm, known: KnownPassword) -> bool {
    let t = theme::tokens(ui);
    let secret = &mut form.turn_password;
    let is_kept = known == KnownPassword::Yes && !secret.forget;
    let field = Field {
        caption: text::turn_password(),
        hint: if is_kept { text::keep_password() } else { "" },
        about: "",
        content: secret.view,
        error: None,
    };
    let response = password_field(ui, &field, &mut secret.typed, &mut secret.view);
    let entered = entered(ui, &response);
    if known == KnownPassword::No || !secret.typed.is_empty() {
        return entered;
    }
    if secret.forget {
        text_wrapped(ui, text::turn_password_forgotten(), Text::Small, t.muted);
    }
    let words = match secret.forget {
        false => text::forget_turn_password(),
        true => text::keep_turn_password(),
    };
    if link(ui, words).clicked() {
        secret.forget = !secret.forget;
    }
    entered
}

/// High enough for a switch and the ring around it.
const ROW: f32 = 38.0;
