//! What is done to the sound of the microphone before others hear it: the echo of the loudspeaker
//! is taken out, noise is held down, and quiet and loud voices are brought to the same level.
//!
//! The work is done by `sonora`, a port of WebRTC's audio processing. It sees what goes to the
//! loudspeaker and what comes from the microphone at the rate of the call, 10 ms at a time, after
//! drift control: to it both run on one clock.

use std::time::Duration;

use sonora::config::{
    AdaptiveDigital, EchoCanceller, GainController2, HighPassFilter, NoiseSuppression,
    NoiseSuppressionLevel,
};
use sonora::{AudioProcessing, Config, StreamConfig};

/// Which parts of the processing are wanted. With none of them the samples are left as they are,
/// and nothing is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VoiceProcessing {
    pub echo_cancellation: bool,
    pub noise_suppression: bool,
    pub gain_control: bool,
}

/// The processing of one call.
#[derive(Default)]
pub(crate) struct VoiceProcessor {
    wanted: VoiceProcessing,
    engine: Option<Engine>,
}

/// Made when the first frame comes, and anew for another rate or other wishes.
struct Engine {
    sonora: Box<AudioProcessing>,
    rate_hz: u32,
}

impl VoiceProcessing {
    pub const NONE: Self = Self {
        echo_cancellation: false,
        noise_suppression: false,
        gain_control: false,
    };

    pub const ALL: Self = Self {
        echo_cancellation: true,
        noise_suppression: true,
        gain_control: true,
    };

    /// The pipeline stays at sonora's default, which thinks at 32 kHz at most: what a voice has
    /// above 16 kHz nobody misses, and at 48 kHz the same room lets 20 dB more echo through.
    fn config(self) -> Config {
        Config {
            high_pass_filter: Some(HighPassFilter::default()),
            echo_canceller: self.echo_cancellation.then(EchoCanceller::default),
            noise_suppression: self.noise_suppression.then_some(NoiseSuppression {
                level: NoiseSuppressionLevel::High,
                ..NoiseSuppression::default()
            }),
            gain_controller2: self.gain_control.then(|| GainController2 {
                adaptive_digital: Some(AdaptiveDigital::default()),
                ..GainController2::default()
            }),
            ..Config::default()
        }
    }
}

impl VoiceProcessor {
    /// Works so from the next frame on.
    pub fn choose(&mut self, wanted: VoiceProcessing) {
        if self.wanted != wanted {
            self.wanted = wanted;
            self.engine = None;
        }
    }

    /// The next 10 ms for the loudspeaker.
    pub fn play(&mut self, frame: &[i16]) {
        if !self.wanted.echo_cancellation {
            return;
        }
        let mut unused = [0; MAX_FRAME];
        let (Some(engine), Some(unused)) =
            (self.engine(frame.len()), unused.get_mut(..frame.len()))
        else {
            return;
        };
        engine
            .sonora
            .process_render_i16(frame, unused)
            .expect(RATE_IS_TAKEN);
    }

    /// The next 10 ms of the microphone. `delay` is how long a sound that is played takes until it
    /// may be heard here, as far as it is known; the canceller finds out the rest.
    pub fn hear(&mut self, frame: &mut [i16], delay: Duration) {
        if self.wanted == VoiceProcessing::NONE {
            return;
        }
        let mut heard = [0; MAX_FRAME];
        let (Some(engine), Some(heard)) = (self.engine(frame.len()), heard.get_mut(..frame.len()))
        else {
            return;
        };
        heard.copy_from_slice(frame);
        let delay_ms = delay.min(MAX_DELAY).as_millis() as i32;
        engine
            .sonora
            .set_stream_delay_ms(delay_ms)
            .expect("the delay is within bounds");
        engine
            .sonora
            .process_capture_i16(heard, frame)
            .expect(RATE_IS_TAKEN);
    }

    /// `None` for frames of a rate that no call has: they are left as they are.
    fn engine(&mut self, frame_length: usize) -> Option<&mut Engine> {
        let rate_hz = frame_length as u32 * 100;
        if !(MIN_RATE_HZ..=MAX_RATE_HZ).contains(&rate_hz) {
            return None;
        }
        self.engine.take_if(|engine| engine.rate_hz != rate_hz);
        let config = self.wanted.config();
        Some(self.engine.get_or_insert_with(|| {
            let stream = StreamConfig::new(rate_hz, 1);
            let builder = AudioProcessing::builder().config(config);
            let builder = builder.capture_config(stream).render_config(stream);
            Engine {
                sonora: Box::new(builder.build()),
                rate_hz,
            }
        }))
    }
}

const MIN_RATE_HZ: u32 = 8_000;
const MAX_RATE_HZ: u32 = 48_000;
/// 10 ms at the highest rate.
const MAX_FRAME: usize = 480;
/// What sonora takes.
const MAX_DELAY: Duration = Duration::from_millis(500);
const RATE_IS_TAKEN: &str = "the rate and the one channel are within bounds";

#[cfg(test)]
mod tests;
