//! Two cores that talk to each other.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hark_sip::locate::{Answer, Question};
use hark_sip::{Core, FlowError, FlowId, FlowInfo, Input, Output, Transport};

use crate::Clock;

/// A client that opens flows and a server that accepts them, with a network between that takes its
/// time and cuts the stream where it likes.
#[derive(Debug)]
pub struct Pair<C: Core, S: Core> {
    pub clock: Clock,
    pub client: C,
    pub server: S,
    /// Everything that either told, in order.
    pub client_events: Vec<C::Event>,
    pub server_events: Vec<S::Event>,
    latency: Duration,
    /// Bytes arrive in pieces of at most this size.
    piece: usize,
    transport: Transport,
    under_way: VecDeque<Arrival>,
    client_deadline: Option<Instant>,
    server_deadline: Option<Instant>,
}

#[derive(Debug)]
struct Arrival {
    time: Instant,
    at: End,
    input: Input,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Client,
    Server,
}

impl<C: Core, S: Core> Pair<C, S> {
    pub fn new(client: C, server: S, transport: Transport) -> Self {
        Self {
            clock: Clock::new(),
            client,
            server,
            client_events: Vec::new(),
            server_events: Vec::new(),
            latency: Duration::from_millis(10),
            piece: usize::MAX,
            transport,
            under_way: VecDeque::new(),
            client_deadline: None,
            server_deadline: None,
        }
    }

    /// Lets bytes arrive in pieces of at most this size.
    pub fn cut_into(mut self, piece: usize) -> Self {
        self.piece = piece.max(1);
        self
    }

    /// Gives the client a command.
    pub fn client<R>(&mut self, command: impl FnOnce(&mut C, Instant) -> R) -> R {
        let result = command(&mut self.client, self.clock.now());
        self.drain();
        result
    }

    /// Gives the server a command.
    pub fn server<R>(&mut self, command: impl FnOnce(&mut S, Instant) -> R) -> R {
        let result = command(&mut self.server, self.clock.now());
        self.drain();
        result
    }

    /// Cuts a flow at both ends.
    pub fn cut(&mut self, flow: FlowId) {
        self.under_way
            .retain(|arrival| flow_of(&arrival.input) != Some(flow));
        for at in [End::Client, End::Server] {
            let flow = translate(flow, at);
            self.arrive(
                at,
                Input::FlowClosed {
                    flow,
                    error: FlowError::Closed,
                },
            );
        }
        self.drain();
    }

    /// Lets so much time pass.
    pub fn run_for(&mut self, time: Duration) {
        let end = self.clock.now() + time;
        while self.step(end) {}
        self.clock.advance_to(end);
    }

    /// Jumps to the next thing that happens, if it happens by then.
    fn step(&mut self, end: Instant) -> bool {
        let arrival = self.under_way.iter().map(|arrival| arrival.time).min();
        let deadlines = [arrival, self.client_deadline, self.server_deadline];
        let Some(next) = deadlines
            .into_iter()
            .flatten()
            .min()
            .filter(|next| *next <= end)
        else {
            return false;
        };
        self.clock.advance_to(next);
        if arrival == Some(next) {
            let first = self
                .under_way
                .iter()
                .position(|arrival| arrival.time == next);
            if let Some(arrival) = first.and_then(|at| self.under_way.remove(at)) {
                self.arrive(arrival.at, arrival.input);
            }
        } else if self.client_deadline == Some(next) {
            self.arrive(End::Client, Input::Timeout);
        } else {
            self.arrive(End::Server, Input::Timeout);
        }
        self.drain();
        true
    }

    fn arrive(&mut self, at: End, input: Input) {
        let now = self.clock.now();
        match at {
            End::Client => self.client.handle_input(now, input),
            End::Server => self.server.handle_input(now, input),
        }
    }

    fn drain(&mut self) {
        loop {
            match self.client.poll_output() {
                Output::Event(event) => self.client_events.push(event),
                Output::Timeout(deadline) => break self.client_deadline = deadline,
                Output::Lookup(question) => self.look_up(End::Client, question),
                Output::OpenFlow { flow, .. } => self.open(flow),
                Output::Transmit { flow, bytes } => self.carry(End::Server, flow, &bytes),
                Output::CloseFlow { flow } => self.close(End::Server, flow),
            }
        }
        loop {
            match self.server.poll_output() {
                Output::Event(event) => self.server_events.push(event),
                Output::Timeout(deadline) => break self.server_deadline = deadline,
                Output::Lookup(question) => self.look_up(End::Server, question),
                Output::OpenFlow { flow, .. } => {
                    let error = FlowError::Unreachable;
                    self.send(End::Server, Input::FlowFailed { flow, error });
                }
                Output::Transmit { flow, bytes } => self.carry(End::Client, flow, &bytes),
                Output::CloseFlow { flow } => self.close(End::Client, flow),
            }
        }
    }

    /// Every host is the server; there is no other record.
    fn look_up(&mut self, at: End, question: Question) {
        let answer = match question {
            Question::Addresses(_) => Answer::Addresses(vec![SERVER.into()]),
            Question::Naptr(_) | Question::Srv(_) => Answer::Nothing,
        };
        self.send(at, Input::LookedUp { question, answer });
    }

    fn open(&mut self, flow: FlowId) {
        let (client, server) = (
            SocketAddr::from(([192, 0, 2, 10], 50230)),
            SocketAddr::from((SERVER, 5061)),
        );
        for (at, local, remote) in [(End::Server, server, client), (End::Client, client, server)] {
            let info = FlowInfo {
                transport: self.transport,
                local,
                remote,
            };
            self.send(
                at,
                Input::FlowOpened {
                    flow: translate(flow, at),
                    info,
                },
            );
        }
    }

    fn carry(&mut self, to: End, flow: FlowId, bytes: &[u8]) {
        let flow = translate(flow, to);
        for piece in bytes.chunks(self.piece) {
            self.send(
                to,
                Input::Received {
                    flow,
                    bytes: piece.to_vec(),
                },
            );
        }
    }

    fn close(&mut self, at: End, flow: FlowId) {
        let flow = translate(flow, at);
        self.send(
            at,
            Input::FlowClosed {
                flow,
                error: FlowError::Closed,
            },
        );
    }

    fn send(&mut self, at: End, input: Input) {
        let time = self.clock.now() + self.latency;
        self.under_way.push_back(Arrival { time, at, input });
    }
}

fn flow_of(input: &Input) -> Option<FlowId> {
    match input {
        Input::FlowSecuring { flow }
        | Input::FlowOpened { flow, .. }
        | Input::FlowFailed { flow, .. }
        | Input::Received { flow, .. }
        | Input::FlowClosed { flow, .. } => Some(*flow),
        Input::LookedUp { .. } | Input::Disturbed | Input::Timeout => None,
    }
}

const SERVER: [u8; 4] = [192, 0, 2, 1];

/// The number of a flow at this end: the server's listener counts from
/// [`FlowId::FIRST_ACCEPTED`].
fn translate(flow: FlowId, at: End) -> FlowId {
    let number = flow.0 % FlowId::FIRST_ACCEPTED.0;
    match at {
        End::Client => FlowId(number),
        End::Server => FlowId(FlowId::FIRST_ACCEPTED.0 + number),
    }
}
