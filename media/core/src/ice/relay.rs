//! A relay (TURN, RFC 8656) of one socket, reached by datagrams or by a connection of its own.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use stun_proto::agent::Transmit;
use stun_proto::types::TransportType;
use stun_proto::types::attribute::ErrorCode;
use stun_proto::types::message::{Message, TransactionId};
use turn_client_proto::api::{TurnClientApi as _, TurnConfig, TurnEvent, TurnPollRet, TurnRecvRet};
use turn_client_proto::tcp::TurnClientTcp;
use turn_client_proto::types::{AddressFamily, TurnCredentials};
use turn_client_proto::udp::TurnClientUdp;

use super::gather::{Answer, Taken};
use crate::config::{RelayTransport, TurnServer};

turn_client_proto::impl_client!(Client, (Udp, TurnClientUdp), (Tcp, TurnClientTcp));

#[derive(Debug)]
pub(super) struct Relay {
    server: TurnServer,
    /// `None` while the connection to a relay over TCP is not there.
    client: Option<Client>,
    /// What has to go out on that connection.
    stream: VecDeque<Bytes>,
    answer: Answer,
    /// What was asked last while no answer is known.
    asked: Option<TransactionId>,
}

/// What became of a packet that has to go by way of the relay.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wrapped {
    Datagram(SocketAddr, Bytes),
    /// It is among what [`Relay::next_on_stream`] gives.
    OnStream,
    /// The relay takes nothing for that address, or not yet.
    Refused,
}

impl Relay {
    pub(super) fn new(local: SocketAddr, server: TurnServer) -> Self {
        let mut relay = Self {
            client: None,
            stream: VecDeque::new(),
            answer: Answer::Unasked,
            asked: None,
            server,
        };
        if relay.server.transport == RelayTransport::Udp {
            let client = TurnClientUdp::allocate(local, relay.server.address, relay.wish(local));
            relay.client = Some(Client::Udp(client));
        }
        relay
    }

    pub(super) fn answer(&self) -> Answer {
        self.answer
    }

    /// An address for UDP of the family of ours.
    fn wish(&self, local: SocketAddr) -> TurnConfig {
        let TurnServer {
            username, password, ..
        } = &self.server;
        let mut config = TurnConfig::new(TurnCredentials::new(username, password));
        config.set_address_family(match local.ip() {
            IpAddr::V4(_) => AddressFamily::IPV4,
            IpAddr::V6(_) => AddressFamily::IPV6,
        });
        config
    }

    pub(super) fn connected(&mut self, local: SocketAddr) {
        if self.server.transport == RelayTransport::Tcp && self.client.is_none() {
            let client = TurnClientTcp::allocate(local, self.server.address, self.wish(local));
            self.client = Some(Client::Tcp(client));
        }
    }

    /// The connection could not be opened, or is gone.
    pub(super) fn closed(&mut self) {
        self.client = None;
        self.answer = Answer::None;
    }

    /// A permission that is asked for already, or that the relay refuses, changes nothing: the checks
    /// through it show whether it works.
    pub(super) fn permit(&mut self, time: stun_proto::Instant, host: IpAddr) {
        if let Some(client) = &mut self.client {
            let _ = client.create_permission(TransportType::Udp, host, time);
        }
    }

    /// A channel spares the long header of each packet (RFC 8656 §12). Without one the packets travel
    /// all the same, and over TCP they do: the crate knows nothing of the padding that channels need
    /// there (§12.5).
    pub(super) fn bind_channel(&mut self, time: stun_proto::Instant, peer: SocketAddr) {
        if let Some(Client::Udp(client)) = &mut self.client {
            let _ = client.bind_channel(TransportType::Udp, peer, time);
        }
    }

    /// Gives the relayed address back. Without one there is nothing to give back.
    pub(super) fn release(&mut self, time: stun_proto::Instant) {
        if let Some(client) = &mut self.client {
            let _ = client.delete(time);
        }
    }

