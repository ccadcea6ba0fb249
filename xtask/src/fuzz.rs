//! `cargo xtask fuzz TARGET SECONDS`: searches for input that breaks a promise of
//! `tests/fuzz/src`, and keeps what reaches new places.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::{packages, process, workspace};

pub fn run(arguments: &[OsString]) -> Result<()> {
    let [target, seconds] = arguments else {
        bail!("usage: cargo xtask fuzz TARGET SECONDS; the targets are in tests/fuzz/src/lib.rs");
    };
    let seconds: u32 = seconds
        .to_str()
        .and_then(|text| text.parse().ok())
        .context("SECONDS is a number")?;
    packages::ensure(&[packages::Purpose::Build])?;
    if !process::succeeds(process::cargo().args(["fuzz", "--version"])) {
        bail!("cargo-fuzz is missing: cargo install cargo-fuzz");
    }
    let name = target.to_string_lossy();
    let found = workspace::target_folder()?.join("fuzz-found").join(&*name);
    fs::create_dir_all(&found)?;
    let corpus = workspace::root().join("tests/fuzz/corpus").join(&*name);
    explore(&name, seconds, &found, &corpus)?;
    keep(&name, &found, &corpus)
}

/// New inputs go into the first folder; those of the second are where it starts.
fn explore(name: &str, seconds: u32, found: &Path, corpus: &Path) -> Result<()> {
    process::run(
        fuzz("run", name)
            .arg(found)
            .arg(corpus)
            .arg("--")
            .args(LIMITS)
            .arg(format!("-max_total_time={seconds}")),
    )
}

/// Takes over the inputs that reach places which no committed one does, as few as will do: how often
/// a place is passed does not count.
fn keep(name: &str, found: &Path, corpus: &Path) -> Result<()> {
    process::run(
        fuzz("run", name)
            .arg(corpus)
            .arg(found)
            .arg("--")
            .args(["-set_cover_merge=1", "-use_counters=0"])
            .args(LIMITS),
    )
}

/// cargo-fuzz asks for flags of the compiler that are not stable; the compiler is. The release is made
/// small over many minutes, which nobody who searches wants to wait for.
fn fuzz(verb: &str, name: &str) -> Command {
    let mut command = process::cargo();
    command
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_STRIP", "none")
        .args(["fuzz", verb, "--fuzz-dir", "tests/fuzz"])
        .arg("--no-default-features");
    let features = if OF_THE_FACES.contains(&name) {
        "libfuzzer,faces"
    } else {
        "libfuzzer"
    };
    command.args(["--features", features, name]);
    command
}

/// Targets whose readers live in the same crates as the engine and the window.
const OF_THE_FACES: [&str; 6] = [
    "carddav",
    "config",
    "headless",
    "report",
    "settings-document",
    "vcard",
];

/// Bytes of an input, and seconds and megabytes that one may cost.
const LIMITS: [&str; 3] = ["-max_len=4096", "-timeout=5", "-rss_limit_mb=1024"];
