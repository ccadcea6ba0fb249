//! The SIP trace: the last messages of either direction, without what is secret in them.
//!
//! [`Traced`] stands around a core and looks at the bytes that go in and out: the one place where
//! they are seen. What it keeps is redacted before it is kept, so that nothing that the trace holds
//! can tell a password, a key or a digit. A report gets the newest of it [`nameless`] as well, which is
//! done when the report is made.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};

use hark_sip::framing::{Frame, Framer};
use hark_sip::{Core, FlowId, Input, Output};

use ring::{Limits, Ring};

mod nameless;
mod redact;
mod ring;
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
        Self(Arc::new(Mutex::new(Ring::new(LIMITS))))
    }

    /// How many messages there are, and all of them as text, the oldest first.
    pub(crate) fn export(&self) -> (usize, String) {
        let newest = self.ring().newest(MAX_MESSAGES, usize::MAX);
        (newest.len(), newest.concat())
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
            .push(&format!("--- {time} {way} on flow {flow}\r\n{message}\r\n"));
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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

const LIMITS: Limits = Limits {
    texts: MAX_MESSAGES,
    packed_bytes: 512 * 1024,
    block_bytes: 64 * 1024,
};

/// Of one message. More than any message of a call has.
const MAX_CHARACTERS: usize = 16 * 1024;

/// Of a report: the last minutes of a phone at work.
const REPORTED_MESSAGES: usize = 200;
const REPORTED_BYTES: usize = 512 * 1024;

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

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

    /// Of a call: with a description of sound, and identifiers that nobody has seen before.
    fn invite(number: u64) -> String {
        let random = |salt| {
            number
                .wrapping_add(salt)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        };
        let (branch, tag, id, nonce) = (random(1), random(2), random(3), random(4));
        format!(
            "INVITE sip:bob@example.test SIP/2.0\r\nMax-Forwards: 70\r\n\
             Via: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bK{branch:x};rport\r\n\
             From: \"Alice\" <sip:alice@example.test>;tag={tag:x}\r\nTo: <sip:bob@example.test>\r\n\
             Call-ID: {id:x}{nonce:x}\r\nCSeq: {number} INVITE\r\n\
             Contact: <sip:alice@192.0.2.1:5061;transport=tls>;+sip.instance=\"<urn:uuid:{id:x}>\"\r\n\
             Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, REFER, UPDATE, INFO, PRACK\r\n\
             Supported: outbound, path, replaces, timer, 100rel, gruu\r\n\
             Content-Type: application/sdp\r\nContent-Length: {{length}}\r\n\r\n"
        )
    }

    #[test]
    fn ten_thousand_messages_leave_two_thousand() {
        const SDP: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
            m=audio 40000 RTP/SAVP 96 9 8 0 101\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:9 G722/8000\r\n\
            a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n\
            a=fmtp:101 0-16\r\na=ptime:20\r\na=rtcp-mux\r\na=sendrecv\r\n";
        let trace = Trace::new();
        for number in 0..10_000 {
            let length = SDP.len().to_string();
            let message = invite(number).replace("{length}", &length) + SDP;
            let mut framer = Framer::default();
            framer.push(message.as_bytes());
            trace.note(Way::In, FlowId(1), &framer.next().unwrap());
        }
        let (count, text) = trace.export();
        assert_eq!(count, MAX_MESSAGES);
        assert!(text.contains("CSeq: 8000 INVITE") && text.contains("CSeq: 9999 INVITE"));
    }
}
