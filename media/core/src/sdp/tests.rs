//! Offers and answers as the wire shows them.

mod codecs;
mod dtls;

use std::time::Duration;

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use super::*;
use crate::codec::Codec;
use crate::config::{DtlsConfig, Encryption, MediaConfig};
use crate::direction::Direction;
use crate::rejection::Rejection;
use crate::srtp::SrtpSuite;

/// A key of the other side, in base64.
const KEY: &str = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e";
const OTHER_KEY: &str = "HR0dBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e";

/// Keys of GCM, which have other lengths.
const GCM128_KEY: &str = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHA==";
const GCM256_KEY: &str = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKyw=";

/// One side of the exchange.
struct Side {
    exchange: Exchange,
    random: ChaCha20Rng,
}

impl Side {
    fn new(encryption: Encryption) -> Self {
        Self::with_codecs(encryption, &Codec::G711)
    }

    fn with_codecs(encryption: Encryption, codecs: &[Codec]) -> Self {
        Self::with(encryption, codecs, None)
    }

    fn with(encryption: Encryption, codecs: &[Codec], dtls: Option<DtlsConfig>) -> Self {
        let config = MediaConfig {
            codecs: codecs.to_vec(),
            encryption,
            local_rtp: "192.0.2.10:50004".parse().unwrap(),
            local_rtcp: "192.0.2.10:50005".parse().unwrap(),
            dtls,
            ice: None,
            cname: "c1".to_owned(),
            seed: [7; 32],
        };
        let mut random = ChaCha20Rng::from_seed(config.seed);
        Self {
            exchange: Exchange::new(&config, &mut random),
            random,
        }
    }

    fn offer(&mut self, direction: Direction) -> String {
        redacted(&self.exchange.offer(direction))
    }

    /// Our answer with keys and session id replaced, or the reason why there is none.
    fn answer(&mut self, offer: &str) -> Result<String, Rejection> {
        let (body, _) = self
            .exchange
            .answer(wire(offer).as_bytes(), &mut self.random)?;
        Ok(redacted(&body))
    }

    fn accept(&mut self, answer: &str) -> Result<Agreement, Rejection> {
        self.exchange
            .accept_answer(wire(answer).as_bytes())
            .cloned()
    }

    fn agreement(&self) -> &Agreement {
        self.exchange.agreement.as_ref().unwrap()
    }
}

/// A description in the short form of these tests: `KEY` stands for a key, and what every
/// description needs is put in front.
fn wire(short: &str) -> String {
    let body: Vec<&str> = short
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let head = "v=0\r\no=- 0 0 IN IP4 198.51.100.1\r\ns=session\r\n";
    let says_where = body.iter().any(|line| line.starts_with("c="));
    let address = match says_where || short.contains("NO-C") {
        true => "",
        false => "c=IN IP4 198.51.100.1\r\n",
    };
    let lines = body
        .into_iter()
        .filter(|line| *line != "NO-C")
        .collect::<Vec<_>>()
        .join("\r\n");
    format!("{head}{address}t=0 0\r\n{lines}\r\n")
        .replace("OTHER", OTHER_KEY)
        .replace("SHORT", GCM128_KEY)
        .replace("LONG", GCM256_KEY)
        .replace("KEY", KEY)
}

/// Keys and the session id as words, lines cut at LF.
fn redacted(body: &[u8]) -> String {
    let text = String::from_utf8(body.to_vec()).unwrap();
    let mut lines = Vec::new();
    for line in text.split_terminator("\r\n") {
        let mut line = line.to_owned();
        if let Some((before, after)) = line.split_once("inline:") {
            let parameters = after.trim_start_matches(|c| c != '|');
            line = format!("{before}inline:KEY{parameters}");
        }
        if let Some(rest) = line.strip_prefix("o=- ") {
            line = format!("o=- ID {}", rest.split_once(' ').unwrap().1);
        }
        lines.push(line);
    }
    lines.join("\n")
}

fn line<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    text.lines().find(|line| line.starts_with(prefix))
}

