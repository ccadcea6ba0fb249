//! Stories on the wire: phones on flows of their own, the switch between them, virtual time.
//!
//! A script is the whole story with times. Lines with `->` are what a phone or the UM server does;
//! lines with `<-` are what they get. See `world.rs` for the words.

mod access;
mod calls;
mod message_waiting;
mod unseen;
mod voicemail;
mod world;

use world::World;

/// Plays the `->` lines of a script and compares the whole of it.
#[track_caller]
fn check(script: &str) {
    check_in(World::new(), script);
}

#[track_caller]
fn check_in(mut world: World, script: &str) {
    let lines: Vec<_> = script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    for line in &lines {
        if line.contains(" -> ") {
            world.perform(line);
        }
    }
    if let Some(last) = lines.last() {
        world.advance_to(world::time_of(last));
    }
    let expected: Vec<_> = lines.iter().map(|line| words(line)).collect();
    let happened: Vec<_> = world.log.iter().map(|line| words(line)).collect();
    assert_eq!(happened.join("\n"), expected.join("\n"));
}

fn words(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
