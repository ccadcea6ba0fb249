//! The two ends that the media thread holds during a call.

mod microphone;
mod speaker;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use crate::port::microphone::DeviceMicrophone;
use crate::port::speaker::DeviceSpeaker;
use crate::ring::{RingReader, RingWriter};
use crate::wav::{Playhead, RecorderInput};
use crate::wishes::{Owner, Shared};

/// The loudspeaker and the microphone of one call. Dropping it closes both.
#[derive(Debug)]
pub struct CallPorts {
    pub speaker: SpeakerPort,
    pub microphone: MicrophonePort,
}

/// Takes the sound of a call, 10 ms at a time.
pub struct SpeakerPort(Sink);

/// Gives the sound of the microphone, 10 ms at a time.
pub struct MicrophonePort(Source);

enum Sink {
    Device {
        speaker: DeviceSpeaker,
        _lease: Arc<Lease>,
    },
    File {
        input: RecorderInput,
        lease: Arc<Lease>,
        answered: bool,
    },
    Nowhere,
}

enum Source {
    Device {
        microphone: DeviceMicrophone,
        _lease: Arc<Lease>,
    },
    File {
        shared: Arc<Shared>,
        playhead: Playhead,
        answered: bool,
    },
    Silence,
}

/// Which of the ends of a call are devices, and what stands for the others.
pub(crate) struct Ends {
    pub output: OutputEnd,
    pub input: InputEnd,
}

pub(crate) enum OutputEnd {
    Device,
    File(RecorderInput),
    None,
}

pub(crate) enum InputEnd {
    Device,
    File,
    None,
}

/// Tells the audio-control thread that the ports are gone, once both are.
struct Lease {
    shared: Arc<Shared>,
    owner: Owner,
}

impl CallPorts {
    pub(crate) fn new(ends: Ends, shared: &Arc<Shared>) -> Self {
        let (to_speaker, writers) = std::sync::mpsc::channel::<RingWriter>();
        let (to_microphone, readers) = std::sync::mpsc::channel::<RingReader>();
        let speaker = matches!(ends.output, OutputEnd::Device).then_some(to_speaker);
        let microphone = matches!(ends.input, InputEnd::Device).then_some(to_microphone);
        let owner = shared.begin_call(speaker, microphone);
        let lease = Arc::new(Lease {
            shared: shared.clone(),
            owner,
        });
        let sink = match ends.output {
            OutputEnd::Device => Sink::Device {
                speaker: DeviceSpeaker::new(writers),
                _lease: lease.clone(),
            },
            OutputEnd::File(input) => Sink::File {
                input,
                lease: lease.clone(),
                answered: false,
            },
            OutputEnd::None => Sink::Nowhere,
        };
        let source = match ends.input {
            InputEnd::Device => Source::Device {
                microphone: DeviceMicrophone::new(readers, shared.clone()),
                _lease: lease,
            },
            InputEnd::File => Source::File {
                shared: shared.clone(),
                playhead: Playhead::default(),
                answered: false,
            },
            InputEnd::None => Source::Silence,
        };
        Self {
            speaker: SpeakerPort(sink),
            microphone: MicrophonePort(source),
        }
    }

    /// The call has been answered: a file for the loudspeaker begins to grow, a file for the
    /// microphone begins to play. Devices have been in use since the ports were made.
    pub fn answered(&mut self) {
        if let Sink::File { answered, .. } = &mut self.speaker.0 {
            *answered = true;
        }
        if let Source::File { answered, .. } = &mut self.microphone.0 {
            *answered = true;
        }
    }
}

impl SpeakerPort {
    /// Plays 10 ms of mono sound. The length tells the rate: 80 samples are 8 kHz, 160 are 16 kHz,
    /// 480 are 48 kHz. Never waits; without a device the sound is discarded.
    ///
    /// Write every 10 ms for as long as the port lives, silence too, and catch up on what a late
    /// timer missed: a frame that is not written is a gap in the file and in the loudspeaker.
    pub fn write(&mut self, frame: &[i16]) {
        if frame.is_empty() {
            return;
        }
        match &mut self.0 {
            Sink::Device { speaker, .. } => speaker.write(Instant::now(), frame),
            Sink::File {
                input,
                lease,
                answered,
            } => {
                if *answered && lease.is_heard() {
                    input.write(frame);
                }
            }
            Sink::Nowhere => (),
        }
    }
}

impl MicrophonePort {
    /// Whether a sound device is meant to be heard here, and no file and no silence.
    pub fn is_device(&self) -> bool {
        matches!(self.0, Source::Device { .. })
    }

    /// Fills 10 ms of mono sound. The length tells the rate, as in [`SpeakerPort::write`]. Never
    /// waits; without a device it is silence.
    pub fn read(&mut self, frame: &mut [i16]) {
        if frame.is_empty() {
            return;
        }
        match &mut self.0 {
            Source::Device { microphone, .. } => microphone.read(Instant::now(), frame),
            Source::File {
                shared,
                playhead,
                answered: true,
            } => match shared.recording.get() {
                Some(recording) => playhead.read(recording, frame),
                None => frame.fill(0),
            },
            Source::File {
                answered: false, ..
            }
            | Source::Silence => frame.fill(0),
        }
    }
}

impl Lease {
    fn is_heard(&self) -> bool {
        self.shared.is_heard(self.owner)
    }
}

impl Drop for SpeakerPort {
    fn drop(&mut self) {
        if let Sink::File { input, .. } = &self.0 {
            input.call_ended();
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.shared.end_call(self.owner);
    }
}

impl fmt::Debug for SpeakerPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Sink::Device { .. } => "SpeakerPort(device)",
            Sink::File { .. } => "SpeakerPort(file)",
            Sink::Nowhere => "SpeakerPort(none)",
        })
    }
}

impl fmt::Debug for MicrophonePort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::Device { .. } => "MicrophonePort(device)",
            Source::File { .. } => "MicrophonePort(file)",
            Source::Silence => "MicrophonePort(none)",
        })
    }
}
