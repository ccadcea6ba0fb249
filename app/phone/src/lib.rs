//! The headless phone engine: Command in, Snapshot and Event out.
//!
//! It is the product; the window and the headless program are two faces of it. Start reading at
//! [`Command`], [`Snapshot`] and [`Event`].

pub mod command;
pub mod event;
pub mod settings;
pub mod snapshot;

pub use command::Command;
pub use event::Event;
pub use settings::{AccountSettings, AudioSettings, MediaEncryption, Settings, Theme, Transport};
pub use snapshot::{
    CallDirection, CallId, CallKind, CallState, CallView, Presence, RegistrationView, Snapshot,
};
