//! Why there are no contacts from the server, in words for the user.

use hark_words::say;

use crate::https::Fault;
use crate::snapshot::Problem;

/// What is in the way. Its text says what to do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressBookError {
    #[error("{}", say!(book_no_address))]
    NoAddress,
    #[error("{}", say!(book_address_wrong))]
    Address,
    /// Neither https nor a server on this computer.
    #[error("{}", say!(book_not_secure))]
    NotSecure,
    #[error("{}", say!(book_no_password))]
    NoPassword,
    #[error("{}", say!(book_ca_file, reason = .0.as_str()))]
    CaFile(String),
    /// Another way to prove who the user is than a password that is sent.
    #[error("{}", say!(book_other_sign_in))]
    OtherSignIn,
    #[error("{}", say!(book_wrong_password))]
    WrongPassword,
    #[error("{}", say!(book_forbidden))]
    Forbidden,
    #[error("{}", say!(book_none))]
    NoAddressBook,
    /// To this host, which the user has not named.
    #[error("{}", say!(book_elsewhere, host = .0.as_str()))]
    LeadsElsewhere(String),
    #[error("{}", say!(book_leads_on))]
    LeadsOn,
    #[error("{}", say!(book_status, status = *.0))]
    Status(u16),
    /// With the technical reason.
    #[error("{}", say!(book_not_understood))]
    NotUnderstood(String),
    #[error("{}", say!(book_too_large))]
    TooLarge,
    #[error("{}", say!(book_not_found))]
    NotFound,
    #[error("{}", say!(book_certificate, reason = .0.as_str()))]
    Certificate(String),
    #[error("{}", say!(book_too_slow))]
    TooSlow,
    #[error("{}", say!(book_unreachable))]
    Unreachable(String),
}

impl AddressBookError {
    /// Whether it may be gone by itself, so that trying again is worth while: what the user has to mend
    /// is not asked for again and again, because a server may lock him out for it.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::NotFound | Self::TooSlow | Self::Unreachable(_) => true,
            Self::Status(status) => *status == 429 || (500..=599).contains(status),
            Self::NoAddress
            | Self::Address
            | Self::NotSecure
            | Self::NoPassword
            | Self::CaFile(_)
            | Self::OtherSignIn
            | Self::WrongPassword
            | Self::Forbidden
            | Self::NoAddressBook
            | Self::LeadsElsewhere(_)
            | Self::LeadsOn
            | Self::NotUnderstood(_)
            | Self::TooLarge
            | Self::Certificate(_) => false,
        }
    }

    /// With the line for those who help.
    pub(crate) fn problem(&self) -> Problem {
        let detail = match self {
            Self::NotUnderstood(reason)
            | Self::Unreachable(reason)
            | Self::Certificate(reason)
            | Self::CaFile(reason) => reason.clone(),
            other => format!("{other:?}"),
        };
        Problem {
            text: self.to_string(),
            detail,
        }
    }
}

impl From<Fault> for AddressBookError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NotFound => Self::NotFound,
            Fault::Status(status) => Self::Status(status),
            Fault::Certificate(reason) => Self::Certificate(reason),
            Fault::NotSecure => Self::NotSecure,
            Fault::TooManyRedirects => Self::LeadsOn,
            Fault::TooSlow => Self::TooSlow,
            Fault::TooLong => Self::TooLarge,
            Fault::NotText => Self::NotUnderstood("not text".into()),
            Fault::Unreachable(reason) | Fault::Other(reason) => Self::Unreachable(reason),
        }
    }
}
