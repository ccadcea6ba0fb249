//! The program as the desktop, a shell and a screen reader see it, in a session of the test's own.
#![cfg(target_os = "linux")]

#[cfg(feature = "demo")]
mod hearing;
mod instance;
mod session;
mod window;
