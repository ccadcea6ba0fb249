//! The client side of Digest: which challenge is answered, how often, and when to give up.

use std::collections::{BTreeMap, BTreeSet};

use super::algorithm::Hash;
use super::authorization::{Authorization, Protection};
use super::challenge::Challenge;
use super::{Challenger, Credentials, authorizations, challenges, param_list};
use crate::message::{Request, Response};

/// Answers the challenges that one account meets, for servers and proxies and in several realms.
///
/// For each request: [`Authenticator::authorize`] before it is sent. When 401 or 407 comes,
/// [`Authenticator::challenged`], and if that is `Ok`, `authorize` the new request and send it. When
/// any other final response comes, [`Authenticator::accepted`].
#[derive(Debug)]
pub struct Authenticator {
    credentials: Credentials,
    sessions: BTreeMap<Space, Session>,
    /// Realms of our own server; see [`Authenticator::is_ours`].
    own_realms: BTreeSet<String>,
}

/// Why a challenge is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    #[error("the user name or the password is wrong")]
    Rejected,
    #[error("the server asks for a way to sign in that is not known")]
    Unsupported,
    #[error("the server asks for nothing that can be answered")]
    NoChallenge,
}

/// Where an answer is valid (RFC 3261 §22.1). A server's realm counts for the host that was asked,
/// so that no other host gets an answer that it did not ask for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Space {
    challenger: Challenger,
    host: Option<String>,
    realm: String,
}

/// The challenge that is being answered in one space.
#[derive(Debug)]
pub(super) struct Session {
    challenge: Challenge,
    /// One for the life of the nonce: `-sess` binds the secret to it (RFC 7616 §3.4.2).
    cnonce: String,
    nonce_count: u32,
    /// An answer with this nonce was good once.
    proven: bool,
    /// How many nonces in a row were given up without one being good.
    stale_rounds: u8,
}

impl Authenticator {
    pub fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            sessions: BTreeMap::new(),
            own_realms: BTreeSet::new(),
        }
    }

    /// Takes the realms that a request answers for our own server's, which has accepted it. Returns
    /// whether there are any.
    pub fn learn_own_realms(&mut self, accepted: &Request) -> bool {
        let both = [Challenger::Server, Challenger::Proxy];
        let answers = both.map(|challenger| authorizations(&accepted.headers, challenger));
        let realms: Vec<String> = answers.into_iter().flatten().map(|one| one.realm).collect();
        let any = !realms.is_empty();
        self.own_realms.extend(realms);
        any
    }

    /// Whether all realms of a challenge are our own server's.
    ///
    /// Whoever calls us can challenge our BYE, and try passwords on the answer at leisure. So inside
    /// of a dialog that the other side opened no other realm gets one.
    pub fn is_ours(&self, response: &Response) -> bool {
        let challenger = Challenger::of(response.status);
        challenges(&response.headers, challenger)
            .iter()
            .all(|challenge| self.own_realms.contains(&challenge.realm))
    }

    /// Puts answers to all challenges that are known for this request into it, in place of older
    /// ones. Counts their nonces up, so call it once for each request that goes out.
    pub fn authorize(&mut self, request: &mut Request) {
        for challenger in [Challenger::Server, Challenger::Proxy] {
            request.headers.remove(challenger.answer_header());
        }
        let host = host_of(request);
        for (space, session) in &mut self.sessions {
            if space.host.is_none() || space.host == host {
                let uri = request.uri.to_string();
                let subject = Subject {
                    method: request.method.as_str(),
                    uri: &uri,
                    body: &request.body,
                };
                let answer = session.answer(&self.credentials, subject);
                request
                    .headers
                    .push(space.challenger.answer_header(), answer);
            }
        }
    }

    /// Takes the challenges of a 401 or 407 to a request. `cnonce` makes a random token.
    ///
    /// # Errors
    /// [`AuthError::Rejected`] if this request answered the realm's challenge already and the
    /// server does not call its nonce stale: another try with the same password would fail the same
    /// way, and may lock the account. The other errors if there is nothing that can be answered.
    pub fn challenged(
        &mut self,
        request: &Request,
        response: &Response,
        mut cnonce: impl FnMut() -> String,
    ) -> Result<(), AuthError> {
        let challenger = Challenger::of(response.status);
        let best = strongest(challenges(&response.headers, challenger));
        if best.is_empty() {
            let fields = response.headers.all(challenger.challenge_header());
            let any = fields.flat_map(param_list::schemes).next().is_some();
            return Err(if any {
                AuthError::Unsupported
            } else {
                AuthError::NoChallenge
            });
        }
        let answered = authorizations(&request.headers, challenger);
        for challenge in best {
            let space = space_of(request, challenger, &challenge.realm);
            let sent = answered
                .iter()
                .find(|answer| answer.realm == challenge.realm);
            let stale_rounds = self.check_retry(&space, sent, &challenge)?;
            let session = Session::new(challenge, cnonce(), stale_rounds);
            self.sessions.insert(space, session);
        }
        Ok(())
    }

    /// Takes the final response to a request that was not challenged. Tells whether the request
    /// carried an answer, which means that the other side accepted it.
    pub fn accepted(&mut self, request: &Request, response: &Response) -> bool {
        let mut any = false;
        for challenger in [Challenger::Server, Challenger::Proxy] {
            for answer in authorizations(&request.headers, challenger) {
                any = true;
                let space = space_of(request, challenger, &answer.realm);
                if let Some(session) = self.sessions.get_mut(&space)
                    && session.challenge.nonce == answer.nonce
                {
                    session.prove();
                    session.follow_next_nonce(response, challenger);
                }
            }
        }
        any
    }

    fn check_retry(
        &self,
        space: &Space,
        sent: Option<&Authorization>,
        challenge: &Challenge,
    ) -> Result<u8, AuthError> {
        let session = self.sessions.get(space);
        let (Some(sent), Some(session)) = (sent, session) else {
            return Ok(0);
        };
        session.check_retry(&sent.nonce, challenge)
    }
}

