//! Opus for speech, by libopus: RFC 6716, in RTP as RFC 7587 says.

use super::{Encoded, Undecodable};

/// What a side asks for in its `a=fmtp` (RFC 7587 §6.1), with the defaults of that section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpusParameters {
    /// `maxaveragebitrate`, bits a second.
    pub max_average_bit_rate: Option<u32>,
    /// `maxplaybackrate`: what is above half of it is not heard there.
    pub max_playback_rate_hz: u32,
    /// `useinbandfec`: it can make use of redundancy in the stream.
    pub in_band_fec: bool,
    /// `usedtx`: it prefers that nothing is sent in silence.
    pub dtx: bool,
    /// `cbr`: it wants a constant bit rate.
    pub constant_bit_rate: bool,
}

impl OpusParameters {
    /// What we ask for.
    pub const OURS: Self = Self {
        max_average_bit_rate: Some(MAX_BIT_RATE),
        max_playback_rate_hz: RATE_HZ,
        in_band_fec: true,
        dtx: true,
        constant_bit_rate: false,
    };

    /// Reads the parameters behind the payload type; what is unknown or senseless counts as not said.
    pub fn parse(fmtp: &str) -> Self {
        let mut parameters = Self::default();
        for parameter in fmtp.split(';') {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let number = value.trim().parse::<u32>().ok();
            match name.trim().to_ascii_lowercase().as_str() {
                "maxaveragebitrate" => {
                    parameters.max_average_bit_rate = number.filter(|&rate| rate > 0);
                }
                "maxplaybackrate" => {
                    let rate = number.filter(|&rate| rate > 0);
                    parameters.max_playback_rate_hz = rate.unwrap_or(RATE_HZ);
                }
                "useinbandfec" => parameters.in_band_fec = number == Some(1),
                "usedtx" => parameters.dtx = number == Some(1),
                "cbr" => parameters.constant_bit_rate = number == Some(1),
                _ => {}
            }
        }
        parameters
    }

    /// Our own, as the value of `a=fmtp` behind the payload type.
    pub fn ours() -> String {
        format!("useinbandfec=1;usedtx=1;maxaveragebitrate={MAX_BIT_RATE}")
    }
}

impl Default for OpusParameters {
    fn default() -> Self {
        Self {
            max_average_bit_rate: None,
            max_playback_rate_hz: RATE_HZ,
            in_band_fec: false,
            dtx: false,
            constant_bit_rate: false,
        }
    }
}

/// The sound in a packet; `None` if it is damaged.
pub(super) fn samples(packet: &[u8]) -> Option<usize> {
    if packet.is_empty() {
        return None;
    }
    let samples = ::opus::packet::get_nb_samples(packet, RATE_HZ).ok()?;
    (1..=MAX_SAMPLES).contains(&samples).then_some(samples)
}

pub(super) struct Decoder(::opus::Decoder);

impl Decoder {
    pub(super) fn new() -> Self {
        let decoder = ::opus::Decoder::new(RATE_HZ, ::opus::Channels::Mono);
        Self(decoder.expect("libopus knows one channel at 48 kHz"))
    }

    pub(super) fn decode(&mut self, packet: &[u8], pcm: &mut Vec<i16>) -> Result<(), Undecodable> {
        let samples = samples(packet).ok_or(Undecodable)?;
        self.append(packet, samples, Packet::Itself, pcm)
    }

    pub(super) fn recover(&mut self, next: &[u8], samples: usize, pcm: &mut Vec<i16>) -> bool {
        // libopus makes up what lies before the frame that the redundancy stands for.
        redundant_samples(next).is_some_and(|known| known <= samples)
            && is_length(samples)
            && self
                .append(next, samples, Packet::TheOneBefore, pcm)
                .is_ok()
    }

    pub(super) fn conceal(&mut self, samples: usize, pcm: &mut Vec<i16>) -> bool {
        is_length(samples) && self.append(&[], samples, Packet::Itself, pcm).is_ok()
    }

    fn append(
        &mut self,
        packet: &[u8],
        samples: usize,
        wanted: Packet,
        pcm: &mut Vec<i16>,
    ) -> Result<(), Undecodable> {
        let before = pcm.len();
        pcm.resize(before + samples, 0);
        let fec = wanted == Packet::TheOneBefore;
        let decoded = self
            .0
            .decode(packet, pcm.get_mut(before..).unwrap_or_default(), fec);
        pcm.truncate(before + decoded.as_ref().copied().unwrap_or(0));
        decoded.map(drop).map_err(|_| Undecodable)
    }
}

/// Which sound is taken out of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packet {
    Itself,
    /// By its redundancy.
    TheOneBefore,
}

/// Lengths that can be made up: whole frames of 2.5 ms, up to the longest packet.
fn is_length(samples: usize) -> bool {
    samples > 0 && samples <= MAX_SAMPLES && samples.is_multiple_of(SHORTEST_FRAME)
}

