//! The page for people: a figure and a table.

use std::fmt::Write as _;

use crate::crowd::Arrivals;

/// Clients per second since the server's return, as bars.
pub fn figure(arrivals: &Arrivals) -> String {
    let bars = arrivals.per_second.len();
    let bar = WIDTH / bars as f64;
    let scale = HEIGHT / (2.0 * arrivals.mean());
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>Clients that come back in each second</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
        WIDTH + 2.0 * MARGIN,
        HEIGHT + 2.0 * MARGIN,
    );
    for (second, count) in arrivals.per_second.iter().enumerate() {
        let (x, height) = (MARGIN + second as f64 * bar, *count as f64 * scale);
        let y = MARGIN + HEIGHT - height;
        let width = bar - 1.0;
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             fill=\"#2f6fb0\"><title>second {}: {count}</title></rect>",
            second + 1
        );
    }
    for (times, words) in [(1.0, "mean"), (2.0, "twice the mean")] {
        let y = MARGIN + HEIGHT - times * arrivals.mean() * scale;
        let _ = writeln!(
            svg,
            "<line x1=\"{MARGIN}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#a33\" \
             stroke-dasharray=\"4\"/>\n<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\" \
             fill=\"#a33\">{words}: {:.0} in a second</text>",
            MARGIN + WIDTH,
            MARGIN + WIDTH,
            y - 4.0,
            times * arrivals.mean(),
        );
    }
    let base = MARGIN + HEIGHT;
    let _ = write!(
        svg,
        "<line x1=\"{MARGIN}\" x2=\"{}\" y1=\"{base}\" y2=\"{base}\" stroke=\"#333\"/>\n\
         <text x=\"{MARGIN}\" y=\"{}\">the server is back</text>\n\
         <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{bars} s later</text>\n</svg>\n",
        MARGIN + WIDTH,
        base + 18.0,
        MARGIN + WIDTH,
        base + 18.0,
    );
    svg
}

pub fn text(curves: &[(u64, Arrivals)], shown: u64) -> String {
    let mut page = INTRODUCTION.replace("{shown}", &shown.to_string());
    for (outage, arrivals) in curves {
        let (peak, mean) = (arrivals.peak(), arrivals.mean());
        let _ = writeln!(
            page,
            "| {outage} s | {} s | {} s | {mean:.0} | {peak} | {:.2} |",
            arrivals.back(0.5),
            arrivals.per_second.len(),
            peak as f64 / mean
        );
    }
    page.push_str(RULE);
    page
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 200.0;
const MARGIN: f64 = 30.0;

const INTRODUCTION: &str = "\
<!-- Made by sip/core/tests/reconnecting; run it with HARK_WRITE_PAGES=1 to make it anew. -->

# Coming back after an outage

When a server goes down, all of its clients lose their flows in the same moment. If all of them came
back in the same moment, too, they would take it down again. This page shows how 10,000 clients of
one server come back: real user agents on virtual time, idle and registered, whose flows end together.

![Clients that come back in each second after an outage of {shown} s](reconnecting.svg)

| the server was down for | half are back after | all are back after | mean in a second | most in a second | most / mean |
|---|---|---|---|---|---|
";

const RULE: &str = "
## The rule

- A client draws one phase *u* from 0 to 1 for each outage. It tries at 2·(2^u − 1) seconds, then at
  2·(2^(1+u) − 1), then at 2·(2^(2+u) − 1), and so on: within two seconds at first, then after waits
  that double, from the seventh on every 177 seconds.
- The phases are spread evenly, so the tries of all clients together thin out evenly. Whenever the
  server comes back, 1/ln 2 = 1.44 times the mean is the most that a second can expect; what is above
  that in the table is chance and the last second, which is not full.
- Whoever is in a call does not wait the first time, because somebody is listening. Nor does a client
  whose own network was gone or whose computer slept: that happens to one, not to all.
- A server on the same computer is tried twice a second: it has no other clients.
- `Retry-After` of a server counts before all of this.
";
