//! Cards of other programs, and such as nobody writes by mistake.

use std::time::{Duration, Instant};

use super::*;

/// `name|label address|...`, a star behind the name of a favourite.
fn told(cards: &Cards) -> Vec<String> {
    let line = |Card { card, .. }: &Card| {
        let star = if card.favourite { "*" } else { "" };
        let mut line = format!("{}{star}", card.name);
        for ContactAddress { label, address } in &card.addresses {
            line.push_str(&format!("|{} {address}", label.name()));
        }
        line
    };
    cards.cards.iter().map(line).collect()
}

#[track_caller]
fn check(file: &[u8], cards: &[&str], skipped: usize) {
    let read = read(file);
    assert_eq!(
        (told(&read), read.skipped),
        (cards.iter().map(ToString::to_string).collect(), skipped)
    );
}

#[test]
fn a_card_of_version_3() {
    check(
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Apple Inc.//iOS 17.0//EN\r\n\
        N:Raman;Priya;;;\r\nFN:Priya Raman\r\n\
        TEL;type=WORK;type=VOICE:(425) 555-0143\r\n\
        item1.TEL;type=CELL;type=VOICE;type=pref:+1 425 555 01\r\n 99\r\n\
        item1.X-ABLabel:_$!<Mobile>!$_\r\n\
        TEL;TYPE=HOME,FAX:4255550100\r\n\
        IMPP;X-SERVICE-TYPE=SIP;type=HOME:sip:priya@example.test\r\n\
        IMPP:xmpp:priya@chat.test\r\n\
        CATEGORIES:myContacts,starred\r\n\
        PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ\r\nUID:abc\r\nEND:VCARD\r\n",
        &["Priya Raman*|mobile +1 425 555 0199|work (425) 555-0143|home sip:priya@example.test"],
        0,
    );
}

#[test]
fn a_card_of_version_4() {
    check(
        "BEGIN:VCARD\nVERSION:4.0\nFN;LANGUAGE=de:Zo\u{eb} M\u{fc}ller\\, Dr.\n\
        TEL;VALUE=uri;PREF=2;TYPE=\"voice,home\":tel:+49-30-901820\n\
        TEL;VALUE=uri;PREF=1;TYPE=cell:tel:+49-151-123;ext=5\n\
        END:VCARD"
            .as_bytes(),
        &["Zo\u{eb} M\u{fc}ller, Dr.|mobile tel:+49-151-123;ext=5|home +49-30-901820"],
        0,
    );
}

#[test]
fn a_card_of_an_old_phone() {
    check(
        b"BEGIN:VCARD\r\nVERSION:2.1\r\n\
        N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;;\r\n\
        TEL;CELL;PREF:0151123\r\nTEL;WORK;VOICE:030901820\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:2.1\r\n\
        FN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Caf=E9 a=\r\nm See\r\n\
        TEL;HOME:12345\r\n\
        AGENT:\r\nBEGIN:VCARD\r\nVERSION:2.1\r\nFN:Butler\r\nTEL:1\r\nEND:VCARD\r\n\
        END:VCARD\r\n",
        &[
            "J\u{f6}rg M\u{fc}ller|mobile 0151123|work 030901820",
            "Caf\u{e9} am See|home 12345",
        ],
        0,
    );
}

#[test]
fn what_cannot_be_read_costs_itself_alone() {
    check(
        b"\xef\xbb\xbfHello\r\nBEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada\r\nTEL:1\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nFN:never ends\r\nTEL:2\r\n\
        begin:vcard\r\nno colon here\r\nFN:Bert\r\nTEL:3\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nFN:Mail only\r\nEMAIL:x@y.test\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nTEL:4\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nORG:Town hall;Desk\r\nTEL:115\r\nEND:VCARD\r\n",
        &["Ada|other 1", "Town hall|other 115"],
        4,
    );
    check(b"", &[], 0);
    check(b"BEGIN:VCARD", &[], 1);
    check(b"END:VCARD\r\n", &[], 0);
    check(&[0xff; 300], &[], 0);
}

#[test]
fn names_are_rid_of_what_deceives() {
    check(
        "BEGIN:VCARD\nFN:\u{202e}ecilA\\n\u{200b} B\nTEL:1\nTEL:\u{0}2\nEND:VCARD\n".as_bytes(),
        &["ecilA B|other 1"],
        0,
    );
}

#[test]
fn what_is_written_is_read_as_it_was() {
    let address = |label, address: &str| ContactAddress {
        label,
        address: address.to_owned(),
    };
    let cards = [
        Card {
            uid: Some("urn:uuid:1;2,3".into()),
            card: ContactCard {
                name: "Zo\u{eb}, \\ M\u{fc}ller; Dr.".into(),
                addresses: vec![
                    address(AddressLabel::Mobile, "+49 151 123"),
                    address(AddressLabel::Work, "sip:zoe@example.test;transport=tcp"),
                    address(AddressLabel::Home, "*97,2001#"),
                    address(AddressLabel::Other, "tel:+49301;ext=5"),
                ],
                favourite: true,
            },
        },
        Card {
            uid: None,
            card: ContactCard {
                name: "2001".into(),
                addresses: vec![address(AddressLabel::Other, "2001")],
                favourite: false,
            },
        },
    ];
    for version in [Version::V3, Version::V4] {
        let written = write(&cards, version);
        let read = read(written.as_bytes());
        assert_eq!(
            (read.cards.as_slice(), read.skipped),
            (&cards[..], 0),
            "{written}"
        );
    }
    let written = write(&cards[1..], Version::V3);
    assert_eq!(
        written,
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:2001\r\nN:2001;;;;\r\nTEL;TYPE=voice:2001\r\nEND:VCARD\r\n"
    );
}

/// Time that grows faster than the file would take minutes here.
#[test]
fn hostile_files_take_time_in_proportion_to_their_length() {
    let of = |head: &str, part: &str, count: usize| {
        let mut file = head.as_bytes().to_vec();
        (0..count).for_each(|_| file.extend_from_slice(part.as_bytes()));
        file
    };
    let card = "BEGIN:VCARD\nFN:x\n";
    let start = Instant::now();
    for file in [
        of("", "BEGIN:VCARD\n", 200_000),
        of("", "BEGIN:VCARD\nAGENT:\n", 100_000),
        of(card, "AGENT:\nBEGIN:VCARD\n", 100_000),
        of(card, "\n", 1_000_000),
        of(card, " \n", 500_000),
        of(card, "\r", 1_000_000),
        of(card, "TEL:1\n 2", 200_000),
        of("BEGIN:VCARD\nTEL", ";", 1_000_000),
        of("BEGIN:VCARD\nTEL;TYPE=", "a,", 500_000),
        of("BEGIN:VCARD\nTEL", "\"", 1_000_000),
        of("BEGIN:VCARD\nN:", ";", 1_000_000),
        of("BEGIN:VCARD\nN:", "\\", 1_000_000),
        of("BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:", "=\n", 500_000),
        of("BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:", "=", 1_000_000),
        of("BEGIN:VCARD\nFN:", "\u{300}", 500_000),
        of(card, "no colon\nEND:VCARD\nBEGIN:VCARD\n", 40_000),
    ] {
        let mut file = file;
        file.extend_from_slice(b"\nEND:VCARD\n");
        let _ = read(&file);
    }
    let limit = Duration::from_secs(60);
    assert!(start.elapsed() < limit, "{:?}", start.elapsed());
}
