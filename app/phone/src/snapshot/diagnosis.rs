//! What is known of the way to the server and of what went wrong: the material of "Why does it not
//! work?".

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::Problem;

pub use hark_sip_net::{Certificate, Fingerprint, TlsAgreement};

/// All of it, at one moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Diagnosis {
    /// `None` until the account was good enough to look for its server.
    pub connection: Option<Arc<Connection>>,
    /// What keeps the account from being signed in.
    pub cause: Option<Cause>,
    /// The newest first, twenty at most.
    pub failures: Arc<[Failure]>,
}

/// The way to the server of an account, as far as it was gone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Connection {
    /// The server as the user knows it: a host that he named, or the domain of the address.
    pub server: String,
    /// The name for signing in.
    pub username: String,
    /// Names that were looked up, in the order of the answers. None for a server that is an address.
    pub lookups: Vec<LookupView>,
    /// The server that was tried last, or that serves us.
    pub place: Option<Place>,
    /// How far it came with each of its addresses.
    pub attempts: Vec<AttemptView>,
    /// The certificates that it showed, its own first; also where one was refused.
    pub chain: Vec<Certificate>,
    pub tls: Option<TlsAgreement>,
    /// Both ends of the connection, while it is open.
    pub open: Option<Ends>,
    /// Where the server sees us, once it has told.
    pub seen_from: Option<SocketAddr>,
    /// The server asked for the password on this connection and took it.
    pub authenticated: bool,
    /// When the server forgets us unless it hears from us before.
    pub registered_until: Option<Instant>,
    pub keep_alive: Option<KeepAliveView>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupView {
    /// As it was asked: `sip.example.test`, or `_sips._tcp.example.test` for a service.
    pub name: String,
    pub found: Found,
}

/// What a name led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Addresses(Vec<IpAddr>),
    /// Servers of a service, as `host:port`.
    Servers(Vec<String>),
    /// Services of a domain, as names to be looked up.
    Services(Vec<String>),
    /// There is no such name, or nothing of the kind under it.
    Nothing,
    /// No name server has answered.
    NoAnswer,
}

/// A server that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub host: String,
    pub port: u16,
    pub addresses: Vec<IpAddr>,
}

/// One address that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptView {
    pub address: SocketAddr,
    /// Why there is no connection to it; `None` for the one that serves us.
    pub problem: Option<Problem>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    pub local: SocketAddr,
    pub remote: SocketAddr,
    pub encrypted: bool,
}

/// How the connection is kept open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepAliveView {
    pub agreement: KeepAliveAgreement,
    pub interval: Duration,
    /// When the server last answered a ping.
    pub last_answer: Option<Instant>,
}

/// What the server has said about pings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepAliveAgreement {
    /// It answers them (RFC 5626).
    Outbound,
    /// It wants them and does not answer (`ms-keep-alive` of Microsoft's servers).
    Unanswered,
    /// Nothing; it is sent empty lines all the same.
    Unspoken,
}

/// What keeps an account from being signed in, by what has to be mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The settings are no account.
    Settings,
    /// No password is known.
    NoPassword,
    /// The file of the account's authority is of no use.
    CaFile,
    NameNotFound,
    /// No name server answers.
    NoNameServer,
    /// The server takes no connections on this port.
    Refused,
    /// Nothing answers there.
    NoAnswer,
    /// Something answers, but not by TLS as it is spoken here.
    NotTls,
    /// The certificate comes from an authority that is not trusted.
    UnknownAuthority,
    /// The certificate is for another name.
    WrongName,
    Expired,
    NotYetValid,
    /// The certificate is broken in another way.
    BadCertificate,
    WrongPassword,
    /// The server does not know the address.
    UnknownAddress,
    /// The server does not let this account sign in.
    Forbidden,
    /// The server is in trouble, or said something else.
    Server,
    /// The connection was there and is lost.
    Lost,
}

/// Something that went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// When it happened last.
    pub at: SystemTime,
    /// What happened and what to do next, in plain words.
    pub text: String,
    /// How often in a row.
    pub times: u32,
    /// Who and what may be named in the text that is nobody else's business.
    pub names: Arc<[String]>,
}
