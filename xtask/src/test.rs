//! `cargo xtask test`: every test of the workspace, on any machine alike.

use std::env;
use std::ffi::OsString;
use std::process::Command;

use anyhow::Result;

use crate::packages::{self, Purpose};
use crate::process;

pub fn run(arguments: &[OsString]) -> Result<()> {
    packages::ensure(Purpose::ALL)?;
    let nextest = process::succeeds(process::cargo().args(["nextest", "--version"]));
    if nextest {
        process::run(environment(&mut nextest_command(arguments)))?;
    } else {
        eprintln!("cargo-nextest is not installed: cargo test does the same, more slowly.");
        process::run(environment(
            process::cargo().arg("test").args(or_everything(arguments)),
        ))?;
    }
    // nextest leaves the examples in the documentation out; cargo test does not.
    if nextest && arguments.is_empty() {
        process::run(process::cargo().args(["test", "--doc", "--workspace", "--quiet"]))?;
    }
    Ok(())
}

/// What image and text snapshots need to come out the same everywhere.
pub fn environment(command: &mut Command) -> &mut Command {
    if env::var_os("INSTA_UPDATE").is_none() {
        command.env("INSTA_UPDATE", "no");
    }
    command
}

fn nextest_command(arguments: &[OsString]) -> Command {
    let mut command = process::cargo();
    command.args(["nextest", "run"]);
    if env::var_os("CI").is_some() {
        command.args(["--profile", "ci"]);
    }
    command.args(or_everything(arguments));
    command
}

fn or_everything(arguments: &[OsString]) -> Vec<OsString> {
    if arguments.is_empty() {
        vec!["--workspace".into()]
    } else {
        arguments.to_vec()
    }
}
