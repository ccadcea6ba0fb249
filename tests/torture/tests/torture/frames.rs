//! Hark's own verdict on every torture message of RFC 4475 and RFC 5118, as far as framing and
//! reading go. What a user agent answers to those that are read (416, 420, 501 ...) is not decided
//! here.

use hark_torture::{NEXT, outcome};

use crate::corpus::{Verdict, check, corpus};

/// Name of the message, and what becomes of a stream in which [`NEXT`] follows it.
const VERDICTS: &[Verdict] = &[
    // 3.1.1: valid, and must be read.
    ("wsinv", &["INVITE", "NEXT"]),
    (
        "intmeth",
        &["!interesting-Method0123456789_*+`.%indeed'~", "NEXT"],
    ),
    ("esc01", &["INVITE", "NEXT"]),
    ("escnull", &["REGISTER", "NEXT"]),
    ("esc02", &["RE%47IST%45R", "NEXT"]),
    ("lwsdisp", &["OPTIONS", "NEXT"]),
    ("longreq", &["INVITE", "NEXT"]),
    // The octets behind the message are another one on a stream; of that one's body only a part is
    // counted by its Content-Length.
    (
        "dblreq",
        &["REGISTER", "pong", "INVITE", "dropped", "pong", "NEXT"],
    ),
    ("semiuri", &["OPTIONS", "NEXT"]),
    ("transports", &["OPTIONS", "NEXT"]),
    ("mpart01", &["MESSAGE", "NEXT"]),
    ("unreason", &["200", "NEXT"]),
    ("noreason", &["100", "NEXT"]),
    // 3.1.2: invalid.
    ("badinv01", &["400?", "NEXT"]),
    // 9999 bytes are announced: on a stream they may still come.
    ("clerr", &[]),
    ("ncl", &["400?", "NEXT"]),
    ("scalar02", &["400?", "NEXT"]),
    ("scalarlg", &["dropped", "NEXT"]),
    ("quotbal", &["400?", "NEXT"]),
    ("ltgtruri", &["400?", "NEXT"]),
    ("lwsruri", &["400?", "NEXT"]),
    ("lwsstart", &["400?", "NEXT"]),
    ("trws", &["400?", "NEXT"]),
    // Accepted, as the RFC permits: nobody needs the Request-URI's headers, the Date, or the quotes
    // that a display name lacks.
    ("escruri", &["INVITE", "NEXT"]),
    ("baddate", &["INVITE", "NEXT"]),
    ("regbadct", &["400?", "NEXT"]),
    ("badaspec", &["OPTIONS", "NEXT"]),
    ("baddn", &["OPTIONS", "NEXT"]),
    ("badvers", &["505?", "NEXT"]),
    ("mismatch01", &["400?", "NEXT"]),
    ("mismatch02", &["400?", "NEXT"]),
    ("bigcode", &["dropped", "NEXT"]),
    // 3.2 to 3.4: for the layers above, as long as the message is whole.
    ("badbranch", &["OPTIONS", "NEXT"]),
    ("insuf", &["400?", "NEXT"]),
    ("unkscm", &["OPTIONS", "NEXT"]),
    ("novelsc", &["OPTIONS", "NEXT"]),
    ("unksm2", &["REGISTER", "NEXT"]),
    ("bext01", &["OPTIONS", "NEXT"]),
    ("invut", &["INVITE", "NEXT"]),
    ("regaut01", &["REGISTER", "NEXT"]),
    ("multi01", &["400?", "NEXT"]),
    ("mcl01", &["400?", "pong", "NEXT"]),
    ("bcast", &["200", "NEXT"]),
    ("zeromf", &["OPTIONS", "NEXT"]),
    ("cparam01", &["REGISTER", "NEXT"]),
    ("cparam02", &["REGISTER", "NEXT"]),
    ("regescrt", &["REGISTER", "NEXT"]),
    ("sdp01", &["INVITE", "NEXT"]),
    // A body without a length cannot be told from what follows it on a stream.
    ("inv2543", &["400?", "NEXT"]),
    // In the archive, but in no section of the RFC.
    ("test", &["dropped", "NEXT"]),
    // RFC 5118.
    ("ipv6-good", &["REGISTER", "NEXT"]),
    ("ipv6-bad", &["400?", "NEXT"]),
    ("port-ambiguous", &["REGISTER", "NEXT"]),
    ("port-unambiguous", &["REGISTER", "NEXT"]),
    ("via-received-param-with-delim", &["BYE", "NEXT"]),
    ("via-received-param-no-delim", &["OPTIONS", "NEXT"]),
    ("ipv6-in-sdp", &["INVITE", "NEXT"]),
    ("mult-ip-in-header", &["BYE", "NEXT"]),
    ("mult-ip-in-sdp", &["INVITE", "NEXT"]),
    ("ipv4-mapped-ipv6", &["INVITE", "NEXT"]),
    ("ipv6-bug-abnf-3-colons", &["OPTIONS", "NEXT"]),
    ("ipv6-correct-abnf-2-colons", &["OPTIONS", "NEXT"]),
];

#[test]
fn rfc4475_rfc5118_frames() {
    check(VERDICTS, |message| {
        outcome(&[message, NEXT.as_bytes()].concat())
    });
}

#[test]
fn no_part_of_a_torture_message_breaks_the_framer() {
    for (_, message) in corpus() {
        for at in 0..message.len() {
            outcome(message.get(..at).unwrap_or_default());
        }
        for at in (0..message.len()).step_by(5) {
            outcome(message.get(at..).unwrap_or_default());
        }
    }
}

/// One byte at a time is replaced by one that means something in the grammar. Whatever is still
/// read must print as it was read, which [`outcome`] checks.
#[test]
fn no_changed_byte_breaks_the_framer() {
    let meaningful = b"\0 \t\r\n:;,<>\"\\@?=%[]*\xff";
    for (_, message) in corpus() {
        for (at, replacement) in (0..message.len()).step_by(2).zip(meaningful.iter().cycle()) {
            let mut changed = message.clone();
            if let Some(byte) = changed.get_mut(at) {
                *byte = *replacement;
            }
            outcome(&changed);
        }
    }
}
