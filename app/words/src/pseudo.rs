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

/// Every letter as one of Hebrew, which has 22 of them and writes them from right to left.
pub(crate) fn in_hebrew_letters(text: &str) -> Cow<'_, str> {
    let hebrew = |letter: char| {
        let place = u32::from(letter.to_ascii_lowercase()).saturating_sub(u32::from('a'));
        let changed = char::from_u32(u32::from(ALEPH) + place % 22);
        changed.filter(|_| letter.is_ascii_alphabetic())
    };
    let letters = text.chars();
    let changed = letters.map(|letter| hebrew(letter).unwrap_or(letter));
    Cow::Owned(changed.collect())
}

const ALEPH: char = '\u{5d0}';

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

    #[test]
    fn letters_become_hebrew_and_signs_stay() {
        assert_eq!(in_hebrew_letters("Abz · 2"), "\u{5d0}\u{5d1}\u{5d3} · 2");
    }
}
