//! Where one socket of ours can be reached from outside: its address behind the translator (STUN,
//! RFC 8489) and one at a relay (TURN, RFC 8656), through which it then sends and hears.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use bytes::Bytes;
use stun_proto::agent::{StunAgent, StunAgentPollRet, Transmit};
use stun_proto::types::TransportType;
use stun_proto::types::attribute::XorMappedAddress;
use stun_proto::types::message::{BINDING, Message, MessageWriteVec};
use stun_proto::types::prelude::*;
use turn_client_proto::api::{TurnClientApi as _, TurnConfig, TurnEvent, TurnPollRet, TurnRecvRet};
use turn_client_proto::types::{AddressFamily, TurnCredentials};
use turn_client_proto::udp::TurnClientUdp;

use crate::config::{IceConfig, TurnServer};

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

#[derive(Debug)]
struct Relay {
    server: SocketAddr,
    client: TurnClientUdp,
    answer: Answer,
}

/// What a server has said so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// Nothing has been asked yet.
    Unasked,
    Awaited,
    Address(SocketAddr),
    None,
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
            relay: relay.map(|turn| Relay::new(local, turn)),
            clock: None,
        }
    }

    /// Whether a server may still answer.
    pub(super) fn is_waiting(&self) -> bool {
        let open = |answer| matches!(answer, Answer::Unasked | Answer::Awaited);
        self.stun.as_ref().is_some_and(|stun| open(stun.answer))
            || self.relay.as_ref().is_some_and(|relay| open(relay.answer))
    }

    /// Our address behind the translator; `None` where there is no translator, too.
    pub(super) fn reflexive(&self) -> Option<SocketAddr> {
        let address = self.stun.as_ref()?.answer.address()?;
        (address != self.local).then_some(address)
    }

    /// Our address at the relay.
    pub(super) fn relayed(&self) -> Option<SocketAddr> {
        self.relay.as_ref()?.answer.address()
    }

    /// Lets the relay pass on what this host sends to us. A permission that is asked for already, or
    /// that the relay refuses, changes nothing: the checks through it show whether it works.
    pub(super) fn permit(&mut self, now: Instant, host: IpAddr) {
        let time = self.time(now);
        if let Some(relay) = &mut self.relay {
            let _ = relay
                .client
                .create_permission(TransportType::Udp, host, time);
        }
    }

    /// A packet for `to` as the relay wants it, and the relay.
    pub(super) fn wrap(&mut self, to: SocketAddr, data: &[u8]) -> Option<(SocketAddr, Bytes)> {
        let (_, time) = self.clock?;
        let relay = self.relay.as_mut()?;
        let wrapped = relay.client.send_to(TransportType::Udp, to, data, time);
        let wrapped = wrapped.ok()??.build();
        Some((relay.server, Bytes::from(wrapped.data)))
    }

    /// A channel spares the long header of each packet (RFC 8656 §12). Without one the packets travel
    /// all the same.
    pub(super) fn bind_channel(&mut self, now: Instant, peer: SocketAddr) {
        let time = self.time(now);
        if let Some(relay) = &mut self.relay {
            let _ = relay.client.bind_channel(TransportType::Udp, peer, time);
        }
    }

    /// Gives the relayed address back.
    pub(super) fn release(&mut self, now: Instant) {
        let time = self.time(now);
        if let Some(relay) = &mut self.relay {
            // Without an allocation there is nothing to give back.
            let _ = relay.client.delete(time);
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
            Some(relay) if relay.server == from => relay.hear(time, local, packet),
            _ => Taken::Foreign,
        }
    }

    /// What has to go to the servers now.
    pub(super) fn poll(&mut self, now: Instant, mut send: impl FnMut(SocketAddr, Bytes)) {
        let time = self.time(now);
        if let Some(stun) = &mut self.stun {
            let server = stun.server;
            stun.poll(time, |packet| send(server, packet));
        }
        if let Some(relay) = &mut self.relay {
            let server = relay.server;
            relay.poll(time, |packet| send(server, packet));
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

impl Relay {
    fn new(local: SocketAddr, server: &TurnServer) -> Self {
        let credentials = TurnCredentials::new(&server.username, &server.password);
        let mut config = TurnConfig::new(credentials);
        config.set_address_family(match local.ip() {
            IpAddr::V4(_) => AddressFamily::IPV4,
            IpAddr::V6(_) => AddressFamily::IPV6,
        });
        Self {
            server: server.address,
            client: TurnClientUdp::allocate(local, server.address, config),
            answer: Answer::Unasked,
        }
    }

    fn hear(&mut self, time: stun_proto::Instant, local: SocketAddr, packet: &[u8]) -> Taken {
        let received = Transmit::new(packet, TransportType::Udp, self.server, local);
        match self.client.recv(received, time) {
            TurnRecvRet::Handled | TurnRecvRet::PeerIcmp { .. } => Taken::Handled,
            TurnRecvRet::PeerData(data) => Taken::FromPeer(data.peer, data.data().to_vec()),
            TurnRecvRet::Ignored(_) => Taken::Foreign,
        }
    }

    fn poll(&mut self, time: stun_proto::Instant, mut send: impl FnMut(Bytes)) {
        if self.answer == Answer::Unasked {
            self.answer = Answer::Awaited;
        }
        if let TurnPollRet::Closed = self.client.poll(time) {
            self.answer = Answer::None;
        }
        while let Some(sent) = self.client.poll_transmit(time) {
            send(Bytes::copy_from_slice(&sent.data));
        }
        while let Some(event) = self.client.poll_event() {
            match event {
                TurnEvent::AllocationCreated(_, address) => self.answer = Answer::Address(address),
                TurnEvent::AllocationCreateFailed(_) => self.answer = Answer::None,
                TurnEvent::PermissionCreated(..)
                | TurnEvent::PermissionCreateFailed(..)
                | TurnEvent::ChannelCreated(..)
                | TurnEvent::ChannelCreateFailed(..)
                | TurnEvent::TcpConnected(_)
                | TurnEvent::TcpConnectFailed(_) => {}
            }
        }
    }
}

impl Answer {
    fn address(self) -> Option<SocketAddr> {
        match self {
            Self::Address(address) => Some(address),
            Self::Unasked | Self::Awaited | Self::None => None,
        }
    }
}

/// How long an offer waits for the servers. What is known by then is offered.
pub(super) const PATIENCE: Duration = Duration::from_millis(500);
