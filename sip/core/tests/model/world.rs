//! A clock, two user agents with their owners, and a network that delays and cuts.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hark_harness::Clock;
use hark_sip::auth::{Credentials, Password};
use hark_sip::identity::Epid;
use hark_sip::message::StatusCode;
use hark_sip::{
    Account, CallEvent, CallId, CallTarget, Core as _, Event, FlowError, FlowId, FlowInfo,
    IdSource, Input, Output, Registrar, Transport, UserAgent,
};

use crate::exchange::{Exchange, Side, USERS};
use crate::reference::{Command, Known, Phase, Reference};

pub(crate) struct World {
    clock: Clock,
    chance: IdSource,
    exchange: Exchange,
    pub(crate) ends: [End; 2],
    /// Nothing goes wrong any more.
    healed: bool,
    offers: u32,
}

/// A user agent with its owner and its way to the server.
pub(crate) struct End {
    agent: UserAgent,
    pub(crate) owner: Reference,
    deadline: Option<Instant>,
    flow: FlowId,
    is_open: bool,
    /// Since when the flow has been open.
    since: Instant,
    /// What the network does to the flow that was asked for, and when.
    opening: Option<Instant>,
    /// On its way to the server, and from there, in order.
    up: VecDeque<(Instant, Vec<u8>)>,
    down: VecDeque<(Instant, Vec<u8>)>,
    /// What the user agent holds when nothing is going on.
    size_at_rest: usize,
}

/// The next thing that happens by itself.
#[derive(Debug, Clone, Copy)]
enum Next {
    Timer(Side),
    Opening(Side),
    Up(Side),
    Down(Side),
}

impl World {
    /// `away` is what the server says of a user that it does not reach.
    pub(crate) fn new(seed: u8, away: StatusCode) -> Self {
        let clock = Clock::new();
        let ends = [0, 1].map(|side| End::new(side, seed, clock.now()));
        let mut world = Self {
            clock,
            chance: IdSource::from_seed([seed; 32]),
            exchange: Exchange::new(away),
            ends,
            healed: true,
            offers: 0,
        };
        for side in [0, 1] {
            world.ends[side].agent.register(world.clock.now());
            world.drain(side);
        }
        world.run_for(Duration::from_secs(5));
        for end in &mut world.ends {
            end.size_at_rest = end.size();
        }
        world.healed = false;
        world
    }

    /// Does one thing: an owner's wish, a blow to the network, or what comes next by itself.
    pub(crate) fn step(&mut self) {
        let side = self.draw(2) as usize;
        match self.draw(100) {
            0..2 => self.cut(side),
            2..40 => self.command(side),
            _ => self.happen(),
        }
    }

    /// Lets the network come back and everything that is under way come to its end.
    pub(crate) fn heal(&mut self) {
        self.healed = true;
        for _ in 0..20 {
            self.run_for(Duration::from_secs(10));
            for side in [0, 1] {
                self.answer_offers(side);
            }
        }
    }

    /// After this nobody may be left in a call. A BYE that came while the other side was away has
    /// found nobody; the session timer of the other side finds out (RFC 4028).
    pub(crate) fn hang_up_one_side(&mut self) {
        let live: Vec<CallId> = self.ends[0].owner.live().collect();
        for call in live {
            self.ask(0, call, Command::HangUp);
        }
        self.run_for(SESSION_INTERVAL);
        for end in &self.ends {
            let live: Vec<CallId> = end.owner.live().collect();
            assert_eq!(live, [], "calls that nobody is in");
        }
    }

    /// No timer and no memory of any call.
    pub(crate) fn check_that_nothing_is_left(&mut self) {
        self.run_for(Duration::from_secs(300));
        for end in &self.ends {
            let (rest, size) = (end.size_at_rest, end.size());
            assert!(size < rest + rest / 10, "{rest} has grown to {size}");
        }
    }

    pub(crate) fn draw(&mut self, below: u64) -> u64 {
        self.chance.below(below)
    }

    pub(crate) fn run_for(&mut self, time: Duration) {
        let end = self.clock.now() + time;
        while self.next().is_some_and(|(at, _)| at <= end) {
            self.happen();
        }
        self.clock.advance_to(end);
    }

    fn next(&self) -> Option<(Instant, Next)> {
        let of_side = |side: Side| {
            let end = &self.ends[side];
            [
                end.opening.map(|at| (at, Next::Opening(side))),
                end.up.front().map(|(at, _)| (*at, Next::Up(side))),
                end.down.front().map(|(at, _)| (*at, Next::Down(side))),
                end.deadline.map(|at| (at, Next::Timer(side))),
            ]
        };
        let all = of_side(0).into_iter().chain(of_side(1)).flatten();
        all.min_by_key(|(at, _)| *at)
    }

