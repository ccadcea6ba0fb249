//! Where one phone is measured: a sound server, a studio and the phone between them.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::condition::Codec;
use crate::encode::Encoded;
use crate::media::{self, Encryption};
use crate::phone::{Kind, Phone, Setup};
use crate::sound_server::SoundServer;
use crate::studio::{Sound, Studio};

/// A phone that was found on this machine, and a folder of its own.
pub struct Candidate {
    pub kind: &'static Kind,
    pub program: PathBuf,
    pub folder: PathBuf,
}

/// A phone that is registered and has not called yet. Its parts end in this order.
pub struct Place {
    pub phone: Phone,
    pub studio: Studio,
    pub server: SoundServer,
}

/// A call that is up.
pub struct Conversation<'a> {
    sound: &'a Sound,
    packets: Vec<Vec<u8>>,
    pub dialled: Instant,
}

impl Candidate {
    pub fn settle(&self, codec: Codec, encryption: Encryption) -> Result<Place> {
        self.try_to_settle(codec, encryption)
            .with_context(|| format!("{}, see {}", self.kind.name, self.folder.display()))
    }

    /// One phone that fails must not cost the figures of the others. It has none then, which is a
    /// goal missed where it is Hark.
    pub fn unless_it_failed<T>(&self, measured: Result<T>) -> Option<T> {
        measured
            .inspect_err(|error| eprintln!("{} failed: {error:#}", self.kind.name))
            .ok()
    }

    fn try_to_settle(&self, codec: Codec, encryption: Encryption) -> Result<Place> {
        clear(&self.folder)?;
        let server = SoundServer::start(&self.folder)?;
        let studio = Studio::open(self.kind.transport, codec, encryption)?;
        let phone = self.kind.start(&Setup {
            program: &self.program,
            folder: &self.folder,
            studio: studio.address,
            codec,
            encryption,
        })?;
        studio.wait_for_registration()?;
        // A phone that has just registered may have more to do; what it does when it is at rest is
        // measured.
        thread::sleep(REST);
        Ok(Place {
            phone,
            studio,
            server,
        })
    }
}

impl Place {
    /// Lets the phone call.
    pub fn call(&mut self, encoded: &Encoded, encryption: Encryption) -> Result<Conversation<'_>> {
        let dialled = self.phone.call()?;
        let agreed = self.studio.wait_for_call()?;
        let packets = media::packets(
            &encoded.payloads,
            encoded.step,
            agreed.payload_type,
            encryption,
        )?;
        Ok(Conversation {
            sound: &self.studio.sound,
            packets,
            dialled,
        })
    }
}

impl Conversation<'_> {
    /// Sends each packet when it is due, and says how late the last one of a hundred was.
    pub fn send(&self, begin: Instant, arrivals: &[(Duration, usize)]) -> Result<Duration> {
        let mut late = Vec::new();
        for (arrival, packet) in arrivals {
            let due = begin + *arrival;
            thread::sleep(due.saturating_duration_since(Instant::now()));
            late.push(due.elapsed());
            self.sound.send(&self.packets[*packet])?;
        }
        late.sort();
        Ok(late.get(late.len() * 99 / 100).copied().unwrap_or_default())
    }

    /// Sends packets from now on until the phone has sent one. When its first one came, and when the
    /// first of ours was taken.
    pub fn first_packets(&self) -> Result<(Instant, Instant)> {
        let mut taken = Instant::now();
        for packet in &self.packets {
            let sent = Instant::now();
            if !self.sound.send(packet)? {
                taken = sent;
            }
            if let Some(heard) = self.sound.first_heard() {
                return Ok((heard, taken));
            }
            thread::sleep(crate::network::PACKET_TIME);
        }
        anyhow::bail!("no sound from the phone")
    }
}

fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    Ok(())
}

const REST: Duration = Duration::from_millis(500);
