//! The round picture beside a name: initials, or an icon for what is not a person.

use egui::{Align2, FontId, Sense, Ui, Vec2};

use super::paint_icon;
use crate::theme::{self, Text};

/// What stands in the circle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face<'a> {
    /// A person, by name or address.
    Person(&'a str),
    Icon(char),
}

/// Decoration: the name stands beside it.
pub fn avatar(ui: &mut Ui, face: Face<'_>, diameter: f32) {
    let t = theme::tokens(ui);
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(diameter), Sense::hover());
    let painter = ui.painter();
    painter.circle_filled(rect.center(), diameter / 2.0, t.accent_soft);
    match face {
        Face::Icon(glyph) => {
            paint_icon(painter, rect.center(), glyph, diameter * 0.46, t.accent);
        }
        Face::Person(name) => {
            let font = FontId::new(diameter * 0.36, Text::Heading.font().family);
            painter.text(
                rect.center(),
                Align2::CENTER_CENTER,
                initials(name),
                font,
                t.accent,
            );
        }
    }
}

/// Two letters of a name, one of a single word, `#` for a number.
pub fn initials(name: &str) -> String {
    let name = name.trim();
    let name = name.strip_prefix("sip:").unwrap_or(name);
    let mut words = name
        .split(|c: char| c.is_whitespace() || matches!(c, '.' | '@' | '_' | '-'))
        .filter_map(|word| word.chars().next())
        .filter(|first| first.is_alphabetic());
    let pair: String = if name.contains(char::is_whitespace) || !name.contains('@') {
        let first = words.next();
        first.into_iter().chain(words.next_back()).collect()
    } else {
        let user = name.split('@').next().unwrap_or_default();
        return initials(user);
    };
    if pair.is_empty() {
        "#".to_owned()
    } else {
        pair.to_uppercase()
    }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_come_from_the_first_and_the_last_word() {
        for (name, expected) in [
            ("Dana Whitfield", "DW"),
            ("Anna Maria von Berg", "AB"),
            ("Voicemail", "V"),
            ("dana.whitfield@example.test", "DW"),
            ("sip:dana@example.test", "D"),
            ("+1 425 555 0143", "#"),
            ("élodie", "É"),
            ("", "#"),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}
