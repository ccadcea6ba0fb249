//! What to make of a REGISTER that failed: who has to do something, and when to try again.

use std::time::Duration;

use crate::auth::AuthError;
use crate::event::RegistrationError;
use crate::input::FlowError;
use crate::message::{Response, StatusCode};

/// What went wrong and what helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) reason: RegistrationError,
    pub(crate) remedy: Remedy,
    pub(crate) blame: Blame,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Time, more of it with every failure.
    Backoff,
    After(Duration),
    /// Nothing but a person: another try could lock the account.
    Person,
}

/// What a person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blame {
    /// The server or the way to it is in trouble.
    Circumstances,
    /// Something here has to be mended.
    Settings,
}

impl Trouble {
    /// A final response other than 2xx, without an answer to its challenge.
    pub(crate) fn of_response(response: &Response) -> Self {
        let reason = RegistrationError::Status(response.status);
        let retry_after = response.headers.seconds("Retry-After").ok().flatten();
        let retry_after = retry_after.map(|seconds| {
            Duration::from_secs(seconds.into()).clamp(SHORTEST_RETRY_AFTER, LONG_WAIT)
        });
        if is_passing(response.status) {
            let remedy = retry_after.map_or(Remedy::Backoff, Remedy::After);
            return Self {
                reason,
                remedy,
                blame: Blame::Circumstances,
            };
        }
        let remedy = Remedy::After(retry_after.unwrap_or(LONG_WAIT));
        Self {
            reason,
            remedy,
            blame: Blame::Settings,
        }
    }

    /// A challenge that cannot be answered, or that our answer did not satisfy.
    pub(crate) fn of_challenge(error: AuthError, response: &Response) -> Self {
        let reason = match error {
            AuthError::Rejected => RegistrationError::WrongPassword,
            AuthError::Unsupported => RegistrationError::UnsupportedChallenge,
            AuthError::NoChallenge => RegistrationError::Status(response.status),
        };
        Self {
            reason,
            remedy: Remedy::Person,
            blame: Blame::Settings,
        }
    }

    /// Whether another server of the same registrar may do better: this one is in trouble or does
    /// not answer (RFC 3263 §4.3). Whoever says no speaks for all of them.
    pub(crate) fn is_of_one_server(&self) -> bool {
        match &self.reason {
            RegistrationError::Status(status) => is_passing(*status),
            RegistrationError::TimedOut
            | RegistrationError::Silent
            | RegistrationError::Flow(_) => true,
            RegistrationError::WrongPassword | RegistrationError::UnsupportedChallenge => false,
        }
    }

    /// How long this server wants to be left alone, if it said so.
    pub(crate) fn patience(&self) -> Option<Duration> {
        match self.remedy {
            Remedy::After(patience) => Some(patience),
            Remedy::Backoff | Remedy::Person => None,
        }
    }

    /// How much a failure tells a person, of several servers that have failed: the word of a server
    /// more than a certificate, and both more than that a machine is not there.
    pub(crate) fn weight(&self) -> u8 {
        match (&self.reason, self.blame) {
            (RegistrationError::Flow(_), Blame::Settings) => 3,
            (RegistrationError::Flow(FlowError::Refused | FlowError::Tls(_)), _) => 2,
            (RegistrationError::Flow(_), Blame::Circumstances) => 1,
            _ => 4,
        }
    }

    pub(crate) fn timed_out() -> Self {
        Self {
            reason: RegistrationError::TimedOut,
            remedy: Remedy::Backoff,
            blame: Blame::Circumstances,
        }
    }

    /// The server stopped answering keep-alives.
    pub(crate) fn silent() -> Self {
        Self {
            reason: RegistrationError::Silent,
            ..Self::timed_out()
        }
    }

    /// The flow could not be opened, or broke. A certificate that cannot be trusted is something to
    /// mend, but may also be the sign-in page of a hotel's network, so it is tried again.
    pub(crate) fn of_flow(error: FlowError) -> Self {
        let blame = match error {
            FlowError::CertificateExpired
            | FlowError::CertificateNotYetValid
            | FlowError::CertificateWrongName
            | FlowError::CertificateUnknownIssuer
            | FlowError::CertificateOther(_) => Blame::Settings,
            FlowError::NameNotFound
            | FlowError::LookupFailed
            | FlowError::NetworkChanged
            | FlowError::Silent
            | FlowError::Unreachable
            | FlowError::Refused
            | FlowError::TimedOut
            | FlowError::Tls(_)
            | FlowError::Closed
            | FlowError::Broken(_) => Blame::Circumstances,
        };
        Self {
            reason: RegistrationError::Flow(error),
            remedy: Remedy::Backoff,
            blame,
        }
    }
}

/// Failures that pass by themselves: the request or the server was too slow, or the server is in
/// trouble. 501, 505 and 513 are no trouble but a refusal.
fn is_passing(status: StatusCode) -> bool {
    let for_good = [
        StatusCode::NOT_IMPLEMENTED,
        StatusCode::VERSION_NOT_SUPPORTED,
        StatusCode::MESSAGE_TOO_LARGE,
    ];
    let slow = [
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::TEMPORARILY_UNAVAILABLE,
        StatusCode::REQUEST_PENDING,
    ];
    let server_failure = (500..600).contains(&status.code());
    slow.contains(&status)
        || status.code() == FLOW_FAILED
        || (server_failure && !for_good.contains(&status))
}

/// 430 Flow Failed (RFC 5626 §11.5).
const FLOW_FAILED: u16 = 430;

/// How long a refusal is respected: half an hour.
const LONG_WAIT: Duration = Duration::from_secs(1800);

/// Some servers say `Retry-After: 0`.
const SHORTEST_RETRY_AFTER: Duration = Duration::from_secs(1);
