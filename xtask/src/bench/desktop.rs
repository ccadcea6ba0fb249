//! The phone as it stands on a desktop all day: with an account, its window closed most of the time.

use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::peer::{self, Connection, Peer};
use super::session::Session;
use super::window::{Running, share_of_processor};
use super::{Measure, milliseconds};

pub fn run(program: &Path, folder: &Path) -> Result<Vec<Measure>> {
    let folder = &folder.join("desktop");
    // What an earlier run has left is another user's.
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder)?;
    let session = Session::start(folder)?;
    let (phone, mut wire) = start(program, &session)?;
    let mut measures = closed(&phone)?;
    measures.push(shown(&session, &mut wire)?);
    measures.push(meters(program, &session, &phone, &mut wire)?);
    measures.push(growth(program, &session, &phone, &mut wire)?);
    measures.push(closed_again(&session, &phone)?);
    drop((phone, wire, session));
    for rival in &RIVALS {
        measures.extend(rival.measure(&folder.join(rival.program))?);
    }
    Ok(measures)
}

/// Without a window, registered.
fn start(program: &Path, session: &Session) -> Result<(Running, Connection)> {
    let peer = Peer::listen()?;
    fs::create_dir_all(session.config_folder())?;
    let account = format!(
        "version = 1\n[account]\naddress = \"alice@127.0.0.1\"\nserver = \"{}\"\ntransport = \"tcp\"\n\
         media_encryption = \"off\"\n",
        peer.address()?
    );
    fs::write(session.config_folder().join("hark.toml"), account)?;
    session.keep_password("alice@127.0.0.1", "bench-only")?;
    let phone = session.command(program).arg("--background").spawn()?;
    let phone = Running(phone);
    let mut wire = peer.accept()?;
    let register = wire.wait_for("REGISTER")?;
    wire.accept(&register, "")?;
    Ok((phone, wire))
}

fn closed(phone: &Running) -> Result<Vec<Measure>> {
    let mut memory = Measure::new("memory, window closed, registered", "MB", 15.0);
    let mut idle = Measure::new("window closed, share of one processor", "%", 0.2);
    thread::sleep(SETTLING);
    idle.add(share_of_processor(phone, WATCHED)?);
    memory.add(hark_usage::resident_mb(phone.0.id())?);
    Ok(vec![memory, idle])
}

/// From the INVITE on the wire to pixels of the window that shows it.
fn shown(session: &Session, wire: &mut Connection) -> Result<Measure> {
    let mut shown = Measure::new("INVITE to the window that shows it", "ms", 150.0);
    let sound = UdpSocket::bind("127.0.0.1:0")?;
    let sent = wire.invite(&peer::answer(&sound)?)?;
    shown.add(milliseconds(session.screen.first_pixel()? - sent));
    wire.cancel()?;
    Ok(shown)
}

/// In a call whose other side speaks, with the window open.
fn meters(
    program: &Path,
    session: &Session,
    phone: &Running,
    wire: &mut Connection,
) -> Result<Measure> {
    let mut share = Measure::new("call with meters, share of one processor", "%", 5.0);
    let sound = UdpSocket::bind("127.0.0.1:0")?;
    let to = call(program, session, wire, &sound)?;
    let over = AtomicBool::new(false);
    let used = thread::scope(|scope| {
        scope.spawn(|| speak(&sound, to, &over));
        thread::sleep(Duration::from_secs(1));
        let used = share_of_processor(phone, WATCHED);
        over.store(true, Ordering::Relaxed);
        used
    });
    share.add(used?);
    hang_up(program, session, wire)?;
    Ok(share)
}

/// A loud noise that changes, so that the meters move all the time.
fn speak(sound: &UdpSocket, to: std::net::SocketAddr, over: &AtomicBool) {
    let begun = Instant::now();
    for number in 0.. {
        if over.load(Ordering::Relaxed) {
            return;
        }
        let loud = (number / 7 % 8) as u8 * 16;
        let payload: Vec<u8> = (0..peer::PACKET_SAMPLES)
            .map(|sample| loud | (sample as u8 & 0x8f))
            .collect();
        // Who does not hear it has hung up.
        let _ = sound.send_to(&peer::rtp_packet(number, &payload), to);
        let next = begun + peer::PACKET_TIME * u32::from(number + 1);
        thread::sleep(next.saturating_duration_since(Instant::now()));
    }
}

