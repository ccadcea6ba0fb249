//! Offer and answer (RFC 3264): what is open, what was agreed on, and the encryption policies.
//!
//! | policy   | our offer             | taken in an answer             | our answer                 |
//! |----------|-----------------------|--------------------------------|----------------------------|
//! | required | RTP/SAVP, `a=crypto`  | only with `a=crypto`           | SAVP with `a=crypto`       |
//! | optional | RTP/AVP, `a=crypto`   | SAVP or AVP, with or without   | SAVP with it, or plain AVP |
//! | off      | RTP/AVP               | RTP/AVP                        | RTP/AVP                    |
//!
//! A side whose offers want keys by DTLS (RFC 5763) offers UDP/TLS/RTP/SAVP in place of both forms of
//! encryption, and takes no answer without. An offer of that is answered so under either policy.
//!
//! RTP/AVP with `a=crypto` is Microsoft's way to say "optional" ([MS-SDPEXT]); whoever can encrypt
//! answers it with RTP/SAVP and `a=crypto`, unlike RFC 4568, which knows no such offer.

mod protection;

use std::net::SocketAddr;

use rand_chacha::ChaCha20Rng;
use rand_core::RngCore as _;

use super::agreement::{Agreement, Incoming, Protection};
use super::crypto::CryptoLine;
use super::description::{Audio, Description};
use super::dtls::{OwnDtls, Setup};
use super::formats::{self, Format, SendFormat};
use super::ice::{IceAgreement, OwnIce};
use super::keys::{OwnKeys, answering_line, best_line};
use super::payload_types::PayloadTypes;
use super::print::{Line, Outgoing, OutgoingStream, print};
use crate::codec::Codec;
use crate::config::{Encryption, MediaConfig};
use crate::direction::Direction;
use crate::rejection::Rejection;
use crate::rtcp::Wanted;
use protection::answering_transport;

/// The SDP side of one session.
#[derive(Debug)]
pub(crate) struct Exchange {
    codecs: Vec<Codec>,
    payload_types: PayloadTypes,
    encryption: Encryption,
    local_rtp: SocketAddr,
    local_rtcp: SocketAddr,
    /// What we would like to do, whatever the other side allows.
    wish: Direction,
    keys: OwnKeys,
    dtls: OwnDtls,
    /// Our open offer.
    offered: Option<Offered>,
    /// What our part of the agreement lists. Whoever keeps a session alive offers it again as it
    /// stands, our own answer included (RFC 4028 §7.4), so that an answer to it can come.
    settled: Option<Listed>,
    /// The `m=` lines of the session and which of them is ours (RFC 3264 §8: none ever goes away).
    lines: Vec<Line>,
    pub(super) agreement: Option<Agreement>,
    /// The transport the other side wrote last, for re-offers of an encrypted stream.
    peer_transport: Option<String>,
    /// Our side of ICE.
    pub(crate) ice: OwnIce,
    session_id: u64,
    /// Version and content of our last description.
    last: Option<(u64, Outgoing)>,
}

#[derive(Debug)]
struct Offered {
    listed: Listed,
    /// The wish to go back to if the offer is refused.
    previous_wish: Direction,
}

/// What a description of ours lists; answers are read against it.
#[derive(Debug, Clone)]
struct Listed {
    crypto: Vec<CryptoLine>,
    /// Our part in a handshake.
    setup: Option<Setup>,
    incoming: Vec<(u8, Incoming)>,
}

impl Exchange {
    pub(crate) fn new(config: &MediaConfig, random: &mut ChaCha20Rng) -> Self {
        Self {
            codecs: config.codecs.clone(),
            payload_types: PayloadTypes::default(),
            encryption: config.encryption,
            local_rtp: config.local_rtp,
            local_rtcp: config.local_rtcp,
            wish: Direction::SendReceive,
            keys: OwnKeys::fresh(random),
            dtls: OwnDtls::new(config),
            offered: None,
            settled: None,
            lines: vec![Line::Ours],
            agreement: None,
            peer_transport: None,
            ice: OwnIce::new(config, random),
            // RFC 8866 §5.2 wants a number; 2^62 keeps it positive for whoever reads it as signed.
            session_id: random.next_u64() >> 2,
            last: None,
        }
    }

