//! Cutting a stream of bytes into SIP messages (RFC 3261 §18.3).
//!
//! A bad message costs that message alone. Where its length is known, exactly its bytes are
//! skipped; where not, everything up to the next line that can start a message is. So no input ends
//! a flow, memory stays bounded by [`MAX_HEAD_BYTES`] and [`MAX_BODY_BYTES`], and each byte is
//! looked at a fixed number of times.

mod defect;
mod length;
mod oversized;

use std::ops::ControlFlow;

use crate::message::head::{self, Head, StartLine};
use crate::message::{HeadError, Headers, Message, Request, Response};
use length::BodyLength;
use oversized::OversizedHead;

pub use defect::{Defect, Malformed};

/// Turns the bytes of one flow into frames.
///
/// Call [`Framer::push`] with what arrived, then [`Framer::next`] until it returns `None`.
#[derive(Debug, Default)]
pub struct Framer {
    buffer: Vec<u8>,
    /// Everything in `buffer` before this is done with.
    start: usize,
    /// Length of what follows `start` and holds no line end that was not looked at.
    scanned: usize,
    state: State,
    /// The last thing seen was a single CRLF.
    after_crlf: bool,
    /// Lines are dropped until one can start a message.
    out_of_step: bool,
    /// What lines dropped since the stream was last in step say of a body behind them.
    stray_length: Option<BodyLength>,
}

/// One thing cut from the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A message that passed [`Message::check`].
    Message(Message),
    /// A CRLF between messages, as a ping is answered (RFC 5626 §3.5.1). It is reported at once, so
    /// the first half of a ping is reported as a pong too.
    Pong,
    /// The second of two CRLF: the other side pings and wants a CRLF. Not only clients do; some
    /// servers ping too.
    Ping,
    /// A message, or left-overs of one, that was dropped.
    Malformed(Malformed),
}

#[derive(Debug, Default)]
enum State {
    /// Between messages.
    #[default]
    Between,
    /// The rest of a line that is too long to be a start line is dropped.
    SkipLine,
    /// `start` is at a start line.
    Head(Lines),
    /// The head is read and the body is awaited.
    Body(Box<Pending>),
    /// This many bytes of a body are dropped.
    SkipBody { remaining: u64 },
    /// A head too large to keep is read past.
    SkipHead(OversizedHead),
}

/// How far the lines of a head have been looked at.
#[derive(Debug, Clone, Copy)]
struct Lines {
    /// Up to here there are complete lines, and no empty one.
    end: usize,
    /// The first line ends in CRLF, so that all have to.
    crlf: bool,
}

/// A message whose body is awaited.
#[derive(Debug)]
struct Pending {
    start_line: StartLine,
    headers: Headers,
    body_size_bytes: usize,
}

/// What one step did: `Break` with a frame, `Break` without because more bytes are needed, or
/// `Continue` in another state.
type Step = ControlFlow<Option<Frame>>;