#[test]
fn an_offer_says_what_the_policy_wants() {
    let offer = Side::new(Encryption::Required).offer(Direction::SendReceive);
    assert_eq!(
        offer,
        "v=0
o=- ID 1 IN IP4 192.0.2.10
s=-
c=IN IP4 192.0.2.10
t=0 0
m=audio 50004 RTP/SAVP 0 8 13 101
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^31
a=crypto:2 AEAD_AES_256_GCM inline:KEY|2^31
a=crypto:3 AEAD_AES_128_GCM inline:KEY|2^31
a=crypto:4 AES_CM_128_HMAC_SHA1_32 inline:KEY|2^31
a=rtcp:50005
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
a=ptime:20
a=rtcp-xr:voip-metrics rcvr-rtt=all
a=encryption:required
a=rtcp-mux
a=sendrecv"
    );
    let optional = Side::new(Encryption::Optional).offer(Direction::SendReceive);
    assert_eq!(
        line(&optional, "m="),
        Some("m=audio 50004 RTP/AVP 0 8 13 101")
    );
    assert!(line(&optional, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 ").is_some());
    assert_eq!(
        line(&optional, "a=encryption"),
        Some("a=encryption:optional")
    );
    let off = Side::new(Encryption::Off).offer(Direction::SendReceive);
    assert_eq!(line(&off, "m="), Some("m=audio 50004 RTP/AVP 0 8 13 101"));
    assert_eq!(line(&off, "a=crypto").or(line(&off, "a=encryption")), None);
}

#[test]
fn an_answer_takes_the_common_codecs_and_the_offered_payload_type_for_digits() {
    let mut side = Side::new(Encryption::Off);
    let answer = side.answer(
        "m=audio 41000 RTP/AVP 18 8 0 97
         a=rtpmap:18 G729/8000
         a=rtpmap:97 telephone-event/8000
         a=ptime:30",
    );
    assert_eq!(
        answer.unwrap(),
        "v=0
o=- ID 1 IN IP4 192.0.2.10
s=-
c=IN IP4 192.0.2.10
t=0 0
m=audio 50004 RTP/AVP 0 8 97
a=rtcp:50005
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:97 telephone-event/8000
a=fmtp:97 0-16
a=ptime:20
a=sendrecv"
    );
    let agreement = side.agreement();
    let sending = agreement.sending;
    assert_eq!((sending.codec, sending.payload_type), (Codec::Pcmu, 0));
    assert_eq!(sending.events.map(|events| events.payload_type), Some(97));
    assert_eq!(sending.packet, Duration::from_millis(30));
    assert_eq!(agreement.rtp, Some("198.51.100.1:41000".parse().unwrap()));
    assert_eq!(agreement.rtcp, Some("198.51.100.1:41001".parse().unwrap()));
}

/// Policy by policy: what is offered to us, and what becomes of it: transport and suite of our
/// answer, or the refusal.
#[test]
fn encryption_policies_answer_as_the_table_says() {
    use Encryption::{Off, Optional, Required};
    let crypto = "a=crypto:5 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^31";
    let short = "a=crypto:5 AES_CM_128_HMAC_SHA1_32 inline:KEY";
    let unknown = "a=crypto:5 AES_256_CM_HMAC_SHA1_80 inline:KEY";
    let secure = |suite| Ok(("RTP/SAVP", Some(suite)));
    let long = SrtpSuite::AesCm128HmacSha1_80;
    let table = [
        (Required, "RTP/SAVP", crypto, secure(long)),
        (
            Required,
            "RTP/SAVP",
            short,
            secure(SrtpSuite::AesCm128HmacSha1_32),
        ),
        (Required, "RTP/AVP", crypto, secure(long)),
        (Required, "RTP/AVP", "", Err(Rejection::EncryptionRequired)),
        (Required, "RTP/SAVP", "", Err(Rejection::EncryptionRequired)),
        (
            Required,
            "RTP/SAVP",
            unknown,
            Err(Rejection::EncryptionRequired),
        ),
        (Optional, "RTP/SAVP", crypto, secure(long)),
        (Optional, "RTP/AVP", crypto, secure(long)),
        (Optional, "RTP/AVP", "", Ok(("RTP/AVP", None))),
        (Optional, "RTP/AVP", unknown, Ok(("RTP/AVP", None))),
        (
            Optional,
            "RTP/SAVP",
            unknown,
            Err(Rejection::EncryptionUnavailable),
        ),
        (Off, "RTP/AVP", crypto, Ok(("RTP/AVP", None))),
        (Off, "RTP/AVP", "", Ok(("RTP/AVP", None))),
        (
            Off,
            "RTP/SAVP",
            crypto,
            Err(Rejection::EncryptionUnavailable),
        ),
    ];
    for (policy, transport, attribute, expected) in table {
        let mut side = Side::new(policy);
        let answer = side.answer(&format!("m=audio 41000 {transport} 0\n{attribute}"));
        let case = format!("{policy:?}, {transport}, {attribute}");
        match (answer, expected) {
            (Ok(answer), Ok((transport, suite))) => {
                let expected = format!("m=audio 50004 {transport} 0");
                assert_eq!(line(&answer, "m="), Some(expected.as_str()), "{case}");
                let crypto =
                    suite.map(|suite| format!("a=crypto:5 {} inline:KEY|2^31", suite.name()));
                assert_eq!(line(&answer, "a=crypto"), crypto.as_deref(), "{case}");
                let agreed = side.agreement().sdes().map(|keys| keys.suite);
                assert_eq!(agreed, suite, "{case}");
            }
            (answer, expected) => assert_eq!(answer.err(), expected.err(), "{case}"),
        }
    }
}

/// Policy by policy: what is answered to our offer, and what it leads to.
#[test]
fn encryption_policies_take_answers_as_the_table_says() {
    use Encryption::{Off, Optional, Required};
    let crypto = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^31";
    let second = "a=crypto:4 AES_CM_128_HMAC_SHA1_32 inline:KEY|2^31";
    let wrong_tag = "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^31";
    let long = Some(SrtpSuite::AesCm128HmacSha1_80);
    let table = [
        (Required, "RTP/SAVP", crypto, Ok(long)),
        (
            Required,
            "RTP/SAVP",
            second,
            Ok(Some(SrtpSuite::AesCm128HmacSha1_32)),
        ),
        (Required, "RTP/AVP", crypto, Ok(long)),
        (
            Required,
            "RTP/SAVP",
            wrong_tag,
            Err(Rejection::EncryptionRequired),
        ),
        (Required, "RTP/AVP", "", Err(Rejection::EncryptionRequired)),
        (Optional, "RTP/SAVP", crypto, Ok(long)),
        (Optional, "RTP/AVP", crypto, Ok(long)),
        (Optional, "RTP/AVP", "", Ok(None)),
        (
            Optional,
            "RTP/SAVP",
            "",
            Err(Rejection::EncryptionUnavailable),
        ),
        (Off, "RTP/AVP", "", Ok(None)),
        (Off, "RTP/AVP", crypto, Ok(None)),
        (
            Off,
            "RTP/SAVP",
            crypto,
            Err(Rejection::EncryptionUnavailable),
        ),
    ];
    for (policy, transport, attribute, expected) in table {
        let mut side = Side::new(policy);
        side.offer(Direction::SendReceive);
        let agreed = side.accept(&format!("m=audio 41000 {transport} 0\n{attribute}"));
        let suite = agreed.map(|agreement| agreement.sdes().map(|keys| keys.suite));
        assert_eq!(suite, expected, "{policy:?}, {transport}, {attribute}");
    }
}

/// What is offered to us, as tags and suites, and the tag that we answer.
#[test]
fn the_strongest_common_suite_is_answered_whatever_the_order() {
    let offers = [
        ("1 CM80", 1),
        ("1 CM80, 2 CM32", 1),
        ("1 CM32, 2 CM80", 2),
        ("1 CM32", 1),
        ("1 CM80, 2 GCM128", 2),
        ("1 CM80, 2 GCM256, 3 GCM128, 4 CM32", 2),
        ("9 GCM256, 8 CM80", 9),
        ("1 F8, 2 GCM128, 3 CM80", 2),
    ];
    for (offer, taken) in offers {
        let lines = offer
            .replace("CM80", "AES_CM_128_HMAC_SHA1_80 inline:KEY")
            .replace("CM32", "AES_CM_128_HMAC_SHA1_32 inline:KEY")
            .replace("GCM128", "AEAD_AES_128_GCM inline:SHORT")
            .replace("GCM256", "AEAD_AES_256_GCM inline:LONG")
            .replace("F8", "F8_128_HMAC_SHA1_80 inline:KEY")
            .replace(", ", "\na=crypto:");
        let offer = format!("m=audio 41000 RTP/SAVP 0\na=crypto:{lines}");
        let answer = Side::new(Encryption::Required).answer(&offer).unwrap();
        let expected = format!("a=crypto:{taken} ");
        assert!(line(&answer, &expected).is_some(), "{offer}\n{answer}");
    }
}

/// Two phones of ours agree on the strongest suite, although it is not offered first.
#[test]
fn every_suite_can_be_agreed_on_with_keys_of_its_own_each_way() {
    for suite in SrtpSuite::ALL {
        let (mut caller, mut callee) = (
            Side::new(Encryption::Required),
            Side::new(Encryption::Required),
        );
        let offer = caller.exchange.offer(Direction::SendReceive);
        let offer = String::from_utf8(offer).unwrap();
        let of_suite = |line: &&str| !line.starts_with("a=crypto") || line.contains(suite.name());
        let only: Vec<&str> = offer.lines().filter(of_suite).collect();
        let only = format!("{}\r\n", only.join("\r\n"));
        let (answer, theirs) = callee
            .exchange
            .answer(only.as_bytes(), &mut callee.random)
            .unwrap();
        let theirs = theirs.sdes().cloned().unwrap();
        let ours = caller.exchange.accept_answer(&answer).unwrap();
        let ours = ours.sdes().cloned().unwrap();
        assert_eq!((ours.suite, theirs.suite), (suite, suite));
        assert_eq!((&ours.ours, &ours.theirs), (&theirs.theirs, &theirs.ours));
        let length = suite.key_length() + suite.salt_length();
        assert_eq!(ours.ours.master.octets().len(), length);
    }
}

#[test]
fn a_line_without_mki_is_preferred_and_cryptoscale_ignored() {
    let lync = "m=audio 50004 RTP/AVP 0
        a=cryptoscale:1 client AES_CM_128_HMAC_SHA1_80 inline:OTHER|2^31|1:1
        a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:OTHER|2^31|1:1
        a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^31";
    let answer = Side::new(Encryption::Required).answer(lync).unwrap();
    assert_eq!(
        line(&answer, "a=crypto"),
        Some("a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^31")
    );
    let only_mki = "m=audio 50004 RTP/SAVP 0
        a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^31|1:1";
    let answer = Side::new(Encryption::Required).answer(only_mki).unwrap();
    assert_eq!(
        line(&answer, "a=crypto"),
        Some("a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^31|1:1")
    );
}

#[test]
fn of_a_secure_and_a_plain_stream_the_policy_picks_one() {
    let both = "m=audio 41000 RTP/AVP 0
        m=audio 41002 RTP/SAVP 0
        a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY";
    for (policy, ports) in [
        (Encryption::Required, ["0", "50004"]),
        (Encryption::Optional, ["0", "50004"]),
        (Encryption::Off, ["50004", "0"]),
    ] {
        let answer = Side::new(policy).answer(both).unwrap();
        let taken: Vec<&str> = answer
            .lines()
            .filter(|line| line.starts_with("m="))
            .filter_map(|line| line.split(' ').nth(1))
            .collect();
        assert_eq!(taken, ports, "{policy:?}");
    }
}

#[test]
fn every_stream_is_answered_and_what_is_not_audio_refused() {
    let mut side = Side::new(Encryption::Off);
    let answer = side.answer(
        "m=video 41002 RTP/AVP 96
         a=rtpmap:96 H264/90000
         m=audio 0 RTP/AVP 0
         m=audio 41000 RTP/AVPF 0
         m=application 41004 UDP/TLS/RTP/SAVP 1 2 3",
    );
    let lines = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| line.starts_with("m="))
            .map(str::to_owned)
            .collect()
    };
    let expected = [
        "m=video 0 RTP/AVP 96",
        "m=audio 0 RTP/AVP 0",
        "m=audio 50004 RTP/AVPF 0",
        "m=application 0 UDP/TLS/RTP/SAVP 1 2 3",
    ];
    assert_eq!(lines(&answer.unwrap()), expected);
    let again = side.offer(Direction::SendOnly);
    assert_eq!(lines(&again)[0], expected[0]);
    assert_eq!(lines(&again)[2], "m=audio 50004 RTP/AVP 0 8 13 101");
    assert_eq!(lines(&again).len(), 4);
}

