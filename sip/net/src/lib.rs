//! SIP over TCP and TLS: flows, name resolution, the driver loop and the only clock.
//!
//! A [`Driver`] owns a sans-IO [`hark_sip::Core`] and everything that the core must not see: the
//! sockets, the TLS sessions, the name servers and the time. Each flow is a task of its own that hands bytes to the
//! driver through a bounded queue and takes bytes from it through another, so that a peer that does
//! not read costs its own flow and nothing else.

pub mod certificate;
mod connect;
mod dial;
mod driver;
pub mod findings;
mod flow;
mod guests;
mod listen;
mod media_ports;
mod queue;
mod resolve;
mod socket;
mod surroundings;
mod trust;

pub use certificate::{Certificate, Fingerprint};
pub use connect::Connector;
pub use driver::Driver;
pub use findings::{Attempt, Findings, Lookup, TlsAgreement, Try};
pub use listen::Listener;
pub use media_ports::{MediaPorts, bind_media_ports, bind_media_ports_within};
pub use resolve::Resolver;
pub use surroundings::Surroundings;
pub use trust::{TrustError, authorities};
