//! Messages as strangers see them.

use super::*;

/// A call with everything that could tell of somebody.
const INVITE: &str = "INVITE sip:bob.smith@pbx.corp.example:5061;user=phone;transport=tls SIP/2.0\r\n\
    Via: SIP/2.0/TLS 192.168.7.9:40123;branch=z9hG4bKnashds8;rport;received=203.0.113.9\r\n\
    v: SIP/2.0/TCP [2001:db8::7]:5060;branch=z9hG4bKother\r\n\
    Max-Forwards: 70\r\n\
    From: \"Alice \\\"Al\\\" Wonder\" <sips:alice@corp.example>;tag=a7x;epid=0123456789\r\n\
    To: Bob Smith <sip:+1-425-555-0143;ext=77@pbx.corp.example?Subject=hush>\r\n\
    Call-ID: f81d4fae@192.168.7.9\r\n\
    CSeq: 1 INVITE\r\n\
    Contact: <sip:alice@192.168.7.9:40123;transport=tls;ob>;+sip.instance=\"<urn:uuid:0a1b>\";reg-id=1;q=0.7\r\n\
    P-Asserted-Identity: <tel:+14255550199>\r\n\
    Diversion: <sip:carol@corp.example>;reason=no-answer;counter=1\r\n\
    Authorization: Digest (redacted)\r\n\
    WWW-Authenticate: Digest realm=\"corp.example\", nonce=\"hush\", algorithm=MD5, qop=\"auth\"\r\n\
    Replaces: f81d4fae@192.168.7.9;to-tag=a7x;from-tag=b9\r\n\
    User-Agent: Yealink/T46G 28.83.0.50 001565abcdef (phone of Alice)\r\n\
    X-Secret-Name: Alice\r\n\
    Subject: hush\r\n\
    Ms-Exchange-Command: skip-pin\r\n\
    Supported: timer, 100rel, outbound\r\n\
    Content-Type: application/sdp\r\n\
    Content-Length: 99\r\n\r\n\
    v=0\r\n\
    o=alice 2890844526 2 IN IP4 192.168.7.9\r\n\
    s=Talk of Alice\r\n\
    c=IN IP4 203.0.113.9\r\n\
    t=0 0\r\n\
    m=audio 30000 RTP/SAVP 0 101\r\n\
    a=rtpmap:101 telephone-event/8000\r\n\
    a=crypto:1 AES_CM_128_HMAC_SHA1_80 (redacted)\r\n\
    a=fingerprint:sha-256 AA:BB:CC\r\n\
    a=ice-ufrag:push\r\n\
    a=candidate:1 1 UDP 2130706431 192.168.7.9 30000 typ host\r\n\
    a=candidate:2 1 UDP 1694498815 203.0.113.9 30000 typ srflx raddr 192.168.7.9 rport 30000\r\n\
    a=ssrc:1 cname:alice@corp.example\r\n\
    a=sendrecv\r\n\
    i=hush\r\n";

const SHOWN: &str = "\
INVITE sip:user-1@host-1:5061;user=phone;transport=tls SIP/2.0
Via: SIP/2.0/TLS ipv4-private-1:40123;branch=branch-1;rport;received=ipv4-1
v: SIP/2.0/TCP [ipv6-1]:5060;branch=branch-2
Max-Forwards: 70
From: \"name-1\" <sips:user-2@host-2>;tag=tag-1;epid=id-1
To: name-2 name-3 <sip:+number-1;name-4=number-2@host-1?(left out)>
Call-ID: call-1
CSeq: 1 INVITE
Contact: <sip:user-2@ipv4-private-1:40123;transport=tls;ob>;+sip.instance=\"id-2\";reg-id=1;q=0.7
P-Asserted-Identity: <tel:+number-3>
Diversion: <sip:user-3@host-2>;reason=no-answer;counter=1
Authorization: (left out)
WWW-Authenticate: Digest realm=\"host-2\", nonce=\"id-3\", algorithm=MD5, qop=\"auth\"
Replaces: call-1;to-tag=tag-1;from-tag=tag-2
User-Agent: Yealink/T46G 28.83.0.50 (left out) (left out)
(left out)
Subject: (left out)
Ms-Exchange-Command: skip-pin
Supported: timer, 100rel, outbound
Content-Type: application/sdp
Content-Length: 99

v=0
o=user-2 id-4 2 IN IP4 ipv4-private-1
s=(left out)
c=IN IP4 ipv4-1
t=0 0
m=audio 30000 RTP/SAVP 0 101
a=rtpmap:101 telephone-event/8000
a=crypto:1 AES_CM_128_HMAC_SHA1_80 (left out)
a=fingerprint:sha-256 (left out)
a=ice-ufrag:id-5
a=candidate:1 1 UDP 2130706431 ipv4-private-1 30000 typ host
a=candidate:2 1 UDP 1694498815 ipv4-1 30000 typ srflx raddr ipv4-private-1 rport 30000
a=ssrc:(left out)
a=sendrecv
i=(left out)
";