/// What the other side does with the stream, what we want, what we answer and whether it holds us.
#[test]
fn directions_are_answered_as_rfc_3264_says() {
    use Direction::{Inactive, ReceiveOnly, SendOnly, SendReceive};
    let table = [
        ("a=sendrecv", SendReceive, SendReceive, false),
        ("", SendReceive, SendReceive, false),
        ("a=sendonly", SendReceive, ReceiveOnly, true),
        ("a=recvonly", SendReceive, SendOnly, false),
        ("a=inactive", SendReceive, Inactive, true),
        (
            "c=IN IP4 0.0.0.0\na=sendrecv",
            SendReceive,
            ReceiveOnly,
            true,
        ),
        ("c=IN IP4 0.0.0.0\na=inactive", SendReceive, Inactive, true),
        ("a=sendrecv", SendOnly, SendOnly, false),
        ("a=sendonly", SendOnly, Inactive, true),
    ];
    for (theirs, wish, ours, held) in table {
        let mut side = Side::new(Encryption::Off);
        side.answer("m=audio 41000 RTP/AVP 0").unwrap();
        side.offer(wish);
        let description = format!("m=audio 41000 RTP/AVP 0\n{theirs}");
        let description = description.replace("c=IN IP4 0.0.0.0\n", "");
        let address = theirs
            .strip_prefix("c=IN IP4 0.0.0.0")
            .map(|_| "c=IN IP4 0.0.0.0\n");
        let offer = format!("{}{description}", address.unwrap_or_default());
        let answer = side.answer(&offer).unwrap();
        let last = format!("a={}", ours.attribute());
        assert_eq!(
            answer.lines().last(),
            Some(last.as_str()),
            "{theirs} / {wish:?}"
        );
        assert_eq!(side.agreement().held_by_peer, held, "{theirs} / {wish:?}");
    }
}

