//! Streams cut into frames, wherever the network cuts them.

use super::*;

/// Prints frames as a reader of a wire log would: start line and body of a message, status and
/// defect of what was dropped.
fn show(frame: &Frame) -> String {
    match frame {
        Frame::Message(Message::Request(request)) => {
            format!(
                "{} {} {}",
                request.method,
                request.uri,
                String::from_utf8_lossy(&request.body)
            )
        }
        Frame::Message(Message::Response(response)) => {
            format!(
                "{} {}",
                response.status,
                String::from_utf8_lossy(&response.body)
            )
        }
        Frame::Pong => "pong".into(),
        Frame::Ping => "ping".into(),
        Frame::Malformed(Malformed { reply, defect }) => {
            let reply = reply
                .as_ref()
                .map_or("no reply".into(), |reply| reply.status.to_string());
            format!("{reply}: {defect}")
        }
    }
}

fn frames_in(pieces: &[&[u8]]) -> Vec<String> {
    let mut framer = Framer::default();
    let mut frames = Vec::new();
    for piece in pieces {
        framer.push(piece);
        frames.extend(std::iter::from_fn(|| framer.next()).map(|frame| show(&frame)));
    }
    frames
}

/// Cuts the stream at every byte, into single bytes, and not at all: the frames must be the same.
fn check(stream: &[u8], expected: &[&str]) {
    assert_eq!(frames_in(&[stream]), expected, "in one piece");
    for at in 0..=stream.len() {
        let (left, right) = stream.split_at(at);
        assert_eq!(frames_in(&[left, right]), expected, "cut at {at}");
    }
    let bytes: Vec<_> = stream.chunks(1).collect();
    assert_eq!(frames_in(&bytes), expected, "byte by byte");
}

/// A request with these further header lines, each with its line end.
fn options(uri: &str, lines: &str) -> String {
    format!(
        "OPTIONS {uri} SIP/2.0\r\nVia: SIP/2.0/TLS h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n\
         To: <sip:c@d>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n{lines}\r\n"
    )
}

/// The request that shows that the stream is in step.
fn next() -> String {
    options("sip:next", "Content-Length: 0\r\n")
}

const NEXT: &str = "OPTIONS sip:next ";

#[test]
fn messages_are_found_wherever_the_stream_is_cut() {
    let stream = options("sip:one", "Content-Length : 5\r\n")
        + "ab\r\nc"
        + &options("sip:two", "l:\r\n\t 0003\r\n")
        + "\r\n\r"
        + "SIP/2.0 200 OK\r\nf: <sip:a@b>;tag=1\r\nt: <sip:c@d>\r\ni: 1\r\nCSEQ: 1 OPTIONS\r\n\r\n"
        + &next();
    check(
        stream.as_bytes(),
        &[
            "OPTIONS sip:one ab\r\nc",
            "OPTIONS sip:two \r\n\r",
            "200 ",
            NEXT,
        ],
    );
}

#[test]
fn line_ends_between_messages_are_pings_and_pongs() {
    let stream = format!("\r\n\r\n{}\r\n{}\r\n\r\n\r\n", next(), next());
    check(
        stream.as_bytes(),
        &["pong", "ping", NEXT, "pong", NEXT, "pong", "ping", "pong"],
    );
    check(format!("\n\r\r\n\n{}", next()).as_bytes(), &["pong", NEXT]);
}

/// On an idle flow pongs follow each other without anything between.
#[test]
fn the_answer_to_each_ping_is_a_pong() {
    let mut framer = Framer::default();
    for _ in 0..3 {
        framer.expect_pong();
        framer.push(b"\r\n");
        assert_eq!(framer.next(), Some(Frame::Pong));
        assert_eq!(framer.next(), None);
    }
    framer.push(b"\r\n");
    assert_eq!(framer.next(), Some(Frame::Ping));
}

#[test]
fn lines_may_end_in_lf_alone_if_the_first_one_does() {
    let stream =
        options("sip:one", "Content-Length: 2\r\n").replace("\r\n", "\n") + "\n\n" + &next();
    check(stream.as_bytes(), &["OPTIONS sip:one \n\n", NEXT]);
}

#[test]
fn a_bare_lf_in_a_crlf_head_starts_no_field() {
    let stream = options(
        "sip:one",
        "Subject: x\nContent-Length: 5\n\nContent-Type: a/b\r\n",
    ) + &next();
    check(stream.as_bytes(), &["OPTIONS sip:one ", NEXT]);
}

#[test]
fn a_length_that_is_no_length_costs_one_message() {
    for length in [
        "-1",
        "+1",
        "1 2",
        "x",
        "0x1",
        "",
        "1;q",
        "18446744073709551616",
        "18446744073709551615",
        "99999999999999999999999",
        "16777217",
        "3, 4",
    ] {
        let stream =
            options("sip:one", &format!("Content-Length: {length}\r\n")) + "v=0\r\n" + &next();
        let defect = format!("400: {}", Defect::Length);
        assert_eq!(
            frames_in(&[stream.as_bytes()]),
            [defect.as_str(), NEXT],
            "{length:?}"
        );
    }
}

