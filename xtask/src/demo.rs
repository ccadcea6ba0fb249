//! `cargo xtask demo`: from a fresh clone to a window that calls its voicemail.

use std::ffi::OsString;

use anyhow::Result;

use crate::packages::{self, Purpose};
use crate::process;

pub fn run(arguments: &[OsString]) -> Result<()> {
    packages::ensure(&[Purpose::Build, Purpose::Run])?;
    process::run(process::cargo().args(["build", "--package", "hark"]))?;
    process::run(
        process::cargo()
            .args(["run", "--quiet", "--package", "hark", "--", "--demo"])
            .args(arguments),
    )
}
