//! What the fuzzer found worth keeping, once more: inputs that reach new places, and every input
//! that ever broke a promise.

use std::fs;
use std::path::{Path, PathBuf};

use hark_fuzz::TARGETS;

fn corpus(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name)
}

#[test]
fn every_committed_input_keeps_the_promise_of_its_target() {
    for (name, target) in TARGETS {
        let folder = corpus(name);
        let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut count = 0;
        for file in files {
            let path = file.expect("a folder that can be read").path();
            eprintln!("{}", path.display());
            target(&fs::read(&path).expect("a file that can be read"));
            count += 1;
        }
        assert!(count > 0, "{name} has no corpus");
    }
}

#[test]
fn every_target_has_a_program_for_the_fuzzer() {
    let manifest = include_str!("../Cargo.toml");
    for (name, _) in TARGETS {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
    }
}