#[test]
fn whoever_is_meant_has_a_stand_in_and_the_rest_says_what_happens() {
    let mut stand_ins = StandIns::default();
    let shown = message(INVITE, &mut stand_ins);
    assert_eq!(shown, SHOWN);
    // The answer is seen to belong to it.
    let answer = "SIP/2.0 486 Bob is in Paris\r\n\
        From: <sips:alice@corp.example>;tag=a7x\r\n\
        To: <sip:+1 425 555 0143@pbx.corp.example>;tag=b9\r\n\
        Call-ID: f81d4fae@192.168.7.9\r\n\
        Retry-After: 60 (in Paris)\r\n\
        Warning: 399 pbx.corp.example \"Bob is in Paris\"\r\n\
        Server: Asterisk PBX 18.9\r\n\
        Content-Type: text/plain\r\n\r\nBob";
    let shown = message(answer, &mut stand_ins);
    for line in [
        "SIP/2.0 486 Busy Here",
        "From: <sips:user-2@host-2>;tag=tag-1",
        "Call-ID: call-1",
        "Retry-After: 60 (left out)",
        "Warning: 399 (left out)",
        "Server: Asterisk PBX 18.9",
        "(3 octets left out)",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line}:\n{shown}");
    }
    assert!(!shown.contains("Paris"), "{shown}");
}

/// The call that is to be replaced, and the one that replaces it, can be told from the messages of each.
#[test]
fn an_attended_transfer_is_seen_to_join_two_calls() {
    let mut stand_ins = StandIns::default();
    let with_bob = "ACK sip:bob@a.example SIP/2.0\r\nCall-ID: one@192.0.2.1\r\nFrom: <sip:dana@a.example>;tag=d1\r\nTo: <sip:bob@a.example>;tag=b1";
    let with_carol = "ACK sip:carol@a.example SIP/2.0\r\nCall-ID: two@192.0.2.1\r\nFrom: <sip:dana@a.example>;tag=d2\r\nTo: <sip:carol@a.example>;tag=c2";
    let refer = "REFER sip:bob@a.example SIP/2.0\r\nCall-ID: one@192.0.2.1\r\n\
        Refer-To: \"Carol\" <sip:carol@a.example?Subject=hush&Replaces=two%40192.0.2.1%3Bto-tag%3Dc2%3Bfrom-tag%3Dd2>\r\n\
        Target-Dialog: one@192.0.2.1;local-tag=d1;remote-tag=b1";
    let invite = "INVITE sip:carol@a.example SIP/2.0\r\nCall-ID: three\r\n\
        Replaces: two@192.0.2.1;to-tag=c2;from-tag=d2;early-only";
    let notify = "NOTIFY sip:dana@a.example SIP/2.0\r\nCall-ID: one@192.0.2.1\r\n\
        Content-Type: message/sipfrag;version=2.0\r\n\r\nSIP/2.0 200 Carol says hello\r\nServer: hush";
    let mut shown = String::new();
    for it in [with_bob, with_carol, refer, invite, notify] {
        shown.push_str(&message(it, &mut stand_ins));
    }
    for line in [
        "Refer-To: \"name-1\" <sip:user-3@host-1?(left out)&Replaces=call-2;to-tag=tag-4;from-tag=tag-3>",
        "Target-Dialog: call-1;local-tag=tag-1;remote-tag=tag-2",
        "Replaces: call-2;to-tag=tag-4;from-tag=tag-3;early-only",
        "SIP/2.0 200 OK",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line}:\n{shown}");
    }
    assert!(
        !shown.contains("arol") && !shown.contains("hush"),
        "{shown}"
    );
}

/// Places in which a server, or whoever wrote its settings, may put somebody's name or number.
#[test]
fn names_are_not_found_where_nobody_looks_for_them() {
    for line in [
        "X-Zaphod: 1",
        "P-Charge-4930123456: 1",
        "User-Agent: Zaphod-iPhone/1.0",
        "User-Agent: Linphone-Zaphod-iPhone 4930123456",
        "Server: pbx.zaphod.example",
        "Server: Asterisk 18.9 (zaphod)",
        "Content-Disposition: attachment;filename=Zaphod.pdf",
        "Content-Type: image/jpeg;name=\"Zaphod\"",
        "Accept: text/plain;x=Zaphod, a/b;y=Zaphod",
        "SIP-ETag: zaphod.1",
        "From: Fa.Zaphod:2001 <sip:a@b>",
        "From: Zaphod (4930123456) <sip:a@b>",
        "From: a@zaphod.example:2001x <sip:a@b>",
        "Refer-To: <sip:a@b?Replaces=zaphod%40x%3Bto-tag%3Dzaphod%3Bname%3DZaphod&Zaphod=Zaphod>",
        "Contact: <sip:a@b>;methods=\"INVITE,Zaphod\"",
        "Content-Type: message/sipfrag\r\n\r\nSIP/2.0 200 Zaphod",
        "Content-Type: message/sipfrag\r\n\r\nZaphod",
        "Content-Type: application/sdp\r\n\r\na=zaphod",
        "Content-Type: application/sdp\r\n\r\na=zaphod:1",
        "Content-Type: application/sdp\r\n\r\na=label:Zaphod",
        "Content-Type: application/sdp\r\n\r\nc=TN RFC2543 4930123456",
        "Content-Type: application/sdp\r\n\r\no=- 1 1 TN RFC2543 +4930123456",
    ] {
        let shown = message(
            &format!("OPTIONS sip:a SIP/2.0\r\n{line}"),
            &mut StandIns::default(),
        );
        let shown = shown.to_lowercase();
        for secret in ["zaphod", "4930123456", "2001"] {
            assert!(!shown.contains(secret), "{line}\n{shown}");
        }
    }
}

