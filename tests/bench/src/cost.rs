//! What a phone costs: processor time and memory of a minute of call, and the time from dialling to
//! the first packets.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::condition::Codec;
use crate::encode::Encoded;
use crate::media::Encryption;
use crate::network::PACKET_TIME;
use crate::place::Candidate;
use crate::results::{Cost, Dialled};

/// One encrypted call of G.711, with loudspeaker and microphone open.
pub fn minute(phone: &Candidate, encoded: &Encoded) -> Result<Cost> {
    let mut place = phone.settle(Codec::Pcmu, Encryption::Srtp)?;
    let ear = place.server.record()?;
    let (process, server) = (place.phone.process(), place.server.process());
    let conversation = place.call(encoded, Encryption::Srtp)?;
    let arrivals: Vec<(Duration, usize)> = (0..)
        .map(|number| PACKET_TIME * number)
        .take_while(|at| *at < SETTLING + MINUTE)
        .zip(0..encoded.payloads.len())
        .collect();
    let begin = Instant::now();
    let used = thread::scope(|scope| -> Result<_> {
        let sending = scope.spawn(|| conversation.send(begin, &arrivals));
        let read = || -> Result<_> {
            Ok((
                hark_usage::processor_time(process)?,
                hark_usage::processor_time(server)?,
            ))
        };
        thread::sleep(SETTLING);
        let before = read()?;
        thread::sleep(MINUTE);
        let after = read()?;
        sending
            .join()
            .map_err(|_| anyhow::anyhow!("the sender panicked"))??;
        Ok((after.0 - before.0, after.1 - before.1))
    })?;
    drop(ear);
    Ok(Cost {
        phone: phone.kind.name.to_owned(),
        processor_s: used.0.as_secs_f64(),
        server_processor_s: used.1.as_secs_f64(),
        peak_mb: hark_usage::peak_mb(process)?,
    })
}

/// One call in clear, as far as the first packets.
pub fn dial(phone: &Candidate, encoded: &Encoded) -> Result<Dialled> {
    let mut place = phone.settle(Codec::Pcmu, Encryption::Off)?;
    let ear = place.server.record()?;
    let conversation = place.call(encoded, Encryption::Off)?;
    let dialled = conversation.dialled;
    let (sent, received) = conversation.first_packets()?;
    drop(ear);
    Ok(Dialled {
        phone: phone.kind.name.to_owned(),
        sent_ms: (sent - dialled).as_secs_f64() * 1e3,
        received_ms: (received - dialled).as_secs_f64() * 1e3,
    })
}

/// What opens once a call has been opened by then.
const SETTLING: Duration = Duration::from_secs(4);
const MINUTE: Duration = Duration::from_secs(60);