#[test]
fn a_session_wide_direction_holds_unless_the_stream_has_its_own() {
    let mut side = Side::new(Encryption::Off);
    side.answer("a=inactive\nm=audio 41000 RTP/AVP 0").unwrap();
    assert_eq!(side.agreement().direction, Direction::Inactive);
    side.answer("a=inactive\nm=audio 41000 RTP/AVP 0\na=sendrecv")
        .unwrap();
    assert_eq!(side.agreement().direction, Direction::SendReceive);
}

#[test]
fn versions_count_up_only_when_the_description_changes() {
    let version = |text: &str| {
        line(text, "o=")
            .unwrap()
            .split(' ')
            .nth(2)
            .unwrap()
            .to_owned()
    };
    let mut side = Side::new(Encryption::Off);
    let offer = "m=audio 41000 RTP/AVP 0";
    assert_eq!(version(&side.answer(offer).unwrap()), "1");
    assert_eq!(version(&side.answer(offer).unwrap()), "1");
    assert_eq!(version(&side.offer(Direction::SendOnly)), "2");
    assert_eq!(version(&side.offer(Direction::SendReceive)), "3");
    assert_eq!(version(&side.answer(offer).unwrap()), "4");
}

#[test]
fn keys_stay_while_the_other_side_keeps_its_own() {
    let offer = |key: &str, direction: &str| {
        format!(
            "m=audio 41000 RTP/SAVP 0
            a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}
            a={direction}"
        )
    };
    let mut side = Side::new(Encryption::Required);
    side.answer(&offer("KEY", "sendrecv")).unwrap();
    let first = side.agreement().sdes().cloned().unwrap();
    side.answer(&offer("KEY", "sendonly")).unwrap();
    assert_eq!(side.agreement().sdes(), Some(&first));
    side.answer(&offer("OTHER", "sendrecv")).unwrap();
    let second = side.agreement().sdes().cloned().unwrap();
    assert_ne!(second.theirs, first.theirs);
    assert_ne!(second.ours, first.ours);
}

