//! The name of a recording: when, and with whom. Whom is the other side's word, so nothing of it may
//! lead out of the folder or make a name that a file system refuses.

use jiff::civil::DateTime;

use crate::caller;

/// `2026-11-26 14.03.12 Alice Ng`, without an extension. Sorts by time.
pub(super) fn stem(began: DateTime, title: &str) -> String {
    let time = began.strftime("%Y-%m-%d %H.%M.%S");
    match &*safe(title) {
        "" => time.to_string(),
        who => format!("{time} {who}"),
    }
}

/// The part of a title that may stand in a file name on every platform.
fn safe(title: &str) -> String {
    let kept: String = caller::clean(title)
        .chars()
        .map(|sign| if FORBIDDEN.contains(&sign) { ' ' } else { sign })
        .collect();
    let mut name = String::new();
    for word in kept.split_whitespace() {
        if name.len() + 1 + word.len() > LONGEST {
            let room = LONGEST.saturating_sub(name.len() + 1);
            push(&mut name, &word[..word.floor_char_boundary(room)]);
            break;
        }
        push(&mut name, word);
    }
    // Windows drops dots at the end, and then two names are one.
    name.trim_matches(['.', ' ']).to_owned()
}

fn push(name: &mut String, word: &str) {
    if !name.is_empty() {
        name.push(' ');
    }
    name.push_str(word);
}

/// What Windows refuses, and with it `/`, which every system does.
const FORBIDDEN: [char; 9] = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

/// Octets of a title, so that with the time, a number and the extension no file system's 255 are
/// reached.
const LONGEST: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(title: &str, expected: &str) {
        let began = jiff::civil::date(2026, 11, 26).at(14, 3, 12, 0);
        assert_eq!(stem(began, title), expected, "{title:?}");
    }

    #[test]
    fn a_recording_is_named_by_its_time_and_the_other_side() {
        check("Alice Ng", "2026-11-26 14.03.12 Alice Ng");
        check("+1 425 555 0143", "2026-11-26 14.03.12 +1 425 555 0143");
        check("Jörg Größe", "2026-11-26 14.03.12 Jörg Größe");
    }

    #[test]
    fn nothing_in_a_title_leads_elsewhere() {
        check("", "2026-11-26 14.03.12");
        check("../../etc/passwd", "2026-11-26 14.03.12 etc passwd");
        check("..", "2026-11-26 14.03.12");
        check(" . ", "2026-11-26 14.03.12");
        check("/", "2026-11-26 14.03.12");
        check("C:\\x", "2026-11-26 14.03.12 C x");
        check("a\0b\nc\u{202e}gpj", "2026-11-26 14.03.12 ab cgpj");
        check("what?.", "2026-11-26 14.03.12 what");
        check("name...", "2026-11-26 14.03.12 name");
    }

    #[test]
    fn a_long_title_is_cut_between_characters() {
        for title in ["é".repeat(500), "word ".repeat(100), "一".repeat(200)] {
            let began = jiff::civil::date(2026, 11, 26).at(14, 3, 12, 0);
            let name = stem(began, &title);
            assert!(name.len() <= 20 + LONGEST, "{} octets", name.len());
            assert!(name.len() > 40, "{name}");
        }
    }
}
