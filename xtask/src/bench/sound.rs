//! How Hark sounds beside other phones: everything that `tests/bench` needs, and then that program.
//!
//! The score is that of the Python package `pesq`, which gets an environment of its own under
//! `target/`. Options are passed on: `--row ROW` and `--phone PHONE` for a part, `--seeds N` for more
//! networks, `--again` for the last results once more; `--write` writes docs/sound.md anew.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::{process, workspace};

pub fn run(program: &Path, folder: &Path, options: &[OsString]) -> Result<()> {
    process::run(process::cargo().args(["build", "--release", "-p", "hark-bench"]))?;
    let folder = folder.join("sound");
    fs::create_dir_all(&folder)?;
    let mut bench = Command::new(program.with_file_name("hark-bench"));
    bench.arg("--hark").arg(program);
    bench.arg("--python").arg(python(&folder)?);
    bench.arg("--folder").arg(&folder);
    for option in options {
        if option == "--write" {
            bench.arg("--docs").arg(workspace::root().join("docs"));
        } else {
            bench.arg(option);
        }
    }
    process::run(&mut bench)
}

/// A Python that has the score's packages. `PYTHON` says which one it is made from.
fn python(folder: &Path) -> Result<PathBuf> {
    let environment = folder.join("python");
    let python = environment.join("bin/python");
    if !process::succeeds(Command::new(&python).args(["-c", "import numpy, pesq"])) {
        let from = env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
        process::run(Command::new(from).args(["-m", "venv"]).arg(&environment))?;
        let mut install = Command::new(&python);
        install.args(["-m", "pip", "install", "--quiet"]);
        process::run(install.args(PACKAGES))?;
    }
    Ok(python)
}

const PACKAGES: [&str; 2] = ["numpy>=2,<3", "pesq==0.0.4"];