/// What would otherwise be read as deep as it is long.
#[test]
fn headers_in_headers_are_read_once() {
    for header in [
        "?Replaces=a;Zaphod",
        "?Replaces=a;%3FReplaces=Zaphod",
        "%3FReplaces=Zaphod;",
    ] {
        let text = format!(
            "REFER sip:a SIP/2.0\r\nRefer-To: <sip:a@b?Replaces=a;{}",
            header.repeat(2_000)
        );
        let shown = message(&text, &mut StandIns::default());
        assert!(!shown.contains("Zaphod"), "{header}");
    }
}

#[test]
fn products_and_what_stands_in_the_standards_stay() {
    for line in [
        "User-Agent: Yealink SIP-T46G 28.83.0.50",
        "User-Agent: snomD725/10.1.64.14",
        "User-Agent: hark/0.1.0",
        "Server: FreeSWITCH-mod_sofia/1.10.7-release",
        "Server: RTC/6.0",
        "Session-Expires: 1800;refresher=uac",
        "Accept: application/sdp,application/dialog-info+xml;q=0.5",
        "Subscription-State: terminated;reason=timeout;retry-after=30",
        "Content-Disposition: session;handling=required",
    ] {
        let shown = message(
            &format!("OPTIONS sip:a SIP/2.0\r\n{line}"),
            &mut StandIns::default(),
        );
        assert!(shown.lines().any(|shown| shown == line), "{line}\n{shown}");
    }
}

#[test]
fn nobody_and_this_machine_stay_who_they_are() {
    let shown = message(
        "OPTIONS sip:127.0.0.1:5060 SIP/2.0\r\n\
         From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1\r\nContact: *\r\n\
         Content-Type: application/sdp\r\n\r\nc=IN IP4 0.0.0.0\r\n",
        &mut StandIns::default(),
    );
    assert_eq!(
        shown,
        "OPTIONS sip:127.0.0.1:5060 SIP/2.0\n\
         From: \"name-1\" <sip:anonymous@anonymous.invalid>;tag=tag-1\nContact: *\n\
         Content-Type: application/sdp\n\nc=IN IP4 0.0.0.0\n"
    );
}

#[test]
fn a_number_is_the_same_however_it_is_written() {
    let mut stand_ins = StandIns::default();
    for (uri, shown) in [
        ("tel:+1-425-555-0143", "tel:+number-1"),
        ("tel:+14255550143", "tel:+number-1"),
        ("sip:+1.425.555.0143@a.example", "sip:+number-1@host-1"),
        ("sip:2001@A.example", "sip:number-2@host-1"),
        ("sip:*98@a.EXAMPLE", "sip:number-3@host-1"),
        ("sip:a.example:5061", "sip:host-1:5061"),
        ("sip:pbx", "sip:host-2"),
        ("sip:bob:secret@pbx", "sip:host-3:user-1@host-2"),
    ] {
        assert_eq!(value::addresses(uri, Kind::Name, &mut stand_ins), shown);
    }
}

/// Pieces of messages in every order: what stands in them for somebody never comes out, and no more comes
/// out than goes in, many times over.
#[test]
fn whatever_the_network_brings_names_nobody() {
    let pieces = [
        "Zaphod",
        "zaphod@heart.gold",
        "\"",
        "<",
        ">",
        ";",
        "=",
        "[",
        "]",
        "?",
        "@",
        ":",
        " ",
        "\r\n",
        "\r\n\r\n",
        "\\",
        "sip:",
        "tag=",
        "From: ",
        "Via: ",
        "a=fmtp:",
        "o=",
        "c=IN IP4 ",
        "Call-ID: ",
        "Content-Type: application/sdp",
        "+4930123456",
        "\u{fffd}",
        "é",
        "\t",
        ",",
    ];
    // A small generator (xorshift) in place of chance.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap_or_default()
    };
    for _ in 0..2_000 {
        let count = next(60);
        // An address in a header of addresses, with any noise around it.
        let noise: String = (0..count).map(|_| pieces[next(pieces.len())]).collect();
        let text = format!("INVITE sip:Zaphod@heart.gold SIP/2.0\r\nFrom: {noise}");
        let first = text.split("\r\n").take(2).collect::<Vec<_>>().join("\r\n");
        let shown = message(&first, &mut StandIns::default());
        for secret in ["Zaphod", "zaphod", "heart.gold", "4930123456"] {
            assert!(!shown.contains(secret), "{first:?}\n{shown}");
        }
        let shown = message(&text, &mut StandIns::default());
        assert!(shown.len() <= 20 * text.len(), "{text:?}");
        assert!(!shown.contains('\r'), "{shown:?}");
    }
}
