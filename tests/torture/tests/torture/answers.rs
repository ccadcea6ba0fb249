//! What a user agent answers to every torture message of RFC 4475 and RFC 5118, in the place of an
//! endpoint that is no registrar and has no call.

use hark_sip::user_agent::Visibility;

use crate::corpus::{self, Verdict, check};
use crate::endpoint::Endpoint;

/// Name of the message and what comes of it: the status lines that go out (without 100), `call` for
/// one that may ring, `dropped` for what is counted and not processed.
const VERDICTS: &[Verdict] = &[
    // 3.1.1: valid.
    ("wsinv", &["481"]),
    ("intmeth", &["501"]),
    ("esc01", &["call"]),
    ("escnull", &["405"]),
    ("esc02", &["501"]),
    ("lwsdisp", &["200"]),
    ("longreq", &["call"]),
    // The octets behind the REGISTER are an INVITE on a stream, and its Via is broken.
    ("dblreq", &["405", "400", "dropped"]),
    ("semiuri", &["200"]),
    ("transports", &["200"]),
    ("mpart01", &["405"]),
    ("unreason", &["dropped"]),
    ("noreason", &["dropped"]),
    // 3.1.2: invalid.
    ("badinv01", &["400", "dropped"]),
    ("clerr", &[]),
    ("ncl", &["400", "dropped"]),
    ("scalar02", &["400", "dropped"]),
    ("scalarlg", &["dropped"]),
    ("quotbal", &["400", "dropped"]),
    ("ltgtruri", &["400", "dropped"]),
    ("lwsruri", &["400", "dropped"]),
    ("lwsstart", &["400", "dropped"]),
    ("trws", &["400", "dropped"]),
    ("escruri", &["call"]),
    ("baddate", &["call"]),
    ("regbadct", &["400", "dropped"]),
    ("badaspec", &["200"]),
    ("baddn", &["200"]),
    ("badvers", &["505", "dropped"]),
    ("mismatch01", &["400", "dropped"]),
    ("mismatch02", &["400", "dropped"]),
    ("bigcode", &["dropped"]),
    // 3.2 and 3.3: for the layers above the parser.
    ("badbranch", &["200"]),
    ("insuf", &["400", "dropped"]),
    ("unkscm", &["416"]),
    ("novelsc", &["416"]),
    ("unksm2", &["405"]),
    ("bext01", &["420"]),
    ("invut", &["415"]),
    ("regaut01", &["405"]),
    ("multi01", &["400", "dropped"]),
    ("mcl01", &["400", "dropped"]),
    ("bcast", &["dropped"]),
    ("zeromf", &["200"]),
    ("cparam01", &["405"]),
    ("cparam02", &["405"]),
    ("regescrt", &["405"]),
    ("sdp01", &["406"]),
    // 3.4, and what no section mentions.
    ("inv2543", &["400", "dropped"]),
    ("test", &["dropped"]),
    // RFC 5118.
    ("ipv6-good", &["405"]),
    ("ipv6-bad", &["400", "dropped"]),
    ("port-ambiguous", &["405"]),
    ("port-unambiguous", &["405"]),
    ("via-received-param-with-delim", &["481"]),
    ("via-received-param-no-delim", &["200"]),
    ("ipv6-in-sdp", &["call"]),
    ("mult-ip-in-header", &["481"]),
    ("mult-ip-in-sdp", &["call"]),
    ("ipv4-mapped-ipv6", &["call"]),
    ("ipv6-bug-abnf-3-colons", &["200"]),
    ("ipv6-correct-abnf-2-colons", &["200"]),
];

#[test]
fn rfc4475_rfc5118_answers() {
    check(VERDICTS, |message| {
        Endpoint::new(Visibility::Visible).tell(message)
    });
}

/// Whatever is wrong with a new call or with OPTIONS, its sender must not learn that somebody is
/// there.
#[test]
fn ox10_objections_do_not_give_away_who_appears_offline() {
    for name in [
        "unkscm", "novelsc", "bext01", "invut", "sdp01", "lwsdisp", "zeromf",
    ] {
        let told = Endpoint::new(Visibility::Hidden).tell(&corpus::message(name));
        assert_eq!(told, ["480"], "{name}");
    }
}
