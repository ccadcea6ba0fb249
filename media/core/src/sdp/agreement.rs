//! What an exchange of offer and answer comes to (RFC 3264).

use std::net::SocketAddr;

use super::crypto::StreamKey;
use super::dtls::DtlsAgreement;
use super::formats::SendFormat;
use super::ice::IceAgreement;
use crate::codec::Codec;
use crate::direction::Direction;
use crate::rtcp::Wanted;
use crate::srtp::SrtpSuite;

/// What both sides agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Agreement {
    /// What we send.
    pub(crate) sending: SendFormat,
    /// What may come in, by payload type.
    pub(crate) incoming: Vec<(u8, Incoming)>,
    pub(crate) rtp: Option<SocketAddr>,
    /// The same as `rtp` where both share it.
    pub(crate) rtcp: Option<SocketAddr>,
    /// Both kinds of packets travel on the path of RTP (RFC 5761).
    pub(crate) rtcp_mux: bool,
    /// What we do.
    pub(crate) direction: Direction,
    /// The other side does not want to hear us, whatever we want.
    pub(crate) held_by_peer: bool,
    /// The extended reports that the other side asks for.
    pub(crate) extended: Wanted,
    pub(crate) protection: Option<Protection>,
    /// `None` where one side does without it.
    pub(crate) ice: Option<IceAgreement>,
}

impl Agreement {
    pub(crate) fn sdes(&self) -> Option<&SdesKeys> {
        match self.protection.as_ref()? {
            Protection::Sdes(keys) => Some(keys),
            Protection::Dtls(_) => None,
        }
    }

    pub(crate) fn dtls(&self) -> Option<&DtlsAgreement> {
        match self.protection.as_ref()? {
            Protection::Dtls(agreed) => Some(agreed),
            Protection::Sdes(_) => None,
        }
    }
}

/// The meaning of an incoming payload type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Incoming {
    Voice(Codec),
    Events,
    ComfortNoise,
}

/// Where the keys of SRTP come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Protection {
    /// They are in the descriptions (RFC 4568).
    Sdes(SdesKeys),
    /// The handshake brings them (RFC 5763).
    Dtls(DtlsAgreement),
}

/// One key for each direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SdesKeys {
    pub(crate) suite: SrtpSuite,
    pub(crate) ours: StreamKey,
    pub(crate) theirs: StreamKey,
}
