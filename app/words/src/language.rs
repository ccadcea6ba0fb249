//! Which language is spoken.

use std::cell::Cell;
use std::sync::atomic::{AtomicU8, Ordering};

/// A language that Hark speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    English,
    German,
    /// English with every letter changed and every sentence a fifth longer. Whoever looks at a window that
    /// speaks it sees what was not translated and what would be cut off.
    Pseudo,
    /// English in Hebrew letters. Whoever looks at a window that speaks it sees whether it bears words that are
    /// written from right to left.
    RightToLeft,
}

impl Language {
    pub const ALL: [Self; 4] = [Self::English, Self::German, Self::Pseudo, Self::RightToLeft];

    /// What this computer's user prefers, as far as Hark speaks it.
    pub fn of_this_computer() -> Self {
        sys_locale::get_locale().map_or(Self::English, |locale| Self::of_locale(&locale))
    }

    /// Of a name like `de-AT` or `de_DE.UTF-8`; English for all that Hark does not speak.
    pub fn of_locale(locale: &str) -> Self {
        match locale.split(['-', '_', '.', '@']).next() {
            Some("de") => Self::German,
            Some(_) | None => Self::English,
        }
    }
}

/// Speaks this language from now on, in the whole program.
pub fn set_language(language: Language) {
    SPOKEN.store(language as u8, Ordering::Relaxed);
}

/// The language that is spoken where this is called.
pub fn language() -> Language {
    HERE.get().unwrap_or_else(|| {
        let spoken = SPOKEN.load(Ordering::Relaxed);
        let known = Language::ALL.into_iter();
        known
            .rev()
            .find(|language| *language as u8 == spoken)
            .unwrap_or(Language::English)
    })
}

/// Speaks another language on this thread alone, until what is returned is dropped: for tests, which
/// run beside each other.
#[must_use]
pub fn speak_here(language: Language) -> SpokenHere {
    SpokenHere {
        before: HERE.replace(Some(language)),
    }
}

/// See [`speak_here`].
#[derive(Debug)]
pub struct SpokenHere {
    before: Option<Language>,
}

impl Drop for SpokenHere {
    fn drop(&mut self) {
        HERE.set(self.before);
    }
}

static SPOKEN: AtomicU8 = AtomicU8::new(Language::English as u8);

thread_local! {
    static HERE: Cell<Option<Language>> = const { Cell::new(None) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_has_a_language() {
        for (locale, language) in [
            ("de-DE", Language::German),
            ("de_AT.UTF-8", Language::German),
            ("de", Language::German),
            ("en-GB", Language::English),
            ("C", Language::English),
            ("", Language::English),
            ("den-CA", Language::English),
        ] {
            assert_eq!(Language::of_locale(locale), language, "{locale}");
        }
    }

    #[test]
    fn a_thread_speaks_its_own_language_until_it_is_done_with_it() {
        let german = speak_here(Language::German);
        assert_eq!(language(), Language::German);
        let pseudo = speak_here(Language::Pseudo);
        assert_eq!(language(), Language::Pseudo);
        drop(pseudo);
        assert_eq!(language(), Language::German);
        let elsewhere = std::thread::spawn(language).join();
        assert_eq!(elsewhere.expect("it ends"), Language::English);
        drop(german);
        assert_eq!(language(), Language::English);
    }
}
