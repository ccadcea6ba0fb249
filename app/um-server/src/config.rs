//! What the server is told before it starts: its domain, its ports, its users and its store.
//!
//! The binary reads it from a TOML file, the demo and the tests fill it in directly. Ages and
//! limits that nobody needs to change are constants beside the code that uses them.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

/// Everything that [`crate::Server::start`] needs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// The SIP domain of all users, and the Digest realm.
    pub domain: String,
    /// The address that SIP and media sockets are bound to.
    #[serde(default = "loopback")]
    pub listen: IpAddr,
    /// The TLS port; 0 takes any free one.
    #[serde(default)]
    pub tls_port: u16,
    /// The port for plain TCP; 0 takes any free one.
    #[serde(default)]
    pub tcp_port: u16,
    /// The folder that holds the mailboxes. It is made when it is missing.
    pub store: PathBuf,
    /// The number that reaches one's own voicemail from a keypad.
    #[serde(default = "default_voicemail_number")]
    pub voicemail_number: String,
    #[serde(default)]
    pub digest: DigestOffer,
    pub users: Vec<User>,
}

/// With which algorithms users may prove their password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DigestOffer {
    /// SHA-256 first, then MD5 (RFC 8760).
    #[default]
    Sha256AndMd5,
    /// MD5 alone, for clients that give up at an algorithm they do not know, as baresip 1.0 does.
    Md5,
}

/// One user of the server, with one mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The user part of the address of record, and the Digest user name.
    pub name: String,
    #[serde(default)]
    pub display_name: String,
    /// A short number that reaches the user too.
    #[serde(default)]
    pub extension: Option<String>,
    pub password: Secret,
    /// The digits that open the mailbox when `skip-pin` does not.
    pub pin: Secret,
    #[serde(default)]
    pub forwarding: Forwarding,
    /// How long a call rings before it counts as unanswered.
    #[serde(default = "default_no_answer_seconds")]
    pub no_answer_seconds: u64,
    /// Puts three messages into the mailbox when it is made.
    #[serde(default)]
    pub demo_messages: bool,
}

/// Which calls go to the user's voicemail instead of ending unanswered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Forwarding {
    /// No call is forwarded.
    Off,
    /// Every call goes to voicemail at once.
    Immediate,
    /// Unanswered, busy, declined and unreachable calls go to voicemail.
    #[default]
    Unanswered,
}

/// A password or PIN. It prints redacted.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl ServerConfig {
    /// A server for `domain` on loopback, on any free ports, without users.
    pub fn new(domain: &str, store: impl Into<PathBuf>) -> Self {
        Self {
            domain: domain.to_owned(),
            listen: loopback(),
            tls_port: 0,
            tcp_port: 0,
            store: store.into(),
            voicemail_number: default_voicemail_number(),
            digest: DigestOffer::default(),
            users: Vec::new(),
        }
    }

    /// Reads a TOML file.
    ///
    /// # Errors
    /// The file cannot be read, is not TOML, or [`Self::check`] refuses it.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)?;
        let config: Self = toml::from_str(&text)?;
        config.check()?;
        Ok(config)
    }

    /// Finds what could not work: no domain, two users of one name, a PIN that cannot be keyed.
    ///
    /// # Errors
    /// The first of these that is found.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.domain.is_empty() {
            return Err(ConfigError::NoDomain);
        }
        if self.listen.is_unspecified() {
            return Err(ConfigError::NoAddress(self.listen));
        }
        for (index, user) in self.users.iter().enumerate() {
            user.check()?;
            let earlier = self.users.iter().take(index);
            if earlier.clone().any(|other| other.answers_to(&user.name)) {
                return Err(ConfigError::NameTaken(user.name.clone()));
            }
            if let Some(extension) = &user.extension
                && earlier.clone().any(|other| other.answers_to(extension))
            {
                return Err(ConfigError::NameTaken(extension.clone()));
            }
        }
        Ok(())
    }
}

impl User {
    /// A user with voicemail for unanswered calls.
    pub fn new(name: &str, password: &str, pin: &str) -> Self {
        Self {
            name: name.to_owned(),
            display_name: String::new(),
            extension: None,
            password: Secret::new(password),
            pin: Secret::new(pin),
            forwarding: Forwarding::default(),
            no_answer_seconds: default_no_answer_seconds(),
            demo_messages: false,
        }
    }

