//! The country of numbers that are written without one, in the form of an account: by its two letters or
//! by its name in the language of the window.

use hark_phone::people::Country;

use super::setup_help::Fault;
use super::{FieldError, SetupForm, given};
use crate::text;

impl SetupForm {
    /// The country that is typed, if it is one.
    pub fn country(&self) -> Option<Country> {
        let typed = given(&self.region)?;
        Country::of_code(&typed).or_else(|| {
            let typed = typed.to_lowercase();
            let is_it = |country: &Country| name(country) == typed;
            Country::all().into_iter().find(is_it)
        })
    }
}

/// What is wrong with what was typed; the beginning of a name may become one.
pub(super) fn fault(form: &SetupForm) -> Option<Fault> {
    let typed = given(&form.region)?.to_lowercase();
    if form.country().is_some() {
        return None;
    }
    let begins = |country: &Country| {
        name(country).starts_with(&typed) || country.code.to_lowercase().starts_with(&typed)
    };
    Some(match Country::all().iter().any(begins) {
        true => Fault::Unfinished(FieldError::Region),
        false => Fault::Wrong(FieldError::Region),
    })
}

fn name(country: &Country) -> String {
    text::country(&country.code).to_lowercase()
}

#[cfg(test)]
mod tests {
    use hark_words::{Language, speak_here};

    use super::*;

    #[test]
    fn a_country_is_known_by_its_letters_and_by_its_name() {
        let unfinished = Some(Fault::Unfinished(FieldError::Region));
        let wrong = Some(Fault::Wrong(FieldError::Region));
        for (language, typed, code, fault_there) in [
            (Language::English, "", None, None),
            (Language::English, " de ", Some("DE"), None),
            (Language::English, "Germany", Some("DE"), None),
            (Language::English, "germ", None, unfinished),
            (Language::English, "Deutschland", None, wrong),
            (Language::German, "Deutschland", Some("DE"), None),
            (Language::German, "österreich", Some("AT"), None),
            (Language::German, "U", None, unfinished),
            (Language::English, "UK", None, unfinished),
            (Language::German, "XY", None, wrong),
            (Language::German, "+49", None, wrong),
        ] {
            let _spoken = speak_here(language);
            let form = SetupForm {
                region: typed.to_owned(),
                ..SetupForm::default()
            };
            let found = form.country().map(|country| country.code);
            assert_eq!(found.as_deref(), code, "{typed:?}");
            assert_eq!(fault(&form), fault_there, "{typed:?}");
        }
    }

    #[test]
    fn every_country_has_a_name_in_every_language() {
        for language in [Language::English, Language::German] {
            let _spoken = speak_here(language);
            for Country { code, .. } in Country::all() {
                assert_ne!(text::country(&code), code, "{language:?}");
            }
        }
    }
}
