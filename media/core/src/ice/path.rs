//! The way of one component: its socket, what servers say of it, and the agent that checks pairs.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use bytes::Bytes;
use is::stun::{StunMessage, StunPacket};
use is::{Candidate, IceAgent, IceAgentEvent, IceConnectionState, IceCreds, Protocol};

use super::gather::Gatherer;
use super::relay::Wrapped;
use super::{Heard, Role, Route};
use crate::config::IceConfig;
use crate::sdp::{Credentials, IceAgreement, is_priority};

/// The way of one component.
#[derive(Debug)]
pub(super) struct Path {
    pub(super) local: SocketAddr,
    pub(super) gatherer: Gatherer,
    pub(super) agent: Option<IceAgent>,
    pub(super) state: State,
    /// Hosts that the relay has to let through.
    permitting: Vec<IpAddr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// The other side has no ICE, or has not answered yet.
    Unused,
    /// Until then a pair must be found; the time runs from the first turn on.
    Checking(Option<Instant>),
    Selected(Route),
    /// No pair was found.
    Failed,
    /// The pair in use has stopped to answer.
    Lost,
}

/// What a turn came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ways {
    /// One is in use, or may still be found.
    Open,
    /// No pair works, or the one in use works no more; said once.
    Ended,
}

impl Path {
    pub(super) fn new(local: SocketAddr, config: &IceConfig) -> Self {
        Self {
            local,
            gatherer: Gatherer::new(local, config),
            agent: None,
            state: State::Unused,
            permitting: Vec::new(),
        }
    }

    pub(super) fn candidates(&self) -> Vec<Candidate> {
        let host = Candidate::host(self.local, Protocol::Udp);
        let reflexive = self.gatherer.reflexive();
        let reflexive =
            reflexive.map(|at| Candidate::server_reflexive(at, self.local, Protocol::Udp));
        let relayed = self.gatherer.relayed();
        let relayed = relayed.map(|at| Candidate::relayed(at, self.local, Protocol::Udp));
        let all = [Some(host), reflexive, relayed].into_iter().flatten();
        all.filter_map(Result::ok).collect()
    }

    pub(super) fn new_agent(&self, own: &Credentials, role: Role, tie_breaker: u64) -> IceAgent {
        let mut agent = IceAgent::new(IceCreds {
            ufrag: own.ufrag.clone(),
            pass: own.password.clone(),
        });
        agent.set_control_tie_breaker(tie_breaker);
        agent.set_controlling(role == Role::Controlling);
        for candidate in self.candidates() {
            agent.add_local_candidate(candidate);
        }
        agent
    }

    pub(super) fn begin(
        &mut self,
        IceAgreement { own, theirs }: &IceAgreement,
        candidates: &[Candidate],
        role: Role,
        tie_breaker: u64,
    ) {
        let theirs = IceCreds {
            ufrag: theirs.credentials.ufrag.clone(),
            pass: theirs.credentials.password.clone(),
        };
        let before = self.agent.take().filter(|agent| {
            let peer = agent.remote_credentials();
            is_named(agent, own) && peer.is_none_or(|peer| *peer == theirs)
        });
        let goes_on = before
            .as_ref()
            .is_some_and(|agent| agent.remote_credentials().is_some());
        let mut agent = before.unwrap_or_else(|| self.new_agent(own, role, tie_breaker));
        if !goes_on {
            agent.set_controlling(role == Role::Controlling);
            agent.set_remote_credentials(theirs);
            if !matches!(self.state, State::Selected(_)) {
                self.state = State::Checking(None);
            }
        }
        for candidate in candidates {
            self.permitting.push(candidate.addr().ip());
            agent.add_remote_candidate(candidate.clone());
        }
        self.agent = Some(agent);
    }

    pub(super) fn route(&self) -> Route {
        match self.state {
            State::Unused | State::Failed => Route::Described,
            State::Checking(_) | State::Lost => Route::Held,
            State::Selected(route) => route,
        }
    }

