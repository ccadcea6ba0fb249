//! Words of setting up an account, and of its settings.

use hark_phone::people::Country;
use hark_phone::{MediaEncryption, MediaKeys, RegistrationView, Theme, Transport};
use hark_words::{say, words};

use crate::state::FieldError;

words! {
    pub account_choice;
    pub account_first;
    pub account_add;
    pub account_look(account);
    pub account_is_first(account);
    pub account_of_call(account);
    pub setup_title;
    pub setup_line;
    pub setup_change_title;
    pub setup_change_line;
    pub password;
    pub keep_password;
    pub show_password;
    pub hide_password;
    pub address_hint;
    pub advanced;
    pub username;
    pub username_hint;
    pub display_name;
    pub display_name_hint;
    pub server_hint;
    pub voicemail_hint;
    pub ca_file;
    pub ca_file_hint;
    pub region;
    pub region_about;
    pub country(code);
    pub transport_label;
    pub encryption;
    pub encryption_automatic;
    pub media;
    pub codecs;
    pub codecs_about;
    pub media_keys_label;
    pub media_keys_about;
    pub media_keys_off;
    pub ports;
    pub ports_hint;
    pub ports_about;
    pub ice;
    pub ice_about;
    pub stun_server;
    pub stun_hint;
    pub stun_about;
    pub turn_server;
    pub turn_hint;
    pub turn_about;
    pub turn_username;
    pub turn_password;
    pub forget_turn_password;
    pub turn_password_forgotten;
    pub keep_turn_password;
    pub sign_in;
    pub signing_in;
    pub back;
    pub try_demo;
    pub try_demo_line;
    pub demo_starting;
}
/// A country and what its numbers begin with.
pub fn country_is(country: &Country) -> String {
    say!(
        country_is,
        country = self::country(&country.code),
        code = country.calling_code.to_string()
    )
}

/// How far signing in has come.
pub fn stages() -> [&'static str; 4] {
    [
        say!(stage_connecting),
        say!(stage_checking_certificate),
        say!(stage_signing_in),
        say!(stage_ready),
    ]
}

/// How an account stands, for the list of several.
pub fn account_and_state(account: &str, view: &RegistrationView) -> String {
    let state = registration(view);
    say!(account_stands, account, state)
}

pub fn registration(view: &RegistrationView) -> &'static str {
    match view {
        RegistrationView::SignedOut => say!(registration_signed_out),
        RegistrationView::Connecting(_) => say!(registration_connecting),
        RegistrationView::Registered => say!(registration_signed_in),
        RegistrationView::Failed(_) => say!(registration_failed),
        RegistrationView::Lost { .. } => say!(registration_lost),
    }
}

pub fn theme(theme: Theme) -> &'static str {
    match theme {
        Theme::System => say!(theme_system),
        Theme::Light => say!(theme_light),
        Theme::Dark => say!(theme_dark),
    }
}

pub fn transport(transport: Transport) -> &'static str {
    match transport {
        Transport::Tls => say!(transport_tls),
        Transport::Tcp => say!(transport_tcp),
    }
}

pub fn media_encryption(encryption: Option<MediaEncryption>) -> &'static str {
    match encryption {
        None => encryption_automatic(),
        Some(MediaEncryption::Required) => say!(encryption_required),
        Some(MediaEncryption::Optional) => say!(encryption_optional),
        Some(MediaEncryption::Off) => say!(encryption_off),
    }
}

pub fn media_keys(keys: MediaKeys) -> &'static str {
    match keys {
        MediaKeys::Sdes => say!(media_keys_sdes),
        MediaKeys::Dtls => say!(media_keys_dtls),
    }
}

/// A codec as people know it; `name` is the standard's.
pub fn codec(name: &str) -> String {
    match name {
        "opus" => "Opus".to_owned(),
        "G722" => "G.722".to_owned(),
        "PCMU" => "G.711 μ-law".to_owned(),
        "PCMA" => "G.711 A-law".to_owned(),
        other => other.to_owned(),
    }
}

pub fn field_error(error: FieldError) -> &'static str {
    match error {
        FieldError::AddressMissing => say!(address_missing),
        FieldError::AddressWithoutDomain => say!(address_without_domain),
        FieldError::Address => say!(address_wrong),
        FieldError::Server => say!(server_wrong),
        FieldError::Voicemail => say!(voicemail_wrong),
        FieldError::CaFileUnreadable => say!(ca_file_unreadable),
        FieldError::CaFileEmpty => say!(ca_file_empty),
        FieldError::Region => say!(region_wrong),
        FieldError::PasswordMissing => say!(password_missing),
        FieldError::Media => say!(media_not_right),
    }
}
