//! Digits as named telephone events (RFC 4733), out and in.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

/// One of the sixteen DTMF digits by its event code (RFC 4733 §3.2). Prints redacted, because
/// digits are PINs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digit(u8);

impl Digit {
    pub(crate) fn from_char(digit: char) -> Option<Self> {
        let at = DIGITS.find(digit.to_ascii_uppercase())?;
        u8::try_from(at).ok().map(Self)
    }

    pub(crate) fn to_char(self) -> char {
        DIGITS.chars().nth(usize::from(self.0)).unwrap_or('?')
    }
}

impl fmt::Debug for Digit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digit(redacted)")
    }
}

/// What one packet says about an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct EventPacket {
    event: u8,
    end: bool,
    /// In RTP clock ticks since the event began.
    duration: u16,
}

impl EventPacket {
    fn parse(payload: &[u8]) -> Option<Self> {
        let ([event, flags, d0, d1], _) = payload.split_first_chunk::<4>()?;
        Some(Self {
            event: *event,
            end: flags & 0x80 != 0,
            duration: u16::from_be_bytes([*d0, *d1]),
        })
    }

    fn to_payload(self) -> [u8; 4] {
        let [d0, d1] = self.duration.to_be_bytes();
        let end = if self.end { 0x80 } else { 0 };
        [self.event, end | VOLUME, d0, d1]
    }
}

/// Digits that wait to be sent, and the one that is being sent.
#[derive(Debug, Default)]
pub(crate) struct DigitSender {
    waiting: VecDeque<Digit>,
    current: Option<Sounding>,
}

/// A digit on its way out.
#[derive(Debug)]
struct Sounding {
    digit: Digit,
    /// RTP timestamp of its beginning, which all its packets carry.
    began: u32,
    elapsed: Duration,
    ends_sent: u32,
}

/// What to send in the place of a packet of voice.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OutgoingEvent {
    pub(crate) payload: [u8; 4],
    pub(crate) timestamp: u32,
    /// The first packet of the event.
    pub(crate) marker: bool,
}

/// What the digits want of one packet's time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Nothing to send: voice may go out.
    Voice,
    /// The pause between two digits: neither voice nor event.
    Pause,
    Event(OutgoingEvent),
    /// As [`Slot::Pause`]; with it the last digit is done.
    Done,
}

impl DigitSender {
    /// How many more digits may be queued.
    pub(crate) fn room(&self) -> usize {
        MAX_WAITING.saturating_sub(self.waiting.len())
    }

    pub(crate) fn queue(&mut self, digits: impl IntoIterator<Item = Digit>) {
        self.waiting.extend(digits);
    }

    /// Decides on the next packet, where voice would begin at `timestamp`. `clock_rate_hz` is the clock
    /// of events.
    pub(crate) fn next(&mut self, timestamp: u32, packet: Duration, clock_rate_hz: u32) -> Slot {
        if self.current.is_none() {
            let Some(digit) = self.waiting.pop_front() else {
                return Slot::Voice;
            };
            self.current = Some(Sounding {
                digit,
                began: timestamp,
                elapsed: Duration::ZERO,
                ends_sent: 0,
            });
        }
        let Some(sounding) = &mut self.current else {
            return Slot::Voice;
        };
        sounding.elapsed += packet;
        let is_first = sounding.elapsed == packet;
        match sounding.packet(clock_rate_hz) {
            Some(packet) => Slot::Event(OutgoingEvent {
                payload: packet.to_payload(),
                timestamp: sounding.began,
                marker: is_first,
            }),
            None if sounding.elapsed < DURATION + PAUSE => Slot::Pause,
            None => {
                self.current = None;
                if self.waiting.is_empty() {
                    Slot::Done
                } else {
                    Slot::Pause
                }
            }
        }
    }
}

