//! Calls in a row in one process, without sound: nothing grows.
//!
//! `HARK_CALLS` sets how many; 10,000 take minutes.

use std::time::{Duration, Instant};

use hark_e2e::LIMIT;
use hark_e2e::phone::Phone;
use hark_e2e::raw::{RawFlow, RawServer};
use hark_phone::{CallState, Command, RingRules};

use crate::far_end::{CONTACT, TheirCall, description, final_response};
use crate::process::{alone, assert_flat, descriptors, resident_kib};

#[test]
fn calls_in_a_row_leave_nothing_behind() {
    let _alone = alone();
    let calls = std::env::var("HARK_CALLS").map_or(CALLS, |text| text.parse().expect("a number"));
    let server = RawServer::tls();
    let phone = Phone::without_sound(server.account(), "secret");
    let mut flow = server.accept();
    flow.register();
    phone.until_registered();
    // Who is called this often by people that give up is flooded, and would refuse the next ones.
    phone.send(Command::SetRingRules(RingRules {
        flood_limit: 0,
        ..RingRules::default()
    }));
    let before = descriptors();
    run(&phone, &mut flow, 0..calls / 2);
    let halfway = resident_kib();
    run(&phone, &mut flow, calls / 2..calls);
    assert_eq!(phone.snapshot().calls, []);
    until_closed(&phone, &before);
    let end = resident_kib();
    eprintln!(
        "{calls} calls: {halfway:?} KiB halfway, {end:?} KiB at the end, {} open",
        before.len()
    );
    assert_flat(halfway, end);
}

/// Calls of every kind, in turn.
fn run(phone: &Phone, flow: &mut RawFlow, numbers: std::ops::Range<usize>) {
    for n in numbers {
        match n % 5 {
            0 => we_call_and_hang_up(phone, flow),
            1 => they_call_and_hang_up(phone, flow, n),
            2 => we_call_and_cancel(phone, flow),
            3 => they_call_and_cancel(phone, flow, n),
            _ => they_call_and_we_decline(phone, flow, n),
        }
    }
}

fn we_call_and_hang_up(phone: &Phone, flow: &mut RawFlow) {
    phone.send(Command::Dial { to: "bob".into() });
    let invite = flow.expect("INVITE");
    flow.respond(&invite, "200 OK", CONTACT, &description());
    flow.expect("ACK");
    let (call, _) = phone.until_call(CallState::Connected);
    phone.send(Command::HangUp { call });
    let bye = flow.expect("BYE");
    flow.respond(&bye, "200 OK", "", "");
    phone.until_call(CallState::Ended);
}

fn they_call_and_hang_up(phone: &Phone, flow: &mut RawFlow, n: usize) {
    let mut theirs = TheirCall::new(n);
    flow.send(&theirs.invite());
    let (call, ..) = phone.until_incoming();
    phone.send(Command::Answer { call });
    theirs.learn(&final_response(flow));
    flow.send(&theirs.request("ACK", 1));
    phone.until_call(CallState::Connected);
    flow.send(&theirs.request("BYE", 2));
    assert_eq!(final_response(flow).status(), "200 OK");
    phone.until_call(CallState::Ended);
}

fn we_call_and_cancel(phone: &Phone, flow: &mut RawFlow) {
    phone.send(Command::Dial { to: "bob".into() });
    let invite = flow.expect("INVITE");
    flow.respond(&invite, "180 Ringing", CONTACT, "");
    let (call, _) = phone.until_call(CallState::Ringing);
    phone.send(Command::HangUp { call });
    let cancel = flow.expect("CANCEL");
    flow.respond(&cancel, "200 OK", "", "");
    flow.respond(&invite, "487 Request Terminated", "", "");
    flow.expect("ACK");
    phone.until_call(CallState::Ended);
}

fn they_call_and_cancel(phone: &Phone, flow: &mut RawFlow, n: usize) {
    let theirs = TheirCall::new(n);
    flow.send(&theirs.invite());
    phone.until_incoming();
    flow.send(&theirs.request("CANCEL", 1));
    // Of the CANCEL and of the INVITE, in either order.
    let mut answers = [final_response(flow), final_response(flow)];
    answers.sort_by(|one, other| one.start.cmp(&other.start));
    assert_eq!(answers[0].status(), "200 OK");
    assert_eq!(answers[1].status(), "487 Request Terminated");
    flow.send(&acknowledged(&theirs));
    phone.until_call(CallState::Ended);
}

fn they_call_and_we_decline(phone: &Phone, flow: &mut RawFlow, n: usize) {
    let theirs = TheirCall::new(n);
    flow.send(&theirs.invite());
    let (call, ..) = phone.until_incoming();
    phone.send(Command::Decline { call });
    assert_eq!(final_response(flow).status(), "603 Decline");
    flow.send(&acknowledged(&theirs));
    phone.until_call(CallState::Ended);
}

/// The ACK of a refusal, which belongs to the INVITE's transaction (RFC 3261 §17.1.1.3).
fn acknowledged(theirs: &TheirCall) -> String {
    theirs.request("ACK", 1).replace("ACK1", "INVITE1")
}

/// Waits until no more is open than before: sockets of the last call are closed a moment after it
/// has ended.
pub fn until_closed(phone: &Phone, before: &[String]) {
    let deadline = Instant::now() + LIMIT;
    loop {
        let open = descriptors();
        if open.len() <= before.len() {
            return;
        }
        assert!(Instant::now() < deadline, "{open:#?}, before {before:#?}");
        phone.listen(Duration::from_millis(20));
    }
}

/// Enough for every list with a limit to reach it: the SIP trace keeps 2,000 messages.
const CALLS: usize = 800;
