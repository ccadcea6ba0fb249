//! Where a new call shall go, and who may see which of its headers.

use crate::message::{Host, Uri};

/// A request URI and the headers that the INVITE to it carries.
#[derive(Debug, Clone, PartialEq)]
pub struct CallTarget {
    pub uri: Uri,
    /// Headers for whoever the INVITE reaches.
    pub headers: Vec<(String, String)>,
    /// Headers that are meant for the account's own server alone, `Ms-Exchange-Command: skip-pin`
    /// above all. They are on the wire only where [`Guard::admits`] says so, which is asked again
    /// at every send (OX-4).
    pub guarded_headers: Vec<(String, String)>,
}

impl CallTarget {
    /// A target without headers of its own.
    pub fn new(uri: Uri) -> Self {
        Self {
            uri,
            headers: Vec::new(),
            guarded_headers: Vec::new(),
        }
    }
}

/// A URI as it may stand in a request line and in To: without the headers that a URI of a web page
/// or of a 3xx may bring (RFC 3261 §19.1.1, table 1).
pub(super) fn without_headers(uri: Uri) -> Uri {
    if uri.headers().is_none() {
        return uri;
    }
    let text = uri.to_string();
    let bare = text.split('?').next().and_then(|bare| bare.parse().ok());
    bare.unwrap_or(uri)
}

/// Whether guarded headers may leave at this moment (OX-4).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Guard {
    /// The account's own domain while its flow is TLS and has been authenticated; `None` while
    /// nobody may see guarded headers.
    pub trusted_domain: Option<Host>,
}

impl Guard {
    /// True when an INVITE to this URI may carry guarded headers: its host is the trusted domain
    /// itself, and no parameter sends it elsewhere (`maddr`) or in the clear (`transport`).
    pub fn admits(&self, uri: &Uri) -> bool {
        let Some(domain) = &self.trusted_domain else {
            return false;
        };
        let encrypted = |transport: &str| transport.eq_ignore_ascii_case("tls");
        uri.host().is_some_and(|host| host == domain)
            && !uri.params().has("maddr")
            && uri.params().get("transport").is_none_or(encrypted)
    }
}