    pub(crate) fn happen(&mut self) {
        let Some((at, next)) = self.next() else {
            return;
        };
        self.clock.advance_to(at);
        match next {
            Next::Timer(side) => self.input(side, Input::Timeout),
            Next::Opening(side) => self.finish_opening(side),
            Next::Up(side) => {
                let (_, bytes) = self.ends[side].up.pop_front().expect("it is there");
                self.serve(side, &bytes);
            }
            Next::Down(side) => {
                let (_, bytes) = self.ends[side].down.pop_front().expect("it is there");
                let flow = self.ends[side].flow;
                self.input(side, Input::Received { flow, bytes });
            }
        }
    }

    fn serve(&mut self, from: Side, bytes: &[u8]) {
        let reachable = [self.ends[0].is_open, self.ends[1].is_open];
        for (to, bytes) in self.exchange.take(from, bytes, reachable) {
            let at = self.arrival();
            push_in_order(&mut self.ends[to].down, at, bytes);
        }
    }

    /// Each flow has delays of its own, so that messages overtake each other across flows.
    fn arrival(&mut self) -> Instant {
        let millis = 1 + self.draw(200);
        self.clock.now() + Duration::from_millis(millis)
    }

    pub(crate) fn cut(&mut self, side: Side) {
        let end = &mut self.ends[side];
        if !end.is_open {
            return;
        }
        end.close();
        end.owner.flow_lost();
        let flow = end.flow;
        self.tell_cut(side);
        let error = FlowError::Closed;
        self.input(side, Input::FlowClosed { flow, error });
    }

    fn tell_cut(&mut self, side: Side) {
        for (to, bytes) in self.exchange.cut(side) {
            let at = self.arrival();
            push_in_order(&mut self.ends[to].down, at, bytes);
        }
    }

    fn finish_opening(&mut self, side: Side) {
        let fails = !self.healed && self.draw(5) == 0;
        let now = self.clock.now();
        let end = &mut self.ends[side];
        end.opening = None;
        let flow = end.flow;
        if fails {
            let error = FlowError::Refused;
            return self.input(side, Input::FlowFailed { flow, error });
        }
        end.is_open = true;
        end.since = now;
        let info = FlowInfo {
            transport: Transport::Tls,
            local: SocketAddr::from(([192, 0, 2, 10 + side as u8], 50000)),
            remote: SocketAddr::from(([192, 0, 2, 1], 5061)),
        };
        self.input(side, Input::FlowOpened { flow, info });
    }

    fn input(&mut self, side: Side, input: Input) {
        self.ends[side].agent.handle_input(self.clock.now(), input);
        self.drain(side);
    }

    fn drain(&mut self, side: Side) {
        loop {
            match self.ends[side].agent.poll_output() {
                Output::OpenFlow { flow, .. } => {
                    let at = self.arrival();
                    self.ends[side].flow = flow;
                    self.ends[side].opening = Some(at);
                }
                Output::Transmit { flow, bytes } => {
                    let at = self.arrival();
                    let end = &mut self.ends[side];
                    assert!(
                        end.is_open && end.flow == flow,
                        "nothing leaves without a flow"
                    );
                    push_in_order(&mut end.up, at, bytes);
                }
                Output::CloseFlow { .. } => {
                    self.ends[side].close();
                    self.tell_cut(side);
                }
                Output::Lookup(_) => panic!("an address needs no look-up"),
                Output::Event(event) => self.tell(side, &event),
                Output::Timeout(deadline) => return self.ends[side].deadline = deadline,
            }
        }
    }

    fn tell(&mut self, side: Side, event: &Event) {
        self.ends[side].owner.told(event);
        // Whoever replaces a call is answered at once.
        if let Event::IncomingCall { call, facts, .. } = event
            && facts.replaces.is_some()
        {
            self.ask(side, *call, Command::Answer);
        }
        // Nobody calls himself.
        if let Event::Call(CallEvent::TransferRequested { call, target }) = event
            && target.uri.user_text().as_deref() == Some(USERS[side])
        {
            self.ask(side, *call, Command::RefuseTransfer);
        }
    }

    fn command(&mut self, side: Side) {
        let live: Vec<CallId> = self.ends[side].owner.live().collect();
        let any: Vec<CallId> = self.ends[side].owner.calls.keys().copied().collect();
        let chance = self.draw(10);
        if live.len() < MAX_LIVE && (chance == 0 || live.is_empty()) {
            return self.invite(side);
        }
        // Mostly calls that go on; sometimes one that is over, which must not come back.
        let calls = if chance < 9 { live } else { any };
        let at = self.draw(calls.len() as u64) as usize;
        let Some(call) = calls.get(at).copied() else {
            return;
        };
        let command = COMMANDS[self.draw(COMMANDS.len() as u64) as usize];
        self.ask(side, call, command);
    }

