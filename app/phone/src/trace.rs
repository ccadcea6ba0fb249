//! The SIP trace: the last messages of either direction, without what is secret in them.
//!
//! [`Traced`] stands around a core and looks at the bytes that go in and out: the one place where
//! they are seen. What it keeps is redacted before it is kept, so that nothing that the trace holds
//! can tell a password, a key or a digit. A report gets the newest of it [`nameless`] as well, which is
//! done when the report is made.

use std::collections::{BTreeMap, VecDeque};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};

use hark_sip::framing::{Frame, Framer};
use hark_sip::{Core, FlowId, Input, Output};

mod nameless;
mod redact;
mod time;

/// A core with an ear on its flows.
#[derive(Debug)]
pub(crate) struct Traced<C> {
    core: C,
    trace: Trace,
    /// What arrived on each flow, cut anywhere.
    framers: BTreeMap<FlowId, Framer>,
}

impl<C> Traced<C> {
    pub(crate) fn new(core: C, trace: Trace) -> Self {
        Self {
            core,
            trace,
            framers: BTreeMap::new(),
        }
    }

    fn hear(&mut self, input: &Input) {
        match input {
            Input::Received { flow, bytes } => {
                let framer = self.framers.entry(*flow).or_default();
                framer.push(bytes);
                while let Some(frame) = framer.next() {
                    self.trace.note(Way::In, *flow, &frame);
                }
            }
            Input::FlowClosed { flow, .. } | Input::FlowFailed { flow, .. } => {
                self.framers.remove(flow);
            }
            Input::LookedUp { .. }
            | Input::FlowSecuring { .. }
            | Input::FlowOpened { .. }
            | Input::Disturbed
            | Input::Timeout => {}
        }
    }

    fn overhear<E>(&mut self, output: &Output<E>) {
        match output {
            Output::Transmit { flow, bytes } => {
                let mut framer = Framer::default();
                framer.push(bytes);
                while let Some(frame) = framer.next() {
                    self.trace.note(Way::Out, *flow, &frame);
                }
            }
            Output::CloseFlow { flow } => {
                self.framers.remove(flow);
            }
            Output::Lookup(_) | Output::OpenFlow { .. } | Output::Event(_) | Output::Timeout(_) => {
            }
        }
    }
}

impl<C: Core> Core for Traced<C> {
    type Event = C::Event;

    fn handle_input(&mut self, now: Instant, input: Input) {
        self.hear(&input);
        self.core.handle_input(now, input);
    }

    fn poll_output(&mut self) -> Output<C::Event> {
        let output = self.core.poll_output();
        self.overhear(&output);
        output
    }
}

/// The core's own commands pass through.
impl<C> Deref for Traced<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.core
    }
}

impl<C> DerefMut for Traced<C> {
    fn deref_mut(&mut self) -> &mut C {
        &mut self.core
    }
}

/// The messages that are kept, shared by all user agents of one engine.
#[derive(Debug, Clone)]
pub(crate) struct Trace(Arc<Mutex<Ring>>);

/// The way of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    In,
    Out,
}

