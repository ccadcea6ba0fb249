//! The range of UDP ports that a firewall lets through for sound.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use hark_words::say;
use serde::{Deserialize, Serialize};

/// UDP ports from which calls take theirs, two a call; written `30000-30100`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PortRange {
    first: u16,
    last: u16,
}

/// Text that is no range of ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", say!(ports_not_right))]
pub struct NotAPortRange;

impl PortRange {
    pub(crate) fn ports(self) -> RangeInclusive<u16> {
        self.first..=self.last
    }
}

impl FromStr for PortRange {
    type Err = NotAPortRange;

    fn from_str(text: &str) -> Result<Self, NotAPortRange> {
        let (first, last) = text.split_once('-').ok_or(NotAPortRange)?;
        let port = |text: &str| text.trim().parse::<u16>().map_err(|_| NotAPortRange);
        let (first, last) = (port(first)?, port(last)?);
        // RTP takes an even port and RTCP the next one (RFC 3550 §11).
        let pair_fits = first
            .checked_next_multiple_of(2)
            .is_some_and(|rtp| rtp < last);
        if first < FIRST_FREE || !pair_fits {
            return Err(NotAPortRange);
        }
        Ok(Self { first, last })
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.first, self.last)
    }
}

impl TryFrom<String> for PortRange {
    type Error = NotAPortRange;

    fn try_from(text: String) -> Result<Self, NotAPortRange> {
        text.parse()
    }
}

impl From<PortRange> for String {
    fn from(range: PortRange) -> Self {
        range.to_string()
    }
}

/// Ports below belong to the system (RFC 6335 §6).
const FIRST_FREE: u16 = 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_at_least_one_pair() {
        for text in ["30000-30100", "1024-1025", "65533-65535", "30000 - 30001"] {
            let range: PortRange = text.parse().unwrap();
            assert_eq!(range.to_string(), text.replace(' ', ""));
        }
        for text in [
            "",
            "30000",
            "-",
            "30000-",
            "30100-30000",
            "30000-30000",
            "30001-30002",
            "1000-2000",
            "65535-65535",
            "30000-70000",
            "a-b",
        ] {
            assert_eq!(text.parse::<PortRange>(), Err(NotAPortRange), "{text}");
        }
    }
}
