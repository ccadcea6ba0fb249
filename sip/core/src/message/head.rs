//! Reading heads: start line and header fields, up to the empty line.

use super::headers::Headers;
use super::lexer;
use super::method::Method;
use super::status::StatusCode;
use super::uri::Uri;

/// The start line of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StartLine {
    Request { method: Method, uri: Uri },
    Response { status: StatusCode, reason: String },
}

/// Tells whether this is `SIP/` and a version number, any number.
fn is_version(word: &str) -> bool {
    let number = word.get(4..).unwrap_or_default();
    word.get(..4)
        .is_some_and(|name| name.eq_ignore_ascii_case("SIP/"))
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// Why a head could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    #[error("the start line is malformed")]
    StartLine,
    #[error("the request URI is malformed")]
    RequestUri,
    #[error("the SIP version is unknown")]
    Version,
    #[error("a header line has no name")]
    HeaderLine,
}

/// A head as far as it can be read: the header fields are there even if the start line is not, so
/// that a request can be answered.
#[derive(Debug)]
pub(crate) struct Head {
    pub start: Result<StartLine, HeadError>,
    pub headers: Headers,
    /// The method of a request, even if the rest of its start line is malformed.
    pub method: Option<Method>,
    /// A line that is no header field.
    pub broken_line: bool,
}

impl Head {
    /// Reads a head, with the empty line at its end or without.
    pub fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut lines = lines(&text);
        let first = lines.next().unwrap_or_default();
        let method = first
            .split_ascii_whitespace()
            .next()
            .and_then(Method::parse);
        let (headers, broken_line) = parse_fields(lines);
        Self {
            start: parse_start_line(first),
            headers,
            method,
            broken_line,
        }
    }
}

/// Tells whether a line can be the start of a message. What cannot is left-over of a message whose
/// length was wrong.
pub(crate) fn is_start_line(line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(line);
    let mut words = line.split_ascii_whitespace();
    let first = words.next().unwrap_or_default();
    let last = words.next_back().unwrap_or_default();
    is_version(first) || (lexer::is_token(first) && is_version(last))
}

/// Cuts a body part into its header fields and its content.
pub(super) fn split_part(part: &[u8]) -> Option<(Headers, &[u8])> {
    let mut at = 0;
    for line in part.split_inclusive(|byte| *byte == b'\n') {
        let next = at + line.len();
        if line == b"\r\n" || line == b"\n" {
            let text = String::from_utf8_lossy(part.get(..at)?);
            return Some((parse_fields(lines(&text)).0, part.get(next..)?));
        }
        at = next;
    }
    None
}

/// Lines end in CRLF. They end in LF alone if the first one does: then that is all the sender
/// knows. Mixing the two would let a value hide a header field from the next hop.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let first = text.split('\n').next().unwrap_or_default();
    let end = if first.ends_with('\r') { "\r\n" } else { "\n" };
    text.split(end)
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
}

/// Reads `METHOD uri SIP/2.0` with exactly one blank between, or `SIP/2.0 code reason`.
fn parse_start_line(line: &str) -> Result<StartLine, HeadError> {
    if line
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("SIP/"))
    {
        return parse_status_line(line);
    }
    let (method, rest) = line.split_once(' ').ok_or(HeadError::StartLine)?;
    let (uri, version) = rest.rsplit_once(' ').ok_or(HeadError::StartLine)?;
    let method = Method::parse(method).ok_or(HeadError::StartLine)?;
    check_version(version)?;
    if uri.starts_with(' ') || uri.ends_with(' ') {
        return Err(HeadError::StartLine);
    }
    let uri = uri.parse().map_err(|_| HeadError::RequestUri)?;
    Ok(StartLine::Request { method, uri })
}

fn parse_status_line(line: &str) -> Result<StartLine, HeadError> {
    let (version, rest) = line.split_once(' ').ok_or(HeadError::StartLine)?;
    check_version(version)?;
    // The blank before an empty reason is often forgotten.
    let (code, reason) = rest.split_once(' ').unwrap_or((rest, ""));
    let three_digits = code.len() == 3;
    let status = lexer::number(code)
        .filter(|_| three_digits)
        .and_then(StatusCode::new);
    let status = status.ok_or(HeadError::StartLine)?;
    Ok(StartLine::Response {
        status,
        reason: lexer::clean(reason),
    })
}

