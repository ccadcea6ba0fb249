//! Percent escapes of URIs (RFC 3261 §19.1.2).

/// Escapes what may not stand in a user part.
pub(super) fn user(text: &str) -> String {
    encode(text, |byte| {
        byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/".contains(&byte)
    })
}

/// Escapes what may not stand in a parameter's value.
pub(super) fn param(text: &str) -> String {
    encode(text, |byte| {
        byte.is_ascii_alphanumeric() || b"-_.!~*'()[]/:&+$".contains(&byte)
    })
}

/// Escapes what may not stand in the value of a header after `?`.
pub(super) fn header(text: &str) -> String {
    encode(text, |byte| {
        byte.is_ascii_alphanumeric() || b"-_.!~*'()[]/?:+$".contains(&byte)
    })
}

/// Escapes only what is not ASCII, so that a user part which a peer forgot to escape is legal when
/// it goes out again.
pub(super) fn keep_ascii(text: &str) -> String {
    encode(text, |byte| byte.is_ascii())
}

/// Resolves all escapes, once: `%2541` becomes `%41` (RFC 4475 §3.1.1.3). What is no UTF-8 then
/// shows as the replacement character.
pub(super) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Plain(byte) | Piece::Escaped(byte) => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One byte of a URI component and whether it was escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    Plain(u8),
    Escaped(u8),
}

/// The bytes of a component. A `%` without two digits after it is a plain byte.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece> {
    let mut rest = text.as_bytes();
    std::iter::from_fn(move || {
        if let [b'%', high, low, after @ ..] = rest
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            rest = after;
            return Some(Piece::Escaped(high << 4 | low));
        }
        let (first, after) = rest.split_first()?;
        rest = after;
        Some(Piece::Plain(*first))
    })
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

fn encode(text: &str, allowed: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if allowed(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
