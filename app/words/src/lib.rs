//! What Hark says to people, in their language.
//!
//! Every message stands once per language in a Fluent file: `en/AREA.ftl` and `de/AREA.ftl`, each on one
//! line. Code names a message by its id, which is a Rust name:
//!
//! ```
//! use hark_words::{say, words};
//!
//! // `call_back = Call back` becomes a function of that name; `swap_to = Swap to { $title }` one with an argument.
//! words! {
//!     pub answer;
//!     pub swap_to(title);
//! }
//! assert_eq!(answer(), "Answer");
//! assert_eq!(swap_to("Bob"), "Swap to Bob");
//! assert_eq!(say!(unit_seconds, count = 2), "2 seconds");
//! ```
//!
//! A message that is missing shows as its id; a test finds it first, as it finds one that nobody uses, and
//! arguments that differ between code and languages. The language holds for the whole program
//! ([`set_language`]); it is English until somebody says otherwise.
//!
//! Source: <https://projectfluent.org/fluent/guide/>.

mod again;
mod bundle;
mod language;
mod pseudo;

pub use again::said_anew;
pub use bundle::{plain, with};
pub use fluent_bundle::FluentValue as Value;
pub use language::{Language, language, set_language, speak_here};

/// A message by its id, with arguments of the names it uses: `say!(id)`, `say!(id, title, count = 3)`.
///
/// Without arguments it is a `&'static str`, with some a `String`.
#[macro_export]
macro_rules! say {
    ($id:ident) => {
        $crate::plain(stringify!($id))
    };
    ($id:ident, $($name:ident $(= $value:expr)?),+ $(,)?) => {
        $crate::with(
            stringify!($id),
            &[$((stringify!($name), $crate::say!(@value $name $($value)?))),+],
        )
    };
    (@value $name:ident) => {
        $crate::Value::from($name)
    };
    (@value $name:ident $value:expr) => {
        $crate::Value::from($value)
    };
}

/// A function for each message: `id;` returns a `&'static str`, `id(argument);` takes what goes into
/// it and returns a `String`.
#[macro_export]
macro_rules! words {
    (@one [$(#[$about:meta])*] $visibility:vis $id:ident) => {
        $(#[$about])*
        $visibility fn $id() -> &'static str {
            $crate::say!($id)
        }
    };
    (@one [$(#[$about:meta])*] $visibility:vis $id:ident $($argument:ident)+) => {
        $(#[$about])*
        $visibility fn $id<'a>($($argument: impl Into<$crate::Value<'a>>),+) -> String {
            $crate::with(stringify!($id), &[$((stringify!($argument), $argument.into())),+])
        }
    };
    ($($(#[$about:meta])* $visibility:vis $id:ident $(($($argument:ident),+))?;)*) => {
        $($crate::words!(@one [$(#[$about])*] $visibility $id $($($argument)+)?);)*
    };
}

/// A number with so many digits behind the point, as the language writes it: `3.5`, `3,5`.
pub fn decimal(number: f32, digits: usize) -> String {
    let text = format!("{number:.digits$}");
    match language() {
        Language::English | Language::Pseudo | Language::RightToLeft => text,
        Language::German => text.replace('.', ","),
    }
}

#[cfg(test)]
mod tests;