fn check_version(version: &str) -> Result<(), HeadError> {
    if version.eq_ignore_ascii_case("SIP/2.0") {
        return Ok(());
    }
    Err(if is_version(version) {
        HeadError::Version
    } else {
        HeadError::StartLine
    })
}

/// Reads header fields up to an empty line, unfolding as it goes (RFC 3261 §7.3.1).
fn parse_fields<'t>(lines: impl Iterator<Item = &'t str>) -> (Headers, bool) {
    let mut headers = Headers::default();
    let mut broken = false;
    let mut field = String::new();
    for line in lines {
        if line.starts_with([' ', '\t']) {
            field.push(' ');
            field.push_str(lexer::trim(line));
            continue;
        }
        broken |= !push_field(&mut headers, &field);
        field.clear();
        field.push_str(line);
        if line.is_empty() {
            break;
        }
    }
    broken |= !push_field(&mut headers, &field);
    (headers, broken)
}

/// Stores `name: value`, with white space before the colon too. Tells whether it was one.
fn push_field(headers: &mut Headers, field: &str) -> bool {
    if field.is_empty() {
        return true;
    }
    let Some((name, value)) = field.split_once(':') else {
        return false;
    };
    let name = name.trim_end_matches([' ', '\t']);
    if !lexer::is_token(name) {
        return false;
    }
    headers.push(name, value);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_lines_are_told_apart() {
        for (line, expected) in [
            ("INVITE sip:a@b SIP/2.0", Ok(())),
            ("invite sip:a@b sip/2.0", Ok(())),
            ("INVITE sip:a@b SIP/7.0", Err(HeadError::Version)),
            ("INVITE sip:a@b HTTP/1.1", Err(HeadError::StartLine)),
            ("INVITE  sip:a@b SIP/2.0", Err(HeadError::StartLine)),
            ("INVITE sip:a@b  SIP/2.0", Err(HeadError::StartLine)),
            ("INVITE sip:a@b; lr SIP/2.0", Err(HeadError::RequestUri)),
            ("INVITE <sip:a@b> SIP/2.0", Err(HeadError::RequestUri)),
            ("INVITE sip:a@b", Err(HeadError::StartLine)),
            ("SIP/2.0 200 OK", Ok(())),
            ("SIP/2.0 100 ", Ok(())),
            ("SIP/2.0 100", Ok(())),
            (
                "SIP/2.0 4294967301 better not break",
                Err(HeadError::StartLine),
            ),
            ("SIP/2.0 99 x", Err(HeadError::StartLine)),
            ("SIP/2.0 0200 x", Err(HeadError::StartLine)),
            ("SIP/3.0 200 OK", Err(HeadError::Version)),
            ("", Err(HeadError::StartLine)),
        ] {
            assert_eq!(parse_start_line(line).map(drop), expected, "{line}");
        }
    }

    #[test]
    fn folded_and_padded_fields_are_read() {
        let head = Head::parse(
            b"OPTIONS sip:a@b SIP/2.0\r\nSubject : one\r\n\t two \r\n three\r\nTO:x\r\n \r\nl: 0\r\n\r\nBody: 1\r\n",
        );
        assert!(!head.broken_line);
        let fields: Vec<_> = head.headers.iter().collect();
        assert_eq!(
            fields,
            [
                ("Subject", "one two three"),
                ("To", "x"),
                ("Content-Length", "0")
            ]
        );
    }

    #[test]
    fn a_line_without_name_is_noticed_and_the_others_are_read() {
        for line in ["no colon", ": value", "two words: x", "n\u{e9}m: x"] {
            let head = Head::parse(
                format!("OPTIONS sip:a@b SIP/2.0\r\n{line}\r\nTo: x\r\n\r\n").as_bytes(),
            );
            assert!(head.broken_line, "{line}");
            assert_eq!(head.headers.get("To"), Some("x"), "{line}");
        }
    }

    #[test]
    fn only_plausible_lines_start_a_message() {
        for line in [
            "INVITE sip:a@b SIP/2.0",
            "SIP/2.0 200 OK",
            "INVITE  <sip:a@b>  SIP/7.0",
            "sip/2.0 1",
        ] {
            assert!(is_start_line(line.as_bytes()), "{line}");
        }
        for line in [
            "v=0",
            "a=x SIP/2.0",
            "GET / HTTP/1.1",
            "",
            "Via: SIP/2.0/TLS h",
            "\u{0}\u{0}",
        ] {
            assert!(!is_start_line(line.as_bytes()), "{line}");
        }
    }
}