#[test]
fn repeated_lengths_must_agree() {
    let same = options("sip:one", "Content-Length: 2\r\nl: 02\r\n") + "ab" + &next();
    check(same.as_bytes(), &["OPTIONS sip:one ab", NEXT]);
    let other = options("sip:one", "Content-Length: 13\r\nl: 5\r\n")
        + "There's no way to know\r\n"
        + &next();
    check(
        other.as_bytes(),
        &[
            "400: Content-Length is missing, malformed or contradictory",
            NEXT,
        ],
    );
}

#[test]
fn a_missing_length_means_no_body_unless_there_is_one() {
    check(
        (options("sip:one", "") + &next()).as_bytes(),
        &["OPTIONS sip:one ", NEXT],
    );
    let with_body = options("sip:one", "c: application/sdp\r\n") + "v=0\r\ns=-\r\n" + &next();
    check(
        with_body.as_bytes(),
        &[
            "400: Content-Length is missing, malformed or contradictory",
            NEXT,
        ],
    );
}

#[test]
fn a_bad_message_of_known_length_costs_exactly_its_bytes() {
    let body = next();
    let length = format!("Content-Length: {}\r\n", body.len());
    for (bad, expected) in [
        (
            options("sip:a b", &length),
            "400: the request URI is malformed",
        ),
        (
            options("sip:one", &length).replace("CSeq: 1 OPTIONS", "CSeq: x"),
            "400: CSeq is malformed",
        ),
        (
            options("sip:one", &length).replace("CSeq: 1 O", "CSeq: 1 P"),
            "400: CSeq is malformed",
        ),
        (
            options("sip:one", &length).replace("Call-ID: 1", "X: 1"),
            "400: Call-ID is missing",
        ),
        (
            options("sip:one", &(length.clone() + "no colon\r\n")),
            "400: a header line has no name",
        ),
        (
            options("sip:one", &length).replace(" SIP/2.0\r\nVia", " SIP/7.0\r\nVia"),
            "505: the SIP version is unknown",
        ),
        (
            format!("SIP/2.0 200 OK\r\nCSeq: 1 OPTIONS\r\n{length}\r\n"),
            "no reply: From is missing",
        ),
        (
            options("sip:one", &length)
                .replace("OPTIONS", "ACK")
                .replace("<sip:c@d>", "<"),
            "no reply: To is malformed",
        ),
        (
            format!("OPTIONS sip:one SIP/2.0\r\n{length}\r\n"),
            "no reply: From is missing",
        ),
    ] {
        check(
            format!("{bad}{body}{}", next()).as_bytes(),
            &[expected, NEXT],
        );
    }
}

#[test]
fn the_reply_goes_back_the_way_that_the_request_came() {
    let mut framer = Framer::default();
    framer.push(options("sip:one two", "Content-Length: 0\r\n").as_bytes());
    let Some(Frame::Malformed(Malformed {
        reply: Some(reply), ..
    })) = framer.next()
    else {
        panic!("the request is answered");
    };
    let bytes = reply.with_to_tag("t1").to_bytes();
    assert_eq!(
        String::from_utf8_lossy(&bytes),
        "SIP/2.0 400 Bad Request\r\nVia: SIP/2.0/TLS h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n\
         To: <sip:c@d>;tag=t1\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
    );
}

#[test]
fn bytes_that_are_no_message_are_dropped_up_to_the_next_one() {
    let junk = "GET / HTTP/1.1\r\nHost: x\r\n\u{0}\u{0}v=0\n".to_owned() + &next();
    check(
        junk.as_bytes(),
        &["no reply: bytes that are no SIP message", NEXT],
    );
    let twice = format!("junk\r\n{}junk\r\n{}", next(), next());
    check(
        twice.as_bytes(),
        &[
            "no reply: bytes that are no SIP message",
            NEXT,
            "no reply: bytes that are no SIP message",
            NEXT,
        ],
    );
}

#[test]
fn a_head_without_a_start_line_costs_its_body_too() {
    let stream = "\u{fffd} \r\nContent-Length: 3\r\n\r\nabc".to_owned() + &next();
    check(
        stream.as_bytes(),
        &["no reply: bytes that are no SIP message", NEXT],
    );
}

#[test]
fn what_follows_an_unknown_length_cannot_make_the_flow_deaf() {
    let unknown = options("sip:x", "Content-Length: -1\r\n");
    let stream = format!("{unknown}junk\r\nContent-Length: 1000\r\n\r\n{}", next());
    let frames = frames_in(&[stream.as_bytes()]);
    assert_eq!(frames.last().map(String::as_str), Some(NEXT), "{frames:?}");
}

