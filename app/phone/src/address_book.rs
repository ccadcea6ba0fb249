//! The address book of a server, by CardDAV (RFC 6352): its contacts come here, and nothing goes there.
//!
//! [`Sync`] decides what is asked next and what an answer means. It does no IO and sees no password.
//! `network` asks over https. What came of it is [`News`], which the archive takes; what the archive
//! had before is [`Known`]. `docs/people.md` is the manual, `docs/adr/0019-carddav.md` says why.

mod book;
mod discovery;
mod error;
mod multistatus;
pub(crate) mod network;
mod request;
mod server;
mod sign_in;
mod sync;

pub use book::{BookNews, CardNews, Known, KnownBook, News};
pub use error::AddressBookError;
pub use request::{Answer, Depth, Method, Request};
pub use server::Server;
pub use sync::{Step, Sync};
