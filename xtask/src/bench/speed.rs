//! How fast the phone is: start, press, answer.

use std::net::UdpSocket;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context as _, Result};

use super::peer::{self, Connection, Peer};
use super::phone::{Account, Phone};
use super::wave::Wave;
use super::{Measure, baseline, milliseconds};

/// Runs the phone against the plain peer, over and over.
pub fn run(program: &Path, folder: &Path) -> Result<Vec<Measure>> {
    let mut start = Measure::new("start to registered, TCP", "ms", 300.0);
    let mut press = Measure::new("press to INVITE on the wire", "ms", 20.0);
    let mut answer = Measure::new("answer to first sound at the sink", "ms", 120.0);
    let mut memory = Measure::new("memory of the phone without a window", "MB", 120.0);
    let peer = Peer::listen()?;
    for round in 0..ROUNDS {
        let (least_start, least_press) = baseline::measure(&peer)?;
        start.compare_with(least_start);
        press.compare_with(least_press);

        let account = Account {
            address: "alice@127.0.0.1",
            server: peer.address()?,
            authority: None,
        };
        let mut phone = Phone::start(program, &folder.join(format!("speed-{round}")), &account)?;
        let mut wire = peer.accept()?;
        let register = wire.wait_for("REGISTER")?;
        wire.accept(&register, "")?;
        start.add(milliseconds(
            phone.wait_for("registration", "registered")? - phone.started,
        ));
        memory.add(hark_usage::resident_mb(phone.process())?);

        let call = call_voicemail(&mut phone, &mut wire)?;
        press.add(call.press_to_invite);
        answer.add(call.answer_to_sound);
    }
    Ok(vec![start, press, answer, memory])
}

/// Milliseconds of one call.
struct CallTimes {
    press_to_invite: f64,
    answer_to_sound: f64,
}

/// Calls voicemail, which answers at once and talks from that moment on.
fn call_voicemail(phone: &mut Phone, wire: &mut Connection) -> Result<CallTimes> {
    let pressed = phone.command("call_voicemail")?;
    let invite = wire.wait_for("INVITE")?;
    let sound = UdpSocket::bind("127.0.0.1:0")?;
    sound.connect(invite.sound_address()?)?;

    let answered = wire.accept(&invite, &peer::answer(&sound)?)?;
    let talk = thread::spawn(move || talk(&sound, answered));
    let connected = phone.wait_for("call", "connected")?;
    talk.join()
        .map_err(|_| anyhow::anyhow!("the talker panicked"))??;

    let speaker = phone.speaker.clone();
    phone.command("quit")?;
    for method in ["BYE", "REGISTER"] {
        let request = wire.wait_for(method)?;
        wire.accept(&request, "")?;
    }
    phone.wait_for_end()?;
    // The sink holds everything from the answer on, so where the sound begins in it is when.
    let silence = first_sound(&Wave::read(&speaker)?).context("nothing was heard")?;
    fs::remove_file(&speaker)?;
    Ok(CallTimes {
        press_to_invite: milliseconds(invite.arrived - pressed),
        answer_to_sound: milliseconds(connected - answered) + milliseconds(silence),
    })
}

/// Half a second of loud sound in packets of 20 ms, the first at once.
fn talk(sound: &UdpSocket, begin: Instant) -> Result<()> {
    for number in 0..25_u16 {
        let due = begin + peer::PACKET_TIME * u32::from(number);
        thread::sleep(due.saturating_duration_since(Instant::now()));
        // Codes of alternating sign and great magnitude: a tone of 4 kHz at full scale would be
        // filtered, so four samples a side make one of 1 kHz.
        let tone: Vec<u8> = (0..peer::PACKET_SAMPLES)
            .map(|at| if at / 4 % 2 == 0 { 0x90 } else { 0x10 })
            .collect();
        sound.send(&peer::rtp_packet(number, &tone))?;
    }
    Ok(())
}

/// When the first loud sample is played.
pub fn first_sound(wave: &Wave) -> Option<Duration> {
    let at = wave
        .samples
        .iter()
        .position(|sample| sample.unsigned_abs() > LOUD)?;
    Some(Duration::from_secs_f64(at as f64 / f64::from(wave.rate_hz)))
}

const ROUNDS: usize = 10;

/// Far above comfort noise and the ringing of a filter, far below the tone.
const LOUD: u16 = 2_000;
