//! The messages of each language, read at the first use of it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::language::{Language, language};
use crate::pseudo;

/// The Fluent files of both languages, by area. English is complete by a test, German too.
macro_rules! files {
    ($($area:literal),+ $(,)?) => {
        const ENGLISH: &[&str] = &[$(include_str!(concat!("../en/", $area, ".ftl"))),+];
        const GERMAN: &[&str] = &[$(include_str!(concat!("../de/", $area, ".ftl"))),+];
        #[cfg(test)]
        pub(crate) const AREAS: &[&str] = &[$($area),+];
    };
}

files!(
    "account",
    "address_book",
    "call",
    "countries",
    "desktop",
    "diagnosis",
    "failures",
    "home",
    "mending",
    "people",
    "portable",
    "settings",
    "time",
);

/// A message without arguments, in the language that is spoken; its id where there is none.
pub fn plain(id: &'static str) -> &'static str {
    let spoken = spoken(language());
    spoken.plain.get(id).map_or(id, String::as_str)
}

/// A message with arguments, in the language that is spoken; its id where there is none.
pub fn with(id: &'static str, arguments: &[(&'static str, FluentValue<'_>)]) -> String {
    let arguments: FluentArgs = arguments
        .iter()
        .map(|(name, value)| (*name, value.clone()))
        .collect();
    let text = format(&spoken(language()).bundle, id, Some(&arguments));
    text.unwrap_or_else(|| id.to_owned())
}

/// The files of a language.
pub(crate) fn files(language: Language) -> impl Iterator<Item = &'static FluentResource> {
    spoken(language).files.iter().map(AsRef::as_ref)
}

/// A message with whatever arguments it needs; `None` where they are not there.
pub(crate) fn formatted(
    language: Language,
    id: &str,
    arguments: &FluentArgs<'_>,
) -> Option<String> {
    format(&spoken(language).bundle, id, Some(arguments))
}

/// What is spoken in one language.
struct Spoken {
    files: Vec<Arc<FluentResource>>,
    bundle: FluentBundle<Arc<FluentResource>>,
    /// Messages without arguments, which need not be put together each time a window is drawn.
    plain: HashMap<String, String>,
}

fn spoken(language: Language) -> &'static Spoken {
    static SPOKEN: [OnceLock<Spoken>; Language::ALL.len()] =
        [const { OnceLock::new() }; Language::ALL.len()];
    SPOKEN[language as usize].get_or_init(|| read(language))
}

fn read(language: Language) -> Spoken {
    let (name, files, transform): (_, _, Option<Transform>) = match language {
        Language::English => ("en", ENGLISH, None),
        Language::German => ("de", GERMAN, None),
        Language::Pseudo => ("en", ENGLISH, Some(pseudo::changed)),
        Language::RightToLeft => ("en", ENGLISH, Some(pseudo::in_hebrew_letters)),
    };
    let locale: LanguageIdentifier = name.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // Names and numbers stand within sentences of one direction; no font of ours has the marks.
    bundle.set_use_isolating(false);
    bundle.set_transform(transform);
    let (mut ids, mut kept) = (Vec::new(), Vec::new());
    for file in files {
        // What can be read of a file is used, as Fluent has it; a test finds what cannot.
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(read, _)| read);
        ids.extend(resource.entries().filter_map(message_id));
        let resource = Arc::new(resource);
        let _ = bundle.add_resource(Arc::clone(&resource));
        kept.push(resource);
    }
    let plain = ids
        .into_iter()
        .filter_map(|id| format(&bundle, &id, None).map(|text| (id, text)))
        .collect();
    Spoken {
        files: kept,
        bundle,
        plain,
    }
}

/// What Fluent does to each piece of text between arguments.
type Transform = fn(&str) -> Cow<'_, str>;

fn message_id(entry: &fluent_syntax::ast::Entry<&str>) -> Option<String> {
    match entry {
        fluent_syntax::ast::Entry::Message(message) => Some(message.id.name.to_owned()),
        fluent_syntax::ast::Entry::Term(_)
        | fluent_syntax::ast::Entry::Comment(_)
        | fluent_syntax::ast::Entry::GroupComment(_)
        | fluent_syntax::ast::Entry::ResourceComment(_)
        | fluent_syntax::ast::Entry::Junk { .. } => None,
    }
}

/// `None` where there is no such message, or where it needs arguments that are not there.
fn format(
    bundle: &FluentBundle<Arc<FluentResource>>,
    id: &str,
    arguments: Option<&FluentArgs<'_>>,
) -> Option<String> {
    let message = bundle.get_message(id)?;
    let mut errors = Vec::new();
    let text = bundle.format_pattern(message.value()?, arguments, &mut errors);
    errors.is_empty().then(|| text.into_owned())
}
