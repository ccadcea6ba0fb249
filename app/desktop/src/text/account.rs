//! Words of setting up an account, and of its settings.

use hark_phone::{MediaEncryption, MediaKeys, RegistrationView, Theme, Transport};

use crate::state::FieldError;

pub const SETUP_TITLE: &str = "Welcome to Hark";
pub const SETUP_LINE: &str = "Sign in with the account of your phone system.";
pub const SETUP_CHANGE_TITLE: &str = "Change the account";
pub const SETUP_CHANGE_LINE: &str = "What you change holds from the next call on.";
pub const PASSWORD: &str = "Password";
pub const KEEP_PASSWORD: &str = "Leave empty to keep the password";
pub const SHOW_PASSWORD: &str = "Show the password";
pub const HIDE_PASSWORD: &str = "Hide the password";
pub const ADDRESS_HINT: &str = "name@company.com";
pub const ADVANCED: &str = "Advanced";
pub const USERNAME: &str = "User name";
pub const USERNAME_HINT: &str = "If it differs from the address";
pub const DISPLAY_NAME: &str = "Display name";
pub const DISPLAY_NAME_HINT: &str = "What people you call see";
pub const SERVER_HINT: &str = "host or host:port";
pub const VOICEMAIL_HINT: &str = "Number or address, if not your own mailbox";
pub const CA_FILE: &str = "Certificate authority file";
pub const CA_FILE_HINT: &str = "A .pem file, for a company's own authority";
pub const TRANSPORT: &str = "Connection";
pub const ENCRYPTION: &str = "Call encryption";
pub const ENCRYPTION_AUTOMATIC: &str = "Automatic";
pub const MEDIA: &str = "Sound and network";
pub const CODECS: &str = "Ways to code sound, the best first";
pub const CODECS_ABOUT: &str = "Opus sounds best, G.711 is understood by every phone.";
pub const MEDIA_KEYS: &str = "Keys for encryption";
pub const MEDIA_KEYS_ABOUT: &str = "With the call they reach every server on its way; most telephone systems want them so. By \
     handshake no server on the way learns them, and a call you make is encrypted or there is none.";
pub const MEDIA_KEYS_OFF: &str =
    "Call encryption is off under “Advanced”, so that no keys are needed.";
pub const PORTS: &str = "Ports for sound";
pub const PORTS_HINT: &str = "30000-30100";
pub const PORTS_ABOUT: &str =
    "The UDP ports that your firewall lets through, two a call. Leave it empty to use any.";
pub const ICE: &str = "Look for a way through firewalls";
pub const ICE_ABOUT: &str = "Tries every way between you and the other side (ICE). A server below \
     turns it on.";
pub const STUN_SERVER: &str = "STUN server";
pub const STUN_HINT: &str = "stun.company.com";
pub const STUN_ABOUT: &str = "Tells where you can be reached behind a router.";
pub const TURN_SERVER: &str = "TURN server";
pub const TURN_HINT: &str = "turn.company.com";
pub const TURN_ABOUT: &str =
    "Passes the sound on where there is no direct way. With ;transport=tcp behind it, over TCP.";
pub const TURN_USERNAME: &str = "User name for TURN";
pub const TURN_PASSWORD: &str = "Password for TURN";
pub const FORGET_TURN_PASSWORD: &str = "Forget this password";
pub const TURN_PASSWORD_FORGOTTEN: &str = "Hark forgets the password when you sign in.";
pub const KEEP_TURN_PASSWORD: &str = "Keep it after all";
pub const SIGN_IN: &str = "Sign in";
pub const SIGNING_IN: &str = "Signing in…";
pub const BACK: &str = "Back";
pub const TRY_DEMO: &str = "Try it with the built-in voicemail server";
pub const TRY_DEMO_LINE: &str = "No account needed. Nothing leaves this computer.";
pub const DEMO_STARTING: &str = "Starting the built-in server…";
pub const STAGES: [&str; 4] = ["Connecting", "Checking certificate", "Signing in", "Ready"];

pub fn registration(view: &RegistrationView) -> &'static str {
    match view {
        RegistrationView::SignedOut => "Signed out",
        RegistrationView::Connecting(_) => "Connecting…",
        RegistrationView::Registered => "Signed in",
        RegistrationView::Failed(_) => "Not signed in",
        RegistrationView::Lost { .. } => "No connection",
    }
}

pub fn theme(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "System",
        Theme::Light => "Light",
        Theme::Dark => "Dark",
    }
}

pub fn transport(transport: Transport) -> &'static str {
    match transport {
        Transport::Tls => "TLS (encrypted)",
        Transport::Tcp => "TCP (not encrypted)",
    }
}

pub fn media_encryption(encryption: Option<MediaEncryption>) -> &'static str {
    match encryption {
        None => ENCRYPTION_AUTOMATIC,
        Some(MediaEncryption::Required) => "Required",
        Some(MediaEncryption::Optional) => "Where possible",
        Some(MediaEncryption::Off) => "Off",
    }
}

pub fn media_keys(keys: MediaKeys) -> &'static str {
    match keys {
        MediaKeys::Sdes => "With the call (SDES)",
        MediaKeys::Dtls => "By handshake (DTLS)",
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
        FieldError::AddressMissing => "Enter your address, for example name@company.com.",
        FieldError::AddressWithoutDomain => {
            "An address has two parts with an @ between them: name@company.com."
        }
        FieldError::PasswordMissing => "Enter the password of this account.",
        FieldError::Media => {
            "Something under “Sound and network” is not right. Mend what is marked there."
        }
    }
}
