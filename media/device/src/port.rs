//! The two ends that the media thread holds during a call.

mod microphone;
mod speaker;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::port::microphone::DeviceMicrophone;
use crate::port::speaker::DeviceSpeaker;
use crate::ring::{RingReader, RingWriter};
use crate::voice::VoiceProcessor;
use crate::wav::{Playhead, RecorderInput};
use crate::wishes::{Owner, Shared};

/// The loudspeaker and the microphone of one call. Dropping it closes both.
pub struct CallPorts {
    sink: Sink,
    source: Source,
    shared: Arc<Shared>,
    voice: VoiceProcessor,
    /// See [`CallPorts::heard`].
    heard: Vec<i16>,
}

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
            sink,
            source,
            shared: shared.clone(),
            voice: VoiceProcessor::default(),
            heard: Vec::new(),
        }
    }

    /// The call has been answered: a file for the loudspeaker begins to grow, a file for the
    /// microphone begins to play. Devices have been in use since the ports were made.
    pub fn answered(&mut self) {
        if let Sink::File { answered, .. } = &mut self.sink {
            *answered = true;
        }
        if let Source::File { answered, .. } = &mut self.source {
            *answered = true;
        }
    }

    /// Plays 10 ms of mono sound. The length tells the rate: 80 samples are 8 kHz, 160 are 16 kHz,
    /// 480 are 48 kHz. Never waits; without a device the sound is discarded.
    ///
    /// Write every 10 ms for as long as the port lives, silence too, and catch up on what a late
    /// timer missed: a frame that is not written is a gap in the file and in the loudspeaker.
    pub fn write(&mut self, frame: &[i16]) {
        if frame.is_empty() {
            return;
        }
        self.voice.play(frame);
        match &mut self.sink {
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

    /// What the microphone gave at the last [`CallPorts::read`], before anything was done to it;
    /// `None` where a file or silence stands in its place.
    pub fn heard(&self) -> Option<&[i16]> {
        matches!(self.source, Source::Device { .. }).then_some(&self.heard)
    }

    /// Fills 10 ms of mono sound as others shall hear it: see [`crate::Audio::process_voice`]. The
    /// length tells the rate, as in [`CallPorts::write`]. Never waits; without a device it is
    /// silence.
    pub fn read(&mut self, frame: &mut [i16]) {
        if frame.is_empty() {
            return;
        }
        self.listen(frame);
        self.heard.clear();
        self.heard.extend_from_slice(frame);
        self.voice.choose(self.shared.wishes().voice);
        self.voice.hear(frame, self.delay());
    }

    fn listen(&mut self, frame: &mut [i16]) {
        match &mut self.source {
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

    /// From [`CallPorts::write`] to the air and back to [`CallPorts::read`], as far as the rings and
    /// the devices' buffers tell.
    fn delay(&self) -> Duration {
        let out = match &self.sink {
            Sink::Device { speaker, .. } => speaker.delay(),
            Sink::File { .. } | Sink::Nowhere => Duration::ZERO,
        };
        let back = match &self.source {
            Source::Device { microphone, .. } => microphone.delay(),
            Source::File { .. } | Source::Silence => Duration::ZERO,
        };
        out + back
    }
}

impl Lease {
    fn is_heard(&self) -> bool {
        self.shared.is_heard(self.owner)
    }
}

impl Drop for CallPorts {
    fn drop(&mut self) {
        if let Sink::File { input, .. } = &self.sink {
            input.call_ended();
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.shared.end_call(self.owner);
    }
}

impl fmt::Debug for CallPorts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sink = match self.sink {
            Sink::Device { .. } => "device",
            Sink::File { .. } => "file",
            Sink::Nowhere => "none",
        };
        let source = match self.source {
            Source::Device { .. } => "device",
            Source::File { .. } => "file",
            Source::Silence => "none",
        };
        write!(f, "CallPorts({sink}, {source})")
    }
}

#[cfg(test)]
mod tests;
