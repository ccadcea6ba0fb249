//! Following the 3xx of a REGISTER: a registrar that sends us to another one of the same domain
//! ([MS-SIP] §4.1, RFC 3261 §8.1.3.4).
//!
//! A registrar may say where its users are served, not who they are: it can name nothing outside of
//! the domain of the account, and cannot talk us out of encryption.

use super::Locator;
use crate::account::{Account, Registrar};
use crate::input::Transport;
use crate::message::{Host, NameAddr, Response, Scheme, Uri};

/// Where a redirection leads, best first.
pub(crate) fn destinations(account: &Account, response: &Response) -> Vec<Locator> {
    let Ok(contacts) = response.headers.contacts() else {
        return Vec::new();
    };
    let mut contacts = contacts.list().to_vec();
    contacts.sort_by_key(|contact| std::cmp::Reverse(contact.q_thousandths()));
    let registrars = contacts
        .iter()
        .filter_map(|contact: &NameAddr| registrar(account, &contact.uri));
    registrars
        .take(MAX_DESTINATIONS)
        .map(|registrar| Locator::new(&registrar, None))
        .collect()
}

/// A registrar that the one of the account may send us to.
fn registrar(account: &Account, uri: &Uri) -> Option<Registrar> {
    let own = &account.registrar;
    let host = uri.host()?;
    let named = uri.params().get("transport");
    let fits = match (uri.scheme(), own.transport, named) {
        (Scheme::Sips, Transport::Tls, _) | (Scheme::Sip, _, None) => true,
        (Scheme::Sip, Transport::Tls, Some(named)) => named.eq_ignore_ascii_case("tls"),
        (Scheme::Sip, Transport::Tcp, Some(named)) => named.eq_ignore_ascii_case("tcp"),
        (Scheme::Sips | Scheme::Tel | Scheme::Other(_), _, _) => false,
    };
    if !fits || !is_of_the_house(account, host) {
        return None;
    }
    let mut certificate_names = own.certificate_names.clone();
    certificate_names.push(host.unbracketed());
    Some(Registrar {
        transport: own.transport,
        host: host.unbracketed(),
        port: uri.port(),
        certificate_names,
    })
}

/// The domain, a name below it, or the server that the user named.
fn is_of_the_house(account: &Account, host: &Host) -> bool {
    if Host::parse(&account.registrar.host).as_ref() == Some(host) {
        return true;
    }
    match (host, account.address.host()) {
        (Host::Name(_), Some(Host::Name(_))) => {
            let name = host.unbracketed().to_ascii_lowercase();
            let domain = account.address.host().map(Host::unbracketed);
            let domain = domain.unwrap_or_default().to_ascii_lowercase();
            name == domain || name.ends_with(&format!(".{domain}"))
        }
        _ => false,
    }
}

/// Servers of one redirection that are tried.
const MAX_DESTINATIONS: usize = 5;
