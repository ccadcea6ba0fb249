//! `hark-um`, the embedded voicemail server: SIP registrar, router and Unified Messaging in small.
//!
//! It plays the two server roles of MS-OCEXUM, "protocol server" and "UM server", so that every
//! rule of that document can be tried end to end on one machine. It serves a handful of users on
//! one address, trusts its own throw-away certificate authority, and is not meant for the internet.
//!
//! ```no_run
//! # async fn demo() -> Result<(), hark_um::ServerError> {
//! use hark_um::{MessageChoice, Server, ServerConfig, User};
//!
//! let mut config = ServerConfig::new("example.test", "/var/lib/hark-um");
//! config.users.push(User::new("dana", "password", "1234"));
//! let server = Server::start(config).await?;
//! println!("clients connect to {}", server.tls_addr());
//! server.handle().play_on_phone("dana", MessageChoice::Newest);
//! # Ok(()) }
//! ```

mod authority;
mod config;
mod demo;
mod dialogue;
mod event;
mod menu;
mod prompts;
mod protocol;
mod registrar;
mod routing;
mod server;
mod service;
mod status;
mod store;
mod switch;
mod um;

pub use authority::AuthorityError;
pub use config::{ConfigError, DigestOffer, Forwarding, Secret, ServerConfig, User};
pub use event::{CallFailure, CallProgress, PinCheck, PlacedCall, ServerEvent};
pub use server::{Caller, MessageChoice, Server, ServerError, ServerHandle};
pub use status::{MessageStatus, UserStatus};
pub use store::StoreError;
