//! Proves who the user is to the server: by Digest (RFC 7616) where it can, so that the password stays here,
//! else by the password itself (Basic, RFC 7617). No IO.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hark_sip::auth::{Credentials, HttpDigest, Password as DigestPassword};
use ureq::http::HeaderValue;
use zeroize::Zeroizing;

use super::error::AddressBookError;
use super::request::{Answer, Request};
use crate::command::Password;

pub(super) struct SignIn {
    username: String,
    password: Password,
    digest: HttpDigest,
    way: Way,
}

/// What the server is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Nothing, until it asks.
    Unknown,
    Digest,
    Basic,
}

/// What becomes of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is the answer.
    Take,
    /// The request is sent again, with another proof.
    Again,
}

impl SignIn {
    pub(super) fn new(username: &str, password: &Password) -> Self {
        let credentials = Credentials {
            username: username.to_owned(),
            password: DigestPassword::new(password.reveal()),
        };
        Self {
            username: username.to_owned(),
            password: password.clone(),
            digest: HttpDigest::new(credentials),
            way: Way::Unknown,
        }
    }

    /// The value of `Authorization`, which prints redacted.
    ///
    /// # Errors
    /// A user name that fits into no header.
    pub(super) fn authorization(
        &mut self,
        request: &Request,
    ) -> Result<Option<HeaderValue>, AddressBookError> {
        let value = match self.way {
            Way::Unknown => None,
            Way::Basic => Some(self.basic()),
            Way::Digest => {
                let (method, body) = (request.method.name(), request.body.as_bytes());
                let answer = self.digest.answer(method, &target(request), body);
                answer.map(|answer| Zeroizing::new(answer.to_string()))
            }
        };
        let value = value.map(|value| HeaderValue::from_bytes(value.as_bytes()));
        let mut value = value
            .transpose()
            .map_err(|_| AddressBookError::WrongPassword)?;
        if let Some(value) = &mut value {
            value.set_sensitive(true);
        }
        Ok(value)
    }

    fn basic(&self) -> Zeroizing<String> {
        let pair = Zeroizing::new(format!("{}:{}", self.username, self.password.reveal()));
        let coded = Zeroizing::new(BASE64_STANDARD.encode(pair.as_bytes()));
        Zeroizing::new(format!("Basic {}", coded.as_str()))
    }

    /// Looks at an answer. `cnonce` is a random token.
    pub(super) fn judge(&mut self, answer: &Answer, cnonce: String) -> Verdict {
        match (self.way, answer.status) {
            (_, UNAUTHORIZED) => self.challenged(answer, cnonce),
            // Whoever is not known may be shown less.
            (Way::Unknown, MULTISTATUS) => self.go_on(Way::Basic),
            (Way::Digest, _) => {
                self.digest.accepted();
                Verdict::Take
            }
            (Way::Unknown | Way::Basic, _) => Verdict::Take,
        }
    }

    fn challenged(&mut self, answer: &Answer, cnonce: String) -> Verdict {
        let fields = answer.challenges.iter().map(String::as_str);
        match (self.digest.challenged(fields, cnonce), self.way) {
            (Ok(()), _) => self.go_on(Way::Digest),
            (Err(_), Way::Unknown) if takes_passwords(&answer.challenges) => self.go_on(Way::Basic),
            (Err(_), Way::Unknown | Way::Digest | Way::Basic) => Verdict::Take,
        }
    }

    fn go_on(&mut self, way: Way) -> Verdict {
        self.way = way;
        Verdict::Again
    }
}

/// As the first line of the request has it.
fn target(request: &Request) -> String {
    let path = request.url.path();
    match request.url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    }
}

/// Whether the password itself is a proof. A server that names no way at all may mean it.
pub(super) fn takes_passwords(challenges: &[String]) -> bool {
    let names_basic = |challenge: &String| {
        let mut parts = challenge.split(',').map(str::trim_start);
        parts.any(|part| {
            let scheme = part.split(' ').next().unwrap_or_default();
            scheme.eq_ignore_ascii_case("basic")
        })
    };
    challenges.is_empty() || challenges.iter().any(names_basic)
}

