//! When the window draws by itself, and when it does not.

use hark_phone::snapshot::Problem;
use hark_phone::{CallDirection, CallId, CallKind, CallState, CallView};

use super::*;

fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn connected(since: Instant) -> Snapshot {
    let call = CallView {
        state: CallState::Connected,
        connected_at: Some(since),
        ..CallView::new(CallId(1), CallDirection::Outgoing, CallKind::Voicemail)
    };
    Snapshot {
        calls: vec![call],
        ..Snapshot::default()
    }
}

fn lost(next_try: Instant) -> Snapshot {
    let problem = Problem {
        text: String::new(),
        detail: String::new(),
    };
    Snapshot {
        registration: RegistrationView::Lost { problem, next_try },
        ..Snapshot::default()
    }
}

#[test]
fn an_idle_window_draws_nothing() {
    let now = Instant::now();
    let registered = Snapshot {
        registration: RegistrationView::Registered,
        ..Snapshot::default()
    };
    assert_eq!(next_change(&registered, now), None);
    assert_eq!(next_change(&Snapshot::default(), now), None);
}

#[test]
fn a_timer_is_drawn_when_its_second_changes() {
    let since = Instant::now();
    let snapshot = connected(since);
    assert_eq!(
        next_change(&snapshot, since + millis(300)),
        Some(millis(700))
    );
    assert_eq!(
        next_change(&snapshot, since + millis(5_900)),
        Some(millis(100))
    );
    assert_eq!(next_change(&snapshot, since + millis(6_000)), Some(SECOND));
}

#[test]
fn a_countdown_is_drawn_when_its_second_changes_and_rests_at_its_end() {
    let now = Instant::now();
    let snapshot = lost(now + millis(4_250));
    assert_eq!(next_change(&snapshot, now), Some(millis(250)));
    assert_eq!(next_change(&snapshot, now + millis(4_250)), None);
}
