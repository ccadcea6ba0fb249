//! Keys by DTLS as the wire shows them: who offers a handshake, who takes one, and what is refused.

use super::*;
use crate::config::DtlsUse;
use crate::dtls::of_a_test;

fn side(encryption: Encryption, when: DtlsUse) -> Side {
    let dtls = DtlsConfig {
        when,
        identity: of_a_test(),
    };
    Side::with(encryption, &[Codec::Pcmu], Some(dtls))
}

/// Another side's fingerprint, by a hash with so many octets.
fn fingerprint(hash: &str, octets: usize) -> String {
    format!("a=fingerprint:{hash} {}", vec!["5A"; octets].join(":"))
}

/// What the description says of keys: its transport and its part.
fn said(description: &str) -> (Option<&str>, Option<&str>) {
    let transport = line(description, "m=").and_then(|line| line.split(' ').nth(2));
    let setup = line(description, "a=setup:").and_then(|line| line.split(':').nth(1));
    (transport, setup)
}

const BY_DTLS: &str = "UDP/TLS/RTP/SAVP";

#[test]
fn an_offer_of_a_handshake_has_a_fingerprint_and_no_keys() {
    for encryption in [Encryption::Required, Encryption::Optional] {
        let offer = side(encryption, DtlsUse::Always).offer(Direction::SendReceive);
        assert_eq!(said(&offer), (Some(BY_DTLS), Some("actpass")), "{offer}");
        let ours = line(&offer, "a=fingerprint:sha-256 ").unwrap();
        assert_eq!(ours.matches(':').count(), 32, "{ours}");
        assert!(line(&offer, "a=rtcp-mux").is_some());
        assert_eq!(
            line(&offer, "a=crypto").or(line(&offer, "a=encryption")),
            None
        );
    }
    for (encryption, when) in [
        (Encryption::Off, DtlsUse::Always),
        (Encryption::Required, DtlsUse::WhenOffered),
    ] {
        let offer = side(encryption, when).offer(Direction::SendReceive);
        assert_eq!(
            line(&offer, "a=fingerprint").or(line(&offer, "a=setup")),
            None
        );
    }
}

/// What is offered to us under which policy, and transport and part of our answer, or the refusal.
#[test]
fn offers_of_a_handshake_are_answered_as_the_table_says() {
    use Encryption::{Off, Optional, Required};
    let sha256 = fingerprint("sha-256", 32);
    let keys = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY";
    let dtls = |transport, setup| Ok((Some(transport), Some(setup)));
    let actpass = format!("{sha256}\na=setup:actpass");
    let required = Err(Rejection::EncryptionRequired);
    let unavailable = Err(Rejection::EncryptionUnavailable);
    let table = [
        (Required, BY_DTLS, actpass.clone(), dtls(BY_DTLS, "active")),
        (Optional, BY_DTLS, actpass.clone(), dtls(BY_DTLS, "active")),
        (Off, BY_DTLS, actpass.clone(), unavailable.clone()),
        (
            Required,
            "UDP/TLS/RTP/SAVPF",
            actpass.clone(),
            dtls("UDP/TLS/RTP/SAVPF", "active"),
        ),
        (
            Required,
            BY_DTLS,
            format!("{sha256}\na=setup:active"),
            dtls(BY_DTLS, "passive"),
        ),
        (
            Required,
            BY_DTLS,
            format!("{sha256}\na=setup:passive"),
            dtls(BY_DTLS, "active"),
        ),
        (Required, BY_DTLS, sha256.clone(), dtls(BY_DTLS, "passive")),
        (
            Required,
            BY_DTLS,
            format!("{sha256}\na=setup:holdconn"),
            required.clone(),
        ),
        (
            Required,
            BY_DTLS,
            format!("{}\na=setup:actpass", fingerprint("sha-384", 48)),
            dtls(BY_DTLS, "active"),
        ),
        (
            Required,
            BY_DTLS,
            format!("{}\na=setup:actpass", fingerprint("SHA-512", 64)),
            dtls(BY_DTLS, "active"),
        ),
        (
            Required,
            BY_DTLS,
            format!("{}\na=setup:actpass", fingerprint("sha-1", 20)),
            required.clone(),
        ),
        (
            Optional,
            BY_DTLS,
            format!("{}\na=setup:actpass", fingerprint("sha-1", 20)),
            unavailable.clone(),
        ),
        (
            Required,
            BY_DTLS,
            format!("{}\n{actpass}", fingerprint("sha-1", 20)),
            dtls(BY_DTLS, "active"),
        ),
        // Keys in a description that asks for a handshake do not count.
        (Required, BY_DTLS, keys.to_owned(), required),
        (
            Required,
            BY_DTLS,
            format!("{keys}\n{actpass}"),
            dtls(BY_DTLS, "active"),
        ),
        // The form of before RFC 5764, and both in one.
        (
            Required,
            "RTP/SAVPF",
            actpass.clone(),
            dtls("RTP/SAVPF", "active"),
        ),
        (
            Required,
            "RTP/SAVP",
            format!("{keys}\n{actpass}"),
            Ok((Some("RTP/SAVP"), None)),
        ),
        (Optional, "RTP/AVP", actpass, Ok((Some("RTP/AVP"), None))),
    ];
    for (policy, transport, attributes, expected) in table {
        let mut ours = side(policy, DtlsUse::WhenOffered);
        let answer = ours.answer(&format!("m=audio 41000 {transport} 0\n{attributes}"));
        let case = format!("{policy:?}, {transport}, {attributes}");
        match (&answer, expected) {
            (Ok(answer), Ok(expected)) => {
                assert_eq!(said(answer), expected, "{case}");
                let is_dtls = expected.1.is_some();
                assert_eq!(line(answer, "a=fingerprint").is_some(), is_dtls, "{case}");
                assert_eq!(ours.agreement().dtls().is_some(), is_dtls, "{case}");
            }
            (Ok(answer), Err(error)) => panic!("{case}: {error} expected, but {answer}"),
            (Err(error), expected) => assert_eq!(Err(error.clone()), expected, "{case}"),
        }
    }
}

