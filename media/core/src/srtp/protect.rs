//! The way out.

use std::fmt;

use bytes::BytesMut;

use super::cipher::{Cipher, Number, RTCP_HEADER};
use super::index::{MAX_RTCP_INDEX, MAX_RTP_INDEX, estimate};
use super::suite::SrtpSuite;
use crate::rtp_header;
use crate::sdp::StreamKey;

/// Protects what we send.
pub(crate) struct Protector {
    rtp: Cipher,
    rtcp: Cipher,
    mki: Vec<u8>,
    suite: SrtpSuite,
    /// The last packet of sound.
    last: Option<Number>,
    /// The index of the next report. One count serves every SSRC.
    next_report: u64,
}

impl Protector {
    pub(crate) fn new(key: &StreamKey) -> Self {
        Self {
            rtp: Cipher::rtp(&key.master),
            rtcp: Cipher::rtcp(&key.master),
            mki: key.mki_octets().to_vec(),
            suite: key.master.suite(),
            last: None,
            next_report: 0,
        }
    }

    /// Goes on under another key. Reports keep counting, so that no key ever meets a number twice,
    /// even one that comes back.
    pub(crate) fn rekeyed(&self, key: &StreamKey) -> Self {
        Self {
            last: self.last,
            next_report: self.next_report,
            ..Self::new(key)
        }
    }

    pub(crate) fn suite(&self) -> SrtpSuite {
        self.suite
    }

    /// Whether the sequence numbers have wrapped. From then on nobody can join the stream who has
    /// not followed it from its beginning, nor whoever begins to count anew with a new key.
    pub(crate) fn has_rolled_over(&self) -> bool {
        self.last
            .is_some_and(|last| last.index > u64::from(u16::MAX))
    }

    /// Protects the RTP packet in place. `None` for what is no RTP, and when the key has protected
    /// as many packets as it may (RFC 3711 §9.2).
    pub(crate) fn protect_rtp(&mut self, packet: &mut BytesMut) -> Option<()> {
        let (header, header_length) = rtp_header::read(packet)?;
        let sequence = header.sequence_number;
        let index = match self.last.filter(|last| last.ssrc == header.ssrc) {
            Some(last) => estimate(last.index, sequence)?,
            None => u64::from(sequence),
        };
        if index > MAX_RTP_INDEX {
            return None;
        }
        let number = Number {
            ssrc: header.ssrc,
            index,
        };
        self.last = Some(number);
        self.rtp.seal_rtp(number, header_length, &self.mki, packet);
        Some(())
    }

    /// Protects the RTCP compound packet in place; `None` as for RTP.
    pub(crate) fn protect_rtcp(&mut self, packet: &mut BytesMut) -> Option<()> {
        let ssrc = packet.get(4..RTCP_HEADER)?.try_into().ok()?;
        let index = self.next_report;
        if index > MAX_RTCP_INDEX {
            return None;
        }
        self.next_report += 1;
        let number = Number {
            ssrc: u32::from_be_bytes(ssrc),
            index,
        };
        self.rtcp.seal_rtcp(number, &self.mki, packet);
        Some(())
    }
}

impl fmt::Debug for Protector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Protector")
            .field("suite", &self.suite)
            .finish_non_exhaustive()
    }
}
