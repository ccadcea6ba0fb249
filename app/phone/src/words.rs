//! What went wrong, in words for the person at the phone: what happened, and what to do next.
//!
//! Every failure that a user can meet has its sentence here and nowhere else. The technical line for
//! an administrator goes beside it, never into it.

use std::path::Path;

use hark_media::{DigitsError, Rejection};
use hark_sip::message::StatusCode;
use hark_sip::{EndReason, FlowError, RegistrationError};
use hark_sip_net::TrustError;

mod devices;
mod recording;

pub(crate) use devices::{
    ECHO_TEST_IN_CALL, device_is_back, device_replaced, missing_device, sound_file, sound_trouble,
};
pub(crate) use recording::{
    RECORDING_BREAKS_OFF, RECORDING_NOT_OPENED, recording, recording_with_gaps, unopened,
};

use crate::media::MediaError;
use crate::snapshot::{CallId, Outcome, Problem};
use crate::store::SecretError;

/// Why the server cannot be reached, or is not believed. `server` is the name that the user knows.
pub(crate) fn flow(error: &FlowError, server: &str) -> Problem {
    let text = match error {
        FlowError::NameNotFound => format!(
            "The server {server} was not found. Check the address for a slip of the pen, and the \
             network connection."
        ),
        FlowError::LookupFailed => format!(
            "The address of {server} could not be looked up, because no name server answers. Check \
             the network connection; Hark keeps trying."
        ),
        FlowError::NetworkChanged => {
            format!("This computer's network has changed. Hark is connecting to {server} again.")
        }
        FlowError::Unreachable | FlowError::TimedOut => format!(
            "The server {server} does not answer. Check the network connection; Hark keeps trying."
        ),
        FlowError::Refused => format!(
            "The server {server} takes no calls on this port. Check the port in the account \
             settings; Hark keeps trying."
        ),
        FlowError::CertificateExpired => format!(
            "The certificate of {server} has expired, so Hark does not connect. Ask the \
             administrator to renew it, and check this computer's date."
        ),
        FlowError::CertificateNotYetValid => format!(
            "The certificate of {server} is not valid yet, so Hark does not connect. Check this \
             computer's date."
        ),
        FlowError::CertificateWrongName => format!(
            "The server that answered is not {server}: its certificate is for another name. Check \
             the server name; if it is right, someone may be listening in."
        ),
        FlowError::CertificateUnknownIssuer => format!(
            "The certificate of {server} comes from an authority that this computer does not \
             trust. Ask the administrator for the authority's file and choose it in the account \
             settings."
        ),
        FlowError::CertificateOther(_) => format!(
            "The certificate of {server} cannot be trusted, so Hark does not connect. Ask the \
             administrator to check it."
        ),
        FlowError::Tls(_) => format!(
            "No encrypted connection to {server} was possible. Check the port and the transport in \
             the account settings."
        ),
        FlowError::Closed | FlowError::Silent | FlowError::Broken(_) => format!(
            "The connection to {server} was lost. Check the network connection; Hark keeps trying."
        ),
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
        RegistrationError::WrongPassword => WRONG_PASSWORD.to_owned(),
        RegistrationError::UnsupportedChallenge => format!(
            "{server} asks for a way of signing in that Hark does not know. Ask the administrator \
             to allow Digest."
        ),
        RegistrationError::TimedOut | RegistrationError::Silent => format!(
            "The server {server} does not answer any more. Check the network connection; Hark \
             keeps trying."
        ),
    };
    Problem {
        text,
        detail: reason.to_string(),
    }
}

fn refused_registration(status: StatusCode, server: &str) -> String {
    match status.code() {
        401 | 407 => WRONG_PASSWORD.to_owned(),
        403 => format!(
            "{server} does not let this account sign in. Check the user name and the password, or \
             ask the administrator."
        ),
        404 | 604 => {
            format!("{server} does not know this address. Check it for a slip of the pen.")
        }
        408 | 480 | 500..=599 => {
            format!("{server} cannot sign anybody in at the moment. Hark tries again by itself.")
        }
        code => format!(
            "{server} refused to sign in (code {code}). Ask the administrator, and name the code."
        ),
    }
}

