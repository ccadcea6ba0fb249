//! `cargo xtask`: every developer command of Hark, and the only one that a newcomer has to know.
//!
//! It needs Rust and git and nothing else: no system library, no shell. Each command is one small
//! file of this crate.

mod bench;
mod check;
mod ci;
mod demo;
mod dist;
mod fuzz;
mod layers;
mod packages;
mod process;
mod snap;
mod sounds;
mod test;
mod tidy;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{Result, bail};

fn main() -> ExitCode {
    match dispatch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Result<()> {
    let mut parser = lexopt::Parser::from_env();
    let command = match parser.next()? {
        Some(lexopt::Arg::Value(command)) => command.to_string_lossy().into_owned(),
        Some(lexopt::Arg::Short('h') | lexopt::Arg::Long("help")) | None => "help".to_owned(),
        Some(other) => return Err(other.unexpected().into()),
    };
    let rest: Vec<OsString> = parser.raw_args()?.collect();
    run(&command, &rest)
}

fn run(command: &str, rest: &[OsString]) -> Result<()> {
    match command {
        "demo" => demo::run(rest),
        "test" => test::run(rest),
        "check" => without_arguments(rest, check::run),
        "ci" => without_arguments(rest, ci::run),
        "bench" => bench::run(rest),
        bench::BASELINE => bench::run_baseline(rest),
        "dist" => dist::run(rest),
        "fuzz" => fuzz::run(rest),
        "layers" => without_arguments(rest, layers::run),
        "tidy" => without_arguments(rest, tidy::run),
        "snap" => without_arguments(rest, snap::run),
        "sounds" => without_arguments(rest, sounds::run),
        "packages" => without_arguments(rest, || packages::ensure(packages::Purpose::ALL)),
        "help" => {
            eprintln!("{HELP}");
            Ok(())
        }
        other => bail!("no command `{other}`\n\n{HELP}"),
    }
}

fn without_arguments(rest: &[OsString], command: impl FnOnce() -> Result<()>) -> Result<()> {
    match rest {
        [] => command(),
        [first, ..] => bail!("unexpected argument {first:?}"),
    }
}

const HELP: &str = "\
usage: cargo xtask COMMAND

  demo [ARGS]   install what is missing, build, open the window against the built-in server
  test [ARGS]   install what is missing, run every test; ARGS go to the test runner
  check         format, clippy, documentation, layers, tidy, spelling, dependencies
  ci            exactly what CI runs: test, then check
  bench [PART]  measure speed and sound from outside; PART is one of them
  dist [try]    make the Debian package and the archive; `try` installs the package in a clean Debian and
                starts it there (as root)
  fuzz TARGET SECONDS
                search for input that breaks a promise of tests/fuzz
  layers        check the dependencies between the crates against the table of ARCHITECTURE.md
  tidy          check the sources for what no compiler checks
  snap          take over changed snapshots, text and images, and show what changed
  sounds        speak the prompts of assets/prompts/en.tsv anew
  packages      install the system packages for everything above";
