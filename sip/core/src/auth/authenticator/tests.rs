//! Challenges and answers in their order on the wire.

use super::*;
use crate::auth::{Password, Qop};
use crate::message::StatusCode;
use crate::message::{Method, Uri};

/// One user agent and the requests that it sends.
struct Story {
    authenticator: Authenticator,
    request: Request,
    cnonces: u32,
}

impl Story {
    fn new() -> Self {
        let password = Password::new("secret");
        let credentials = Credentials {
            username: "alice".into(),
            password,
        };
        let uri: Uri = "sip:contoso.com".parse().expect("the URI is well-formed");
        Self {
            authenticator: Authenticator::new(credentials),
            request: Request::new(Method::Register, uri),
            cnonces: 0,
        }
    }

    /// Sends the request again; returns what it answers as `realm nonce nc`.
    fn send(&mut self) -> Vec<String> {
        self.authenticator.authorize(&mut self.request);
        let mut answers = Vec::new();
        for challenger in [Challenger::Server, Challenger::Proxy] {
            for answer in authorizations(&self.request.headers, challenger) {
                let expected = answer.expected_response(
                    self.request.method.as_str(),
                    &self.request.body,
                    &Password::new("secret"),
                );
                assert_eq!(answer.response, expected, "every answer is right");
                let count = answer
                    .protection
                    .map_or(0, |protection| protection.nonce_count);
                answers.push(format!("{} {} {count}", answer.realm, answer.nonce));
            }
        }
        answers
    }

    fn challenge(&mut self, code: u16, fields: &[&str]) -> Result<(), AuthError> {
        let status = StatusCode::new(code).expect("the code is in range");
        let mut response = Response::to(&self.request, status);
        let name = if code == 407 {
            "Proxy-Authenticate"
        } else {
            "WWW-Authenticate"
        };
        for field in fields {
            response.headers.push(name, field);
        }
        let cnonces = &mut self.cnonces;
        self.authenticator.challenged(&self.request, &response, || {
            *cnonces += 1;
            format!("cnonce{cnonces}")
        })
    }

    fn accept(&mut self) -> bool {
        self.accept_with(&[])
    }

    fn accept_with(&mut self, fields: &[(&str, &str)]) -> bool {
        let mut response = Response::to(&self.request, StatusCode::OK);
        for (name, value) in fields {
            response.headers.push(name, value);
        }
        self.authenticator.accepted(&self.request, &response)
    }

    fn address(&mut self, uri: &str) {
        self.request.uri = uri.parse().expect("the URI is well-formed");
    }
}