    /// Our offer with this direction.
    pub(crate) fn offer(&mut self, direction: Direction) -> Vec<u8> {
        let previous_wish = self.wish;
        self.wish = direction;
        let dtls = self.dtls.offered(self.agreement.as_ref());
        let crypto = match self.encryption {
            Encryption::Required | Encryption::Optional if dtls.is_none() => {
                self.keys.offered_lines()
            }
            Encryption::Required | Encryption::Optional | Encryption::Off => Vec::new(),
        };
        let formats: Vec<(u8, Format)> = formats::with_company(&self.codecs)
            .into_iter()
            .map(|format| (self.payload_types.number(format), format))
            .collect();
        let setup = dtls.as_ref().map(|dtls| dtls.setup);
        let listed = Listed::new(crypto.clone(), setup, &formats);
        let transport = match setup {
            Some(_) => self.offered_dtls_transport(),
            None => self.offered_transport(),
        };
        let stream = OutgoingStream {
            transport: transport.to_owned(),
            formats,
            rtcp_mux: true,
            ice: self.ice.offered(self.agreement.as_ref()),
            extended: Some(Wanted::ALL),
            direction,
            crypto,
            encryption: Some(self.encryption).filter(|_| dtls.is_none()),
            dtls,
        };
        self.offered = Some(Offered {
            listed,
            previous_wish,
        });
        self.describe(stream)
    }

    /// The other side refused our offer.
    pub(crate) fn withdraw(&mut self) {
        if let Some(offered) = self.offered.take() {
            self.wish = offered.previous_wish;
        }
    }

    pub(crate) fn move_to(&mut self, local_rtp: SocketAddr, local_rtcp: SocketAddr) {
        (self.local_rtp, self.local_rtcp) = (local_rtp, local_rtcp);
    }

    /// Reads the answer to our offer, or to what we have agreed on when it is offered again. The
    /// offer stays open for later answers of other branches.
    pub(crate) fn accept_answer(&mut self, text: &[u8]) -> Result<&Agreement, Rejection> {
        let open = self.offered.as_ref().map(|offered| &offered.listed);
        let listed = open.or(self.settled.as_ref()).cloned();
        let listed = listed.ok_or(Rejection::NotExpected)?;
        let description = Description::parse(text)?;
        let ours = self
            .lines
            .iter()
            .position(|line| *line == Line::Ours)
            .unwrap_or(0);
        let stream = description.streams.get(ours).ok_or(Rejection::NoAudio)?;
        let audio = stream.audio.as_ref().ok_or(Rejection::NoAudio)?;
        // The other side puts first what it would rather hear (RFC 3264 §6.1).
        let sending = audio
            .codecs()
            .find(|(_, codec)| self.codecs.contains(codec));
        let sending = SendFormat::to(audio, sending.ok_or(Rejection::NoCommonCodec)?);
        let protection = self.answered_protection(&listed, audio)?;
        self.peer_transport = Some(stream.transport.clone());
        self.payload_types
            .avoid(audio.payload_types.iter().copied());
        let incoming = listed.incoming.clone();
        let ice = self.ice.agreed(audio.ice.as_ref());
        let agreement = self.agree(audio, sending, incoming, protection, ice);
        self.settled = Some(listed);
        Ok(self.agreement.insert(agreement))
    }

    /// Answers an offer of the other side.
    pub(crate) fn answer(
        &mut self,
        text: &[u8],
        random: &mut ChaCha20Rng,
    ) -> Result<(Vec<u8>, &Agreement), Rejection> {
        let description = Description::parse(text)?;
        let (ours, audio) = self.pick_stream(&description)?;
        let voices = self.common_codecs(audio);
        let best = voices.first().ok_or(Rejection::NoCommonCodec)?;
        let sending = SendFormat::to(audio, *best);
        let theirs = match self.encryption {
            Encryption::Required | Encryption::Optional if !audio.wants_dtls() => {
                best_line(&audio.crypto)
            }
            Encryption::Required | Encryption::Optional | Encryption::Off => None,
        };
        let protection = match (theirs, self.answering_dtls(audio)) {
            (Some(line), _) => Some(Protection::Sdes(self.answering_keys(line, random))),
            (None, Some(agreed)) => Some(Protection::Dtls(agreed)),
            (None, None) => self.without_protection(audio).map(|()| None)?,
        };
        let formats = formats::answering(&audio.formats(), &voices);
        let incoming = formats::incoming(&formats);
        let before = self.agreement.as_ref().and_then(|a| a.ice.as_ref());
        let ice = self.ice.answering(audio.ice.as_ref(), before, random);
        let agreement = self.agree(audio, sending, incoming, protection, ice);
        let offered_transport = description.streams.get(ours).map(|s| s.transport.clone());
        let transport = offered_transport.unwrap_or_default();
        let stream = OutgoingStream {
            transport: answering_transport(&transport, &agreement),
            formats,
            rtcp_mux: audio.rtcp_mux,
            ice: self.ice.answered(&agreement),
            extended: audio.extended,
            direction: agreement.direction,
            crypto: theirs
                .zip(agreement.sdes())
                .map(answering_line)
                .into_iter()
                .collect(),
            dtls: agreement
                .dtls()
                .and_then(|agreed| self.dtls.answered(agreed)),
            encryption: None,
        };
        self.lines = Line::all(&description.streams, ours);
        self.offered = None;
        let setup = stream.dtls.as_ref().map(|dtls| dtls.setup);
        self.settled = Some(Listed::new(stream.crypto.clone(), setup, &stream.formats));
        self.payload_types
            .adopt(audio.payload_types.iter().copied());
        self.peer_transport = Some(transport);
        let body = self.describe(stream);
        Ok((body, self.agreement.insert(agreement)))
    }

