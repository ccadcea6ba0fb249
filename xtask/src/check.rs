//! `cargo xtask check`: everything about the sources that a program can check.

use std::process::Command;

use anyhow::{Result, bail};

use crate::packages::{self, Purpose};
use crate::{layers, process, tidy, workspace};

/// Runs every check even after one failed, so that one run shows all there is to mend.
pub fn run() -> Result<()> {
    packages::ensure(&[Purpose::Build])?;
    let results = [
        (
            "format",
            process::run(process::cargo().args(["fmt", "--all", "--check"])),
        ),
        ("layers", layers::run()),
        ("tidy", tidy::run()),
        ("clippy", clippy()),
        ("documentation", documentation()),
        ("spelling", if_installed("typos", "typos-cli", &[])),
        ("dependencies", dependencies()),
    ];
    let mut failed = Vec::new();
    for (name, result) in results {
        if let Err(error) = result {
            eprintln!("{name}: {error:#}");
            failed.push(name);
        }
    }
    if failed.is_empty() {
        eprintln!("check: all well");
        return Ok(());
    }
    bail!("check failed: {}", failed.join(", "))
}

fn clippy() -> Result<()> {
    process::run(
        process::cargo()
            .args(["clippy", "--workspace", "--all-targets", "--quiet"])
            .args(["--", "-D", "warnings"]),
    )
}

fn documentation() -> Result<()> {
    process::run(
        process::cargo()
            .args([
                "doc",
                "--workspace",
                "--no-deps",
                "--quiet",
                "--document-private-items",
            ])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}

/// Without the advisories, which need the network and change without any change of ours.
fn dependencies() -> Result<()> {
    if_installed(
        "cargo-deny",
        "cargo-deny",
        &["check", "bans", "licenses", "sources"],
    )
}

fn if_installed(program: &str, package: &str, arguments: &[&str]) -> Result<()> {
    if !process::is_installed(program) {
        eprintln!("{program} is not installed: skipped (cargo install {package} adds it)");
        return Ok(());
    }
    process::run(
        Command::new(program)
            .args(arguments)
            .current_dir(workspace::root()),
    )
}
