//! A head that is too large to keep: its lines are read past, and only Content-Length is looked
//! for, so that the stream stays in step.

use super::MAX_SKIPPED_BYTES;
use super::length::BodyLength;

/// The state of reading past a large head.
#[derive(Debug)]
pub(super) struct OversizedHead {
    /// The lines that fitted, for the answer.
    kept: Vec<u8>,
    /// All lines end in CRLF, as the first one does.
    crlf: bool,
    /// The start of the current line, at most [`LINE_BYTES`].
    line: Vec<u8>,
    /// Bytes of the current line so far.
    line_size_bytes: u64,
    /// The last two bytes of the current line.
    tail: [u8; 2],
    size_bytes: u64,
    length: Option<BodyLength>,
}

impl OversizedHead {
    /// Starts with the complete lines that are already there.
    pub fn new(kept: Vec<u8>, crlf: bool) -> Self {
        let mut oversized = Self {
            kept: Vec::new(),
            crlf,
            line: Vec::new(),
            line_size_bytes: 0,
            tail: [0; 2],
            size_bytes: 0,
            length: None,
        };
        oversized.take(&kept);
        oversized.kept = kept;
        oversized
    }

    /// Reads bytes; returns how many of them belong to the head, and whether it ends there.
    pub fn take(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut taken = 0;
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            taken += piece.len();
            self.size_bytes += piece.len() as u64;
            self.add_to_line(piece);
            if self.line_is_complete() && self.end_line() || self.size_bytes > MAX_SKIPPED_BYTES {
                return (taken, true);
            }
        }
        (taken, false)
    }

    /// What Content-Length said. Without it nothing is known: Content-Type may have been among what
    /// was dropped.
    pub fn body_length(&self) -> BodyLength {
        self.length.unwrap_or(BodyLength::Unknown)
    }

    /// The lines that fitted.
    pub fn kept(&self) -> &[u8] {
        &self.kept
    }

    /// Keeps the first bytes of a line, and its last two in `tail`.
    fn add_to_line(&mut self, piece: &[u8]) {
        let room = LINE_BYTES.saturating_sub(self.line.len()).min(piece.len());
        self.line
            .extend_from_slice(piece.get(..room).unwrap_or_default());
        self.line_size_bytes += piece.len() as u64;
        for byte in piece.iter().skip(piece.len().saturating_sub(2)) {
            self.tail = [self.tail[1], *byte];
        }
    }

    fn line_is_complete(&self) -> bool {
        self.tail == *b"\r\n" || (!self.crlf && self.tail[1] == b'\n')
    }

    /// Looks at a complete line and tells whether it is the empty one.
    fn end_line(&mut self) -> bool {
        let mut line = std::mem::take(&mut self.line);
        let whole = std::mem::take(&mut self.line_size_bytes) == line.len() as u64;
        self.tail = [0; 2];
        if let Some(told) = BodyLength::in_line(&line) {
            let length = if whole { told } else { BodyLength::Unknown };
            let agrees = self.length.is_none_or(|other| other == length);
            self.length = Some(if agrees { length } else { BodyLength::Unknown });
        }
        let is_empty = matches!(line.as_slice(), b"\r\n" | b"\n");
        line.clear();
        self.line = line;
        is_empty
    }
}

/// More than any well-formed Content-Length line has.
const LINE_BYTES: usize = 256;
