//! What an incoming INVITE says about itself: all that a policy may read.

use crate::call::CallId;
use crate::call::diversion::{self, Diversion};
use crate::message::{NameAddr, Request, Uri};

/// The facts of an incoming call. They are the sender's words, but for `on_registrar_flow`.
#[derive(Debug, Clone, PartialEq)]
pub struct CallFacts {
    pub request_uri: Uri,
    pub from: NameAddr,
    pub to: NameAddr,
    pub contact: Option<NameAddr>,
    /// The INVITE arrived on the flow that we opened to our own registrar (OX-15).
    pub on_registrar_flow: bool,
    /// From and To are the same URI by RFC 3261 §19.1.4; tags, `epid` and display names do not
    /// count (OX-9).
    pub from_equals_to: bool,
    /// `Ms-Sensitivity`, where its value is one of the four known ones (OX-11).
    pub sensitivity: Option<Sensitivity>,
    /// The Contact carries the parameter `automata`: a machine calls (OX-16).
    pub automata: bool,
    /// `P-Asserted-Identity`: who the server says is calling (RFC 3325). Only our own server's word
    /// counts, so it is empty for an INVITE of any other flow.
    pub asserted_identities: Vec<NameAddr>,
    /// Who was called before us, the last one first, so that the first names whose phone sent the
    /// call on to us (RFC 5806, RFC 7044).
    pub diversions: Vec<Diversion>,
    /// The call of ours that ends when this one is answered (RFC 3891). Whoever takes a call over
    /// does not ring: its user is talking already.
    pub replaces: Option<CallId>,
    /// Who sent the caller to us (RFC 3892).
    pub referred_by: Option<NameAddr>,
    pub subject: Option<String>,
    pub priority: Option<String>,
    /// `Alert-Info` values as they stand.
    pub alert_info: Vec<String>,
    /// `Call-Info` values as they stand.
    pub call_info: Vec<String>,
    /// A hint for the words on screen, never for a decision.
    pub user_agent: Option<String>,
}

/// `Ms-Sensitivity` (OX-13, MS-SIPRE 2.2.10). An absent header means `normal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sensitivity {
    Normal,
    Private,
    NormalNoDiversion,
    PrivateNoDiversion,
}

impl Sensitivity {
    /// Header values are case-insensitive (RFC 3261 §7.3.1).
    pub fn parse(value: &str) -> Option<Self> {
        let known = [
            ("normal", Self::Normal),
            ("private", Self::Private),
            ("normal-no-diversion", Self::NormalNoDiversion),
            ("private-no-diversion", Self::PrivateNoDiversion),
        ];
        let named = known
            .into_iter()
            .find(|(name, _)| value.trim().eq_ignore_ascii_case(name))?;
        Some(named.1)
    }

    /// The call must not be forwarded or deflected (OX-11).
    pub fn forbids_diversion(self) -> bool {
        matches!(self, Self::NormalNoDiversion | Self::PrivateNoDiversion)
    }
}

impl CallFacts {
    /// Reads the facts of an INVITE; `None` when From or To cannot be read, so that it must be
    /// answered with 400.
    pub fn read(invite: &Request, on_registrar_flow: bool) -> Option<Self> {
        let from = invite.headers.from().ok()?;
        let to = invite.headers.to().ok()?;
        let contact = invite.headers.first_contact();
        Some(Self {
            request_uri: invite.uri.clone(),
            on_registrar_flow,
            from_equals_to: from.uri.equivalent(&to.uri),
            sensitivity: strictest_sensitivity(invite),
            automata: contact
                .as_ref()
                .is_some_and(|contact| contact.params.has("automata")),
            asserted_identities: if on_registrar_flow {
                addresses(invite, "P-Asserted-Identity")
            } else {
                Vec::new()
            },
            diversions: diversion::read(invite),
            replaces: None,
            referred_by: invite.headers.get("Referred-By").and_then(NameAddr::parse),
            subject: text(invite, "Subject"),
            priority: text(invite, "Priority"),
            alert_info: invite
                .headers
                .values("Alert-Info")
                .map(str::to_owned)
                .collect(),
            call_info: invite
                .headers
                .values("Call-Info")
                .map(str::to_owned)
                .collect(),
            user_agent: text(invite, "User-Agent"),
            from,
            to,
            contact,
        })
    }
}

/// Of several headers the strictest one counts, so that a second header cannot lift OX-11.
pub(super) fn strictest_sensitivity(invite: &Request) -> Option<Sensitivity> {
    invite
        .headers
        .values("Ms-Sensitivity")
        .filter_map(Sensitivity::parse)
        .max()
}

/// The values of a header that can be read as addresses.
fn addresses(invite: &Request, name: &str) -> Vec<NameAddr> {
    invite
        .headers
        .values(name)
        .filter_map(NameAddr::parse)
        .collect()
}

fn text(invite: &Request, name: &str) -> Option<String> {
    invite.headers.get(name).map(str::to_owned)
}
