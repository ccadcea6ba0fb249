//! Stories of the window's state, without a window.

use hark_phone::snapshot::Problem;
use hark_phone::{AccountSettings, CallId, CallKind, CallState, CallView, RegistrationView};

use super::*;
use crate::action::Held;
use crate::state::{CallPanel, FieldError};

/// Acts on a state and gives the effects as words.
struct Story {
    state: State,
    snapshot: Snapshot,
}

impl Story {
    fn new() -> Self {
        Self {
            state: State::default(),
            snapshot: Snapshot::default(),
        }
    }

    fn acts(&mut self, action: Action) -> Vec<String> {
        let effects = reduce(&mut self.state, &self.snapshot, action);
        effects.iter().map(|effect| format!("{effect:?}")).collect()
    }

    fn happens(&mut self, event: Event) -> Vec<String> {
        self.acts(Action::Happened(event))
    }

    fn fills_the_form(&mut self) {
        self.state.setup.form.address = " dana@example.test ".into();
        self.state.setup.form.password = "secret".into();
    }
}

fn problem() -> Problem {
    Problem {
        text: "The server does not accept this password.".into(),
        detail: "403".into(),
    }
}

fn call(id: u64, title: &str) -> CallView {
    let incoming = hark_phone::CallDirection::Incoming;
    CallView {
        title: title.into(),
        ..CallView::new(CallId(id), incoming, CallKind::Person)
    }
}

fn ended(id: u64, reason: Option<&str>) -> Event {
    Event::Call {
        call: CallId(id),
        state: CallState::Ended,
        reason: reason.map(str::to_owned),
        skip_pin: None,
        notes: Default::default(),
    }
}

#[test]
fn signing_in_sends_the_account_trimmed_and_the_password_redacted() {
    let mut story = Story::new();
    story.fills_the_form();
    let effects = story.acts(Action::SignIn);
    assert_eq!(effects.len(), 1);
    assert!(
        effects[0].contains("address: \"dana@example.test\""),
        "{effects:?}"
    );
    assert!(!effects[0].contains("secret"), "{effects:?}");
    assert!(story.state.setup.waiting);
}

#[test]
fn a_form_that_cannot_be_right_sends_nothing_and_names_the_field() {
    for (address, password, expected) in [
        ("", "x", FieldError::AddressMissing),
        ("dana", "x", FieldError::AddressWithoutDomain),
        ("@example.test", "x", FieldError::AddressWithoutDomain),
        ("sip:dana@", "x", FieldError::AddressWithoutDomain),
        ("dana@example.test", "", FieldError::PasswordMissing),
    ] {
        let mut story = Story::new();
        story.state.setup.form.address = address.into();
        story.state.setup.form.password = password.into();
        assert!(story.acts(Action::SignIn).is_empty(), "{address}");
        assert_eq!(story.state.setup.field_error, Some(expected), "{address}");
        assert!(!story.state.setup.waiting);
    }
}

#[test]
fn the_form_closes_and_forgets_the_password_once_signed_in() {
    let mut story = Story::new();
    story.fills_the_form();
    story.acts(Action::SignIn);
    story.happens(Event::Registration(RegistrationView::Registered));
    assert!(!story.state.setup.waiting);
    assert!(story.state.setup.form.password.is_empty());
    assert_eq!(story.state.tab, Tab::Home);
}

#[test]
fn the_form_stays_filled_when_the_server_refuses() {
    let mut story = Story::new();
    story.fills_the_form();
    story.acts(Action::SignIn);
    story.happens(Event::Registration(RegistrationView::Failed(problem())));
    assert!(story.state.setup.open);
    assert!(!story.state.setup.waiting);
    assert_eq!(story.state.setup.form.password, "secret");
}

#[test]
fn signing_in_again_later_does_not_move_the_user() {
    let mut story = Story::new();
    story.acts(Action::Show(Tab::Settings));
    story.happens(Event::Registration(RegistrationView::Registered));
    assert_eq!(story.state.tab, Tab::Settings);
}

#[test]
fn changing_the_account_shows_its_fields_but_never_a_password() {
    let mut story = Story::new();
    let account = AccountSettings {
        address: "dana@example.test".into(),
        server: Some("pbx.example.test:5061".into()),
        ..AccountSettings::default()
    };
    story.acts(Action::OpenSetup(Box::new(account)));
    let setup = &story.state.setup;
    assert_eq!(setup.form.server, "pbx.example.test:5061");
    assert!(setup.advanced, "a field behind Advanced is set");
    assert!(setup.form.password.is_empty());
}

#[test]
fn dialling_takes_the_number_off_the_keypad_and_an_empty_one_does_nothing() {
    let mut story = Story::new();
    story.state.keypad.typed = " 425 555 0143 ".into();
    assert_eq!(
        story.acts(Action::Dial),
        ["Send(Dial { to: \"425 555 0143\" })"]
    );
    assert!(story.state.keypad.typed.is_empty());
    assert!(story.acts(Action::Dial).is_empty());
}

#[test]
fn a_digit_typed_on_another_screen_opens_the_keypad_with_it() {
    let mut story = Story::new();
    story.acts(Action::TypeDigit('4'));
    assert_eq!(story.state.tab, Tab::Keypad);
    assert_eq!(story.state.keypad.typed, "4");
    assert!(story.state.keypad.wants_focus);
}

#[test]
fn a_call_that_rings_raises_the_window_and_is_named_in_a_notification() {
    let mut story = Story::new();
    story.snapshot.calls = vec![call(3, "Priya Raman")];
    let effects = story.happens(Event::Incoming {
        call: CallId(3),
        kind: CallKind::Person,
        from: "sip:priya@example.test".into(),
        notes: Default::default(),
    });
    assert_eq!(effects[0], "Raise");
    assert!(effects[1].contains("title: \"Priya Raman\""), "{effects:?}");
}

