//! Writes the table of spoken prompts from `prompts/en.tsv`, so that a prompt without its sound
//! does not compile.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

fn main() {
    let folder = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it for build scripts");
    let target = env::var("OUT_DIR").expect("cargo sets it for build scripts");
    let table = Path::new(&folder).join("prompts/en.tsv");
    println!("cargo::rerun-if-changed={}", table.display());

    let text = fs::read_to_string(&table).expect("prompts/en.tsv is part of the crate");
    let mut rows: Vec<(&str, &str)> = text.lines().skip(1).filter_map(row).collect();
    rows.sort_unstable();

    let mut code = String::from("&[\n");
    for (id, text) in rows {
        let sound = format!("{folder}/prompts/en/{id}.ogg");
        writeln!(
            code,
            "Prompt {{ id: {id:?}, text: {text:?}, ogg: include_bytes!({sound:?}) }},"
        )
        .expect("a String takes all");
    }
    code.push(']');
    fs::write(Path::new(&target).join("prompts.rs"), code).expect("OUT_DIR can be written to");
}

fn row(line: &str) -> Option<(&str, &str)> {
    let mut columns = line.split('\t');
    Some((columns.next()?, columns.next()?))
}
