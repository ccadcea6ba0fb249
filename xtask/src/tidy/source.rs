//! What kind of code a line of a Rust file is.

use crate::workspace::SourceFile;

/// Whether the whole file is test code.
pub fn is_test_file(path: &str) -> bool {
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or_default();
    // The first `tests` is the folder with the test crates, of which the harness is a library.
    let in_tests_folder = parts.iter().skip(1).any(|part| *part == "tests");
    name == "tests.rs" || in_tests_folder || path.starts_with("tests/e2e/")
}

/// How many lines stand before the tests at the end of the file.
pub fn lines_before_tests(file: &SourceFile) -> usize {
    if is_test_file(&file.path) {
        return 0;
    }
    let lines: Vec<&str> = file.text.lines().collect();
    let tests = lines.windows(2).position(|pair| {
        pair[0].trim() == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{')
    });
    tests.unwrap_or(lines.len())
}

/// Whether the crate must do without clock, socket and random source.
pub fn is_pure(path: &str) -> bool {
    ["sip/core/", "media/core/", "tests/harness/"]
        .iter()
        .any(|folder| path.starts_with(folder))
}

/// The line without a comment at its end. Good enough for code that rustfmt has been over.
pub fn code_of(line: &str) -> &str {
    if line.trim_start().starts_with("//") {
        return "";
    }
    line.split(" // ").next().unwrap_or_default()
}

/// Whether the line calls a function of this name.
pub fn has_call(code: &str, name: &str) -> bool {
    words_followed_by(code, name, "(")
}

/// Whether the line names something inside this crate.
pub fn has_path(code: &str, name: &str) -> bool {
    words_followed_by(code, name, "::")
}

fn words_followed_by(code: &str, word: &str, rest: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word)
        .any(|(at, _)| !code[..at].ends_with(is_part) && code[at + word.len()..].starts_with(rest))
}
