//! What the payload types of an audio stream stand for (RFC 8866 §6.6 and §6.15): read from the other
//! side, and said by us.

use std::time::Duration;

use super::agreement::Incoming;
use super::description::Audio;
use crate::codec::{Codec, OpusParameters};

/// What a payload type can stand for, among what we speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Voice(Codec),
    /// Digits, at the clock of the voice that they stand in (RFC 4733 §2.1).
    Events {
        clock_rate_hz: u32,
    },
    /// Comfort noise beside G.711 (RFC 3389).
    ComfortNoise,
}

/// How our stream is coded, as agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SendFormat {
    pub(crate) codec: Codec,
    /// The number of the codec at the other side.
    pub(crate) payload_type: u8,
    /// What the other side asks of an Opus encoder.
    pub(crate) opus: OpusParameters,
    /// Digits; `None` if the other side takes none.
    pub(crate) events: Option<EventFormat>,
    /// Comfort noise in the place of silence; `None` where the codec has its own way, and where the
    /// other side knows none.
    pub(crate) comfort_noise: Option<u8>,
    /// The sound in one packet.
    pub(crate) packet: Duration,
}

/// How digits are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EventFormat {
    pub(crate) payload_type: u8,
    /// The clock of durations.
    pub(crate) clock_rate_hz: u32,
}

impl SendFormat {
    /// How we send this codec to the owner of `audio`.
    pub(super) fn to(audio: &Audio, (payload_type, codec): (u8, Codec)) -> Self {
        let theirs = audio.formats();
        Self {
            codec,
            payload_type,
            opus: audio.opus,
            events: events(&theirs, codec),
            comfort_noise: comfort_noise(&theirs, codec),
            packet: packet_time(codec, audio.packet_ms, audio.max_packet_ms),
        }
    }
}

impl Format {
    /// The payload types that need no `a=rtpmap` (RFC 3551 table 4, RFC 3389 §4).
    pub(super) fn of_static(payload_type: usize) -> Option<Self> {
        match payload_type {
            0 => Some(Self::Voice(Codec::Pcmu)),
            8 => Some(Self::Voice(Codec::Pcma)),
            9 => Some(Self::Voice(Codec::G722)),
            13 => Some(Self::ComfortNoise),
            _ => None,
        }
    }

    /// Reads an `a=rtpmap` behind its payload type: name, clock, channels.
    pub(super) fn parse(encoding: &str) -> Option<Self> {
        let mut parts = encoding.split('/').map(str::trim);
        let name = parts.next()?.to_ascii_lowercase();
        let clock_rate_hz = parts.next()?.parse().ok()?;
        let is_mono = matches!(parts.next(), None | Some("1"));
        match (name.as_str(), clock_rate_hz) {
            ("opus", 48_000) => Some(Self::Voice(Codec::Opus)),
            // Some say the sampling rate, against RFC 3551 §4.5.2.
            ("g722", 8_000 | 16_000) if is_mono => Some(Self::Voice(Codec::G722)),
            ("pcmu", 8_000) if is_mono => Some(Self::Voice(Codec::Pcmu)),
            ("pcma", 8_000) if is_mono => Some(Self::Voice(Codec::Pcma)),
            ("telephone-event", 8_000 | 48_000) => Some(Self::Events { clock_rate_hz }),
            ("cn", 8_000) => Some(Self::ComfortNoise),
            _ => None,
        }
    }

    /// The payload type that is usual for it: what is assigned, or else what most others take.
    pub(super) fn usual_payload_type(self) -> u8 {
        match self {
            Self::Voice(codec) => codec.static_payload_type().unwrap_or(111),
            Self::Events {
                clock_rate_hz: 48_000,
            } => 110,
            Self::Events { .. } => 101,
            Self::ComfortNoise => 13,
        }
    }

    /// The value of `a=rtpmap` behind the payload type.
    pub(super) fn rtpmap(self) -> String {
        match self {
            Self::Voice(codec) => codec.rtpmap().to_owned(),
            Self::Events { clock_rate_hz } => format!("telephone-event/{clock_rate_hz}"),
            Self::ComfortNoise => "CN/8000".to_owned(),
        }
    }

    /// The value of our `a=fmtp` behind the payload type.
    pub(super) fn fmtp(self) -> Option<String> {
        match self {
            Self::Voice(Codec::Opus) => Some(OpusParameters::ours()),
            Self::Events { .. } => Some("0-16".to_owned()),
            Self::Voice(Codec::G722 | Codec::Pcmu | Codec::Pcma) | Self::ComfortNoise => None,
        }
    }

    fn incoming(self) -> Incoming {
        match self {
            Self::Voice(codec) => Incoming::Voice(codec),
            Self::Events { .. } => Incoming::Events,
            Self::ComfortNoise => Incoming::ComfortNoise,
        }
    }
}

/// All that goes with these codecs, in the order of an `m=` line.
pub(super) fn with_company(codecs: &[Codec]) -> Vec<Format> {
    let mut formats: Vec<Format> = codecs.iter().copied().map(Format::Voice).collect();
    if codecs.iter().copied().any(needs_comfort_noise) {
        formats.push(Format::ComfortNoise);
    }
    for codec in codecs {
        let events = Format::Events {
            clock_rate_hz: codec.clock_rate_hz(),
        };
        if !formats.contains(&events) {
            formats.push(events);
        }
    }
    formats
}

