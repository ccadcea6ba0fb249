//! The server is killed in the middle of every one of 100 calls, and comes back. It keeps the calls
//! that were answered, as a proxy in front of other people's phones does; so must Hark.
//!
//! Where in a call and after which byte the server is killed is drawn from a seed, which
//! `HARK_SEED` sets.

use hark_e2e::phone::Phone;
use hark_e2e::raw::{Raw, RawFlow, RawServer};
use hark_phone::{CallId, CallState, Command, Event, RegistrationView};

use crate::far_end::{CONTACT, TheirCall, description};
use crate::many_calls::until_closed;
use crate::process::{alone, assert_flat, descriptors, resident_kib};

#[test]
fn calls_outlive_a_tls_server_that_is_killed_in_each_of_them() {
    kill_in_calls(RawServer::tls());
}

#[test]
fn calls_outlive_a_tcp_server_that_is_killed_in_each_of_them() {
    kill_in_calls(RawServer::tcp());
}

fn kill_in_calls(server: RawServer) {
    let _alone = alone();
    let seed = std::env::var("HARK_SEED").map_or(SEED, |text| text.parse().expect("a number"));
    let phone = Phone::without_sound(server.account(), "secret");
    let mut flow = server.accept();
    flow.register();
    phone.until_registered();
    let before = descriptors();
    let mut trial = Trial {
        server,
        phone,
        flow: Some(flow),
        draw: Draw(seed),
        n: 0,
        call_id: String::new(),
    };
    let started = std::time::Instant::now();
    let mut halfway = None;
    for n in 0..CALLS {
        let moment = MOMENTS[trial.draw.below(MOMENTS.len())];
        eprintln!(
            "{:?} seed {seed}, call {n}: killed when {moment:?}",
            started.elapsed()
        );
        if n == CALLS / 2 {
            halfway = resident_kib();
        }
        trial.n = n;
        trial.run(moment);
        assert_eq!(trial.phone.snapshot().calls, [], "after call {n}");
    }
    assert_eq!(
        trial.phone.snapshot().registration,
        RegistrationView::Registered
    );
    until_closed(&trial.phone, &before);
    assert_flat(halfway, resident_kib());
}

/// Where in a call the server is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// We have sent the INVITE; the 180 is cut off.
    WeCall,
    /// The 200 is cut off, so that nobody has answered.
    AnswerOnItsWay,
    /// Answered, and our ACK is lost.
    Answered,
    /// Both sides talk.
    WeTalk,
    /// Our re-INVITE for hold is lost.
    WeHold,
    /// Our BYE is lost.
    WeHangUp,
    /// The INVITE to us is cut off.
    TheyCall,
    /// It rings here.
    ItRings,
    /// We have answered, and the ACK does not come.
    WeAnswered,
    /// Their BYE is cut off.
    TheyHangUp,
}

const MOMENTS: [Moment; 10] = [
    Moment::WeCall,
    Moment::AnswerOnItsWay,
    Moment::Answered,
    Moment::WeTalk,
    Moment::WeHold,
    Moment::WeHangUp,
    Moment::TheyCall,
    Moment::ItRings,
    Moment::WeAnswered,
    Moment::TheyHangUp,
];

/// One phone and its server.
struct Trial {
    server: RawServer,
    phone: Phone,
    /// `None` from the kill to the return.
    flow: Option<RawFlow>,
    draw: Draw,
    n: usize,
    /// Of the call in hand.
    call_id: String,
}

