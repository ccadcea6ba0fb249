//! How a registration stands: what is shown of it, and what of that is news.

use std::time::Instant;

use hark_sip::{RegistrationError, RegistrationState};

use crate::snapshot::{ConnectingStage, RegistrationView};
use crate::words;

/// What is shown of a standing. `awake` brings an instant from the clock of the user agent, which goes
/// on in sleep, onto the clock of the faces.
pub(super) fn view_of(
    state: &RegistrationState,
    server: &str,
    awake: impl Fn(Instant) -> Instant,
) -> RegistrationView {
    match state {
        RegistrationState::SignedOut => RegistrationView::SignedOut,
        RegistrationState::Connecting => RegistrationView::Connecting(ConnectingStage::Connecting),
        RegistrationState::Securing => {
            RegistrationView::Connecting(ConnectingStage::CheckingCertificate)
        }
        RegistrationState::SigningIn => RegistrationView::Connecting(ConnectingStage::SigningIn),
        RegistrationState::Registered { .. } => RegistrationView::Registered,
        RegistrationState::Failed { reason, .. } => {
            RegistrationView::Failed(words::registration(reason, server))
        }
        RegistrationState::Lost { reason, next_try } => RegistrationView::Lost {
            problem: words::registration(reason, server),
            next_try: awake(*next_try),
        },
    }
}

/// Whether it has to be told. The same trouble with another time of the next try is only shown: the
/// computer has slept meanwhile.
pub(super) fn is_news(before: &RegistrationView, now: &RegistrationView) -> bool {
    match (before, now) {
        (
            RegistrationView::Lost {
                problem: before, ..
            },
            RegistrationView::Lost { problem: now, .. },
        ) => before != now,
        (before, now) => before != now,
    }
}

/// The same in the language that is spoken, which may be another one than when it was met.
pub(super) fn say_anew(
    view: &RegistrationView,
    trouble: &RegistrationError,
    server: &str,
) -> RegistrationView {
    let problem = || words::registration(trouble, server);
    match view {
        RegistrationView::Failed(_) => RegistrationView::Failed(problem()),
        RegistrationView::Lost { next_try, .. } => RegistrationView::Lost {
            problem: problem(),
            next_try: *next_try,
        },
        RegistrationView::SignedOut
        | RegistrationView::Connecting(_)
        | RegistrationView::Registered => view.clone(),
    }
}

/// What stands in the way goes on standing there while another try is made.
pub(super) fn note_trouble(trouble: &mut Option<RegistrationError>, state: &RegistrationState) {
    match state {
        RegistrationState::Failed { reason, .. } | RegistrationState::Lost { reason, .. } => {
            *trouble = Some(reason.clone());
        }
        RegistrationState::SignedOut | RegistrationState::Registered { .. } => *trouble = None,
        RegistrationState::Connecting
        | RegistrationState::Securing
        | RegistrationState::SigningIn => {}
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn lost(reason: RegistrationError, next_try: Instant) -> RegistrationState {
        RegistrationState::Lost { reason, next_try }
    }

    #[test]
    fn the_next_try_is_shown_on_the_clock_of_the_faces() {
        let now = Instant::now();
        let minute = Duration::from_secs(60);
        let state = lost(RegistrationError::Silent, now + 10 * minute);
        // The computer has slept for three minutes since the user agent began.
        let view = view_of(&state, "example.test", |instant| instant - 3 * minute);
        let RegistrationView::Lost { next_try, .. } = view else {
            panic!("{view:?}");
        };
        assert_eq!(next_try, now + 7 * minute);
    }

    #[test]
    fn a_wait_that_goes_on_is_no_news_and_another_trouble_is() {
        let now = Instant::now();
        let later = now + Duration::from_secs(60);
        let view = |reason, next_try| view_of(&lost(reason, next_try), "example.test", |at| at);
        let silent = || view(RegistrationError::Silent, now);
        let connecting = RegistrationView::Connecting(ConnectingStage::Connecting);
        for (before, after, expected) in [
            (silent(), silent(), false),
            (silent(), view(RegistrationError::Silent, later), false),
            (
                silent(),
                view(RegistrationError::UnsupportedChallenge, now),
                true,
            ),
            (silent(), connecting.clone(), true),
            (connecting.clone(), connecting.clone(), false),
            (connecting, silent(), true),
        ] {
            assert_eq!(is_news(&before, &after), expected, "{before:?} {after:?}");
        }
    }
}
