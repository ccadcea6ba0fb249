//! What a media session is told when it begins.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use zeroize::Zeroize as _;

use crate::codec::Codec;
use crate::dtls::DtlsIdentity;

/// The local side of one media session.
#[derive(Clone)]
pub struct MediaConfig {
    /// Codecs that may be used, the preferred one first. An empty list can agree on nothing.
    pub codecs: Vec<Codec>,
    pub encryption: Encryption,
    /// How keys come by a handshake of the media itself; `None` has them in the descriptions alone.
    pub dtls: Option<DtlsConfig>,
    /// Where our RTP socket is reachable; this address goes into the SDP.
    pub local_rtp: SocketAddr,
    /// Where our RTCP socket is reachable; said by `a=rtcp` (RFC 3605).
    pub local_rtcp: SocketAddr,
    /// How ways through translators and firewalls are looked for; `None` uses the descriptions alone.
    pub ice: Option<IceConfig>,
    /// Canonical name for RTCP (RFC 7022: best a random token that lives as long as the call).
    pub cname: String,
    /// Fresh secret random octets. SRTP keys, SSRC, first sequence number and first timestamp are
    /// drawn from them, so the same seed must never serve two calls.
    pub seed: [u8; 32],
}

/// Keys by DTLS (RFC 5763).
#[derive(Debug, Clone)]
pub struct DtlsConfig {
    pub when: DtlsUse,
    pub identity: Arc<DtlsIdentity>,
}

/// Which descriptions of ours ask for a handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DtlsUse {
    /// Offers, and answers to offers of it.
    Always,
    /// Answers to offers of it alone.
    WhenOffered,
}

/// Interactive Connectivity Establishment (RFC 8445).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IceConfig {
    pub when: IceUse,
    /// Tells our address behind a translator (RFC 8489).
    pub stun_server: Option<SocketAddr>,
    /// Passes packets on where no direct way exists (RFC 8656).
    pub turn_server: Option<TurnServer>,
}

/// Which descriptions of ours carry ICE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IceUse {
    /// Offers, and answers to offers with it.
    Always,
    /// Answers to offers with it alone.
    WhenOffered,
}

/// A relay and how to sign in there.
#[derive(Clone, PartialEq, Eq)]
pub struct TurnServer {
    pub address: SocketAddr,
    pub transport: RelayTransport,
    pub username: String,
    pub password: String,
}

/// How packets reach the relay. From there on they travel over UDP either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RelayTransport {
    #[default]
    Udp,
    /// For networks that let no UDP through. The connections are the caller's to open:
    /// [`crate::MediaSession::relay_connected`].
    Tcp,
}

impl fmt::Debug for TurnServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TurnServer")
            .field("address", &self.address)
            .field("transport", &self.transport)
            .field("username", &self.username)
            .field("password", &"redacted")
            .finish()
    }
}

impl Drop for TurnServer {
    fn drop(&mut self) {
        self.password.zeroize();
    }
}

/// Whether the sound of a call is encrypted (SRTP, with keys from SDP or by DTLS).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// SRTP or no call: offers RTP/SAVP, takes an offer only with a usable `a=crypto` or fingerprint.
    Required,
    /// Microsoft's form: offers RTP/AVP with `a=crypto`, takes what the other side can do.
    Optional,
    /// Never: offers RTP/AVP without keys, refuses RTP/SAVP.
    Off,
}

impl fmt::Debug for MediaConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaConfig")
            .field("codecs", &self.codecs)
            .field("encryption", &self.encryption)
            .field("dtls", &self.dtls)
            .field("local_rtp", &self.local_rtp)
            .field("local_rtcp", &self.local_rtcp)
            .field("ice", &self.ice)
            .field("cname", &self.cname)
            .field("seed", &"redacted")
            .finish()
    }
}

impl Drop for MediaConfig {
    fn drop(&mut self) {
        self.seed.zeroize();
    }
}
