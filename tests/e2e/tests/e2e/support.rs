//! What the tests stand on.

use std::time::Duration;

pub mod phone;
pub mod raw;
pub mod sound;
pub mod um;

/// How long anything may take before a test fails. Generous, because a machine that builds at the
/// same time is slow; nothing waits for it to pass.
pub const LIMIT: Duration = Duration::from_secs(30);
