//! Who a user agent is: one user at one registrar.

use crate::auth::Credentials;
use crate::identity::Epid;
use crate::input::Transport;
use crate::message::{NameAddr, Uri};

/// One user at one registrar.
#[derive(Debug, Clone)]
pub struct Account {
    /// The address of record: `sip:alice@example.test`.
    pub address: Uri,
    pub display_name: Option<String>,
    pub credentials: Credentials,
    /// Where the registrar, or the proxy in front of it, is reached.
    pub registrar: Registrar,
    /// Names this endpoint, the same one in every run of this installation.
    pub epid: Epid,
    /// The User-Agent header: product and version.
    pub product: String,
}

/// Where the registrar is, as far as the user has said; [`crate::locate`] finds the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registrar {
    pub transport: Transport,
    /// Host name or address literal (IPv6 without brackets): what the user named, or the domain of
    /// the account.
    pub host: String,
    /// With a port there is nothing to find but the addresses of the host (RFC 3263 §4.2).
    pub port: Option<u16>,
    /// Names of which the server's certificate must carry one: the host that the user named and
    /// the SIP domain of the account (RFC 5922 §7.1).
    pub certificate_names: Vec<String>,
}

impl Account {
    /// What stands in From: name, address and `epid`, without a tag.
    pub(crate) fn from(&self) -> NameAddr {
        let from = NameAddr::new(self.address.clone());
        let from = match &self.display_name {
            Some(name) => from.with_display_name(name),
            None => from,
        };
        from.with_param("epid", self.epid.as_str())
    }
}
