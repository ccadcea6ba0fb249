//! The location service: which devices of which user are reached over which flow
//! (RFC 3261 §10.3, with the binding rules of RFC 5626 and the headers of MS-SIPREGE).
//!
//! A device is told by its `+sip.instance`, else by its epid, else by its Contact URI. It is
//! reached over the flow that its REGISTER came on and over no other, so the end of that flow ends
//! the binding. Who may register whom is checked before, by the protocol server.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hark_sip::FlowId;
use hark_sip::identity::Epid;
use hark_sip::message::{
    Contacts, HeaderError, Host, NameAddr, Request, Response, StatusCode, Uri,
};

/// All bindings of all users.
#[derive(Debug, Default)]
pub(crate) struct Registrar {
    bindings: BTreeMap<String, Vec<Binding>>,
}

/// One device of a user.
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    pub contact: NameAddr,
    pub flow: FlowId,
    pub device: Device,
    /// The address that reaches this device alone (MS-SIPRE), where the device asked for one.
    pub gruu: Option<Uri>,
    expires_at: Instant,
    call_id: String,
    cseq: u32,
}

/// What tells a device from the user's other devices.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Device {
    Instance(String),
    Epid(String),
    Contact(String),
}

/// What a REGISTER changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change {
    /// A device is there that was not, or it is there on another flow.
    pub arrived: bool,
    /// The user had no device, and has one now.
    pub signed_in: bool,
    /// The user had devices, and has none now.
    pub signed_out: bool,
}

impl Registrar {
    /// Serves a REGISTER of `user`, whose right to it is proved.
    pub fn register(
        &mut self,
        now: Instant,
        flow: FlowId,
        user: &str,
        domain: &Host,
        request: &Request,
    ) -> (Response, Change) {
        let places_before = self.places(user);
        let status = match self.update(now, flow, user, domain, request) {
            Ok(()) => StatusCode::OK,
            Err(status) => status,
        };
        let mut response = Response::to(request, status);
        match status {
            StatusCode::OK => self.describe(now, user, flow, request, &mut response),
            StatusCode::INTERVAL_TOO_BRIEF => {
                response.headers.push("Min-Expires", SHORTEST.as_secs());
            }
            _ => {}
        }
        let places = self.places(user);
        let change = Change {
            arrived: places.iter().any(|place| !places_before.contains(place)),
            signed_in: places_before.is_empty() && !places.is_empty(),
            signed_out: !places_before.is_empty() && places.is_empty(),
        };
        (response, change)
    }

    /// Forgets the bindings of a flow that is gone. Returns the users who have no device left.
    pub fn flow_closed(&mut self, flow: FlowId) -> Vec<String> {
        self.retain(|binding| binding.flow != flow)
    }

    /// Forgets the bindings whose time is over. Returns the users who have no device left.
    pub fn expire(&mut self, now: Instant) -> Vec<String> {
        self.retain(|binding| binding.expires_at > now)
    }

    /// When the next binding expires.
    pub fn next_deadline(&self) -> Option<Instant> {
        let bindings = self.bindings.values().flatten();
        bindings.map(|binding| binding.expires_at).min()
    }

    /// The devices of a user in the order of their first REGISTER.
    pub fn bindings(&self, user: &str) -> &[Binding] {
        self.bindings.get(user).map_or(&[], Vec::as_slice)
    }

    pub fn is_signed_in(&self, user: &str) -> bool {
        !self.bindings(user).is_empty()
    }

    /// The bindings that live on a flow, with their users.
    pub fn on_flow(&self, flow: FlowId) -> impl Iterator<Item = (&str, &Binding)> {
        let users = self.bindings.iter();
        let all = users.flat_map(|(user, bindings)| {
            bindings.iter().map(move |binding| (user.as_str(), binding))
        });
        all.filter(move |(_, binding)| binding.flow == flow)
    }

    /// The device of a user that a Request-URI means alone, by its GRUU.
    pub fn named_by(&self, user: &str, uri: &Uri) -> Option<&Binding> {
        // Without `opaque` a GRUU would be equivalent to the user's own address (RFC 3261
        // §19.1.4 skips parameters that only one side has).
        let has_opaque = uri.params().has("opaque");
        let is_meant = |gruu: &Uri| has_opaque && gruu.equivalent(uri);
        let mut bindings = self.bindings(user).iter();
        bindings.find(|binding| binding.gruu.as_ref().is_some_and(is_meant))
    }

