//! How large text is.

use hark_words::say;
use serde::{Deserialize, Serialize};

/// The size of text and of all that holds it, in per cent of the usual one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct TextSize(u16);

/// A number that is no size of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", say!(text_size_not_right))]
pub struct NotATextSize;

impl TextSize {
    /// The sizes that are offered, from the usual one to the largest.
    pub const STEPS: [Self; 5] = [Self(100), Self(125), Self(150), Self(175), Self(200)];

    pub fn percent(self) -> u16 {
        self.0
    }

    /// The next size that is offered; the largest one stays.
    pub fn larger(self) -> Self {
        let larger = Self::STEPS.into_iter().find(|step| step.0 > self.0);
        larger.unwrap_or(self)
    }

    /// The size before that is offered; the usual one stays.
    pub fn smaller(self) -> Self {
        let smaller = Self::STEPS.into_iter().rfind(|step| step.0 < self.0);
        smaller.unwrap_or(self)
    }
}

impl Default for TextSize {
    fn default() -> Self {
        Self(100)
    }
}

impl TryFrom<u16> for TextSize {
    type Error = NotATextSize;

    fn try_from(percent: u16) -> Result<Self, NotATextSize> {
        match percent {
            100..=200 => Ok(Self(percent)),
            _ => Err(NotATextSize),
        }
    }
}

impl From<TextSize> for u16 {
    fn from(size: TextSize) -> Self {
        size.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_go_from_the_usual_one_to_twice_that() {
        for (percent, valid) in [
            (0, false),
            (99, false),
            (100, true),
            (137, true),
            (200, true),
            (201, false),
        ] {
            assert_eq!(TextSize::try_from(percent).is_ok(), valid, "{percent}");
        }
        for (percent, smaller, larger) in [(100, 100, 125), (137, 125, 150), (200, 175, 200)] {
            let size = TextSize(percent);
            assert_eq!(
                (size.smaller().0, size.larger().0),
                (smaller, larger),
                "{percent}"
            );
        }
    }
}
