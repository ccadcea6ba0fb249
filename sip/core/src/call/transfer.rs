//! Transfers (RFC 3515, RFC 5589): the words that both sides share.
//!
//! `transfer/asked.rs` is the transfer that we ask for, `transfer/obeyed.rs` the one that we are
//! asked for. Each is a usage of the call's dialog beside the INVITE: the implicit subscription of
//! a REFER, whose notifications carry the status line of another call.

mod asked;
mod obeyed;

use crate::call::replaces::Replaces;
use crate::call::{CallTarget, target};
use crate::message::{Method, NameAddr, Request, Scheme, StatusCode, Uri};

pub(super) use obeyed::{Obeyed, status_of};

/// How a transfer that we asked for goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferProgress {
    /// The other side calls the target, which has said this so far.
    Trying(StatusCode),
    /// The target has answered: the call has done its duty and may be hung up.
    Succeeded,
    /// The other side did not reach the target, or refused to try. The call goes on.
    Failed(StatusCode),
    /// The other side took the transfer on and does not tell how it ends.
    Untold,
}

impl TransferProgress {
    pub(super) fn of(status: StatusCode) -> Self {
        match status.code() {
            ..200 => Self::Trying(status),
            200..300 => Self::Succeeded,
            300.. => Self::Failed(status),
        }
    }

    /// Nothing follows.
    pub fn is_final(self) -> bool {
        match self {
            Self::Trying(_) => false,
            Self::Succeeded | Self::Failed(_) | Self::Untold => true,
        }
    }
}

/// Where the other side of a call sends us. Of all headers that its Refer-To may ask for, only
/// Replaces is admitted (RFC 3261 §19.1.5 warns of the others).
#[derive(Debug, Clone, PartialEq)]
pub struct TransferTarget {
    pub uri: Uri,
    /// The call of the target that ours shall take the place of.
    pub replaces: Option<Replaces>,
    /// Who sends us, in the words of the other side (RFC 3892).
    pub referred_by: Option<NameAddr>,
}

impl TransferTarget {
    /// Reads a REFER.
    ///
    /// # Errors
    /// The status that the REFER gets which cannot be followed.
    fn read(refer: &Request) -> Result<Self, StatusCode> {
        let mut fields = refer.headers.all("Refer-To");
        let (Some(refer_to), None) = (fields.next(), fields.next()) else {
            return Err(StatusCode::BAD_REQUEST);
        };
        let uri = NameAddr::parse(refer_to)
            .ok_or(StatusCode::BAD_REQUEST)?
            .uri;
        if matches!(uri.scheme(), Scheme::Other(_)) {
            return Err(StatusCode::UNSUPPORTED_URI_SCHEME);
        }
        let invites = |method: &str| method.eq_ignore_ascii_case(Method::Invite.as_str());
        if !uri.params().get("method").is_none_or(invites) {
            return Err(StatusCode::DECLINE);
        }
        let replaces = match uri.header("Replaces") {
            Some(value) => Some(Replaces::parse(&value).ok_or(StatusCode::BAD_REQUEST)?),
            None => None,
        };
        let referred_by = refer.headers.get("Referred-By").and_then(NameAddr::parse);
        Ok(Self {
            uri: target::without_headers(uri).without_param("method"),
            replaces,
            referred_by,
        })
    }

    /// The call that follows the transfer. It carries no guarded headers: the target is not of our
    /// own choice.
    pub fn call_target(&self) -> CallTarget {
        let mut target = CallTarget::new(self.uri.clone());
        let mut add = |name: &str, value: String| target.headers.push((name.to_owned(), value));
        if let Some(replaces) = &self.replaces {
            add("Replaces", replaces.to_string());
        }
        if let Some(referred_by) = &self.referred_by {
            add("Referred-By", referred_by.to_string());
        }
        target
    }
}

/// The type of a body that is the beginning of a SIP message (RFC 3420).
const SIPFRAG: &str = "message/sipfrag";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(refer_to: &str) -> Result<TransferTarget, StatusCode> {
        let uri = "sip:alice@example.test".parse().expect("the URI is good");
        let mut refer = Request::new(Method::Refer, uri);
        refer.headers.push("Refer-To", refer_to);
        TransferTarget::read(&refer)
    }

    #[test]
    fn only_replaces_is_taken_from_the_uri() {
        let target = read(
            "Carol <sip:carol@example.test;method=INVITE?Replaces=c%40x%3Bto-tag%3Da%3B\
             from-tag%3Db&Ms-Exchange-Command=skip-pin&Route=%3Csip:evil%3E>",
        );
        let target = target.expect("it can be followed").call_target();
        assert_eq!(target.uri.to_string(), "sip:carol@example.test");
        let replaces = ("Replaces".to_owned(), "c@x;to-tag=a;from-tag=b".to_owned());
        assert_eq!(target.headers, [replaces]);
        assert!(target.guarded_headers.is_empty());
    }

    #[test]
    fn what_cannot_be_followed_has_its_status() {
        for (refer_to, status) in [
            ("", StatusCode::BAD_REQUEST),
            (
                "<http://example.test/page>",
                StatusCode::UNSUPPORTED_URI_SCHEME,
            ),
            ("<sip:a@example.test;method=BYE>", StatusCode::DECLINE),
            (
                "<sip:a@example.test?Replaces=nothing>",
                StatusCode::BAD_REQUEST,
            ),
        ] {
            assert_eq!(read(refer_to), Err(status), "{refer_to:?}");
        }
    }
}
