//! The rules for single files.

use super::source;
use crate::workspace::SourceFile;

/// Rules for every text file.
pub fn check_text(file: &SourceFile, problems: &mut Vec<String>) {
    for (number, line) in numbered(&file.text) {
        let mut report = |what: &str| problems.push(format!("{}:{number}: {what}", file.path));
        if MARKERS.iter().any(|marker| has_bare_marker(line, marker)) {
            report("a marker for work to do needs a name in brackets after it");
        }
        if MACHINE_PATHS.iter().any(|path| line.contains(path)) {
            report("a path of one machine");
        }
    }
}

/// Rules for Rust files.
pub fn check_rust(file: &SourceFile, problems: &mut Vec<String>) {
    if !file.text.trim_start().starts_with("//!") {
        problems.push(format!(
            "{}:1: no `//!` that says what the file is",
            file.path
        ));
    }
    check_length(file, problems);
    let lines_before_tests = source::lines_before_tests(file);
    for (number, line) in numbered(&file.text) {
        let code = source::code_of(line);
        let is_test = number > lines_before_tests;
        let mut report = |what: &str| problems.push(format!("{}:{number}: {what}", file.path));
        if (is_test || source::is_pure(&file.path))
            && SLEEPS.iter().any(|call| source::has_call(code, call))
        {
            report("sleeps; virtual time or an event must decide");
        }
        if code.trim_start().starts_with(IGNORE) && !code.contains(CHILD_PROCESS) {
            report("a test that does not run proves nothing");
        }
        for wall in WALLS {
            if source::has_path(code, wall.name) && !may_name(&file.path, wall) {
                report(&format!(
                    "names {}, which only {} may",
                    wall.name,
                    wall.folders.join(", ")
                ));
            }
        }
    }
}

fn check_length(file: &SourceFile, problems: &mut Vec<String>) {
    let lines = source::lines_before_tests(file);
    let is_allowed = LONG_FILES.iter().any(|(path, _)| *path == file.path);
    if lines > LONGEST_FILE && !is_allowed {
        problems.push(format!(
            "{}:1: {lines} lines; {LONGEST_FILE} are the limit",
            file.path
        ));
    }
}

/// A marker that is not followed by `(name)`.
fn has_bare_marker(line: &str, marker: &str) -> bool {
    let rest = line
        .split_once(marker)
        .map(|(before, rest)| (before.chars().last(), rest));
    rest.is_some_and(|(before, rest)| {
        let is_word = before.is_none_or(|c| !c.is_alphanumeric())
            && !rest.starts_with(|c: char| c.is_alphanumeric());
        is_word && !rest.starts_with('(')
    })
}

fn may_name(path: &str, wall: &Wall) -> bool {
    wall.folders.iter().any(|folder| path.starts_with(folder))
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
}

/// A name that only some folders may speak, where the wall runs inside a crate.
struct Wall {
    name: &'static str,
    folders: &'static [&'static str],
}

const WALLS: &[Wall] = &[
    // How far rsip is trusted is docs/adr/0002.
    Wall {
        name: "rsip",
        folders: &["sip/core/src/message.rs", "sip/core/src/message/", "xtask/"],
    },
    // The window stays free of the server it may be tried with.
    Wall {
        name: "hark_um",
        folders: &[
            "app/desktop/src/demo",
            "app/desktop/tests/",
            "app/um-server/",
            "tests/",
            "xtask/",
        ],
    },
];

/// Lines of a file without its tests.
const LONGEST_FILE: usize = 400;

/// Files that may be longer, each with the reason.
const LONG_FILES: &[(&str, &str)] = &[];

// Spelled in two parts so that this file keeps its own rules.
const MARKERS: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("HA", "CK"),
];
const MACHINE_PATHS: &[&str] = &[
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/wo", "rk/"),
    concat!("/tmp/", "hark"),
    concat!("/Us", "ers/"),
];
const SLEEPS: &[&str] = &["sleep", "sleep_until", "sleep_ms"];
/// The reason that makes a test which does not run by itself right: another test starts it.
const CHILD_PROCESS: &str = "= \"runs as a child process";
const IGNORE: &str = concat!("#[", "ignore");
