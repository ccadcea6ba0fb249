//! The window's frame where the desktop draws none.

use egui::{Key, ViewportCommand, accesskit::Role};
use hark_desktop::theme::size;

use crate::fixtures::signed_in;
use crate::stage::Stage;

#[test]
fn a_desktop_that_draws_frames_gets_none_of_ours() {
    let stage = Stage::new(signed_in());
    assert!(!stage.has(Role::Button, "Close the window"));
}

#[test]
fn the_frame_minimises_maximises_and_closes_the_window() {
    let mut stage = Stage::new(signed_in());
    stage.frame();
    for (button, command) in [
        ("Minimise", ViewportCommand::Minimized(true)),
        ("Maximise", ViewportCommand::Maximized(true)),
        ("Close the window", ViewportCommand::Close),
    ] {
        assert_eq!(stage.window_is_told(button), [command]);
    }
}

#[test]
fn the_frame_takes_its_room_above_everything_and_comes_last_for_the_keyboard() {
    let mut stage = Stage::new(signed_in());
    let presence = |stage: &Stage| stage.button("Presence: Available").rect().top();
    let before = presence(&stage);
    stage.frame();
    assert_eq!(presence(&stage) - before, size::FRAME_BAR);
    stage.key(Key::Tab);
    assert!(stage.button("Presence: Available").is_focused());
}
