//! Digits on their way into a call: those of the user, of dial strings, and the PIN.
//!
//! They go in the media (RFC 4733) where the other side takes them there, and by INFO otherwise. A
//! [`Script`] goes on when what it sent is out, when its pause is over, or when the user says so.

use std::collections::VecDeque;
use std::time::Duration;

use hark_media::DigitsError;
use tokio::time::Instant;

use super::Engine;
use super::call::{Call, Stage};
use crate::command::{Digits, Pin};
use crate::dial::{Script, Step};
use crate::event::Event;
use crate::media::Order;
use crate::snapshot::{CallId, CallKind, DigitsBy};
use crate::voicemail::{self, PinVerdict};
use crate::words;

/// What a call still has to send.
#[derive(Debug, Default)]
pub(super) struct Dialling {
    pub(super) script: Script,
    /// The script's digits are being sent.
    sending: bool,
    /// When the script's pause is over.
    pause: Option<Instant>,
    info: InfoQueue,
}

/// Digits that go by INFO, one by one, because each is a transaction of its own and a gateway plays
/// it for as long as it lasts.
#[derive(Default)]
struct InfoQueue {
    digits: VecDeque<char>,
    next: Option<Instant>,
}

/// They may be a PIN.
impl std::fmt::Debug for InfoQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InfoQueue(redacted)")
    }
}

impl Dialling {
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.pause.into_iter().chain(self.info.next).min()
    }
}

impl InfoQueue {
    /// # Errors
    /// A character that is no digit, or more digits than anybody presses; nothing is queued.
    fn push(&mut self, now: Instant, digits: &Digits) -> Result<(), DigitsError> {
        let all: VecDeque<char> = digits
            .reveal()
            .chars()
            .map(|digit| digit.to_ascii_uppercase())
            .collect();
        if !all
            .iter()
            .all(|c| matches!(c, '0'..='9' | '*' | '#' | 'A'..='D'))
        {
            return Err(DigitsError::NotADigit);
        }
        if self.digits.len() + all.len() > MAX_INFO_DIGITS {
            return Err(DigitsError::TooMany);
        }
        self.digits.extend(all);
        if !self.digits.is_empty() {
            self.next.get_or_insert(now);
        }
        Ok(())
    }

    /// The digit whose time has come, and whether it was the last one.
    fn pop_due(&mut self, now: Instant) -> Option<(char, bool)> {
        self.next.filter(|next| *next <= now)?;
        let digit = self.digits.pop_front()?;
        let is_last = self.digits.is_empty();
        self.next = (!is_last).then(|| now + INFO_DIGIT + INFO_GAP);
        Some((digit, is_last))
    }
}

impl Engine {
    /// Digits that the user presses.
    pub(super) fn send_digits(&mut self, id: CallId, digits: Digits) {
        match self.calls.get(&id).map(|call| &call.stage) {
            Some(Stage::Up) => self.put_digits(id, digits),
            Some(_) => self.complain(words::not_connected().into()),
            None => self.complain(words::no_such_call(id)),
        }
    }

    /// A call is connected: sends what was dialled behind its number, and the PIN of the mailbox
    /// where that is what the user wants.
    pub(super) fn begin_dialling(&mut self, id: CallId) {
        let verdict = self.calls.get(&id).map(|call| self.pin_verdict(call));
        let pin = self.calls.get(&id).and_then(|call| self.pin_of(call));
        match (verdict, pin) {
            (Some(PinVerdict::Send), Some(pin)) => {
                let digits = pin.with_pound();
                if let Some(call) = self.calls.get_mut(&id) {
                    let script = std::mem::take(&mut call.dialling.script);
                    call.dialling.script = script.then(digits);
                }
            }
            (Some(PinVerdict::NotEncrypted), _) => self.complain(words::pin_kept_back().into()),
            (Some(PinVerdict::Send | PinVerdict::NotNeeded) | None, _) => {}
        }
        self.go_on_dialling(id);
    }

    /// The user lets a dial string go on that waits at a `;`.
    pub(super) fn continue_dialling(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else {
            return self.complain(words::no_such_call(id));
        };
        if !std::mem::take(&mut call.view.waits_for_press) {
            return self.complain(words::nothing_waits().into());
        }
        self.go_on_dialling(id);
    }

