//! The UM server: leads voice calls with menu, greetings and recordings (MS-OCEXUM §3.1.2, §3.2.1).
//!
//! [`conversation`] leads one call without I/O: 10 ms of sound in, 10 ms of sound out. [`agent`] is
//! the SIP side, without I/O too. [`line`] joins one conversation to its sockets and its mailbox.

pub(crate) mod agent;
pub(crate) mod conversation;
mod player;
mod recorder;
