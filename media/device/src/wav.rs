//! Sound files instead of devices: a WAV file that grows during calls, and one that speaks.

mod recorder;
mod sink;
mod source;

pub(crate) use recorder::{Recorder, RecorderInput};
pub(crate) use source::{Playhead, Recording};