#[test]
fn a_side_without_a_certificate_refuses_a_handshake() {
    let offer = format!(
        "m=audio 41000 {BY_DTLS} 0\n{}\na=setup:actpass",
        fingerprint("sha-256", 32)
    );
    for (policy, error) in [
        (Encryption::Required, Rejection::EncryptionRequired),
        (Encryption::Optional, Rejection::EncryptionUnavailable),
    ] {
        assert_eq!(Side::new(policy).answer(&offer), Err(error));
    }
}

#[test]
fn what_the_session_says_counts_where_the_stream_says_nothing() {
    let (ours, other) = (fingerprint("sha-256", 32), fingerprint("sha-384", 48));
    let of_session = format!("{ours}\na=setup:passive\nm=audio 41000 {BY_DTLS} 0");
    let mut first = side(Encryption::Required, DtlsUse::WhenOffered);
    assert_eq!(said(&first.answer(&of_session).unwrap()).1, Some("active"));
    let both =
        format!("{other}\na=setup:passive\nm=audio 41000 {BY_DTLS} 0\n{ours}\na=setup:active");
    let mut second = side(Encryption::Required, DtlsUse::WhenOffered);
    assert_eq!(said(&second.answer(&both).unwrap()).1, Some("passive"));
    let agreed = |side: &Side| side.agreement().dtls().unwrap().fingerprints.clone();
    assert_eq!(agreed(&first), agreed(&second));
}

/// What is answered to our offer of a handshake, and the part that is left to us.
#[test]
fn answers_to_a_handshake_are_taken_as_the_table_says() {
    let sha256 = fingerprint("sha-256", 32);
    let keys = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY";
    let required = Err(Rejection::EncryptionRequired);
    for (transport, attributes, expected) in [
        (
            BY_DTLS,
            format!("{sha256}\na=setup:active"),
            Ok(DtlsRole::Passive),
        ),
        (
            BY_DTLS,
            format!("{sha256}\na=setup:passive"),
            Ok(DtlsRole::Active),
        ),
        (
            "UDP/TLS/RTP/SAVPF",
            format!("{sha256}\na=setup:active"),
            Ok(DtlsRole::Passive),
        ),
        (BY_DTLS, sha256.clone(), Ok(DtlsRole::Active)),
        (BY_DTLS, String::new(), required.clone()),
        (BY_DTLS, fingerprint("sha-1", 20), required.clone()),
        ("RTP/SAVP", keys.to_owned(), required.clone()),
        ("RTP/AVP", String::new(), required),
    ] {
        let mut ours = side(Encryption::Optional, DtlsUse::Always);
        ours.offer(Direction::SendReceive);
        let agreed = ours.accept(&format!("m=audio 41000 {transport} 0\n{attributes}"));
        let role = agreed.map(|agreed| agreed.dtls().unwrap().role);
        assert_eq!(role, expected, "{transport}, {attributes}");
    }
}

#[test]
fn a_session_goes_on_with_the_keys_that_it_began_with() {
    let sha256 = fingerprint("sha-256", 32);
    let mut ours = side(Encryption::Required, DtlsUse::WhenOffered);
    let offer = format!("m=audio 41000 UDP/TLS/RTP/SAVPF 0\n{sha256}\na=setup:actpass");
    ours.answer(&offer).unwrap();
    let again = ours.offer(Direction::SendOnly);
    assert_eq!(said(&again), (Some("UDP/TLS/RTP/SAVPF"), Some("active")));
    let both = format!("m=audio 41000 UDP/TLS/RTP/SAVPF 0\n{sha256}\na=setup:active");
    let refused = ours.accept(&both);
    assert!(
        matches!(refused, Err(Rejection::Malformed(_))),
        "{refused:?}"
    );
    let mut ours = side(Encryption::Required, DtlsUse::Always);
    ours.answer("m=audio 41000 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY")
        .unwrap();
    let again = ours.offer(Direction::SendOnly);
    assert_eq!(said(&again), (Some("RTP/SAVP"), None));
}

#[test]
fn of_several_streams_the_one_with_keys_is_taken_then_the_one_with_a_handshake() {
    let sha256 = fingerprint("sha-256", 32);
    let plain = "m=audio 41000 RTP/AVP 0";
    let dtls = format!("m=audio 41002 {BY_DTLS} 0\n{sha256}\na=setup:actpass");
    let sdes = "m=audio 41004 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY";
    for (streams, ports) in [
        ([plain, &dtls].join("\n"), vec!["0", "50004"]),
        ([&dtls, sdes].join("\n"), vec!["0", "50004"]),
        ([sdes, &dtls].join("\n"), vec!["50004", "0"]),
    ] {
        let mut ours = side(Encryption::Optional, DtlsUse::WhenOffered);
        let answer = ours.answer(&streams).unwrap();
        let lines = answer.lines().filter(|line| line.starts_with("m="));
        let taken: Vec<&str> = lines.filter_map(|line| line.split(' ').nth(1)).collect();
        assert_eq!(taken, ports, "{streams}");
    }
}
