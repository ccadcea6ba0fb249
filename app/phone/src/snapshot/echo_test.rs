//! The echo test, as the settings page shows it.

/// A recording of the microphone that is made and played back, for the user to hear himself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EchoTestView {
    pub stage: EchoTestStage,
    /// How long the stage goes on, in whole seconds.
    pub seconds_left: u8,
    /// How loud the microphone or the recording is, 0.0 to 1.0.
    pub level: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EchoTestStage {
    Recording,
    Playing,
}
