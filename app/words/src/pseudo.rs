//! English that nobody mistakes for a translation.

use std::borrow::Cow;

/// A piece of text between arguments: every letter with an accent, and words a fifth longer, since that is
/// how much longer German or Finnish may be.
pub(crate) fn changed(text: &str) -> Cow<'_, str> {
    let letters = text.chars().filter(char::is_ascii_alphabetic).count();
    let mut changed: String = text.chars().map(accented).collect();
    // Shorter ones are units, which are alike everywhere.
    if letters > 3 {
        let end = changed.trim_end().len();
        changed.insert_str(end, &"~".repeat(letters.div_ceil(5)));
    }
    Cow::Owned(changed)
}

/// Letters that the font of the window has.
fn accented(letter: char) -> char {
    match letter {
        'a' => 'å',
        'c' => 'ç',
        'd' => 'đ',
        'e' => 'é',
        'g' => 'ğ',
        'h' => 'ħ',
        'i' => 'î',
        'j' => 'ĵ',
        'k' => 'ķ',
        'l' => 'ļ',
        'n' => 'ñ',
        'o' => 'ö',
        'r' => 'ŕ',
        's' => 'š',
        't' => 'ţ',
        'u' => 'û',
        'w' => 'ŵ',
        'y' => 'ý',
        'z' => 'ž',
        'A' => 'Å',
        'C' => 'Ç',
        'D' => 'Đ',
        'E' => 'É',
        'G' => 'Ğ',
        'H' => 'Ħ',
        'I' => 'Î',
        'J' => 'Ĵ',
        'K' => 'Ķ',
        'L' => 'Ļ',
        'N' => 'Ñ',
        'O' => 'Ö',
        'R' => 'Ŕ',
        'S' => 'Š',
        'T' => 'Ţ',
        'U' => 'Û',
        'W' => 'Ŵ',
        'Y' => 'Ý',
        'Z' => 'Ž',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_change_and_the_text_grows() {
        assert_eq!(changed("Swap to "), "Šŵåp ţö~~ ");
        assert_eq!(changed(" · "), " · ");
    }
}
