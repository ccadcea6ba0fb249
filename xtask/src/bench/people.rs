//! The history at 100,000 calls: how long a search takes, and a frame while the list is scrolled.
//!
//! Both are tests of the crates that do it, because nobody else sees the store and the frames apart from
//! what the screen takes.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::Measure;
use crate::process;

pub fn run(_program: &Path, _folder: &Path) -> Result<Vec<Measure>> {
    let mut search = Measure::new("search among 100,000 calls, slowest", "ms", 50.0);
    let mut page = Measure::new("page of the list while it is scrolled", "ms", 16.7);
    let mut frame = Measure::new("frame while scrolling, median", "ms", 16.7);
    let mut late = Measure::new("frame while scrolling, 1 in 20", "ms", 16.7);
    for _ in 0..ROUNDS {
        let store = process::output(process::cargo().args(STORE))?;
        search.add(number(&store, "people worst ", 0)?);
        page.add(number(&store, "people page ", 0)?);
        let window = process::output(process::cargo().args(WINDOW))?;
        frame.add(number(&window, "people frames ", 0)?);
        late.add(number(&window, "people frames ", 1)?);
    }
    Ok(vec![search, page, frame, late])
}

/// One of the numbers that a test has printed behind `head`.
fn number(printed: &str, head: &str, place: usize) -> Result<f64> {
    // The runner writes the name of the test before the first line.
    let (_, rest) = printed
        .split_once(head)
        .with_context(|| format!("no `{head}` was printed"))?;
    let line = rest.lines().next().unwrap_or_default();
    let number = line.split_whitespace().nth(place);
    number
        .and_then(|number| number.parse().ok())
        .with_context(|| format!("no number behind `{head}`"))
}

const STORE: [&str; 8] = [
    "test",
    "--profile=measured",
    "--package=hark-phone",
    "--lib",
    "--quiet",
    "--",
    "--nocapture",
    "a_hundred_thousand_calls_are_looked_through",
];

const WINDOW: [&str; 8] = [
    "test",
    "--profile=measured",
    "--package=hark",
    "--test=window",
    "--quiet",
    "--",
    "--nocapture",
    "frames_of_a_long_history",
];

const ROUNDS: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_found_in_what_a_test_prints() {
        let printed = "test a ... people frames 1.50 2.25\npeople worst 7\nok\n";
        assert_eq!(number(printed, "people frames ", 1).unwrap(), 2.25);
        assert_eq!(number(printed, "people worst ", 0).unwrap(), 7.0);
        assert!(number(printed, "people worst ", 1).is_err());
        assert!(number(printed, "people page ", 0).is_err());
    }
}
