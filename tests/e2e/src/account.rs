//! The accounts of the phones under test: who they are and where their server listens.

use std::net::SocketAddr;
use std::path::PathBuf;

use hark_phone::{AccountSettings, MediaEncryption, Transport};

/// An account over TLS that trusts the authority in `ca_file`.
pub fn over_tls(address: &str, server: SocketAddr, ca_file: PathBuf) -> AccountSettings {
    AccountSettings {
        address: address.to_owned(),
        server: Some(server.to_string()),
        ca_file: Some(ca_file),
        ..AccountSettings::default()
    }
}

/// An account over TCP, without encryption of the sound.
pub fn in_clear(address: &str, server: SocketAddr) -> AccountSettings {
    AccountSettings {
        address: address.to_owned(),
        server: Some(server.to_string()),
        transport: Transport::Tcp,
        media_encryption: Some(MediaEncryption::Off),
        ..AccountSettings::default()
    }
}