/// How much of the sound before a packet stands in it once more: the length of its frames, if the
/// first one has its LBRR flag set (RFC 6716 §4.2.4).
fn redundant_samples(packet: &[u8]) -> Option<usize> {
    let toc = *packet.first()?;
    let is_celt_only = toc & 0x80 != 0;
    let frame_samples = ::opus::packet::get_samples_per_frame(packet, RATE_HZ).ok()?;
    let first = *first_frame(packet)?.first()?;
    // One bit of voice activity for each 20 ms of SILK, then the flag. The first octet of the range
    // coder shows such even bits as they are.
    let silk_frames = frame_samples.div_ceil(SILK_FRAME);
    let flag = |at: usize| 0x80 >> at & first != 0;
    let is_stereo = toc & 0x04 != 0;
    let redundant = flag(silk_frames) || is_stereo && flag(2 * silk_frames + 1);
    (!is_celt_only && redundant).then_some(frame_samples)
}

/// What of a packet begins with its first frame (RFC 6716 §3.2).
fn first_frame(packet: &[u8]) -> Option<&[u8]> {
    let (toc, rest) = packet.split_first()?;
    match toc & 0x03 {
        0 | 1 => Some(rest),
        2 => skip_lengths(rest, 1),
        _ => {
            let (count, mut rest) = rest.split_first()?;
            if count & 0x40 != 0 {
                // The length of the padding, 255 meaning 254 and more to come.
                let octets = rest.iter().position(|&octet| octet < 255)? + 1;
                rest = rest.get(octets..)?;
            }
            let is_variable = count & 0x80 != 0;
            let frames = usize::from(count & 0x3f);
            skip_lengths(
                rest,
                if is_variable {
                    frames.checked_sub(1)?
                } else {
                    0
                },
            )
        }
    }
}

/// Frame lengths have one octet, from 252 on two (RFC 6716 §3.2.1).
fn skip_lengths(mut rest: &[u8], count: usize) -> Option<&[u8]> {
    for _ in 0..count {
        let octets = if *rest.first()? < 252 { 1 } else { 2 };
        rest = rest.get(octets..)?;
    }
    Some(rest)
}

pub(super) struct Encoder {
    encoder: ::opus::Encoder,
    dtx: bool,
    max_bit_rate: u32,
    /// What the other side misses of late, in percent.
    loss_percent: f32,
    /// What the encoder is set to.
    tuning: Option<Tuning>,
}

/// How the stream is fitted to the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tuning {
    bit_rate: u32,
    /// The loss that the redundancy is made for.
    loss_percent: u32,
}

impl Encoder {
    pub(super) fn new(peer: OpusParameters) -> Self {
        let encoder =
            ::opus::Encoder::new(RATE_HZ, ::opus::Channels::Mono, ::opus::Application::Voip);
        let mut encoder = encoder.expect("libopus knows one channel at 48 kHz");
        let settings = encoder
            .set_signal(::opus::Signal::Voice)
            .and_then(|()| encoder.set_inband_fec(peer.in_band_fec))
            .and_then(|()| encoder.set_dtx(peer.dtx))
            .and_then(|()| encoder.set_vbr(!peer.constant_bit_rate))
            .and_then(|()| encoder.set_max_bandwidth(bandwidth(peer.max_playback_rate_hz)));
        settings.expect("these are settings of every encoder");
        let asked = peer.max_average_bit_rate.unwrap_or(MAX_BIT_RATE);
        let mut new = Self {
            encoder,
            dtx: peer.dtx,
            loss_percent: 0.0,
            max_bit_rate: asked.clamp(LEAST_BIT_RATE, MAX_BIT_RATE),
            tuning: None,
        };
        new.follow_loss(0.0);
        new
    }

    pub(super) fn encode(&mut self, pcm: &[i16], packet: &mut Vec<u8>) -> Encoded {
        let before = packet.len();
        packet.resize(before + MAX_PACKET_BYTES, 0);
        let room = packet.get_mut(before..).unwrap_or_default();
        let written = self.encoder.encode(pcm, room).unwrap_or(0);
        // libopus says by a packet of one or two octets that it need not be sent.
        let encoded = match written {
            0 => Encoded::Silence,
            1 | 2 if self.dtx => Encoded::Silence,
            _ => Encoded::Payload,
        };
        packet.truncate(match encoded {
            Encoded::Payload => before + written,
            Encoded::Silence => before,
        });
        encoded
    }

    pub(super) fn follow_loss(&mut self, percent: f32) {
        // One quiet report does not end a bad stretch.
        self.loss_percent = percent.max((self.loss_percent + percent) / 2.0);
        let tuning = tuning(self.loss_percent, self.max_bit_rate);
        if self.tuning.replace(tuning) == Some(tuning) {
            return;
        }
        let bit_rate = ::opus::Bitrate::Bits(tuning.bit_rate as i32);
        let set = self.encoder.set_bitrate(bit_rate).and_then(|()| {
            self.encoder
                .set_packet_loss_perc(tuning.loss_percent as i32)
        });
        set.expect("the table of loss keeps within what libopus takes");
    }
}

