//! The files of both languages against each other, and against the code that speaks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{
    Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey,
};
use fluent_syntax::parser;

use crate::bundle::AREAS;

/// What a message needs, by its id.
type Messages = BTreeMap<String, BTreeSet<String>>;

/// The messages of a language; a message that stands twice, or cannot be read, fails the test.
#[track_caller]
fn messages(language: &str) -> Messages {
    let mut messages = Messages::new();
    for area in AREAS {
        let path = here().join(language).join(format!("{area}.ftl"));
        let text = fs::read_to_string(&path).expect("the file is there");
        let file = parser::parse(text.as_str())
            .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", path.display()));
        for entry in file.body {
            let Entry::Message(message) = entry else {
                continue;
            };
            let id = message.id.name.to_owned();
            let mut variables = BTreeSet::new();
            collect(message.value.as_ref(), &mut variables, &id);
            let before = messages.insert(id.clone(), variables);
            assert!(before.is_none(), "{id} stands twice in {language}");
        }
    }
    messages
}

fn collect(pattern: Option<&Pattern<&str>>, variables: &mut BTreeSet<String>, id: &str) {
    for element in pattern.into_iter().flat_map(|pattern| &pattern.elements) {
        let PatternElement::Placeable { expression } = element else {
            continue;
        };
        let inline = match expression {
            Expression::Inline(inline) => inline,
            Expression::Select { selector, variants } => {
                let keys = variants.iter().map(|variant| match &variant.key {
                    VariantKey::Identifier { name } => *name,
                    VariantKey::NumberLiteral { value } => value,
                });
                let keys: Vec<_> = keys.collect();
                // The plural forms of English and German, or the letters of countries.
                let is_country = |key: &&str| key.len() == 2 && *key == key.to_uppercase();
                let of_countries = match keys.split_last() {
                    Some((&"other", countries)) => countries.iter().all(is_country),
                    Some(_) | None => false,
                };
                assert!(keys == ["one", "other"] || of_countries, "{id}: {keys:?}");
                for variant in variants {
                    collect(Some(&variant.value), variables, id);
                }
                selector
            }
        };
        if let InlineExpression::VariableReference { id } = inline {
            variables.insert(id.name.to_owned());
        }
    }
}

/// What the code says: ids with the names of their arguments.
fn spoken() -> Messages {
    let app = here().parent().expect("it lies in a folder").to_owned();
    let mut spoken = Messages::new();
    for source in sources(&app) {
        let text = fs::read_to_string(&source).expect("it can be read");
        let text = without_comments(&text);
        for (id, arguments) in said(&text).into_iter().chain(declared(&text)) {
            let known = spoken
                .entry(id.clone())
                .or_insert_with(|| arguments.clone());
            assert_eq!(*known, arguments, "{id} in {}", source.display());
        }
    }
    spoken
}

/// Every Rust file of the programs, without this crate's own.
fn sources(app: &Path) -> Vec<PathBuf> {
    walkdir::WalkDir::new(app)
        .into_iter()
        .map(|entry| entry.expect("it can be read").into_path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "rs"))
        .filter(|path| !path.starts_with(here()))
        .collect()
}

/// `say!(id, name, other = value)`.
fn said(text: &str) -> Vec<(String, BTreeSet<String>)> {
    let calls = text.split("say!(").skip(1);
    calls
        .map(|call| {
            let inside = until_closed(call);
            let mut parts = split_arguments(inside).into_iter();
            let id = parts.next().unwrap_or_default();
            let names = parts.map(|part| {
                let name = part.split('=').next().unwrap_or_default();
                name.trim().to_owned()
            });
            (id, names.filter(|name| !name.is_empty()).collect())
        })
        .collect()
}

/// `words! { pub id; pub id(name); }`.
fn declared(text: &str) -> Vec<(String, BTreeSet<String>)> {
    let blocks = text.split("words! {").skip(1);
    let items = blocks.flat_map(|block| block.split('}').next().unwrap_or_default().split(';'));
    items
        .filter_map(|item| {
            let item = item.trim();
            let item = ["pub(crate) ", "pub(super) ", "pub "]
                .iter()
                .find_map(|visibility| item.strip_prefix(visibility))
                .unwrap_or(item);
            let (id, arguments) = item.split_once('(').unwrap_or((item, ""));
            let arguments = split_arguments(arguments.trim_end_matches(')'));
            let arguments = arguments.into_iter().filter(|name| !name.is_empty());
            (!id.is_empty()).then(|| (id.to_owned(), arguments.collect()))
        })
        .collect()
}

fn without_comments(text: &str) -> String {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

fn until_closed(text: &str) -> &str {
    let mut depth = 1;
    let end = text.find(|character| {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

/// At commas that stand in no parentheses.
fn split_arguments(text: &str) -> Vec<String> {
    let mut depth = 0;
    text.split(|character| {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        character == ',' && depth == 0
    })
    .map(|part| part.trim().to_owned())
    .collect()
}

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn german_says_all_that_english_says_with_the_same_arguments() {
    let (english, german) = (messages("en"), messages("de"));
    for (id, variables) in &english {
        let Some(theirs) = german.get(id) else {
            panic!("{id} is not translated");
        };
        assert_eq!(theirs, variables, "{id}");
    }
    for id in german.keys() {
        assert!(english.contains_key(id), "{id} is in German only");
    }
}

#[test]
fn the_code_says_what_stands_in_the_files_and_all_of_it() {
    let (english, spoken) = (messages("en"), spoken());
    assert!(spoken.len() > 300, "{} ids were found", spoken.len());
    for (id, arguments) in &spoken {
        let Some(variables) = english.get(id) else {
            panic!("{id} is said, and stands in no file");
        };
        assert_eq!(variables, arguments, "{id}");
    }
    for id in english.keys() {
        assert!(spoken.contains_key(id), "nobody says {id}");
    }
}

/// Words that stood for things which have another word: what a user has learned in one place holds in all of
/// them. `docs/languages.md` has the list.
#[test]
fn one_thing_has_one_word() {
    let other_words = [
        ("en", "the administrator", "your administrator"),
        ("en", "Send on", "Forward"),
        ("en", "sent on", "forwarded"),
        ("en", "Take over", "Import"),
        ("en", "Enter ", "Type"),
        ("en", "Name a", "Choose, or Set"),
        ("en", "Mend ", "Correct"),
        ("en", "This is no ", "This is not"),
        ("en", "certificate file", "certificate authority file"),
        ("en", "Check the network;", "Check the network connection"),
        ("de", "Nennen Sie ", "Wählen, eingeben, eintragen"),
        ("de", "Tippen Sie", "eingeben"),
        ("de", "Namensserver", "Nameserver"),
        ("de", "Netzwerk", "Netzverbindung"),
        ("de", "Mailbox", "Voicemail"),
        ("de", "Postfach", "Voicemail"),
        ("de", "Verlauf", "Liste der Anrufe"),
        ("de", "Zertifikatsdatei", "Datei der Zertifizierungsstelle"),
        ("de", "Administrator", "Administration"),
        ("de", " Du ", "Sie"),
    ];
    let mut found = Vec::new();
    for area in AREAS {
        for (language, other, word) in other_words {
            let path = here().join(language).join(format!("{area}.ftl"));
            let text = fs::read_to_string(&path).expect("the file is there");
            let lines = text.lines().filter(|line| line.contains(other));
            found.extend(lines.map(|line| format!("{word}, not {other:?}: {line}")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