/// Why the account's certificate file is of no use.
pub(crate) fn trust(error: &TrustError) -> Problem {
    Problem {
        text: "The certificate file of the account cannot be used. Choose another file in the \
               account settings."
            .to_owned(),
        detail: error.to_string(),
    }
}

pub(crate) fn no_randomness(error: &getrandom::Error) -> Problem {
    Problem {
        text: NO_RANDOMNESS.to_owned(),
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
            "Another device answered the call.".to_owned()
        }
        EndReason::Cancelled { .. } => format!("{title} gave up before the answer."),
        EndReason::Refused { status, .. } => refused_call(*status, title),
        EndReason::Replaced { .. } => return None,
        EndReason::Forgotten { .. } | EndReason::SessionExpired => {
            format!("The server does not know the call with {title} any more. Call again.")
        }
        EndReason::TimedOut => format!("{title} did not answer. Try again later."),
        EndReason::FlowLost => {
            "The connection to the server was lost. Try again in a moment.".to_owned()
        }
        EndReason::TooManyRedirects => {
            format!("The call to {title} was sent on too often. Ask the administrator.")
        }
        EndReason::NoSessionDescription => {
            format!("{title} answered without sound. Try again, or ask the administrator.")
        }
        EndReason::NotAuthorized => {
            "The server wants another password for calls. Check the account.".to_owned()
        }
        EndReason::TooManyCalls => "There are too many calls. End one of them first.".to_owned(),
    };
    Some(text)
}

/// Why a call to `title` came to nothing.
pub(crate) fn refused_call(status: StatusCode, title: &str) -> String {
    match status.code() {
        401 | 407 => "The server wants another password for calls. Check the account.".to_owned(),
        403 => format!("The server does not allow a call to {title}."),
        404 | 410 | 484 | 485 | 604 => {
            format!("{title} is not known. Check the number or the address.")
        }
        408 => format!("{title} did not answer. Try again later."),
        480 => format!("{title} cannot be reached at the moment. Try again later."),
        486 | 600 => format!("{title} is busy. Try again later."),
        487 => "The call was cancelled.".to_owned(),
        415 | 488 | 606 => format!(
            "{title} and this phone found no common way to send sound. Check the encryption \
             setting of the account, or ask the administrator."
        ),
        603 => format!("{title} declined the call."),
        500..=599 => "The server has a problem. Try again later.".to_owned(),
        300..=399 => format!("{title} has moved, and the server did not say where to."),
        code => format!("The call to {title} failed (code {code}). Try again later."),
    }
}

/// Why a call has no sound, and therefore is none.
pub(crate) fn media(error: &MediaError) -> String {
    match error {
        MediaError::Rejected(rejection) => rejected(rejection),
        MediaError::NoPort(_) => "Hark could open no network port for sound. Check the network \
                                  connection and the firewall of this computer."
            .to_owned(),
        MediaError::PortsInUse(range) => format!(
            "All ports for sound from {range} are in use. End other calls, or allow more ports in \
             the account settings."
        ),
        MediaError::NoRandomness(_) => NO_RANDOMNESS.to_owned(),
    }
}

fn rejected(rejection: &Rejection) -> String {
    match rejection {
        Rejection::NoCommonCodec => {
            "The other side and this phone know no common way to code \
                                     sound. Ask the administrator to allow PCMU or PCMA, and name both among \
                                     the codecs of the account."
        }
        Rejection::EncryptionRequired => {
            "This account allows encrypted calls only, and the other \
                                          side offered no encryption. To allow such calls, set \
                                          media encryption to optional."
        }
        Rejection::EncryptionUnavailable => {
            "The other side allows encrypted calls only, in a way \
                                             that this account does not. Set media encryption to \
                                             optional or required."
        }
        Rejection::NoAudio => "The other side offered no sound. Ask it to call by voice.",
        Rejection::Malformed(_) | Rejection::NotExpected => {
            "The other side sent a description of its sound that cannot be understood. Try again."
        }
    }
    .to_owned()
}

/// Why the password does not outlive this run, or was not found.
pub(crate) fn secret(error: &SecretError) -> Problem {
    Problem {
        text:
            "The keyring of this computer could not be used. Hark keeps the password until it is \
               closed and asks again at the next start."
                .to_owned(),
        detail: error.to_string(),
    }
}

