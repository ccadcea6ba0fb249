//! What stands in the way until it is mended. Kept as what it is, and said each time it is shown, so that
//! it follows the language of the window.

use hark_audio::Role;

use super::Engine;
use crate::snapshot::Problem;
use crate::words;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// There is no device for this.
    NoDevice { role: Role, reason: String },
    /// Said when it was met.
    Told(Problem),
}

impl Obstacle {
    fn problem(&self) -> Problem {
        match self {
            Self::NoDevice { role, reason } => Problem {
                text: words::missing_device(*role),
                detail: reason.clone(),
            },
            Self::Told(problem) => problem.clone(),
        }
    }

    pub(super) fn say_anew(&mut self) {
        match self {
            Self::NoDevice { .. } => {}
            Self::Told(problem) => problem.text = hark_words::said_anew(&problem.text),
        }
    }

    fn is_of(&self, of: Role) -> bool {
        match self {
            Self::NoDevice { role, .. } => *role == of,
            Self::Told(_) => false,
        }
    }
}

impl Engine {
    /// Tells the user, and goes on showing it until it is mended.
    pub(super) fn stands_in_the_way(&mut self, obstacle: Obstacle) {
        self.complain(obstacle.problem().text);
        if !self.obstacles.contains(&obstacle) {
            self.obstacles.push(obstacle);
        }
    }

    pub(super) fn device_is_there(&mut self, role: Role) {
        self.obstacles.retain(|obstacle| !obstacle.is_of(role));
    }

    pub(super) fn misses_device(&self, role: Role) -> bool {
        self.obstacles.iter().any(|obstacle| obstacle.is_of(role))
    }

    pub(super) fn show_obstacles(&mut self) {
        self.shown.problems = self.obstacles.iter().map(Obstacle::problem).collect();
    }
}
