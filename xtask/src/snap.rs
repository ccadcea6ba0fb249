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
    pack(&changed()?)?;
    eprintln!("What changed, for you to look at before it is committed:");
    process::run(&mut git(&["status", "--short", "--", "*.snap", "*.webp"]))
}

/// Pictures that are new or other than the committed ones.
fn changed() -> Result<Vec<String>> {
    let list = ["ls-files", "--modified", "--others", "--exclude-standard"];
    let listed = process::output(git(&list).args(["--", "*.webp"]))?;
    Ok(listed.lines().map(str::to_owned).collect())
}

/// The tests write pictures fast, not small. The repository keeps every one for ever.
fn pack(pictures: &[String]) -> Result<()> {
    if Command::new("cwebp").arg("-version").output().is_err() {
        eprintln!(
            "cwebp is not installed (Debian's package webp); pictures are twice as large as need be"
        );
        return Ok(());
    }
    for picture in pictures {
        let mut command = Command::new("cwebp");
        command.args(["-quiet", "-lossless", "-z", "6", picture, "-o", picture]);
        process::run(command.current_dir(workspace::root()))?;
    }
    Ok(())
}

fn git(arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(workspace::root());
    command
}