#[test]
fn an_encrypted_call_is_offered_again_encrypted_and_with_the_same_keys() {
    let mut side = Side::new(Encryption::Optional);
    side.offer(Direction::SendReceive);
    let answer = "m=audio 41000 RTP/SAVP 0
        a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY";
    let first = side.accept(answer).unwrap().protection;
    let again = side.offer(Direction::SendOnly);
    assert_eq!(
        line(&again, "m="),
        Some("m=audio 50004 RTP/SAVP 0 8 13 101")
    );
    assert_eq!(side.accept(answer).unwrap().protection, first);
}

#[test]
fn a_later_answer_replaces_an_earlier_one_and_a_withdrawn_offer_changes_nothing() {
    let mut side = Side::new(Encryption::Off);
    assert_eq!(
        side.accept("m=audio 1 RTP/AVP 0"),
        Err(Rejection::NotExpected)
    );
    side.offer(Direction::SendReceive);
    side.accept("m=audio 41000 RTP/AVP 0").unwrap();
    let second = side.accept("m=audio 42000 RTP/AVP 8 96\na=rtpmap:96 telephone-event/8000");
    let second = second.unwrap();
    assert_eq!(
        (second.sending.codec, second.rtp.unwrap().port()),
        (Codec::Pcma, 42_000)
    );
    // The other side's number for digits to it, ours for digits to us.
    assert_eq!(second.sending.events.map(|e| e.payload_type), Some(96));
    assert!(second.incoming.contains(&(101, Incoming::Events)));
    side.offer(Direction::Inactive);
    side.exchange.withdraw();
    side.answer("m=audio 42000 RTP/AVP 8").unwrap();
    assert_eq!(side.agreement().direction, Direction::SendReceive);
}