impl Trial {
    fn run(&mut self, moment: Moment) {
        match moment {
            Moment::WeCall => {
                let invite = self.we_dial();
                self.cut_off(&invite.response("180 Ringing", CONTACT, ""));
                self.is_over_with_the_flow();
            }
            Moment::AnswerOnItsWay => {
                let invite = self.we_dial();
                self.cut_off(&invite.response("200 OK", CONTACT, &description()));
                self.is_over_with_the_flow();
            }
            Moment::Answered => {
                let invite = self.we_dial();
                self.flow()
                    .respond(&invite, "200 OK", CONTACT, &description());
                let (call, _) = self.phone.until_call(CallState::Connected);
                self.come_back();
                self.is_refreshed(call);
                self.we_end(call);
            }
            Moment::WeTalk => {
                let call = self.we_talk();
                self.come_back();
                self.is_refreshed(call);
                self.we_end(call);
            }
            Moment::WeHold => {
                let call = self.we_talk();
                self.phone.send(Command::SetHeld { call, held: true });
                self.until_ours("INVITE");
                self.come_back();
                let hold = self.is_refreshed(call);
                assert!(hold.body.contains("a=sendonly"), "{hold:#?}");
                self.we_end(call);
            }
            Moment::WeHangUp => {
                let call = self.we_talk();
                self.phone.send(Command::HangUp { call });
                self.until_ours("BYE");
                self.phone.until_call(CallState::Ended);
                self.come_back();
                self.their_goodbye();
            }
            Moment::TheyCall => {
                let invite = TheirCall::new(self.n).invite();
                self.cut_off(&invite);
                self.come_back();
            }
            Moment::ItRings => {
                let invite = TheirCall::new(self.n).invite();
                self.flow().send(&invite);
                self.phone.until_incoming();
                self.is_over_with_the_flow();
            }
            Moment::WeAnswered => {
                let mut theirs = TheirCall::new(self.n);
                let call = self.they_call(&mut theirs);
                self.come_back();
                // Our answer is repeated, because nobody has acknowledged it.
                self.until_response("1 INVITE");
                let ack = theirs.request("ACK", 1);
                self.flow().send(&ack);
                self.is_refreshed(call);
                self.they_end(&theirs, 2);
            }
            Moment::TheyHangUp => {
                let mut theirs = TheirCall::new(self.n);
                let call = self.they_call(&mut theirs);
                let ack = theirs.request("ACK", 1);
                self.flow().send(&ack);
                let bye = theirs.request("BYE", 2);
                self.cut_off(&bye);
                self.come_back();
                self.is_refreshed(call);
                self.they_end(&theirs, 2);
            }
        }
    }

    fn flow(&mut self) -> &mut RawFlow {
        self.flow.as_mut().expect("a server that is up")
    }

    /// The next message that is wanted. What comes besides is served as every server does; a BYE of
    /// an earlier call is said again when the answer to it was lost with its connection.
    fn until(&mut self, wanted: impl Fn(&Raw) -> bool) -> Raw {
        loop {
            let message = self.flow().read();
            if wanted(&message) {
                return message;
            }
            match message.method() {
                "BYE" => self.flow().respond(&message, "200 OK", "", ""),
                "ACK" | "SIP/2.0" => {}
                _ => assert!(self.flow().refuses(&message), "{message:#?}"),
            }
        }
    }

    /// The next request of the call in hand with this method.
    fn until_ours(&mut self, method: &str) -> Raw {
        let call_id = self.call_id.clone();
        self.until(|message| {
            message.method() == method && message.header("Call-ID") == Some(&call_id)
        })
    }

    /// The final response to a request of the call in hand, which must be 200.
    fn until_response(&mut self, cseq: &str) -> Raw {
        let call_id = self.call_id.clone();
        let response = self.until(|message| {
            message.header("CSeq") == Some(cseq)
                && message.header("Call-ID") == Some(&call_id)
                && !message.status().is_empty()
                && !message.status().starts_with('1')
        });
        assert_eq!(response.status(), "200 OK", "{response:#?}");
        response
    }

    fn we_dial(&mut self) -> Raw {
        self.phone.send(Command::Dial { to: "bob".into() });
        let invite = self.until(|message| message.method() == "INVITE");
        self.call_id = invite.header("Call-ID").expect("a Call-ID").to_owned();
        invite
    }

    fn we_talk(&mut self) -> CallId {
        let invite = self.we_dial();
        self.flow()
            .respond(&invite, "200 OK", CONTACT, &description());
        self.until_ours("ACK");
        self.phone.until_call(CallState::Connected).0
    }

