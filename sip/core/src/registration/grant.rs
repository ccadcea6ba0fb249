//! Reads the 200 of a REGISTER: for how long, under which GRUU, and how the flow is to be kept.

use std::time::Duration;

use crate::account::Account;
use crate::keep_alive::Terms;
use crate::message::{NameAddr, Response, Uri};

/// What the registrar granted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Grant {
    pub(crate) expires: Duration,
    /// The address of this endpoint that works from everywhere, for our Contact (OX-5).
    pub(crate) gruu: Option<Uri>,
    /// The way that requests outside of dialogs shall take (RFC 3608).
    pub(crate) service_route: Vec<String>,
    pub(crate) keep_alive: Terms,
}

impl Grant {
    /// Reads a 200. `contact` is what we registered; `asked` is for how long.
    pub(crate) fn read(
        response: &Response,
        account: &Account,
        contact: &Uri,
        asked: Duration,
    ) -> Self {
        let own = own_binding(response, account, contact);
        let in_contact = own
            .as_ref()
            .and_then(|own| own.param("expires")?.trim().parse().ok());
        let in_header = || response.headers.expires().ok().flatten();
        let seconds = in_contact.or_else(in_header).map(u64::from);
        Self {
            expires: seconds.map_or(asked, Duration::from_secs),
            gruu: own.and_then(|own| gruu(&own, account)),
            service_route: service_route(response),
            keep_alive: Terms::read(&response.headers),
        }
    }
}

/// The registrar lists every endpoint of the user; ours is the one with our instance, or, from a
/// registrar that does not repeat the instance, the one with our URI.
fn own_binding(response: &Response, account: &Account, contact: &Uri) -> Option<NameAddr> {
    let contacts = response.headers.contacts().ok()?;
    let urn = account.epid.instance().urn();
    let has_instance = |binding: &&NameAddr| {
        binding
            .param("+sip.instance")
            .is_some_and(|instance| instance.eq_ignore_ascii_case(&urn))
    };
    let by_instance = contacts.list().iter().find(has_instance);
    let by_uri = || {
        contacts
            .list()
            .iter()
            .find(|binding| binding.uri.equivalent(contact))
    };
    by_instance.or_else(by_uri).cloned()
}

/// Loose routers only, as RFC 3608 §6.1 demands; none at all where there are more than anybody
/// needs, because half a route leads nowhere.
fn service_route(response: &Response) -> Vec<String> {
    let hops: Vec<&str> = response.headers.values("Service-Route").collect();
    let is_loose = |hop: &&str| NameAddr::parse(hop).is_some_and(|hop| hop.uri.params().has("lr"));
    if hops.len() > MAX_SERVICE_ROUTE || !hops.iter().all(is_loose) {
        return Vec::new();
    }
    hops.into_iter().map(str::to_owned).collect()
}

/// `gruu` of Microsoft's servers, `pub-gruu` of everybody else's (RFC 5627 §4.2). Both must name
/// our own user: what the registrar says of others is not for our Contact.
fn gruu(binding: &NameAddr, account: &Account) -> Option<Uri> {
    let named = binding
        .param("gruu")
        .or_else(|| binding.param("pub-gruu"))?;
    let uri: Uri = named.parse().ok()?;
    uri.aor_eq(&account.address).then_some(uri)
}

/// Hops of a service route; real ones have one or two.
const MAX_SERVICE_ROUTE: usize = 8;