    /// Media has sent the last digit that it had.
    pub(super) fn on_digits_sent(&mut self, id: CallId) {
        let call = self.calls.get_mut(&id);
        if call.is_some_and(|call| std::mem::take(&mut call.dialling.sending)) {
            self.go_on_dialling(id);
        }
    }

    pub(super) fn dialling_due(&mut self, id: CallId, now: Instant) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        if let Some((digit, is_last)) = call.dialling.info.pop_due(now) {
            self.send_info(id, digit);
            if is_last {
                self.on_digits_sent(id);
            }
            return;
        }
        if call.dialling.pause.take_if(|pause| *pause <= now).is_some() {
            self.go_on_dialling(id);
        }
    }

    fn go_on_dialling(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        match call.dialling.script.next() {
            Some(Step::Send(digits)) => {
                call.dialling.sending = true;
                self.put_digits(id, digits);
            }
            Some(Step::Pause(pause)) => call.dialling.pause = Some(Instant::now() + pause),
            Some(Step::Await) => {
                call.view.waits_for_press = true;
                self.face.tell(Event::WaitsForPress { call: id });
            }
            None => {}
        }
    }

    fn put_digits(&mut self, id: CallId, digits: Digits) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        match call.view.digits_by {
            Some(DigitsBy::Info) => {
                if let Err(error) = call.dialling.info.push(Instant::now(), &digits) {
                    self.complain(words::digits(error));
                }
            }
            Some(DigitsBy::Media) | None => {
                self.media.order(Order::SendDigits { call: id, digits });
            }
        }
    }

    fn send_info(&mut self, id: CallId, digit: char) {
        if let Some((sip, endpoint)) = self.sip_of(id) {
            let sent = endpoint
                .driver
                .command(|agent, now| agent.send_digit(now, sip, digit, INFO_DIGIT));
            if let Err(error) = sent {
                tracing::info!(call = id.0, %error, "a digit could not be sent");
            }
        }
    }

    fn pin_verdict(&self, call: &Call) -> PinVerdict {
        let Some(endpoint) = self.lines.endpoint(&call.view.account) else {
            return PinVerdict::NotNeeded;
        };
        let is_mailbox = call.view.kind == CallKind::Voicemail;
        if !is_mailbox || self.pin_of(call).is_none() || call.view.skip_pin == Some(true) {
            return PinVerdict::NotNeeded;
        }
        // Before the keys of a handshake have come, the sound carries no digits either; those by INFO
        // go the way of the flow, for which the verdict asks for TLS.
        let encrypted = call.view.media.as_ref().is_some_and(|it| it.keys.is_some());
        voicemail::pin(&endpoint.account, &endpoint.trust(), encrypted)
    }

    /// The PIN of the mailbox of the account that makes a call.
    fn pin_of(&self, call: &Call) -> Option<&Pin> {
        self.lines.get(&call.view.account)?.pin.known()
    }
}

/// How long a digit by INFO lasts, and the silence after it: what the menus of the slowest gateways
/// still tell apart.
const INFO_DIGIT: Duration = Duration::from_millis(160);
const INFO_GAP: Duration = Duration::from_millis(90);

/// More than anybody presses while a menu speaks.
const MAX_INFO_DIGITS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_by_info_keep_their_distance() {
        let start = Instant::now();
        let mut queue = InfoQueue::default();
        queue.push(start, &"1a#".into()).unwrap();
        assert_eq!(queue.pop_due(start), Some(('1', false)));
        assert_eq!(queue.pop_due(start), None);
        let next = queue.next.unwrap();
        assert_eq!(next - start, Duration::from_millis(250));
        assert_eq!(queue.pop_due(next), Some(('A', false)));
        let last = queue.next.unwrap();
        assert_eq!(queue.pop_due(last), Some(('#', true)));
        assert_eq!((queue.next, queue.pop_due(last)), (None, None));
    }

    #[test]
    fn what_is_no_digit_is_not_queued() {
        let now = Instant::now();
        let mut queue = InfoQueue::default();
        assert_eq!(queue.push(now, &"12x".into()), Err(DigitsError::NotADigit));
        let many = "1".repeat(MAX_INFO_DIGITS + 1);
        assert_eq!(queue.push(now, &many.into()), Err(DigitsError::TooMany));
        assert_eq!(queue.next, None);
        assert!(!format!("{queue:?}").contains('1'));
    }
}