const MULTISTATUS: u16 = 207;
const UNAUTHORIZED: u16 = 401;

#[cfg(test)]
mod tests {
    use url::Url;

    use super::super::request::{Depth, look};
    use super::*;

    fn answer(status: u16, challenges: &[&str]) -> Answer {
        Answer {
            status,
            challenges: challenges.iter().map(|&it| it.to_owned()).collect(),
            ..Answer::default()
        }
    }

    const DIGEST: &str = "Digest realm=\"BaikalDAV\",qop=\"auth\",nonce=\"n1\",opaque=\"o\"";
    const STALE: &str = "Digest realm=\"BaikalDAV\",qop=\"auth\",nonce=\"n2\",stale=true";
    const BASIC: &str = "Basic realm=\"x\"";

    /// What is sent with each request when these are the answers, with `!` where the answer is taken.
    fn played(answers: &[Answer]) -> Vec<String> {
        let mut sign_in = SignIn::new("alice", &Password::new("secret"));
        let request = look(
            Url::parse("https://a.test/dav/?x=1").expect("a URL"),
            Depth::Zero,
        );
        let mut sent = Vec::new();
        for answer in answers {
            let value = sign_in.authorization(&request).expect("it fits");
            let text = value.as_ref().map_or("-", |it| it.to_str().expect("ASCII"));
            assert!(!format!("{value:?}").contains("secret"));
            let words = text.split(", ").filter(|part| {
                let names = ["Basic", "-", "uri=", "nonce=", "nc="];
                names.iter().any(|name| part.starts_with(name))
            });
            let verdict = match sign_in.judge(answer, "c".into()) {
                Verdict::Take => "!",
                Verdict::Again => "",
            };
            sent.push(format!("{}{verdict}", words.collect::<Vec<_>>().join(" ")));
        }
        sent
    }

    const PASSWORD: &str = "Basic YWxpY2U6c2VjcmV0";

    fn digest(nonce: &str, count: u32) -> String {
        format!("nonce=\"{nonce}\" uri=\"/dav/?x=1\" nc={count:08x}")
    }

    #[test]
    fn the_password_itself_goes_to_no_server_that_wants_a_digest() {
        let answers = [
            answer(401, &[BASIC, DIGEST]),
            answer(207, &[]),
            answer(404, &[]),
            answer(401, &[STALE]),
            answer(207, &[]),
        ];
        let first = digest("n1", 1) + "!";
        let (second, stale) = (digest("n1", 2) + "!", digest("n1", 3));
        let fresh = digest("n2", 1) + "!";
        assert_eq!(played(&answers), ["-", &first, &second, &stale, &fresh]);
        // Tried once, and not by other means.
        let wrong = [answer(401, &[DIGEST]), answer(401, &[DIGEST, BASIC])];
        assert_eq!(played(&wrong), ["-", &first]);
    }

    #[test]
    fn the_password_is_sent_where_it_is_wanted() {
        let password = format!("{PASSWORD}!");
        for (answers, expected) in [
            ([answer(401, &[BASIC]), answer(207, &[])], ["-", &password]),
            ([answer(401, &[]), answer(401, &[])], ["-", &password]),
            (
                [answer(401, &[BASIC]), answer(401, &[BASIC])],
                ["-", &password],
            ),
            // Whoever is unknown sees something, and may see more.
            ([answer(207, &[]), answer(207, &[])], ["-", &password]),
            ([answer(207, &[]), answer(401, &[DIGEST])], ["-", PASSWORD]),
            ([answer(301, &[]), answer(404, &[])], ["-!", "-!"]),
            (
                [answer(401, &["Negotiate"]), answer(404, &[])],
                ["-!", "-!"],
            ),
        ] {
            assert_eq!(played(&answers), expected, "{answers:?}");
        }
    }
}
