//! Hark among programs that this project did not write: Kamailio, baresip, SIPp, coturn, OpenSSL
//! and Radicale, from the distribution's packages. `peers/README.md` says how each is started and what it
//! is for.
//!
//! A peer that is missing fails the run in CI; elsewhere its tests are skipped with a line that says
//! so.
#![cfg(target_os = "linux")]

mod baresip;
mod coturn;
mod kamailio;
mod openssl;
mod process;
mod radicale;
mod sipp;
mod sipp_as_client;
mod sipp_as_server;
mod through_coturn;
mod through_kamailio;
mod with_baresip;
mod with_radicale;

/// On a developer's machine this says what is skipped; in CI nothing may be missing.
#[test]
fn programs_that_are_missing_are_named() {
    for program in [
        kamailio::PROGRAM,
        baresip::PROGRAM,
        sipp::PROGRAM,
        coturn::PROGRAM,
        openssl::PROGRAM,
        radicale::PROGRAM,
    ] {
        process::find(program);
    }
}
