//! What went wrong, in words for the person at the phone: what happened, and what to do next.
//!
//! Every failure that a user can meet has its sentence here and nowhere else. The technical line for
//! an administrator goes beside it, never into it.

use std::path::Path;

use hark_media::{DigitsError, Rejection};
use hark_sip::message::StatusCode;
use hark_sip::{EndReason, FlowError, RegistrationError};
use hark_sip_net::TrustError;
use hark_words::{say, words};

mod devices;
mod people;
mod recording;
mod settings;

pub(crate) use devices::{
    device_is_back, device_replaced, echo_test_in_call, missing_device, sound_file, sound_trouble,
};
pub(crate) use people::{address_book_off, contact_is_a_copy, contacts_file};
pub(crate) use recording::{
    recording, recording_breaks_off, recording_not_opened, recording_with_gaps, unopened,
};

pub(crate) use settings::{
    locked_by_administrator, machine_file, machine_file_unfit, not_exported, settings_not_loaded,
};

use crate::media::MediaError;
use crate::snapshot::{AccountId, CallId, Outcome, Problem};
use crate::store::SecretError;

/// Why the server cannot be reached, or is not believed. `server` is the name that the user knows.
pub(crate) fn flow(error: &FlowError, server: &str) -> Problem {
    let text = match error {
        FlowError::NameNotFound => say!(server_not_found, server),
        FlowError::LookupFailed => say!(lookup_failed, server),
        FlowError::NetworkChanged => {
            say!(network_changed, server)
        }
        FlowError::Unreachable | FlowError::TimedOut => say!(server_silent, server),
        FlowError::Refused => say!(port_closed, server),
        FlowError::CertificateExpired => say!(certificate_expired, server),
        FlowError::CertificateNotYetValid => say!(certificate_not_yet_valid, server),
        FlowError::CertificateWrongName => say!(certificate_wrong_name, server),
        FlowError::CertificateUnknownIssuer => say!(certificate_unknown_issuer, server),
        FlowError::CertificateOther(_) => say!(certificate_other, server),
        FlowError::Tls(_) => say!(no_encrypted_connection, server),
        FlowError::Closed | FlowError::Silent | FlowError::Broken(_) => {
            say!(connection_lost, server)
        }
    };
    Problem {
        text,
        detail: error.to_string(),
    }
}

/// Why the account is not signed in. `server` is the name that the user knows.
pub(crate) fn registration(reason: &RegistrationError, server: &str) -> Problem {
    let text = match reason {
        RegistrationError::Flow(error) => return flow(error, server),
        RegistrationError::Status(status) => refused_registration(*status, server),
        RegistrationError::WrongPassword => wrong_password().to_owned(),
        RegistrationError::UnsupportedChallenge => say!(sign_in_challenge_unknown, server),
        RegistrationError::TimedOut | RegistrationError::Silent => say!(sign_in_no_answer, server),
    };
    Problem {
        text,
        detail: reason.to_string(),
    }
}

fn refused_registration(status: StatusCode, server: &str) -> String {
    match status.code() {
        401 | 407 => wrong_password().to_owned(),
        403 => say!(sign_in_forbidden, server),
        404 | 604 => {
            say!(address_unknown, server)
        }
        408 | 480 | 500..=599 => {
            say!(sign_in_not_now, server)
        }
        code => say!(sign_in_refused, server, code),
    }
}

/// Above the messages in a report.
pub(crate) fn trace_in_report(messages: usize) -> String {
    say!(trace_in_report, messages)
}

/// Why the account's certificate file is of no use.
pub(crate) fn trust(error: &TrustError) -> Problem {
    Problem {
        text: say!(ca_file_unusable).to_owned(),
        detail: error.to_string(),
    }
}

pub(crate) fn no_randomness(error: &getrandom::Error) -> Problem {
    Problem {
        text: random_numbers_missing().to_owned(),
        detail: error.to_string(),
    }
}

/// Why a call is over, where it did not end as people end calls.
pub(crate) fn ended(reason: &EndReason, title: &str, outcome: Outcome) -> Option<String> {
    let text = match reason {
        EndReason::Local | EndReason::HungUp { .. } => return None,
        EndReason::Cancelled { .. } | EndReason::Refused { .. }
            if outcome == Outcome::AnsweredElsewhere =>
        {
            say!(answered_elsewhere).to_owned()
        }
        EndReason::Cancelled { .. } => say!(caller_gave_up, title),
        EndReason::Refused { status, .. } => refused_call(*status, title),
        EndReason::Replaced { .. } => return None,
        EndReason::Forgotten { .. } | EndReason::SessionExpired => {
            say!(call_forgotten, title)
        }
        EndReason::TimedOut => say!(call_no_answer, title),
        EndReason::FlowLost => say!(call_connection_lost).to_owned(),
        EndReason::TooManyRedirects => {
            say!(call_redirected_too_often, title)
        }
        EndReason::NoSessionDescription => {
            say!(call_without_sound, title)
        }
        EndReason::NotAuthorized => say!(call_other_password).to_owned(),
        EndReason::TooManyCalls => say!(too_many_calls).to_owned(),
    };
    Some(text)
}

