//! The faces of Hark: one window drawn from the engine's snapshot, and [`headless`].
//!
//! The way of a press: a view in [`views`] returns an [`action::Action`], [`reduce::reduce`] turns it
//! into a changed [`state::State`] and [`action::Effect`]s, [`desk::Desk`] hands these to the engine or to
//! the desktop around it ([`host`]). The way of a call: the engine wakes the desk, which takes the event as
//! an action, and the rest is the same. The desk outlives the window ([`window`], [`app`]). Words live in
//! [`text`], looks in [`theme`], parts of views in [`widgets`].

pub mod action;
pub mod app;
mod autostart;
mod bus;
#[cfg(feature = "demo")]
mod demo;
pub mod desk;
pub mod diagnosis;
pub mod engine;
pub mod headless;
pub mod host;
mod icon;
mod identity;
pub mod profile;
pub mod recordings;
pub mod reduce;
mod shell;
mod signals;
pub mod standing;
pub mod state;
mod status;
pub mod text;
pub mod theme;
mod told;
pub mod views;
pub mod widgets;
pub mod window;