/// Session timers and new flows repeat the description that stands (RFC 4028 §7.4), which may be our
/// answer.
#[test]
fn our_answer_can_be_offered_again_and_is_answered() {
    let mut side = Side::new(Encryption::Required);
    let offer = "m=audio 41000 RTP/SAVP 8 96
        a=rtpmap:96 telephone-event/8000
        a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:KEY";
    side.answer(offer).unwrap();
    let first = side.agreement().clone();
    let answer = "m=audio 42000 RTP/SAVP 8 96
        a=rtpmap:96 telephone-event/8000
        a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:OTHER
        a=recvonly";
    let again = side.accept(answer).unwrap();
    assert_eq!(again.rtp.unwrap().port(), 42_000);
    assert_eq!(again.direction, Direction::SendOnly);
    assert_eq!(again.incoming, first.incoming);
    let key = |agreement: &Agreement| agreement.sdes().cloned().unwrap();
    assert_eq!(key(&again).ours, key(&first).ours);
    assert_ne!(key(&again).theirs, key(&first).theirs);
}

#[test]
fn what_stands_can_be_offered_again_after_a_change_was_refused() {
    let mut side = Side::new(Encryption::Off);
    side.answer("m=audio 41000 RTP/AVP 8").unwrap();
    side.offer(Direction::SendOnly);
    side.exchange.withdraw();
    let again = side.accept("m=audio 41002 RTP/AVP 8").unwrap();
    assert_eq!(again.direction, Direction::SendReceive);
    assert_eq!(again.incoming, [(8, Incoming::Voice(Codec::Pcma))]);
}

