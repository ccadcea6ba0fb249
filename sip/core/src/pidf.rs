//! Writes presence as others see it: PIDF (RFC 3863) with a person (RFC 4479) and his activities
//! (RFC 4480).

use crate::identity::Epid;
use crate::message::Uri;

/// What a user lets others see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    Available,
    Busy,
    /// Busy, because of a call.
    OnThePhone,
    /// RPID has no word for it: busy, and a note that says so.
    DoNotDisturb,
    Away,
    /// Closed, and nothing more: what a phone that is off leaves behind.
    Offline,
}

/// The content type of [`write()`].
pub(crate) const CONTENT_TYPE: &str = "application/pidf+xml";

/// A whole document about the presentity `address`, as its endpoint `epid` tells it.
pub fn write(address: &Uri, epid: &Epid, presence: Presence) -> String {
    let entity = escaped(&address.to_string());
    let basic = match presence {
        Presence::Offline => "closed",
        Presence::Available
        | Presence::Busy
        | Presence::OnThePhone
        | Presence::DoNotDisturb
        | Presence::Away => "open",
    };
    let person = person(presence);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n\
         <presence xmlns=\"urn:ietf:params:xml:ns:pidf\"\
         \x20xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\"\
         \x20xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\" entity=\"{entity}\">\r\n\
         <tuple id=\"t{epid}\"><status><basic>{basic}</basic></status></tuple>\r\n\
         {person}</presence>\r\n"
    )
}

fn person(presence: Presence) -> String {
    let (activity, note) = match presence {
        Presence::Available | Presence::Offline => return String::new(),
        Presence::Busy => ("busy", ""),
        Presence::OnThePhone => ("on-the-phone", ""),
        Presence::DoNotDisturb => ("busy", "<dm:note>Do not disturb</dm:note>"),
        Presence::Away => ("away", ""),
    };
    format!(
        "<dm:person id=\"p\"><rpid:activities><rpid:{activity}/></rpid:activities>{note}\
         </dm:person>\r\n"
    )
}

/// A URI may hold what XML means otherwise: `sip:a&b'@example.test`.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(address: &str, presence: Presence) -> String {
        let address = address.parse().expect("the URI is well-formed");
        let epid = Epid::new("6b5d10e663").expect("it is an epid");
        write(&address, &epid, presence)
    }

    #[test]
    fn each_state_has_its_words() {
        let alice = "sip:alice@example.test";
        for (presence, basic, words) in [
            (Presence::Available, "open", ""),
            (Presence::Busy, "open", "<rpid:busy/>"),
            (Presence::OnThePhone, "open", "<rpid:on-the-phone/>"),
            (
                Presence::DoNotDisturb,
                "open",
                "<rpid:busy/></rpid:activities><dm:note>Do not disturb</dm:note>",
            ),
            (Presence::Away, "open", "<rpid:away/>"),
            (Presence::Offline, "closed", ""),
        ] {
            let document = written(alice, presence);
            assert!(
                document.contains(&format!("<basic>{basic}</basic>")),
                "{document}"
            );
            assert!(
                document.contains("entity=\"sip:alice@example.test\""),
                "{document}"
            );
            assert!(
                document.contains("<tuple id=\"t6b5d10e663\">"),
                "{document}"
            );
            assert!(document.contains(words), "{document}");
            assert_eq!(
                document.contains("dm:person id"),
                !words.is_empty(),
                "{document}"
            );
        }
    }

    #[test]
    fn an_address_does_not_leave_its_quotes() {
        let document = written("sip:a&b@example.test;x=%22", Presence::Available);
        assert!(
            document.contains("entity=\"sip:a&amp;b@example.test;x=%22\""),
            "{document}"
        );
    }
}
