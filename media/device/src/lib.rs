//! Sound devices for one phone: which device, its streams, and the way of samples to and from it.
//!
//! [`Audio`] owns a thread, `audio-control`, that opens, watches and closes the streams; nothing a
//! caller does here ever waits for a device. While no call, ring tone or settings page needs sound,
//! no stream is open and that thread sleeps.
//!
//! ```text
//! media thread                                   device callback
//! CallPorts::write            -> resampler -> ring  ->  copies samples out
//!      |
//!     echo, noise, loudness
//!      |
//! CallPorts::read             <- resampler <- ring  <-  copies samples in
//! ```
//!
//! The callback copies samples and touches atomics; resampling, drift control, opening and closing
//! happen elsewhere. Two clocks meet in each ring, the media thread's and the device's, and
//! `drift.rs` keeps the ring at the same small fill by bending the resampling ratio by some parts
//! per million.
//!
//! Instead of devices a WAV file can take the loudspeaker's sound, and one can stand in for the
//! microphone ([`OutputChoice::File`], [`InputChoice::File`]): for machines without sound, and for
//! tests. This crate knows nothing of calls, codecs or RTP; mute is done where sound is encoded.
//!
//! A call uses it like this, every 10 ms:
//!
//! ```
//! use hark_audio::{Audio, AudioConfig, InputChoice, OutputChoice};
//!
//! let config = AudioConfig { output: OutputChoice::None, input: InputChoice::None };
//! let audio = Audio::start(config, |event| eprintln!("{event:?}"));
//! let mut ports = audio.call_ports(); // opens the devices; early media and ringback may flow
//! ports.answered(); // files begin here
//!
//! let mut frame = [0i16; 80]; // 10 ms at 8 kHz
//! ports.read(&mut frame);
//! ports.write(&frame);
//! drop(ports); // closes the devices
//! ```

#[cfg(test)]
#[global_allocator]
static ALLOCATOR: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

mod audio;
mod config;
mod control;
mod drift;
mod event;
mod hotplug;
mod port;
#[cfg(target_os = "linux")]
mod pulse;
mod resample;
mod ring;
mod sound;
mod stream;
mod system;
mod voice;
mod wav;
mod wishes;

pub use audio::Audio;
pub use config::{AudioConfig, DeviceChoice, InputChoice, OutputChoice};
pub use event::{AudioEvent, DeviceNames, Role};
pub use port::CallPorts;
pub use sound::Sound;
pub use voice::VoiceProcessing;