/// Why a call to `title` came to nothing.
pub(crate) fn refused_call(status: StatusCode, title: &str) -> String {
    match status.code() {
        401 | 407 => say!(call_other_password).to_owned(),
        403 => say!(call_not_allowed, title),
        404 | 410 | 484 | 485 | 604 => {
            say!(callee_unknown, title)
        }
        408 => say!(call_no_answer, title),
        480 => say!(callee_unreachable, title),
        486 | 600 => say!(callee_busy, title),
        487 => say!(call_cancelled).to_owned(),
        415 | 488 | 606 => say!(call_no_common_sound, title),
        603 => say!(callee_declined, title),
        500..=599 => say!(server_trouble).to_owned(),
        300..=399 => say!(callee_moved, title),
        code => say!(call_failed, title, code),
    }
}

/// Why a call has no sound, and therefore is none.
pub(crate) fn media(error: &MediaError) -> String {
    match error {
        MediaError::Rejected(rejection) => rejected(rejection),
        MediaError::NoPort(_) => say!(no_sound_port).to_owned(),
        MediaError::PortsInUse(range) => say!(sound_ports_in_use, range = range.to_string()),
        MediaError::NoRandomness(_) => random_numbers_missing().to_owned(),
    }
}

fn rejected(rejection: &Rejection) -> String {
    match rejection {
        Rejection::NoCommonCodec => {
            say!(no_common_codec)
        }
        Rejection::EncryptionRequired => {
            say!(encryption_required_here)
        }
        Rejection::EncryptionUnavailable => {
            say!(encryption_required_there)
        }
        Rejection::NoAudio => say!(no_sound_offered),
        Rejection::Malformed(_) | Rejection::NotExpected => {
            say!(description_not_understood)
        }
    }
    .to_owned()
}

/// Why the password does not outlive this run, or was not found.
pub(crate) fn secret(error: &SecretError) -> Problem {
    Problem {
        text: say!(keyring_unusable).to_owned(),
        detail: error.to_string(),
    }
}

/// The password of an account is nowhere to be found.
pub(crate) fn no_password(address: &str, detail: &str) -> Problem {
    Problem {
        text: say!(password_unknown, address),
        detail: detail.to_owned(),
    }
}

/// Why digits were not sent. Never repeats them: they may be a PIN.
pub(crate) fn digits(error: DigitsError) -> String {
    match error {
        DigitsError::NotADigit => say!(not_a_digit),
        DigitsError::NotSupported => {
            say!(digits_not_taken)
        }
        DigitsError::TooMany => say!(too_many_digits),
    }
    .to_owned()
}

/// The sound of a call finds no way.
pub(crate) fn no_path() -> String {
    say!(no_path).to_owned()
}

/// The TURN server of the account lets nobody in by this name and password.
pub(crate) fn relay_refused(server: &str) -> String {
    say!(relay_refused, server)
}

/// A STUN or TURN server of the settings has no address.
pub(crate) fn unknown_server(name: &str) -> String {
    say!(unknown_server, name)
}

/// The two others were not brought together.
pub(crate) fn transfer_failed(status: StatusCode) -> String {
    match status.code() {
        404 | 410 | 484 | 485 | 604 => {
            say!(transfer_nobody)
        }
        486 | 600 => say!(transfer_busy),
        403 | 405 | 501 | 603 => {
            say!(transfer_refused)
        }
        _ => say!(transfer_failed),
    }
    .to_owned()
}

pub(crate) fn trace_file(path: &Path, error: &std::io::Error) -> String {
    let path = path.display().to_string();
    say!(trace_not_written, path, error = error.to_string())
}

pub(crate) fn no_such_account(account: &AccountId) -> String {
    say!(no_such_account, account = account.as_str())
}

pub(crate) fn account_is_there(account: &AccountId) -> String {
    say!(account_is_there, account = account.as_str())
}

pub(crate) fn report_file(path: &Path, error: &std::io::Error) -> String {
    let path = path.display().to_string();
    say!(report_not_written, path, error = error.to_string())
}

pub(crate) fn no_such_call(call: CallId) -> String {
    say!(no_such_call, call = call.0)
}

words! {
    pub(crate) no_account;
    pub(crate) password_needed;
    pub(crate) not_signed_in;
    pub(crate) nothing_to_answer;
    pub(crate) nothing_waits;
    pub(crate) pin_kept_back;
    pub(crate) nothing_held;
    pub(crate) one_account_needed;
    pub(crate) two_calls_needed;
    pub(crate) transferred;
    pub(crate) transfer_not_asked;
    pub(crate) no_transfer_asked;
    pub(crate) never_sent_on;
    pub(crate) sent_on;
    pub(crate) not_connected;
    pub(crate) not_held;
    wrong_password;
    random_numbers_missing;
}

#[cfg(test)]
mod tests;
