//! SRTP and SRTCP (RFC 3711) by webrtc-srtp, with what that crate leaves to its user: replay
//! protection, the master key identifier, and state that strangers cannot make grow.
//!
//! Contexts belong to one SSRC each. A packet of an unknown SSRC is tried on a context of its own,
//! which is kept only when the packet proves to come from the owner of the key.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use rtp::header::Header;
use webrtc_srtp::context::Context;
use webrtc_srtp::option::{srtcp_replay_protection, srtp_replay_protection};
use webrtc_srtp::protection_profile::ProtectionProfile;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::sdp::StreamKey;

/// An SRTP crypto suite (RFC 4568 §6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SrtpSuite {
    AesCm128HmacSha1_80,
    AesCm128HmacSha1_32,
}

impl SrtpSuite {
    /// Every suite, best first.
    pub const ALL: [Self; 2] = [Self::AesCm128HmacSha1_80, Self::AesCm128HmacSha1_32];

    /// The name in `a=crypto`.
    pub fn name(self) -> &'static str {
        match self {
            Self::AesCm128HmacSha1_80 => "AES_CM_128_HMAC_SHA1_80",
            Self::AesCm128HmacSha1_32 => "AES_CM_128_HMAC_SHA1_32",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.name() == name)
    }

    fn profile(self) -> ProtectionProfile {
        match self {
            Self::AesCm128HmacSha1_80 => ProtectionProfile::Aes128CmHmacSha1_80,
            Self::AesCm128HmacSha1_32 => ProtectionProfile::Aes128CmHmacSha1_32,
        }
    }
}

/// A master key of 16 octets and its salt of 14. Prints redacted.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub(crate) struct MasterKey([u8; 30]);

impl MasterKey {
    pub(crate) fn new(octets: [u8; 30]) -> Self {
        Self(octets)
    }

    /// Key and salt in clear, for SDP.
    pub(crate) fn octets(&self) -> &[u8; 30] {
        &self.0
    }

    fn context(&self, suite: SrtpSuite) -> Context {
        let (key, salt) = self.0.split_at(16);
        Context::new(
            key,
            salt,
            suite.profile(),
            Some(srtp_replay_protection(REPLAY_WINDOW)),
            Some(srtcp_replay_protection(REPLAY_WINDOW)),
        )
        .expect("a key of 16 and a salt of 14 octets fit every suite that we know")
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(redacted)")
    }
}

/// Protects what we send.
pub(crate) struct Protector {
    context: Context,
    mki: Vec<u8>,
    suite: SrtpSuite,
}

impl Protector {
    pub(crate) fn new(suite: SrtpSuite, key: &StreamKey) -> Self {
        Self {
            context: key.master.context(suite),
            mki: key.mki.as_ref().map_or_else(Vec::new, |mki| mki.0.clone()),
            suite,
        }
    }

    /// `None` when the key has protected as many packets as it may (RFC 3711 §9.2).
    pub(crate) fn protect_rtp(&mut self, header: &Header, packet: &[u8]) -> Option<Bytes> {
        let packet = self.context.encrypt_rtp_with_header(packet, header).ok()?;
        Some(self.with_mki(packet, self.suite.profile().rtp_auth_tag_len()))
    }

    pub(crate) fn protect_rtcp(&mut self, packet: &[u8]) -> Option<Bytes> {
        let packet = self.context.encrypt_rtcp(packet).ok()?;
        Some(self.with_mki(packet, self.suite.profile().rtcp_auth_tag_len()))
    }

    /// The identifier stands before the authentication tag and is not part of what it covers
    /// (RFC 3711 §3.1).
    fn with_mki(&self, packet: Bytes, tag_length: usize) -> Bytes {
        if self.mki.is_empty() {
            return packet;
        }
        let (body, tag) = packet.split_at(packet.len().saturating_sub(tag_length));
        [body, &self.mki, tag].concat().into()
    }
}

/// Opens what we receive.
pub(crate) struct Unprotector {
    suite: SrtpSuite,
    key: StreamKey,
    /// One context for each SSRC that has proved to hold the key.
    contexts: Vec<(u32, Context)>,
}

impl Unprotector {
    pub(crate) fn new(suite: SrtpSuite, key: StreamKey) -> Self {
        Self {
            suite,
            key,
            contexts: Vec::new(),
        }
    }

    /// The RTP packet in clear; `None` for one that is forged, replayed or too short.
    pub(crate) fn unprotect_rtp(&mut self, header: &Header, packet: &[u8]) -> Option<Bytes> {
        let packet = self.without_mki(packet, self.suite.profile().rtp_auth_tag_len())?;
        self.open(header.ssrc, |context| {
            context.decrypt_rtp_with_header(&packet, header).ok()
        })
    }

    /// The RTCP compound packet in clear. What says that it is not encrypted is refused, because
    /// the crate does not even authenticate it and we never agree to such packets.
    pub(crate) fn unprotect_rtcp(&mut self, packet: &[u8]) -> Option<Bytes> {
        let tag_length = self.suite.profile().rtcp_auth_tag_len();
        let packet = self.without_mki(packet, tag_length)?;
        let index = packet.len().checked_sub(tag_length + SRTCP_INDEX_OCTETS)?;
        let encrypted = packet.get(index)? & 0x80 != 0;
        if index < MIN_RTCP_OCTETS || !encrypted {
            return None;
        }
        let ssrc = u32::from_be_bytes(packet.get(4..8)?.try_into().ok()?);
        self.open(ssrc, |context| context.decrypt_rtcp(&packet).ok())
    }

    fn open(
        &mut self,
        ssrc: u32,
        mut attempt: impl FnMut(&mut Context) -> Option<Bytes>,
    ) -> Option<Bytes> {
        if let Some((_, context)) = self.contexts.iter_mut().find(|(known, _)| *known == ssrc) {
            return attempt(context);
        }
        if self.contexts.len() >= MAX_SOURCES {
            return None;
        }
        let mut context = self.key.master.context(self.suite);
        let opened = attempt(&mut context)?;
        self.contexts.push((ssrc, context));
        Some(opened)
    }

    /// Takes the identifier out. One that is not the agreed one is another key's.
    fn without_mki<'p>(&self, packet: &'p [u8], tag_length: usize) -> Option<Cow<'p, [u8]>> {
        let Some(mki) = &self.key.mki else {
            return Some(packet.into());
        };
        let (rest, tag) = packet.split_at_checked(packet.len().checked_sub(tag_length)?)?;
        let body = rest.strip_suffix(mki.0.as_slice())?;
        Some([body, tag].concat().into())
    }
}

impl fmt::Debug for Protector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Protector")
            .field("suite", &self.suite)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Unprotector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unprotector")
            .field("suite", &self.suite)
            .field("contexts", &self.contexts.len())
            .finish_non_exhaustive()
    }
}

/// Packets that may come late and still be told from replays; twice what RFC 3711 §3.3.2 asks.
const REPLAY_WINDOW: usize = 128;

/// SSRCs that one peer may use in a call. Only the owner of the key can add one.
const MAX_SOURCES: usize = 64;

/// The E flag and the index of SRTCP (RFC 3711 §3.4).
const SRTCP_INDEX_OCTETS: usize = 4;

/// The header of the first RTCP packet and its SSRC.
const MIN_RTCP_OCTETS: usize = 8;