    /// Either all changes of the REGISTER are made or none (RFC 3261 §10.3).
    fn update(
        &mut self,
        now: Instant,
        flow: FlowId,
        user: &str,
        domain: &Host,
        request: &Request,
    ) -> Result<(), StatusCode> {
        let bad = |_: HeaderError| StatusCode::BAD_REQUEST;
        let asked = request.headers.expires().map_err(bad)?;
        let call_id = request.headers.call_id().map_err(bad)?;
        let cseq = request.headers.cseq().map_err(bad)?.number;
        let contacts = match request.headers.contacts().map_err(bad)? {
            Contacts::List(contacts) => contacts,
            Contacts::Wildcard if asked == Some(0) => {
                self.bindings.remove(user);
                return Ok(());
            }
            Contacts::Wildcard => return Err(StatusCode::BAD_REQUEST),
        };
        let mut bindings = self.bindings(user).to_vec();
        for contact in contacts {
            let device = Device::of(&contact, request);
            // The same Call-ID orders REGISTERs by CSeq (§10.3, 7).
            let is_newer = |known: &Binding| known.call_id == call_id && known.cseq >= cseq;
            let known = bindings.iter().position(|binding| binding.device == device);
            if known
                .and_then(|index| bindings.get(index))
                .is_some_and(is_newer)
            {
                return Err(StatusCode::SERVER_INTERNAL_ERROR);
            }
            let Some(granted) = granted(&contact, asked)? else {
                bindings.retain(|binding| binding.device != device);
                continue;
            };
            let binding = Binding {
                gruu: gruu(user, domain, &device, request),
                contact,
                flow,
                device,
                expires_at: now + granted,
                call_id: call_id.to_owned(),
                cseq,
            };
            match known {
                Some(index) => bindings[index] = binding,
                None if bindings.len() < MOST_DEVICES => bindings.push(binding),
                None => return Err(StatusCode::FORBIDDEN),
            }
        }
        self.bindings.insert(user.to_owned(), bindings);
        self.bindings.retain(|_, bindings| !bindings.is_empty());
        Ok(())
    }

    /// The 200 lists all bindings (RFC 3261 §10.3, 8), each with its GRUU (MS-SIPREGE), and grants
    /// the keep-alive that was asked for (MS-CONMGMT §2.2.1).
    fn describe(
        &self,
        now: Instant,
        user: &str,
        flow: FlowId,
        request: &Request,
        response: &mut Response,
    ) {
        for binding in self.bindings(user) {
            let mut contact = binding.contact.clone();
            let left = binding.expires_at.saturating_duration_since(now).as_secs();
            contact.params.set("expires", &left.to_string());
            if let Some(gruu) = &binding.gruu {
                contact.params.set_quoted("gruu", &gruu.to_string());
            }
            response.headers.push("Contact", contact);
            if binding.flow == flow {
                response.headers.set("Expires", left);
            }
        }
        if request.headers.get("ms-keep-alive").is_some() {
            response.headers.push("ms-keep-alive", KEEP_ALIVE);
        }
        response.headers.push("Allow-Events", "message-summary");
    }

    fn places(&self, user: &str) -> Vec<(Device, FlowId)> {
        let place = |binding: &Binding| (binding.device.clone(), binding.flow);
        self.bindings(user).iter().map(place).collect()
    }

    fn retain(&mut self, keep: impl Fn(&Binding) -> bool) -> Vec<String> {
        let mut signed_out = Vec::new();
        self.bindings.retain(|user, bindings| {
            bindings.retain(&keep);
            if bindings.is_empty() {
                signed_out.push(user.clone());
            }
            !bindings.is_empty()
        });
        signed_out
    }
}

impl Device {
    fn of(contact: &NameAddr, request: &Request) -> Self {
        if let Some(instance) = contact.param("+sip.instance") {
            return Self::Instance(instance.to_owned());
        }
        let from = request.headers.from().ok();
        match from.as_ref().and_then(|from| from.param("epid")) {
            Some(epid) => Self::Epid(epid.to_owned()),
            None => Self::Contact(contact.uri.to_string()),
        }
    }
}

/// For how long a contact is kept; `None` is no longer at all (RFC 3261 §10.2.1, §10.2.2).
fn granted(contact: &NameAddr, asked: Option<u32>) -> Result<Option<Duration>, StatusCode> {
    let asked = match contact.param("expires") {
        Some(text) => Some(text.parse().map_err(|_| StatusCode::BAD_REQUEST)?),
        None => asked.map(u64::from),
    };
    match asked.map(Duration::from_secs) {
        Some(Duration::ZERO) => Ok(None),
        Some(asked) if asked < SHORTEST => Err(StatusCode::INTERVAL_TOO_BRIEF),
        Some(asked) => Ok(Some(asked.min(LONGEST))),
        None => Ok(Some(USUAL)),
    }
}

/// The GRUU that Microsoft's registrars make of a device's UUID, for whoever supports it.
fn gruu(user: &str, domain: &Host, device: &Device, request: &Request) -> Option<Uri> {
    if !request.headers.lists("Supported", "gruu-10") {
        return None;
    }
    let from = request.headers.from().ok()?;
    let instance = Epid::new(from.param("epid")?)?.instance();
    // Whoever names another instance than the epid's has a GRUU of another making.
    if matches!(device, Device::Instance(urn) if !urn.eq_ignore_ascii_case(&instance.urn())) {
        return None;
    }
    let uri = Uri::sip(user, domain.clone());
    Some(
        uri.with_param("opaque", &instance.gruu_opaque())
            .with_flag("gruu"),
    )
}

/// Shorter registrations are refused with 423.
const SHORTEST: Duration = Duration::from_secs(60);

/// Granted when nothing is asked for (RFC 3261 §10.2.1.1 suggests one hour).
const USUAL: Duration = Duration::from_secs(3600);

/// Longer registrations are shortened to this, the usual grant of Microsoft's registrars.
const LONGEST: Duration = Duration::from_secs(7200);

/// More devices of one user than anybody has.
const MOST_DEVICES: usize = 16;

/// The answer to `ms-keep-alive: UAC`: the client sends CRLF CRLF at least every five minutes.
const KEEP_ALIVE: &str = "UAS; tcp=no; hop-hop=yes; end-end=no; timeout=300";

#[cfg(test)]
mod tests;
