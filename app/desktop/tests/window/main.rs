//! The window as a person meets it: pressed, typed into, read aloud and looked at, with a scripted
//! engine in place of the phone.

mod accounts;
mod address_book;
mod calls;
mod diagnosis;
#[cfg(all(feature = "demo", target_os = "linux"))]
mod first_run;
mod fixtures;
mod frame;
mod history;
mod home;
mod keypad;
mod language;
mod mailbox;
mod people;
mod pictures;
mod profile;
mod recording;
mod ring_rules;
mod screens;
mod settings;
mod setup;
mod sheets;
mod shortcuts;
mod sound_and_network;
mod stage;
mod test_painter;
mod transfer;
mod two_calls;
#[cfg(all(feature = "demo", target_os = "linux"))]
#[path = "../common/um.rs"]
mod um;
