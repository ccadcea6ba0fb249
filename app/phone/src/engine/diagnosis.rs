//! What a person can be told who asks why something does not work: the way to the server, what
//! keeps the account from being signed in, and what went wrong last.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use hark_sip::locate::{Answer, Question};
use hark_sip::message::StatusCode;
use hark_sip::{FlowError, KeepAlive, KeepAliveTerms, RegistrationError, Standing, Transport};
use hark_sip_net::{Findings, TrustError, Try, authorities};

use super::kept::ProfileStage;
use super::lines::Line;
use super::registration::Endpoint;
use super::{Engine, Outcome};
use crate::account::Account;
use crate::event::{Event, FileFault};
use crate::failures::{Failures, sentence};
use crate::snapshot::{
    AttemptView, CallKind, Cause, Connection, Ends, Failure, Found, KeepAliveAgreement,
    KeepAliveView, LookupView, Place, RegistrationView,
};
use crate::store::ArchiveJob;
use crate::words;

/// What the engine keeps for a diagnosis.
#[derive(Debug, Default)]
pub(super) struct Notes {
    failures: Failures,
    /// Sentences about what went wrong since the last look, besides those of events.
    fresh: Vec<String>,
}

impl Engine {
    /// Tells the user once.
    pub(super) fn complain(&mut self, text: String) {
        self.face.tell(Event::Error { text });
    }

    /// A call has ended in a way that nobody wanted.
    pub(super) fn note_failure(&mut self, text: &str) {
        self.notes.fresh.push(text.to_owned());
    }

    /// The disk may be slow, and the file on another machine.
    pub(super) fn read_authorities(&self, file: PathBuf) {
        let outcomes = self.outcomes.clone();
        tokio::task::spawn_blocking(move || {
            let content = authorities(&file).map_err(|error| match error {
                TrustError::Unreadable(_) => FileFault::Unreadable,
                TrustError::Empty => FileFault::NoCertificate,
            });
            // The engine is gone only when the program ends.
            let _ = outcomes.send(Outcome::Told(Ok(Event::Authorities { file, content })));
        });
    }

    /// Takes what has gone wrong since the last look into the list. The same failure may be told in
    /// several ways at once.
    pub(super) fn note_failures(&mut self) {
        let mut texts = std::mem::take(&mut self.notes.fresh);
        texts.extend(self.face.told().filter_map(sentence).map(str::to_owned));
        if texts.is_empty() {
            return;
        }
        let (now, names) = (SystemTime::now(), self.names());
        for (index, text) in texts.iter().enumerate() {
            if !texts[..index].contains(text) {
                self.notes.failures.note(now, text, &names);
            }
        }
        self.failures_changed();
    }

    /// The store has read what went wrong in earlier runs, the last thing that it reads of the profile.
    pub(super) fn recall_failures(&mut self, older: &[Failure]) {
        self.notes.failures.recall(older);
        self.notes.failures.say_anew();
        self.profile = ProfileStage::Read;
        self.failures_changed();
    }

    /// What lasts is said whenever it is shown, which follows; what is over is not met again.
    pub(super) fn say_anew(&mut self) {
        self.obstacles
            .iter_mut()
            .for_each(super::Obstacle::say_anew);
        self.notes.failures.say_anew();
        self.failures_changed();
    }

    pub(super) fn clear_failures(&mut self) {
        self.notes.failures = Failures::default();
        self.failures_changed();
    }

    fn failures_changed(&mut self) {
        let list = self.notes.failures.list();
        self.shown.diagnosis.failures = Arc::clone(&list);
        // Before, it would be kept in the place of those of earlier runs.
        if self.profile == ProfileStage::Read {
            self.keeper.archive(ArchiveJob::KeepFailures(list));
        }
    }

    /// Who is at the other end of the calls that are there, and of those that have just ended.
    fn names(&self) -> Arc<[String]> {
        let live = self.calls.values().map(|call| &call.view);
        let others = live
            .chain(&self.shown.calls)
            .filter(|view| match view.kind {
                CallKind::Person | CallKind::Automatic => true,
                CallKind::PlayOnPhone | CallKind::Voicemail => false,
            });
        let names = others.flat_map(|view| {
            let (diverted, asserted) = (view.diverted_from.clone(), view.asserted.clone());
            let named = [view.title.clone(), view.subtitle.clone()];
            named.into_iter().chain(diverted).chain(asserted)
        });
        names.filter(|name| !name.is_empty()).collect()
    }
}

impl Line {
    pub(super) fn connection(&self) -> Option<Connection> {
        self.endpoint.as_ref().map(Endpoint::connection)
    }

    /// What keeps the account from being signed in.
    pub(super) fn cause(&self) -> Option<Cause> {
        match &self.registration {
            RegistrationView::Failed(_)
            | RegistrationView::Lost { .. }
            | RegistrationView::Connecting(_) => {}
            RegistrationView::SignedOut | RegistrationView::Registered => return None,
        }
        match &self.endpoint {
            Some(endpoint) => endpoint.trouble.as_ref().map(cause),
            None => self.obstacle,
        }
    }
}

impl Endpoint {
    fn connection(&self) -> Connection {
        let (findings, standing) = (self.driver.findings(), self.driver.core().standing());
        let awake = |instant| self.driver.awake(instant);
        let standing = Standing {
            registered_until: standing.registered_until.map(awake),
            keep_alive: standing.keep_alive.map(|kept| KeepAlive {
                last_pong: kept.last_pong.map(awake),
                ..kept
            }),
            ..standing
        };
        connection(&self.account, findings, &standing, self.trouble.as_ref())
    }
}

