//! The check of the server's certificate: whether it is trusted, and for how long.

use std::time::{Duration, SystemTime};

use hark_phone::Transport;
use hark_phone::snapshot::Certificate;

use super::{Check, Subject, Topic, Verdict};
use crate::state::{is_about_certificate, registration_problem};
use crate::text;

impl Subject<'_> {
    pub(super) fn certificate(&self) -> Check {
        let chain = self
            .connection
            .map_or(&[][..], |connection| &connection.chain);
        let refused = registration_problem(&self.snapshot.registration)
            .filter(|_| self.cause.is_some_and(is_about_certificate));
        let (verdict, text) = match (chain.first(), refused) {
            _ if self.is_in_clear() => {
                (Verdict::Unknown, text::certificate_not_needed().to_owned())
            }
            (_, Some(problem)) => (Verdict::NotOk, problem.text.clone()),
            (Some(own), None) => self.good_until(own, chain),
            (None, None) => (Verdict::Unknown, text::certificate_not_shown().to_owned()),
        };
        let tls = self.connection.and_then(|connection| connection.tls);
        let agreed = tls.map(|tls| format!("{}, {}", tls.version, tls.suite));
        let certificates = chain
            .iter()
            .map(|certificate| self.certificate_line(certificate));
        Check {
            topic: Topic::Certificate,
            verdict,
            text,
            lines: certificates.chain(agreed).collect(),
        }
    }

    /// A certificate that was accepted, by the first of its chain that ends.
    fn good_until(&self, own: &Certificate, chain: &[Certificate]) -> (Verdict, String) {
        let ends = chain.iter().filter_map(|certificate| certificate.not_after);
        let Some(end) = ends.min() else {
            return (Verdict::Unknown, text::certificate_not_shown().to_owned());
        };
        let now = SystemTime::from(self.moment.wall.timestamp());
        let left = end.duration_since(now).unwrap_or_default();
        let days = left.as_secs() / DAY.as_secs();
        let (subject, date) = (shown_name(own), text::date(end, &self.moment.wall));
        match left > SHORT_NOTICE {
            true => (Verdict::Ok, text::certificate_good(subject, date, days)),
            false => (
                Verdict::NotOk,
                text::certificate_ends_soon(subject, date, days),
            ),
        }
    }

    fn certificate_line(&self, certificate: &Certificate) -> String {
        let until = certificate
            .not_after
            .map(|end| text::date(end, &self.moment.wall));
        text::certificate_line(
            shown_name(certificate),
            certificate.issuer.as_str(),
            until.unwrap_or_default(),
            certificate.fingerprint.to_string(),
        )
    }

    fn is_in_clear(&self) -> bool {
        let account = self.snapshot.account.as_ref();
        account.is_some_and(|account| account.transport == Transport::Tcp)
    }
}

/// What a certificate is called: some have names and no subject.
fn shown_name(certificate: &Certificate) -> String {
    match certificate.subject.is_empty() {
        true => certificate.names.join(", "),
        false => certificate.subject.clone(),
    }
}

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Before this long a certificate has to be renewed.
const SHORT_NOTICE: Duration = Duration::from_secs(14 * 24 * 3600);