impl Sounding {
    /// The packet for the present moment: durations that grow, then the end three times
    /// (RFC 4733 §2.5.1.4).
    fn packet(&mut self, clock_rate_hz: u32) -> Option<EventPacket> {
        let end = self.elapsed >= DURATION;
        self.ends_sent += u32::from(end);
        if self.ends_sent > END_PACKETS {
            return None;
        }
        let elapsed = self.elapsed.min(DURATION).as_millis();
        let ticks = elapsed * u128::from(clock_rate_hz) / 1_000;
        Some(EventPacket {
            event: self.digit.0,
            end,
            duration: u16::try_from(ticks).unwrap_or(u16::MAX),
        })
    }
}

/// Turns incoming events into digits, each told once, when it begins.
#[derive(Debug, Default)]
pub(crate) struct DigitListener {
    last: Option<Heard>,
}

/// The latest event.
#[derive(Debug, Clone, Copy)]
struct Heard {
    event: u8,
    began: u32,
    ended: bool,
    duration: u16,
}

impl DigitListener {
    /// Reads one event packet. Packets of one event share its timestamp, so the copies of its end,
    /// packets in the wrong order and lost beginnings or ends all come to one digit.
    pub(crate) fn hear(&mut self, timestamp: u32, payload: &[u8]) -> Option<Digit> {
        let packet = EventPacket::parse(payload)?;
        let heard = Heard {
            event: packet.event,
            began: timestamp,
            ended: packet.end,
            duration: packet.duration,
        };
        if let Some(last) = &mut self.last {
            if last.began == timestamp {
                last.ended |= packet.end;
                last.duration = last.duration.max(packet.duration);
                return None;
            }
            if (1..OLD_TICKS).contains(&last.began.wrapping_sub(timestamp)) {
                return None;
            }
            if last.is_continued_by(&heard) {
                *last = heard;
                return None;
            }
        }
        self.last = Some(heard);
        (usize::from(packet.event) < DIGITS.len()).then_some(Digit(packet.event))
    }
}

impl Heard {
    /// A key held for longer than 16 bits of ticks goes on in a new segment (RFC 4733 §2.5.1.3).
    fn is_continued_by(&self, next: &Self) -> bool {
        !self.ended
            && self.event == next.event
            && next.began.wrapping_sub(self.began) == u32::from(u16::MAX)
            && self.duration > u16::MAX / 2
    }
}

/// The digits in the order of their event codes.
const DIGITS: &str = "0123456789*#ABCD";

/// How long a digit sounds. Receivers need 40 ms (ITU-T Q.24), many want more.
const DURATION: Duration = Duration::from_millis(100);

/// The silence after a digit (Q.24: at least 40 ms).
const PAUSE: Duration = Duration::from_millis(60);

/// RFC 4733 §2.5.1.4: the final packet is sent three times.
const END_PACKETS: u32 = 3;

/// -10 dBm0 (RFC 4733 §2.3.4).
const VOLUME: u8 = 10;

/// A PIN, an extension and some; what is longer is a paste by mistake.
const MAX_WAITING: usize = 64;

