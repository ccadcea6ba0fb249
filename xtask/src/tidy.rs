//! `cargo xtask tidy`: what no compiler checks about the sources.

mod documents;
mod rules;
mod source;
#[cfg(test)]
mod tests;

use anyhow::{Result, bail};

use crate::workspace::{self, SourceFile};

pub fn run() -> Result<()> {
    let problems = check(&workspace::text_files()?);
    for problem in &problems {
        eprintln!("tidy: {problem}");
    }
    if problems.is_empty() {
        return Ok(());
    }
    bail!("{} places to tidy up", problems.len())
}

/// Everything that is untidy, as `path:line: sentence`.
fn check(files: &[SourceFile]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in files {
        rules::check_text(file, &mut problems);
        if file.path.ends_with(".rs") {
            rules::check_rust(file, &mut problems);
        }
    }
    documents::check_links(files, &mut problems);
    documents::check_requirements(files, &mut problems);
    documents::check_named_tests(files, &mut problems);
    problems
}
