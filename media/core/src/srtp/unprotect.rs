//! The way in under one key.
//!
//! State belongs to one SSRC each. That of an unknown SSRC is kept only when its packet proves to
//! come from the owner of the key, so that strangers cannot make it grow.

use std::fmt;

use super::cipher::{Cipher, Number, RTCP_HEADER};
use super::index::{MAX_RTP_INDEX, ReplayWindow, estimate};
use super::suite::SrtpSuite;
use crate::rtp_header::Header;
use crate::sdp::StreamKey;

/// Opens what we receive.
pub(super) struct Unprotector {
    suite: SrtpSuite,
    rtp: Cipher,
    rtcp: Cipher,
    mki: Vec<u8>,
    /// The SSRCs that have proved to hold the key.
    sources: Vec<Source>,
    /// How far the SSRCs had counted under the key before. Whoever keeps counting (RFC 3711 §3.3.1)
    /// goes on from there; others begin anew with the key, and the tag tells who does which.
    before: Vec<(u32, u64)>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Source {
    ssrc: u32,
    rtp: ReplayWindow,
    rtcp: ReplayWindow,
}

impl Unprotector {
    pub(super) fn new(key: &StreamKey) -> Self {
        Self {
            suite: key.master.suite(),
            rtp: Cipher::rtp(&key.master),
            rtcp: Cipher::rtcp(&key.master),
            mki: key.mki_octets().to_vec(),
            sources: Vec::new(),
            before: Vec::new(),
        }
    }

    /// Follows a key that the other side has changed.
    pub(super) fn after(key: &StreamKey, old: &Self) -> Self {
        let newest = |source: &Source| Some((source.ssrc, source.rtp.newest()?));
        Self {
            before: old.sources.iter().filter_map(newest).collect(),
            ..Self::new(key)
        }
    }

    /// Whether somebody has proved to hold the key.
    pub(super) fn is_proved(&self) -> bool {
        !self.sources.is_empty()
    }

    /// Decrypts an RTP packet in place and says where it ends then. `None` for one that is forged,
    /// replayed or too short, which stays as it was.
    pub(super) fn open_rtp(
        &mut self,
        header: &Header,
        header_length: usize,
        packet: &mut [u8],
    ) -> Option<usize> {
        let ssrc = header.ssrc;
        let mut source = self.source(ssrc)?;
        let sequence = header.sequence_number;
        let indices = match source.rtp.newest() {
            Some(newest) => [estimate(newest, sequence), None],
            None => [self.counted_on(ssrc, sequence), Some(u64::from(sequence))],
        };
        for index in indices.into_iter().flatten() {
            if index > MAX_RTP_INDEX || !source.rtp.admits(index) {
                continue;
            }
            let number = Number { ssrc, index };
            if let Some(end) = self.rtp.open_rtp(number, header_length, &self.mki, packet) {
                source.rtp.note(index);
                self.keep(source);
                return Some(end);
            }
        }
        None
    }

    /// Decrypts an RTCP compound packet in place, as for RTP.
    pub(super) fn open_rtcp(&mut self, packet: &mut [u8]) -> Option<usize> {
        let ssrc = u32::from_be_bytes(packet.get(4..RTCP_HEADER)?.try_into().ok()?);
        let index = self.rtcp.rtcp_index(&self.mki, packet)?;
        let mut source = self.source(ssrc)?;
        if !source.rtcp.admits(index) {
            return None;
        }
        let number = Number { ssrc, index };
        let end = self.rtcp.open_rtcp(number, &self.mki, packet)?;
        source.rtcp.note(index);
        self.keep(source);
        Some(end)
    }

    /// What is known of a source; `None` when it is one too many.
    fn source(&self, ssrc: u32) -> Option<Source> {
        let known = self.sources.iter().find(|known| known.ssrc == ssrc);
        let new = || Source {
            ssrc,
            ..Source::default()
        };
        match known {
            Some(known) => Some(*known),
            None => (self.sources.len() < MAX_SOURCES).then(new),
        }
    }

    fn keep(&mut self, source: Source) {
        match self
            .sources
            .iter_mut()
            .find(|known| known.ssrc == source.ssrc)
        {
            Some(known) => *known = source,
            None => self.sources.push(source),
        }
    }

    /// The index of the first packet under this key, if its sender keeps counting.
    fn counted_on(&self, ssrc: u32, sequence: u16) -> Option<u64> {
        let (_, newest) = self.before.iter().find(|(known, _)| *known == ssrc)?;
        estimate(*newest, sequence).filter(|&index| index != u64::from(sequence))
    }
}

impl fmt::Debug for Unprotector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unprotector")
            .field("suite", &self.suite)
            .field("sources", &self.sources.len())
            .finish_non_exhaustive()
    }
}

/// SSRCs that one peer may use in a call. Only the owner of the key can add one.
pub(super) const MAX_SOURCES: usize = 64;
