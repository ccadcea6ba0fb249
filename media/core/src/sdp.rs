//! Session descriptions: reading what the other side sends, and the offer/answer exchange (RFC 3264).
//!
//! `description` reads any peer's SDP into the little that matters here; `exchange` keeps whose
//! offer is open and comes to an `agreement`; `ice` says who a side is and where; `formats` and
//! `payload_types` know what is spoken under which number; `keys` chooses among `crypto` lines;
//! `dtls` says whose certificate is right where keys come by a handshake; `print` writes ours.

mod agreement;
mod crypto;
mod description;
mod dtls;
mod exchange;
mod formats;
mod ice;
mod keys;
mod payload_types;
mod print;
#[cfg(test)]
mod tests;

pub(crate) use agreement::{Agreement, Incoming, Protection};
#[cfg(test)]
pub(crate) use crypto::Mki;
pub(crate) use crypto::StreamKey;
pub(crate) use dtls::{DtlsAgreement, DtlsRole, Fingerprint};
pub(crate) use exchange::Exchange;
#[cfg(test)]
pub(crate) use formats::EventFormat;
pub(crate) use formats::SendFormat;
pub(crate) use ice::{Credentials, IceAgreement, is_priority};
