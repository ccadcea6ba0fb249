//! Sentences there and back.

use fluent_syntax::ast::Entry;

use super::*;
use crate::{say, speak_here};

/// What stands in a sentence, and looks like no sentence.
const GIVEN: [&str; 4] = ["Dana Q", "pbx.example.test:5061", "23", "/srv/dana/a b.txt"];

/// Every sentence about what went wrong with something in each of its places.
fn sentences(language: Language) -> Vec<(String, FluentArgs<'static>)> {
    let mut sentences = Vec::new();
    for entry in files(language).flat_map(FluentResource::entries) {
        let Entry::Message(message) = entry else {
            continue;
        };
        for form in message.value.iter().flat_map(forms) {
            let names = form.pieces.iter().filter_map(|piece| match piece {
                Piece::Argument(name) => Some(*name),
                Piece::Own(_) => None,
            });
            let mut arguments = FluentArgs::new();
            for (index, name) in names.enumerate() {
                arguments.set(name, GIVEN[index % GIVEN.len()]);
            }
            if let Some((name, one)) = form.counted {
                arguments.set(name, FluentValue::try_number(one.unwrap_or("3")));
            }
            sentences.push((message.id.name.to_owned(), arguments));
        }
    }
    sentences
}

#[test]
fn every_sentence_is_said_in_the_other_language_as_if_it_had_been_said_there() {
    for (from, to) in [
        (Language::English, Language::German),
        (Language::German, Language::English),
    ] {
        let _spoken = speak_here(to);
        let (mut count, mut wrong) = (0, Vec::new());
        for (id, arguments) in sentences(from) {
            let said = formatted(from, &id, &arguments).expect("all arguments are there");
            let is_sentence = said.contains(". ") && said.ends_with('.');
            if is_sentence {
                let expected = formatted(to, &id, &arguments).expect("they are the same");
                let anew = said_anew(&said);
                let stays = said_anew(&expected);
                if anew != expected || stays != expected {
                    wrong.push(format!("{id}: {said}\n  {anew}\n  {expected}"));
                }
                count += 1;
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(count > 150, "{count} sentences");
    }
}

#[test]
fn a_sentence_in_a_sentence_is_said_anew_as_well() {
    let in_two = |language| {
        let _spoken = speak_here(language);
        let why = say!(settings_not_understood);
        let place = say!(settings_kept_as, path = "/srv/dana/hark.toml.old");
        let settings = say!(settings_unusable, why, place);
        let field = say!(control_character, field = say!(field_server));
        [settings, field]
    };
    let (english, german) = (in_two(Language::English), in_two(Language::German));
    let _spoken = speak_here(Language::German);
    assert_eq!(english.map(|text| said_anew(&text)), german);
}

#[test]
fn names_and_what_no_file_has_stay_as_they_are() {
    let _spoken = speak_here(Language::German);
    for text in [
        "",
        "Call",
        "Zaphod is somewhere else.",
        "Is busy. Try again later.",
        " is busy. Try again later.",
        "REGISTER sip:example.test: 403 Forbidden",
    ] {
        assert_eq!(said_anew(text), text);
    }
    // A person may be called like a button.
    let busy = said_anew("Settings is busy. Try again later.");
    assert!(busy.contains("Settings"), "{busy}");
}
