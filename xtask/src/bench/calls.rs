//! Whether the program grows: ten thousand calls in a row in one process.

use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::Measure;
use super::peer::{self, Connection, Peer};
use super::phone::{Account, Phone};

/// Calls in a row. The second half may need no more memory than the first, and no descriptor stays.
pub fn run(program: &Path, folder: &Path) -> Result<Vec<Measure>> {
    let mut growth = Measure::new("growth over 5,000 further calls", "%", 2.0);
    let mut left_over = Measure::new("descriptors left over by 10,000 calls", "", 0.0);
    let peer = Peer::listen()?;
    let account = Account {
        address: "alice@127.0.0.1",
        server: peer.address()?,
        authority: None,
    };
    let mut phone = Phone::start(program, &folder.join("calls"), &account)?;
    let mut wire = peer.accept()?;
    let register = wire.wait_for("REGISTER")?;
    wire.accept(&register, "")?;
    phone.wait_for("registration", "registered")?;

    let sound = UdpSocket::bind("127.0.0.1:0")?;
    // The database, the trace and every list with a limit are there after these.
    make_calls(&mut phone, &mut wire, &sound, WARMING)?;
    let before = descriptors(phone.process())?;
    let began = Instant::now();
    let mut first = WARMING;
    while first < CALLS / 2 || began.elapsed() < REMEMBERED {
        make_calls(&mut phone, &mut wire, &sound, WARMING)?;
        first += WARMING;
    }
    let halfway = hark_usage::resident_mb(phone.process())?;
    make_calls(&mut phone, &mut wire, &sound, CALLS / 2)?;
    let end = hark_usage::resident_mb(phone.process())?;
    let all = first + CALLS / 2;
    eprintln!("{first} calls: {halfway:.3} MB; {all} calls: {end:.3} MB");
    growth.add(100.0 * (end / halfway - 1.0));
    left_over.add((descriptors(phone.process())? as f64 - before as f64).max(0.0));

    phone.command("quit")?;
    let register = wire.wait_for("REGISTER")?;
    wire.accept(&register, "")?;
    phone.wait_for_end()?;
    Ok(vec![growth, left_over])
}

/// Each is answered, connected and hung up.
fn make_calls(
    phone: &mut Phone,
    wire: &mut Connection,
    sound: &UdpSocket,
    count: u32,
) -> Result<()> {
    for _ in 0..count {
        phone.send(r#"{"cmd":"dial","to":"bob"}"#)?;
        let invite = wire.wait_for("INVITE")?;
        wire.accept(&invite, &peer::answer(sound)?)?;
        let connected = phone.wait_for_event("call", "connected")?;
        let call = connected["call"].as_u64().context("a call has a number")?;
        phone.send(&format!(r#"{{"cmd":"hang_up","call":{call}}}"#))?;
        let bye = wire.wait_for("BYE")?;
        wire.accept(&bye, "")?;
        phone.wait_for("call", "ended")?;
    }
    Ok(())
}

fn descriptors(process: u32) -> Result<usize> {
    Ok(fs::read_dir(format!("/proc/{process}/fd"))?.count())
}

const CALLS: u32 = 10_000;
const WARMING: u32 = 100;

/// A call that is over is remembered for 64 times T1, 32 s, in case that something of it comes late
/// (RFC 3261 §17): as many of them stand at every later moment as stand after that.
const REMEMBERED: Duration = Duration::from_secs(40);