/// The password of an account is nowhere to be found.
pub(crate) fn no_password(address: &str, detail: &str) -> Problem {
    Problem {
        text: format!("There is no password for {address}. Type it in the account settings."),
        detail: detail.to_owned(),
    }
}

/// Why digits were not sent. Never repeats them: they may be a PIN.
pub(crate) fn digits(error: DigitsError) -> String {
    match error {
        DigitsError::NotADigit => "Only 0 to 9, *, # and A to D can be sent. Nothing was sent.",
        DigitsError::NotSupported => {
            "The other side takes no digits. Speak to it, or ask the administrator."
        }
        DigitsError::TooMany => "Too many digits are waiting to be sent. Wait a moment.",
    }
    .to_owned()
}

/// The sound of a call finds no way.
pub(crate) fn no_path() -> String {
    "No way through the network to the other side was found, so there may be no sound. Name a TURN \
     server in the account settings, or ask the administrator for one."
        .to_owned()
}

/// The TURN server of the account lets nobody in by this name and password.
pub(crate) fn relay_refused(server: &str) -> String {
    format!(
        "The TURN server {server} refused the user name or the password of the account, so calls go \
         without it. Check both in the account settings."
    )
}

/// A STUN or TURN server of the settings has no address.
pub(crate) fn unknown_server(name: &str) -> String {
    format!(
        "The server {name} for the way of the sound was not found; calls go without it. Check its \
         name in the account settings."
    )
}

/// The two others were not brought together.
pub(crate) fn transfer_failed(status: StatusCode) -> String {
    match status.code() {
        404 | 410 | 484 | 485 | 604 => {
            "The call was not transferred: nobody has this number or address. You are still \
             connected."
        }
        486 | 600 => "The call was not transferred: the line is busy. You are still connected.",
        403 | 405 | 501 | 603 => {
            "The other side does not let itself be transferred. You are still connected."
        }
        _ => "The call was not transferred. You are still connected; try again later.",
    }
    .to_owned()
}

pub(crate) fn trace_file(path: &Path, error: &std::io::Error) -> String {
    let path = path.display();
    format!("The trace could not be written to {path} ({error}). Choose another file.")
}

pub(crate) fn no_such_call(call: CallId) -> String {
    format!("There is no call {}. It may have ended.", call.0)
}

pub(crate) const NO_ACCOUNT: &str =
    "There is no account yet. Set one up first, or try the built-in voicemail server.";
pub(crate) const PASSWORD_NEEDED: &str =
    "Type the password: it is kept for the same address, user name and server only.";
pub(crate) const NOT_SIGNED_IN: &str = "Hark is not signed in yet. Try again in a moment.";
pub(crate) const NOTHING_TO_ANSWER: &str = "This call does not ring. It cannot be answered.";
pub(crate) const NOTHING_WAITS: &str = "No digits of this call wait to be sent.";
pub(crate) const PIN_KEPT_BACK: &str = "The PIN was not sent, because others could listen in on this call. Press it on the keypad, or \
     allow it in the account settings.";
pub(crate) const NOTHING_HELD: &str = "No call is held, so there is none to turn to.";
pub(crate) const TWO_CALLS_NEEDED: &str =
    "A call cannot be connected with itself. Name another connected call.";
pub(crate) const TRANSFERRED: &str = "The call was transferred.";
pub(crate) const TRANSFER_NOT_ASKED: &str =
    "The call cannot be transferred at the moment. Wait for the transfer that is under way.";
pub(crate) const NO_TRANSFER_ASKED: &str = "Nobody asks for a transfer of this call any more.";
pub(crate) const NEVER_SENT_ON: &str = "This call cannot be sent on. Answer or decline it.";
pub(crate) const SENT_ON: &str = "The call was sent on to another address.";
pub(crate) const NOT_CONNECTED: &str = "This call is not connected. Wait for the answer.";
pub(crate) const NOT_HELD: &str =
    "The other side did not agree to hold or resume the call. It goes on as before.";

const WRONG_PASSWORD: &str = "The password or the user name is wrong. Type the password again; if \
                              the server knows you by another name, fill in the user name.";
const NO_RANDOMNESS: &str = "This computer gave Hark no random numbers, without which nothing can \
                             be protected. Restart the computer.";

#[cfg(test)]
mod tests;