fn digest(nonce: &str) -> String {
    format!(r#"Digest realm="contoso", nonce="{nonce}", algorithm=SHA-256, qop="auth""#)
}

#[test]
fn nothing_is_answered_before_a_challenge() {
    let mut story = Story::new();
    assert_eq!(story.send(), [""; 0]);
    assert!(!story.accept());
}

#[test]
fn nonce_count_grows_while_the_nonce_lives() {
    let mut story = Story::new();
    story.send();
    story
        .challenge(401, &[&digest("n1")])
        .expect("a first challenge is answered");
    assert_eq!(story.send(), ["contoso n1 1"]);
    assert!(story.accept());
    assert_eq!(story.send(), ["contoso n1 2"]);
    assert_eq!(story.send(), ["contoso n1 3"]);
}

#[test]
fn a_wrong_password_is_told_after_one_try() {
    for again in [digest("n1"), digest("n2")] {
        let mut story = Story::new();
        story.send();
        story
            .challenge(401, &[&digest("n1")])
            .expect("a first challenge is answered");
        story.send();
        assert_eq!(story.challenge(401, &[&again]), Err(AuthError::Rejected));
    }
}

#[test]
fn a_stale_nonce_is_replaced_but_not_for_ever() {
    let mut story = Story::new();
    story.send();
    story
        .challenge(401, &[&digest("n0")])
        .expect("a first challenge is answered");
    for round in 1..=3 {
        story.send();
        let stale = format!("{}, stale=true", digest(&format!("n{round}")));
        assert_eq!(story.challenge(401, &[&stale]), Ok(()));
    }
    assert_eq!(story.send(), ["contoso n3 1"]);
    let stale = format!("{}, stale=true", digest("n4"));
    assert_eq!(story.challenge(401, &[&stale]), Err(AuthError::Rejected));
}

#[test]
fn an_expired_nonce_without_stale_is_replaced_once_if_it_was_good_before() {
    let mut story = Story::new();
    story.send();
    story
        .challenge(401, &[&digest("n1")])
        .expect("a first challenge is answered");
    story.send();
    story.accept();
    story.send();
    assert_eq!(story.challenge(401, &[&digest("n2")]), Ok(()));
    assert_eq!(story.send(), ["contoso n2 1"]);
    assert_eq!(
        story.challenge(401, &[&digest("n3")]),
        Err(AuthError::Rejected)
    );
}

#[test]
fn a_good_nonce_that_is_asked_for_again_is_a_refusal() {
    let mut story = Story::new();
    story.send();
    story
        .challenge(401, &[&digest("n1")])
        .expect("a first challenge is answered");
    story.send();
    story.accept();
    story.send();
    assert_eq!(
        story.challenge(401, &[&digest("n1")]),
        Err(AuthError::Rejected)
    );
}

#[test]
fn proxy_and_server_are_answered_in_a_chain() {
    let mut story = Story::new();
    story.send();
    let proxy = r#"Digest realm="proxy", nonce="p1", qop="auth""#;
    story
        .challenge(407, &[proxy])
        .expect("the proxy's challenge is answered");
    assert_eq!(story.send(), ["proxy p1 1"]);
    story
        .challenge(401, &[&digest("n1")])
        .expect("the server's challenge is answered");
    assert_eq!(story.send(), ["contoso n1 1", "proxy p1 2"]);
    assert!(story.accept());
}

#[test]
fn several_realms_in_one_response_are_all_answered() {
    let mut story = Story::new();
    story.send();
    let fields = [
        r#"Digest realm="a", nonce="1""#,
        r#"Digest realm="b", nonce="2", qop="auth""#,
    ];
    story
        .challenge(407, &fields)
        .expect("both challenges are answered");
    assert_eq!(story.send(), ["a 1 0", "b 2 1"]);
}

#[test]
fn the_strongest_known_algorithm_is_taken_whatever_the_order() {
    let md5 = r#"Digest realm="contoso", nonce="m", algorithm=MD5, qop="auth""#;
    let unknown = r#"Digest realm="contoso", nonce="u", algorithm=SHA-3, qop="auth""#;
    let sha = digest("s");
    for fields in [
        [md5, unknown, &sha],
        [&sha, md5, unknown],
        [unknown, &sha, md5],
    ] {
        let mut story = Story::new();
        story.send();
        story
            .challenge(401, &fields)
            .expect("one of the challenges is answered");
        assert_eq!(story.send(), ["contoso s 1"]);
    }
}

#[test]
fn qop_lists_and_missing_qop_are_answered() {
    for (qop, expected) in [
        (r#", qop="auth-int,auth""#, Some(Qop::Auth)),
        (r#", qop="auth-int""#, Some(Qop::AuthInt)),
        (", qop=auth", Some(Qop::Auth)),
        ("", None),
    ] {
        let mut story = Story::new();
        story.send();
        let field = format!(r#"Digest realm="r", nonce="n"{qop}"#);
        story
            .challenge(401, &[&field])
            .expect("the challenge is answered");
        story.send();
        let answers = authorizations(&story.request.headers, Challenger::Server);
        let qop = answers
            .first()
            .and_then(|answer| answer.protection.as_ref())
            .map(|p| p.qop);
        assert_eq!(qop, expected, "{field}");
    }
}

#[test]
fn what_cannot_be_answered_is_told_apart_from_nothing() {
    let mut story = Story::new();
    story.send();
    let ntlm = r#"NTLM realm="SIP Communications Service", targetname="fe.contoso.com", version=4"#;
    assert_eq!(story.challenge(401, &[ntlm]), Err(AuthError::Unsupported));
    assert_eq!(story.challenge(401, &[]), Err(AuthError::NoChallenge));
    assert_eq!(story.challenge(401, &[ntlm, &digest("n1")]), Ok(()));
}

#[test]
fn a_server_gets_no_answer_that_another_host_asked_for() {
    let mut story = Story::new();
    story.send();
    story
        .challenge(401, &[&digest("n1")])
        .expect("a first challenge is answered");
    story.address("sip:mallory@elsewhere.test");
    assert_eq!(story.send(), [""; 0]);
    story.address("sip:alice@CONTOSO.com;opaque=app:voicemail");
    assert_eq!(story.send(), ["contoso n1 1"]);
}

#[test]
fn the_next_nonce_of_the_server_is_used() {
    let mut story = Story::new();
    story.send();
    story
        .challenge(401, &[&digest("n1")])
        .expect("a first challenge is answered");
    story.send();
    story.accept_with(&[(
        "Authentication-Info",
        r#"qop=auth, nextnonce="n2", nc=00000001"#,
    )]);
    assert_eq!(story.send(), ["contoso n2 1"]);
}

#[test]
fn a_session_keeps_its_client_nonce() {
    let mut story = Story::new();
    story.send();
    let field = r#"Digest realm="r", nonce="n", algorithm=MD5-sess, qop="auth""#;
    story
        .challenge(401, &[field])
        .expect("the challenge is answered");
    let mut seen = Vec::new();
    for _ in 0..2 {
        story.send();
        let answers = authorizations(&story.request.headers, Challenger::Server);
        seen.extend(
            answers
                .into_iter()
                .filter_map(|answer| answer.protection)
                .map(|p| p.cnonce),
        );
    }
    assert_eq!(seen, ["cnonce1", "cnonce1"]);
}

#[test]
fn a_request_that_crossed_a_challenge_is_answered_with_the_new_nonce() {
    let mut story = Story::new();
    story.send();
    story
        .challenge(401, &[&digest("n1")])
        .expect("a first challenge is answered");
    story.send();
    story.accept();
    story.send();
    let early = story.request.clone();
    story.send();
    story
        .challenge(401, &[&digest("n2")])
        .expect("the old nonce was good before");
    story.request = early;
    assert_eq!(story.challenge(401, &[&digest("n2")]), Ok(()));
}

#[test]
fn two_requests_with_a_wrong_password_do_not_keep_each_other_going() {
    let mut story = Story::new();
    story.send();
    story
        .challenge(401, &[&digest("n0")])
        .expect("a first challenge is answered");
    story.send();
    let mut other = story.request.clone();
    let mut answered = 0;
    for round in 1..10 {
        std::mem::swap(&mut story.request, &mut other);
        let nonce = format!("n{round}");
        match story.challenge(401, &[&digest(&nonce)]) {
            Ok(()) => answered += 1,
            Err(error) => {
                assert_eq!(error, AuthError::Rejected);
                break;
            }
        }
        story.send();
    }
    assert!(answered <= 3, "{answered}");
}
