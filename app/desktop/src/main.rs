//! Hark, a desktop softphone whose first job is voicemail.
//!
//! This file reads the command line and starts one of two faces: the window or [`headless`].

use std::ffi::OsString;
use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use hark_phone::Sound;
use lexopt::prelude::*;
use tracing_subscriber::EnvFilter;

use hark_desktop::{headless, recordings, window};

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
            start_log();
            finish(window::run(options).map_err(anyhow::Error::from))
        }
        Ok(Invocation::Headless(options)) => {
            start_log();
            finish(headless::run(options))
        }
        Ok(Invocation::Recordings(request)) => finish(recordings::run(request)),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "hark: {error}\n\n{USAGE}");
            ExitCode::from(USAGE_ERROR)
        }
    }
}

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
enum Invocation {
    Window(window::WindowOptions),
    Headless(headless::Options),
    Recordings(recordings::Request),
    Print(String),
}

fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Invocation, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut options = window::WindowOptions::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("demo") => options.demo = true,
            Long("version") | Short('V') => return Ok(Invocation::Print(version())),
            Long("help") | Short('h') => return Ok(Invocation::Print(USAGE.into())),
            Value(value) if value == "headless" && options == window::WindowOptions::default() => {
                return parse_headless(parser);
            }
            Value(value)
                if value == "recordings" && options == window::WindowOptions::default() =>
            {
                return parse_recordings(parser);
            }
            Value(value) if options.dial.is_none() => options.dial = Some(value.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Invocation::Window(options))
}

fn parse_headless(mut parser: lexopt::Parser) -> Result<Invocation, lexopt::Error> {
    let mut config = None;
    let mut sound = Sound::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("config") => config = Some(parser.value()?.into()),
            Long("audio-in") => sound.microphone = headless::wav_or_none(parser.value()?),
            Long("audio-out") => sound.speaker = headless::wav_or_none(parser.value()?),
            Long("help") | Short('h') => return Ok(Invocation::Print(USAGE.into())),
            other => return Err(other.unexpected()),
        }
    }
    let config = config.ok_or("headless needs --config FILE")?;
    Ok(Invocation::Headless(headless::Options { config, sound }))
}

fn parse_recordings(mut parser: lexopt::Parser) -> Result<Invocation, lexopt::Error> {
    let (mut words, mut out) = (Vec::new(), None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("out") => out = Some(parser.value()?.into()),
            Long("help") | Short('h') => return Ok(Invocation::Print(USAGE.into())),
            Value(word) => words.push(word),
            other => return Err(other.unexpected()),
        }
    }
    let request = match (&words[..], out) {
        ([word], None) if word == "key" => recordings::Request::Key,
        ([word, file], Some(to)) if word == "open" => recordings::Request::Open {
            file: file.into(),
            to,
        },
        _ => return Err("recordings needs: open FILE --out FILE, or key".into()),
    };
    Ok(Invocation::Recordings(request))
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
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}

fn version() -> String {
    format!("hark {}", env!("CARGO_PKG_VERSION"))
}

/// Exit code for a command line that cannot be read.
const USAGE_ERROR: u8 = 2;

const USAGE: &str = "\
Hark, a softphone whose first job is voicemail.

Usage:
  hark [ADDRESS]            open the window; ADDRESS (sip:, tel:, a number) is put on the keypad
  hark --demo               try it with the built-in voicemail server
  hark headless --config FILE [--audio-in WAV|none] [--audio-out WAV|none]
                            no window: JSON commands in, JSON events out (docs/headless.md)
  hark recordings open FILE --out FILE
                            write an encrypted recording in clear (docs/recording.md)
  hark recordings key       print the key that opens encrypted recordings
  hark --help | --version

RUST_LOG sets what is logged to standard error; RUST_LOG=hark_phone=debug is a good start.";

#[cfg(test)]
mod tests {
    use hark_phone::SoundEnd;

    use super::*;

    fn parse_words(words: &[&str]) -> Result<Invocation, String> {
        parse(words.iter().map(OsString::from)).map_err(|error| error.to_string())
    }

    fn window(demo: bool, dial: Option<&str>) -> Result<Invocation, String> {
        let dial = dial.map(str::to_owned);
        Ok(Invocation::Window(window::WindowOptions { demo, dial }))
    }

    #[test]
    fn window_invocations() {
        assert_eq!(parse_words(&[]), window(false, None));
        assert_eq!(parse_words(&["--demo"]), window(true, None));
        assert_eq!(
            parse_words(&["tel:+15551234"]),
            window(false, Some("tel:+15551234"))
        );
        assert!(parse_words(&["sip:a@b.test", "sip:c@d.test"]).is_err());
        assert!(parse_words(&["--no-such-switch"]).is_err());
    }

    #[test]
    fn headless_invocations() {
        let expected = headless::Options {
            config: "a.toml".into(),
            sound: Sound {
                microphone: SoundEnd::None,
                speaker: SoundEnd::File("out.wav".into()),
            },
        };
        assert_eq!(
            parse_words(&[
                "headless",
                "--config",
                "a.toml",
                "--audio-in=none",
                "--audio-out",
                "out.wav"
            ]),
            Ok(Invocation::Headless(expected))
        );
        assert_eq!(
            parse_words(&["headless"]),
            Err("headless needs --config FILE".into())
        );
    }

    #[test]
    fn recordings_invocations() {
        let open = recordings::Request::Open {
            file: "a.ogg.age".into(),
            to: "a.ogg".into(),
        };
        assert_eq!(
            parse_words(&["recordings", "open", "a.ogg.age", "--out", "a.ogg"]),
            Ok(Invocation::Recordings(open))
        );
        assert_eq!(
            parse_words(&["recordings", "key"]),
            Ok(Invocation::Recordings(recordings::Request::Key))
        );
        for words in [
            &["recordings"][..],
            &["recordings", "open", "a.ogg.age"],
            &["recordings", "key", "--out", "a"],
            &["recordings", "burn"],
        ] {
            assert!(parse_words(words).is_err(), "{words:?}");
        }
    }

    #[test]
    fn help_and_version_win_over_the_rest() {
        assert_eq!(
            parse_words(&["--demo", "--help"]),
            Ok(Invocation::Print(USAGE.into()))
        );
        assert_eq!(parse_words(&["-V"]), Ok(Invocation::Print(version())));
    }
}
