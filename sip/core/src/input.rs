//! What the outside world tells a SIP core: flows that open and close, and the bytes they carry.

use std::net::{IpAddr, SocketAddr};

use crate::locate::{Answer, Question};

/// One TCP or TLS connection as the core sees it. The core numbers the flows that it asks for; the
/// shell numbers the ones that it accepts, from [`FlowId::FIRST_ACCEPTED`] upwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowId(pub u64);

impl FlowId {
    /// The first number for flows that a listener accepted, so that the two counts never meet.
    pub const FIRST_ACCEPTED: Self = Self(1 << 32);
}

/// How the bytes of a flow travel. OX-1: TCP or TLS, never UDP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    Tcp,
    Tls,
}

/// Where a flow shall lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowTarget {
    pub transport: Transport,
    /// The name of the server, for people.
    pub host: String,
    pub port: u16,
    /// The addresses of the server, best first. Each is tried as soon as the one before has failed
    /// or is slow (RFC 8305 §5).
    pub addresses: Vec<IpAddr>,
    /// Names of which the server's certificate must carry one. The first one is told to the server
    /// (RFC 6066 §3).
    pub certificate_names: Vec<String>,
}

/// A flow that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlowInfo {
    pub transport: Transport,
    pub local: SocketAddr,
    pub remote: SocketAddr,
}

/// Why a flow could not be opened, or why it ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FlowError {
    #[error("the name has no address")]
    NameNotFound,
    #[error("the names of the server could not be looked up")]
    LookupFailed,
    #[error("nothing answers at the address")]
    Unreachable,
    #[error("the connection was refused")]
    Refused,
    #[error("no connection within the time limit")]
    TimedOut,
    #[error("the certificate has expired")]
    CertificateExpired,
    #[error("the certificate is not valid yet")]
    CertificateNotYetValid,
    #[error("the certificate is for another name")]
    CertificateWrongName,
    #[error("the certificate comes from an authority that is not trusted")]
    CertificateUnknownIssuer,
    #[error("the certificate was refused: {0}")]
    CertificateOther(String),
    #[error("the TLS handshake failed: {0}")]
    Tls(String),
    #[error("the connection was closed")]
    Closed,
    #[error("nothing worth an answer came over the connection")]
    Silent,
    #[error("this computer's network has changed")]
    NetworkChanged,
    #[error("the connection failed: {0}")]
    Broken(String),
}

/// One thing that happened outside.
#[derive(Debug, Clone)]
pub enum Input {
    /// What came of [`crate::Output::Lookup`].
    LookedUp { question: Question, answer: Answer },
    /// A server of a flow that was asked for has taken the connection; TLS follows, with the server's
    /// certificate. Told for people, and again for each address that gets as far.
    FlowSecuring { flow: FlowId },
    /// A flow that [`crate::Output::OpenFlow`] asked for, or that a listener accepted, is open.
    FlowOpened { flow: FlowId, info: FlowInfo },
    /// A flow that was asked for could not be opened.
    FlowFailed { flow: FlowId, error: FlowError },
    /// Bytes arrived, cut anywhere.
    Received { flow: FlowId, bytes: Vec<u8> },
    /// An open flow is gone. Not sent for flows that the core closed itself.
    FlowClosed { flow: FlowId, error: FlowError },
    /// This machine woke from sleep, or its network changed: what was open may be dead, and what
    /// could not be reached may be back.
    Disturbed,
    /// The deadline of the last [`crate::Output::Timeout`] has passed.
    Timeout,
}
