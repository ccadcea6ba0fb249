//! The client side of Digest towards a web server (RFC 7616): one server, one user, no proxies.

use super::authenticator::{Session, Subject, strongest};
use super::challenge::Challenge;
use super::{AuthError, Authorization, Credentials, param_list};

/// Answers the challenges of one web server.
///
/// For each request: [`HttpDigest::answer`] before it is sent, if there is one. When 401 comes,
/// [`HttpDigest::challenged`], and if that is `Ok`, the same request again. When anything else comes,
/// [`HttpDigest::accepted`].
#[derive(Debug)]
pub struct HttpDigest {
    credentials: Credentials,
    session: Option<Session>,
}

impl HttpDigest {
    pub fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            session: None,
        }
    }

    /// The content of `Authorization` for a request, once there was a challenge. `target` is that of its first
    /// line. Counts the nonce up, so call it once for each request that goes out.
    pub fn answer(&mut self, method: &str, target: &str, body: &[u8]) -> Option<Authorization> {
        let subject = Subject {
            method,
            uri: target,
            body,
        };
        let session = self.session.as_mut()?;
        Some(session.answer(&self.credentials, subject))
    }

    /// Takes each `WWW-Authenticate` of a 401. `cnonce` is a random token.
    ///
    /// # Errors
    /// [`AuthError::Rejected`] if the last request answered already and its nonce is not called stale; the
    /// others if there is nothing that can be answered.
    pub fn challenged<'a>(
        &mut self,
        fields: impl IntoIterator<Item = &'a str>,
        cnonce: String,
    ) -> Result<(), AuthError> {
        let schemes: Vec<_> = fields.into_iter().flat_map(param_list::schemes).collect();
        let challenges = schemes.iter().filter_map(Challenge::read).collect();
        let Some(challenge) = strongest(challenges).into_iter().next() else {
            return Err(match schemes.is_empty() {
                true => AuthError::NoChallenge,
                false => AuthError::Unsupported,
            });
        };
        let stale_rounds = match &self.session {
            Some(session) => session.check_retry(session.nonce(), &challenge)?,
            None => 0,
        };
        self.session = Some(Session::new(challenge, cnonce, stale_rounds));
        Ok(())
    }

    /// The server has taken the last answer.
    pub fn accepted(&mut self) {
        if let Some(session) = &mut self.session {
            session.prove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Password;

    fn mufasa() -> HttpDigest {
        HttpDigest::new(Credentials {
            username: "Mufasa".into(),
            password: Password::new("Circle of Life"),
        })
    }

    /// Of RFC 7616 §3.9.1.
    const MD5: &str = "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=MD5, \
        nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
        opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
    const CNONCE: &str = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

    #[test]
    fn the_example_of_the_standard_is_answered_as_it_is_there_and_the_stronger_one_first() {
        let sha = MD5.replace("=MD5", "=SHA-256");
        for (fields, response) in [
            (vec![MD5], "8ca523f5e9506fed4657c9700eebdbec"),
            (
                vec![MD5, sha.as_str()],
                "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
            ),
        ] {
            let mut digest = mufasa();
            assert_eq!(digest.answer("GET", "/dir/index.html", b""), None);
            assert_eq!(digest.challenged(fields, CNONCE.into()), Ok(()));
            let answer = digest.answer("GET", "/dir/index.html", b"").unwrap();
            assert!(answer.to_string().contains(response), "{answer}");
            assert!(answer.to_string().contains("nc=00000001"), "{answer}");
        }
    }

    #[test]
    fn a_password_is_not_tried_twice_and_an_old_nonce_is_replaced() {
        let stale = MD5.replace("Digest ", "Digest stale=true, ");
        let other = MD5.replace("7ypf", "7ypg");
        let wrong = Err(AuthError::Rejected);
        for (taken, second, expected) in [
            (false, MD5, wrong),
            (false, &other, wrong),
            (false, &stale, Ok(())),
            // It was good once, and has expired.
            (true, &other, Ok(())),
            (true, MD5, wrong),
        ] {
            let mut digest = mufasa();
            digest.challenged([MD5], CNONCE.into()).unwrap();
            digest.answer("GET", "/", b"");
            if taken {
                digest.accepted();
            }
            assert_eq!(
                digest.challenged([second], CNONCE.into()),
                expected,
                "{second}"
            );
        }
    }

    #[test]
    fn what_is_no_digest_is_not_answered() {
        for (fields, expected) in [
            (vec![], AuthError::NoChallenge),
            (vec!["Basic realm=\"x\""], AuthError::Unsupported),
            (
                vec!["Digest realm=\"x\", nonce=\"y\", algorithm=NEW"],
                AuthError::Unsupported,
            ),
        ] {
            assert_eq!(mufasa().challenged(fields, CNONCE.into()), Err(expected));
        }
    }
}
