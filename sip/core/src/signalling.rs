//! What every user of transactions shares: the transaction layer, the answers to challenges, and
//! the word on who may see guarded headers.

use std::time::Instant;

use crate::auth::{AuthError, Authenticator};
use crate::call::Guard;
use crate::identity::Epid;
use crate::input::FlowId;
use crate::message::{Method, Request, Response, StatusCode};
use crate::transaction::{ClientTransactionId, TransactionEvent, TransactionLayer};

/// The way out for requests, and the way in for everything.
#[derive(Debug)]
pub struct Signalling {
    pub layer: TransactionLayer,
    /// Answers challenges; a server that is never challenged has none.
    pub authenticator: Option<Authenticator>,
    /// Says at every send of an INVITE whether guarded headers may go with it (OX-4).
    pub guard: Guard,
    /// What stands in the From of our requests inside of calls that came to us ([MS-SIPRE]); a
    /// server has none.
    pub epid: Option<Epid>,
    /// The way that our registrar wants requests outside of dialogs to take (RFC 3608); a server
    /// has none.
    pub(crate) service_route: Vec<String>,
    /// Challenges answered since one of our requests was last accepted.
    unsatisfied: u32,
}

impl Signalling {
    /// Signalling without a password: challenges are final refusals.
    pub fn new(layer: TransactionLayer) -> Self {
        Self {
            layer,
            authenticator: None,
            guard: Guard::default(),
            epid: None,
            service_route: Vec::new(),
            unsatisfied: 0,
        }
    }

    /// Sends a request, with credentials where its server is known to want them. Returns `None`
    /// when the flow is not open.
    pub fn send(
        &mut self,
        now: Instant,
        flow: FlowId,
        mut request: Request,
    ) -> Option<ClientTransactionId> {
        if takes_service_route(&request) {
            for hop in &self.service_route {
                request.headers.push("Route", hop);
            }
        }
        if let Some(authenticator) = &mut self.authenticator {
            authenticator.authorize(&mut request);
        }
        self.layer.request(now, flow, request)
    }

    /// Takes a 401 or 407. After `Ok` the request is worth sending again.
    ///
    /// # Errors
    /// The challenge cannot be answered, or the password is wrong.
    pub fn challenged(
        &mut self,
        transaction: ClientTransactionId,
        response: &Response,
    ) -> Result<(), AuthError> {
        // A server with an ever new realm would keep us answering for ever.
        if self.unsatisfied >= MAX_UNSATISFIED {
            return Err(AuthError::Rejected);
        }
        let request = self
            .layer
            .sent(transaction)
            .cloned()
            .ok_or(AuthError::NoChallenge)?;
        let authenticator = self.authenticator.as_mut().ok_or(AuthError::NoChallenge)?;
        authenticator.challenged(&request, response, || self.layer.ids.cnonce())?;
        self.unsatisfied += 1;
        Ok(())
    }

    /// Takes a 401 or 407 to a request inside of a dialog that the other side opened.
    ///
    /// # Errors
    /// As [`Self::challenged`], and for every realm that is not our own server's.
    pub(crate) fn challenged_by_opener(
        &mut self,
        transaction: ClientTransactionId,
        response: &Response,
    ) -> Result<(), AuthError> {
        let authenticator = self.authenticator.as_ref();
        if authenticator.is_some_and(|authenticator| authenticator.is_ours(response)) {
            self.challenged(transaction, response)
        } else {
            Err(AuthError::Rejected)
        }
    }

    /// Our own server has accepted this request. Returns whether it was one that it had challenged.
    pub(crate) fn own_server_accepted(&mut self, transaction: ClientTransactionId) -> bool {
        let (Some(authenticator), Some(request)) =
            (&mut self.authenticator, self.layer.sent(transaction))
        else {
            return false;
        };
        authenticator.learn_own_realms(request)
    }

    /// The request of a transaction, ready to be sent again as a new one with this CSeq.
    pub(crate) fn renewed(&self, transaction: ClientTransactionId, cseq: u32) -> Option<Request> {
        let mut request = self.layer.sent(transaction)?.clone();
        request.headers.remove("Via");
        request
            .headers
            .set("CSeq", format!("{cseq} {}", request.method));
        Some(request)
    }

    /// The next thing that happened. Take all of them after every input and command.
    pub fn poll_event(&mut self) -> Option<TransactionEvent> {
        let event = self.layer.poll_event()?;
        if let TransactionEvent::Response {
            transaction,
            response,
        } = &event
            && response.status.is_final()
            && !is_challenge(response.status)
            && let Some(authenticator) = &mut self.authenticator
            && let Some(request) = self.layer.sent(*transaction)
        {
            authenticator.accepted(request, response);
            self.unsatisfied = 0;
        }
        Some(event)
    }
}

/// Requests outside of dialogs go by the service route, but for REGISTER, which has not learned it
/// yet, and those that have a route already (RFC 3608 §6.1).
fn takes_service_route(request: &Request) -> bool {
    let in_dialog = request.headers.to().is_ok_and(|to| to.tag().is_some());
    !in_dialog && request.method != Method::Register && request.headers.get("Route").is_none()
}

/// 401 and 407 ask for credentials.
pub(crate) fn is_challenge(status: StatusCode) -> bool {
    status == StatusCode::UNAUTHORIZED || status == StatusCode::PROXY_AUTHENTICATION_REQUIRED
}

/// More challenges in a row than all realms on the way of one request ever pose.
const MAX_UNSATISFIED: u32 = 12;
