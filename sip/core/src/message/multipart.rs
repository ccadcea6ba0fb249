//! Finding the session description in a body that may have parts (RFC 2046 §5.1, RFC 5621).

use super::head;
use super::headers::Headers;
use super::media_type::MediaType;

/// The session description of a message with these headers and this body.
///
/// In a multipart it is the last `application/sdp` part that is no fallback for old peers:
/// alternatives stand in the order of rising preference (RFC 2046 §5.1.4), and Lync puts a part
/// with `ms-proxy-2007fallback` first.
pub(super) fn session_description<'b>(headers: &Headers, body: &'b [u8]) -> Option<&'b [u8]> {
    if body.is_empty() {
        return None;
    }
    let media_type = headers.content_type().ok()??;
    find(&media_type, headers, body, MAX_DEPTH)
}

fn find<'b>(
    media_type: &MediaType,
    headers: &Headers,
    body: &'b [u8],
    depth: u8,
) -> Option<&'b [u8]> {
    if media_type.is("application", "sdp") {
        return is_plain_session(headers).then_some(body);
    }
    if !media_type.is_multipart() || depth == 0 {
        return None;
    }
    let boundary = media_type.params.get("boundary")?;
    parts(body, boundary)
        .filter_map(|part| {
            let (headers, content) = head::split_part(part)?;
            let media_type = headers.content_type().ok()??;
            find(&media_type, &headers, content, depth - 1)
        })
        .last()
}

/// A session description is readable when it is neither encoded nor meant for somebody else.
fn is_plain_session(headers: &Headers) -> bool {
    let disposition = headers.get("Content-Disposition").unwrap_or_default();
    let identity = |name| {
        headers.get(name).is_none_or(|value| {
            ["7bit", "8bit", "binary", "identity"]
                .iter()
                .any(|plain| plain.eq_ignore_ascii_case(value))
        })
    };
    !disposition
        .to_ascii_lowercase()
        .contains("ms-proxy-2007fallback")
        && identity("Content-Transfer-Encoding")
        && identity("Content-Encoding")
}

/// The parts between the boundary lines. A missing last boundary ends the last part with the body.
fn parts<'b>(body: &'b [u8], boundary: &str) -> impl Iterator<Item = &'b [u8]> {
    let delimiter = format!("--{boundary}").into_bytes();
    let mut parts = Vec::new();
    let mut part_start = None;
    let mut at = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let next = at + line.len();
        if let Some(after) = line.strip_prefix(delimiter.as_slice())
            && let Some(end) = Boundary::read(after)
        {
            parts.extend(
                part_start
                    .and_then(|start| body.get(start..at))
                    .map(without_line_end),
            );
            part_start = (end == Boundary::Between).then_some(next);
        }
        at = next;
    }
    parts.extend(part_start.and_then(|start| body.get(start..)));
    parts.into_iter()
}

#[derive(PartialEq, Eq)]
enum Boundary {
    Between,
    Last,
}

impl Boundary {
    /// Reads what follows the boundary on its line: nothing, or `--` at the end of all parts.
    fn read(after: &[u8]) -> Option<Self> {
        let (boundary, padding) = match after.strip_prefix(b"--") {
            Some(padding) => (Self::Last, padding),
            None => (Self::Between, after),
        };
        padding.trim_ascii().is_empty().then_some(boundary)
    }
}

/// The line end before a boundary belongs to the boundary.
fn without_line_end(part: &[u8]) -> &[u8] {
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    part.strip_suffix(b"\r").unwrap_or(part)
}

/// How deep multiparts may be nested: mixed, in it alternative, in it the part.
const MAX_DEPTH: u8 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(content_type: &str, body: &str) -> Option<String> {
        let mut headers = Headers::default();
        headers.push("Content-Type", content_type);
        session_description(&headers, body.as_bytes())
            .map(|sdp| String::from_utf8_lossy(sdp).into_owned())
    }

    #[test]
    fn a_plain_body_is_the_session() {
        assert_eq!(
            selected("Application/SDP; charset=utf-8", "v=0\r\n").as_deref(),
            Some("v=0\r\n")
        );
        assert_eq!(selected("text/plain", "v=0\r\n"), None);
        assert_eq!(selected("application/sdp", ""), None);
    }

    #[test]
    fn the_last_part_that_is_no_fallback_is_the_session() {
        let body = "preamble\r\n--b\r\nContent-Type: application/sdp\r\n\
            Content-Disposition: session; handling=optional; ms-proxy-2007fallback\r\n\r\nold\r\n\
            --b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\ns=-\r\n\r\n--b--\r\nepilogue";
        assert_eq!(
            selected(r#"multipart/alternative;boundary="b""#, body).as_deref(),
            Some("v=0\r\ns=-\r\n")
        );
        let reversed = "--b\nc: application/sdp\n\nnew\n--b\nc: application/sdp\n\
            Content-Disposition: session;ms-proxy-2007fallback\n\nold\n--b--";
        assert_eq!(
            selected("multipart/alternative;boundary=b", reversed).as_deref(),
            Some("new")
        );
    }

    #[test]
    fn nested_parts_are_searched_and_encoded_ones_are_not_taken() {
        let body = "--o\r\nContent-Type: multipart/alternative;boundary=i\r\n\r\n--i\r\n\
            Content-Type: application/sdp\r\n\r\nv=0\r\n--i--\r\n--o\r\n\
            Content-Type: application/sdp\r\nContent-Transfer-Encoding: base64\r\n\r\ndj0w\r\n--o--";
        assert_eq!(
            selected("multipart/mixed;boundary=o", body).as_deref(),
            Some("v=0")
        );
    }

    #[test]
    fn broken_multiparts_have_no_session_or_the_part_that_is_there() {
        assert_eq!(selected("multipart/mixed", "--b\r\n\r\n"), None);
        assert_eq!(
            selected(
                "multipart/mixed;boundary=b",
                "--bb\r\nc: application/sdp\r\n\r\nx"
            ),
            None
        );
        assert_eq!(
            selected(
                "multipart/mixed;boundary=b",
                "--b\r\nc: application/sdp\r\n\r\nv=0"
            )
            .as_deref(),
            Some("v=0")
        );
    }
}
