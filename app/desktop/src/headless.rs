//! The engine without a window: JSON commands on standard input, JSON events on standard output,
//! one object a line. `docs/headless.md` is its manual.

use std::ffi::OsString;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use hark_phone::{Command, Event, Handle, PhoneConfig, Profile, Sound, SoundEnd};

mod account;
pub mod command;
pub(crate) mod config;
mod line;
pub(crate) mod names;
mod past;
mod quality;
mod reading;

use crate::diagnosis::Told;
use crate::status::Status;
use crate::views::Moment;
use line::Line;

/// What `hark headless` was started with.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    pub config: PathBuf,
    pub sound: Sound,
}

/// Reads a `WAV|none` argument.
pub fn wav_or_none(value: OsString) -> SoundEnd {
    if value == "none" {
        SoundEnd::None
    } else {
        SoundEnd::File(value.into())
    }
}

/// Runs the engine until `quit`, the end of standard input, SIGINT or SIGTERM.
///
/// # Errors
/// When the configuration cannot be used; the reason was written as an `error` event as well.
pub fn run(options: Options) -> anyhow::Result<()> {
    let out = Arc::new(Out::default());
    let config::Config {
        account,
        ring_rules,
        audio,
        recording,
        recording_key,
        address_book,
        address_book_password,
        password,
        pin,
        turn_password,
    } = config::read(&options.config).inspect_err(|error| {
        out.write(&Line::error(&format!("{error:#}")));
    })?;
    let phone = hark_phone::start(
        PhoneConfig {
            profile: Profile::Memory,
            account: Some(account),
            password,
            pin,
            turn_password,
            ring_rules: Some(ring_rules),
            audio: Some(audio),
            recording: Some(recording),
            recording_key,
            address_book: Some(address_book),
            address_book_password,
            only_authority: None,
            sound: options.sound,
        },
        || {},
    );
    let phone = Arc::new(phone);
    listen(Arc::clone(&phone), Arc::clone(&out));
    quit_on_signal(Arc::clone(&phone));
    loop {
        match phone.wait_event() {
            Event::Stopped => return Ok(()),
            // These say that the snapshot is up to date.
            Event::Status => {
                let status = Status::of(&phone.snapshot());
                out.write(&Line::Status(Box::new(status)));
            }
            Event::Diagnosis => {
                let told = Told::of(&phone.snapshot(), &Moment::now());
                out.write(&Line::Diagnosis(Box::new(told)));
            }
            event => Line::of(&event).iter().for_each(|line| out.write(line)),
        }
    }
}

/// Standard output, one whole line at a time.
#[derive(Debug, Default)]
struct Out(Mutex<()>);

impl Out {
    fn write(&self, line: &Line<'_>) {
        let mut text = serde_json::to_vec(line).expect("strings and numbers are always JSON");
        text.push(b'\n');
        let _whole_lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = io::stdout().lock();
        // A reader that is gone wants nothing more; the end of standard input ends the program.
        let _ = out.write_all(&text).and_then(|()| out.flush());
    }
}

/// Reads commands on a thread of its own; the end of input is a `quit`.
fn listen(phone: Arc<Handle>, out: Arc<Out>) {
    std::thread::spawn(move || {
        let mut input = BufReader::new(io::stdin().lock());
        loop {
            let wish = match read_line(&mut input) {
                Ok(Some(line)) if line.trim_ascii().is_empty() => continue,
                Ok(Some(line)) => command::parse(&line),
                Ok(None) | Err(_) => Ok(Command::Quit),
            };
            match wish {
                Ok(wish) => {
                    let ends = matches!(wish, Command::Quit);
                    if phone.send_blocking(wish).is_err() || ends {
                        return;
                    }
                }
                Err(error) => out.write(&Line::error(&error.to_string())),
            }
        }
    });
}

/// The next line without its end, `None` at the end of input. Of a line that is too long comes one
/// byte more than [`MAX_LINE`], which no command has.
fn read_line(input: &mut BufReader<impl io::Read>) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let limit = MAX_LINE as u64 + 1;
    if input.by_ref().take(limit).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.len() > MAX_LINE && line.last() != Some(&b'\n') {
        input.skip_until(b'\n')?;
    }
    Ok(Some(line))
}

/// Deregisters when the program is asked to end.
fn quit_on_signal(phone: Arc<Handle>) {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        match runtime {
            Ok(runtime) => runtime.block_on(crate::signals::asked_to_end()),
            Err(error) => {
                tracing::warn!("signals end the program without signing out: {error}");
                return;
            }
        }
        // The engine is gone already; so is the need to quit.
        let _ = phone.send_blocking(Command::Quit);
    });
}

/// Far more than any command needs, in bytes.
const MAX_LINE: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_and_the_next_one_is_read() {
        let long = "x".repeat(3 * MAX_LINE);
        let text = format!("one\n{long}\nthree\n\nfive");
        let mut input = BufReader::new(text.as_bytes());
        let mut lengths = Vec::new();
        while let Some(line) = read_line(&mut input).unwrap() {
            lengths.push(line.len());
        }
        assert_eq!(lengths, [4, MAX_LINE + 1, 6, 1, 4]);
    }
}