    /// They call, and we have answered.
    fn they_call(&mut self, theirs: &mut TheirCall) -> CallId {
        self.call_id = theirs.call_id();
        let invite = theirs.invite();
        self.flow().send(&invite);
        let (call, ..) = self.phone.until_incoming();
        self.phone.send(Command::Answer { call });
        theirs.learn(&self.until_response("1 INVITE"));
        call
    }

    /// Sends the beginning of a message, at least a byte and never all of it.
    fn cut_off(&mut self, message: &str) {
        let length = 1 + self.draw.below(message.len() - 1);
        self.flow().send_bytes(&message.as_bytes()[..length]);
    }

    /// Kills the server and brings it back: most times at once, sometimes after the phone has tried
    /// in vain. Sometimes it is killed again while the phone signs in.
    fn come_back(&mut self) {
        let is_out = self.draw.below(10) == 0;
        if is_out {
            self.server.stop();
        }
        self.kill();
        if is_out {
            self.phone.until("the outage", |event| match event {
                Event::Registration(RegistrationView::Lost { .. }) => Some(()),
                _ => None,
            });
            self.server.start_again();
        }
        if self.draw.below(5) == 0 {
            let mut short_lived = self.server.accept();
            let register = short_lived.expect("REGISTER");
            self.flow = Some(short_lived);
            self.cut_off(&register.response("200 OK", "", ""));
            self.kill();
        }
        let mut flow = self.server.accept();
        flow.register();
        self.flow = Some(flow);
        self.phone.until_registered();
    }

    /// Ends the connection. Who loses one after the other waits a little before the next; most of
    /// our users do not wait that long, which saves the test its time.
    fn kill(&mut self) {
        self.flow = None;
        self.phone.until("the loss", |event| match event {
            Event::Registration(RegistrationView::Lost { .. }) => Some(()),
            _ => None,
        });
        if self.draw.below(8) != 0 {
            self.phone.send(Command::RetryNow);
        }
    }

    /// Nobody had answered: the call is over, and the next one is possible.
    fn is_over_with_the_flow(&mut self) {
        self.come_back();
        self.phone.shows("the end of the call", |shown| {
            shown.calls.is_empty().then_some(())
        });
    }

    /// The phone tells the other side where it is now, in the dialog of before. Returns how.
    fn is_refreshed(&mut self, call: CallId) -> Raw {
        let call_id = self.call_id.clone();
        let refresh = self.until(|message| {
            ["INVITE", "UPDATE"].contains(&message.method())
                && message.header("Call-ID") == Some(&call_id)
        });
        assert!(refresh.header("To").is_some_and(|to| to.contains("tag=")));
        let answer = match refresh.body.is_empty() {
            true => String::new(),
            false => description().replace("sendrecv", "recvonly"),
        };
        self.flow().respond(&refresh, "200 OK", CONTACT, &answer);
        if refresh.method() == "INVITE" {
            let cseq = refresh.header("CSeq").expect("a CSeq");
            let cseq = cseq.replace("INVITE", "ACK");
            self.until(|message| message.header("CSeq") == Some(&cseq));
        }
        let shown = self.phone.snapshot();
        let state = shown.calls.first().map(|shown| (shown.id, shown.state));
        assert_eq!(state, Some((call, CallState::Connected)));
        refresh
    }

    fn we_end(&mut self, call: CallId) {
        self.phone.send(Command::HangUp { call });
        self.their_goodbye();
        self.phone.until_call(CallState::Ended);
    }

    /// They are told that the call is over.
    fn their_goodbye(&mut self) {
        let bye = self.until_ours("BYE");
        self.flow().respond(&bye, "200 OK", "", "");
    }

    fn they_end(&mut self, theirs: &TheirCall, cseq: u32) {
        let bye = theirs.request("BYE", cseq);
        self.flow().send(&bye);
        self.until_response(&format!("{cseq} BYE"));
        self.phone.until_call(CallState::Ended);
    }
}

/// Numbers that look random (Marsaglia's xorshift).
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

const CALLS: usize = 100;
const SEED: u64 = 0x5eed;