/// What is answered for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) method: &'a str,
    pub(super) uri: &'a str,
    pub(super) body: &'a [u8],
}

impl Session {
    pub(super) fn new(challenge: Challenge, cnonce: String, stale_rounds: u8) -> Self {
        Self {
            challenge,
            cnonce,
            nonce_count: 0,
            proven: false,
            stale_rounds,
        }
    }

    pub(super) fn nonce(&self) -> &str {
        &self.challenge.nonce
    }

    /// An answer was good.
    pub(super) fn prove(&mut self) {
        self.proven = true;
        self.stale_rounds = 0;
    }

    /// Decides whether a challenge may be answered after an answer with the nonce `sent`, and counts the
    /// nonces that were given up without having been good.
    pub(super) fn check_retry(&self, sent: &str, challenge: &Challenge) -> Result<u8, AuthError> {
        // The other nonce came meanwhile, for another request that went out at the same time.
        let crossed = self.challenge.nonce != sent;
        if challenge.stale || crossed {
            let rounds = self.stale_rounds + 1;
            return (rounds <= MAX_STALE_ROUNDS)
                .then_some(rounds)
                .ok_or(AuthError::Rejected);
        }
        // A nonce that was good before and is not any more has expired, even if the server does not
        // say so.
        let expired = self.proven && sent != challenge.nonce;
        expired.then_some(0).ok_or(AuthError::Rejected)
    }

    pub(super) fn answer(
        &mut self,
        credentials: &Credentials,
        subject: Subject<'_>,
    ) -> Authorization {
        let Challenge {
            realm,
            nonce,
            opaque,
            algorithm,
            qop,
            stale: _,
        } = self.challenge.clone();
        self.nonce_count += 1;
        let (cnonce, nonce_count) = (self.cnonce.clone(), self.nonce_count);
        let mut answer = Authorization {
            username: credentials.username.clone(),
            realm,
            nonce,
            uri: subject.uri.to_owned(),
            response: String::new(),
            algorithm,
            opaque,
            protection: qop.map(|qop| Protection {
                qop,
                cnonce,
                nonce_count,
            }),
        };
        answer.response =
            answer.expected_response(subject.method, subject.body, &credentials.password);
        answer
    }

    /// Takes the nonce that the server wants to see next (RFC 7616 §3.5).
    fn follow_next_nonce(&mut self, response: &Response, challenger: Challenger) {
        let header = match challenger {
            Challenger::Server => "Authentication-Info",
            Challenger::Proxy => "Proxy-Authentication-Info",
        };
        // The field is a list without a scheme, so it is read as the parameters of one.
        let field = response
            .headers
            .get(header)
            .map(|list| format!("Digest {list}"));
        let schemes = field
            .as_deref()
            .map(param_list::schemes)
            .unwrap_or_default();
        if let Some(nonce) = schemes.first().and_then(|list| list.get("nextnonce"))
            && *nonce != self.challenge.nonce
        {
            self.challenge.nonce = nonce.to_owned();
            self.nonce_count = 0;
        }
    }
}

/// For each realm the challenge with the strongest hash; among equals the first, which the server
/// prefers. RFC 8760 §2.4 leaves the choice to local policy, and this one cannot be talked into MD5
/// by the order of the header fields.
pub(super) fn strongest(challenges: Vec<Challenge>) -> Vec<Challenge> {
    let strength = |challenge: &Challenge| -> Hash { challenge.effective_algorithm().hash };
    let mut best: Vec<Challenge> = Vec::new();
    for challenge in challenges {
        match best.iter_mut().find(|other| other.realm == challenge.realm) {
            Some(other) if strength(&challenge) > strength(other) => *other = challenge,
            Some(_) => {}
            None => best.push(challenge),
        }
    }
    best
}

fn space_of(request: &Request, challenger: Challenger, realm: &str) -> Space {
    let host = match challenger {
        Challenger::Server => host_of(request),
        Challenger::Proxy => None,
    };
    Space {
        challenger,
        host,
        realm: realm.to_owned(),
    }
}

fn host_of(request: &Request) -> Option<String> {
    request
        .uri
        .host()
        .map(|host| host.to_string().to_ascii_lowercase())
}

/// A server that calls every nonce stale would keep a client busy for ever.
const MAX_STALE_ROUNDS: u8 = 3;

#[cfg(test)]
mod tests;
