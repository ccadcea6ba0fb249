//! Where one socket of ours can be reached from outside: its address behind the translator (STUN,
//! RFC 8489) and one at a relay (TURN, RFC 8656), through which it then sends and hears.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use bytes::Bytes;
use stun_proto::agent::{StunAgent, StunAgentPollRet};
use stun_proto::types::TransportType;
use stun_proto::types::attribute::XorMappedAddress;
use stun_proto::types::message::{BINDING, Message, MessageWriteVec};
use stun_proto::types::prelude::*;

use super::relay::{Relay, Wrapped};
use crate::config::IceConfig;

/// The servers' view of one socket.
#[derive(Debug)]
pub(super) struct Gatherer {
    local: SocketAddr,
    stun: Option<Stun>,
    relay: Option<Relay>,
    /// The crates count from a moment of our choice, the first one seen; and the last one.
    clock: Option<(Instant, stun_proto::Instant)>,
}

#[derive(Debug)]
struct Stun {
    server: SocketAddr,
    agent: StunAgent,
    answer: Answer,
}

/// What a server has said so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// Nothing has been asked yet.
    Unasked,
    Awaited,
    Address(SocketAddr),
    None,
    /// It knows who we are, or that it does not, and wants nothing of us.
    Refused,
}

/// What became of a datagram.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It was between the servers and us.
    Handled,
    /// The relay has passed it on from here.
    FromPeer(SocketAddr, Vec<u8>),
    /// It is none of the servers' doing.
    Foreign,
}

impl Gatherer {
    pub(super) fn new(local: SocketAddr, config: &IceConfig) -> Self {
        let fits = |server: &SocketAddr| server.is_ipv4() == local.is_ipv4();
        // A relay tells the address behind the translator as well as a STUN server does.
        let relay = config
            .turn_server
            .as_ref()
            .filter(|turn| fits(&turn.address));
        let stun = config.stun_server.or(relay.map(|turn| turn.address));
        Self {
            local,
            stun: stun.filter(fits).map(|server| Stun::new(local, server)),
            relay: relay.map(|turn| Relay::new(local, turn.clone())),
            clock: None,
        }
    }

    /// Whether a server may still answer.
    pub(super) fn is_waiting(&self) -> bool {
        let open = |answer| matches!(answer, Answer::Unasked | Answer::Awaited);
        self.stun.as_ref().is_some_and(|stun| open(stun.answer))
            || self
                .relay
                .as_ref()
                .is_some_and(|relay| open(relay.answer()))
    }

    /// Our address behind the translator; `None` where there is no translator, too.
    pub(super) fn reflexive(&self) -> Option<SocketAddr> {
        let address = self.stun.as_ref()?.answer.address()?;
        (address != self.local).then_some(address)
    }

    /// Our address at the relay.
    pub(super) fn relayed(&self) -> Option<SocketAddr> {
        self.relay.as_ref()?.answer().address()
    }

    /// Whether the relay wants nothing of us: the name or the password is not right, or it is full.
    pub(super) fn is_refused(&self) -> bool {
        let answer = self.relay.as_ref().map(Relay::answer);
        answer == Some(Answer::Refused)
    }

    /// Lets the relay pass on what this host sends to us.
    pub(super) fn permit(&mut self, now: Instant, host: IpAddr) {
        let time = self.time(now);
        if let Some(relay) = &mut self.relay {
            relay.permit(time, host);
        }
    }

    /// A packet for `to` as the relay wants it.
    pub(super) fn wrap(&mut self, to: SocketAddr, data: &[u8]) -> Wrapped {
        let Some(((_, time), relay)) = self.clock.zip(self.relay.as_mut()) else {
            return Wrapped::Refused;
        };
        relay.wrap(time, to, data)
    }

    /// Shortens what is around the packets to and from `peer`.
    pub(super) fn bind_channel(&mut self, now: Instant, peer: SocketAddr) {
        let time = self.time(now);
        if let Some(relay) = &mut self.relay {
            relay.bind_channel(time, peer);
        }
    }

    /// Gives the relayed address back.
    pub(super) fn release(&mut self, now: Instant) {
        let time = self.time(now);
        if let Some(relay) = &mut self.relay {
            relay.release(time);
        }
    }

