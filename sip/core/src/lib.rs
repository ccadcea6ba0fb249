//! Sans-IO SIP: message, framing, transactions, dialogs, registration, calls.
//!
//! Nothing here reads a clock, a socket or a random source. Bytes, time and seeds come in through
//! [`Core::handle_input`] and the commands; bytes, events and the next deadline go out through
//! [`Core::poll_output`]. After any mutation the caller drains `poll_output` until it returns
//! [`Output::Timeout`].
//!
//! # The floors
//!
//! | floor | what it knows | who uses it |
//! |---|---|---|
//! | [`message`], [`framing`] | how messages are read and printed, where one ends in a stream | all |
//! | [`transaction`] | a request and its responses (RFC 3261 §17, RFC 6026) | phone, server |
//! | [`signalling`] | that, and answers to challenges ([`auth`]) | phone, server |
//! | [`call`] | INVITE and the dialog that it makes | phone, server |
//! | [`user_agent`] | an account: flow, registration, mailbox, calls | phone |
//!
//! Session descriptions are bytes here; who owes one is all that a call keeps of them.
//!
//! # A user agent at work
//!
//! ```
//! use std::time::Instant;
//!
//! use hark_sip::auth::{Credentials, Password};
//! use hark_sip::identity::Epid;
//! use hark_sip::{Account, Core, IdSource, Output, Registrar, Transport, UserAgent};
//!
//! let account = Account {
//!     address: "sip:alice@example.test".parse()?,
//!     display_name: None,
//!     credentials: Credentials { username: "alice".into(), password: Password::new("secret") },
//!     registrar: Registrar {
//!         transport: Transport::Tls,
//!         host: "sip.example.test".into(),
//!         port: Some(5061),
//!         certificate_names: vec!["sip.example.test".into(), "example.test".into()],
//!     },
//!     epid: Epid::from_random([1, 2, 3, 4, 5]),
//!     product: "Hark/0.1".into(),
//! };
//! let mut agent = UserAgent::new(account, IdSource::from_seed([7; 32]));
//! agent.register(Instant::now());
//! loop {
//!     match agent.poll_output() {
//!         Output::Lookup(question) => println!("{question:?}"),
//!         Output::OpenFlow { target, .. } => assert_eq!(target.port, 5061),
//!         Output::Event(event) => println!("{event:?}"),
//!         Output::Transmit { .. } | Output::CloseFlow { .. } => unreachable!("nothing is open"),
//!         Output::Timeout(deadline) => break assert_eq!(deadline, None),
//!     }
//! }
//! # Ok::<(), hark_sip::message::UriError>(())
//! ```

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
pub mod locate;
pub mod message;
pub mod message_summary;
pub mod output;
pub mod pidf;
mod publication;
mod registration;
pub mod signalling;
pub mod subscription;
mod timers;
pub mod transaction;
pub mod user_agent;

pub use account::{Account, Registrar};
pub use call::{
    CallEvent, CallFacts, CallId, CallTarget, Calls, Diversion, DiversionReason, EndReason, Fork,
    Guard, Sensitivity, TransferProgress, TransferTarget,
};
pub use event::{Event, FlowTrust, RegistrationError, RegistrationState};
pub use ids::IdSource;
pub use input::{FlowError, FlowId, FlowInfo, FlowTarget, Input, Transport};
pub use keep_alive::Terms as KeepAliveTerms;
pub use message_summary::MessageWaiting;
pub use output::{Core, Output};
pub use pidf::Presence;
pub use signalling::Signalling;
pub use subscription::EventPackage;
pub use transaction::{TransactionEvent, TransactionLayer};
pub use user_agent::{KeepAlive, Standing, UserAgent};
