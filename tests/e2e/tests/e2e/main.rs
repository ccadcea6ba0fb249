//! The product from end to end: the engine against the embedded server and against a peer that was
//! written by hand, which shares no code with either.
//!
//! Every wait is for an event or for a state of the snapshot, with [`hark_e2e::LIMIT`].

mod accounts;
mod calls;
mod diagnosis;
mod dialogs;
mod digits;
mod hearing;
mod hostile;
mod mailbox;
mod media;
mod people;
mod play_on_phone;
mod provisioning;
mod recording;
mod registration;
mod settings;
mod transfers;
mod voicemail;
mod who_rings;
mod wire;
