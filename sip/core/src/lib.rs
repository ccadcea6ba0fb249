//! Sans-IO SIP: message, framing, transactions, dialogs, registration, calls.
//!
//! Nothing here reads a clock, a socket or a random source. Bytes, time and seeds come in through
//! [`Core::handle_input`] and the commands; bytes, events and the next deadline go out through
//! [`Core::poll_output`]. After any mutation the caller drains `poll_output` until it returns
//! [`Output::Timeout`].

pub mod account;
pub mod auth;
pub mod call;
mod dialog;
pub mod event;
pub mod framing;
pub mod identity;
pub mod ids;
pub mod input;
mod keep_alive;
pub mod message;
pub mod message_summary;
pub mod output;
mod registration;
pub mod signalling;
pub mod subscription;
mod timers;
pub mod transaction;
pub mod user_agent;

pub use account::Account;
pub use call::{CallEvent, CallFacts, CallId, CallTarget, Calls, EndReason, Fork, Guard};
pub use event::{Event, FlowTrust, RegistrationError, RegistrationState};
pub use ids::IdSource;
pub use input::{FlowError, FlowId, FlowInfo, FlowTarget, Input, Transport};
pub use message_summary::MessageWaiting;
pub use output::{Core, Output};
pub use signalling::Signalling;
pub use subscription::EventPackage;
pub use transaction::{TransactionEvent, TransactionLayer};
pub use user_agent::UserAgent;
