//! The configuration file of `hark headless` and the password that goes with it.

use std::path::Path;

use anyhow::Context as _;
use hark_phone::{
    AccountSettings, AddressBookSettings, AudioSettings, Password, Pin, RecordingKey,
    RecordingSettings, RingRules,
};
use serde::Deserialize;

/// An account for one run. Without a password the keyring is asked.
pub struct Config {
    pub account: AccountSettings,
    pub ring_rules: RingRules,
    pub audio: AudioSettings,
    pub recording: RecordingSettings,
    pub recording_key: Option<RecordingKey>,
    pub address_book: AddressBookSettings,
    pub address_book_password: Option<Password>,
    pub password: Option<Password>,
    pub pin: Option<Pin>,
    /// Of the account's TURN server.
    pub turn_password: Option<Password>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    account: AccountSettings,
    #[serde(default)]
    who_rings: RingRules,
    #[serde(default)]
    audio: AudioSettings,
    #[serde(default)]
    recording: RecordingSettings,
    #[serde(default)]
    address_book: AddressBookSettings,
}

/// Reads the file, and the password from the environment.
///
/// # Errors
/// When the file cannot be read or does not fit.
pub fn read(path: &Path) -> anyhow::Result<Config> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{} could not be read", path.display()))?;
    let File {
        account,
        who_rings,
        audio,
        recording,
        address_book,
    } = parse(&text, path)?;
    address_book
        .check()
        .context("[address_book] cannot be used")?;
    Ok(Config {
        account,
        ring_rules: who_rings,
        audio,
        recording,
        recording_key: recording_key(std::env::var(RECORDING_KEY).ok().as_deref())?,
        address_book,
        address_book_password: password(ADDRESS_BOOK_PASSWORD),
        password: password(PASSWORD),
        turn_password: password(TURN_PASSWORD),
        pin: pin(std::env::var(PIN).ok().as_deref())?,
    })
}

fn password(variable: &str) -> Option<Password> {
    let text = std::env::var(variable).ok();
    text.filter(|text| !text.is_empty()).map(Password::new)
}

/// A PIN that would not be sent is better told than left out.
fn pin(text: Option<&str>) -> anyhow::Result<Option<Pin>> {
    match text.filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => match Pin::new(text) {
            Some(pin) => Ok(Some(pin)),
            None => anyhow::bail!("{PIN} is no PIN: write digits, * and # only"),
        },
    }
}

/// The key for encrypted recordings, where the environment names one.
pub fn recording_key(text: Option<&str>) -> anyhow::Result<Option<RecordingKey>> {
    match text.filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => match RecordingKey::parse(text) {
            Some(key) => Ok(Some(key)),
            None => anyhow::bail!("{RECORDING_KEY} is no key: it begins with AGE-SECRET-KEY-1"),
        },
    }
}

/// Certificate files and a folder for recordings are looked for beside the configuration file.
fn parse(text: &str, path: &Path) -> anyhow::Result<File> {
    let mut file: File = toml::from_str(text)
        .with_context(|| format!("{} is not a configuration of Hark", path.display()))?;
    if let (Some(ca_file), Some(folder)) = (&file.account.ca_file, path.parent()) {
        file.account.ca_file = Some(folder.join(ca_file));
    }
    if let (Some(ca_file), Some(folder)) = (&file.address_book.ca_file, path.parent()) {
        file.address_book.ca_file = Some(folder.join(ca_file));
    }
    if let (Some(recordings), Some(folder)) = (&file.recording.folder, path.parent()) {
        file.recording.folder = Some(folder.join(recordings));
    }
    Ok(file)
}

/// The environment variable that holds the password.
const PASSWORD: &str = "HARK_PASSWORD";

/// The environment variable that holds the password of the TURN server.
const TURN_PASSWORD: &str = "HARK_TURN_PASSWORD";

/// The environment variable that holds the password at the address book's server.
const ADDRESS_BOOK_PASSWORD: &str = "HARK_ADDRESS_BOOK_PASSWORD";

/// The environment variable that holds the PIN of the mailbox.
const PIN: &str = "HARK_PIN";

/// The environment variable that holds the key for encrypted recordings.
pub const RECORDING_KEY: &str = "HARK_RECORDING_KEY";

#[cfg(test)]
mod tests {
    use hark_phone::{MediaEncryption, MediaKeys, RecordingNotice, Transport};

    use super::*;

