//! The server's side against the client's, and against clients that cheat.

use super::*;
use crate::auth::{Authenticator, Credentials};
use crate::message::{Method, StatusCode};

struct Story {
    now: Instant,
    verifier: Verifier,
    client: Authenticator,
    request: Request,
}

impl Story {
    fn new(password: &str) -> Self {
        let now = an_instant();
        let credentials = Credentials {
            username: "alice".into(),
            password: Password::new(password),
        };
        let uri = "sip:contoso.com".parse().expect("the URI is well-formed");
        Self {
            now,
            verifier: Verifier::new(now, Challenger::Proxy, "contoso", [7; 32]),
            client: Authenticator::new(credentials),
            request: Request::new(Method::Invite, uri),
        }
    }

    /// The server challenges and the client answers in the next request.
    fn challenge(&mut self, freshness: Freshness) {
        let mut response = Response::to(&self.request, StatusCode::PROXY_AUTHENTICATION_REQUIRED);
        self.verifier.challenge(self.now, freshness, &mut response);
        self.client
            .challenged(&self.request, &response, || "cnonce".into())
            .expect("the client answers the challenge");
        self.client.authorize(&mut self.request);
    }

    fn verify(&mut self) -> Verification {
        self.verifier.verify(self.now, &self.request, |user| {
            (user == "alice").then(|| Password::new("secret"))
        })
    }

    /// Changes the answer on the wire.
    fn tamper(&mut self, from: &str, to: &str) {
        let header = Challenger::Proxy.answer_header();
        let answer = self
            .request
            .headers
            .get(header)
            .expect("the request carries an answer");
        assert!(answer.contains(from), "{answer}");
        let answer = answer.replace(from, to);
        self.request.headers.set(header, answer);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "an instant can only be had from the clock"
)]
fn an_instant() -> Instant {
    Instant::now()
}

fn accepted() -> Verification {
    Verification::Accepted {
        username: "alice".into(),
    }
}

#[test]
fn the_right_password_is_accepted_and_each_count_once() {
    let mut story = Story::new("secret");
    assert_eq!(story.verify(), Verification::Missing);
    story.challenge(Freshness::First);
    assert_eq!(story.verify(), accepted());
    assert_eq!(
        story.verify(),
        Verification::Stale,
        "the same answer again is a replay"
    );
    story.client.authorize(&mut story.request);
    assert_eq!(story.verify(), accepted());
}

#[test]
fn the_wrong_password_is_rejected() {
    let mut story = Story::new("guess");
    story.challenge(Freshness::First);
    assert_eq!(story.verify(), Verification::Rejected);
}

#[test]
fn an_old_nonce_is_stale_and_the_client_gets_over_it() {
    let mut story = Story::new("secret");
    story.challenge(Freshness::First);
    assert_eq!(story.verify(), accepted());
    story.now += NONCE_LIFETIME + Duration::from_millis(1);
    story.client.authorize(&mut story.request);
    assert_eq!(story.verify(), Verification::Stale);
    story.challenge(Freshness::Stale);
    assert_eq!(story.verify(), accepted());
}

#[test]
fn counts_of_old_nonces_are_forgotten() {
    let mut story = Story::new("secret");
    for _ in 0..3 {
        story.challenge(Freshness::Stale);
        story.verify();
        story.client.accepted(
            &story.request,
            &Response::to(&story.request, StatusCode::OK),
        );
        story.now += NONCE_LIFETIME * 2;
    }
    assert_eq!(story.verifier.counts.len(), 1);
}

#[test]
fn answers_that_were_changed_are_rejected() {
    for (from, to) in [
        ("username=\"alice\"", "username=\"bob\""),
        ("sip:contoso.com", "sip:bob@contoso.com"),
        ("nc=00000001", "nc=00000002"),
        ("algorithm=SHA-256", "algorithm=MD5"),
        ("response=\"", "response=\"0"),
    ] {
        let mut story = Story::new("secret");
        story.challenge(Freshness::First);
        story.tamper(from, to);
        assert_eq!(story.verify(), Verification::Rejected, "{from}");
    }
    let mut story = Story::new("secret");
    story.challenge(Freshness::First);
    story.request.method = Method::Bye;
    assert_eq!(story.verify(), Verification::Rejected);
}

#[test]
fn a_nonce_that_the_server_did_not_make_is_stale() {
    let mut story = Story::new("secret");
    let mut response = Response::to(&story.request, StatusCode::PROXY_AUTHENTICATION_REQUIRED);
    let mut other = Verifier::new(story.now, Challenger::Proxy, "contoso", [8; 32]);
    other.challenge(story.now, Freshness::First, &mut response);
    story
        .client
        .challenged(&story.request, &response, || "c".into())
        .expect("it is answered");
    story.client.authorize(&mut story.request);
    assert_eq!(story.verify(), Verification::Stale);
}

#[test]
fn another_realm_is_no_answer() {
    let mut story = Story::new("secret");
    story.challenge(Freshness::First);
    story.tamper("realm=\"contoso\"", "realm=\"other\"");
    assert_eq!(story.verify(), Verification::Missing);
}

#[test]
fn two_clients_at_the_same_instant_do_not_share_a_nonce() {
    let mut story = Story::new("secret");
    story.challenge(Freshness::First);
    let first = story.request.clone();
    story
        .request
        .headers
        .remove(Challenger::Proxy.answer_header());
    story.challenge(Freshness::First);
    assert_eq!(story.verify(), accepted());
    story.request = first;
    assert_eq!(story.verify(), accepted());
}

#[test]
fn an_algorithm_that_was_not_offered_is_rejected() {
    let mut story = Story::new("secret");
    story.verifier = story.verifier.offering(vec![Algorithm::MD5]);
    story.challenge(Freshness::First);
    assert_eq!(story.verify(), accepted());
    story.client.authorize(&mut story.request);
    story.verifier = story.verifier.offering(vec![Algorithm::SHA_256]);
    assert_eq!(story.verify(), Verification::Rejected);
}
