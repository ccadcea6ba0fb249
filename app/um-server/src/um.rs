//! The UM server: leads voice calls with menu, greetings and recordings (MS-OCEXUM §3.1.2, §3.2.1).
//!
//! [`agent`] is the SIP side and [`conversation`] leads one call; both are without I/O. [`mod@line`]
//! joins a conversation to its sockets and, through its `clerk`, to its mailbox.

pub(crate) mod agent;
pub(crate) mod bridge;
mod clerk;
pub(crate) mod conversation;
pub(crate) mod line;
mod player;
mod recorder;
