//! Which codecs are agreed on, under which payload types.

use super::*;
use crate::codec::OpusParameters;
use crate::sdp::formats::EventFormat;

fn all() -> Side {
    Side::with_codecs(Encryption::Off, &Codec::ALL)
}

fn formats(text: &str) -> &str {
    let media = line(text, "m=audio").unwrap();
    media.splitn(4, ' ').nth(3).unwrap()
}

/// What a payload type means when it comes in.
fn heard(agreement: &Agreement, payload_type: u8) -> Option<Incoming> {
    let incoming = agreement.incoming.iter();
    let mut meanings = incoming.filter(|(number, _)| *number == payload_type);
    meanings.next().map(|(_, meaning)| *meaning)
}

#[test]
fn an_offer_lists_all_codecs_of_the_account_in_its_order_with_their_company() {
    let offer = all().offer(Direction::SendReceive);
    assert_eq!(
        &offer[offer.find("m=").unwrap()..],
        "m=audio 50004 RTP/AVP 111 9 0 8 13 110 101
a=rtcp:50005
a=rtpmap:111 opus/48000/2
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:101 telephone-event/8000
a=fmtp:111 useinbandfec=1;usedtx=1;maxaveragebitrate=32000
a=fmtp:110 0-16
a=fmtp:101 0-16
a=ptime:20
a=rtcp-xr:voip-metrics rcvr-rtt=all
a=rtcp-mux
a=sendrecv"
    );
    let table: [(&[Codec], &str); 4] = [
        (&[Codec::Pcma, Codec::Opus], "8 111 13 101 110"),
        (&[Codec::G722], "9 101"),
        (&[Codec::Opus], "111 110"),
        (&[Codec::Pcma], "8 13 101"),
    ];
    for (codecs, expected) in table {
        let offer = Side::with_codecs(Encryption::Off, codecs).offer(Direction::SendReceive);
        assert_eq!(formats(&offer), expected);
    }
}

#[test]
fn an_answer_takes_what_both_know_in_the_order_of_the_account() {
    let wide = "m=audio 41000 RTP/AVP 0 18 9 96 13 97 98
        a=rtpmap:96 opus/48000/2
        a=rtpmap:97 telephone-event/8000
        a=rtpmap:98 telephone-event/48000";
    let table: [(&[Codec], &str, &str); 5] = [
        (&Codec::ALL, wide, "96 9 0 13 97 98"),
        (&[Codec::Pcmu, Codec::Opus], wide, "0 96 13 97 98"),
        (&[Codec::G722, Codec::Pcma], wide, "9 97"),
        (&Codec::ALL, "m=audio 41000 RTP/AVP 8 0", "0 8"),
        // Digits at another clock than the voice are better than none.
        (
            &Codec::ALL,
            "m=audio 41000 RTP/AVP 96 101\na=rtpmap:96 opus/48000/2
             a=rtpmap:101 telephone-event/8000",
            "96 101",
        ),
    ];
    for (codecs, offer, expected) in table {
        let mut side = Side::with_codecs(Encryption::Off, codecs);
        let answer = side.answer(offer).unwrap();
        assert_eq!(formats(&answer), expected);
        let first = heard(side.agreement(), side.agreement().sending.payload_type);
        assert_eq!(first, Some(Incoming::Voice(side.agreement().sending.codec)));
    }
}

#[test]
fn everything_that_was_listed_is_heard_and_the_first_of_an_answer_is_sent() {
    let mut side = all();
    side.offer(Direction::SendReceive);
    let agreement = side
        .accept("m=audio 41000 RTP/AVP 8 0 9 101\na=rtpmap:101 telephone-event/8000")
        .unwrap();
    assert_eq!(agreement.sending.codec, Codec::Pcma);
    let table = [
        (111, Some(Incoming::Voice(Codec::Opus))),
        (9, Some(Incoming::Voice(Codec::G722))),
        (0, Some(Incoming::Voice(Codec::Pcmu))),
        (13, Some(Incoming::ComfortNoise)),
        (101, Some(Incoming::Events)),
        (110, Some(Incoming::Events)),
        (96, None),
    ];
    for (number, meaning) in table {
        assert_eq!(heard(&agreement, number), meaning, "{number}");
    }
}