    pub(super) fn handle(&mut self, now: Instant, from: SocketAddr, packet: &[u8]) -> Taken {
        let time = self.time(now);
        if let Some(stun) = &mut self.stun
            && stun.server == from
            && stun.hear(time, packet)
        {
            return Taken::Handled;
        }
        let local = self.local;
        match &mut self.relay {
            Some(relay) if relay.sends_datagrams_from(from) => relay.hear(time, local, packet),
            _ => Taken::Foreign,
        }
    }

    /// The connection to a relay over TCP is there, from this address of ours.
    pub(super) fn relay_connected(&mut self, local: SocketAddr) {
        if let Some(relay) = &mut self.relay {
            relay.connected(local);
        }
    }

    /// It could not be opened, or is gone.
    pub(super) fn relay_closed(&mut self) {
        if let Some(relay) = &mut self.relay {
            relay.closed();
        }
    }

    /// What came on the connection to the relay: the packets in it, and where they are from.
    pub(super) fn handle_stream(
        &mut self,
        now: Instant,
        octets: &[u8],
    ) -> Vec<(SocketAddr, Vec<u8>)> {
        let time = self.time(now);
        let relay = self.relay.as_mut();
        relay.map_or(vec![], |relay| relay.hear_stream(time, octets))
    }

    /// What has to go out on that connection next.
    pub(super) fn next_on_stream(&mut self) -> Option<Bytes> {
        self.relay.as_mut()?.next_on_stream()
    }

    /// What has to go to the servers now.
    pub(super) fn poll(&mut self, now: Instant, mut send: impl FnMut(SocketAddr, Bytes)) {
        let time = self.time(now);
        if let Some(stun) = &mut self.stun {
            let server = stun.server;
            stun.poll(time, |packet| send(server, packet));
        }
        if let Some(relay) = &mut self.relay {
            relay.poll(time, send);
        }
    }

    fn time(&mut self, now: Instant) -> stun_proto::Instant {
        let epoch = self.clock.map_or(now, |(epoch, _)| epoch);
        let since = now.saturating_duration_since(epoch).as_nanos();
        let time = stun_proto::Instant::from_nanos(i64::try_from(since).unwrap_or(i64::MAX));
        self.clock = Some((epoch, time));
        time
    }
}

impl Stun {
    fn new(local: SocketAddr, server: SocketAddr) -> Self {
        let agent = StunAgent::builder(TransportType::Udp, local).remote_addr(server);
        Self {
            server,
            agent: agent.build(),
            answer: Answer::Unasked,
        }
    }

    /// Whether the packet is the answer to our question: from the server, with our random number.
    fn hear(&mut self, time: stun_proto::Instant, packet: &[u8]) -> bool {
        let Ok(message) = Message::from_bytes(packet) else {
            return false;
        };
        let id = message.transaction_id();
        let ours = self.agent.request_transaction(id).is_some();
        let agent = &mut self.agent;
        if !ours || !agent.handle_stun_message_with_time(&message, self.server, time) {
            return false;
        }
        let mapped = message.attribute::<XorMappedAddress>();
        self.answer = match mapped {
            Ok(mapped) => Answer::Address(mapped.addr(id)),
            Err(_) => Answer::None,
        };
        true
    }

    fn poll(&mut self, time: stun_proto::Instant, mut send: impl FnMut(Bytes)) {
        if self.answer == Answer::Unasked {
            self.answer = Answer::Awaited;
            let request = Message::builder_request(BINDING, MessageWriteVec::new()).finish();
            match self.agent.send_request(request, self.server, time) {
                Ok(sent) => send(Bytes::copy_from_slice(&sent.data)),
                Err(_) => self.answer = Answer::None,
            }
        }
        match self.agent.poll(time) {
            StunAgentPollRet::WaitUntil(_) => {}
            StunAgentPollRet::TransactionTimedOut(_)
            | StunAgentPollRet::TransactionCancelled(_) => self.answer = Answer::None,
        }
        while let Some(sent) = self.agent.poll_transmit(time) {
            send(Bytes::copy_from_slice(sent.data));
        }
    }
}

impl Answer {
    pub(super) fn address(self) -> Option<SocketAddr> {
        match self {
            Self::Address(address) => Some(address),
            Self::Unasked | Self::Awaited | Self::None | Self::Refused => None,
        }
    }
}

/// How long an offer waits for the servers. What is known by then is offered.
pub(super) const PATIENCE: Duration = Duration::from_millis(500);
