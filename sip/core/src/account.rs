//! Who a user agent is: one user at one registrar.

use crate::auth::Credentials;
use crate::identity::Epid;
use crate::input::FlowTarget;
use crate::message::{NameAddr, Uri};

/// One user at one registrar.
#[derive(Debug, Clone)]
pub struct Account {
    /// The address of record: `sip:alice@example.test`.
    pub address: Uri,
    pub display_name: Option<String>,
    pub credentials: Credentials,
    /// Where the registrar, or the proxy in front of it, is reached.
    pub registrar: FlowTarget,
    /// Names this endpoint, the same one in every run of this installation.
    pub epid: Epid,
    /// The User-Agent header: product and version.
    pub product: String,
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
