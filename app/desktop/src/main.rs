//! Hark, a desktop softphone whose first job is voicemail.
//!
//! This file starts what the command line asks for ([`arguments`]): one of two faces, the window or [`headless`], or hands
//! what is wanted to the program that runs already.

mod arguments;

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use hark_words::Language;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::{fmt, prelude::*};

use arguments::{Invocation, USAGE, parse};
use hark_desktop::window::{Outcome, Request, WindowOptions};
use hark_desktop::{headless, profile, recordings, text, window};

/// Ends a debug build whose audio callback allocates.
#[cfg(debug_assertions)]
#[global_allocator]
static ALLOCATOR: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

fn main() -> ExitCode {
    match parse(std::env::args_os().skip(1)) {
        Ok(Invocation::Print(text)) => {
            // Nobody is left to tell when standard output is closed.
            let _ = writeln!(std::io::stdout(), "{text}");
            ExitCode::SUCCESS
        }
        Ok(Invocation::Window(options)) => {
            hark_words::set_language(Language::of_this_computer());
            start_log();
            finish(open(options))
        }
        Ok(Invocation::Tell(request)) => {
            hark_words::set_language(Language::of_this_computer());
            tell(&request, in_words)
        }
        Ok(Invocation::AsJson(request)) => tell(&request, Some),
        Ok(Invocation::Headless(options)) => {
            start_log();
            finish(headless::run(options))
        }
        Ok(Invocation::Recordings(request)) => finish(recordings::run(request)),
        Ok(Invocation::Profile(request)) => finish(profile::run(request)),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "hark: {error}\n\n{USAGE}");
            ExitCode::from(USAGE_ERROR)
        }
    }
}

/// Opens the window of the program that runs already, or starts it.
fn open(options: WindowOptions) -> anyhow::Result<()> {
    // A demo is another phone, and does not disturb the user's own.
    if !options.demo {
        let request = options.request.clone().unwrap_or(Request::Raise);
        if let Outcome::Taken(_) = window::hand_over(&request)? {
            return Ok(());
        }
    }
    Ok(window::run(options)?)
}

/// Tells the program that runs, and prints what it answers.
fn tell(request: &Request, answer: impl Fn(String) -> Option<String>) -> ExitCode {
    match window::hand_over(request) {
        Ok(Outcome::Taken(told)) => {
            if let Some(text) = told.and_then(answer) {
                // Nobody is left to tell when standard output is closed.
                let _ = writeln!(std::io::stdout(), "{text}");
            }
            ExitCode::SUCCESS
        }
        Ok(Outcome::NobodyThere) => {
            let _ = writeln!(std::io::stderr(), "{}", text::not_running());
            ExitCode::FAILURE
        }
        Err(error) => finish(Err(error.into())),
    }
}

fn in_words(json: String) -> Option<String> {
    window::status_words(&json)
}

fn finish(result: anyhow::Result<()>) -> ExitCode {
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    let _ = writeln!(std::io::stderr(), "hark: {error:#}");
    ExitCode::FAILURE
}

/// The log goes to standard error, because standard output belongs to headless events.
fn start_log() {
    let wanted = std::env::var("RUST_LOG")
        .ok()
        .and_then(|wanted| wanted.parse().ok());
    let filter: Targets = wanted.unwrap_or_else(|| Targets::new().with_default(LevelFilter::WARN));
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    tracing_subscriber::registry()
        .with(lines)
        .with(filter)
        .init();
}

/// Exit code for a command line that cannot be read.
const USAGE_ERROR: u8 = 2;
