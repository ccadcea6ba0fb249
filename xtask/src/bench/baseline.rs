//! The least that a program can do: start, connect, and pass each line on.
//!
//! The phone's times are compared with it in the same run, so that a slow or busy machine shows as
//! one.

use std::env;
use std::ffi::OsString;
use std::io::{BufRead as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result};

use super::peer::{Connection, Peer};

/// The name under which xtask runs itself.
pub const COMMAND: &str = "bench-baseline";

/// What the child does.
pub fn run(arguments: &[OsString]) -> Result<()> {
    let address = arguments
        .first()
        .context("no address")?
        .to_string_lossy()
        .into_owned();
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.write_all(&request("REGISTER"))?;
    for line in std::io::stdin().lock().lines() {
        line?;
        stream.write_all(&request("INVITE"))?;
    }
    Ok(())
}

fn request(method: &str) -> Vec<u8> {
    format!("{method} sip:peer SIP/2.0\r\n\r\n").into_bytes()
}

/// Milliseconds from the child's start to its first request, and from a line to its request.
pub fn measure(peer: &Peer) -> Result<(f64, f64)> {
    let started = Instant::now();
    let mut child = Command::new(env::current_exe()?)
        .arg(COMMAND)
        .arg(peer.address()?.to_string())
        .stdin(Stdio::piped())
        .spawn()?;
    let result = measure_child(&mut child, started, peer.accept()?);
    // Its standard input is closed by now, which ends it; where it failed it has ended anyhow.
    child.wait()?;
    result
}

fn measure_child(child: &mut Child, started: Instant, mut wire: Connection) -> Result<(f64, f64)> {
    let mut input = child
        .stdin
        .take()
        .context("a child without standard input")?;
    let registered = wire.wait_for("REGISTER")?.arrived;
    let pressed = Instant::now();
    input.write_all(b"\n")?;
    let invited = wire.wait_for("INVITE")?.arrived;
    Ok((
        super::milliseconds(registered - started),
        super::milliseconds(invited - pressed),
    ))
}
