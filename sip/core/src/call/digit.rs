//! Digits by INFO, as gateways send and take them that cannot do it in the media.

use std::time::Duration;

use crate::message::Request;

/// Reads `application/dtmf-relay` (`Signal=5`, `Duration=160`) or `application/dtmf` (`5`).
pub(super) fn read(info: &Request) -> Option<(char, Duration)> {
    let content_type = info.headers.content_type().ok()??;
    let text = String::from_utf8_lossy(&info.body);
    if content_type.is("application", "dtmf") {
        return Some((digit(text.trim())?, DEFAULT_DURATION));
    }
    if !content_type.is("application", "dtmf-relay") {
        return None;
    }
    let field = |wanted: &str| {
        let mut fields = text.lines().filter_map(|line| line.split_once('='));
        let found = fields.find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.trim().to_owned())
    };
    let duration = field("Duration").and_then(|millis| millis.parse::<u16>().ok());
    let duration = duration.map_or(DEFAULT_DURATION, |millis| {
        Duration::from_millis(millis.into())
    });
    Some((digit(&field("Signal")?)?, duration))
}

/// The body that tells a digit, and its type.
pub(super) fn write(digit: char, duration: Duration) -> (&'static str, String) {
    let millis = duration.as_millis();
    let body = format!("Signal={digit}\r\nDuration={millis}\r\n");
    ("application/dtmf-relay", body)
}

/// Some senders give the event number of RFC 4733 for star and pound.
fn digit(text: &str) -> Option<char> {
    let named = match text {
        "10" => '*',
        "11" => '#',
        _ => {
            let mut letters = text.chars();
            let first = letters.next()?.to_ascii_uppercase();
            letters.next().is_none().then_some(first)?
        }
    };
    matches!(named, '0'..='9' | '*' | '#' | 'A'..='D').then_some(named)
}

/// What a digit lasts whose sender does not say: 100 ms.
const DEFAULT_DURATION: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Method;

    fn info(content_type: &str, body: &str) -> Option<(char, Duration)> {
        let uri = "sip:alice@example.test"
            .parse()
            .expect("the URI is well-formed");
        let mut request = Request::new(Method::Info, uri);
        request.set_body(content_type, body.as_bytes().to_vec());
        read(&request)
    }

    #[test]
    fn both_forms_are_read() {
        let relay = "application/dtmf-relay";
        let long = Duration::from_millis(160);
        assert_eq!(
            info(relay, "Signal=5\r\nDuration=160\r\n"),
            Some(('5', long))
        );
        assert_eq!(info(relay, "signal = #\nduration = 160"), Some(('#', long)));
        assert_eq!(info(relay, "Signal=10\r\n"), Some(('*', DEFAULT_DURATION)));
        assert_eq!(
            info("application/dtmf", "d\r\n"),
            Some(('D', DEFAULT_DURATION))
        );
    }

    #[test]
    fn what_is_written_is_read() {
        let long = Duration::from_millis(250);
        for digit in "0123456789*#ABCD".chars() {
            let (content_type, body) = write(digit, long);
            assert_eq!(info(content_type, &body), Some((digit, long)));
        }
    }

    #[test]
    fn what_is_no_digit_is_none() {
        let relay = "application/dtmf-relay";
        for body in [
            "",
            "Signal=",
            "Signal=55",
            "Signal=x",
            "Duration=160",
            "\u{0}",
        ] {
            assert_eq!(info(relay, body), None, "{body:?}");
        }
        assert_eq!(info("application/media_control+xml", "5"), None);
    }
}