#[test]
fn ox16_play_on_phone_is_named_as_such_in_the_notification() {
    let mut story = Story::new();
    let effects = story.happens(Event::Incoming {
        call: CallId(3),
        kind: CallKind::PlayOnPhone,
        from: "sip:dana@example.test".into(),
        notes: Default::default(),
    });
    assert!(
        effects[1].contains("Voicemail – Play on Phone"),
        "{effects:?}"
    );
    assert!(!effects[1].contains("dana"), "{effects:?}");
}

#[test]
fn the_notification_goes_when_the_call_is_answered_or_over() {
    let mut story = Story::new();
    let connected = Event::Call {
        call: CallId(3),
        state: CallState::Connected,
        reason: None,
        skip_pin: None,
        notes: Default::default(),
    };
    assert_eq!(story.happens(connected), ["Withdraw(Ringing(CallId(3)))"]);
    assert_eq!(
        story.happens(ended(3, None)),
        ["Withdraw(Ringing(CallId(3)))"]
    );
}

#[test]
fn the_reason_a_call_ended_stays_until_it_is_read() {
    let mut story = Story::new();
    story.happens(ended(3, Some("The line is busy.")));
    story.happens(ended(4, None));
    assert_eq!(story.state.notice.as_deref(), Some("The line is busy."));
    story.acts(Action::DismissNotice);
    assert_eq!(story.state.notice, None);
}

#[test]
fn the_end_of_another_call_leaves_the_open_keys_of_this_one() {
    let mut story = Story::new();
    let mut standing = call(3, "Voicemail");
    standing.state = CallState::Connected;
    story.snapshot.calls = vec![standing];
    story.acts(Action::TogglePanel(CallPanel::Keypad));
    story.acts(Action::SendDigit(CallId(3), '1'));
    story.happens(ended(4, None));
    assert_eq!(story.state.call.panel, Some(CallPanel::Keypad));
    story.happens(ended(3, None));
    assert_eq!(story.state.call.panel, None);
    assert!(story.state.call.sent_digits.is_empty());
}

#[test]
fn what_was_typed_in_one_call_does_not_show_in_the_other() {
    let mut story = Story::new();
    let (mut mailbox, mut other) = (call(3, "Voicemail"), call(4, "Tom Eriksen"));
    (mailbox.state, other.state) = (CallState::Connected, CallState::Connected);
    other.held = true;
    story.snapshot.calls = vec![mailbox, other];
    story.acts(Action::SendDigit(CallId(3), '1'));
    story.acts(Action::SetHeld(CallId(3), Held::Yes));
    assert_eq!(story.state.call.sent_digits, "1");
    story.acts(Action::SetHeld(CallId(4), Held::No));
    assert!(story.state.call.sent_digits.is_empty());
}

#[test]
fn history_is_cleared_at_the_second_press_only() {
    let mut story = Story::new();
    story.acts(Action::Show(Tab::People));
    assert!(story.acts(Action::ClearHistory).is_empty());
    story.acts(Action::KeepHistory);
    assert!(story.acts(Action::ClearHistory).is_empty());
    assert_eq!(story.acts(Action::ClearHistory), ["Send(ClearHistory)"]);
}

#[test]
fn a_question_is_answered_with_no_by_walking_away() {
    let mut story = Story::new();
    story.acts(Action::SignOut);
    story.acts(Action::Show(Tab::Home));
    assert!(story.acts(Action::SignOut).is_empty());
    assert_eq!(story.acts(Action::SignOut), ["Send(RemoveAccount)"]);
}

#[test]
fn opening_the_history_marks_its_calls_as_seen() {
    let mut story = Story::new();
    assert_eq!(
        story.acts(Action::Show(Tab::People)),
        ["Send(MarkHistorySeen)"]
    );
}

#[test]
fn leaving_the_settings_ends_the_microphone_check() {
    let mut story = Story::new();
    story.acts(Action::Show(Tab::Settings));
    assert_eq!(
        story.acts(Action::ToggleMicrophoneCheck),
        ["Send(WatchMicrophone { watch: true })"]
    );
    assert_eq!(
        story.acts(Action::Show(Tab::Keypad)),
        ["Send(WatchMicrophone { watch: false })"]
    );
    assert!(story.acts(Action::Show(Tab::Home)).is_empty());
}

#[test]
fn the_demo_starts_once_and_begins_with_a_fresh_window() {
    let mut story = Story::new();
    story.state.demo = DemoState::Off;
    story.state.keypad.typed = "425".into();
    assert_eq!(story.acts(Action::StartDemo), ["StartDemo"]);
    assert!(story.acts(Action::StartDemo).is_empty());
    story.acts(Action::DemoStarted);
    assert_eq!(story.state.demo, DemoState::Running);
    assert!(story.state.keypad.typed.is_empty());
    assert_eq!(story.acts(Action::LeaveDemo), ["LeaveDemo"]);
    assert_eq!(story.state.demo, DemoState::Off);
}

#[test]
fn a_demo_that_did_not_start_can_be_tried_again() {
    let mut story = Story::new();
    story.state.demo = DemoState::Off;
    story.acts(Action::StartDemo);
    story.acts(Action::DemoFailed("no port".into()));
    assert_eq!(story.state.demo, DemoState::Failed("no port".into()));
    assert_eq!(story.acts(Action::StartDemo), ["StartDemo"]);
}