/// Calls that are made and hung up, with the window open all the time.
fn growth(
    program: &Path,
    session: &Session,
    phone: &Running,
    wire: &mut Connection,
) -> Result<Measure> {
    let mut growth = Measure::new("growth over 1,000 calls in the window", "%", 5.0);
    let sound = UdpSocket::bind("127.0.0.1:0")?;
    let mut make = |count| -> Result<f64> {
        for _ in 0..count {
            call(program, session, wire, &sound)?;
            hang_up(program, session, wire)?;
        }
        hark_usage::resident_mb(phone.0.id())
    };
    let before = make(WARMING)?;
    let after = make(CALLS)?;
    eprintln!("{WARMING} calls: {before:.1} MB; {CALLS} more: {after:.1} MB");
    growth.add(100.0 * (after / before - 1.0));
    Ok(growth)
}

/// What stays in memory of a window that was open for 1,000 calls.
fn closed_again(session: &Session, phone: &Running) -> Result<Measure> {
    let mut memory = Measure::new("memory, window closed after it was open", "MB", 15.0);
    // Only a window manager can ask a program to close its window.
    let _manager = Running(session.command("openbox").stderr(Stdio::null()).spawn()?);
    thread::sleep(SETTLING);
    let closed = session.command("wmctrl").args(["-c", "Hark"]).status();
    let closed = closed.context("cannot start wmctrl")?;
    ensure!(closed.success(), "the window is not there to be closed");
    thread::sleep(SETTLING);
    memory.add(hark_usage::resident_mb(phone.0.id())?);
    Ok(memory)
}

/// Lets the running program call, and takes the call; where it wants to hear.
fn call(
    program: &Path,
    session: &Session,
    wire: &mut Connection,
    sound: &UdpSocket,
) -> Result<std::net::SocketAddr> {
    tell(program, session, &["call", "bob"])?;
    let invite = wire.wait_for("INVITE")?;
    wire.accept(&invite, &peer::answer(sound)?)?;
    wire.wait_for("ACK")?;
    invite.sound_address()
}

fn hang_up(program: &Path, session: &Session, wire: &mut Connection) -> Result<()> {
    tell(program, session, &["hang-up"])?;
    let bye = wire.wait_for("BYE")?;
    wire.accept(&bye, "")?;
    Ok(())
}

fn tell(program: &Path, session: &Session, words: &[&str]) -> Result<()> {
    let told = session.command(program).args(words).status();
    let told = told.context("cannot tell the running program")?;
    ensure!(told.success(), "the running program refused {words:?}");
    Ok(())
}

/// Another phone with a window, started by a user who has never used it.
struct Rival {
    program: &'static str,
    frame: &'static str,
    idle: &'static str,
    memory: &'static str,
}

const RIVALS: [Rival; 2] = [
    Rival {
        program: "linphone",
        frame: "first frame of linphone-desktop",
        idle: "idle linphone-desktop, share of one processor",
        memory: "memory of idle linphone-desktop",
    },
    Rival {
        program: "twinkle",
        frame: "first frame of twinkle",
        idle: "idle twinkle, share of one processor",
        memory: "memory of idle twinkle",
    },
];

impl Rival {
    /// Nothing where it is not installed.
    fn measure(&self, folder: &Path) -> Result<Vec<Measure>> {
        let session = Session::start(folder)?;
        let started = Instant::now();
        let mut command = session.command(self.program);
        let Ok(running) = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn() else {
            eprintln!("{} is not installed and was left out", self.program);
            return Ok(vec![]);
        };
        let running = Running(running);
        let mut frame = Measure::new(self.frame, "ms", f64::INFINITY);
        let mut idle = Measure::new(self.idle, "%", f64::INFINITY);
        let mut memory = Measure::new(self.memory, "MB", f64::INFINITY);
        frame.add(milliseconds(session.screen.first_pixel()? - started));
        thread::sleep(SETTLING);
        idle.add(share_of_processor(&running, WATCHED)?);
        memory.add(hark_usage::resident_mb(running.0.id())?);
        Ok(vec![frame, idle, memory])
    }
}

/// Lists with a limit and what the window keeps are there after these.
const WARMING: u32 = 200;
const CALLS: u32 = 1_000;

const SETTLING: Duration = Duration::from_secs(5);
const WATCHED: Duration = Duration::from_secs(10);
