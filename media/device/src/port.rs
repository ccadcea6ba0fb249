//! The two ends that the media thread holds during a call.

/// The loudspeaker and the microphone of one call. Dropping it closes both.
#[derive(Debug)]
pub struct CallPorts {
    pub speaker: SpeakerPort,
    pub microphone: MicrophonePort,
}

impl CallPorts {
    /// The call has been answered: a file for the loudspeaker begins to grow, a file for the
    /// microphone begins to play. Devices have been in use since the ports were made.
    pub fn answered(&mut self) {}
}

/// Takes the sound of a call, 10 ms at a time.
#[derive(Debug)]
pub struct SpeakerPort {}

impl SpeakerPort {
    /// Plays 10 ms of mono sound. The length tells the rate: 80 samples are 8 kHz, 160 are 16 kHz,
    /// 480 are 48 kHz. Never waits; without a device the sound is discarded.
    pub fn write(&mut self, frame: &[i16]) {
        let _ = frame;
    }
}

/// Gives the sound of the microphone, 10 ms at a time.
#[derive(Debug)]
pub struct MicrophonePort {}

impl MicrophonePort {
    /// Fills 10 ms of mono sound. The length tells the rate, as in [`SpeakerPort::write`]. Never
    /// waits; without a device it is silence.
    pub fn read(&mut self, frame: &mut [i16]) {
        frame.fill(0);
    }
}