/// What of an offer we answer with, where `voices` are the codecs that we take: their company, and
/// digits at another clock if there are none at theirs.
pub(super) fn answering(offered: &[(u8, Format)], voices: &[(u8, Codec)]) -> Vec<(u8, Format)> {
    let codecs: Vec<Codec> = voices.iter().map(|&(_, codec)| codec).collect();
    let company = with_company(&codecs);
    let mut formats: Vec<(u8, Format)> = voices
        .iter()
        .map(|&(number, codec)| (number, Format::Voice(codec)))
        .collect();
    let is_company = |&&(_, format): &&(u8, Format)| {
        !matches!(format, Format::Voice(_)) && company.contains(&format)
    };
    formats.extend(offered.iter().filter(is_company));
    let is_events = |&(_, format): &(u8, Format)| matches!(format, Format::Events { .. });
    if !formats.iter().any(is_events) {
        formats.extend(offered.iter().copied().find(is_events));
    }
    formats
}

/// What may come in where we listed these.
pub(super) fn incoming(listed: &[(u8, Format)]) -> Vec<(u8, Incoming)> {
    let meaning = |&(number, format): &(u8, Format)| (number, format.incoming());
    listed.iter().map(meaning).collect()
}

/// Digits for a stream of this codec: at its clock, or else at the one there is.
fn events(formats: &[(u8, Format)], codec: Codec) -> Option<EventFormat> {
    let events = formats.iter().filter_map(|&(payload_type, format)| {
        let Format::Events { clock_rate_hz } = format else {
            return None;
        };
        Some(EventFormat {
            payload_type,
            clock_rate_hz,
        })
    });
    let fits = |events: &EventFormat| events.clock_rate_hz == codec.clock_rate_hz();
    events.clone().find(fits).or(events.clone().next())
}

/// Comfort noise for a stream of this codec.
fn comfort_noise(formats: &[(u8, Format)], codec: Codec) -> Option<u8> {
    let noise = formats
        .iter()
        .find(|(_, format)| *format == Format::ComfortNoise);
    noise
        .filter(|_| needs_comfort_noise(codec))
        .map(|&(payload_type, _)| payload_type)
}

fn needs_comfort_noise(codec: Codec) -> bool {
    match codec {
        Codec::Pcmu | Codec::Pcma => true,
        Codec::Opus | Codec::G722 => false,
    }
}

/// The sound in one of our packets: 20 ms (RFC 3551 §4.2), or what the other side asks for by
/// `a=ptime`, between 10 and 60 ms, as far as its `a=maxptime` and the frames of the codec let us.
fn packet_time(codec: Codec, ptime_ms: Option<u32>, max_ms: Option<u32>) -> Duration {
    let steps: &[u32] = match codec {
        // The frames of Opus (RFC 6716 §2.1.4).
        Codec::Opus => &[60, 40, 20, 10],
        Codec::G722 | Codec::Pcmu | Codec::Pcma => &[60, 50, 40, 30, 20, 10],
    };
    let wanted = ptime_ms
        .unwrap_or(PACKET_MS)
        .min(max_ms.unwrap_or(u32::MAX));
    let fitting = steps.iter().find(|&&step| step <= wanted);
    Duration::from_millis(u64::from(fitting.copied().unwrap_or(10)))
}

/// What we say by `a=ptime`, and send unless we are asked otherwise.
pub(super) const PACKET_MS: u32 = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_as_long_as_the_other_side_asks_for_within_reason() {
        let table = [
            // ptime, maxptime, G.711, Opus
            (None, None, 20, 20),
            (Some(20), Some(200), 20, 20),
            (Some(10), None, 10, 10),
            (Some(30), None, 30, 20),
            (Some(40), None, 40, 40),
            (Some(60), None, 60, 60),
            (Some(60), Some(40), 40, 40),
            (None, Some(10), 10, 10),
            (Some(200), None, 60, 60),
            (Some(0), None, 10, 10),
            (Some(25), Some(5), 10, 10),
        ];
        for (ptime, max, g711_ms, opus_ms) in table {
            let packets = [(Codec::Pcma, g711_ms), (Codec::Opus, opus_ms)];
            for (codec, milliseconds) in packets {
                assert_eq!(
                    packet_time(codec, ptime, max),
                    Duration::from_millis(milliseconds),
                    "{codec:?} {ptime:?} {max:?}"
                );
            }
        }
    }

    #[test]
    fn encodings_are_read_in_any_case_and_with_the_channels_they_may_have() {
        let table = [
            ("opus/48000/2", Some(Format::Voice(Codec::Opus))),
            ("OPUS/48000", Some(Format::Voice(Codec::Opus))),
            ("opus/16000/2", None),
            ("g722/8000", Some(Format::Voice(Codec::G722))),
            ("G722/16000/1", Some(Format::Voice(Codec::G722))),
            ("PCMU/8000/2", None),
            ("PCMA/8000/1", Some(Format::Voice(Codec::Pcma))),
            ("CN/8000", Some(Format::ComfortNoise)),
            ("CN/16000", None),
            ("pcmu", None),
            ("", None),
        ];
        for (encoding, format) in table {
            assert_eq!(Format::parse(encoding), format, "{encoding}");
        }
    }
}
