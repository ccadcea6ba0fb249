//! Reads `application/simple-message-summary`, the body that says how many messages wait
//! (RFC 3842 §5.2).
//!
//! The reader is liberal, because servers are: LF alone ends a line, counts may be missing, blanks
//! may stand anywhere, and a body may be missing altogether. It never fails; what it cannot read it
//! leaves out.

/// What waits in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageWaiting {
    /// `Messages-Waiting: yes`; where the line is missing, whether the counts say so.
    pub waiting: bool,
    /// `Message-Account`: the mailbox, or the number that reaches it, as the server spells it.
    pub account: Option<String>,
    /// `Voice-Message`; `None` when the server gives no counts, only yes or no.
    pub voice: Option<MessageCounts>,
}

/// Counts of one message context. The urgent ones are part of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MessageCounts {
    pub new: u32,
    pub old: u32,
    pub urgent_new: u32,
    pub urgent_old: u32,
}

impl MessageWaiting {
    /// The body's content type.
    pub const CONTENT_TYPE: &str = "application/simple-message-summary";

    /// Reads a body. An empty one tells nothing, which reads as nothing waiting; whoever cares for
    /// the difference looks at the body.
    pub fn parse(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let mut summary = Self::default();
        let mut said = None;
        for line in text.lines() {
            let Some((name, value)) = line.split_once(':') else {
                continue;
            };
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "messages-waiting" => said = said.or(Some(value.eq_ignore_ascii_case("yes"))),
                "message-account" if !value.is_empty() => {
                    summary.account.get_or_insert_with(|| value.to_owned());
                }
                "voice-message" => summary.voice = summary.voice.or(MessageCounts::parse(value)),
                _ => {}
            }
        }
        let counted = summary.voice.is_some_and(|counts| counts.new > 0);
        summary.waiting = said.unwrap_or(counted);
        summary
    }
}

impl MessageCounts {
    /// Reads `new/old` with an optional `(urgent-new/urgent-old)`.
    fn parse(value: &str) -> Option<Self> {
        let (all, urgent) = match value.split_once('(') {
            Some((all, urgent)) => (all, urgent.split(')').next()),
            None => (value, None),
        };
        let (new, old) = pair(all)?;
        let (urgent_new, urgent_old) = urgent.and_then(pair).unwrap_or_default();
        Some(Self {
            new,
            old,
            urgent_new,
            urgent_old,
        })
    }
}

/// Reads `a/b`, or `a` alone as `a/0`.
fn pair(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split('/').map(str::trim);
    let first = count(numbers.next()?)?;
    let second = numbers.next().and_then(count).unwrap_or(0);
    Some((first, second))
}

/// A count too large for us is still a count.
fn count(digits: &str) -> Option<u32> {
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| digits.parse().unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(new: u32, old: u32, urgent_new: u32, urgent_old: u32) -> Option<MessageCounts> {
        Some(MessageCounts {
            new,
            old,
            urgent_new,
            urgent_old,
        })
    }

    #[test]
    fn the_example_of_the_rfc_is_read_whole() {
        let summary = MessageWaiting::parse(
            b"Messages-Waiting: yes\r\n\
              Message-Account: sip:alice@vmail.example.test\r\n\
              Voice-Message: 2/8 (0/2)\r\n",
        );
        assert!(summary.waiting);
        assert_eq!(
            summary.account.as_deref(),
            Some("sip:alice@vmail.example.test")
        );
        assert_eq!(summary.voice, counts(2, 8, 0, 2));
    }

    /// body, waits, counts
    const LIBERAL: &[(&str, bool, Option<[u32; 4]>)] = &[
        ("", false, None),
        ("Messages-Waiting: no", false, None),
        ("messages-waiting:YES\n", true, None),
        (
            "Messages-Waiting: yes\nVoice-Message: 3/1\n",
            true,
            Some([3, 1, 0, 0]),
        ),
        (
            "Messages-Waiting : yes\r\nVoice-Message :  2 / 8 ( 1 / 0 ) \r\n",
            true,
            Some([2, 8, 1, 0]),
        ),
        ("Voice-Message: 4/0 (0/0)", true, Some([4, 0, 0, 0])),
        ("Voice-Message: 0/4", false, Some([0, 4, 0, 0])),
        ("Voice-Message: 5", true, Some([5, 0, 0, 0])),
        ("Voice-Message: 5/2 (", true, Some([5, 2, 0, 0])),
        ("Voice-Message: many", false, None),
        ("Voice-Message: -1/2", false, None),
        (
            "Voice-Message: 99999999999/1",
            true,
            Some([u32::MAX, 1, 0, 0]),
        ),
        (
            "Messages-Waiting: no\nVoice-Message: 3/0",
            false,
            Some([3, 0, 0, 0]),
        ),
        ("Fax-Message: 9/9\r\nMessages-Waiting: yes", true, None),
        ("Messages-Waiting: yes\r\n\r\nSubject: 7/7\r\n", true, None),
        ("\u{0}\u{1}garbage", false, None),
    ];

    #[test]
    fn liberal_bodies_are_read_as_far_as_they_go() {
        for (body, waiting, voice) in LIBERAL {
            let summary = MessageWaiting::parse(body.as_bytes());
            assert_eq!(summary.waiting, *waiting, "{body:?}");
            let expected =
                voice.and_then(|[new, old, urgent, saved]| counts(new, old, urgent, saved));
            assert_eq!(summary.voice, expected, "{body:?}");
        }
    }

    #[test]
    fn the_first_of_two_lines_counts() {
        let summary = MessageWaiting::parse(b"Voice-Message: 1/0\nVoice-Message: 9/9\n");
        assert_eq!(summary.voice, counts(1, 0, 0, 0));
    }

    #[test]
    fn bytes_that_are_not_text_do_no_harm() {
        assert_eq!(
            MessageWaiting::parse(&[0xff, 0xfe, b':', 0x80]),
            MessageWaiting::default()
        );
    }
}
