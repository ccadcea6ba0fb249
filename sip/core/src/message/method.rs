//! Request methods (RFC 3261 §7.1 and the RFCs that add methods).

use std::fmt;

use super::lexer;

/// The method of a request. Methods that this stack does not know live in [`Method::Other`], so
/// that they can be refused by name (and Microsoft's SERVICE and BENOTIFY can be told apart).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    Ack,
    Bye,
    Cancel,
    Info,
    Invite,
    Message,
    Notify,
    Options,
    Prack,
    Publish,
    Refer,
    Register,
    Subscribe,
    Update,
    Other(MethodToken),
}

/// A method name that is none of the known ones.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MethodToken(String);

impl Method {
    /// Reads a method name; `None` if it is no token. Names are case-sensitive (RFC 3261 §7.1), and
    /// a `%` in them is a plain character (RFC 4475 §3.1.1.5).
    pub fn parse(text: &str) -> Option<Self> {
        let known = KNOWN.iter().find(|(_, name)| *name == text);
        match known {
            Some((method, _)) => Some(method.clone()),
            None => lexer::is_token(text).then(|| Self::Other(MethodToken(text.to_owned()))),
        }
    }

    /// The name as it stands on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ack => "ACK",
            Self::Bye => "BYE",
            Self::Cancel => "CANCEL",
            Self::Info => "INFO",
            Self::Invite => "INVITE",
            Self::Message => "MESSAGE",
            Self::Notify => "NOTIFY",
            Self::Options => "OPTIONS",
            Self::Prack => "PRACK",
            Self::Publish => "PUBLISH",
            Self::Refer => "REFER",
            Self::Register => "REGISTER",
            Self::Subscribe => "SUBSCRIBE",
            Self::Update => "UPDATE",
            Self::Other(token) => &token.0,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

const KNOWN: [(Method, &str); 14] = [
    (Method::Ack, "ACK"),
    (Method::Bye, "BYE"),
    (Method::Cancel, "CANCEL"),
    (Method::Info, "INFO"),
    (Method::Invite, "INVITE"),
    (Method::Message, "MESSAGE"),
    (Method::Notify, "NOTIFY"),
    (Method::Options, "OPTIONS"),
    (Method::Prack, "PRACK"),
    (Method::Publish, "PUBLISH"),
    (Method::Refer, "REFER"),
    (Method::Register, "REGISTER"),
    (Method::Subscribe, "SUBSCRIBE"),
    (Method::Update, "UPDATE"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_are_read_and_written() {
        for (method, name) in &KNOWN {
            assert_eq!(Method::parse(name).as_ref(), Some(method));
            assert_eq!(method.as_str(), *name);
        }
    }

    #[test]
    fn other_tokens_live_and_keep_their_case() {
        for name in [
            "SERVICE",
            "BENOTIFY",
            "Invite",
            "RE%47IST%45R",
            "!interesting-Method0123456789_*+`.%indeed'~",
        ] {
            let method = Method::parse(name).expect("a token is a method");
            assert!(matches!(method, Method::Other(_)), "{name}");
            assert_eq!(method.to_string(), name);
        }
        for name in ["", "IN VITE", "INVITE\r\n", "<INVITE>", "é"] {
            assert_eq!(Method::parse(name), None, "{name:?}");
        }
    }
}