#[test]
fn addresses_are_taken_from_where_they_stand() {
    let table = [
        (
            "c=IN IP6 2001:db8::1\nm=audio 41000 RTP/AVP 0",
            "[2001:db8::1]:41000",
            "[2001:db8::1]:41001",
        ),
        (
            "m=audio 41000 RTP/AVP 0\nc=IN IP4 203.0.113.9",
            "203.0.113.9:41000",
            "203.0.113.9:41001",
        ),
        (
            "m=audio 41000 RTP/AVP 0\na=rtcp:53020",
            "198.51.100.1:41000",
            "198.51.100.1:53020",
        ),
        (
            "m=audio 41000/2 RTP/AVP 0\na=rtcp:53020 IN IP4 203.0.113.7",
            "198.51.100.1:41000",
            "203.0.113.7:53020",
        ),
    ];
    for (offer, rtp, rtcp) in table {
        let mut side = Side::new(Encryption::Off);
        side.answer(offer).unwrap();
        assert_eq!(side.agreement().rtp, Some(rtp.parse().unwrap()), "{offer}");
        assert_eq!(
            side.agreement().rtcp,
            Some(rtcp.parse().unwrap()),
            "{offer}"
        );
    }
}

#[test]
fn one_path_for_both_kinds_of_packets_is_offered_and_taken_where_it_is_offered() {
    let mut side = Side::new(Encryption::Off);
    let offer = side.offer(Direction::SendReceive);
    assert_eq!(line(&offer, "a=rtcp-mux"), Some("a=rtcp-mux"));
    let muxed = "m=audio 41000 RTP/AVP 0\na=rtcp:41001\na=rtcp-mux";
    let agreement = side.accept(muxed).unwrap();
    assert_eq!(agreement.rtcp, agreement.rtp);
    let agreement = side.accept("m=audio 41000 RTP/AVP 0").unwrap();
    assert_eq!(agreement.rtcp.unwrap().port(), 41_001);
    for (offer, expected) in [
        (muxed, Some("a=rtcp-mux")),
        ("m=audio 41000 RTP/AVP 0", None),
    ] {
        let answer = Side::new(Encryption::Off).answer(offer).unwrap();
        assert_eq!(line(&answer, "a=rtcp-mux"), expected);
    }
}

#[test]
fn what_leads_to_no_sound_is_refused_with_its_reason() {
    let malformed = |offer: &str| {
        let refused = Side::new(Encryption::Off).answer(offer);
        assert!(
            matches!(refused, Err(Rejection::Malformed(_))),
            "{offer}: {refused:?}"
        );
    };
    let refused = |offer: &str, why: Rejection| {
        assert_eq!(
            Side::new(Encryption::Off).answer(offer),
            Err(why),
            "{offer}"
        );
    };
    refused("", Rejection::NoAudio);
    refused("m=audio 0 RTP/AVP 0", Rejection::NoAudio);
    refused("m=video 41000 RTP/AVP 0", Rejection::NoAudio);
    refused("m=audio 41000 TCP/RTP/AVP 0", Rejection::NoAudio);
    refused(
        "m=audio 41000 UDP/TLS/RTP/SAVPF 0",
        Rejection::EncryptionUnavailable,
    );
    refused("m=audio 41000 RTP/AVP 18 4 9", Rejection::NoCommonCodec);
    refused("m=audio 41000 RTP/AVP 256 -1 x", Rejection::NoCommonCodec);
    refused(
        "m=audio 41000 RTP/AVP 96\na=rtpmap:96 PCMU/16000",
        Rejection::NoCommonCodec,
    );
    refused(
        "m=audio 41000 RTP/AVP 96\na=rtpmap:96 PCMU/8000/2",
        Rejection::NoCommonCodec,
    );
    malformed("NO-C\nm=audio 41000 RTP/AVP 0");
    malformed("m=audio 41000 RTP/AVP 0\nc=IN IP4 pbx.example.test");
    malformed("m=audio 99999 RTP/AVP 0");
    malformed(&"m=audio 41000 RTP/AVP 0\n".repeat(33));
    malformed(&format!(
        "m=audio 41000 RTP/AVP 0\na=x:{}",
        "x".repeat(70_000)
    ));
    let only_alaw =
        Side::with_codecs(Encryption::Off, &[Codec::Pcma]).answer("m=audio 1 RTP/AVP 0");
    assert_eq!(only_alaw, Err(Rejection::NoCommonCodec));
}

