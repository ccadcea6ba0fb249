//! The command line, read into what it asks for.

use std::ffi::OsString;

use hark_desktop::window::{Request, WindowOptions};
use hark_desktop::{headless, profile, recordings};
use hark_phone::portable::{Manner, Origin, OriginError};
use hark_phone::{Sound, Then};
use lexopt::prelude::*;

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Invocation {
    Window(WindowOptions),
    /// Only the program that runs can do it.
    Tell(Request),
    /// The same, with the answer as JSON.
    AsJson(Request),
    Headless(headless::Options),
    Recordings(recordings::Request),
    Profile(profile::Request),
    Print(String),
}

pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Invocation, lexopt::Error> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    // Behind whatever command, also one that would take it for its value.
    if arguments.iter().any(|it| it == "--help" || it == "-h") {
        return Ok(Invocation::Print(USAGE.into()));
    }
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut options = WindowOptions::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("demo") => options.demo = true,
            Long("background") => options.background = true,
            Long("version") | Short('V') => return Ok(Invocation::Print(version())),
            Value(word) if options == WindowOptions::default() => match word.to_str() {
                Some("headless") => return parse_headless(parser),
                Some("recordings") => return parse_recordings(parser),
                Some("profile") => return parse_profile(parser),
                Some("provision") => return parse_provision(parser),
                Some("status") => return parse_asked(parser, Request::Status),
                Some("diagnose") => return parse_asked(parser, Request::Diagnose),
                Some("hang-up") => return last(parser, Invocation::Tell(Request::HangUp)),
                Some("quit") => return last(parser, Invocation::Tell(Request::Quit)),
                Some("voicemail") => options.request = Some(Request::Voicemail),
                Some("call") => options.request = Some(Request::Call(parser.value()?.string()?)),
                _ => options.request = Some(Request::Open(word.string()?)),
            },
            other => return Err(other.unexpected()),
        }
    }
    Ok(Invocation::Window(options))
}

/// Something that is answered, in words or as JSON.
fn parse_asked(mut parser: lexopt::Parser, request: Request) -> Result<Invocation, lexopt::Error> {
    match parser.next()? {
        None => Ok(Invocation::Tell(request)),
        Some(Long("json")) => last(parser, Invocation::AsJson(request)),
        Some(other) => Err(other.unexpected()),
    }
}

/// Nothing may follow.
fn last(mut parser: lexopt::Parser, read: Invocation) -> Result<Invocation, lexopt::Error> {
    match parser.next()? {
        None => Ok(read),
        Some(other) => Err(other.unexpected()),
    }
}

fn parse_headless(mut parser: lexopt::Parser) -> Result<Invocation, lexopt::Error> {
    let mut config = None;
    let mut sound = Sound::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("config") => config = Some(parser.value()?.into()),
            Long("audio-in") => sound.microphone = headless::wav_or_none(parser.value()?),
            Long("audio-out") => sound.speaker = headless::wav_or_none(parser.value()?),
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

fn parse_profile(mut parser: lexopt::Parser) -> Result<Invocation, lexopt::Error> {
    let (words, then) = words_and_dry_run(&mut parser)?;
    let request = match (&words[..], then) {
        ([word, file], Then::Apply) if word == "export" => {
            profile::Request::Export { file: file.into() }
        }
        ([word, file], then) if word == "import" => profile::Request::Load {
            from: Origin::File(file.into()),
            manner: Manner::Whole,
            then,
        },
        _ => return Err("profile needs: export FILE, or import FILE [--dry-run]".into()),
    };
    Ok(Invocation::Profile(request))
}

fn parse_provision(mut parser: lexopt::Parser) -> Result<Invocation, lexopt::Error> {
    let (words, then) = words_and_dry_run(&mut parser)?;
    let [from] = &words[..] else {
        return Err("provision needs: URL or FILE, and --dry-run if nothing shall change".into());
    };
    let from = from.clone().string()?.parse();
    Ok(Invocation::Profile(profile::Request::Load {
        from: from.map_err(|error: OriginError| error.to_string())?,
        manner: Manner::Keys,
        then,
    }))
}

fn words_and_dry_run(parser: &mut lexopt::Parser) -> Result<(Vec<OsString>, Then), lexopt::Error> {
    let (mut words, mut then) = (Vec::new(), Then::Apply);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("dry-run") => then = Then::Show,
            Value(word) => words.push(word),
            other => return Err(other.unexpected()),
        }
    }
    Ok((words, then))
}

fn version() -> String {
    format!("hark {}", env!("CARGO_PKG_VERSION"))
}

pub const USAGE: &str = "\
Hark, a softphone whose first job is voicemail.

