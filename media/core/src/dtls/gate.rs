//! Which records of a datagram an association gets to see.
//!
//! The crate behind it takes what it cannot read for the end of the handshake, believes alerts that
//! nothing authenticates, and keeps fragments without a limit. Anybody who can write to our port could
//! use that. So nothing passes but sound records, and only so many (RFC 6347 §4.1.2.7: what is invalid
//! is dropped and the association goes on).
//!
//! It also takes any message for a sign that its own last flight has arrived, and then does not send it
//! again. So while hands are shaken no message passes twice, except the first ClientHello: who has to
//! answer that keeps no time for it (RFC 6347 §4.2.1). Later, what the other side says again is how it
//! asks for our last flight.

use std::collections::BTreeSet;

/// What an association has taken so far.
#[derive(Debug, Default)]
pub(super) struct Gate {
    records: usize,
    octets: usize,
    /// Fragments of messages: number of the message, offset, length.
    passed: BTreeSet<(u16, usize, usize)>,
}

/// How far the handshake is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Shaking,
    Done,
}

/// One record, of which nothing is known to be true (RFC 6347 §4.1).
#[derive(Debug, Clone, Copy)]
struct Record<'d> {
    kind: u8,
    epoch: u16,
    body: &'d [u8],
}

impl Gate {
    /// The records that may pass, one behind the other as in a datagram.
    pub(super) fn pass(&mut self, stage: Stage, datagram: &[u8]) -> Vec<u8> {
        let mut passed = Vec::new();
        let mut rest = datagram;
        while let Some((record, length)) = Record::read(rest) {
            let (whole, behind) = rest.split_at(length);
            if record.is_sound() && self.is_wanted(stage, record) && self.has_room(length) {
                passed.extend_from_slice(whole);
            }
            rest = behind;
        }
        passed
    }

    fn is_wanted(&mut self, stage: Stage, record: Record<'_>) -> bool {
        if (record.epoch, record.kind) != (0, HANDSHAKE) {
            return true;
        }
        let mut is_wanted = stage == Stage::Done;
        for message in record.messages() {
            let last = self.passed.last().map_or(0, |(sequence, ..)| *sequence);
            let begins = message.kind == CLIENT_HELLO && message.sequence == 0 && last == 0;
            let fragment = (
                message.sequence,
                message.fragment_offset,
                message.fragment_length,
            );
            is_wanted |= self.passed.insert(fragment) || begins;
        }
        is_wanted
    }

    fn has_room(&mut self, length: usize) -> bool {
        let fits = self.records < MAX_RECORDS && self.octets + length <= MAX_OCTETS;
        if fits {
            self.records += 1;
            self.octets += length;
        }
        fits
    }
}

impl<'d> Record<'d> {
    /// The first record of a datagram and its length with its header.
    fn read(datagram: &'d [u8]) -> Option<(Self, usize)> {
        let &[
            kind,
            VERSION_MAJOR,
            _,
            epoch_high,
            epoch_low,
            _,
            _,
            _,
            _,
            _,
            _,
            high,
            low,
        ] = datagram.first_chunk::<HEADER>()?
        else {
            return None;
        };
        let length = HEADER + usize::from(u16::from_be_bytes([high, low]));
        let record = Self {
            kind,
            epoch: u16::from_be_bytes([epoch_high, epoch_low]),
            body: datagram.get(HEADER..length)?,
        };
        Some((record, length))
    }

    fn is_sound(self) -> bool {
        match (self.epoch, self.kind) {
            (0, HANDSHAKE) => self.holds_messages(),
            (0, CHANGE_CIPHER_SPEC) => self.body == [1],
            // Alerts in clear may be anybody's.
            (0, _) => false,
            (1, HANDSHAKE | ALERT) => self.body.len() >= SEALED,
            // No data goes through our associations, and there is no second change of keys.
            (_, _) => false,
        }
    }

