//! Tests that read as conversations on the wire, on virtual time.
//!
//! [`check`] runs a script: lines with a time, a direction and what is said. Lines that go in are
//! carried out; lines that come out must happen exactly so, in this order, at this time, and
//! nothing else may happen between them. The language is described in [`script`].
//!
//! ```
//! hark_harness::check(
//!     "
//!     registered
//!     0.000  app  invite sip:bob@example.test sdp=offer
//!     0.000  ->   INVITE sip:bob@example.test sdp=offer +Authorization
//!     0.020  <-   180 Ringing
//!     0.020  ev   progress 1 180
//!     3.000  <-   200 OK sdp=answer
//!     3.000  ->   ACK sip:bob@192.0.2.20:5061;transport=tls
//!     3.000  ev   answered 1 sdp=answer
//!     ",
//! );
//! ```
//!
//! [`Pair`] lets two cores talk to each other over a network with latency that cuts the stream
//! anywhere.

mod account;
mod app;
mod clock;
mod complaint;
mod describe;
mod far_end;
mod glob;
mod pair;
mod scene;
pub mod script;
mod zone;

pub use clock::Clock;
pub use pair::Pair;
pub use scene::{Scene, check};
