//! The account as the user wrote it, read into what the protocol needs.

mod ice_servers;

use std::path::PathBuf;

use hark_media::{Codec, DtlsUse, Encryption};
use hark_sip::message::{Host, Uri};
use hark_sip::{Registrar, Transport};
use hark_words::say;

use crate::dial::{self, Script};
use crate::people::Country;
use crate::settings::{self, AccountSettings, MediaEncryption, MediaKeys, PortRange};
use crate::snapshot::{AccountId, VoicemailOrigin};
use crate::voicemail;

pub(crate) use ice_servers::{IceServers, ServerName};

/// One account, ready to be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    /// The address of record: `sip:user@domain`.
    pub(crate) address: Uri,
    pub(crate) domain: String,
    /// The name for Digest.
    pub(crate) username: String,
    pub(crate) display_name: Option<String>,
    /// Where the registrar is, as far as the user knows.
    pub(crate) server: Registrar,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) encryption: Encryption,
    /// Whether our own calls want keys by DTLS.
    pub(crate) dtls: DtlsUse,
    /// At least one, the best first.
    pub(crate) codecs: Vec<Codec>,
    pub(crate) media_ports: Option<PortRange>,
    pub(crate) ice: IceServers,
    /// Where the mailbox is called: what the user named, what the server named, or the default form
    /// (OX-5).
    pub(crate) voicemail: Uri,
    pub(crate) voicemail_origin: VoicemailOrigin,
    /// What the mailbox wants to hear before the PIN, its number for example.
    pub(crate) voicemail_script: Script,
    pub(crate) asks_for_pin: bool,
    pub(crate) pin_in_clear: bool,
}

/// Why settings are no account, as a sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    #[error("{}", say!(address_not_complete))]
    Address,
    #[error("{}", say!(server_not_right))]
    Server,
    #[error("{}", say!(voicemail_not_right))]
    Voicemail,
    #[error("{}", say!(codec_missing))]
    NoCodec,
    #[error("{}", say!(codec_unknown, name = .0.as_str()))]
    UnknownCodec(String),
    #[error("{}", say!(stun_server_not_right))]
    StunServer,
    #[error("{}", say!(turn_server_not_right))]
    TurnServer,
    #[error("{}", say!(region_not_right, name = .0.as_str()))]
    Region(String),
    #[error("{}", say!(control_character, field = *.0))]
    ControlCharacter(&'static str),
}

impl Account {
    /// Reads settings.
    ///
    /// # Errors
    /// With the first thing that the user has to mend.
    pub(crate) fn read(settings: &AccountSettings) -> Result<Self, AccountError> {
        refuse_control_characters(settings)?;
        let address = address(&settings.address)?;
        let host = address.host().ok_or(AccountError::Address)?;
        let domain = host.to_string();
        let user = address.user_text().ok_or(AccountError::Address)?;
        let transport = match settings.transport {
            settings::Transport::Tls => Transport::Tls,
            settings::Transport::Tcp => Transport::Tcp,
        };
        let server = match filled(settings.server.as_ref()) {
            Some(text) => server(text, transport, host)?,
            None => target(host, None, transport, host),
        };
        let (voicemail, voicemail_origin, voicemail_script) =
            voicemail_address(settings, &address, &domain)?;
        Ok(Self {
            username: filled(settings.username.as_ref()).map_or(user, str::to_owned),
            display_name: filled(settings.display_name.as_ref()).map(str::to_owned),
            encryption: encryption(settings),
            dtls: match settings.media_keys {
                MediaKeys::Sdes => DtlsUse::WhenOffered,
                MediaKeys::Dtls => DtlsUse::Always,
            },
            codecs: codecs(settings.codecs.as_deref())?,
            media_ports: settings.media_ports,
            ice: IceServers::read(settings)?,
            voicemail,
            voicemail_origin,
            voicemail_script,
            asks_for_pin: settings.asks_for_pin,
            pin_in_clear: settings.pin_in_clear,
            ca_file: settings.ca_file.clone(),
            address,
            domain,
            server,
        })
    }
}