Usage:
  hark [ADDRESS]            open the window, with ADDRESS (sip:, tel:, a number) on the keypad
  hark --background         start without a window; calls ring, and a tray shows the phone
  hark call ADDRESS         call at once
  hark voicemail            call your mailbox
  hark hang-up              hang up the call, or decline the one that rings
  hark status [--json]      say whether each account is signed in, and its new messages
  hark diagnose [--json]    check everything that a call needs
  hark quit                 hang up, sign out and end
  hark --demo               try it with the built-in voicemail server
  hark headless --config FILE [--audio-in WAV|none] [--audio-out WAV|none]
                            without a window: JSON commands in, JSON events out (docs/headless.md)
  hark recordings open FILE --out FILE
                            write a copy without encryption (docs/recording.md)
  hark recordings key       print the key that opens encrypted recordings
  hark profile export FILE  save your settings, without passwords (docs/administrators.md)
  hark profile import FILE [--dry-run]
                            load such a file; --dry-run only says what would change
  hark provision URL|FILE [--dry-run]
                            load the settings that your administrator has made
  hark --help | --version

RUST_LOG sets what is logged to standard error; RUST_LOG=hark_phone=debug is a good start.";

#[cfg(test)]
mod tests {
    use hark_phone::SoundEnd;

    use super::*;

    fn parse_words(words: &[&str]) -> Result<Invocation, String> {
        parse(words.iter().map(OsString::from)).map_err(|error| error.to_string())
    }

    fn window(request: Option<Request>) -> Result<Invocation, String> {
        Ok(Invocation::Window(WindowOptions {
            request,
            ..WindowOptions::default()
        }))
    }

    #[test]
    fn window_invocations() {
        assert_eq!(parse_words(&[]), window(None));
        for (word, demo, background) in [("--demo", true, false), ("--background", false, true)] {
            let options = WindowOptions {
                demo,
                background,
                request: None,
            };
            assert_eq!(parse_words(&[word]), Ok(Invocation::Window(options)));
        }
        let link = Request::Open("tel:+15551234".into());
        assert_eq!(parse_words(&["tel:+15551234"]), window(Some(link)));
        let call = Request::Call("2001".into());
        assert_eq!(parse_words(&["call", "2001"]), window(Some(call)));
        assert_eq!(
            parse_words(&["voicemail"]),
            window(Some(Request::Voicemail))
        );
        assert!(parse_words(&["call"]).is_err());
        assert!(parse_words(&["sip:a@b.test", "sip:c@d.test"]).is_err());
        assert!(parse_words(&["--no-such-switch"]).is_err());
    }

    #[test]
    fn what_only_the_program_that_runs_can_do() {
        for (words, expected) in [
            (&["hang-up"][..], Invocation::Tell(Request::HangUp)),
            (&["quit"], Invocation::Tell(Request::Quit)),
            (&["status"], Invocation::Tell(Request::Status)),
            (&["status", "--json"], Invocation::AsJson(Request::Status)),
            (&["diagnose"], Invocation::Tell(Request::Diagnose)),
            (
                &["diagnose", "--json"],
                Invocation::AsJson(Request::Diagnose),
            ),
        ] {
            assert_eq!(parse_words(words), Ok(expected));
        }
        for words in [
            &["hang-up", "now"][..],
            &["status", "--xml"],
            &["diagnose", "now"],
            &["quit", "2"],
        ] {
            assert!(parse_words(words).is_err(), "{words:?}");
        }
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
    fn profile_and_provision_invocations() {
        let load = |from, manner, then| {
            Ok(Invocation::Profile(profile::Request::Load {
                from,
                manner,
                then,
            }))
        };
        let file = || Origin::File("s.toml".into());
        let url = Origin::Url("https://a.test/s".into());
        let export = profile::Request::Export {
            file: "s.toml".into(),
        };
        for (words, expected) in [
            (
                &["profile", "export", "s.toml"][..],
                Ok(Invocation::Profile(export)),
            ),
            (
                &["profile", "import", "s.toml"],
                load(file(), Manner::Whole, Then::Apply),
            ),
            (
                &["profile", "import", "s.toml", "--dry-run"],
                load(file(), Manner::Whole, Then::Show),
            ),
            (
                &["provision", "https://a.test/s"],
                load(url, Manner::Keys, Then::Apply),
            ),
            (
                &["provision", "--dry-run", "s.toml"],
                load(file(), Manner::Keys, Then::Show),
            ),
        ] {
            assert_eq!(parse_words(words), expected, "{words:?}");
        }
        for words in [
            &["profile"][..],
            &["profile", "export", "s.toml", "--dry-run"],
            &["profile", "burn", "s.toml"],
            &["provision"],
            &["provision", "http://a.test/s"],
            &["provision", "a", "b"],
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
        for command in ["call", "status", "profile", "provision", "headless", "quit"] {
            let help = Ok(Invocation::Print(USAGE.into()));
            assert_eq!(parse_words(&[command, "--help"]), help, "{command}");
        }
        assert_eq!(parse_words(&["-V"]), Ok(Invocation::Print(version())));
    }
}
