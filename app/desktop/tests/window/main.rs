//! The window as a person meets it: pressed, typed into, read aloud and looked at, with a scripted
//! engine in place of the phone.

mod calls;
mod fixtures;
mod history;
mod home;
mod keypad;
mod looks;
mod mailbox;
mod profile;
mod recording;
mod ring_rules;
mod settings;
mod setup;
mod shortcuts;
mod sound_and_network;
mod stage;
mod transfer;
mod two_calls;
