//! Who calls, as text for the screen. All of it is the sender's words, so it is stripped of what
//! could deceive and cut to a length that fits.

use hark_sip::CallFacts;
use hark_sip::message::Uri;
use hark_words::say;

use crate::settings::AccountSettings;
use crate::snapshot::CallKind;

/// The other end of a call as words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// A name, a number, "Voicemail – Play on Phone".
    pub(crate) title: String,
    /// The address under the title; empty where it would repeat it.
    pub(crate) subtitle: String,
    /// The URI that calls back.
    pub(crate) address: String,
}

impl Caller {
    /// The caller of an incoming call at an account of `domain`.
    pub(crate) fn of(facts: &CallFacts, kind: CallKind, domain: &str) -> Self {
        let address = facts.from.uri.address();
        let short = spoken(&address, domain);
        let name = facts.from.display_name.as_deref().map(clean);
        let name = name.filter(|name| !name.is_empty());
        let title = match kind {
            CallKind::PlayOnPhone => play_on_phone().to_owned(),
            CallKind::Person | CallKind::Automatic | CallKind::Voicemail => {
                name.unwrap_or_else(|| short.clone())
            }
        };
        let subtitle = match kind {
            // One's own address says nothing.
            CallKind::PlayOnPhone => String::new(),
            _ if title == short => String::new(),
            CallKind::Person | CallKind::Automatic | CallKind::Voicemail => short,
        };
        Self {
            title,
            subtitle,
            address: facts.from.uri.to_string(),
        }
    }
}

impl AccountSettings {
    /// The address of a call as a person would write it down for this account.
    pub fn spoken(&self, address: &str) -> String {
        let domain = self.address.split('@').nth(1).unwrap_or_default();
        match address.parse::<Uri>() {
            Ok(uri) => spoken(&uri.address(), domain),
            Err(_) => address.to_owned(),
        }
    }
}

/// An address as a person would say it: at one's own domain the user part is enough.
pub(crate) fn spoken(address: &Uri, domain: &str) -> String {
    let Some(user) = address.user_text() else {
        return clean(&address.to_string());
    };
    match address.host().map(ToString::to_string) {
        Some(host) if !host.eq_ignore_ascii_case(domain) => clean(&format!("{user}@{host}")),
        _ => clean(&user),
    }
}

/// Removes control characters, invisible marks and marks that turn the direction of writing, joins
/// blanks, and cuts long text.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::new();
    for word in text.split_whitespace() {
        let word = word.chars().filter(|&character| !deceives(character));
        let word: String = word.collect();
        if !word.is_empty() {
            if !cleaned.is_empty() {
                cleaned.push(' ');
            }
            cleaned.push_str(&word);
        }
    }
    match cleaned.char_indices().nth(MAX_CHARACTERS) {
        Some((cut, _)) => format!("{}…", cleaned.get(..cut).unwrap_or_default()),
        None => cleaned,
    }
}

fn deceives(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            // Soft hyphen, Arabic letter mark, zero-width and directional marks, embeddings,
            // isolates, invisible operators, byte order mark, interlinear marks, tags.
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// What a Play-On-Phone call is called everywhere (OX-16).
pub(crate) fn play_on_phone() -> &'static str {
    say!(play_on_phone_title)
}

/// Characters of a name that a call window can show.
const MAX_CHARACTERS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_stripped_of_what_deceives() {
        for (sent, shown) in [
            ("Alice  A.\t B.", "Alice A. B."),
            ("\u{202e}ecilA\u{202c}", "ecilA"),
            ("Al\u{200b}ice\u{0}", "Alice"),
            (" \u{200f} ", ""),
            ("Zo\u{eb} \u{5d0}", "Zo\u{eb} \u{5d0}"),
            ("line\r\nbreak", "line break"),
        ] {
            assert_eq!(clean(sent), shown, "{sent:?}");
        }
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        let cut = clean(&"\u{e9}".repeat(100));
        assert_eq!(cut.chars().count(), MAX_CHARACTERS + 1);
        assert!(cut.ends_with('…'));
        assert_eq!(clean(&"x".repeat(64)).len(), 64);
    }
}