impl Account {
    /// Takes the address of the mailbox from the server, unless the user named one. Returns whether
    /// it changed.
    pub(crate) fn learn_voicemail(&mut self, message_account: &str) -> bool {
        if self.voicemail_origin == VoicemailOrigin::Settings {
            return false;
        }
        let Some(uri) = voicemail::learned(message_account, self) else {
            return false;
        };
        let changed = self.voicemail != uri;
        self.voicemail = uri;
        self.voicemail_origin = VoicemailOrigin::Learned;
        changed
    }

    /// Whether a registration of the one serves the other: nothing differs that the server or the
    /// connection to it knows.
    pub(crate) fn registers_like(&self, other: &Self) -> bool {
        let known = |it: &Self| {
            let Self {
                address,
                username,
                display_name,
                server,
                ca_file,
                ..
            } = it.clone();
            (address, username, display_name, server, ca_file)
        };
        known(self) == known(other)
    }
}

impl AccountError {
    /// The key of the settings that has to be mended, where it is one.
    pub(crate) fn key(&self) -> Option<&'static str> {
        match self {
            Self::Address => Some("address"),
            Self::Server => Some("server"),
            Self::Voicemail => Some("voicemail"),
            Self::NoCodec | Self::UnknownCodec(_) => Some("codecs"),
            Self::StunServer => Some("stun_server"),
            Self::TurnServer => Some("turn_server"),
            Self::Region(_) => Some("region"),
            Self::ControlCharacter(_) => None,
        }
    }
}

impl AccountSettings {
    /// The address without its scheme: what the account is called.
    pub fn bare_address(&self) -> &str {
        bare(&self.address)
    }

    /// What the account is called in commands and in the snapshot.
    pub fn id(&self) -> AccountId {
        AccountId::of(self.bare_address())
    }

    /// Whether this is the account with this address, written with its scheme or without it.
    pub fn has_address(&self, address: &str) -> bool {
        self.bare_address().eq_ignore_ascii_case(bare(address))
    }

    /// Whether a password for the one is meant for the other: the same person at the same server,
    /// reached in the same way. Only then may a face leave the password of
    /// [`crate::Command::SetAccount`] empty.
    pub fn is_same_login(&self, other: &Self) -> bool {
        match (Account::read(self), Account::read(other)) {
            (Ok(one), Ok(other)) => {
                (one.address, one.username, one.server)
                    == (other.address, other.username, other.server)
            }
            (Err(_), _) | (_, Err(_)) => false,
        }
    }

    /// Whether a password for the TURN server of the one is meant for that of the other.
    pub fn is_same_relay(&self, other: &Self) -> bool {
        let relay = |settings| IceServers::read(settings).ok()?.relay;
        relay(self).is_some_and(|one| relay(other) == Some(one))
    }

    /// Every codec that [`Self::codecs`] may name, in the order in which they are used where it is
    /// missing.
    pub fn known_codecs() -> impl Iterator<Item = &'static str> {
        Codec::ALL.into_iter().map(Codec::name)
    }

    /// Whether these settings make an account.
    ///
    /// # Errors
    /// With a sentence that says what to mend first.
    pub fn check(&self) -> Result<(), AccountError> {
        Account::read(self).map(drop)
    }

    /// Whether the country of its numbers is one. An account can be used without; only names are found for fewer
    /// numbers then.
    ///
    /// # Errors
    /// With a sentence that says what to mend.
    pub(crate) fn check_region(&self) -> Result<(), AccountError> {
        match filled(self.region.as_ref()) {
            Some(code) if Country::of_code(code).is_none() => {
                Err(AccountError::Region(code.escape_debug().collect()))
            }
            Some(_) | None => Ok(()),
        }
    }
}

fn bare(address: &str) -> &str {
    let address = address.trim();
    match address.split_at_checked(4) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("sip:") => rest,
        Some(_) | None => address,
    }
}

