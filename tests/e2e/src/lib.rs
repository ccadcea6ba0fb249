//! What the end-to-end tests stand on: an engine under test, and the far ends it talks to.
//!
//! The tests go through the engine with real TLS, real sockets, real time, and files in place of
//! sound devices. Each folder of `tests/` is one program:
//!
//! - `tests/e2e`: against the embedded server and against a server that is written by hand
//! - `tests/peers`: against programs that this project did not write
//! - `tests/endurance`: servers that are killed and come back, and many calls in a row

use std::time::Duration;

pub mod account;
pub mod authority;
pub mod https;
pub mod phone;
pub mod raw;
pub mod sound;
pub mod um;

/// How long anything may take before a test fails. Generous, because a machine that builds at the
/// same time is slow; nothing waits for it to pass.
pub const LIMIT: Duration = Duration::from_secs(30);
