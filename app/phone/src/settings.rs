//! What the user can set and the configuration file keeps. No secret is in here.

mod one_or_list;
mod port_range;
mod text_size;

use std::path::PathBuf;

use hark_audio::{DeviceChoice, VoiceProcessing};
use hark_words::Language;
use serde::{Deserialize, Deserializer, Serialize};

use crate::config::SoundEnd;

pub(crate) use one_or_list::one_or_list;
pub use port_range::{NotAPortRange, PortRange};
pub use text_size::{NotATextSize, TextSize};

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
    /// How our own calls agree on keys for encrypted sound; a call that asks for DTLS is answered with
    /// it whatever this says.
    #[serde(default, skip_serializing_if = "MediaKeys::is_default")]
    pub media_keys: MediaKeys,
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
    /// Passes sound on where no direct way exists; `host` or `host:port`, with `;transport=tcp` behind
    /// it for one that is reached over TCP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn_server: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn_username: Option<String>,
    /// The country of numbers that are written without one, as two letters (ISO 3166); that of the
    /// account's own number, or of the locale, where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Keep recordings of calls encrypted, with a key in the keyring.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub encrypt_recordings: bool,
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

/// How both sides of a call come to the keys of encrypted sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaKeys {
    /// They stand in the messages of the call (RFC 4568), so that every server on the way knows them.
    #[default]
    Sdes,
    /// By a handshake between both ends (RFC 5763). Such a call is encrypted, or there is none.
    Dtls,
}

impl MediaKeys {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Sound devices by name, the most wanted first, and what is done to the microphone's sound.
///
/// The first device that is there is used, and taken back when it comes back; behind the last one
/// always stands the system's default. A single name may stand in place of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AudioSettings {
    #[serde(deserialize_with = "one_or_many")]
    pub speaker: Vec<String>,
    #[serde(deserialize_with = "one_or_many")]
    pub microphone: Vec<String>,
    #[serde(deserialize_with = "one_or_many")]
    pub ringer: Vec<String>,
    /// Take the echo of the loudspeaker out. Like the two below it is done where it is not set, but
    /// not to a sound file in place of the microphone, which is sent as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub echo_cancellation: Option<bool>,
    /// Hold noise down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise_suppression: Option<bool>,
    /// Bring quiet and loud voices to the same level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gain_control: Option<bool>,
}

impl AudioSettings {
    /// What is done to the sound of this microphone.
    pub(crate) fn voice_processing(&self, microphone: &SoundEnd) -> VoiceProcessing {
        let unset = match microphone {
            SoundEnd::Device => true,
            SoundEnd::File(_) | SoundEnd::None => false,
        };
        VoiceProcessing {
            echo_cancellation: self.echo_cancellation.unwrap_or(unset),
            noise_suppression: self.noise_suppression.unwrap_or(unset),
            gain_control: self.gain_control.unwrap_or(unset),
        }
    }

    pub(crate) fn device_choice(&self) -> DeviceChoice {
        DeviceChoice {
            speaker: self.speaker.clone(),
            microphone: self.microphone.clone(),
            ringer: self.ringer.clone(),
        }
    }
}

fn one_or_many<'de, D: Deserializer<'de>>(names: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Names {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Names::deserialize(names)? {
        Names::One(name) => vec![name],
        Names::Many(names) => names,
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

/// In which language the window, notifications and failures speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum LanguageChoice {
    /// That of the user's computer, where Hark speaks it, else English.
    #[default]
    #[serde(rename = "system")]
    System,
    #[serde(rename = "en")]
    English,
    #[serde(rename = "de")]
    German,
}

impl LanguageChoice {
    /// What is to be spoken on a computer whose user speaks `computer`.
    pub fn on(self, computer: Language) -> Language {
        match self {
            Self::System => computer,
            Self::English => Language::English,
            Self::German => Language::German,
        }
    }
}

/// Everything else that the user can set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub theme: Theme,
    pub language: LanguageChoice,
    /// In per cent of the usual one, 100 to 200.
    pub text_size: TextSize,
    pub recording: RecordingSettings,
    pub address_book: AddressBookSettings,
}

/// The address book of a server (CardDAV), whose contacts are shown beside the user's own.
/// `docs/people.md` is its manual.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AddressBookSettings {
    pub on: bool,
    /// A server, a principal on it, or an address book: `https://dav.example.test`.
    pub url: String,
    /// By which the server knows the user.
    pub username: String,
    /// PEM file with certificate authorities trusted for this server besides the platform's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
}

/// How calls are recorded. `docs/recording.md` is its manual.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecordingSettings {
    /// Where recordings go; `Hark` in the user's music folder where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
    pub notice: RecordingNotice,
}

/// How the other side learns that it is being recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingNotice {
    /// A short beep at the beginning and every 15 s.
    #[default]
    Tone,
    /// "This call is being recorded.", spoken at the beginning.
    Announcement,
    /// By the user, who has to ask.
    None,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_a_list_or_one_name() {
        let read = |text: &str| toml::from_str::<AudioSettings>(text);
        let list =
            |names: &[&str]| -> Vec<String> { names.iter().map(|&name| name.to_owned()).collect() };
        for (text, speaker, ringer) in [
            ("", list(&[]), list(&[])),
            ("speaker = 'Headset'", list(&["Headset"]), list(&[])),
            (
                "speaker = ['Headset', 'Screen']\nringer = []",
                list(&["Headset", "Screen"]),
                list(&[]),
            ),
        ] {
            let read = read(text).expect("it is valid");
            assert_eq!((read.speaker, read.ringer), (speaker, ringer), "{text}");
        }
        assert!(read("speaker = 7").is_err());
        assert!(read("speaker = [7]").is_err());
        let written = AudioSettings {
            speaker: list(&["Headset", "Screen"]),
            gain_control: Some(false),
            ..AudioSettings::default()
        };
        let text = toml::to_string(&written).expect("it can be written");
        assert_eq!(read(&text).expect("it is valid"), written);
    }

    #[test]
    fn a_microphone_is_processed_unless_the_user_says_no_and_a_file_only_if_he_says_yes() {
        let set = |switch| AudioSettings {
            echo_cancellation: switch,
            noise_suppression: switch,
            gain_control: switch,
            ..AudioSettings::default()
        };
        let file = SoundEnd::File("voice.wav".into());
        for (switch, microphone, expected) in [
            (None, &SoundEnd::Device, VoiceProcessing::ALL),
            (None, &file, VoiceProcessing::NONE),
            (None, &SoundEnd::None, VoiceProcessing::NONE),
            (Some(false), &SoundEnd::Device, VoiceProcessing::NONE),
            (Some(true), &file, VoiceProcessing::ALL),
        ] {
            let processing = set(switch).voice_processing(microphone);
            assert_eq!(processing, expected, "{switch:?}, {microphone:?}");
        }
    }
}