impl Framer {
    /// Adds bytes that arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        // Moving the rest to the front only when at least as much is done with keeps the cost of
        // moving proportional to the bytes that arrived.
        if self.start * 2 >= self.buffer.len() {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// Says that a ping goes out on this flow, so that the next CRLF is its pong and not the second
    /// half of a ping from the other side.
    pub fn expect_pong(&mut self) {
        self.after_crlf = false;
    }

    /// Takes the next frame out, if it is complete.
    #[expect(
        clippy::should_implement_trait,
        reason = "`None` is not the end: more bytes may come"
    )]
    pub fn next(&mut self) -> Option<Frame> {
        loop {
            if let Step::Break(frame) = self.step() {
                return frame;
            }
        }
    }

    fn step(&mut self) -> Step {
        match std::mem::take(&mut self.state) {
            State::Between => self.find_start(),
            State::SkipLine => self.skip_line(),
            State::Head(lines) => self.find_head_end(lines),
            State::Body(pending) => self.take_body(pending),
            State::SkipBody { remaining } => self.skip_body(remaining),
            State::SkipHead(head) => self.skip_head(head),
        }
    }

    /// Consumes line ends and left-overs until a line can start a message.
    fn find_start(&mut self) -> Step {
        match self.rest() {
            [b'\r', b'\n', ..] => return self.empty_line(),
            [] | [b'\r'] => return Step::Break(None),
            [b'\r' | b'\n', ..] => {
                self.consume(1);
                return Step::Continue(());
            }
            _ => self.after_crlf = false,
        }
        let Some(end) = self.line_end() else {
            if self.rest().len() <= MAX_HEAD_BYTES {
                return Step::Break(None);
            }
            self.state = State::SkipLine;
            return self.drop_line(self.rest().len());
        };
        let line = self.rest().get(..end).unwrap_or_default();
        if end > MAX_HEAD_BYTES || !head::is_start_line(line) {
            return self.drop_line(end);
        }
        let crlf = line.ends_with(b"\r\n");
        self.out_of_step = false;
        self.stray_length = None;
        self.state = State::Head(Lines { end, crlf });
        Step::Continue(())
    }

    /// An empty line: a ping or its answer, unless it ends a head without a start line that told
    /// the length of its body. Behind that body the stream is in step again.
    fn empty_line(&mut self) -> Step {
        let told = self.stray_length.take();
        let frame = self.take_crlf();
        if let Some(BodyLength::Known(remaining)) = told
            && remaining <= MAX_BODY_BYTES as u64
        {
            self.out_of_step = false;
            self.after_crlf = false;
            self.state = State::SkipBody { remaining };
            return Step::Continue(());
        }
        Step::Break(Some(frame))
    }

    fn take_crlf(&mut self) -> Frame {
        self.consume(2);
        self.after_crlf = !self.after_crlf;
        if self.after_crlf {
            Frame::Pong
        } else {
            Frame::Ping
        }
    }

    /// Drops bytes that belong to no message. A run of them is reported once.
    fn drop_line(&mut self, length: usize) -> Step {
        let told = BodyLength::in_line(self.rest().get(..length).unwrap_or_default());
        match &mut self.stray_length {
            // The first line in the place of a start line. Behind a message of unknown length the
            // lines may be anybody's, and what they claim is not believed.
            None if !self.out_of_step => self.stray_length = Some(BodyLength::Unknown),
            Some(length) => *length = told.unwrap_or(*length),
            None => {}
        }
        self.consume(length);
        if std::mem::replace(&mut self.out_of_step, true) {
            return Step::Continue(());
        }
        Step::Break(Some(Frame::Malformed(Malformed::left_over())))
    }

    fn skip_line(&mut self) -> Step {
        if let Some(end) = self.line_end() {
            self.consume(end);
            return Step::Continue(());
        }
        self.consume(self.rest().len());
        self.state = State::SkipLine;
        Step::Break(None)
    }

    /// Looks at line after line until the empty one.
    fn find_head_end(&mut self, mut lines: Lines) -> Step {
        while let Some(end) = self.line_end() {
            let line = self.rest().get(lines.end..end).unwrap_or_default();
            if lines.crlf && !line.ends_with(b"\r\n") {
                continue;
            }
            if end > MAX_HEAD_BYTES {
                break;
            }
            if matches!(line, b"\r\n" | b"\n") {
                return self.take_head(end);
            }
            lines.end = end;
        }
        if self.rest().len() > MAX_HEAD_BYTES {
            let kept = self.rest().get(..lines.end).unwrap_or_default().to_vec();
            self.consume(lines.end);
            self.state = State::SkipHead(OversizedHead::new(kept, lines.crlf));
            return Step::Continue(());
        }
        self.state = State::Head(lines);
        Step::Break(None)
    }

    /// The head is complete: decides what becomes of its body.
    fn take_head(&mut self, end: usize) -> Step {
        let head = Head::parse(self.rest().get(..end).unwrap_or_default());
        self.consume(end);
        let length = match BodyLength::read(&head.headers) {
            BodyLength::Known(length) if length <= MAX_SKIPPED_BYTES => length,
            // Deviation: RFC 4475 §3.1.2.3 gives such a stream up. Looking for the next start line
            // instead keeps calls on this flow alive; whoever could hide a message in this body
            // could as well send it.
            BodyLength::Known(_) | BodyLength::Unknown => {
                self.out_of_step = true;
                return drop_message(&head, Defect::Length);
            }
        };
        let defect = match &head.start {
            Err(error) => Defect::Head(*error),
            Ok(_) if head.broken_line => Defect::Head(HeadError::HeaderLine),
            Ok(_) if length > MAX_BODY_BYTES as u64 => Defect::BodyTooLarge,
            Ok(start_line) => {
                self.state = State::Body(Box::new(Pending {
                    start_line: start_line.clone(),
                    headers: head.headers,
                    body_size_bytes: length as usize,
                }));
                return Step::Continue(());
            }
        };
        self.state = State::SkipBody { remaining: length };
        drop_message(&head, defect)
    }

    fn take_body(&mut self, pending: Box<Pending>) -> Step {
        let Some(body) = self
            .rest()
            .get(..pending.body_size_bytes)
            .map(<[u8]>::to_vec)
        else {
            self.state = State::Body(pending);
            return Step::Break(None);
        };
        self.consume(body.len());
        let Pending {
            start_line,
            headers,
            ..
        } = *pending;
        let message = match start_line {
            StartLine::Request { method, uri } => Message::Request(Request {
                method,
                uri,
                headers,
                body,
            }),
            StartLine::Response { status, reason } => Message::Response(Response {
                status,
                reason,
                headers,
                body,
            }),
        };
        Step::Break(Some(match message.check() {
            Ok(()) => Frame::Message(message),
            Err(error) => Frame::Malformed(Malformed::message(&message, error)),
        }))
    }

    fn skip_body(&mut self, remaining: u64) -> Step {
        let here = self
            .rest()
            .len()
            .min(usize::try_from(remaining).unwrap_or(usize::MAX));
        self.consume(here);
        let remaining = remaining.saturating_sub(here as u64);
        if remaining == 0 {
            return Step::Continue(());
        }
        self.state = State::SkipBody { remaining };
        Step::Break(None)
    }

    fn skip_head(&mut self, mut oversized: OversizedHead) -> Step {
        let (taken, finished) = oversized.take(self.rest());
        self.consume(taken);
        if !finished {
            self.state = State::SkipHead(oversized);
            return Step::Break(None);
        }
        match oversized.body_length() {
            BodyLength::Known(length) if length <= MAX_SKIPPED_BYTES => {
                self.state = State::SkipBody { remaining: length };
            }
            BodyLength::Known(_) | BodyLength::Unknown => self.out_of_step = true,
        }
        drop_message(&Head::parse(oversized.kept()), Defect::HeadTooLarge)
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    fn consume(&mut self, length: usize) {
        self.start += length;
        self.scanned = 0;
    }

    /// Finds the next line end that was not looked at, and remembers where it looked.
    fn line_end(&mut self) -> Option<usize> {
        let fresh = self.rest().get(self.scanned..).unwrap_or_default();
        let found = fresh.iter().position(|byte| *byte == b'\n');
        self.scanned += found.map_or(fresh.len(), |at| at + 1);
        found.map(|_| self.scanned)
    }
}

fn drop_message(head: &Head, defect: Defect) -> Step {
    Step::Break(Some(Frame::Malformed(Malformed::head(head, defect))))
}

/// The largest head that is read: 64 KiB.
pub const MAX_HEAD_BYTES: usize = 64 * 1024;

/// The largest body that is read: 1 MiB.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// The largest body or head that is read past by its length: 16 MiB. Lengths beyond that are lies
/// (RFC 3261 has no use for them), and believing one would make the flow deaf.
const MAX_SKIPPED_BYTES: u64 = 16 * 1024 * 1024;

#[cfg(test)]
mod tests;
