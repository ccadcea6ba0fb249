//! `hark-um`: the voicemail server as a program, with a console on standard input.

mod console;

use std::ffi::OsString;
use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use hark_um::{Caller, Server, ServerConfig, ServerHandle};
use tokio::sync::{broadcast, mpsc};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::{fmt, prelude::*};

use crate::console::Command;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    start_log();
    match arguments(std::env::args_os().skip(1))? {
        Arguments::Help => say(USAGE),
        Arguments::Version => say(concat!("hark-um ", env!("CARGO_PKG_VERSION"))),
        Arguments::Serve { config, ca_out } => serve(config, ca_out).await,
    }
}

/// The log goes to standard error, because standard output belongs to the console.
fn start_log() {
    let wanted = std::env::var("RUST_LOG")
        .ok()
        .and_then(|wanted| wanted.parse().ok());
    let filter: Targets = wanted.unwrap_or_else(|| Targets::new().with_default(LevelFilter::WARN));
    tracing_subscriber::registry()
        .with(fmt::layer().with_writer(std::io::stderr))
        .with(filter)
        .init();
}

enum Arguments {
    Help,
    Version,
    Serve {
        config: PathBuf,
        ca_out: Option<PathBuf>,
    },
}

fn arguments(given: impl Iterator<Item = OsString>) -> anyhow::Result<Arguments> {
    let mut parser = lexopt::Parser::from_args(given);
    let (mut config, mut ca_out) = (None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            lexopt::Arg::Long("help") | lexopt::Arg::Short('h') => return Ok(Arguments::Help),
            lexopt::Arg::Long("version") | lexopt::Arg::Short('V') => {
                return Ok(Arguments::Version);
            }
            lexopt::Arg::Long("config") => config = Some(PathBuf::from(parser.value()?)),
            lexopt::Arg::Long("ca-out") => ca_out = Some(PathBuf::from(parser.value()?)),
            other => return Err(other.unexpected().into()),
        }
    }
    let config = config.context("`--config FILE` is missing; see `hark-um --help`")?;
    Ok(Arguments::Serve { config, ca_out })
}

async fn serve(config: PathBuf, ca_out: Option<PathBuf>) -> anyhow::Result<()> {
    let settings = ServerConfig::read(&config)
        .with_context(|| format!("{} cannot be used", config.display()))?;
    let domain = settings.domain.clone();
    let server = Server::start(settings).await?;
    if let Some(path) = ca_out {
        std::fs::write(&path, server.ca_certificate_pem())
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    let handle = server.handle();
    let events = handle.events();
    say(&format!(
        "ready domain={domain} tls={} tcp={}",
        server.tls_addr(),
        server.tcp_addr()
    ))?;
    talk(&handle, events).await?;
    handle.shutdown();
    server.wait().await;
    Ok(())
}

/// Obeys the console and shows events until `quit` or Ctrl-C.
async fn talk(
    handle: &ServerHandle,
    mut events: broadcast::Receiver<hark_um::ServerEvent>,
) -> anyhow::Result<()> {
    let mut lines = console_lines();
    let mut console_is_open = true;
    loop {
        tokio::select! {
            line = lines.recv(), if console_is_open => match line {
                Some(line) => match Command::parse(&line) {
                    Ok(Some(Command::Quit)) => return Ok(()),
                    Ok(Some(command)) => obey(handle, command).await?,
                    Ok(None) => {}
                    Err(error) => say(&error.to_string())?,
                },
                // Without a console the server goes on: it may run in the background.
                None => console_is_open = false,
            },
            event = events.recv() => match event {
                Ok(event) => say(&event.to_string())?,
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return Ok(()),
            },
            stop = tokio::signal::ctrl_c() => return Ok(stop?),
        }
    }
}

async fn obey(handle: &ServerHandle, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Play { user, message } => {
            let call = handle.play_on_phone(&user, message);
            say(&format!("call {}: Play on Phone for {user}", call.0))
        }
        Command::Call { user, from } => {
            let from = from.map_or_else(demo_caller, |number| Caller {
                display_name: String::new(),
                number,
            });
            let call = handle.place_call(&user, from);
            say(&format!("call {}: calling {user}", call.0))
        }
        Command::Users => {
            for user in handle.users().await {
                let hark_um::UserStatus {
                    name,
                    display_name,
                    devices,
                    new,
                    saved,
                } = user;
                say(&format!(
                    "{name}\t{display_name}\tdevices {devices}\tnew {new}\tsaved {saved}"
                ))?;
            }
            Ok(())
        }
        Command::Mailbox { user } => match handle.mailbox(&user).await {
            Some(messages) => {
                for (number, message) in (1..).zip(messages) {
                    say(&console::line(number, &message))?;
                }
                Ok(())
            }
            None => say("there is no such user"),
        },
        Command::Help => say(console::HELP),
        // `talk` ends with it.
        Command::Quit => Ok(()),
    }
}

fn demo_caller() -> Caller {
    Caller {
        display_name: "Priya Raman".to_owned(),
        number: "+14255550143".to_owned(),
    }
}

/// Standard input by lines. Reading blocks, so it has a thread of its own, which ends with the
/// process.
fn console_lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(16);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()?;
    Ok(())
}

const USAGE: &str = "\
hark-um: a small voicemail server

usage: hark-um --config FILE [--ca-out FILE]

  --config FILE  users, ports and store, as TOML (see docs/um-server.md)
  --ca-out FILE  write the authority that TLS clients must trust, as PEM
  --version      print the version

Once it prints `ready`, it takes commands on standard input; try `help`.";
