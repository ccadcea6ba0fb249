//! The faces of Hark: one window drawn from the engine's snapshot, and [`headless`].
//!
//! The way of a press: a view in [`views`] returns an [`action::Action`], [`reduce::reduce`] turns it
//! into a changed [`state::State`] and [`action::Effect`]s, [`app::App`] hands these to the engine or to
//! the desktop around the window ([`host`]). The way of a call: the engine wakes the window,
//! [`app::App`] takes the event as an action, and the rest is the same. Words live in [`text`], looks in
//! [`theme`], parts of views in [`widgets`].

pub mod action;
pub mod app;
mod bus;
#[cfg(feature = "demo")]
mod demo;
pub mod engine;
pub mod headless;
pub mod host;
pub mod recordings;
pub mod reduce;
pub mod state;
pub mod text;
pub mod theme;
pub mod views;
pub mod widgets;
pub mod window;