#[test]
fn hostile_amounts_are_read_in_passing() {
    let maps: String = (0..1_000)
        .map(|n| format!("a=rtpmap:{n} X{n}/8000\n"))
        .collect();
    let keys = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY\n".repeat(300);
    let mut side = Side::new(Encryption::Optional);
    let answer = side.answer(&format!(
        "m=audio 41000 RTP/AVP 8 {}\n{maps}{keys}a=ptime:0\na=ptime:4294967295\na=maxptime:0",
        "8 ".repeat(5_000)
    ));
    assert_eq!(answer, Err(Rejection::NoCommonCodec));
    let answer = side.answer(&format!(
        "m=audio 41000 RTP/AVP 0 8\n{keys}a=ptime:0\na=maxptime:9999999999"
    ));
    assert_eq!(
        line(&answer.unwrap(), "m="),
        Some("m=audio 50004 RTP/SAVP 0 8")
    );
}

#[test]
fn a_payload_type_belongs_to_whom_its_rtpmap_names() {
    let mut side = Side::new(Encryption::Off);
    let offer = "m=audio 41000 RTP/AVP 0 96\na=rtpmap:0 speex/8000\na=rtpmap:96 pcmu/8000/1";
    let answer = side.answer(offer).unwrap();
    assert_eq!(line(&answer, "m="), Some("m=audio 50004 RTP/AVP 96"));
}

proptest! {
    #[test]
    fn no_octets_make_the_reader_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut side = Side::new(Encryption::Optional);
        let _ = side.exchange.answer(&body, &mut side.random);
        side.exchange.offer(Direction::SendReceive);
        let _ = side.exchange.accept_answer(&body);
    }

    #[test]
    fn no_mixture_of_lines_makes_the_reader_panic(
        lines in proptest::collection::vec(
            prop_oneof![
                Just("m=audio 41000 RTP/AVP 0 8 13 101".to_owned()),
                Just("m=audio 0 RTP/SAVP 0".to_owned()),
                Just("m=video 1 RTP/AVP 99".to_owned()),
                Just("c=IN IP4 198.51.100.1".to_owned()),
                Just("c=IN IP6 ::".to_owned()),
                Just("a=sendonly".to_owned()),
                "a=(rtpmap|crypto|rtcp|ptime|maxptime|fmtp):[ -~]{0,60}",
                "a=rtpmap:[0-9]{1,4} [a-z]{1,8}/[0-9]{1,6}",
                "a=crypto:[0-9]{1,3} AEAD_AES_(128|256)_GCM inline:[A-Za-z0-9+/=]{38,60}(\\|[0-9:^]{1,9}){0,3}",
                "a=crypto:[0-9]{1,3} AES_CM_128_HMAC_SHA1_80 inline:[A-Za-z0-9+/]{38,42}(\\|[0-9:^]{1,9}){0,3}",
                "[a-z]=[ -~]{0,40}",
            ],
            0..20,
        ),
    ) {
        let body = format!("v=0\r\n{}\r\n", lines.join("\r\n"));
        for policy in [Encryption::Required, Encryption::Optional, Encryption::Off] {
            let mut side = Side::new(policy);
            if let Ok((answer, _)) = side.exchange.answer(body.as_bytes(), &mut side.random) {
                let mut peer = Side::new(policy);
                peer.exchange.offer(Direction::SendReceive);
                prop_assert!(!answer.is_empty());
                let _ = peer.exchange.accept_answer(&answer);
            }
        }
    }
}
