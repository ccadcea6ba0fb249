//! What the user can set and the configuration file keeps. No secret is in here.

mod port_range;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use port_range::{NotAPortRange, PortRange};

/// One account at one registrar.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountSettings {
    /// `alice@example.test`, with or without `sip:`.
    pub address: String,
    /// What the server calls the user where it differs from the address' user part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `host` or `host:port`; the address' domain where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    #[serde(default)]
    pub transport: Transport,
    /// PEM file with certificate authorities trusted for this account besides the platform's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// Voicemail number or URI; `sip:USER@DOMAIN;opaque=app:voicemail` where it is missing (OX-5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voicemail: Option<String>,
    /// `required` over TLS and `optional` over TCP where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_encryption: Option<MediaEncryption>,
    /// How sound may be coded, the best first, of `opus`, `g722`, `pcmu` and `pcma`; all of them in
    /// this order where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codecs: Option<Vec<String>>,
    /// The server knows no skip-pin and asks for the PIN of the mailbox: send that instead of the
    /// wish to skip it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asks_for_pin: bool,
    /// Send the PIN where others could listen in, too: over TCP, or without SRTP.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pin_in_clear: bool,
    /// UDP ports for sound, for firewalls that let only some through; the system chooses where it is
    /// missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_ports: Option<PortRange>,
    /// Look for a way through firewalls and translators (ICE) in our own calls, too, and not only
    /// when the other side does. Implied by a STUN or TURN server.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ice: bool,
    /// Tells the address behind a translator; `host` or `host:port`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stun_server: Option<String>,
    /// Passes sound on where no direct way exists; `host` or `host:port`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn_server: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn_username: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    #[default]
    Tls,
    Tcp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaEncryption {
    /// SRTP or no call.
    Required,
    /// Microsoft's form: RTP/AVP with a=crypto, answered with SRTP by those who can.
    Optional,
    Off,
}

/// Sound devices by name; `None` follows the system's default.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AudioSettings {
    pub speaker: Option<String>,
    pub microphone: Option<String>,
    pub ringer: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

/// Everything else that the user can set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub theme: Theme,
}

/// Who rings besides what presence says, and where calls are sent on. `docs/who-rings.md` is its
/// manual.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RingRules {
    /// Number or address to which every call is sent on that may be (OX-11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forward_always: Option<String>,
    /// The same, while another call is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forward_busy: Option<String>,
    /// The same, when nobody answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forward_no_answer: Option<String>,
    /// How long a call rings before it is sent on.
    pub no_answer_seconds: u16,
    /// A number, `name@host`, `*@host`, or `+1555*` for all that begin so.
    pub blocked: Vec<String>,
    /// Refuse callers who hide their number.
    pub refuse_anonymous: bool,
    /// Calls that may ring and be given up within a minute before further ones are refused; 0 for
    /// no limit.
    pub flood_limit: u16,
}

impl Default for RingRules {
    fn default() -> Self {
        Self {
            forward_always: None,
            forward_busy: None,
            forward_no_answer: None,
            no_answer_seconds: 20,
            blocked: Vec::new(),
            refuse_anonymous: false,
            flood_limit: 120,
        }
    }
}
