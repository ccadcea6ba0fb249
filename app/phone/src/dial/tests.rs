//! What people type, and the request URI that comes of it.

use super::*;

#[track_caller]
fn check(rows: &[(&str, &str)]) {
    for (typed, expected) in rows {
        let got = match parse(typed, "example.test") {
            Ok(dialled) => dialled.uri.to_string(),
            Err(error) => format!("{error:?}"),
        };
        assert_eq!(got, *expected, "{typed:?}");
    }
}

#[test]
fn numbers() {
    check(&[
        ("2001", "sip:2001@example.test"),
        (" 20 01 ", "sip:2001@example.test"),
        ("+1 (555) 010-99", "sip:+155501099@example.test;user=phone"),
        (
            "+44 (0)20 7946 0000",
            "sip:+442079460000@example.test;user=phone",
        ),
        ("0171/123.456-7", "sip:01711234567@example.test"),
        ("*97", "sip:*97@example.test"),
        ("*98#2001", "sip:*98%232001@example.test"),
        ("##", "sip:%23%23@example.test"),
        ("55501\u{a0}09\u{2011}9", "sip:55501099@example.test"),
        (
            "\u{202a}+15550199\u{202c}",
            "sip:+15550199@example.test;user=phone",
        ),
        (
            "123456789012345678901234567890123456789012345678901234567890",
            "sip:123456789012345678901234567890123456789012345678901234567890@example.test",
        ),
        ("+", "NotAnAddress"),
    ]);
}

#[test]
fn digits_of_other_scripts() {
    check(&[
        ("\u{0662}\u{0660}\u{0660}\u{0661}", "sip:2001@example.test"),
        ("\u{096f}\u{0966}", "sip:90@example.test"),
        (
            "\u{ff0b}\u{ff11}\u{ff15}\u{ff0a}\u{ff03}",
            "sip:+15*%23@example.test;user=phone",
        ),
        ("\u{17e0}\u{17e9}", "sip:09@example.test"),
    ]);
}

#[test]
fn addresses() {
    check(&[
        ("bob", "sip:bob@example.test"),
        ("first.last@pbx.test", "sip:first.last@pbx.test"),
        ("bob@pbx.test:5070", "sip:bob@pbx.test:5070"),
        ("bob@[2001:db8::1]:5070", "sip:bob@[2001:db8::1]:5070"),
        ("bob@192.0.2.1", "sip:bob@192.0.2.1"),
        ("SIP:Bob@PBX.test", "sip:Bob@PBX.test"),
        ("sips:bob@pbx.test", "sips:bob@pbx.test"),
        ("sip:pbx.test", "sip:pbx.test"),
        (
            "Bob B. <sip:bob@pbx.test;transport=tls>",
            "sip:bob@pbx.test;transport=tls",
        ),
        (
            "sip:alice@contoso.com;opaque=app:voicemail",
            "sip:alice@contoso.com;opaque=app:voicemail",
        ),
        ("j\u{f6}rg@pbx.test", "sip:j%C3%B6rg@pbx.test"),
        ("sip:a%20b@pbx.test", "sip:a%20b@pbx.test"),
        ("sip:bob:secret@pbx.test", "sip:bob@pbx.test"),
        ("*97@pbx.test", "sip:*97@pbx.test"),
    ]);
}

#[test]
fn telephone_uris() {
    check(&[
        (
            "tel:+1-555-010-99",
            "sip:+155501099@example.test;user=phone",
        ),
        ("tel://2001", "sip:2001@example.test"),
        (
            "TEL:7042;phone-context=Example.COM",
            "sip:7042;phone-context=example.com@example.test;user=phone",
        ),
        ("tel:*21%23", "sip:*21%23@example.test"),
        ("tel:bob", "NotAnAddress"),
    ]);
}

#[test]
fn nothing_typed_writes_headers_or_lines() {
    check(&[
        (
            "sip:bob@pbx.test?Ms-Exchange-Command=skip-pin",
            "sip:bob@pbx.test",
        ),
        ("sip:bob@pbx.test?Subject=a@b.test", "sip:bob@pbx.test"),
        ("sip:bob@pbx.test;method=BYE;lr", "sip:bob@pbx.test;lr"),
        ("sip:bob@pbx.test;x=\"a\"", "sip:bob@pbx.test"),
        ("bob@pbx.test\r\nEvil: yes", "ControlCharacter"),
        ("20\n01", "ControlCharacter"),
        ("20\0", "ControlCharacter"),
        ("20\u{2028}01", "ControlCharacter"),
        ("bob@pbx.test> SIP/2.0", "NotAnAddress"),
        ("<sip:a@b.test> <sip:c@d.test>", "NotAnAddress"),
    ]);
    assert_eq!(
        parse(&"1".repeat(513), "example.test"),
        Err(DialError::TooLong)
    );
}

#[test]
fn what_is_no_address() {
    check(&[
        ("", "Empty"),
        (" \t ", "Empty"),
        ("<>", "Empty"),
        ("-", "NotAnAddress"),
        ("call me maybe", "NotAnAddress"),
        ("@pbx.test", "NotAnAddress"),
        ("bob@", "NotAnAddress"),
        ("bob@pbx..test", "NotAnAddress"),
        ("bob@pbx.test:99999", "NotAnAddress"),
        ("bob@[::1", "NotAnAddress"),
        ("bob smith@pbx.test", "NotAnAddress"),
        ("https://example.test", "UnknownScheme(\"https\")"),
        ("mailto:bob@pbx.test", "UnknownScheme(\"mailto\")"),
        ("localhost:5060", "NotAnAddress"),
    ]);
}

#[test]
fn the_title_is_what_a_person_would_say() {
    for (typed, title) in [
        ("+1 (555) 010-99", "+155501099"),
        ("*98#", "*98#"),
        ("sip:bob@pbx.test;transport=tls", "bob@pbx.test"),
        ("bob", "bob@example.test"),
    ] {
        assert_eq!(parse(typed, "example.test").unwrap().title, title);
    }
}

#[test]
fn a_face_asks_the_same_question_before_it_dials() {
    let account: AccountSettings = toml::from_str("address = 'alice@example.test'").unwrap();
    assert_eq!(account.check_destination("2001"), Ok(()));
    assert_eq!(account.check_destination(" "), Err(DialError::Empty));
    assert_eq!(
        account.check_destination("call me"),
        Err(DialError::NotAnAddress)
    );
}
