//! The servers of ICE (RFC 8445) as the user wrote them: `host` or `host:port`, and for a relay that is
//! reached over TCP `;transport=tcp` behind it.

use std::fmt;

use hark_media::RelayTransport;
use hark_sip::message::Uri;

use super::{AccountError, filled};
use crate::settings::AccountSettings;

/// Which servers say where a call can be reached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct IceServers {
    /// Look for ways in our own calls, too.
    pub(crate) wanted: bool,
    pub(crate) stun: Option<ServerName>,
    pub(crate) relay: Option<Relay>,
}

/// A TURN server (RFC 8656) and who we are there. The password is the keyring's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Relay {
    pub(crate) server: ServerName,
    pub(crate) transport: RelayTransport,
    pub(crate) username: String,
}

/// A name or an address, and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerName {
    host: String,
    port: u16,
}

impl IceServers {
    pub(super) fn read(settings: &AccountSettings) -> Result<Self, AccountError> {
        let stun = match filled(settings.stun_server.as_ref()) {
            Some(text) => Some(ServerName::read(text).ok_or(AccountError::StunServer)?),
            None => None,
        };
        let username = filled(settings.turn_username.as_ref()).unwrap_or_default();
        let relay = match filled(settings.turn_server.as_ref()) {
            Some(text) => Some(Relay::read(text, username).ok_or(AccountError::TurnServer)?),
            None => None,
        };
        Ok(Self {
            wanted: settings.ice || stun.is_some() || relay.is_some(),
            stun,
            relay,
        })
    }
}

impl Relay {
    fn read(text: &str, username: &str) -> Option<Self> {
        let (server, transport) = match text.split_once(';') {
            None => (text, RelayTransport::Udp),
            Some((server, parameter)) => {
                let (name, value) = parameter.split_once('=')?;
                let is_tcp = value.trim().eq_ignore_ascii_case("tcp");
                let is_known = is_tcp || value.trim().eq_ignore_ascii_case("udp");
                if !name.trim().eq_ignore_ascii_case("transport") || !is_known {
                    return None;
                }
                let transport = match is_tcp {
                    true => RelayTransport::Tcp,
                    false => RelayTransport::Udp,
                };
                (server.trim(), transport)
            }
        };
        Some(Self {
            server: ServerName::read(server)?,
            transport,
            username: username.to_owned(),
        })
    }
}

impl ServerName {
    fn read(text: &str) -> Option<Self> {
        let uri: Uri = format!("sip:{text}").parse().ok()?;
        let is_more =
            uri.user().is_some() || uri.params().iter().next().is_some() || uri.headers().is_some();
        let host = uri.host().filter(|_| !is_more)?;
        Some(Self {
            host: host.unbracketed(),
            port: uri.port().unwrap_or(PORT),
        })
    }

    /// As names are looked up.
    pub(crate) fn host_and_port(&self) -> (&str, u16) {
        (&self.host, self.port)
    }
}

impl fmt::Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            PORT => f.write_str(&self.host),
            port => write!(f, "{} (port {port})", self.host),
        }
    }
}

/// STUN and TURN over UDP (RFC 8489 §18.6).
const PORT: u16 = 3_478;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> Result<IceServers, AccountError> {
        let toml = format!("address = 'a@b.test'\n{toml}");
        IceServers::read(&toml::from_str(&toml).unwrap())
    }

    #[test]
    fn a_server_is_a_host_and_perhaps_a_port() {
        for (text, host, port) in [
            ("stun.example.test", "stun.example.test", 3_478),
            (" stun.example.test:19302 ", "stun.example.test", 19_302),
            ("192.0.2.1", "192.0.2.1", 3_478),
            ("[2001:db8::1]", "2001:db8::1", 3_478),
            ("[2001:db8::1]:5349", "2001:db8::1", 5_349),
        ] {
            let stun = read(&format!("stun_server = '{text}'")).unwrap().stun;
            assert_eq!(stun.unwrap().host_and_port(), (host, port), "{text}");
        }
    }

    #[test]
    fn what_is_no_server_is_named() {
        for text in [
            "two words",
            "a:b",
            "a:99999",
            "alice@a",
            "a?x=y",
            "a;x=y",
            ":1",
        ] {
            let stun = read(&format!("stun_server = '{text}'"));
            assert_eq!(stun, Err(AccountError::StunServer), "{text}");
            let turn = read(&format!("turn_server = '{text}'"));
            assert_eq!(turn, Err(AccountError::TurnServer), "{text}");
        }
    }

    #[test]
    fn a_relay_may_be_reached_over_tcp() {
        for (text, transport) in [
            ("turn.example.test", RelayTransport::Udp),
            ("turn.example.test;transport=udp", RelayTransport::Udp),
            ("turn.example.test:443; Transport=TCP", RelayTransport::Tcp),
            ("[2001:db8::1]:443;transport=tcp", RelayTransport::Tcp),
        ] {
            let relay = read(&format!("turn_server = '{text}'")).unwrap().relay;
            assert_eq!(relay.unwrap().transport, transport, "{text}");
        }
        for text in [
            "a;transport=tls",
            "a;tcp",
            "a;transport=tcp;x=y",
            ";transport=tcp",
        ] {
            let turn = read(&format!("turn_server = '{text}'"));
            assert_eq!(turn, Err(AccountError::TurnServer), "{text}");
        }
    }

    #[test]
    fn a_server_turns_ice_on_and_empty_fields_are_none() {
        assert!(!read("").unwrap().wanted);
        assert!(read("ice = true").unwrap().wanted);
        assert!(read("stun_server = 'a'").unwrap().wanted);
        let servers = read("turn_server = 'a'\nturn_username = ' alice '").unwrap();
        assert!(servers.wanted);
        assert_eq!(servers.relay.unwrap().username, "alice");
        let empty = "stun_server = ' '\nturn_server = ''\nturn_username = 'alice'";
        assert_eq!(read(empty).unwrap(), IceServers::default());
    }
}
