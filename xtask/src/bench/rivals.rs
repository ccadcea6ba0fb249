//! Other phones in the same run: how soon each asks a registrar to register it after it was started,
//! and after a registrar that was away is back.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::peer::Peer;
use super::phone::{Account, Phone};
use super::{Measure, milliseconds};

/// Measures Hark against each of the others that is installed.
pub fn run(program: &Path, folder: &Path) -> Result<Vec<Measure>> {
    let mut measures = Vec::new();
    for rival in &RIVALS {
        if !rival.is_installed() {
            eprintln!("{} is not installed and was left out", rival.name);
            continue;
        }
        let mut start = Measure::new(rival.start_name, "ms", 50.0);
        let mut back = Measure::new(rival.back_name, "ms", 1_000.0);
        for round in 0..STARTS {
            let folder = folder.join(format!("rivals-{round}"));
            let returns = round < RETURNS;
            let (started, returned) = round_of(&folder, returns, |at, own| hark(program, at, own))?;
            start.add(started);
            returned.into_iter().for_each(|time| back.add(time));
            let (started, returned) = round_of(&folder, returns, |at, own| rival.start(at, own))?;
            start.compare_with(started);
            returned
                .into_iter()
                .for_each(|time| back.compare_with(time));
        }
        measures.extend([start, back]);
    }
    Ok(measures)
}

fn hark(program: &Path, registrar: SocketAddr, folder: &Path) -> Result<Box<dyn Running>> {
    let account = Account {
        address: "alice@127.0.0.1",
        server: registrar,
        authority: None,
    };
    Ok(Box::new(Phone::start(program, folder, &account)?))
}

/// A phone that ends when this is dropped.
trait Running {}

impl Running for Phone {}

struct Process(Child);

impl Running for Process {}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a phone and lets it register; then, if that is wanted, takes the registrar away and brings
/// it back. Milliseconds for each.
fn round_of(
    folder: &Path,
    returns: bool,
    start: impl Fn(SocketAddr, &Path) -> Result<Box<dyn Running>>,
) -> Result<(f64, Option<f64>)> {
    fs::create_dir_all(folder)?;
    let peer = Peer::listen()?;
    let address = peer.address()?;
    let started = Instant::now();
    let phone = start(address, folder)?;
    let mut wire = peer.accept()?;
    let register = wire.wait_for("REGISTER")?;
    wire.accept(&register, "")?;
    let started = milliseconds(register.arrived - started);
    if !returns {
        return Ok((started, None));
    }
    drop((wire, peer));
    thread::sleep(AWAY);
    let back = Instant::now();
    let returned = match Peer::listen_at(address)?.accept_within(LONGEST)? {
        Some(mut wire) => wire.wait_for("REGISTER")?.arrived - back,
        None => LONGEST,
    };
    drop(phone);
    Ok((started, Some(milliseconds(returned))))
}

/// A phone that others have made, without a window.
struct Rival {
    name: &'static str,
    start_name: &'static str,
    back_name: &'static str,
    /// The file of its configuration, and what is in it; `{}` is the registrar.
    file: &'static str,
    config: &'static str,
    more: Option<(&'static str, &'static str)>,
    /// What comes before the configuration on its command line.
    option: &'static str,
    /// Whether the option wants the folder of the file.
    wants_folder: bool,
}

const RIVALS: [Rival; 2] = [
    Rival {
        name: "baresip",
        start_name: "start to REGISTER, against baresip",
        back_name: "registrar back, against baresip",
        file: "accounts",
        config: "<sip:alice@{};transport=tcp>;auth_pass=bench-only;regint=60\n",
        more: Some((
            "config",
            "module_path /usr/lib/baresip/modules\nmodule g711.so\nmodule_app account.so\n\
             module_app menu.so\n",
        )),
        option: "-f",
        wants_folder: true,
    },
    Rival {
        name: "linphone-daemon",
        start_name: "start to REGISTER, against linphone",
        back_name: "registrar back, against linphone",
        file: "linphonerc",
        config: "[sip]\ndefault_proxy=0\nsip_port=-1\nsip_tcp_port=-1\n\
                 [proxy_0]\nreg_proxy=<sip:{};transport=tcp>\nreg_identity=sip:alice@127.0.0.1\n\
                 reg_expires=60\nreg_sendregister=1\n",
        more: None,
        option: "--config",
        wants_folder: false,
    },
];

impl Rival {
    fn is_installed(&self) -> bool {
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
            .any(|folder| folder.join(self.name).exists())
    }

    fn start(&self, registrar: SocketAddr, folder: &Path) -> Result<Box<dyn Running>> {
        let file = folder.join(self.file);
        // Linphone keeps its account book in its home, and does not start without the folder.
        fs::create_dir_all(folder.join(".local/share/linphone"))?;
        fs::write(&file, self.config.replace("{}", &registrar.to_string()))?;
        if let Some((name, text)) = self.more {
            fs::write(folder.join(name), text)?;
        }
        let configuration = if self.wants_folder { folder } else { &file };
        let child = Command::new(self.name)
            .arg(self.option)
            .arg(configuration)
            .env("HOME", folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", self.name))?;
        Ok(Box::new(Process(child)))
    }
}

const STARTS: usize = 20;

/// A phone that has given up for a while makes a round minutes long.
const RETURNS: usize = 2;

/// Whoever is not back by then counts as if it were.
const LONGEST: Duration = Duration::from_secs(90);

/// Long enough for each phone to notice and to have tried again in vain.
const AWAY: Duration = Duration::from_secs(2);