/// `alice@example.test`, with or without `sip:`.
fn address(text: &str) -> Result<Uri, AccountError> {
    let text = text.trim();
    let uri = match text.split_once(':') {
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("sip") => text.to_owned(),
        _ => format!("sip:{text}"),
    };
    let uri: Uri = uri.parse().map_err(|_| AccountError::Address)?;
    // What follows the host names a way to the user, not the user.
    let address = uri.address();
    if address.user().is_none_or(str::is_empty) || uri.headers().is_some() {
        return Err(AccountError::Address);
    }
    Ok(address)
}

/// `host`, `host:port`, `[v6]:port`.
fn server(text: &str, transport: Transport, domain: &Host) -> Result<Registrar, AccountError> {
    let uri: Uri = format!("sip:{text}")
        .parse()
        .map_err(|_| AccountError::Server)?;
    let host = uri.host().ok_or(AccountError::Server)?;
    if uri.user().is_some() || uri.params().iter().next().is_some() || uri.headers().is_some() {
        return Err(AccountError::Server);
    }
    Ok(target(host, uri.port(), transport, domain))
}

/// The order of the user, each once.
fn codecs(names: Option<&[String]>) -> Result<Vec<Codec>, AccountError> {
    let Some(names) = names else {
        return Ok(Codec::ALL.to_vec());
    };
    let mut codecs = Vec::new();
    for name in names {
        let codec = Codec::named(name.trim());
        let codec =
            codec.ok_or_else(|| AccountError::UnknownCodec(name.escape_debug().collect()))?;
        if !codecs.contains(&codec) {
            codecs.push(codec);
        }
    }
    if codecs.is_empty() {
        return Err(AccountError::NoCodec);
    }
    Ok(codecs)
}

fn voicemail_address(
    settings: &AccountSettings,
    address: &Uri,
    domain: &str,
) -> Result<(Uri, VoicemailOrigin, Script), AccountError> {
    let Some(text) = filled(settings.voicemail.as_ref()) else {
        let uri = voicemail::default_address(address);
        return Ok((uri, VoicemailOrigin::Default, Script::default()));
    };
    dial::parse(text, domain)
        .map(|dialled| (dialled.uri, VoicemailOrigin::Settings, dialled.script))
        .map_err(|_| AccountError::Voicemail)
}

/// The certificate may be for the server that the user named or for the domain (RFC 5922 §7.1).
fn target(host: &Host, port: Option<u16>, transport: Transport, domain: &Host) -> Registrar {
    let mut certificate_names = vec![host.unbracketed(), domain.unbracketed()];
    certificate_names.dedup();
    Registrar {
        transport,
        host: host.unbracketed(),
        port,
        certificate_names,
    }
}

fn encryption(settings: &AccountSettings) -> Encryption {
    match (settings.media_encryption, settings.transport) {
        (Some(MediaEncryption::Required), _) | (None, settings::Transport::Tls) => {
            Encryption::Required
        }
        (Some(MediaEncryption::Optional), _) | (None, settings::Transport::Tcp) => {
            Encryption::Optional
        }
        (Some(MediaEncryption::Off), _) => Encryption::Off,
    }
}

fn refuse_control_characters(settings: &AccountSettings) -> Result<(), AccountError> {
    let fields = [
        (say!(field_address), Some(&settings.address)),
        (say!(field_username), settings.username.as_ref()),
        (say!(field_display_name), settings.display_name.as_ref()),
        (say!(field_server), settings.server.as_ref()),
        (say!(field_voicemail), settings.voicemail.as_ref()),
        (say!(field_stun_server), settings.stun_server.as_ref()),
        (say!(field_turn_server), settings.turn_server.as_ref()),
        (say!(field_turn_username), settings.turn_username.as_ref()),
    ];
    for (name, text) in fields {
        if text.is_some_and(|text| text.chars().any(char::is_control)) {
            return Err(AccountError::ControlCharacter(name));
        }
    }
    Ok(())
}

fn filled(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
