//! The echo test: five seconds of the microphone, played back on the loudspeaker.

use std::time::Duration;

use hark_media::LevelMeter;

use crate::snapshot::{EchoTestStage, EchoTestView};

/// How far the test is; `None` when it is over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct EchoTestReport {
    pub(crate) view: Option<EchoTestView>,
}

/// One test, as long as it runs.
#[derive(Debug)]
pub(super) struct EchoTest {
    recorded: Vec<i16>,
    /// Samples that have been played back.
    played: usize,
    meter: LevelMeter,
}

impl EchoTest {
    pub(super) fn new() -> Self {
        Self {
            recorded: Vec::with_capacity(SAMPLES),
            played: 0,
            meter: LevelMeter::default(),
        }
    }

    /// 10 ms from the microphone, or 10 ms for the loudspeaker, both [`ECHO_TEST_FRAME`] long.
    pub(super) fn beat(&mut self, microphone: &[i16], speaker: &mut [i16]) {
        if self.recorded.len() < SAMPLES {
            self.recorded.extend_from_slice(microphone);
            self.meter.feed(microphone);
            return;
        }
        let rest = self.recorded.get(self.played..).unwrap_or_default();
        for (to, from) in speaker.iter_mut().zip(rest) {
            *to = *from;
        }
        self.played += speaker.len();
        self.meter.feed(speaker);
    }

    pub(super) fn report(&self) -> EchoTestReport {
        let recorded = self.recorded.len();
        let (stage, done) = match recorded < SAMPLES {
            true => (EchoTestStage::Recording, recorded),
            false => (EchoTestStage::Playing, self.played),
        };
        let left = SAMPLES.saturating_sub(done);
        EchoTestReport {
            view: (left > 0).then(|| EchoTestView {
                stage,
                seconds_left: left.div_ceil(RATE_HZ) as u8,
                level: self.meter.level(),
            }),
        }
    }
}

/// Wide band, as good calls are.
const RATE_HZ: usize = 16_000;
/// Samples of one beat.
pub(super) const ECHO_TEST_FRAME: usize = RATE_HZ / 100;
const LENGTH: Duration = Duration::from_secs(5);
const SAMPLES: usize = RATE_HZ * LENGTH.as_secs() as usize;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_for_five_seconds_is_played_once() {
        let mut test = EchoTest::new();
        let mut heard = Vec::new();
        let mut stages = Vec::new();
        for beat in 0..1_500_i16 {
            let mut speaker = [0; ECHO_TEST_FRAME];
            test.beat(&[beat; ECHO_TEST_FRAME], &mut speaker);
            heard.extend(speaker);
            let Some(view) = test.report().view else {
                break;
            };
            let stage = (view.stage, view.seconds_left);
            if stages.last() != Some(&stage) {
                stages.push(stage);
            }
        }
        let (quiet, played) = heard.split_at(SAMPLES);
        assert!(quiet.iter().all(|&sample| sample == 0));
        let said: Vec<i16> = (0..500).flat_map(|beat| [beat; ECHO_TEST_FRAME]).collect();
        assert_eq!(played, said);
        use EchoTestStage::{Playing, Recording};
        let expected = [Recording, Playing].map(|stage| [5, 4, 3, 2, 1].map(|left| (stage, left)));
        assert_eq!(stages, expected.concat());
    }

    #[test]
    fn the_meter_shows_the_voice() {
        let mut test = EchoTest::new();
        test.beat(&[0; ECHO_TEST_FRAME], &mut [0; ECHO_TEST_FRAME]);
        let quiet = test.report().view.expect("it has begun").level;
        test.beat(&[8_000; ECHO_TEST_FRAME], &mut [0; ECHO_TEST_FRAME]);
        let loud = test.report().view.expect("it goes on").level;
        assert!(quiet < 0.1 && loud > 0.5, "{quiet}, {loud}");
    }
}
