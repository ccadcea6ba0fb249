//! The rules for documents: links lead somewhere, and tests that are named exist.

use std::collections::BTreeSet;

use crate::workspace::{self, SourceFile};

/// Every link and picture of a document that is not on the network leads to a file.
pub fn check_links(files: &[SourceFile], problems: &mut Vec<String>) {
    for file in files.iter().filter(|file| file.path.ends_with(".md")) {
        for (number, line) in file.text.lines().enumerate() {
            for target in links(line) {
                if !leads_somewhere(&file.path, target) {
                    problems.push(format!("{}:{}: dead link {target}", file.path, number + 1));
                }
            }
        }
    }
}

/// Each row OX-1 to OX-16 stands in the table, and each test it names exists.
pub fn check_requirements(files: &[SourceFile], problems: &mut Vec<String>) {
    let Some(table) = files.iter().find(|file| file.path == REQUIREMENTS) else {
        problems.push(format!("{REQUIREMENTS} is missing"));
        return;
    };
    for row in 1..=LAST_REQUIREMENT {
        if !table.text.contains(&format!("| OX-{row} |")) {
            problems.push(format!("{REQUIREMENTS}: no row for OX-{row}"));
        }
    }
}

/// Every test that a document names exists.
pub fn check_named_tests(files: &[SourceFile], problems: &mut Vec<String>) {
    let existing: BTreeSet<&str> = files
        .iter()
        .filter(|file| file.path.ends_with(".rs"))
        .flat_map(|file| file.text.lines().filter_map(function_name))
        .collect();
    for file in files.iter().filter(|file| file.path.ends_with(".md")) {
        for name in quoted(&file.text).filter(|word| is_test_name(word)) {
            if !existing.contains(name) {
                problems.push(format!("{}: no test {name}", file.path));
            }
        }
    }
}

/// The targets of `[text](target)` and `![text](target)`.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
}

fn leads_somewhere(document: &str, target: &str) -> bool {
    if target.starts_with("http://") || target.starts_with("https://") || target.starts_with('#') {
        return true;
    }
    let file = target.split('#').next().unwrap_or_default();
    let folder = workspace::root().join(document);
    folder
        .parent()
        .is_some_and(|folder| folder.join(file).exists())
}

fn function_name(line: &str) -> Option<&str> {
    let after = line.trim_start();
    let after = after.strip_prefix("pub ").unwrap_or(after);
    let after = after.strip_prefix("async ").unwrap_or(after);
    after.strip_prefix("fn ")?.split(['(', '<']).next()
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// `ox9_from_equals_to_rings_while_appearing_offline`: a sentence in snake case.
fn is_test_name(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    word.matches('_').count() >= 3 && word.chars().all(plain)
}

const REQUIREMENTS: &str = "docs/requirements.md";
const LAST_REQUIREMENT: u32 = 16;