    pub(super) fn next_on_stream(&mut self) -> Option<Bytes> {
        self.stream.pop_front()
    }

    pub(super) fn sends_datagrams_from(&self, from: SocketAddr) -> bool {
        self.server.transport == RelayTransport::Udp && self.server.address == from
    }

    pub(super) fn hear(
        &mut self,
        time: stun_proto::Instant,
        local: SocketAddr,
        packet: &[u8],
    ) -> Taken {
        let Some(client) = &mut self.client else {
            return Taken::Foreign;
        };
        let received = Transmit::new(packet, client.transport(), self.server.address, local);
        match client.recv(received, time) {
            TurnRecvRet::Handled | TurnRecvRet::PeerIcmp { .. } => Taken::Handled,
            TurnRecvRet::PeerData(data) => Taken::FromPeer(data.peer, data.data().to_vec()),
            TurnRecvRet::Ignored(_) if self.is_refusal(packet) => {
                self.answer = Answer::Refused;
                Taken::Handled
            }
            TurnRecvRet::Ignored(_) => Taken::Foreign,
        }
    }

    /// One read may hold several messages, and a part of the next.
    pub(super) fn hear_stream(
        &mut self,
        time: stun_proto::Instant,
        octets: &[u8],
    ) -> Vec<(SocketAddr, Vec<u8>)> {
        let Some(local) = self.client.as_ref().map(|client| client.local_addr()) else {
            return vec![];
        };
        let mut packets = match self.hear(time, local, octets) {
            Taken::FromPeer(peer, data) => vec![(peer, data)],
            Taken::Handled | Taken::Foreign => vec![],
        };
        while let Some(data) = self
            .client
            .as_mut()
            .and_then(|client| client.poll_recv(time))
        {
            packets.push((data.peer, data.data().to_vec()));
        }
        packets
    }

    /// The crate asks on after a second 401 to the same name and password, until its patience ends.
    fn is_refusal(&self, packet: &[u8]) -> bool {
        let Ok(message) = Message::from_bytes(packet) else {
            return false;
        };
        self.answer == Answer::Awaited
            && self.asked == Some(message.transaction_id())
            && message.attribute::<ErrorCode>().is_ok()
    }

    pub(super) fn wrap(
        &mut self,
        time: stun_proto::Instant,
        to: SocketAddr,
        data: &[u8],
    ) -> Wrapped {
        let Some(client) = &mut self.client else {
            return Wrapped::Refused;
        };
        let Ok(Some(wrapped)) = client.send_to(TransportType::Udp, to, data, time) else {
            return Wrapped::Refused;
        };
        let packet = Bytes::from(wrapped.build().data);
        match self.server.transport {
            RelayTransport::Udp => Wrapped::Datagram(self.server.address, packet),
            RelayTransport::Tcp => {
                self.stream.push_back(packet);
                Wrapped::OnStream
            }
        }
    }

    pub(super) fn poll(
        &mut self,
        time: stun_proto::Instant,
        mut send: impl FnMut(SocketAddr, Bytes),
    ) {
        let Some(client) = &mut self.client else {
            return;
        };
        if self.answer == Answer::Unasked {
            self.answer = Answer::Awaited;
        }
        if let TurnPollRet::Closed = client.poll(time)
            && self.answer != Answer::Refused
        {
            self.answer = Answer::None;
        }
        while let Some(sent) = client.poll_transmit(time) {
            if self.answer == Answer::Awaited {
                let request = Message::from_bytes(&sent.data);
                self.asked = request.ok().map(|request| request.transaction_id());
            }
            let packet = Bytes::copy_from_slice(&sent.data);
            match self.server.transport {
                RelayTransport::Udp => send(self.server.address, packet),
                RelayTransport::Tcp => self.stream.push_back(packet),
            }
        }
        while let Some(event) = client.poll_event() {
            match event {
                TurnEvent::AllocationCreated(_, address) => self.answer = Answer::Address(address),
                TurnEvent::AllocationCreateFailed(_) => self.answer = Answer::Refused,
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