/// Loss of up to 10 % is met by redundancy, which takes its share of the bit rate. More than that is
/// most often a link that is too full, and is made way for, down to half at 30 %.
fn tuning(loss_percent: f32, max_bit_rate: u32) -> Tuning {
    let loss_percent = loss_percent.clamp(0.0, 100.0);
    let beyond = ((loss_percent - 10.0) / 20.0).clamp(0.0, 1.0);
    let span = (MAX_BIT_RATE - MIN_BIT_RATE) as f32;
    let bit_rate = MAX_BIT_RATE - (beyond * span) as u32;
    Tuning {
        bit_rate: bit_rate.min(max_bit_rate),
        loss_percent: (loss_percent.ceil() as u32).max(EXPECTED_LOSS_PERCENT),
    }
}

/// The widest band that a receiver of this rate can play.
fn bandwidth(playback_rate_hz: u32) -> ::opus::Bandwidth {
    match playback_rate_hz {
        0..=8_000 => ::opus::Bandwidth::Narrowband,
        8_001..=12_000 => ::opus::Bandwidth::Mediumband,
        12_001..=16_000 => ::opus::Bandwidth::Wideband,
        16_001..=24_000 => ::opus::Bandwidth::Superwideband,
        _ => ::opus::Bandwidth::Fullband,
    }
}

const RATE_HZ: u32 = 48_000;

/// The longest packet: 120 ms (RFC 6716 §3.2.5).
const MAX_SAMPLES: usize = 5_760;

/// 2.5 ms, the shortest frame of all.
const SHORTEST_FRAME: usize = 120;

/// 20 ms, which is what SILK flags by.
const SILK_FRAME: usize = 960;

/// Speech needs no more; bits a second (RFC 7587 §3.1.1 gives 28 to 40 kbit/s for full-band speech).
const MAX_BIT_RATE: u32 = 32_000;

/// Where wide-band speech is still good; bits a second (ibid.: 16 to 20 kbit/s).
const MIN_BIT_RATE: u32 = 16_000;

/// What libopus can still code (RFC 7587 §6.1).
const LEAST_BIT_RATE: u32 = 6_000;

/// Loss that is reckoned with before it is reported, so that the first losses of a call can be mended
/// too.
const EXPECTED_LOSS_PERCENT: u32 = 5;

/// More than 60 ms at our bit rates; RFC 6716 §3.2.1 allows 1275 octets a frame.
const MAX_PACKET_BYTES: usize = 1_275;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bit_rate_and_redundancy_follow_the_loss() {
        let table = [
            // loss, bit rate, redundancy for
            (0.0, 32_000, 5),
            (3.0, 32_000, 5),
            (7.2, 32_000, 8),
            (10.0, 32_000, 10),
            (15.0, 28_000, 15),
            (20.0, 24_000, 20),
            (30.0, 16_000, 30),
            (80.0, 16_000, 80),
            (f32::INFINITY, 16_000, 100),
        ];
        for (loss, bit_rate, loss_percent) in table {
            let expected = Tuning {
                bit_rate,
                loss_percent,
            };
            assert_eq!(tuning(loss, MAX_BIT_RATE), expected, "{loss} %");
        }
        assert_eq!(tuning(0.0, 20_000).bit_rate, 20_000);
        assert_eq!(tuning(30.0, 20_000).bit_rate, 16_000);
    }

    #[test]
    fn one_quiet_report_does_not_end_a_bad_stretch() {
        let mut encoder = Encoder::new(OpusParameters::default());
        let redundancy = [20.0, 0.0, 0.0, 0.0].map(|percent| {
            encoder.follow_loss(percent);
            encoder.tuning.map(|tuning| tuning.loss_percent)
        });
        assert_eq!(redundancy, [Some(20), Some(10), Some(5), Some(5)]);
    }

    #[test]
    fn the_band_is_what_the_other_side_can_play() {
        use ::opus::Bandwidth::{Fullband, Mediumband, Narrowband, Superwideband, Wideband};
        let table = [
            (8_000, Narrowband),
            (12_000, Mediumband),
            (16_000, Wideband),
            (24_000, Superwideband),
            (44_100, Fullband),
            (48_000, Fullband),
        ];
        for (rate_hz, expected) in table {
            assert_eq!(bandwidth(rate_hz), expected, "{rate_hz}");
        }
    }

    #[test]
    fn the_first_frame_is_found_behind_lengths_and_padding() {
        let table: [(&[u8], Option<&[u8]>); 8] = [
            (&[0x08, 1, 2], Some(&[1, 2])),
            (&[0x09, 1, 2], Some(&[1, 2])),
            (&[0x0a, 1, 7, 8], Some(&[7, 8])),
            (&[0x0a, 252, 0, 7], Some(&[7])),
            // Two frames of one length with 258 octets of padding, and two of differing ones.
            (&[0x0b, 0x42, 255, 4, 7], Some(&[7])),
            (&[0x0b, 0x82, 1, 7, 8], Some(&[7, 8])),
            (&[0x0b, 0x42, 255], None),
            (&[], None),
        ];
        for (packet, expected) in table {
            assert_eq!(first_frame(packet), expected, "{packet:x?}");
        }
    }
}