impl Trace {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Ring::new(MAX_MESSAGES, MAX_BYTES))))
    }

    /// How many messages there are, and all of them as text, the oldest first.
    pub(crate) fn export(&self) -> (usize, String) {
        let ring = self.ring();
        (ring.lengths.len(), ring.text())
    }

    /// The newest messages with stand-ins for people, machines and identifiers, the oldest first, and how
    /// many they are. The phone goes on meanwhile.
    pub(crate) fn nameless(&self) -> (usize, String) {
        let newest = self.ring().newest(REPORTED_MESSAGES, REPORTED_BYTES);
        let mut stand_ins = nameless::StandIns::default();
        let text = newest.iter().map(|entry| {
            let (stamp, message) = entry.split_once("\r\n").unwrap_or((entry, ""));
            let message = message.strip_suffix("\r\n").unwrap_or(message);
            let message = nameless::message(message, &mut stand_ins);
            format!("{stamp}\n{message}\n")
        });
        (newest.len(), text.collect())
    }

    fn note(&self, way: Way, flow: FlowId, frame: &Frame) {
        let mut message = match frame {
            Frame::Message(message) => redact::message(message),
            Frame::Malformed(_) => format!("{UNREADABLE}\r\n"),
            Frame::Ping | Frame::Pong => return,
        };
        if let Some((cut, _)) = message.char_indices().nth(MAX_CHARACTERS) {
            message.truncate(cut);
            message.push_str("\r\n(cut here)\r\n");
        }
        let time = time::utc(SystemTime::now());
        let way = match way {
            Way::In => "received",
            Way::Out => "sent",
        };
        let flow = flow.0;
        self.ring()
            .push(format!("--- {time} {way} on flow {flow}\r\n{message}\r\n").as_bytes());
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Texts in one piece of memory that never grows: the oldest make room for the newest.
#[derive(Debug)]
struct Ring {
    bytes: VecDeque<u8>,
    lengths: VecDeque<usize>,
    max_texts: usize,
    max_bytes: usize,
}

impl Ring {
    /// All of the memory is taken, and touched, at once, so that a phone that runs for weeks needs
    /// no more than at its start.
    fn new(max_texts: usize, max_bytes: usize) -> Self {
        // Of zeros the system would give pages that are taken only when they are written.
        let mut bytes = VecDeque::from(vec![1; max_bytes]);
        bytes.clear();
        Self {
            bytes,
            lengths: VecDeque::with_capacity(max_texts),
            max_texts,
            max_bytes,
        }
    }

    fn push(&mut self, text: &[u8]) {
        let text = text.get(..self.max_bytes).unwrap_or(text);
        while self.lengths.len() >= self.max_texts || self.bytes.len() + text.len() > self.max_bytes
        {
            let Some(oldest) = self.lengths.pop_front() else {
                break;
            };
            self.bytes.drain(..oldest);
        }
        self.bytes.extend(text);
        self.lengths.push_back(text.len());
    }

    /// The last texts, as many of them as fit into both limits.
    fn newest(&self, most_texts: usize, most_bytes: usize) -> Vec<String> {
        let (mut count, mut bytes) = (0, 0);
        for length in self.lengths.iter().rev().take(most_texts) {
            if bytes + length > most_bytes {
                break;
            }
            count += 1;
            bytes += length;
        }
        let mut all = self.bytes.iter().skip(self.bytes.len() - bytes).copied();
        let lengths = self.lengths.iter().skip(self.lengths.len() - count);
        lengths
            .map(|length| {
                let text: Vec<u8> = all.by_ref().take(*length).collect();
                String::from_utf8_lossy(&text).into_owned()
            })
            .collect()
    }

    fn text(&self) -> String {
        let (front, back) = self.bytes.as_slices();
        String::from_utf8_lossy(&[front, back].concat()).into_owned()
    }
}

/// A message as it stands in a report, and the report's promise about whatever bytes a network brings.
pub fn nameless_message(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    nameless::message(&text, &mut nameless::StandIns::default())
}

/// What stands in the place of a message that is none.
const UNREADABLE: &str = "(a message that could not be read)";

const MAX_MESSAGES: usize = 2_000;

/// Room for [`MAX_MESSAGES`] of twice the usual size.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Of one message. More than any message of a call has.
const MAX_CHARACTERS: usize = 16 * 1024;

/// Of a report: the last minutes of a phone at work.
const REPORTED_MESSAGES: usize = 200;
const REPORTED_BYTES: usize = 512 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_messages_make_room() {
        let mut ring = Ring::new(3, 100);
        for text in ["one ", "two ", "three ", "four "] {
            ring.push(text.as_bytes());
        }
        assert_eq!(ring.text(), "two three four ");
        ring.push(&[b'x'; 90]);
        assert_eq!(ring.text(), format!("four {}", "x".repeat(90)));
        ring.push(&[b'y'; 200]);
        assert_eq!(ring.text(), "y".repeat(100));
        assert!(ring.bytes.capacity() < 250);
    }

    #[test]
    fn the_newest_messages_come_out_one_by_one() {
        let mut ring = Ring::new(10, 100);
        for text in ["one", "two", "three"] {
            ring.push(text.as_bytes());
        }
        assert_eq!(ring.newest(2, 100), ["two", "three"]);
        assert_eq!(ring.newest(9, 8), ["two", "three"]);
        assert_eq!(ring.newest(9, 7), ["three"]);
        assert_eq!(ring.newest(9, 4), [""; 0]);
        assert_eq!(ring.newest(9, 100), ["one", "two", "three"]);
    }

    /// A core that says back what it hears.
    struct Echo(VecDeque<Output<()>>);

    impl Core for Echo {
        type Event = ();

        fn handle_input(&mut self, _: Instant, input: Input) {
            if let Input::Received { flow, bytes } = input {
                self.0.push_back(Output::Transmit { flow, bytes });
            }
        }

        fn poll_output(&mut self) -> Output<()> {
            self.0.pop_front().unwrap_or(Output::Timeout(None))
        }
    }

    const OPTIONS: &str = "OPTIONS sip:alice@example.test SIP/2.0\r\n\
        Via: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:bob@example.test>;tag=1\r\n\
        To: <sip:alice@example.test>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\
        Authorization: Digest response=\"hush\"\r\nContent-Length: 0\r\n\r\n";

    #[test]
    fn messages_of_both_ways_are_kept_however_they_are_cut() {
        let trace = Trace::new();
        let mut core = Traced::new(Echo(VecDeque::new()), trace.clone());
        let flow = FlowId(7);
        for half in [&OPTIONS[..50], &OPTIONS[50..]] {
            let bytes = half.as_bytes().to_vec();
            core.handle_input(Instant::now(), Input::Received { flow, bytes });
        }
        let ping = b"\r\n\r\n".to_vec();
        core.handle_input(Instant::now(), Input::Received { flow, bytes: ping });
        core.core.0.clear();
        core.core.0.push_back(Output::Transmit {
            flow,
            bytes: OPTIONS.into(),
        });
        while !matches!(core.poll_output(), Output::Timeout(_)) {}
        let (count, text) = trace.export();
        assert_eq!(count, 2, "{text}");
        assert_eq!(
            text.matches(" received on flow 7\r\nOPTIONS sip:alice")
                .count(),
            1
        );
        assert_eq!(
            text.matches(" sent on flow 7\r\nOPTIONS sip:alice").count(),
            1
        );
        assert!(!text.contains("hush"), "{text}");
    }

    #[test]
    fn ten_thousand_messages_leave_two_thousand() {
        let trace = Trace::new();
        let mut framer = Framer::default();
        framer.push(OPTIONS.as_bytes());
        let frame = framer.next().unwrap();
        (0..10_000).for_each(|_| trace.note(Way::In, FlowId(1), &frame));
        assert_eq!(trace.export().0, MAX_MESSAGES);
    }
}
