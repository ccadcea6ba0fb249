//! Digest values that others have published, and the form of the answer.

use super::*;
use crate::auth::Challenge;

struct Vector {
    username: &'static str,
    password: &'static str,
    challenge: &'static str,
    request: (&'static str, &'static str, &'static str),
    protection: Option<(Qop, &'static str)>,
    response: &'static str,
}

fn check(vector: &Vector) {
    let challenge = Challenge::parse(vector.challenge).expect("the challenge is readable");
    let (method, uri, body) = vector.request;
    // HTTP's examples have a path where SIP has a URI; what is hashed is the text either way.
    let answer = Authorization {
        username: vector.username.into(),
        realm: challenge.realm,
        nonce: challenge.nonce,
        uri: uri.into(),
        response: String::new(),
        algorithm: challenge.algorithm,
        opaque: challenge.opaque,
        protection: vector.protection.map(|(qop, cnonce)| Protection {
            qop,
            cnonce: cnonce.into(),
            nonce_count: 1,
        }),
    };
    let password = Password::new(vector.password);
    let response = answer.expected_response(method, body.as_bytes(), &password);
    assert_eq!(
        response, vector.response,
        "{} {:?}",
        vector.challenge, vector.protection
    );
}

#[test]
fn rfc7616_3_9_1_examples() {
    let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
    for (algorithm, response) in [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        (
            "SHA-256",
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
        ),
    ] {
        let challenge = format!(
            r#"Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#
        );
        check(&Vector {
            username: "Mufasa",
            password: "Circle of Life",
            challenge: challenge.leak(),
            request: ("GET", "/dir/index.html", ""),
            protection: Some((Qop::Auth, cnonce)),
            response,
        });
    }
}

#[test]
fn rfc2617_3_5_example() {
    check(&Vector {
        username: "Mufasa",
        password: "Circle Of Life",
        challenge: r#"Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41""#,
        request: ("GET", "/dir/index.html", ""),
        protection: Some((Qop::Auth, "0a4f113b")),
        response: "6629fae49393a05397450978507c4ef1",
    });
}

/// The MD5 values are those of draft-smith-sipping-auth-examples-01 (but for the body of
/// `auth-int`). The others were computed with OpenSSL's hashes by a program that shares no code
/// with this one.
#[test]
fn sip_examples_in_every_algorithm() {
    let none = None;
    let auth = Some((Qop::Auth, "0a4f113b"));
    let auth_int = Some((Qop::AuthInt, "0a4f113b"));
    for (algorithm, protection, response) in [
        ("MD5", none, "bf57e4e0d0bffc0fbaedce64d59add5e"),
        ("MD5", auth, "89eb0059246c02b2f6ee02c7961d5ea3"),
        ("MD5", auth_int, "77226bb823dc077c1ad3537415667bae"),
        ("MD5-sess", auth, "e4e4ea61d186d07a92c9e1f6919902e9"),
        ("MD5-sess", auth_int, "8527c9ab1b4eed3fd75491f811944e26"),
        (
            "SHA-256",
            none,
            "38aad98c50c33abe72c5f88dd17246ffcfa6b1f68852c855719ff0659386c0ca",
        ),
        (
            "SHA-256",
            auth,
            "b3b5a6c69453abafaab9ae4dccdac90a076b6c80615d5f3498e7433b6e93bf4f",
        ),
        (
            "SHA-256",
            auth_int,
            "554a9ffe79ce71c3cb6c9630deddd2787d8033f895e5cdef6a73c8e84ed4c979",
        ),
        (
            "SHA-256-sess",
            auth,
            "5da59c9ca40954be9d5063a15a174066c8251be2c10cf47c144c366dc7daf792",
        ),
        (
            "SHA-256-sess",
            auth_int,
            "0b4a1efc19e1b701ec5775b6b16dde0fc416102e34a6c5bd6f957b20b5d79170",
        ),
        (
            "SHA-512-256",
            auth,
            "7f1a09de0f19af0a1eac2b28d33e3f2fb89cca1ad8fb01bba5e1883b288bac14",
        ),
        (
            "SHA-512-256-sess",
            auth,
            "077d9677be83f41f162d1a4453dc163389919f81e5927391d972f477da767633",
        ),
    ] {
        let challenge = format!(
            r#"Digest realm="biloxi.com", algorithm={algorithm}, nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093""#
        );
        check(&Vector {
            username: "bob",
            password: "zanzibar",
            challenge: challenge.leak(),
            request: ("INVITE", "sip:bob@biloxi.com", "v=0\r\n"),
            protection,
            response,
        });
    }
}

#[test]
fn the_answer_is_quoted_as_rfc7616_3_4_says_and_reads_back() {
    let answer = Authorization {
        username: r#"a"b\c"#.into(),
        realm: "r, s".into(),
        nonce: "n=".into(),
        uri: "sip:a@b".into(),
        response: "00ff".into(),
        algorithm: Some(Algorithm::SHA_256),
        opaque: Some(String::new()),
        protection: Some(Protection {
            qop: Qop::Auth,
            cnonce: "c".into(),
            nonce_count: 0x2a,
        }),
    };
    let printed = answer.to_string();
    assert_eq!(
        printed,
        r#"Digest username="a\"b\\c", realm="r, s", nonce="n=", uri="sip:a@b", response="00ff", algorithm=SHA-256, opaque="", qop=auth, cnonce="c", nc=0000002a"#
    );
    assert_eq!(Authorization::parse(&printed), Some(answer));
}

#[test]
fn broken_answers_are_none() {
    let whole = r#"Digest username="a", realm="r", nonce="n", uri="sip:a@b", response="0""#;
    assert!(Authorization::parse(whole).is_some());
    for field in [
        whole.replace("Digest", "Basic"),
        whole.replace("username", "user"),
        whole.replace("response=", "x="),
        format!("{whole}, algorithm=ROT13"),
        format!("{whole}, qop=auth"),
        format!("{whole}, qop=auth, cnonce=c, nc=1"),
        format!("{whole}, qop=auth, cnonce=c, nc=+0000001"),
        format!("{whole}, qop=token, cnonce=c, nc=00000001"),
    ] {
        assert_eq!(Authorization::parse(&field), None, "{field}");
    }
}

#[test]
fn an_answer_shows_no_material_for_guessing() {
    let field =
        r#"Digest username="alice", realm="r", nonce="n", uri="sip:a@b", response="5ec2e7""#;
    let printed = format!("{:?}", Authorization::parse(field));
    assert!(
        !printed.contains("5ec2e7") && !printed.contains("alice"),
        "{printed}"
    );
}
