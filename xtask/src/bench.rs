//! `cargo xtask bench`: the phone's speed, its window and its sound, measured from outside.
//!
//! `cargo xtask bench [speed|calls|callback|people|rivals|voicemail|window|desktop|sound]...` builds the
//! release, runs it against a
//! peer of its own making and fails where a limit is missed. Ratios compare two things of the same
//! run; absolute times on a busy machine say little. What begins with a dash is an option of `sound`.

mod baseline;
mod callback;
mod calls;
mod desktop;
mod peer;
mod people;
mod phone;
mod rivals;
mod session;
mod sound;
mod speed;
mod voicemail;
mod wave;
mod window;

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::packages::{self, Purpose};
use crate::{process, workspace};

pub use baseline::{COMMAND as BASELINE, run as run_baseline};

pub fn run(arguments: &[OsString]) -> Result<()> {
    let (chosen, options) = split_options(arguments);
    let wants = |name: &str| chosen.is_empty() || chosen.iter().any(|chosen| chosen == name);
    let is_known = |name: &String| name == SOUND || PARTS.iter().any(|part| part.name == name);
    if let Some(unknown) = chosen.iter().find(|name| !is_known(name)) {
        bail!("no measurement `{unknown}`");
    }
    // The sound server is a package of the tests, too.
    packages::ensure(&[Purpose::Build, Purpose::Run, Purpose::Test, Purpose::Bench])?;
    process::run(process::cargo().args(["build", "--release"]))?;
    let target = workspace::target_folder()?;
    let program = target
        .join("release")
        .join(format!("hark{}", std::env::consts::EXE_SUFFIX));
    let folder = target.join("bench");
    fs::create_dir_all(&folder)?;

    let mut measures = Vec::new();
    for part in PARTS {
        if wants(part.name) {
            measures.extend((part.run)(&program, &folder)?);
        }
    }
    let kept = report(&measures);
    if wants(SOUND) {
        sound::run(&program, &folder, options)?;
    }
    kept
}

/// The names of parts, and from the first dash on what `sound` is told.
fn split_options(arguments: &[OsString]) -> (Vec<String>, &[OsString]) {
    let is_option = |text: &OsString| text.to_string_lossy().starts_with('-');
    let at = arguments
        .iter()
        .position(is_option)
        .unwrap_or(arguments.len());
    let (names, options) = arguments.split_at(at);
    let names = names.iter().map(|text| text.to_string_lossy().into_owned());
    (names.collect(), options)
}

struct Part {
    name: &'static str,
    run: fn(&Path, &Path) -> Result<Vec<Measure>>,
}

/// The part that is a program of its own, and takes options.
const SOUND: &str = "sound";

const PARTS: [Part; 8] = [
    Part {
        name: "speed",
        run: speed::run,
    },
    Part {
        name: "calls",
        run: calls::run,
    },
    Part {
        name: "callback",
        run: callback::run,
    },
    Part {
        name: "people",
        run: people::run,
    },
    Part {
        name: "rivals",
        run: rivals::run,
    },
    Part {
        name: "voicemail",
        run: voicemail::run,
    },
    Part {
        name: "window",
        run: window::run,
    },
    Part {
        name: "desktop",
        run: desktop::run,
    },
];

/// One thing that was measured, in one run several times.
pub struct Measure {
    name: &'static str,
    unit: &'static str,
    /// The most that is good enough.
    limit: f64,
    values: Vec<f64>,
    baseline: Vec<f64>,
}

impl Measure {
    pub fn new(name: &'static str, unit: &'static str, limit: f64) -> Self {
        Self {
            name,
            unit,
            limit,
            values: Vec::new(),
            baseline: Vec::new(),
        }
    }

    pub fn add(&mut self, value: f64) {
        self.values.push(value);
    }

    /// Takes down what the baseline came to.
    pub fn compare_with(&mut self, value: f64) {
        self.baseline.push(value);
    }

    fn is_kept(&self) -> bool {
        median(&self.values) <= self.limit
    }

    fn line(&self) -> String {
        let value = median(&self.values);
        let verdict = if self.is_kept() { "ok" } else { "MISSED" };
        let mut line = format!(
            "{:<38} {value:>8.2} {:<4} <= {:>7.2}  {verdict:<6}",
            self.name, self.unit, self.limit
        );
        if !self.baseline.is_empty() {
            let least = median(&self.baseline);
            line.push_str(&format!(
                "  baseline {least:.2}, ratio {:.2}",
                value / least
            ));
        }
        line
    }
}

fn report(measures: &[Measure]) -> Result<()> {
    for measure in measures {
        eprintln!("{}", measure.line());
    }
    let missed = measures.iter().filter(|measure| !measure.is_kept()).count();
    if missed > 0 {
        bail!("{missed} limits missed");
    }
    Ok(())
}

/// The middle value; the smaller one of two.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
        .get(sorted.len().saturating_sub(1) / 2)
        .copied()
        .unwrap_or(f64::NAN)
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(values: &[f64]) -> Measure {
        Measure {
            values: values.to_vec(),
            ..Measure::new("press", "ms", 20.0)
        }
    }

    #[test]
    fn the_median_is_held_against_the_limit() {
        assert!(measure(&[90.0, 19.0, 18.0]).is_kept());
        assert!(!measure(&[90.0, 21.0, 18.0]).is_kept());
    }

    #[test]
    fn options_begin_at_the_first_dash() {
        let arguments = ["speed", "sound", "--row", "loss10"].map(OsString::from);
        let (names, options) = split_options(&arguments);
        assert_eq!(names, ["speed", "sound"]);
        assert_eq!(options, ["--row", "loss10"]);
        assert!(split_options(&[]).0.is_empty());
    }

    #[test]
    fn what_was_never_measured_misses_its_limit() {
        assert!(!measure(&[]).is_kept());
    }

    #[test]
    fn a_line_tells_value_limit_and_ratio() {
        let mut measure = measure(&[8.0]);
        measure.compare_with(2.0);
        let line = measure.line();
        for part in [
            "press",
            "8.00 ms",
            "<=   20.00",
            "ok",
            "baseline 2.00, ratio 4.00",
        ] {
            assert!(line.contains(part), "{line} lacks {part}");
        }
    }
}
