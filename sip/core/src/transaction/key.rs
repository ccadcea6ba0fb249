//! How a message finds its transaction (RFC 3261 §17.1.3, §17.2.3).

use crate::ids::BRANCH_COOKIE;
use crate::input::FlowId;
use crate::message::{Method, Request, Response};

/// Finds the client transaction of a response.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ClientKey {
    pub(crate) branch: String,
    pub(crate) method: Method,
}

impl ClientKey {
    /// `None` when the response has no branch of ours; see [`echoes`].
    pub(crate) fn of_response(response: &Response) -> Option<Self> {
        let via = response.headers.top_via().ok()?;
        let branch = via
            .branch()
            .filter(|branch| branch.starts_with(BRANCH_COOKIE))?
            .to_owned();
        Some(Self {
            branch,
            method: response.headers.cseq().ok()?.method,
        })
    }
}

/// Whether a response without a usable branch answers this request: some Microsoft servers drop
/// the branch, so Call-ID, CSeq and our tag have to do.
pub(crate) fn echoes(request: &Request, response: &Response) -> bool {
    let tag = |from: Option<crate::message::NameAddr>| from?.tag().map(str::to_owned);
    request.headers.call_id().ok() == response.headers.call_id().ok()
        && request.headers.cseq().ok() == response.headers.cseq().ok()
        && tag(request.headers.from().ok()) == tag(response.headers.from().ok())
}

/// Finds the server transaction of a request. The flow is part of it: nobody else's connection
/// can cancel or confuse what came in on this one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ServerKey {
    flow: FlowId,
    rule: MatchingRule,
    method: Method,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum MatchingRule {
    /// The branch has the magic cookie.
    Branch { branch: String, sent_by: String },
    /// RFC 2543: no branch that could be trusted, or, as in the second example of [MS-OCEXUM], no
    /// Via at all.
    Legacy {
        via: String,
        request_uri: String,
        call_id: String,
        cseq: u32,
        from_tag: String,
    },
}

impl ServerKey {
    /// The key of a request; an ACK and a CANCEL get the key of the INVITE that they speak of.
    /// `None` when the request lacks what every request must have.
    pub(crate) fn of_request(flow: FlowId, request: &Request) -> Option<Self> {
        let method = match &request.method {
            Method::Ack => Method::Invite,
            method => method.clone(),
        };
        Some(Self {
            flow,
            rule: MatchingRule::of_request(request)?,
            method,
        })
    }

    /// The key of the INVITE that a CANCEL means.
    pub(crate) fn invite_of_cancel(&self) -> Self {
        Self {
            flow: self.flow,
            rule: self.rule.clone(),
            method: Method::Invite,
        }
    }

    pub(crate) fn is_legacy(&self) -> bool {
        matches!(self.rule, MatchingRule::Legacy { .. })
    }
}

impl MatchingRule {
    fn of_request(request: &Request) -> Option<Self> {
        let via = request.headers.top_via().ok();
        let branch = via.as_ref().and_then(|via| via.branch());
        if let (Some(via), Some(branch)) = (&via, branch.filter(|it| it.starts_with(BRANCH_COOKIE)))
        {
            let port = via.port.map(|port| format!(":{port}")).unwrap_or_default();
            let sent_by = format!("{}{port}", via.host).to_ascii_lowercase();
            return Some(Self::Branch {
                branch: branch.to_owned(),
                sent_by,
            });
        }
        Some(Self::Legacy {
            via: via.map(|via| via.to_string()).unwrap_or_default(),
            request_uri: request.uri.to_string(),
            call_id: request.headers.call_id().ok()?.to_owned(),
            cseq: request.headers.cseq().ok()?.number,
            from_tag: request
                .headers
                .from()
                .ok()?
                .tag()
                .unwrap_or_default()
                .to_owned(),
        })
    }
}

/// Recognises a request that took two ways to us (RFC 3261 §8.2.2.2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MergeKey {
    call_id: String,
    from_tag: String,
    cseq: u32,
    method: Method,
}

impl MergeKey {
    /// `None` for a request inside a dialog, which cannot be merged.
    pub(crate) fn of_request(request: &Request) -> Option<Self> {
        if request.headers.to().ok()?.tag().is_some() {
            return None;
        }
        let cseq = request.headers.cseq().ok()?;
        Some(Self {
            call_id: request.headers.call_id().ok()?.to_owned(),
            from_tag: request.headers.from().ok()?.tag()?.to_owned(),
            cseq: cseq.number,
            method: cseq.method,
        })
    }
}
