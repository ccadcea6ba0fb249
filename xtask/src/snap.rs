//! `cargo xtask snap`: takes changed snapshots over and shows what changed, for review in git.

use std::process::Command;

use anyhow::Result;

use crate::{process, test, workspace};

pub fn run() -> Result<()> {
    let mut tests = process::cargo();
    test::environment(&mut tests)
        .env("INSTA_UPDATE", "always")
        .env("UPDATE_SNAPSHOTS", "1");
    process::run(tests.args(["test", "--workspace"]))?;
    eprintln!("What changed, for you to look at before it is committed:");
    process::run(
        Command::new("git")
            .args(["status", "--short", "--", "*.snap", "*.png"])
            .current_dir(workspace::root()),
    )
}
