//! How each phone sounds: the same packets at the same time to all of them, and what is heard.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};

use crate::condition::{Codec, Condition};
use crate::encode::Encoded;
use crate::media::Encryption;
use crate::network::{self, Flight};
use crate::place::Candidate;
use crate::results::{Heard, Listening};
use crate::score::Scorer;
use crate::sound_server;
use crate::speech::{Speech, Utterance};
use crate::wav;

/// Speech in one codec.
pub struct Programme {
    pub speech: Speech,
    pub encoded: Encoded,
}

impl Programme {
    pub fn new(codec: Codec) -> Result<Self> {
        let speech = match codec {
            Codec::Pcmu => Speech::narrow_band()?,
            Codec::Opus => Speech::wide_band()?,
        };
        let encoded = codec.encode(&speech)?;
        Ok(Self { speech, encoded })
    }
}

/// Lets all phones that speak the codec hear one condition, side by side.
pub fn listen(
    phones: &[Candidate],
    condition: &Condition,
    programme: &Programme,
    seed: u64,
    scorer: &Scorer,
) -> Result<Listening> {
    let flight = Flight::new(condition, programme.encoded.payloads.len(), seed);
    let runs = thread::scope(|scope| {
        let runs: Vec<_> = phones
            .iter()
            .map(|phone| scope.spawn(|| Session::run(phone, condition, programme, &flight)))
            .collect();
        runs.into_iter()
            .map(|run| run.join().map_err(|_| anyhow!("a listener panicked"))?)
            .collect::<Vec<Result<Session>>>()
    });
    let mut sessions = Vec::new();
    for (phone, run) in phones.iter().zip(runs) {
        sessions.extend(phone.unless_it_failed(run));
    }
    let files: Vec<&Path> = sessions
        .iter()
        .map(|session| session.file.as_path())
        .collect();
    let judged = scorer.judge(&programme.speech, &files)?;
    let mut heard = Vec::new();
    for (session, judged) in sessions.iter().zip(judged) {
        heard.push(Heard {
            phone: session.phone.to_owned(),
            delays_ms: session.delays(condition, &programme.speech, &judged.begins),
            scores: judged.scores,
            late_ms: session.late.as_secs_f64() * 1e3,
        });
    }
    Ok(Listening {
        condition: condition.id.to_owned(),
        seed,
        heard,
    })
}

/// One phone's call.
struct Session {
    phone: &'static str,
    file: PathBuf,
    /// How long the recording had run when the first packet was sent.
    lead: Duration,
    late: Duration,
}

impl Session {
    fn run(
        phone: &Candidate,
        condition: &Condition,
        programme: &Programme,
        flight: &Flight,
    ) -> Result<Self> {
        let mut place = phone.settle(condition.codec, Encryption::Off)?;
        let ear = place.server.record()?;
        let conversation = place.call(&programme.encoded, Encryption::Off)?;
        let sent = Instant::now();
        let late = conversation.send(sent, &flight.arrivals)?;
        // What the phone still holds.
        thread::sleep(TAIL);
        let recording = ear.take()?;
        let file = phone
            .folder
            .with_file_name(format!("{}-{}.wav", phone.kind.name, condition.id));
        wav::write(&file, sound_server::RATE_HZ, recording.samples())?;
        let recorded = recording.begin().context("nothing was recorded")?;
        Ok(Self {
            phone: phone.kind.name,
            file,
            lead: sent.saturating_duration_since(recorded),
            late,
        })
    }

    /// From a packet's sending to its sample at the sink, for each utterance.
    fn delays(&self, condition: &Condition, speech: &Speech, begins: &[f64]) -> Vec<f64> {
        let delay = |(utterance, begin): (&Utterance, &f64)| {
            let sent = network::sent_at(condition, utterance.begin / speech.samples_a_packet());
            (begin / f64::from(speech.rate_hz) - (self.lead + sent).as_secs_f64()) * 1e3
        };
        speech.utterances.iter().zip(begins).map(delay).collect()
    }
}

const TAIL: Duration = Duration::from_millis(1_500);
