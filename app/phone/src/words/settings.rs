//! Settings that travel, in words.

use std::path::Path;

use hark_words::{say, words};

use crate::portable::{LoadError, Origin};
use crate::snapshot::Problem;

words! {
    /// The user wants what the administrator does not.
    pub(crate) locked_by_administrator;
}

pub(crate) fn machine_file(path: &Path, why: &str) -> Problem {
    Problem {
        text: say!(machine_file_unread).into(),
        detail: format!("{}: {why}", path.display()),
    }
}

pub(crate) fn machine_file_unfit(why: &str) -> Problem {
    Problem {
        text: say!(machine_file_unfit).into(),
        detail: why.into(),
    }
}

pub(crate) fn not_exported(file: &Path, error: &dyn std::fmt::Display) -> String {
    say!(
        profile_not_exported,
        file = file.display().to_string(),
        error = error.to_string()
    )
}

pub(crate) fn settings_not_loaded(from: &Origin, error: &LoadError) -> String {
    say!(
        profile_not_loaded,
        from = from.to_string(),
        error = error.to_string()
    )
}
