//! What Hark wants to reach, and whether it does.

use std::fmt;

/// A limit for one figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

impl Goal {
    /// Whether a figure reaches it, in the two decimals that are shown.
    pub fn is_reached(self, value: f64) -> bool {
        match self {
            Self::AtLeast(limit) => short(value) >= short(limit),
            Self::AtMost(limit) => short(value) <= short(limit),
        }
    }

    pub fn limit(self) -> f64 {
        match self {
            Self::AtLeast(limit) | Self::AtMost(limit) => limit,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(limit) => write!(formatter, "≥ {}", short(*limit)),
            Self::AtMost(limit) => write!(formatter, "≤ {}", short(*limit)),
        }
    }
}

/// Two decimals at most.
fn short(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_held_against_what_is_shown() {
        assert!(Goal::AtLeast(3.25).is_reached(3.246));
        assert!(!Goal::AtLeast(3.25).is_reached(3.24));
        assert!(Goal::AtMost(30.0).is_reached(30.0));
        assert!(!Goal::AtMost(30.0).is_reached(30.1));
        assert!(!Goal::AtMost(30.0).is_reached(f64::NAN));
    }
}
