//! The map between header names and rsip's header list.

use rsip::Header;
use rsip::headers::UntypedHeader as _;

macro_rules! known_headers {
    ($($variant:ident, $name:literal;)+) => {
        /// Makes a field; names that rsip does not know stay as they are written.
        pub(super) fn header(name: &str, value: String) -> Header {
            match canonical(name) {
                $(known if known.eq_ignore_ascii_case($name) => {
                    Header::$variant(rsip::headers::$variant::new(value))
                })+
                other => Header::Other(other.to_owned(), value),
            }
        }

        pub(super) fn name(header: &Header) -> &str {
            match header {
                $(Header::$variant(_) => $name,)+
                Header::Other(name, _) => name,
            }
        }

        pub(super) fn value(header: &Header) -> &str {
            match header {
                $(Header::$variant(header) => header.value(),)+
                Header::Other(_, value) => value,
            }
        }

        #[cfg(test)]
        pub(super) const NAMES: &[&str] = &[$($name),+];
    };
}

known_headers! {
    Accept, "Accept";
    AcceptEncoding, "Accept-Encoding";
    AcceptLanguage, "Accept-Language";
    AlertInfo, "Alert-Info";
    Allow, "Allow";
    AuthenticationInfo, "Authentication-Info";
    Authorization, "Authorization";
    CSeq, "CSeq";
    CallId, "Call-ID";
    CallInfo, "Call-Info";
    Contact, "Contact";
    ContentDisposition, "Content-Disposition";
    ContentEncoding, "Content-Encoding";
    ContentLanguage, "Content-Language";
    ContentLength, "Content-Length";
    ContentType, "Content-Type";
    Date, "Date";
    ErrorInfo, "Error-Info";
    Event, "Event";
    Expires, "Expires";
    From, "From";
    InReplyTo, "In-Reply-To";
    MaxForwards, "Max-Forwards";
    MimeVersion, "MIME-Version";
    MinExpires, "Min-Expires";
    Organization, "Organization";
    Priority, "Priority";
    ProxyAuthenticate, "Proxy-Authenticate";
    ProxyAuthorization, "Proxy-Authorization";
    ProxyRequire, "Proxy-Require";
    RecordRoute, "Record-Route";
    ReplyTo, "Reply-To";
    Require, "Require";
    RetryAfter, "Retry-After";
    Route, "Route";
    Server, "Server";
    Subject, "Subject";
    SubscriptionState, "Subscription-State";
    Supported, "Supported";
    Timestamp, "Timestamp";
    To, "To";
    Unsupported, "Unsupported";
    UserAgent, "User-Agent";
    Via, "Via";
    Warning, "Warning";
    WwwAuthenticate, "WWW-Authenticate";
}

/// Turns a compact form into its long name and leaves all other names alone.
pub(super) fn canonical(name: &str) -> &str {
    let compact = COMPACT
        .iter()
        .find(|(short, _)| short.eq_ignore_ascii_case(name));
    compact.map_or(name, |(_, long)| long)
}

/// The compact forms that IANA lists under SIP Header Fields.
const COMPACT: [(&str, &str); 20] = [
    ("a", "Accept-Contact"),
    ("b", "Referred-By"),
    ("c", "Content-Type"),
    ("d", "Request-Disposition"),
    ("e", "Content-Encoding"),
    ("f", "From"),
    ("i", "Call-ID"),
    ("j", "Reject-Contact"),
    ("k", "Supported"),
    ("l", "Content-Length"),
    ("m", "Contact"),
    ("n", "Identity-Info"),
    ("o", "Event"),
    ("r", "Refer-To"),
    ("s", "Subject"),
    ("t", "To"),
    ("u", "Allow-Events"),
    ("v", "Via"),
    ("x", "Session-Expires"),
    ("y", "Identity"),
];
