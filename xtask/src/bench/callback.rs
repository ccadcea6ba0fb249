//! How long the callbacks of loudspeaker and microphone take at worst: what the operating system
//! waits for, with a deadline of 10 ms.
//!
//! The measurement is a test of hark-audio, because nobody else sees its callbacks.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::Measure;
use crate::process;

pub fn run(_program: &Path, _folder: &Path) -> Result<Vec<Measure>> {
    let mut measures = [
        Measure::new("loudspeaker's callback, median", "us", 50.0),
        Measure::new("loudspeaker's callback, 1 in 1000", "us", 200.0),
        Measure::new("loudspeaker's callback, worst", "us", 10_000.0),
        Measure::new("microphone's callback, median", "us", 50.0),
        Measure::new("microphone's callback, 1 in 1000", "us", 200.0),
        Measure::new("microphone's callback, worst", "us", 10_000.0),
    ];
    let (loudspeaker, microphone) = measures.split_at_mut(3);
    for _ in 0..ROUNDS {
        let printed = process::output(process::cargo().args(TEST))?;
        for (name, measures) in [
            ("loudspeaker", &mut *loudspeaker),
            ("microphone", &mut *microphone),
        ] {
            let times = times(&printed, name).with_context(|| format!("no times of {name}"))?;
            for (measure, time) in measures.iter_mut().zip(times) {
                measure.add(time);
            }
        }
    }
    Ok(measures.into())
}

/// Median, the time that one of a thousand exceeds, and the longest; microseconds.
fn times(printed: &str, name: &str) -> Option<[f64; 3]> {
    let head = format!("callback {name} ");
    // The runner writes the name of the test before the first line.
    let (_, times) = printed.split_once(&head)?;
    let mut times = times.lines().next()?.split_whitespace();
    let mut next = || times.next()?.parse().ok();
    Some([next()?, next()?, next()?])
}

const TEST: [&str; 8] = [
    "test",
    "--release",
    "--package=hark-audio",
    "--lib",
    "--quiet",
    "--",
    "--nocapture",
    "a_callback_is_done_long_before_its_deadline",
];
const ROUNDS: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_are_found_in_what_a_test_prints() {
        let printed = "running 1 test\ntest a ... callback loudspeaker 1.50 2.25 90.00\n\
                       callback microphone 1 2 3\nok\n";
        assert_eq!(times(printed, "loudspeaker"), Some([1.5, 2.25, 90.0]));
        assert_eq!(times(printed, "microphone"), Some([1.0, 2.0, 3.0]));
        assert_eq!(times(printed, "ringer"), None);
        assert_eq!(times("callback microphone 1 2", "microphone"), None);
    }
}