    /// The stream to speak on: the one spoken on so far, or else the first that can be encrypted,
    /// the first that can be taken, the first at all. Some phones offer one secure and one plain.
    fn pick_stream<'d>(
        &self,
        description: &'d Description,
    ) -> Result<(usize, &'d Audio), Rejection> {
        let audio = |at: usize| Some((at, description.streams.get(at)?.audio.as_ref()?));
        let so_far = self.lines.iter().position(|line| *line == Line::Ours);
        if let Some(kept) = so_far.filter(|_| self.agreement.is_some()).and_then(audio) {
            return Ok(kept);
        }
        let candidates: Vec<_> = (0..description.streams.len()).filter_map(audio).collect();
        let first = |fits: &dyn Fn(&Audio) -> bool| {
            candidates
                .iter()
                .find(|(_, audio)| !self.common_codecs(audio).is_empty() && fits(audio))
        };
        let has_keys = |audio: &Audio| !audio.wants_dtls() && !audio.crypto.is_empty();
        first(&|audio| self.encryption != Encryption::Off && has_keys(audio))
            .or_else(|| first(&|audio| self.answering_dtls(audio).is_some()))
            .or_else(|| first(&|audio| self.without_protection(audio).is_ok()))
            .or_else(|| candidates.first())
            .copied()
            .ok_or(Rejection::NoAudio)
    }

    /// What of an offer we may use, in our order, which is the user's.
    fn common_codecs(&self, audio: &Audio) -> Vec<(u8, Codec)> {
        let offered = |&codec: &Codec| audio.codecs().find(|&(_, offered)| offered == codec);
        self.codecs.iter().filter_map(offered).collect()
    }

    fn agree(
        &self,
        audio: &Audio,
        sending: SendFormat,
        incoming: Vec<(u8, Incoming)>,
        protection: Option<Protection>,
        ice: Option<IceAgreement>,
    ) -> Agreement {
        let theirs = match audio.rtp {
            Some(_) => audio.direction.reversed(),
            None => audio.direction.reversed().without_sending(),
        };
        Agreement {
            sending,
            incoming,
            rtp: audio.rtp,
            rtcp: match (audio.rtcp_mux, &protection) {
                (true, _) => audio.rtp,
                // The handshake on the path of RTP brings no keys for another one (RFC 5764 §4).
                (false, Some(Protection::Dtls(_))) => None,
                (false, Some(Protection::Sdes(_)) | None) => audio.rtcp,
            },
            rtcp_mux: audio.rtcp_mux,
            direction: theirs.and(self.wish),
            held_by_peer: !theirs.sends(),
            extended: audio.extended.unwrap_or_default(),
            protection,
            ice,
        }
    }

    /// Prints a description, counting its version up when it says something new (RFC 3264 §8).
    fn describe(&mut self, stream: OutgoingStream) -> Vec<u8> {
        let outgoing = Outgoing {
            session_id: self.session_id,
            rtp: self.local_rtp,
            rtcp: self.local_rtcp,
            lines: self.lines.clone(),
            stream,
        };
        let version = match &self.last {
            Some((version, last)) if *last == outgoing => *version,
            Some((version, _)) => version + 1,
            None => 1,
        };
        let text = print(&outgoing, version);
        self.last = Some((version, outgoing));
        text
    }
}

impl Listed {
    fn new(crypto: Vec<CryptoLine>, setup: Option<Setup>, formats: &[(u8, Format)]) -> Self {
        Self {
            crypto,
            setup,
            incoming: formats::incoming(formats),
        }
    }
}
