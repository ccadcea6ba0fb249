//! URIs as they are read, printed and compared.

use super::*;

fn uri(text: &str) -> Uri {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn well_formed_uris_print_as_they_were_read() {
    for text in [
        "sip:alice@contoso.com;opaque=app:voicemail",
        "sip:alice@contoso.com;opaque=user:epid:ihclvAI6-FmKSGLKr_2rtAAA;gruu",
        "sip:172.19.58.98:2280;transport=tls;ms-opaque=ce5f21cc9d;ms-received-cid=D0A300",
        "sips:alice:secret%20word@gateway.example:5061;lr;maddr=239.255.255.1;ttl=15",
        "sip:first.last@host",
        "sip:[2001:db8::10]:5070;lr",
        "sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com",
        "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
        "sip:user;par=u%40example.net@example.com",
        "sip:null-%00-null@example.com",
        "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
        "tel:+1-201-555-0123;phone-context=example.com",
        "tel:7042;phone-context=example.com",
        "urn:service:sos",
        "nobodyknowsthisscheme:totallyopaquecontent",
        "soap.beep:192.0.2.103:3002",
    ] {
        assert_eq!(uri(text).to_string(), text);
    }
}

#[test]
fn parts_are_found() {
    let parsed = uri("SIP:user;par=u%40example.net:pa:ss@Example.com:5070;a=b;LR?x=y");
    assert_eq!(*parsed.scheme(), Scheme::Sip);
    assert_eq!(parsed.user(), Some("user;par=u%40example.net"));
    assert_eq!(
        parsed.user_text().as_deref(),
        Some("user;par=u@example.net")
    );
    assert_eq!(parsed.password(), Some("pa:ss"));
    assert_eq!(parsed.host(), Host::parse("example.COM").as_ref());
    assert_eq!(parsed.port(), Some(5070));
    assert_eq!(parsed.params().get("A"), Some("b"));
    assert!(parsed.params().has("lr"));
    assert_eq!(parsed.headers(), Some("x=y"));
    assert_eq!(uri("tel:+1-201").user(), Some("+1-201"));
}

#[test]
fn the_blank_of_the_ocexum_example_is_tolerated() {
    let parsed = uri("sip: exchange.contoso.com:5066;transport=Tls;ms-opaque=a752506cbee22182");
    assert_eq!(
        parsed.to_string(),
        "sip:exchange.contoso.com:5066;transport=Tls;ms-opaque=a752506cbee22182"
    );
}

#[test]
fn broken_uris_are_refused() {
    for text in [
        "",
        "alice",
        "sip:",
        "sip: ",
        ":alice@host",
        "1sip:a@b",
        "sip:@host",
        "sip:a@",
        "sip:a@b c",
        "sip:a@b; lr",
        "<sip:a@b>",
        "sip:a@b;;lr",
        "sip:a@b;=x",
        "sip:a@b;",
        "sip:a@b:port",
        "sip:a@b:70000",
        "sip:2001:db8::10",
        "sip:a@b\r\nEvil: 1",
        "sip:a\0@b",
        "sip:a\"@b",
        "sip:a@b;x=é",
        "tel:",
        "tel:alice@host",
        "urn:\u{e9}",
    ] {
        assert_eq!(text.parse::<Uri>(), Err(UriError), "{text:?}");
    }
}

#[test]
fn builders_escape_what_may_not_stand_there() {
    let host = Host::parse("example.com").expect("the host is well-formed");
    let built = Uri::sip("jürgen @home\r\n", host)
        .with_param("opaque", "app:voice mail;x")
        .with_flag("lr");
    assert_eq!(
        built.to_string(),
        "sip:j%C3%BCrgen%20%40home%0D%0A@example.com;opaque=app:voice%20mail%3Bx;lr"
    );
    assert_eq!(built.user_text().as_deref(), Some("jürgen @home\r\n"));
    assert_eq!(
        uri("sip:jürgen@example.com").to_string(),
        "sip:j%C3%BCrgen@example.com"
    );
}

#[test]
fn an_escape_is_resolved_once() {
    assert_eq!(
        uri("sip:value%25%34%31@x").user_text().as_deref(),
        Some("value%41")
    );
}

/// The examples of RFC 3261 §19.1.4, and more of the same kind.
#[test]
fn rfc3261_19_1_4_equivalent_uris() {
    for (left, right) in [
        (
            "sip:%61lice@atlanta.com;transport=TCP",
            "sip:alice@AtLanTa.CoM;Transport=tcp",
        ),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
        (
            "sip:carol@chicago.com;newparam=5",
            "sip:carol@chicago.com;security=on",
        ),
        (
            "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
            "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
        ),
        (
            "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
        ),
        ("SIP:alice@contoso.com", "sip:alice@contoso.com"),
        ("sip:alice@[2001:db8::1]", "sip:alice@[2001:DB8:0::1]"),
        (
            "sip:a@b;opaque=app:voicemail;gruu",
            "sip:a@b;gruu;opaque=app:voicemail",
        ),
        ("sip:a%2fb@c", "sip:a%2Fb@c"),
        ("sip:a@b;user=x;user=y", "sip:a@b;user=x;user=z"),
        ("tel:+1-201-555-0123", "tel:+1(201)555.0123"),
    ] {
        assert!(uri(left).equivalent(&uri(right)), "{left} {right}");
        assert!(uri(right).equivalent(&uri(left)), "{right} {left}");
    }
}

#[test]
fn rfc3261_19_1_4_different_uris() {
    for (left, right) in [
        (
            "SIP:ALICE@AtLanTa.CoM;Transport=udp",
            "sip:alice@AtLanTa.CoM;Transport=UDP",
        ),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
        (
            "sip:bob@biloxi.com",
            "sip:bob@biloxi.com:6000;transport=tcp",
        ),
        (
            "sip:carol@chicago.com",
            "sip:carol@chicago.com?Subject=next%20meeting",
        ),
        ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
        (
            "sip:carol@chicago.com;security=off",
            "sip:carol@chicago.com;security=on",
        ),
        ("sip:a@b", "sips:a@b"),
        ("sip:a@b;user=ip", "sip:a@b"),
        ("sip:a@b;maddr=1.2.3.4", "sip:a@b"),
        ("sip:a:one@b", "sip:a:two@b"),
        ("sip:a@b", "sip:b"),
        ("sip:a%40b@c", "sip:a%2540b@c"),
        ("sip:a;b@c", "sip:a%3Bb@c"),
        ("tel:+1201", "tel:1201"),
        ("sip:1201@b", "tel:1201"),
    ] {
        assert!(!uri(left).equivalent(&uri(right)), "{left} {right}");
        assert!(!uri(right).equivalent(&uri(left)), "{right} {left}");
    }
}

#[test]
fn addresses_of_record_compare_user_and_domain_alone() {
    for (left, right, equal) in [
        ("sip:alice@contoso.com", "sips:Alice@contoso.com", false),
        ("sip:alice@contoso.com", "sips:alice@CONTOSO.com", true),
        (
            "sip:alice@contoso.com",
            "sip:alice@contoso.com:5060;transport=tls?x=y",
            true,
        ),
        (
            "sip:alice@contoso.com",
            "sip:alice:secret@contoso.com;opaque=app:voicemail",
            true,
        ),
        ("sip:alice@contoso.com", "sip:alice@contoso.com:5070", false),
        ("sips:alice@contoso.com:5061", "sip:alice@contoso.com", true),
        ("sip:alice@contoso.com", "sip:contoso.com", false),
        ("tel:+1-201", "tel:+1201", true),
        ("tel:+1201", "sip:+1201@contoso.com", false),
    ] {
        assert_eq!(uri(left).aor_eq(&uri(right)), equal, "{left} {right}");
        assert_eq!(uri(right).aor_eq(&uri(left)), equal, "{right} {left}");
    }
}

#[test]
fn the_address_drops_everything_else() {
    assert_eq!(
        uri("sip:alice:pw@contoso.com:5070;gruu?x=y")
            .address()
            .to_string(),
        "sip:alice@contoso.com:5070"
    );
}