/// Events that began up to ten seconds before the last one are stragglers; what seems older still
/// is a source whose clock was set anew.
const OLD_TICKS: u32 = 80_000;

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: Duration = Duration::from_millis(20);

    /// The packets of `digits` as `timestamp marker event end duration`, one slot of 20 ms a line.
    fn sent(digits: &str) -> Vec<String> {
        let mut sender = DigitSender::default();
        sender.queue(digits.chars().filter_map(Digit::from_char));
        let mut lines = Vec::new();
        for slot in 0.. {
            let timestamp = 1_000 + slot * 160;
            lines.push(match sender.next(timestamp, PACKET, 8_000) {
                Slot::Voice => break,
                Slot::Pause => "pause".to_owned(),
                Slot::Done => "done".to_owned(),
                Slot::Event(event) => {
                    let packet = EventPacket::parse(&event.payload).unwrap();
                    let mark = if event.marker { "M" } else { "-" };
                    let end = if packet.end { "E" } else { "-" };
                    let (at, code, length) = (event.timestamp, packet.event, packet.duration);
                    format!("{at} {mark} {code} {end} {length}")
                }
            });
        }
        lines
    }

    #[test]
    fn a_digit_goes_out_with_growing_durations_and_three_ends() {
        assert_eq!(
            sent("#"),
            [
                "1000 M 11 - 160",
                "1000 - 11 - 320",
                "1000 - 11 - 480",
                "1000 - 11 - 640",
                "1000 - 11 E 800",
                "1000 - 11 E 800",
                "1000 - 11 E 800",
                "done",
            ]
        );
    }

    #[test]
    fn digits_follow_each_other_after_a_pause_with_a_timestamp_of_their_own() {
        let lines = sent("1d");
        let first: Vec<_> = lines.iter().filter(|line| line.contains('M')).collect();
        assert_eq!(first, ["1000 M 1 - 160", "2280 M 15 - 160"]);
        assert_eq!(lines.iter().filter(|line| *line == "done").count(), 1);
    }

    #[test]
    fn every_digit_survives_the_way_out_and_in() {
        for digit in DIGITS.chars() {
            let mut sender = DigitSender::default();
            sender.queue(Digit::from_char(digit));
            let mut listener = DigitListener::default();
            let heard: Vec<char> = std::iter::from_fn(|| match sender.next(0, PACKET, 8_000) {
                Slot::Voice => None,
                Slot::Event(event) => Some(listener.hear(event.timestamp, &event.payload)),
                Slot::Pause | Slot::Done => Some(None),
            })
            .flatten()
            .map(Digit::to_char)
            .collect();
            assert_eq!(heard, [digit]);
        }
    }

    /// Timestamp, event, end and duration of one packet.
    type Row = (u32, u8, bool, u16);

    /// Feeds packets and says which digits came of them.
    fn heard(packets: &[Row]) -> String {
        let mut listener = DigitListener::default();
        let hear = |&(timestamp, event, end, duration): &Row| {
            let packet = EventPacket {
                event,
                end,
                duration,
            };
            listener.hear(timestamp, &packet.to_payload())
        };
        packets
            .iter()
            .filter_map(hear)
            .map(Digit::to_char)
            .collect()
    }

    #[test]
    fn incoming_events_count_once_whatever_is_lost_or_doubled() {
        let table: [(&str, &str, &[Row]); 8] = [
            (
                "complete",
                "5",
                &[
                    (0, 5, false, 160),
                    (0, 5, false, 320),
                    (0, 5, true, 480),
                    (0, 5, true, 480),
                ],
            ),
            ("only ends", "5", &[(0, 5, true, 480), (0, 5, true, 480)]),
            (
                "ends lost",
                "55",
                &[(0, 5, false, 160), (960, 5, false, 160)],
            ),
            (
                "same digit twice",
                "55",
                &[(0, 5, true, 480), (960, 5, true, 480)],
            ),
            (
                "straggler of the digit before",
                "56",
                &[(0, 5, false, 160), (960, 6, false, 160), (0, 5, true, 480)],
            ),
            (
                "held for long",
                "5",
                &[
                    (0, 5, false, 65_535),
                    (65_535, 5, false, 160),
                    (65_535, 5, true, 320),
                ],
            ),
            (
                "clock set back",
                "56",
                &[(500_000, 5, true, 160), (100, 6, true, 160)],
            ),
            ("flash hook", "", &[(0, 16, true, 160)]),
        ];
        for (name, digits, packets) in table {
            assert_eq!(heard(packets), digits, "{name}");
        }
    }

    #[test]
    fn short_event_packets_are_passed_over() {
        let mut listener = DigitListener::default();
        assert_eq!(listener.hear(0, &[5, 0, 0]), None);
        assert_eq!(listener.hear(0, &[]), None);
    }

    #[test]
    fn digits_do_not_show_in_debug_output() {
        let mut sender = DigitSender::default();
        sender.queue(Digit::from_char('7'));
        assert!(!format!("{sender:?}").contains('7'));
    }
}