    /// Whether the packet is a check or its answer. Whoever does not know the password of this
    /// session is not answered.
    pub(super) fn check(
        &mut self,
        now: Instant,
        source: SocketAddr,
        destination: SocketAddr,
        packet: &[u8],
    ) -> bool {
        let Some(agent) = self.agent.as_mut().filter(|_| is_stun(packet)) else {
            return false;
        };
        let Ok(message) = StunMessage::parse(packet) else {
            return false;
        };
        // The crate counts on priorities to be in their range, which a peer need not respect.
        if message
            .prio()
            .is_some_and(|priority| !is_priority(priority))
        {
            return false;
        }
        let packet = StunPacket {
            proto: Protocol::Udp,
            source,
            destination,
            message,
        };
        agent.handle_packet(now, packet)
    }

    /// What the relay has brought: a check, or a packet of the other side.
    pub(super) fn relayed(&mut self, now: Instant, peer: SocketAddr, data: Vec<u8>) -> Heard {
        let relayed = self.gatherer.relayed();
        match relayed.is_some_and(|relayed| self.check(now, peer, relayed, &data)) {
            true => Heard::Handled,
            false => Heard::FromPeer(peer, data),
        }
    }

    pub(super) fn poll(&mut self, now: Instant, mut send: impl FnMut(SocketAddr, Bytes)) -> Ways {
        let relayed = self.gatherer.relayed();
        if relayed.is_some() {
            for host in self.permitting.drain(..) {
                self.gatherer.permit(now, host);
            }
        }
        self.turn_agent(now, relayed, &mut send);
        self.gatherer.poll(now, &mut send);
        self.follow_agent(now, relayed)
    }

    fn turn_agent(
        &mut self,
        now: Instant,
        relayed: Option<SocketAddr>,
        send: &mut impl FnMut(SocketAddr, Bytes),
    ) {
        let Some(agent) = &mut self.agent else {
            return;
        };
        if agent.poll_timeout().is_none_or(|at| at <= now) {
            agent.handle_timeout(now);
        }
        while let Some(check) = agent.poll_transmit() {
            if Some(check.source) != relayed {
                send(check.destination, Bytes::copy_from_slice(&check.contents));
                continue;
            }
            match self.gatherer.wrap(check.destination, &check.contents) {
                Wrapped::Datagram(relay, packet) => send(relay, packet),
                Wrapped::OnStream => {}
                // The check is repeated, and by then the relay lets it through.
                Wrapped::Refused => self.permitting.push(check.destination.ip()),
            }
        }
    }

    fn follow_agent(&mut self, now: Instant, relayed: Option<SocketAddr>) -> Ways {
        let before = self.state;
        while let Some(event) = self.agent.as_mut().and_then(IceAgent::poll_event) {
            match event {
                IceAgentEvent::NominatedSend {
                    source,
                    destination,
                    ..
                } => {
                    let by_relay = Some(source) == relayed;
                    if by_relay {
                        self.gatherer.bind_channel(now, destination);
                    }
                    self.state = State::Selected(match by_relay {
                        true => Route::Relayed(destination),
                        false => Route::Direct(destination),
                    });
                }
                IceAgentEvent::IceConnectionStateChange(IceConnectionState::Disconnected) => {
                    self.state = State::Lost;
                }
                IceAgentEvent::IceConnectionStateChange(_)
                | IceAgentEvent::IceRestart(_)
                | IceAgentEvent::DiscoveredRecv { .. } => {}
            }
        }
        match self.state {
            State::Checking(None) => self.state = State::Checking(Some(now + CHECKING)),
            State::Checking(Some(end)) if now >= end => self.state = State::Failed,
            _ => {}
        }
        let bad = matches!(self.state, State::Failed | State::Lost);
        match bad && before != self.state {
            true => Ways::Ended,
            false => Ways::Open,
        }
    }
}

pub(super) fn is_named(agent: &IceAgent, own: &Credentials) -> bool {
    let name = agent.local_credentials();
    name.ufrag == own.ufrag && name.pass == own.password
}

/// RFC 7983 §7: the first octet of STUN is 0 to 3.
fn is_stun(packet: &[u8]) -> bool {
    matches!(packet, [0..=3, ..])
}

/// How long pairs are tried. After it the other side gets its sound where its description says, as
/// one without ICE would.
const CHECKING: Duration = Duration::from_secs(8);