    pub(crate) fn invite(&mut self, side: Side) {
        let (target, sdp) = (CallTarget::new(address(1 - side)), self.sdp());
        let end = &mut self.ends[side];
        let call = end.agent.invite(self.clock.now(), target, sdp);
        end.owner.called(call);
        self.drain(side);
    }

    pub(crate) fn ask(&mut self, side: Side, call: CallId, command: Command) {
        let sdp = self.sdp();
        let now = self.clock.now();
        let end = &mut self.ends[side];
        let agent = &mut end.agent;
        let outcome = match command {
            Command::Ring => agent.ring(now, call),
            Command::Answer => agent.answer(now, call, sdp),
            Command::Reject => agent.reject(now, call, StatusCode::BUSY_HERE),
            Command::Cancel => agent.cancel(now, call),
            Command::HangUp => agent.hang_up(now, call),
            Command::Modify => agent.modify(now, call, sdp),
            Command::Accept => agent.accept_offer(now, call, sdp),
            Command::Refuse => agent.refuse_offer(now, call),
            Command::Transfer => agent.transfer(now, call, address(side)),
            Command::Follow => match agent.follow_transfer(now, call, sdp) {
                Ok(new) => {
                    end.owner.called(new);
                    Ok(())
                }
                Err(error) => Err(error),
            },
            Command::RefuseTransfer => agent.refuse_transfer(now, call),
            Command::Digit => agent.send_digit(now, call, '5', Duration::from_millis(100)),
        };
        let steady = end.is_open && end.since + Duration::from_secs(2) < now;
        end.owner.commanded(call, command, outcome, steady);
        self.drain(side);
    }

    pub(crate) fn answer_offers(&mut self, side: Side) {
        let calls = &self.ends[side].owner.calls;
        let asked = calls
            .iter()
            .filter(|(_, call)| call.phase == Phase::Up && call.asked != Known::No);
        let asked: Vec<CallId> = asked.map(|(id, _)| *id).collect();
        for call in asked {
            self.ask(side, call, Command::Accept);
        }
    }

    /// No two descriptions are the same.
    fn sdp(&mut self) -> Vec<u8> {
        self.offers += 1;
        format!("sdp-{}", self.offers).into_bytes()
    }
}

impl End {
    fn new(side: Side, seed: u8, now: Instant) -> Self {
        let account = Account {
            address: address(side),
            display_name: None,
            credentials: Credentials {
                username: USERS[side].to_owned(),
                password: Password::new("secret"),
            },
            registrar: Registrar {
                transport: Transport::Tls,
                host: "192.0.2.1".to_owned(),
                port: Some(5061),
                certificate_names: Vec::new(),
            },
            epid: Epid::from_random([side as u8; 5]),
            product: "Hark/test".to_owned(),
        };
        let ids = IdSource::from_seed([seed ^ (0x55 << side); 32]);
        Self {
            agent: UserAgent::new(account, ids),
            owner: Reference::default(),
            deadline: None,
            flow: FlowId(0),
            is_open: false,
            since: now,
            opening: None,
            up: VecDeque::new(),
            down: VecDeque::new(),
            size_at_rest: 0,
        }
    }

    /// What was on its way is lost.
    fn close(&mut self) {
        self.is_open = false;
        self.up.clear();
        self.down.clear();
    }

    /// Everything that a user agent holds shows when it is printed.
    fn size(&self) -> usize {
        format!("{:?}", self.agent).len()
    }
}

/// Within one flow the order is kept.
fn push_in_order(queue: &mut VecDeque<(Instant, Vec<u8>)>, at: Instant, bytes: Vec<u8>) {
    let at = queue.back().map_or(at, |(last, _)| at.max(*last));
    queue.push_back((at, bytes));
}

fn address(side: Side) -> hark_sip::message::Uri {
    let address = format!("sip:{}@example.test", USERS[side]);
    address.parse().expect("the URI is well-formed")
}

/// What the user agents agree on (RFC 4028 §4).
const SESSION_INTERVAL: Duration = Duration::from_secs(1800);

/// More calls at once than people have.
const MAX_LIVE: usize = 5;

/// Answers more often than ends, so that calls live for a while.
const COMMANDS: [Command; 20] = [
    Command::Ring,
    Command::Answer,
    Command::Answer,
    Command::Answer,
    Command::Reject,
    Command::Cancel,
    Command::HangUp,
    Command::Modify,
    Command::Modify,
    Command::Modify,
    Command::Accept,
    Command::Accept,
    Command::Accept,
    Command::Refuse,
    Command::Transfer,
    Command::Follow,
    Command::RefuseTransfer,
    Command::Digit,
    Command::Modify,
    Command::Answer,
];
