//! The language of transcripts.
//!
//! ```text
//! registered                                     run the usual sign-in first; time starts after it
//! no-pings                                       (the keep-alives of the user agent are left out)
//! 0.000  app  invite sip:bob@x sdp=o1            the owner of the user agent gives a command
//!             Subject: tea                       (a header for it)
//!             ! Ms-Exchange-Command: skip-pin    (a guarded header for it)
//! 0.000  ->   INVITE sip:bob@x +Contact -Route   the user agent sends
//!             To: <sip:bob@x>                    (a header that must read so; `*` is anything)
//! 0.020  <-   180 Ringing tag=b sdp=a1           the server sends
//!             RSeq: 1                            (a header for it, instead of a usual one)
//! 0.020  ev   progress 1 180                     the user agent tells its owner
//! 0.500  net  closed                             the network does something to the flow
//! 0.500  out  open tls sip.example.test:5061     the user agent asks the network for something
//! 9.000  end                                     nothing has happened until here
//! ```
//!
//! The first line may also say `tcp`, `account=USER@DOMAIN`, `server=HOST:PORT` (without a port the
//! server is looked up) and what DNS knows, in the words of `Zone`; `net dns WORD` changes that, and
//! `net disturbed` wakes the machine from sleep.
//!
//! A time may be a range (`2.000..4.000`) where jitter is drawn. Text after ` -- ` is a comment.
//!
//! What the server sends is completed with what such a message usually carries, so that a line says
//! only what matters. Words after the method or status:
//!
//! - `sdp=X` the body is the SDP named X (any word does: SIP does not read it); `body=X` the body as
//!   it is, `~` standing for CRLF, in an expectation for any white space; there `-sdp` is no body;
//! - `sipfrag=N` the body is the status line of a response with this number (RFC 3420);
//! - `tag=X` the To tag of a response (`far` where it is missing), or the From tag of a request;
//! - `(METHOD)` for a response: the request it answers, or must answer;
//! - `{local-tag}` and `{call-id}` in a header of a request: those of the first call, as the user
//!   agent names them;
//! - `in` for a request: inside of the current dialog, `in=N` inside of the Nth, `in=register` in
//!   the Call-ID of the REGISTER;
//! - `flow=N` the flow, where it is not the one to the registrar;
//! - `+Name` and `-Name`, `cseq=N`, `only=A,B` in an expectation: the header is there, is not there,
//!   the CSeq number, these headers and no others;
//! - `-Name` in a message of the server: without this usual header.

use std::time::Duration;

use hark_sip::message::StatusCode;

/// One line with what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its number in the script, from 1.
    pub number: usize,
    /// The earliest and the latest time.
    pub time: (Duration, Duration),
    pub actor: Actor,
    pub words: Vec<String>,
    /// The continuation lines: headers, the guarded ones with a leading `! `.
    pub headers: Vec<(String, String)>,
}

/// Who acts in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    App,
    Net,
    /// `<-`
    Server,
    /// `->`
    Sends,
    /// `ev`
    Tells,
    /// `out`
    Asks,
    End,
}

impl Actor {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "app" => Self::App,
            "net" => Self::Net,
            "<-" => Self::Server,
            "->" => Self::Sends,
            "ev" => Self::Tells,
            "out" => Self::Asks,
            "end" => Self::End,
            _ => return None,
        })
    }
}

impl Line {
    /// The value of `name=value`.
    pub fn value(&self, name: &str) -> Option<&str> {
        let prefix = format!("{name}=");
        self.words
            .iter()
            .find_map(|word| word.strip_prefix(&prefix))
    }

    pub fn has(&self, word: &str) -> bool {
        self.words.iter().any(|own| own == word)
    }

    /// The words with a leading sign, such as `+Contact`, without it.
    pub fn signed(&self, sign: char) -> impl Iterator<Item = &str> {
        self.words
            .iter()
            .filter_map(move |word| word.strip_prefix(sign))
    }
}

/// Reads a script: the words before its first timed line, and its lines.
///
/// # Panics
/// On a script that is not in the language; it is part of the test's source.
pub fn parse(script: &str) -> (Vec<String>, Vec<Line>) {
    let mut preamble = Vec::new();
    let mut lines: Vec<Line> = Vec::new();
    for (at, text) in script.lines().enumerate() {
        let text = text.split(" -- ").next().unwrap_or_default();
        let mut words = text.split_whitespace();
        let Some(first) = words.next() else { continue };
        if let Some(time) = parse_time(first) {
            let actor = words.next().and_then(Actor::parse);
            let actor = actor.unwrap_or_else(|| panic!("line {}: who acts? {text}", at + 1));
            let words = words.map(str::to_owned).collect();
            lines.push(Line {
                number: at + 1,
                time,
                actor,
                words,
                headers: Vec::new(),
            });
        } else if let Some(line) = lines.last_mut() {
            let header = text.trim().split_once(':');
            let (name, value) = header.unwrap_or_else(|| panic!("line {}: {text}", at + 1));
            line.headers
                .push((name.trim().to_owned(), value.trim().to_owned()));
        } else {
            preamble.extend(text.split_whitespace().map(str::to_owned));
        }
    }
    (preamble, lines)
}

/// The beginning of a response, as the body of a notification (RFC 3420).
pub(crate) fn sipfrag(status: &str) -> String {
    let status = status.parse().ok().and_then(StatusCode::new);
    let status = status.expect("the line names a status code");
    format!("SIP/2.0 {status} {}\r\n", status.default_reason())
}

fn parse_time(word: &str) -> Option<(Duration, Duration)> {
    let seconds = |text: &str| {
        let numeric = text.starts_with(|first: char| first.is_ascii_digit());
        text.parse()
            .ok()
            .filter(|_| numeric)
            .map(Duration::from_secs_f64)
    };
    match word.split_once("..") {
        Some((low, high)) => Some((seconds(low)?, seconds(high)?)),
        None => seconds(word).map(|time| (time, time)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_headers_and_comments_are_told_apart() {
        let (preamble, lines) = parse(
            "
            registered tcp
            0.5  <-  180 Ringing tag=b    -- it rings
                     Contact: <sip:b@192.0.2.1>
            2.0..4.0  ->  INVITE +Route
            ",
        );
        assert_eq!(preamble, ["registered", "tcp"]);
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].actor, Actor::Server);
        assert_eq!(lines[0].value("tag"), Some("b"));
        assert_eq!(lines[0].headers[0].1, "<sip:b@192.0.2.1>");
        assert_eq!(
            lines[1].time,
            (Duration::from_secs(2), Duration::from_secs(4))
        );
        assert_eq!(lines[1].signed('+').collect::<Vec<_>>(), ["Route"]);
    }

    #[test]
    #[should_panic(expected = "who acts?")]
    fn a_line_without_an_actor_is_an_error_of_the_test() {
        parse("0.000 INVITE");
    }
}
