//! The server that the user names, and everything on it that may be asked.
//!
//! The password goes to this one origin (RFC 6454): the same scheme, host and port. A place elsewhere,
//! whoever names it, is not asked.

use std::net::IpAddr;

use url::{Host, Url};

use super::error::AddressBookError;
use crate::settings::AddressBookSettings;

/// Where the user says that his address book is: a host, a principal, or the book itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    place: Url,
}

impl Server {
    /// Reads what was typed. A name without a scheme is that of an https server.
    ///
    /// # Errors
    /// It names no server, or one that would hear the password without encryption on the way.
    pub fn read(typed: &str) -> Result<Self, AddressBookError> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(AddressBookError::NoAddress);
        }
        let place = match typed.contains("://") {
            true => Url::parse(typed),
            false => Url::parse(&format!("https://{typed}")),
        };
        let mut place = place.map_err(|_| AddressBookError::Address)?;
        let host = place.host().ok_or(AddressBookError::Address)?;
        match place.scheme() {
            "https" => {}
            // Nobody listens between this program and a server on the same computer.
            "http" if is_here(&host) => {}
            "http" => return Err(AddressBookError::NotSecure),
            _ => return Err(AddressBookError::Address),
        }
        // A password in an address would be kept in the settings file.
        if !place.username().is_empty() || place.password().is_some() {
            return Err(AddressBookError::Address);
        }
        place.set_fragment(None);
        Ok(Self { place })
    }

    pub(super) fn place(&self) -> &Url {
        &self.place
    }

    /// Whether only the server was named, and nothing on it.
    pub(super) fn is_bare(&self) -> bool {
        self.place.path() == "/" && self.place.query().is_none()
    }

    /// A fixed place on the server.
    pub(super) fn at(&self, path: &str) -> Url {
        let mut place = self.place.clone();
        place.set_path(path);
        place.set_query(None);
        place
    }

    /// What a reference in an answer from `from` leads to.
    ///
    /// # Errors
    /// To another origin, or to nothing.
    pub(super) fn follow(&self, from: &Url, reference: &str) -> Result<Url, AddressBookError> {
        let place = from.join(reference.trim());
        let mut place =
            place.map_err(|error| AddressBookError::NotUnderstood(error.to_string()))?;
        if place.origin() != self.place.origin() {
            let host = place.origin().ascii_serialization();
            return Err(AddressBookError::LeadsElsewhere(host));
        }
        // What an answer says about names and passwords does not count.
        let bare = place.set_username("").and(place.set_password(None));
        bare.map_err(|()| AddressBookError::NotUnderstood("no host".into()))?;
        place.set_fragment(None);
        Ok(place)
    }

    /// Whether the way there is encrypted.
    pub(super) fn is_https(&self) -> bool {
        self.place.scheme() == "https"
    }

    /// As scheme, host and port.
    pub(crate) fn origin(&self) -> String {
        self.place.origin().ascii_serialization()
    }
}

/// Whether a host is this computer (RFC 6761 §6.3 for the name).
fn is_here(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => IpAddr::from(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::from(*address).is_loopback(),
        Host::Domain(name) => *name == "localhost",
    }
}

impl AddressBookSettings {
    /// Whether they can be used, as far as that can be said without the server.
    ///
    /// # Errors
    /// With the first thing that the user has to mend.
    pub fn check(&self) -> Result<(), AddressBookError> {
        match Server::read(&self.url) {
            Ok(_) => Ok(()),
            // Nothing is named, and nothing wanted.
            Err(AddressBookError::NoAddress) if !self.on => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Under which name the keyring keeps the password: it holds for this user at this server alone.
    /// `None` where no server is named.
    pub(crate) fn password_name(&self) -> Option<String> {
        let origin = Server::read(&self.url).ok()?.origin();
        Some(format!("address book {}@{origin}", self.username.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(typed: &str) -> Result<String, AddressBookError> {
        Server::read(typed).map(|server| server.place.to_string())
    }

    #[test]
    fn what_is_typed_is_a_server_over_https_or_on_this_computer() {
        let place = |place: &str| Ok(place.to_owned());
        for (typed, expected) in [
            ("dav.example.test", place("https://dav.example.test/")),
            (
                " DAV.example.test:8443/x ",
                place("https://dav.example.test:8443/x"),
            ),
            ("https://a.test/dav/#top", place("https://a.test/dav/")),
            (
                "http://localhost:1080/users/a",
                place("http://localhost:1080/users/a"),
            ),
            ("http://127.0.0.9/", place("http://127.0.0.9/")),
            ("http://[::1]:80/", place("http://[::1]/")),
            ("http://a.test/", Err(AddressBookError::NotSecure)),
            ("http://localhost.a.test/", Err(AddressBookError::NotSecure)),
            ("http://127.0.0.1.a.test/", Err(AddressBookError::NotSecure)),
            ("ftp://a.test/", Err(AddressBookError::Address)),
            (
                "https://alice:secret@a.test/",
                Err(AddressBookError::Address),
            ),
            ("alice@a.test", Err(AddressBookError::Address)),
            ("https://", Err(AddressBookError::Address)),
            ("a b", Err(AddressBookError::Address)),
            ("", Err(AddressBookError::NoAddress)),
        ] {
            assert_eq!(read(typed), expected, "{typed}");
        }
    }

    #[test]
    fn nothing_leads_away_from_the_server_that_was_named() {
        let server = Server::read("https://a.test/dav/").unwrap();
        let elsewhere = |host: &str| Err(AddressBookError::LeadsElsewhere(host.into()));
        for (reference, expected) in [
            ("/alice/", Ok("https://a.test/alice/")),
            ("book/", Ok("https://a.test/dav/book/")),
            ("https://A.test:443/x", Ok("https://a.test/x")),
            ("https://eve:x@a.test/x#y", Ok("https://a.test/x")),
            ("http://a.test/x", elsewhere("http://a.test")),
            ("https://b.test/x", elsewhere("https://b.test")),
            ("//b.test/x", elsewhere("https://b.test")),
            ("\\\\b.test\\x", elsewhere("https://b.test")),
            ("https://a.test:8443/x", elsewhere("https://a.test:8443")),
        ] {
            let got = server.follow(&server.place, reference);
            let expected = expected.map(|place| Url::parse(place).unwrap());
            assert_eq!(got, expected, "{reference}");
        }
    }

    #[test]
    fn the_password_is_for_one_user_at_one_server() {
        let name = |url: &str, username: &str| {
            AddressBookSettings {
                url: url.into(),
                username: username.into(),
                ..AddressBookSettings::default()
            }
            .password_name()
        };
        let alice = name("https://a.test/x", "alice");
        assert_eq!(alice, name("a.test", " alice "));
        for other in [
            name("a.test", "bob"),
            name("b.test", "alice"),
            name("a.test:8443", "alice"),
            name("http://localhost", "alice"),
        ] {
            assert_ne!(alice, other);
            assert!(other.is_some());
        }
        assert_eq!(name("", "alice"), None);
    }
}
