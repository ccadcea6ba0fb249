//! The few lexical rules that all header readers share: tokens, quoted strings, and lists that are
//! cut outside of quotes and angle brackets (RFC 3261 §25.1).
//!
//! Every function here works on text that the head reader has already unfolded, so white space
//! means blank and tab.

/// Tells whether a byte may stand in a `token` (RFC 3261 §25.1).
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte)
}

/// Tells whether the text is a `token`, which is never empty.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// Cuts linear white space from both ends.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

/// Makes text safe as part of a header field: CR, LF and NUL become blanks. A quoted pair of one of
/// them (RFC 4475 §3.1.1.2 has a quoted NUL) thereby stays a quoted pair.
pub(crate) fn clean(text: &str) -> String {
    text.replace(['\r', '\n', '\0'], " ")
}

/// Writes text as a quoted string.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}

/// Reads the quoted string at the start of `text` and returns its content and what follows it.
/// `None` when the text does not start with a quote or the closing quote is missing.
pub(crate) fn take_quoted(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut content = String::new();
    let mut characters = inner.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((content, inner.get(at + 1..)?)),
            '\\' => content.push(characters.next()?.1),
            other => content.push(other),
        }
    }
    None
}

/// Cuts a list at a separator that stands outside of quoted strings and angle brackets. Yields the
/// trimmed pieces, the empty ones too: whether these are an error is the caller's matter.
pub(crate) fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let current = rest?;
        let (piece, next) = match find_outside(current, separator) {
            Some(at) => (current.get(..at)?, current.get(at + separator.len_utf8()..)),
            None => (current, None),
        };
        rest = next;
        Some(trim(piece))
    })
}

/// Finds a character outside of quoted strings and angle brackets.
pub(crate) fn find_outside(text: &str, wanted: char) -> Option<usize> {
    let mut quoted = false;
    let mut bracketed = false;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if quoted {
            match character {
                '\\' => escaped = true,
                '"' => quoted = false,
                _ => {}
            }
        } else if character == wanted && !bracketed {
            return Some(at);
        } else {
            match character {
                '"' if !bracketed => quoted = true,
                '<' => bracketed = true,
                '>' => bracketed = false,
                _ => {}
            }
        }
    }
    None
}

/// Reads a decimal number that consists of digits alone. `parse` of the standard library would
/// take a leading `+` too.
pub(crate) fn number<N: std::str::FromStr>(text: &str) -> Option<N> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_cut_outside_of_quotes_and_brackets() {
        let value = r#""A, \", B" <sip:a,b@example.com>;x="1,2", <sip:c@example.com>,"#;
        let pieces: Vec<_> = split(value, ',').collect();
        assert_eq!(
            pieces,
            [
                r#""A, \", B" <sip:a,b@example.com>;x="1,2""#,
                "<sip:c@example.com>",
                ""
            ]
        );
    }

    #[test]
    fn quoting_and_reading_back_is_the_identity() {
        for text in ["", "plain", r#"a "quoted" \ word"#, "é€"] {
            let quoted = quote(text);
            assert_eq!(take_quoted(&quoted), Some((text.to_owned(), "")));
        }
    }

    #[test]
    fn an_unclosed_quote_is_no_quoted_string() {
        assert_eq!(take_quoted(r#""open"#), None);
        assert_eq!(take_quoted(r#""open\""#), None);
        assert_eq!(take_quoted(r#""open\"#), None);
    }

    #[test]
    fn numbers_are_digits_alone_and_fit_their_type() {
        assert_eq!(number::<u32>("4294967295"), Some(u32::MAX));
        for text in ["", "+1", "-1", " 1", "1 ", "4294967296", "0x10", "١"] {
            assert_eq!(number::<u32>(text), None, "{text:?}");
        }
    }
}
