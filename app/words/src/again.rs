//! What was said in one language, in another one: a sentence is recognized by the words that it has in a
//! file, and said anew with what stands between them.
//!
//! For sentences that outlast a change of language and whose cause is over: a notice, the last things that
//! went wrong, also of earlier runs. What lasts is said from its cause.

use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::{
    Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey,
};

use crate::bundle::{files, formatted};
use crate::language::{Language, language};

/// The same in the language that is spoken. What no file has stays as it is.
pub fn said_anew(text: &str) -> String {
    let found = in_another_language(text);
    found.map_or_else(|| text.to_owned(), |found| found.said())
}

/// `None` for what is said in the language that is spoken already: the files of others are not read for it.
fn in_another_language(text: &str) -> Option<Found> {
    let spoken = language();
    if recognized(text, spoken).is_some() {
        return None;
    }
    let others = [Language::English, Language::German].into_iter();
    let others = others.filter(|other| *other != spoken);
    let found = others.filter_map(|language| recognized(text, language));
    found.max_by_key(|found| found.own)
}

/// A sentence of a file, and what stood in it.
struct Found {
    id: String,
    /// Letters of its own: of two that fit, the one with more of them is meant.
    own: usize,
    arguments: Vec<(String, String)>,
    /// The number by which singular and plural are told apart.
    counted: Option<(String, String)>,
}

impl Found {
    fn said(&self) -> String {
        let mut arguments: FluentArgs<'_> = self
            .arguments
            .iter()
            .map(|(name, value)| (name.clone(), FluentValue::from(inner(value))))
            .collect();
        if let Some((name, number)) = &self.counted {
            arguments.set(name.clone(), FluentValue::try_number(number));
        }
        formatted(language(), &self.id, &arguments).unwrap_or_else(|| self.id.clone())
    }
}

/// What stands in a sentence is a name, unless it is a sentence itself, or the name of a field.
fn inner(value: &str) -> String {
    let found = in_another_language(value);
    let found = found.filter(|found| value.ends_with('.') || found.id.starts_with("field_"));
    found.map_or_else(|| value.to_owned(), |found| found.said())
}

fn recognized(text: &str, language: Language) -> Option<Found> {
    let found = files(language)
        .flat_map(FluentResource::entries)
        .filter_map(|entry| {
            let Entry::Message(message) = entry else {
                return None;
            };
            let pattern = message.value.as_ref()?;
            let forms = forms(pattern).into_iter();
            let fitting = forms.filter_map(|form| form.read(text, message.id.name));
            fitting.max_by_key(|found| found.own)
        });
    found
        .filter(|found| found.own >= FEWEST_LETTERS)
        .max_by_key(|found| found.own)
}

/// One way to say a message.
struct Form<'a> {
    pieces: Vec<Piece<'a>>,
    /// The number that chooses this form, and `1` where it is the form for one.
    counted: Option<(&'a str, Option<&'static str>)>,
}

enum Piece<'a> {
    Own(&'a str),
    Argument(&'a str),
}

/// A message that counts has one for each form; none where more is in it than this reads.
fn forms<'a>(pattern: &'a Pattern<&'a str>) -> Vec<Form<'a>> {
    if let [
        PatternElement::Placeable {
            expression: Expression::Select { selector, variants },
        },
    ] = &pattern.elements[..]
    {
        let InlineExpression::VariableReference { id } = selector else {
            return vec![];
        };
        let forms = variants.iter().filter_map(|variant| {
            Some(Form {
                pieces: pieces(&variant.value)?,
                counted: Some((id.name, one(variant))),
            })
        });
        return forms.collect();
    }
    let pieces = pieces(pattern).into_iter();
    pieces
        .map(|pieces| Form {
            pieces,
            counted: None,
        })
        .collect()
}

fn one(variant: &Variant<&str>) -> Option<&'static str> {
    match variant.key {
        VariantKey::Identifier { name: "one" } => Some("1"),
        VariantKey::Identifier { .. } | VariantKey::NumberLiteral { .. } => None,
    }
}

fn pieces<'a>(pattern: &'a Pattern<&'a str>) -> Option<Vec<Piece<'a>>> {
    let pieces = pattern.elements.iter().map(|element| match element {
        PatternElement::TextElement { value } => Some(Piece::Own(value)),
        PatternElement::Placeable { expression } => match expression {
            Expression::Inline(InlineExpression::VariableReference { id }) => {
                Some(Piece::Argument(id.name))
            }
            Expression::Inline(_) | Expression::Select { .. } => None,
        },
    });
    pieces.collect()
}

impl Form<'_> {
    /// What stands between the words of this form, if the text has them in this order and nothing else.
    fn read(&self, text: &str, id: &str) -> Option<Found> {
        let (mut rest, mut own) = (text, 0);
        let mut arguments: Vec<(String, String)> = Vec::new();
        let mut open = None;
        for (index, piece) in self.pieces.iter().enumerate() {
            match piece {
                Piece::Argument(name) => open = Some(*name),
                Piece::Own(words) => {
                    let is_last = index + 1 == self.pieces.len();
                    let at = match (open, is_last) {
                        (None, _) => rest.starts_with(words).then_some(0),
                        (Some(_), true) => rest.ends_with(words).then(|| rest.len() - words.len()),
                        (Some(_), false) => rest.find(words),
                    };
                    let (before, behind) = rest.split_at_checked(at?)?;
                    rest = behind.strip_prefix(words)?;
                    own += words
                        .chars()
                        .filter(|letter| letter.is_alphabetic())
                        .count();
                    take(&mut arguments, open.take(), before)?;
                }
            }
        }
        match open {
            Some(_) => take(&mut arguments, open, rest)?,
            None if rest.is_empty() => {}
            None => return None,
        }
        Some(Found {
            id: id.to_owned(),
            own,
            counted: self.counted(&arguments)?,
            arguments,
        })
    }

    #[expect(
        clippy::option_option,
        reason = "a form that counts nothing fits as well"
    )]
    fn counted(&self, arguments: &[(String, String)]) -> Option<Option<(String, String)>> {
        let Some((name, one)) = self.counted else {
            return Some(None);
        };
        let written = arguments.iter().find(|(argument, _)| argument == name);
        let number = one.or_else(|| written.map(|(_, value)| value.as_str()))?;
        Some(Some((name.to_owned(), number.to_owned())))
    }
}

/// One argument; the same in two places has to be the same.
fn take(arguments: &mut Vec<(String, String)>, name: Option<&str>, value: &str) -> Option<()> {
    let Some(name) = name else {
        return value.is_empty().then_some(());
    };
    let known = arguments.iter().find(|(argument, _)| argument == name);
    let fits = known.map_or(!value.is_empty(), |(_, known)| known == value);
    arguments.push((name.to_owned(), value.to_owned()));
    fits.then_some(())
}

/// Fewer are a word, or a sign between two names.
const FEWEST_LETTERS: usize = 8;

#[cfg(test)]
mod tests;
