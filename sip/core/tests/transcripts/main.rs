//! The user agent on the wire, on virtual time. The language of the scripts is described in
//! `hark_harness::script`.

mod cancelling;
mod caps;
mod disturbances;
mod failover;
mod flow_keeping;
mod flow_loss;
mod incoming;
mod mailbox;
mod ocexum;
mod outgoing;
mod pairs;
mod publication;
mod redirects;
mod registration;
mod replacing;
mod requests;
mod robustness;
mod session;
mod session_timers;
mod transfers;
mod updates;