    /// How long a call to this user rings before it counts as unanswered.
    pub fn no_answer_after(&self) -> Duration {
        Duration::from_secs(self.no_answer_seconds)
    }

    /// Whether the user part of an address, or a dialled number, means this user.
    pub fn answers_to(&self, name: &str) -> bool {
        self.name == name || self.extension.as_deref() == Some(name)
    }

    fn check(&self) -> Result<(), ConfigError> {
        if self.name.is_empty() || !self.name.chars().all(is_unreserved) {
            return Err(ConfigError::BadName(self.name.clone()));
        }
        let pin = self.pin.reveal();
        if pin.is_empty() || !pin.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ConfigError::BadPin(self.name.clone()));
        }
        Ok(())
    }
}

impl Secret {
    pub fn new(secret: &str) -> Self {
        Self(secret.to_owned())
    }

    /// The secret itself, for the one place that compares or hashes it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// Why a configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the file cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    #[error("the file does not fit: {0}")]
    Toml(#[from] toml::de::Error),
    #[error("`domain` is empty")]
    NoDomain,
    /// The address goes into certificate and SDP, so it must be one that clients can reach.
    #[error("`listen` must be one address of this machine, not {0}")]
    NoAddress(IpAddr),
    #[error("`{0}` cannot be a user name: use letters, digits and - _ . !")]
    BadName(String),
    #[error("the PIN of `{0}` must be digits")]
    BadPin(String),
    #[error("`{0}` names two users")]
    NameTaken(String),
}

/// The characters that a SIP user part carries without escapes and that no file system minds
/// (a part of `unreserved`, RFC 3261 §25.1).
fn is_unreserved(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.' | '!')
}

fn loopback() -> IpAddr {
    IpAddr::V4(Ipv4Addr::LOCALHOST)
}

/// `*97`, which FreePBX made the usual number for one's own voicemail.
fn default_voicemail_number() -> String {
    "*97".to_owned()
}

/// 20 s: four or five rings.
fn default_no_answer_seconds() -> u64 {
    20
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_file_is_enough() {
        let config: ServerConfig = toml::from_str(
            r#"
            domain = "example.test"
            store = "/tmp/mail"

            [[users]]
            name = "dana"
            password = "secret"
            pin = "1234"
            forwarding = "immediate"
            "#,
        )
        .unwrap();
        assert_eq!(config.listen, loopback());
        assert_eq!(config.users[0].forwarding, Forwarding::Immediate);
        assert_eq!(config.users[0].no_answer_after(), Duration::from_secs(20));
        assert!(config.check().is_ok());
    }

    #[test]
    fn secrets_print_redacted() {
        let user = User::new("dana", "hunter2", "4711");
        let printed = format!("{user:?}");
        assert!(!printed.contains("hunter2") && !printed.contains("4711"));
    }

    #[test]
    fn what_cannot_work_is_refused() {
        let with = |users: Vec<User>| ServerConfig {
            users,
            ..ServerConfig::new("example.test", "/tmp/mail")
        };
        let extension = |name, extension: &str| User {
            extension: Some(extension.to_owned()),
            ..User::new(name, "p", "1")
        };
        let refused = |config: ServerConfig| config.check().unwrap_err().to_string();

        assert_eq!(
            refused(with(vec![User::new("dana", "p", "12a4")])),
            "the PIN of `dana` must be digits"
        );
        assert_eq!(
            refused(with(vec![User::new("da na", "p", "1")])),
            "`da na` cannot be a user name: use letters, digits and - _ . !"
        );
        assert_eq!(
            refused(with(vec![
                extension("dana", "1000"),
                extension("desk", "1000")
            ])),
            "`1000` names two users"
        );
        let everywhere = ServerConfig {
            listen: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            ..with(vec![])
        };
        assert_eq!(
            refused(everywhere),
            "`listen` must be one address of this machine, not 0.0.0.0"
        );
        assert_eq!(
            refused(ServerConfig::new("", "/tmp/mail")),
            "`domain` is empty"
        );
    }
}
