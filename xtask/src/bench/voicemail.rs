//! The phone and the voicemail server together, over TLS: from the start to the first word.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::phone::{Account, PASSWORD, Phone};
use super::wave::Wave;
use super::{Measure, milliseconds, speed};

pub fn run(program: &Path, folder: &Path) -> Result<Vec<Measure>> {
    let mut start = Measure::new("start to registered, TLS and Digest", "ms", 300.0);
    let mut connect = Measure::new("press to connected, TLS", "ms", 200.0);
    let server = Server::start(&program.with_file_name("hark-um"), &folder.join("server"))?;
    let account = Account {
        address: &format!("{USER}@{DOMAIN}"),
        server: server.tls,
        authority: Some(&server.authority),
    };
    for round in 0..ROUNDS {
        let mut phone = Phone::start(
            program,
            &folder.join(format!("voicemail-{round}")),
            &account,
        )?;
        start.add(milliseconds(
            phone.wait_for("registration", "registered")? - phone.started,
        ));
        let pressed = phone.command("call_voicemail")?;
        connect.add(milliseconds(phone.wait_for("call", "connected")? - pressed));
        listen(&phone)?;
        phone.command("quit")?;
        phone.wait_for_end()?;
    }
    Ok(vec![start, connect])
}

/// Waits until the server has said something.
fn listen(phone: &Phone) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        let heard = Wave::read(&phone.speaker).ok();
        if heard.is_some_and(|wave| speed::first_sound(&wave).is_some()) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    bail!("the voicemail server said nothing within {PATIENCE:?}")
}

/// A running voicemail server with one user.
struct Server {
    child: Child,
    /// Open as long as the server shall run.
    _console: ChildStdin,
    tls: SocketAddr,
    authority: PathBuf,
}

impl Server {
    fn start(program: &Path, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let config = folder.join("server.toml");
        let authority = folder.join("authority.pem");
        let store = folder.join("store");
        fs::write(
            &config,
            format!(
                "domain = \"{DOMAIN}\"\nstore = {store:?}\n\n[[users]]\nname = \"{USER}\"\n\
                 password = \"{PASSWORD}\"\npin = \"2468\"\ndemo_messages = true\n"
            ),
        )?;
        let mut child = Command::new(program)
            .arg("--config")
            .arg(&config)
            .arg("--ca-out")
            .arg(&authority)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let console = child
            .stdin
            .take()
            .context("a server without standard input")?;
        let output = child
            .stdout
            .take()
            .context("a server without standard output")?;
        let mut lines = BufReader::new(output).lines();
        let ready = lines.next().context("the server did not start")??;
        // Read on, or the server waits for room to write.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Ok(Self {
            child,
            _console: console,
            tls: tls_address(&ready)?,
            authority,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Where it has ended by itself there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `ready domain=example.test tls=127.0.0.1:40000 tcp=127.0.0.1:40001`.
fn tls_address(ready: &str) -> Result<SocketAddr> {
    let word = ready
        .split_whitespace()
        .find_map(|word| word.strip_prefix("tls="));
    Ok(word
        .with_context(|| format!("no TLS address in `{ready}`"))?
        .parse()?)
}

const USER: &str = "alice";
const DOMAIN: &str = "example.test";
const ROUNDS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_the_server_tells_its_address() {
        let line = "ready domain=example.test tls=127.0.0.1:40000 tcp=127.0.0.1:40001";
        assert_eq!(
            tls_address(line).unwrap(),
            "127.0.0.1:40000".parse().unwrap()
        );
        assert!(tls_address("ready").is_err());
    }
}
