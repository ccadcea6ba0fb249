//! What stands in the way until it is mended. Kept as what it is, and said each time it is shown, so that
//! it follows the language of the window.

use hark_audio::Role;

use super::Engine;
use crate::account::AccountError;
use crate::snapshot::{AccountId, Problem};
use crate::words;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// There is no device for this.
    NoDevice { role: Role, reason: String },
    /// The settings of an account name a country that there is not. The account works without.
    Region {
        account: AccountId,
        error: AccountError,
    },
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
            Self::Region { account, error } => Problem {
                text: error.to_string(),
                detail: format!("{account}: region"),
            },
            Self::Told(problem) => problem.clone(),
        }
    }

    pub(super) fn say_anew(&mut self) {
        match self {
            Self::NoDevice { .. } | Self::Region { .. } => {}
            Self::Told(problem) => problem.text = hark_words::said_anew(&problem.text),
        }
    }

    fn is_of(&self, of: Role) -> bool {
        match self {
            Self::NoDevice { role, .. } => *role == of,
            Self::Region { .. } | Self::Told(_) => false,
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

    /// A country that is wrong in the settings is told once, and shown until it is mended.
    pub(super) fn follow_regions(&mut self) {
        let wrong = self.kept.accounts.iter().filter_map(|settings| {
            let error = settings.check_region().err()?;
            let account = settings.id();
            Some(Obstacle::Region { account, error })
        });
        let wrong: Vec<_> = wrong.collect();
        self.obstacles.retain(|obstacle| match obstacle {
            Obstacle::Region { .. } => wrong.contains(obstacle),
            Obstacle::NoDevice { .. } | Obstacle::Told(_) => true,
        });
        for obstacle in wrong {
            if !self.obstacles.contains(&obstacle) {
                tracing::warn!(problem = ?obstacle, "a country in the settings is none");
                self.stands_in_the_way(obstacle);
            }
        }
    }

    pub(super) fn misses_device(&self, role: Role) -> bool {
        self.obstacles.iter().any(|obstacle| obstacle.is_of(role))
    }

    pub(super) fn show_obstacles(&mut self) {
        self.shown.problems = self.obstacles.iter().map(Obstacle::problem).collect();
    }
}