#[test]
fn each_side_sends_under_the_numbers_of_the_other() {
    let mut side = all();
    side.offer(Direction::SendReceive);
    let answer = "m=audio 41000 RTP/AVP 96 100
        a=rtpmap:96 opus/48000/2
        a=rtpmap:100 telephone-event/48000";
    let agreement = side.accept(answer).unwrap();
    assert_eq!(agreement.sending.payload_type, 96);
    let events = EventFormat {
        payload_type: 100,
        clock_rate_hz: 48_000,
    };
    assert_eq!(agreement.sending.events, Some(events));
    assert_eq!(heard(&agreement, 111), Some(Incoming::Voice(Codec::Opus)));
    // Our own numbers stay as they are (RFC 3264 §8.3.2).
    let again = side.offer(Direction::SendOnly);
    assert_eq!(formats(&again), "111 9 0 8 13 110 101");
}

#[test]
fn a_number_never_changes_its_meaning_within_a_session() {
    let mut side = all();
    // Our usual numbers stand for something else over there.
    let offer = "m=audio 41000 RTP/AVP 101 110 111 13
        a=rtpmap:101 opus/48000/2
        a=rtpmap:110 speex/16000
        a=rtpmap:111 telephone-event/48000";
    assert_eq!(formats(&side.answer(offer).unwrap()), "101 111");
    let ours = side.offer(Direction::SendReceive);
    assert_eq!(formats(&ours), "101 9 0 8 13 111 127");
    assert_eq!(
        line(&ours, "a=rtpmap:127"),
        Some("a=rtpmap:127 telephone-event/8000")
    );
    // And they stay when we are asked again.
    assert_eq!(formats(&side.answer(offer).unwrap()), "101 111");
    assert_eq!(
        formats(&side.offer(Direction::SendReceive)),
        "101 9 0 8 13 111 127"
    );
}

#[test]
fn what_the_other_side_asks_of_opus_is_kept_to() {
    let with = |fmtp: &str| {
        let mut side = all();
        side.answer(&format!(
            "m=audio 41000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\n{fmtp}"
        ))
        .unwrap();
        side.agreement().sending.opus
    };
    let none = OpusParameters::default();
    let table = [
        ("", none),
        ("a=fmtp:97 useinbandfec=1", none),
        (
            "a=fmtp:96 useinbandfec=1; usedtx=1",
            OpusParameters {
                in_band_fec: true,
                dtx: true,
                ..none
            },
        ),
        (
            "a=fmtp:96 maxplaybackrate=16000;maxaveragebitrate=20000;cbr=1;stereo=1",
            OpusParameters {
                max_average_bit_rate: Some(20_000),
                max_playback_rate_hz: 16_000,
                constant_bit_rate: true,
                ..none
            },
        ),
        (
            "a=fmtp:96 maxaveragebitrate=-1;maxplaybackrate=;useinbandfec",
            none,
        ),
    ];
    for (fmtp, expected) in table {
        assert_eq!(with(fmtp), expected, "{fmtp}");
    }
}

#[test]
fn comfort_noise_is_sent_beside_g711_to_who_listed_it() {
    let table = [
        ("m=audio 41000 RTP/AVP 0 13", Some(13)),
        (
            "m=audio 41000 RTP/AVP 8 100\na=rtpmap:100 CN/8000",
            Some(100),
        ),
        ("m=audio 41000 RTP/AVP 0", None),
        ("m=audio 41000 RTP/AVP 9 13", None),
        ("m=audio 41000 RTP/AVP 0 13\na=rtpmap:13 CN/16000", None),
    ];
    for (offer, expected) in table {
        let mut side = all();
        side.answer(offer).unwrap();
        assert_eq!(side.agreement().sending.comfort_noise, expected, "{offer}");
    }
}