/// What is shown of what was found.
fn connection(
    account: &Account,
    findings: &Findings,
    standing: &Standing,
    trouble: Option<&RegistrationError>,
) -> Connection {
    let server = account.server.host.as_str();
    let tried = telling(findings, standing, trouble);
    let attempts = tried.map_or(&[][..], |tried| &tried.attempts);
    let shown = attempts.iter().find(|attempt| attempt.outcome.is_ok());
    let shown = shown.or_else(|| attempts.iter().find(|attempt| !attempt.chain.is_empty()));
    Connection {
        server: server.to_owned(),
        username: account.username.clone(),
        lookups: findings
            .lookups
            .iter()
            .map(|it| lookup(&it.question, &it.answer))
            .collect(),
        place: tried.map(|tried| Place {
            host: tried.target.host.clone(),
            port: tried.target.port,
            addresses: tried.target.addresses.clone(),
        }),
        attempts: attempts
            .iter()
            .map(|attempt| AttemptView {
                address: attempt.address,
                problem: attempt
                    .outcome
                    .as_ref()
                    .err()
                    .map(|error| words::flow(error, server)),
            })
            .collect(),
        chain: shown
            .map(|attempt| attempt.chain.clone())
            .unwrap_or_default(),
        tls: shown.and_then(|attempt| attempt.tls),
        open: standing.info.map(|info| Ends {
            local: info.local,
            remote: info.remote,
            encrypted: info.transport == Transport::Tls,
        }),
        seen_from: standing.seen_from,
        authenticated: standing.authenticated,
        registered_until: standing.registered_until,
        keep_alive: standing.keep_alive.map(keep_alive),
    }
}

/// The flow that is open, or else the one that failed as the account did, or else the last one.
fn telling<'a>(
    findings: &'a Findings,
    standing: &Standing,
    trouble: Option<&RegistrationError>,
) -> Option<&'a Try> {
    let mut newest_first = findings.tries.iter().rev();
    if standing.info.is_some() {
        return newest_first.find(|tried| Some(tried.flow) == standing.flow);
    }
    let failed = match trouble {
        Some(RegistrationError::Flow(error)) => Some(error),
        _ => None,
    };
    let failed_so = |tried: &&Try| {
        let mut outcomes = tried
            .attempts
            .iter()
            .map(|attempt| attempt.outcome.as_ref().err());
        failed.is_some() && outcomes.any(|outcome| outcome == failed)
    };
    let last = findings.tries.iter().rev();
    newest_first
        .find(failed_so)
        .or_else(|| last.clone().find(|tried| !tried.attempts.is_empty()))
        .or(findings.tries.last())
}

fn lookup(question: &Question, answer: &Answer) -> LookupView {
    let (Question::Naptr(name) | Question::Srv(name) | Question::Addresses(name)) = question;
    let found = match answer {
        Answer::Naptr(records) => {
            Found::Services(records.iter().map(|it| it.replacement.clone()).collect())
        }
        Answer::Srv(records) => {
            let server = |target: &str, port| format!("{}:{port}", target.trim_end_matches('.'));
            Found::Servers(
                records
                    .iter()
                    .map(|it| server(&it.target, it.port))
                    .collect(),
            )
        }
        Answer::Addresses(addresses) if addresses.is_empty() => Found::Nothing,
        Answer::Addresses(addresses) => Found::Addresses(addresses.clone()),
        Answer::Nothing => Found::Nothing,
        Answer::Failed => Found::NoAnswer,
    };
    LookupView {
        name: name.clone(),
        found,
    }
}

fn keep_alive(kept: KeepAlive) -> KeepAliveView {
    KeepAliveView {
        agreement: match kept.terms {
            KeepAliveTerms::Quiet(_) => KeepAliveAgreement::Unanswered,
            KeepAliveTerms::Answered(_) => KeepAliveAgreement::Outbound,
            KeepAliveTerms::Unspoken => KeepAliveAgreement::Unspoken,
        },
        interval: kept.interval,
        last_answer: kept.last_pong,
    }
}

/// What has to be mended.
fn cause(reason: &RegistrationError) -> Cause {
    match reason {
        RegistrationError::Flow(error) => of_flow(error),
        RegistrationError::WrongPassword => Cause::WrongPassword,
        RegistrationError::Status(status) => of_status(*status),
        RegistrationError::UnsupportedChallenge => Cause::Server,
        RegistrationError::TimedOut => Cause::NoAnswer,
        RegistrationError::Silent => Cause::Lost,
    }
}

fn of_flow(error: &FlowError) -> Cause {
    match error {
        FlowError::NameNotFound => Cause::NameNotFound,
        FlowError::LookupFailed => Cause::NoNameServer,
        FlowError::Unreachable | FlowError::TimedOut => Cause::NoAnswer,
        FlowError::Refused => Cause::Refused,
        FlowError::CertificateExpired => Cause::Expired,
        FlowError::CertificateNotYetValid => Cause::NotYetValid,
        FlowError::CertificateWrongName => Cause::WrongName,
        FlowError::CertificateUnknownIssuer => Cause::UnknownAuthority,
        FlowError::CertificateOther(_) => Cause::BadCertificate,
        FlowError::Tls(_) => Cause::NotTls,
        FlowError::Closed
        | FlowError::Silent
        | FlowError::NetworkChanged
        | FlowError::Broken(_) => Cause::Lost,
    }
}

fn of_status(status: StatusCode) -> Cause {
    match status.code() {
        401 | 407 => Cause::WrongPassword,
        403 => Cause::Forbidden,
        404 | 604 => Cause::UnknownAddress,
        _ => Cause::Server,
    }
}

#[cfg(test)]
mod tests;
