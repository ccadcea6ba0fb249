//! docs/sound.md and its plots, from what was measured.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::plot::{self, Curves};
use crate::report::Row;
use crate::results::{Results, mean};
use crate::table;

/// Writes the page and its plots into the folder.
///
/// # Errors
/// When a row that a plot needs was not measured, or a file cannot be written.
pub fn write(folder: &Path, results: &Results, rows: &[Row]) -> Result<()> {
    fs::write(folder.join("sound.md"), page(results, rows))?;
    fs::write(folder.join("sound-loss.svg"), loss(results, rows)?)?;
    fs::write(folder.join("sound-cost.svg"), cost(results, rows)?)?;
    Ok(())
}

fn page(results: &Results, rows: &[Row]) -> String {
    let ceilings: Vec<String> = results
        .ceilings
        .iter()
        .map(|ceiling| {
            let least = ceiling.scores.iter().copied().fold(f64::INFINITY, f64::min);
            let mean = mean(&ceiling.scores).unwrap_or(f64::NAN);
            format!("{} {mean:.2} (worst {least:.2})", ceiling.codec)
        })
        .collect();
    let late = results
        .listenings
        .iter()
        .flat_map(|listening| &listening.heard)
        .map(|heard| heard.late_ms)
        .fold(0.0, f64::max);
    let load: Vec<String> = results
        .load
        .iter()
        .map(|load| format!("{load:.1}"))
        .collect();
    TEMPLATE
        .replace("{table}", &table::markdown(&results.phones, rows))
        .replace("{ceilings}", &ceilings.join(", "))
        .replace("{machine}", &results.machine)
        .replace("{versions}", &results.versions.join(", "))
        .replace("{load}", &load.join(" and "))
        .replace("{late}", &format!("{late:.1}"))
}

fn loss(results: &Results, rows: &[Row]) -> Result<String> {
    let mut steps = Vec::new();
    for (percent, title) in LOSSES {
        steps.push((percent, find(rows, title)?));
    }
    let curves = Curves {
        title: "PESQ over loss, with 40 ms of jitter",
        below: "lost packets in per cent; 40 ms jitter; bars: what Hark wants to reach",
        range: (1.0, 4.5),
        steps: &steps,
    };
    Ok(curves.draw(&results.phones))
}

fn cost(results: &Results, rows: &[Row]) -> Result<String> {
    let mut panels = Vec::new();
    for title in PANELS {
        panels.push(find(rows, title)?);
    }
    Ok(plot::bars(
        "Delay, processor time and memory",
        &results.phones,
        &panels,
    ))
}

fn find<'a>(rows: &'a [Row], title: &str) -> Result<&'a Row> {
    rows.iter()
        .find(|row| row.title == title)
        .with_context(|| format!("`{title}` was not measured"))
}

const LOSSES: [(f64, &str); 4] = [
    (0.0, "PESQ: 40 ms jitter"),
    (5.0, "PESQ: 5 % loss, 40 ms jitter"),
    (10.0, "PESQ: 10 % loss, 40 ms jitter"),
    (20.0, "PESQ: 20 % loss, 40 ms jitter"),
];

const PANELS: [&str; 3] = [
    "packet to sample: no loss, no jitter",
    "processor, a minute of call with SRTP",
    "peak memory in that call",
];

const TEMPLATE: &str = include_str!("document.template");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::CONDITIONS;

    #[test]
    fn the_plot_takes_conditions_that_are_measured() {
        for (_, title) in LOSSES {
            let measured = |title: &str| {
                CONDITIONS
                    .iter()
                    .any(|c| title == format!("PESQ: {}", c.title))
            };
            assert!(measured(title), "{title}");
        }
    }

    #[test]
    fn the_page_has_no_gap() {
        let page = page(&Results::default(), &[]);
        assert!(!page.contains('{') && !page.contains('}'), "{page}");
    }
}