    /// Whether the body is one fragment of a message, or whole messages (RFC 6347 §4.2.2).
    fn holds_messages(self) -> bool {
        let (mut count, mut length) = (0, 0);
        let mut are_whole = true;
        for message in self.messages() {
            if !message.is_sound() {
                return false;
            }
            count += 1;
            length += MESSAGE_HEADER + message.fragment_length;
            are_whole &= message.fragment_length == message.length;
        }
        length == self.body.len() && (count == 1 || count > 1 && are_whole)
    }

    /// The headers of the messages one behind the other, as far as there are any.
    fn messages(self) -> impl Iterator<Item = Message> {
        let mut rest = self.body;
        std::iter::from_fn(move || {
            let message = Message::read(rest)?;
            rest = rest
                .get(MESSAGE_HEADER + message.fragment_length..)
                .unwrap_or_default();
            Some(message)
        })
    }
}

/// The header of a handshake message or of a fragment of one.
#[derive(Debug, Clone, Copy)]
struct Message {
    kind: u8,
    length: usize,
    sequence: u16,
    fragment_offset: usize,
    fragment_length: usize,
}

impl Message {
    fn read(body: &[u8]) -> Option<Self> {
        let &[kind, a, b, c, high, low, d, e, f, g, h, i] = body.first_chunk::<MESSAGE_HEADER>()?;
        let number = |octets: [u8; 3]| {
            let [high, middle, low] = octets.map(usize::from);
            high << 16 | middle << 8 | low
        };
        Some(Self {
            kind,
            length: number([a, b, c]),
            sequence: u16::from_be_bytes([high, low]),
            fragment_offset: number([d, e, f]),
            fragment_length: number([g, h, i]),
        })
    }

    fn is_sound(self) -> bool {
        let is_empty_part = self.fragment_length == 0 && self.length > 0;
        self.length <= MAX_MESSAGE
            && self.sequence < MAX_MESSAGES
            && self.fragment_offset + self.fragment_length <= self.length
            && !is_empty_part
    }
}

/// Whether a datagram begins with a ClientHello.
pub(super) fn begins_handshake(datagram: &[u8]) -> bool {
    let record = Record::read(datagram).map(|(record, _)| record);
    record.is_some_and(|record| {
        let message = Message::read(record.body);
        (record.epoch, record.kind) == (0, HANDSHAKE)
            && message.is_some_and(|message| message.kind == CLIENT_HELLO)
    })
}

/// Octets of a record's header, and of a message's.
const HEADER: usize = 13;
const MESSAGE_HEADER: usize = 12;

/// DTLS counts downwards: 254 is what TLS calls 3 (RFC 6347 §4.1).
const VERSION_MAJOR: u8 = 254;

/// RFC 5246 §6.2.1.
const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;

/// RFC 5246 §7.4.
const CLIENT_HELLO: u8 = 1;

/// A nonce and a tag of GCM.
const SEALED: usize = 8 + 16;

/// A chain of certificates with long RSA keys is half of it.
const MAX_MESSAGE: usize = 16 * 1_024;

/// A handshake has 10 to 12 messages.
const MAX_MESSAGES: u16 = 32;