/// Cuts a long stream at some places that matter, because all of them would take long.
fn check_long(stream: &[u8], expected: &[&str]) {
    assert_eq!(frames_in(&[stream]), expected, "in one piece");
    for size in [1, 7, 1460, 16_384] {
        let pieces: Vec<_> = stream.chunks(size).collect();
        assert_eq!(frames_in(&pieces), expected, "in pieces of {size}");
    }
    for at in (MAX_HEAD_BYTES - 10..MAX_HEAD_BYTES + 10).filter(|at| *at < stream.len()) {
        let (left, right) = stream.split_at(at);
        assert_eq!(frames_in(&[left, right]), expected, "cut at {at}");
    }
}

#[test]
fn a_head_of_64_kib_is_read_and_one_byte_more_is_not() {
    let with = |padding: usize| {
        options(
            "sip:one",
            &format!("Content-Length: 2\r\nX: {}\r\n", "x".repeat(padding)),
        )
    };
    let room = MAX_HEAD_BYTES - with(0).len();
    check_long(
        format!("{}ab{}", with(room), next()).as_bytes(),
        &["OPTIONS sip:one ab", NEXT],
    );
    check_long(
        format!("{}ab{}", with(room + 1), next()).as_bytes(),
        &["400: the head is larger than 64 KiB", NEXT],
    );
}

#[test]
fn a_large_head_is_read_past_and_its_length_is_found_behind() {
    let body = next();
    let mut lines = "X: y\r\n".repeat(20_000);
    lines.push_str(&format!("CONTENT-LENGTH\t: {}\r\n", body.len()));
    let stream = options("sip:one", &lines) + &body + &next();
    check_long(
        stream.as_bytes(),
        &["400: the head is larger than 64 KiB", NEXT],
    );
    let folded = options(
        "sip:one",
        &format!("X: y\r\n{}l: 0\r\n", " z\r\n".repeat(30_000)),
    ) + &next();
    check_long(
        folded.as_bytes(),
        &["400: the head is larger than 64 KiB", NEXT],
    );
}

#[test]
fn a_large_head_without_a_length_is_left_at_the_next_start_line() {
    let stream = options("sip:one", &"X: y\r\n".repeat(20_000)) + "v=0\r\n" + &next();
    check_long(
        stream.as_bytes(),
        &["400: the head is larger than 64 KiB", NEXT],
    );
}

#[test]
fn a_start_line_without_end_is_dropped() {
    let stream = format!(
        "OPTIONS sip:{} SIP/2.0\r\n{}",
        "x".repeat(MAX_HEAD_BYTES + 100),
        next()
    );
    check_long(
        stream.as_bytes(),
        &["no reply: bytes that are no SIP message", NEXT],
    );
}

#[test]
fn a_body_of_1_mib_is_read_and_one_byte_more_is_skipped() {
    for (size, whole) in [(MAX_BODY_BYTES, true), (MAX_BODY_BYTES + 1, false)] {
        let mut stream = options("sip:one", &format!("Content-Length: {size}\r\n")).into_bytes();
        stream.extend(next().into_bytes().into_iter().cycle().take(size));
        stream.extend(next().into_bytes());
        for piece in [stream.len(), 16_384] {
            let pieces: Vec<_> = stream.chunks(piece).collect();
            let frames = frames_in(&pieces);
            if whole {
                assert_eq!(
                    frames.first().map(String::len),
                    Some("OPTIONS sip:one ".len() + size)
                );
            } else {
                assert_eq!(
                    frames.first().map(String::as_str),
                    Some("413: the body is larger than 1 MiB")
                );
            }
            assert_eq!(frames.get(1..), Some(&[NEXT.to_owned()][..]));
        }
    }
}

/// Work per byte that grew with what has arrived already would take minutes here.
#[test]
fn each_byte_is_looked_at_once() {
    let long_uri = format!("sip:{}", "x".repeat(MAX_HEAD_BYTES - 30_000));
    let long_line = format!("X: {}\r\n", "y".repeat(10_000));
    let stream = options(&long_uri, &(long_line + &"Z: z\r\n".repeat(3_000))) + &next();
    let bytes: Vec<_> = stream.as_bytes().chunks(1).collect();
    assert_eq!(
        frames_in(&bytes),
        [format!("OPTIONS {long_uri} "), NEXT.to_owned()]
    );
}

/// Memory that is not given back would show.
#[test]
fn memory_stays_bounded_while_single_bytes_arrive() {
    let mut framer = Framer::default();
    let mut frames = 0;
    let mut peak = 0;
    let one = options("sip:one", "Content-Length: 0\r\n");
    for byte in one.repeat(4_000).bytes() {
        framer.push(&[byte]);
        peak = peak.max(framer.buffer.len());
        frames += usize::from(framer.next().is_some());
    }
    assert_eq!(frames, 4_000);
    assert!(peak <= 2 * one.len(), "{peak}");
}