    #[test]
    fn every_key_of_the_manual() {
        let text = "
            [account]
            address = 'alice@example.test'
            username = '2001'
            server = '127.0.0.1:5061'
            transport = 'tcp'
            ca_file = 'ca.pem'
            voicemail = '*97'
            media_encryption = 'optional'
            media_keys = 'dtls'
            region = 'GB'
            codecs = ['g722', 'pcma']
            asks_for_pin = true
            pin_in_clear = true
            media_ports = '30000-30100'
            ice = true
            stun_server = 'stun.example.test'
            turn_server = 'turn.example.test:3478'
            turn_username = 'alice'
            encrypt_recordings = true
            [recording]
            folder = 'calls'
            notice = 'announcement'
            [address_book]
            on = true
            url = 'https://dav.example.test'
            username = 'alice'
            ca_file = 'dav.pem'
            [who_rings]
            forward_always = '+15550100'
            forward_busy = 'carol'
            forward_no_answer = '*97'
            no_answer_seconds = 25
            blocked = ['*@spam.test', '+1555*']
            refuse_anonymous = true
            flood_limit = 10
            [audio]
            speaker = ['Headset', 'Screen']
            microphone = 'Headset'
            ringer = ['Speakers']
            echo_cancellation = true
            noise_suppression = false
            gain_control = true";
        let File {
            account,
            who_rings,
            audio,
            recording,
            address_book,
        } = parse(text, Path::new("/etc/hark/test.toml")).unwrap();
        assert_eq!(account.address, "alice@example.test");
        assert_eq!(account.username.as_deref(), Some("2001"));
        assert_eq!(account.server.as_deref(), Some("127.0.0.1:5061"));
        assert_eq!(account.transport, Transport::Tcp);
        assert_eq!(
            account.ca_file.as_deref(),
            Some(Path::new("/etc/hark/ca.pem"))
        );
        assert_eq!(account.voicemail.as_deref(), Some("*97"));
        assert_eq!(account.media_encryption, Some(MediaEncryption::Optional));
        assert_eq!(account.media_keys, MediaKeys::Dtls);
        assert_eq!(account.region.as_deref(), Some("GB"));
        let codecs = Some(vec!["g722".to_owned(), "pcma".to_owned()]);
        assert_eq!(account.codecs, codecs);
        assert_eq!(account.media_ports, "30000-30100".parse().ok());
        assert!(account.ice);
        assert_eq!(account.stun_server.as_deref(), Some("stun.example.test"));
        assert_eq!(
            account.turn_server.as_deref(),
            Some("turn.example.test:3478")
        );
        assert_eq!(account.turn_username.as_deref(), Some("alice"));
        assert!(account.asks_for_pin && account.pin_in_clear && account.encrypt_recordings);
        assert_eq!(
            recording.folder.as_deref(),
            Some(Path::new("/etc/hark/calls"))
        );
        assert_eq!(recording.notice, RecordingNotice::Announcement);
        let expected = AddressBookSettings {
            on: true,
            url: "https://dav.example.test".into(),
            username: "alice".into(),
            ca_file: Some("/etc/hark/dav.pem".into()),
        };
        assert_eq!(address_book, expected);
        let expected = RingRules {
            forward_always: Some("+15550100".into()),
            forward_busy: Some("carol".into()),
            forward_no_answer: Some("*97".into()),
            no_answer_seconds: 25,
            blocked: vec!["*@spam.test".into(), "+1555*".into()],
            refuse_anonymous: true,
            flood_limit: 10,
        };
        assert_eq!(who_rings, expected);
        let expected = AudioSettings {
            speaker: vec!["Headset".into(), "Screen".into()],
            microphone: vec!["Headset".into()],
            ringer: vec!["Speakers".into()],
            echo_cancellation: Some(true),
            noise_suppression: Some(false),
            gain_control: Some(true),
        };
        assert_eq!(audio, expected);
    }

    #[test]
    fn a_pin_is_taken_or_told() {
        assert_eq!(pin(None).unwrap(), None);
        assert_eq!(pin(Some("")).unwrap(), None);
        assert_eq!(pin(Some("1234#")).unwrap(), Pin::new("1234#"));
        let error = pin(Some("12 34")).unwrap_err().to_string();
        assert!(
            error.contains("HARK_PIN") && !error.contains("12"),
            "{error}"
        );
    }

    #[test]
    fn a_key_for_recordings_is_taken_or_told() {
        assert!(recording_key(None).unwrap().is_none());
        assert!(recording_key(Some("")).unwrap().is_none());
        assert!(recording_key(Some(KEY)).unwrap().is_some());
        let error = recording_key(Some("AGE-SECRET-KEY-1XYZ")).unwrap_err();
        let error = error.to_string();
        assert!(error.contains("HARK_RECORDING_KEY") && !error.contains("XYZ"));
    }

    /// The one of the specification's examples; it opens nothing.
    const KEY: &str = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";

    #[test]
    fn an_address_is_enough_and_a_slip_is_named() {
        let parse = |text| parse(text, Path::new("a.toml"));
        let file = parse("[account]\naddress = 'a@b.test'").unwrap();
        assert_eq!(file.account.transport, Transport::Tls);
        assert_eq!(file.who_rings, RingRules::default());
        for (text, named) in [
            ("[account]\nadress = 'a@b.test'", "adress"),
            ("[acount]\naddress = 'a@b.test'", "acount"),
            ("[account]\naddress = 'a@b.test'\ntransport = 'udp'", "udp"),
            (
                "[account]\naddress = 'a@b.test'\n[who_rings]\nforward = 'x'",
                "forward",
            ),
            (
                "[account]\naddress = 'a@b.test'\nmedia_ports = '30100-30000'",
                "The ports for sound are not right",
            ),
            ("", "account"),
        ] {
            let error = format!("{:#}", parse(text).err().expect("a slip"));
            assert!(error.contains(named), "{error}");
        }
    }
}
