//! Dialogs: what two user agents remember of each other between requests (RFC 3261 §12).
//!
//! From, To and the route set are kept as they stood on the wire and are echoed that way, because
//! servers put parameters into them that are theirs to read (`epid`, `ms-*`).

use crate::identity::Epid;
use crate::message::{Headers, Method, NameAddr, Params, Request, Response, Uri};

/// What tells one dialog from another (RFC 3261 §12).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DialogId {
    pub call_id: String,
    pub local_tag: String,
    /// Empty for a peer of RFC 2543 that sends no tag.
    pub remote_tag: String,
}

impl DialogId {
    /// The dialog that an incoming request speaks of; `None` when it is outside of any dialog.
    pub fn of_incoming(request: &Request) -> Option<Self> {
        let local_tag = request.headers.to().ok()?.tag()?.to_owned();
        let remote_tag = request
            .headers
            .from()
            .ok()?
            .tag()
            .unwrap_or_default()
            .to_owned();
        Some(Self {
            call_id: request.headers.call_id().ok()?.to_owned(),
            local_tag,
            remote_tag,
        })
    }
}

/// The state of one dialog.
#[derive(Debug, Clone)]
pub(crate) struct Dialog {
    pub(crate) id: DialogId,
    /// Our From, with tag and `epid`, as text.
    local: String,
    /// Their To, or their From, as text.
    remote: String,
    remote_target: Uri,
    /// Route values in the order in which requests carry them.
    route_set: Vec<String>,
    local_cseq: u32,
    remote_cseq: Option<u32>,
    /// Our Contact value.
    pub(crate) contact: String,
    pub(crate) opener: Opener,
    /// The other side has said that it takes UPDATE (RFC 3311 §5.1).
    pub(crate) allows_update: bool,
}

/// Whose request made a dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opener {
    Us,
    Them,
}

/// The CSeq of a request is not above that of the last one (RFC 3261 §12.2.2): it is answered 500.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OutOfOrder;

impl Dialog {
    /// The dialog that a response to our request creates (RFC 3261 §12.1.2); `None` when the
    /// response names no dialog.
    pub(crate) fn of_client(request: &Request, response: &Response) -> Option<Self> {
        let id = DialogId {
            call_id: request.headers.call_id().ok()?.to_owned(),
            local_tag: request.headers.from().ok()?.tag()?.to_owned(),
            remote_tag: response
                .headers
                .to()
                .ok()?
                .tag()
                .unwrap_or_default()
                .to_owned(),
        };
        Some(Self {
            id,
            local: request.headers.get("From")?.to_owned(),
            remote: response.headers.get("To")?.to_owned(),
            remote_target: contact_uri(&response.headers).unwrap_or_else(|| request.uri.clone()),
            route_set: backwards(recorded_route(&response.headers)?),
            local_cseq: request.headers.cseq().ok()?.number,
            remote_cseq: None,
            contact: request
                .headers
                .get("Contact")
                .unwrap_or_default()
                .to_owned(),
            opener: Opener::Us,
            allows_update: response.headers.lists("Allow", "UPDATE"),
        })
    }

    /// The dialog that a request to us creates under this tag (RFC 3261 §12.1.1); `None` when the
    /// request lacks what a dialog needs.
    pub(crate) fn of_server(
        request: &Request,
        local_tag: &str,
        contact: &str,
        epid: Option<&Epid>,
    ) -> Option<Self> {
        let id = DialogId {
            call_id: request.headers.call_id().ok()?.to_owned(),
            local_tag: local_tag.to_owned(),
            remote_tag: request
                .headers
                .from()
                .ok()?
                .tag()
                .unwrap_or_default()
                .to_owned(),
        };
        let mut local = request.headers.to().ok()?;
        local.params.set("tag", local_tag);
        // Microsoft's servers want to find our `epid` in the From of every request; most callers
        // have put it into To.
        if let Some(epid) = epid.filter(|_| !local.params.has("epid")) {
            local.params.set("epid", epid.as_str());
        }
        Some(Self {
            id,
            local: local.to_string(),
            remote: request.headers.get("From")?.to_owned(),
            remote_target: contact_uri(&request.headers)?,
            route_set: recorded_route(&request.headers)?,
            local_cseq: 0,
            remote_cseq: Some(request.headers.cseq().ok()?.number),
            contact: contact.to_owned(),
            opener: Opener::Them,
            allows_update: request.headers.lists("Allow", "UPDATE"),
        })
    }
}

impl Dialog {
    /// A new request in this dialog, with the next CSeq (RFC 3261 §12.2.1.1).
    pub(crate) fn request(&mut self, method: Method) -> Request {
        self.local_cseq += 1;
        self.request_with_cseq(method, self.local_cseq)
    }

    /// The ACK of a 2xx has the CSeq number of its INVITE (RFC 3261 §13.2.2.4), and the INVITE's
    /// credentials.
    pub(crate) fn ack(&self, invite: &Request) -> Request {
        let number = invite
            .headers
            .cseq()
            .map_or(self.local_cseq, |cseq| cseq.number);
        let mut ack = self.request_with_cseq(Method::Ack, number);
        for name in ["Authorization", "Proxy-Authorization"] {
            for value in invite.headers.all(name) {
                ack.headers.push(name, value);
            }
        }
        ack
    }

