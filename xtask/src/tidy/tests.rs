//! Made-up files: each untidy one is found, and the workspace itself is tidy.

use super::{check, documents, rules};
use crate::workspace::SourceFile;

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

/// What is untidy about one Rust file that opens as it should.
fn rust_problems(path: &str, text: &str) -> Vec<String> {
    let file = file(path, &format!("//! What it is.\n{text}"));
    let mut problems = Vec::new();
    rules::check_text(&file, &mut problems);
    rules::check_rust(&file, &mut problems);
    problems
}

#[test]
fn tidy_code_passes() {
    assert_eq!(
        rust_problems("sip/core/src/dialog.rs", "fn asleep() {}\n"),
        [""; 0]
    );
    assert_eq!(
        rust_problems(
            "app/phone/src/engine.rs",
            concat!("sleep", "(delay).await;\n")
        ),
        [""; 0]
    );
    assert_eq!(
        rust_problems("sip/core/src/message/uri.rs", "use rsip::Uri;\n"),
        [""; 0]
    );
}

#[test]
fn a_file_without_an_opening_comment_is_found() {
    let mut problems = Vec::new();
    rules::check_rust(&file("sip/core/src/a.rs", "fn a() {}\n"), &mut problems);
    assert_eq!(
        problems,
        ["sip/core/src/a.rs:1: no `//!` that says what the file is"]
    );
}

#[test]
fn a_long_file_is_found_and_its_tests_do_not_count() {
    let code = "fn a() {}\n".repeat(399);
    let tests = format!(
        "#[cfg(test)]\nmod tests {{\n{}}}\n",
        "    fn t() {}\n".repeat(300)
    );
    assert_eq!(
        rust_problems("media/core/src/a.rs", &format!("{code}{tests}")),
        [""; 0]
    );

    let found = rust_problems(
        "media/core/src/a.rs",
        &format!("{code}fn b() {{}}\n{tests}"),
    );
    assert_eq!(
        found,
        ["media/core/src/a.rs:1: 401 lines; 400 are the limit"]
    );
    assert_eq!(
        rust_problems("media/core/src/a/tests.rs", &code.repeat(2)),
        [""; 0]
    );
}

#[test]
fn markers_need_a_name() {
    let marker = concat!("TO", "DO");
    assert_eq!(
        rust_problems("a/src/b.rs", &format!("// {marker}(ann): later\n")),
        [""; 0]
    );
    let found = rust_problems("a/src/b.rs", &format!("// {marker}: later\n"));
    assert_eq!(
        found,
        ["a/src/b.rs:2: a marker for work to do needs a name in brackets after it"]
    );
}

#[test]
fn sleeping_in_tests_and_in_pure_crates_is_found() {
    let call = concat!("    sleep", "(delay);\n");
    let sentence = "sleeps; virtual time or an event must decide";
    let in_tests = format!("#[cfg(test)]\nmod tests {{\n{call}}}\n");
    for (path, text, line) in [
        ("sip/core/src/a.rs", call, 2),
        ("tests/e2e/tests/a.rs", call, 2),
        ("app/phone/tests/a.rs", call, 2),
        ("app/phone/src/a/tests.rs", call, 2),
        ("app/phone/src/a.rs", in_tests.as_str(), 4),
    ] {
        assert_eq!(
            rust_problems(path, text),
            [format!("{path}:{line}: {sentence}")]
        );
    }
}

#[test]
fn tests_that_do_not_run_are_found() {
    let found = rust_problems("a/src/b.rs", concat!("#[", "ignore = \"slow\"]\n"));
    assert_eq!(
        found,
        ["a/src/b.rs:2: a test that does not run proves nothing"]
    );
}

#[test]
fn paths_of_one_machine_are_found() {
    let found = rust_problems(
        "a/src/b.rs",
        concat!("const A: &str = \"/ho", "me/ann/x\";\n"),
    );
    assert_eq!(found, ["a/src/b.rs:2: a path of one machine"]);
}

#[test]
fn names_behind_a_wall_are_found() {
    let found = rust_problems("sip/core/src/dialog.rs", "use rsip::Uri;\n");
    assert_eq!(found.len(), 1, "{found:?}");
    let found = rust_problems("app/desktop/src/app.rs", "hark_um::Server::start();\n");
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn dead_links_are_found() {
    let text = "[a](https://example.test/) [b](../README.md) ![c](images/none.png)\n";
    let mut problems = Vec::new();
    documents::check_links(&[file("docs/made-up.md", text)], &mut problems);
    assert_eq!(problems, ["docs/made-up.md:1: dead link images/none.png"]);
}

#[test]
fn requirements_leave_none_out() {
    let rows: String = (2..=16).map(|row| format!("| OX-{row} | |\n")).collect();
    let mut problems = Vec::new();
    documents::check_requirements(&[file("docs/requirements.md", &rows)], &mut problems);
    assert_eq!(problems, ["docs/requirements.md: no row for OX-1"]);
}

#[test]
fn documents_name_tests_that_exist() {
    let text = "`ox9_it_rings_here` `it_is_gone_now` `a_short_one` it_is_not_quoted_here";
    let code = file("a/src/b.rs", "    fn ox9_it_rings_here() {\n");
    let mut problems = Vec::new();
    documents::check_named_tests(&[file("SECURITY.md", text), code], &mut problems);
    assert_eq!(problems, ["SECURITY.md: no test it_is_gone_now"]);
}

#[test]
fn the_workspace_itself_is_tidy() {
    assert_eq!(check(&crate::workspace::text_files().unwrap()), [""; 0]);
}
