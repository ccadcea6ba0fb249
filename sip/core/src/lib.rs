//! Sans-IO SIP: message, framing, transactions, dialogs, registration, calls.
//!
//! Nothing here reads a clock, a socket or a random source. Bytes, time and seeds come in through
//! [`Core::handle_input`] and the commands; bytes, events and the next deadline go out through
//! [`Core::poll_output`]. After any mutation the caller drains `poll_output` until it returns
//! [`Output::Timeout`].

pub mod auth;
pub mod framing;
pub mod identity;
pub mod ids;
pub mod input;
pub mod message;
pub mod message_summary;
pub mod output;

pub use ids::IdSource;
pub use input::{FlowError, FlowId, FlowInfo, FlowTarget, Input, Transport};
pub use message_summary::MessageWaiting;
pub use output::{Core, Output};
