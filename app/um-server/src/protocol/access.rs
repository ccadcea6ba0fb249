//! Who may do what: Digest for everyone who claims to be a user of ours.

use std::time::Instant;

use hark_sip::auth::{Algorithm, Challenger, Freshness, Password, Verification, Verifier};
use hark_sip::message::{Host, NameAddr, Request, Response, StatusCode, Uri};
use hark_sip::{IdSource, Transport};

use super::{Arrival, ProtocolEvent, ProtocolServer, UM_FLOW};
use crate::config::{DigestOffer, User};

/// The verifiers of the two ways to ask: as registrar (401) and as proxy (407).
pub(super) struct Access {
    registrar: Verifier,
    proxy: Verifier,
}

/// What is known of the sender of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sender {
    /// A user of ours who has proved it. From the UM server, whom it speaks for.
    User(String),
    /// Somebody of another domain, or a caller that the UM server speaks for.
    Stranger,
}

impl Access {
    pub fn new(now: Instant, domain: &Host, digest: DigestOffer, ids: &mut IdSource) -> Self {
        let realm = domain.to_string();
        let algorithms = match digest {
            DigestOffer::Sha256AndMd5 => vec![Algorithm::SHA_256, Algorithm::MD5],
            DigestOffer::Md5 => vec![Algorithm::MD5],
        };
        let mut verifier = |challenger| {
            let verifier = Verifier::new(now, challenger, &realm, secret(ids));
            verifier.offering(algorithms.clone())
        };
        Self {
            registrar: verifier(Challenger::Server),
            proxy: verifier(Challenger::Proxy),
        }
    }

    /// The user who signed the request, or the response that asks for a signature.
    fn identify(
        &mut self,
        now: Instant,
        challenger: Challenger,
        users: &[User],
        request: &Request,
    ) -> Result<String, Box<Response>> {
        let (verifier, status) = match challenger {
            Challenger::Server => (&mut self.registrar, StatusCode::UNAUTHORIZED),
            Challenger::Proxy => (&mut self.proxy, StatusCode::PROXY_AUTHENTICATION_REQUIRED),
        };
        let password = |name: &str| {
            let user = users.iter().find(|user| user.name == name)?;
            Some(Password::new(user.password.reveal()))
        };
        let freshness = match verifier.verify(now, request, password) {
            Verification::Accepted { username } => return Ok(username),
            Verification::Stale => Freshness::Stale,
            Verification::Missing | Verification::Rejected => Freshness::First,
        };
        let mut response = Response::to(request, status);
        verifier.challenge(now, freshness, &mut response);
        Err(Box::new(response))
    }
}

impl ProtocolServer {
    pub(super) fn register(&mut self, now: Instant, arrival: Arrival) {
        let Arrival {
            flow,
            info,
            transaction,
            request,
        } = arrival;
        let to = request
            .headers
            .to()
            .ok()
            .and_then(|to| self.user_of(&to.uri));
        let identified =
            self.access
                .identify(now, Challenger::Server, &self.settings.users, &request);
        let user = match identified {
            Ok(user) => user,
            Err(challenge) => return self.transactions.respond(now, transaction, *challenge),
        };
        if to.as_ref() != Some(&user) {
            let refusal = Response::to(&request, StatusCode::FORBIDDEN);
            return self.transactions.respond(now, transaction, refusal);
        }
        let domain = &self.settings.domain;
        let (response, change) = self.registrar.register(now, flow, &user, domain, &request);
        self.transactions.respond(now, transaction, response);
        if change.signed_in {
            let transport = info.transport;
            self.events.push_back(ProtocolEvent::SignedIn {
                user: user.clone(),
                transport,
            });
        }
        if change.signed_out {
            self.events
                .push_back(ProtocolEvent::SignedOut { user: user.clone() });
        }
        if change.arrived {
            self.notify_flow(now, &user, flow);
        }
    }

    /// Finds out who sends a request that shall go on, and lets it say no more than is proved. `Err`
    /// is the response that refuses it.
    pub(super) fn admit(
        &mut self,
        now: Instant,
        arrival: &mut Arrival,
    ) -> Result<Sender, Box<Response>> {
        let from = arrival.request.headers.from();
        let from = from.map_err(|_| refusal(arrival, StatusCode::BAD_REQUEST))?;
        if arrival.flow == UM_FLOW {
            let user = self.user_of(&from.uri);
            return Ok(user.map_or(Sender::Stranger, Sender::User));
        }
        let sender = if from.uri.host() == Some(&self.settings.domain) {
            let users = &self.settings.users;
            let name = self
                .access
                .identify(now, Challenger::Proxy, users, &arrival.request)?;
            if self.user_of(&from.uri).as_ref() != Some(&name) {
                return Err(refusal(arrival, StatusCode::FORBIDDEN));
            }
            Sender::User(name)
        } else {
            Sender::Stranger
        };
        self.assert_identity(&sender, arrival);
        Ok(sender)
    }

    /// The user whom an address of our domain names.
    pub(super) fn user_of(&self, uri: &Uri) -> Option<String> {
        if uri.host() != Some(&self.settings.domain) {
            return None;
        }
        let name = uri.user_text()?;
        let user = self
            .settings
            .users
            .iter()
            .find(|user| user.answers_to(&name))?;
        Some(user.name.clone())
    }

    /// Removes what only we may say and says what we know (RFC 3325 §5).
    fn assert_identity(&self, sender: &Sender, arrival: &mut Arrival) {
        let headers = &mut arrival.request.headers;
        headers.remove("P-Asserted-Identity");
        match sender {
            Sender::User(user) => {
                let identity = NameAddr::new(Uri::sip(user, self.settings.domain.clone()));
                headers.push("P-Asserted-Identity", identity);
                // The signature was for us (RFC 3261 §22.3).
                headers.remove("Proxy-Authorization");
                if arrival.info.transport != Transport::Tls {
                    headers.remove("Ms-Exchange-Command");
                }
            }
            Sender::Stranger => headers.remove("Ms-Exchange-Command"),
        }
    }

    pub(super) fn identify_subscriber(
        &mut self,
        now: Instant,
        request: &Request,
    ) -> Result<String, Box<Response>> {
        self.access
            .identify(now, Challenger::Server, &self.settings.users, request)
    }
}

fn refusal(arrival: &Arrival, status: StatusCode) -> Box<Response> {
    Box::new(Response::to(&arrival.request, status))
}

/// A secret for nonces, drawn from the seeded source so that tests repeat.
fn secret(ids: &mut IdSource) -> [u8; 32] {
    let mut secret = [0; 32];
    for byte in &mut secret {
        *byte = u8::try_from(ids.below(256)).unwrap_or_default();
    }
    secret
}
