//! Text as it is compared when something is looked for: without capitals and accents, numbers without
//! what people write between their digits.

use icu_normalizer::DecomposingNormalizerBorrowed;

/// Small letters without accents: `Zoë Groß` becomes `zoe gross`.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    let normalizer = DecomposingNormalizerBorrowed::new_nfd();
    for character in normalizer.normalize_iter(text.chars()) {
        match character {
            // Combining diacritical marks, which the decomposition has set apart.
            '\u{300}'..='\u{36f}' => {}
            // Letters that Unicode does not decompose.
            'ß' | 'ẞ' => folded.push_str("ss"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'œ' | 'Œ' => folded.push_str("oe"),
            'ø' | 'Ø' => folded.push('o'),
            'ł' | 'Ł' => folded.push('l'),
            'đ' | 'Đ' => folded.push('d'),
            'ı' => folded.push('i'),
            character => folded.extend(character.to_lowercase()),
        }
    }
    folded
}

/// What is looked for: every part has to occur in a folded text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Needle(Vec<String>);

impl Needle {
    /// Reads what was typed: words, or one number in whatever way it is written.
    pub(crate) fn of(typed: &str) -> Self {
        let typed: String = typed.chars().take(MAX_CHARACTERS).collect();
        if let Some(digits) = digits_of_number(&typed) {
            return Self(vec![digits]);
        }
        let folded = fold(&typed);
        let words = folded.split_whitespace().take(MAX_WORDS);
        Self(words.map(str::to_owned).collect())
    }

    pub(crate) fn parts(&self) -> &[String] {
        &self.0
    }
}

/// The digits of a number that is typed as people write it, without `+` and without the zero that
/// stands for it, or for the long distance, at home: both are written in some places and not in
/// others.
fn digits_of_number(typed: &str) -> Option<String> {
    let is_part = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-./()".contains(c);
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() || !typed.chars().all(is_part) {
        return None;
    }
    let significant = digits.trim_start_matches('0');
    match significant.len() {
        0..MIN_SIGNIFICANT => Some(digits),
        _ => Some(significant.to_owned()),
    }
}

/// Longer than any name or number, so that what is pasted costs no more than what is typed.
const MAX_CHARACTERS: usize = 128;
const MAX_WORDS: usize = 8;

/// With fewer digits behind it a zero belongs to what is looked for.
const MIN_SIGNIFICANT: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_capitals_do_not_count() {
        for (text, folded) in [
            ("Priya Raman", "priya raman"),
            ("Zo\u{eb} Gro\u{df}", "zoe gross"),
            ("Zoe\u{308}", "zoe"),
            ("\u{c5}ngstr\u{f6}m", "angstrom"),
            ("\u{141}ukasz S\u{f8}rensen", "lukasz sorensen"),
            (
                "\u{418}\u{432}\u{430}\u{43d}",
                "\u{438}\u{432}\u{430}\u{43d}",
            ),
            ("\u{5e73}\u{6210}", "\u{5e73}\u{6210}"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn words_are_looked_for_one_by_one_and_numbers_as_a_whole() {
        for (typed, parts) in [
            ("", &[][..]),
            ("  ", &[]),
            ("Raman  PRIYA", &["raman", "priya"]),
            ("+1 (425) 555-01", &["142555501"]),
            ("0151 234", &["151234"]),
            ("0049 30", &["4930"]),
            ("007", &["007"]),
            ("0", &["0"]),
            ("room 12", &["room", "12"]),
            ("*97", &["*97"]),
            (
                "a b c d e f g h i j",
                &["a", "b", "c", "d", "e", "f", "g", "h"],
            ),
        ] {
            assert_eq!(Needle::of(typed).parts(), parts, "{typed:?}");
        }
        let long = Needle::of(&"x".repeat(100_000));
        assert_eq!(long.parts(), ["x".repeat(MAX_CHARACTERS)]);
    }
}
