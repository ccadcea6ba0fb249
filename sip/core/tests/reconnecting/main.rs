//! Ten thousand clients of one server that goes down and comes back, on virtual time; and the page
//! that shows it.

mod crowd;
mod page;

use std::path::Path;

use crowd::{Arrivals, Crowd};

/// Seconds between the end of all flows and the moment in which the server listens again.
const OUTAGES: [u64; 4] = [0, 5, 30, 300];

/// The outage that the figure shows.
const SHOWN: u64 = 30;

#[test]
fn no_second_sees_more_than_twice_the_mean_and_the_page_says_so() {
    let mut crowd = Crowd::new(CLIENTS);
    let curves: Vec<(u64, Arrivals)> = OUTAGES
        .into_iter()
        .map(|outage| (outage, crowd.come_back_from(outage)))
        .collect();
    for (outage, arrivals) in &curves {
        assert_eq!(arrivals.total(), CLIENTS, "after {outage} s all are back");
        let (peak, mean) = (arrivals.peak() as f64, arrivals.mean());
        assert!(
            peak <= 2.0 * mean,
            "after {outage} s: {peak} in a second, {mean} on average"
        );
    }
    let shown = curves.iter().find(|(outage, _)| *outage == SHOWN);
    let (_, shown) = shown.expect("it is one of them");
    is_committed("reconnecting.svg", &page::figure(shown));
    is_committed("reconnecting.md", &page::text(&curves, SHOWN));
}

/// With `HARK_WRITE_PAGES` in the environment the page is written instead.
fn is_committed(name: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(name);
    if std::env::var_os("HARK_WRITE_PAGES").is_some() {
        std::fs::write(&path, expected).expect("docs/ can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == expected,
        "docs/{name} is not what the code makes; run the test with HARK_WRITE_PAGES=1"
    );
}

const CLIENTS: usize = 10_000;
