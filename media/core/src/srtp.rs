//! SRTP and SRTCP (RFC 3711, and RFC 7714 for GCM), in place and without allocating.
//!
//! | file | is |
//! | --- | --- |
//! | `suite` | the crypto suites |
//! | `keys` | master keys, and the session keys that are derived from them |
//! | `cipher` | what is encrypted and authenticated, and where the tag stands |
//! | `index` | packet numbers: rollover and replay |
//! | `protect`, `unprotect` | one direction each |
//! | `rekey` | the way in while one key follows another |
//!
//! The ciphers themselves are RustCrypto's.

mod cipher;
mod index;
mod keys;
mod protect;
mod rekey;
mod suite;
#[cfg(test)]
mod tests;
mod unprotect;

pub(crate) use keys::MasterKey;
pub(crate) use protect::Protector;
pub(crate) use rekey::IncomingKeys;
pub use suite::SrtpSuite;
