//! The messages, and verdicts on all of them.

use sipx_testkit::{rfc4475, rfc5118};

/// The name of a message and what is to come of it.
pub type Verdict = (&'static str, &'static [&'static str]);

/// Every message of both RFCs, as a stream can carry it.
pub fn corpus() -> Vec<(&'static str, Vec<u8>)> {
    let rfc4475 = rfc4475::CASES
        .iter()
        .map(|case| (case.name, terminated(case.bytes)));
    // The archive of RFC 5118 has bare line feeds and wrong lengths; `wire` has neither.
    let rfc5118 = rfc5118::CASES
        .iter()
        .map(|case| (case.name, case.wire().to_vec()));
    rfc4475.chain(rfc5118).collect()
}

/// One message.
pub fn message(name: &str) -> Vec<u8> {
    let found = corpus().into_iter().find(|(own, _)| *own == name);
    found
        .unwrap_or_else(|| panic!("{name} is no torture message"))
        .1
}

/// Compares what comes of every message with its verdict; there must be one.
pub fn check(verdicts: &[Verdict], outcome: impl Fn(&[u8]) -> Vec<String>) {
    let corpus = corpus();
    assert_eq!(corpus.len(), verdicts.len(), "every message has a verdict");
    for (name, message) in corpus {
        let verdict = verdicts.iter().find(|(own, _)| *own == name);
        let (_, expected) = verdict.unwrap_or_else(|| panic!("{name} has no verdict"));
        assert_eq!(outcome(&message), *expected, "{name}");
    }
}

/// Some messages of the archive end without the empty line that ends every head; over UDP nobody
/// noticed.
fn terminated(message: &[u8]) -> Vec<u8> {
    let mut message = message.to_vec();
    if !message.windows(4).any(|window| window == b"\r\n\r\n") {
        message.extend_from_slice(b"\r\n");
    }
    message
}
