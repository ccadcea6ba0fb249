//! What the window remembers of the page that says why something does not work.

use std::path::PathBuf;

/// The page that says why something does not work.
#[derive(Debug, Default)]
pub struct DiagnosisPage {
    /// Shown over everything else.
    pub open: bool,
    /// The file of the report that was saved last.
    pub saved: Option<PathBuf>,
}