    /// The number for a request that is sent again with credentials.
    pub(crate) fn next_cseq(&mut self) -> u32 {
        self.local_cseq += 1;
        self.local_cseq
    }

    /// Takes note of the CSeq of an incoming request. Gaps are legal, steps back are not
    /// (RFC 3261 §12.2.2).
    pub(crate) fn accept_cseq(&mut self, request: &Request) -> Result<(), OutOfOrder> {
        let number = request.headers.cseq().map_err(|_| OutOfOrder)?.number;
        if self.remote_cseq.is_some_and(|last| number <= last) {
            return Err(OutOfOrder);
        }
        self.remote_cseq = Some(number);
        Ok(())
    }

    /// A target refresh request or its 2xx may bring a new Contact (RFC 3261 §12.2.2), and say
    /// anew what the other side can do.
    pub(crate) fn refresh_target(&mut self, headers: &Headers) {
        if headers.get("Allow").is_some() {
            self.allows_update = headers.lists("Allow", "UPDATE");
        }
        if let Some(contact) = contact_uri(headers) {
            self.remote_target = contact;
        }
    }

    /// The 2xx of an INVITE decides the route set anew (RFC 3261 §13.2.2.4); its Contact may be
    /// missing where a provisional response brought it before.
    pub(crate) fn confirm(&mut self, response: &Response) {
        if let Some(routes) = recorded_route(&response.headers) {
            self.route_set = backwards(routes);
        }
        self.refresh_target(&response.headers);
        if let Some(to) = response.headers.get("To") {
            self.remote = to.to_owned();
        }
    }

    /// Who we are in this dialog, without tag and `epid`.
    pub(crate) fn local_address(&self) -> Option<NameAddr> {
        Some(NameAddr::new(NameAddr::parse(&self.local)?.uri))
    }

    /// Where somebody else reaches the other side of this dialog: at this very device where its
    /// Contact holds everywhere (RFC 5627), otherwise by its public address (RFC 5589 §7.3).
    pub(crate) fn public_remote(&self) -> Option<Uri> {
        let params = self.remote_target.params();
        if params.has("gr") || params.has("gruu") {
            return Some(self.remote_target.clone());
        }
        Some(NameAddr::parse(&self.remote)?.uri)
    }

    fn request_with_cseq(&self, method: Method, cseq: u32) -> Request {
        let (uri, routes) = self.route();
        let mut request = Request::new(method, uri);
        request.headers.push("From", &self.local);
        request.headers.push("To", &self.remote);
        request.headers.push("Call-ID", &self.id.call_id);
        request
            .headers
            .push("CSeq", format!("{cseq} {}", request.method));
        for route in routes {
            request.headers.push("Route", route);
        }
        if matches!(
            request.method,
            Method::Invite | Method::Update | Method::Subscribe | Method::Refer | Method::Notify
        ) {
            request.headers.push("Contact", &self.contact);
        }
        request
    }

    /// Request URI and Route: a first hop without `lr` is a strict router, which wants its own URI
    /// as the request URI and the target as the last Route (RFC 3261 §12.2.1.1).
    fn route(&self) -> (Uri, Vec<String>) {
        let Some((first, rest)) = self.route_set.split_first() else {
            return (self.remote_target.clone(), Vec::new());
        };
        match NameAddr::parse(first) {
            Some(hop) if !hop.uri.params().has("lr") => {
                let mut routes = rest.to_vec();
                routes.push(NameAddr::new(self.remote_target.clone()).to_string());
                (hop.uri, routes)
            }
            Some(_) | None => (self.remote_target.clone(), self.route_set.clone()),
        }
    }
}

/// Our From with its tag before all other parameters, as in the example of [MS-OCEXUM] §4.1.
pub(crate) fn tagged(address: &NameAddr, tag: &str) -> NameAddr {
    let mut tagged = NameAddr {
        params: Params::default(),
        ..address.clone()
    };
    tagged.params.set("tag", tag);
    for (name, value) in address.params.iter() {
        match value {
            Some(value) => tagged.params.set(name, value),
            None => tagged.params.set_flag(name),
        }
    }
    tagged
}

/// The address that a Contact gives for further requests.
fn contact_uri(headers: &Headers) -> Option<Uri> {
    Some(headers.first_contact()?.uri)
}

/// The Record-Route values in the order in which they stand; `None` for more than any request
/// passes, which would be sent along with each of ours.
fn recorded_route(headers: &Headers) -> Option<Vec<String>> {
    let values = headers.values("Record-Route").take(MAX_ROUTES + 1);
    let routes: Vec<String> = values.map(str::to_owned).collect();
    (routes.len() <= MAX_ROUTES).then_some(routes)
}

fn backwards(mut routes: Vec<String>) -> Vec<String> {
    routes.reverse();
    routes
}

/// As many hops as a request may take (RFC 3261 §8.1.1.6).
const MAX_ROUTES: usize = 70;