/// A flight of ten records sent eight times is less, on either count.
const MAX_RECORDS: usize = 256;
const MAX_OCTETS: usize = 128 * 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u8, epoch: u8, body: &[u8]) -> Vec<u8> {
        let mut record = vec![kind, 254, 253, 0, epoch, 0, 0, 0, 0, 0, 7];
        record.extend_from_slice(&u16::try_from(body.len()).unwrap().to_be_bytes());
        record.extend_from_slice(body);
        record
    }

    /// A fragment of a ClientHello: length of the message, number, offset, its octets.
    fn message(length: u8, sequence: u8, offset: u8, octets: &[u8]) -> Vec<u8> {
        let fragment = u8::try_from(octets.len()).unwrap();
        let mut message = vec![1, 0, 0, length, 0, sequence, 0, 0, offset, 0, 0, fragment];
        message.extend_from_slice(octets);
        message
    }

    #[test]
    fn only_sound_records_pass() {
        let whole = message(2, 0, 0, &[7, 7]);
        let second = message(1, 1, 0, &[7]);
        let part = message(9, 0, 4, &[7, 7]);
        let sealed = [0; 40];
        for (record, passes) in [
            (record(22, 0, &whole), true),
            (record(22, 0, &[&whole[..], &second].concat()), true),
            (record(22, 0, &part), true),
            (record(22, 0, &[&whole[..], &part].concat()), false),
            (record(22, 0, &[&part[..], &whole].concat()), false),
            (record(22, 0, &[&whole[..], &[0]].concat()), false),
            (record(22, 0, &message(2, 0, 1, &[7, 7])), false),
            (record(22, 0, &message(2, 0, 0, &[])), false),
            (record(22, 0, &message(0, 0, 0, &[])), true),
            (record(22, 0, &message(2, 32, 0, &[7, 7])), false),
            (record(22, 0, &[]), false),
            (record(20, 0, &[1]), true),
            (record(20, 0, &[2]), false),
            (record(21, 0, &[2, 40]), false),
            (record(23, 0, &[1]), false),
            (record(22, 1, &sealed), true),
            (record(21, 1, &sealed), true),
            (record(21, 1, &[2, 40]), false),
            (record(23, 1, &sealed), false),
            (record(22, 2, &sealed), false),
        ] {
            let passed = Gate::default().pass(Stage::Shaking, &record);
            let expected = if passes { record.clone() } else { Vec::new() };
            assert_eq!(passed, expected, "{record:?}");
        }
    }

    #[test]
    fn a_cut_record_ends_the_datagram_and_the_ones_before_it_pass() {
        let whole = record(20, 0, &[1]);
        for cut in 0..whole.len() {
            let datagram = [&whole[..], &whole[..cut]].concat();
            assert_eq!(Gate::default().pass(Stage::Shaking, &datagram), whole);
        }
        let other = record(20, 0, &[1]).into_iter().enumerate();
        let other: Vec<u8> = other.map(|(at, o)| if at == 1 { 3 } else { o }).collect();
        assert_eq!(Gate::default().pass(Stage::Shaking, &other), []);
    }

    #[test]
    fn no_association_takes_more_than_a_handshake_needs() {
        let mut gate = Gate::default();
        let one = record(20, 0, &[1]);
        let passed = (0..1_000)
            .filter(|_| !gate.pass(Stage::Shaking, &one).is_empty())
            .count();
        assert_eq!(passed, MAX_RECORDS);
        let mut gate = Gate::default();
        let long = record(22, 1, &[0; 10_000]);
        let passed = (0..1_000)
            .filter(|_| !gate.pass(Stage::Shaking, &long).is_empty())
            .count();
        assert_eq!(passed, MAX_OCTETS / long.len());
    }

    #[test]
    fn no_message_passes_twice_until_hands_are_shaken_but_the_one_that_begins() {
        let mut gate = Gate::default();
        let (first, second) = (message(1, 0, 0, &[7]), message(1, 1, 0, &[7]));
        let (first, second) = (record(22, 0, &first), record(22, 0, &second));
        let part = record(22, 0, &message(9, 2, 4, &[7, 7]));
        let other_part = record(22, 0, &message(9, 2, 6, &[7, 7]));
        use Stage::{Done, Shaking};
        for (stage, record, passes) in [
            (Shaking, &first, true),
            (Shaking, &first, true),
            (Shaking, &second, true),
            (Shaking, &second, false),
            (Shaking, &first, false),
            (Shaking, &part, true),
            (Shaking, &part, false),
            (Shaking, &other_part, true),
            (Done, &part, true),
            (Done, &first, true),
        ] {
            assert_eq!(!gate.pass(stage, record).is_empty(), passes, "{record:?}");
        }
    }

    #[test]
    fn a_handshake_begins_with_a_client_hello() {
        let hello = record(22, 0, &message(1, 0, 0, &[7]));
        assert!(begins_handshake(&hello));
        let mut other = hello.clone();
        other[HEADER] = 2;
        assert!(!begins_handshake(&other));
        assert!(!begins_handshake(&record(22, 1, &[1; 40])));
        assert!(!begins_handshake(&[]));
    }
}
