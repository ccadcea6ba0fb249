//! A small internet: two sessions behind translators, a STUN and TURN server, 10 ms between any two.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use stun_proto::agent::Transmit;
use stun_proto::types::TransportType;
use stun_proto::types::attribute::XorMappedAddress;
use stun_proto::types::message::{BINDING, Message, MessageWriteVec};
use stun_proto::types::prelude::*;
use turn_server_proto::api::{TurnServerApi as _, TurnServerPollRet};
use turn_server_proto::server::TurnServer as Server;

use super::*;
use crate::config::{IceConfig, IceUse, RelayTransport, TurnServer};

/// What stands between a side and the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nat {
    /// Nothing.
    Open,
    /// One outside address for each inside one, open to every host that was written to (RFC 4787:
    /// endpoint-independent mapping, address-dependent filtering).
    Cone,
    /// One outside address for each address written to, open to that one alone.
    Symmetric,
}

/// Which servers the sides know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Servers {
    None,
    Stun,
    /// Relays too, with this password.
    Turn(&'static str),
    /// The same, reached over connections that the test opens or does not.
    TurnOverTcp,
    /// They do not answer.
    Dead,
}

pub(super) struct World {
    pub(super) now: Instant,
    pub(super) sides: [MediaSession; 2],
    pub(super) events: [Vec<MediaEvent>; 2],
    nats: [Nat; 2],
    /// The network of each side: its translator's outside address, and its own where there is none.
    networks: [u8; 2],
    /// Outside ports: of which side and inside address, and to whom for a symmetric one.
    mapped: BTreeMap<u16, (usize, SocketAddr, Option<SocketAddr>)>,
    /// Who may write to an outside port.
    admitted: BTreeSet<(u16, SocketAddr)>,
    flying: Flying<Transmit<Vec<u8>>>,
    server: Server,
    alive: bool,
    relays: u16,
    epoch: Instant,
    /// The network passes nothing on.
    pub(super) cut: bool,
}

impl World {
    pub(super) fn new(nats: [Nat; 2], servers: Servers) -> Self {
        Self::with(nats, servers, |_, _| {})
    }

    /// A world whose sides are configured otherwise.
    pub(super) fn with(
        nats: [Nat; 2],
        servers: Servers,
        change: impl Fn(usize, &mut MediaConfig),
    ) -> Self {
        let mut server = Server::new(TransportType::Udp, SERVER, "hark.test".to_owned());
        server.add_user("alice".to_owned(), PASSWORD.to_owned());
        let side = |side: usize| {
            let mut config = config(side, Encryption::Required);
            config.local_rtp = inside(NETWORKS[side], nats[side], Component::Rtp);
            config.local_rtcp = inside(NETWORKS[side], nats[side], Component::Rtcp);
            config.ice = Some(ice(servers));
            change(side, &mut config);
            MediaSession::prepare(config)
        };
        let now = crate::epoch();
        Self {
            now,
            sides: [side(0), side(1)],
            events: Default::default(),
            nats,
            networks: NETWORKS,
            mapped: BTreeMap::new(),
            admitted: BTreeSet::new(),
            flying: Flying::default(),
            server,
            alive: servers != Servers::Dead,
            relays: 0,
            epoch: now,
            cut: false,
        }
    }

    /// Both gather, side 0 calls, side 1 answers, each description changed on its way.
    pub(super) fn call(&mut self, change: impl Fn(String) -> String) {
        self.exchange(0, change);
    }

    /// The same with this side as the one that offers.
    pub(super) fn call_from(&mut self, side: usize) {
        self.exchange(side, |text| text);
    }

    fn exchange(&mut self, side: usize, change: impl Fn(String) -> String) {
        self.gather();
        let offer = self.sides[side].offer_again(Direction::SendReceive);
        let offer = change(String::from_utf8(offer).unwrap());
        let answer = self.sides[1 - side].answer_again(offer.as_bytes()).unwrap();
        let answer = change(String::from_utf8(answer).unwrap());
        self.sides[side].accept_answer(answer.as_bytes()).unwrap();
    }

    /// A side comes up in another network, with other sockets. What is on its way to the old ones is
    /// lost, and the other side knows nothing of it before the next [`Self::call`].
    pub(super) fn move_to_another_network(&mut self, side: usize) {
        self.networks[side] += 10;
        // Translators of the old network know nobody in the new one.
        self.mapped.retain(|_, (of, ..)| *of != side);
        let local = |component| inside(self.networks[side], self.nats[side], component);
        let (rtp, rtcp) = (local(Component::Rtp), local(Component::Rtcp));
        self.sides[side].move_to(rtp, rtcp);
    }

    /// Returns how long it took.
    pub(super) fn gather(&mut self) -> Duration {
        let start = self.now;
        loop {
            let open = [0, 1].map(|side| self.sides[side].is_gathering(self.now));
            if open == [false, false] {
                return self.now - start;
            }
            self.step();
        }
    }

    pub(super) fn run(&mut self, milliseconds: u64) {
        (0..milliseconds / 10).for_each(|_| self.step());
    }

    /// What side 1 hears of side 0 and the other way round, in packets.
    pub(super) fn heard(&self) -> [u64; 2] {
        [1, 0].map(|side: usize| self.sides[side].stats().packets_received)
    }

    fn step(&mut self) {
        for side in 0..2 {
            beat(&mut self.sides[side], self.now, |_| 1_000);
            self.collect(side);
        }
        self.turn_server();
        self.now += Duration::from_millis(10);
        while let Some(packet) = self.flying.arrived(self.now) {
            self.arrive(packet);
        }
    }

    fn collect(&mut self, side: usize) {
        while let Some(output) = self.sides[side].poll_output() {
            match output {
                MediaOutput::Event(event) => self.events[side].push(event),
                MediaOutput::Transmit {
                    component,
                    to,
                    packet,
                } => {
                    let from = inside(self.networks[side], self.nats[side], component);
                    let from = self.translated(side, from, to);
                    self.fly(Transmit::new(packet.to_vec(), TransportType::Udp, from, to));
                }
            }
        }
    }

    /// The outside address of a packet on its way out.
    fn translated(&mut self, side: usize, from: SocketAddr, to: SocketAddr) -> SocketAddr {
        let key = match self.nats[side] {
            Nat::Open => return from,
            Nat::Cone => (side, from, None),
            Nat::Symmetric => (side, from, Some(to)),
        };
        let known = self
            .mapped
            .iter()
            .find(|(_, of)| **of == key)
            .map(|(port, _)| *port);
        let port = known.unwrap_or_else(|| {
            self.mapped
                .last_key_value()
                .map_or(20_000, |(port, _)| port + 1)
        });
        self.mapped.insert(port, key);
        self.admitted.insert((port, to));
        SocketAddr::new(outside(self.networks[side]), port)
    }

    fn fly(&mut self, packet: Transmit<Vec<u8>>) {
        self.flying
            .send(self.now + Duration::from_millis(10), packet);
    }

    fn arrive(&mut self, mut packet: Transmit<Vec<u8>>) {
        if self.cut {
            return;
        }
        if packet.to.ip() == SERVER.ip() {
            return self.serve(packet);
        }
        let Some((side, to)) = self.inwards(packet.from, packet.to) else {
            return;
        };
        let component = match to.port() % 2 {
            0 => Component::Rtp,
            _ => Component::Rtcp,
        };
        self.sides[side].handle_packet(self.now, component, packet.from, &mut packet.data);
        self.collect(side);
    }

    /// The server of the crate sends its answers to binding requests to itself, so those are made
    /// here.
    fn serve(&mut self, packet: Transmit<Vec<u8>>) {
        if !self.alive {
            return;
        }
        let message = Message::from_bytes(&packet.data);
        if let Ok(request) = message
            && packet.to == SERVER
            && request.has_method(BINDING)
        {
            let mapped = XorMappedAddress::new(packet.from, request.transaction_id());
            let mut answer = Message::builder_success(&request, MessageWriteVec::new());
            answer.add_attribute(&mapped).unwrap();
            let answer = answer.finish();
            let udp = TransportType::Udp;
            return self.fly(Transmit::new(answer, udp, SERVER, packet.from));
        }
        let time = self.time();
        if let Some(sent) = self.server.recv(packet, time) {
            self.fly(sent.build());
        }
    }

    /// Whose packet it is and the inside address, if the translator lets it through.
    fn inwards(&self, from: SocketAddr, to: SocketAddr) -> Option<(usize, SocketAddr)> {
        let open = |side: &usize| {
            self.nats[*side] == Nat::Open && outside(self.networks[*side]) == to.ip()
        };
        if let Some(side) = [0, 1].iter().find(|side| open(side)) {
            return Some((*side, to));
        }
        let (side, inside, only) = *self.mapped.get(&to.port())?;
        let written_to = self.admitted.iter().filter(|(port, _)| *port == to.port());
        let admitted = match only {
            Some(only) => only == from,
            None => written_to
                .into_iter()
                .any(|(_, peer)| peer.ip() == from.ip()),
        };
        (outside(self.networks[side]) == to.ip() && admitted).then_some((side, inside))
    }

    fn turn_server(&mut self) {
        let time = self.time();
        while let TurnServerPollRet::AllocateSocket {
            transport,
            listen_addr,
            client_addr,
            allocation_transport,
            family,
        } = self.server.poll(time)
        {
            self.relays += 1;
            let relay = SocketAddr::new(SERVER.ip(), 50_000 + self.relays);
            self.server.allocated_socket(
                transport,
                listen_addr,
                client_addr,
                allocation_transport,
                family,
                Ok(relay),
                time,
            );
        }
        while let Some(sent) = self.server.poll_transmit(time) {
            self.fly(sent);
        }
    }

    fn time(&self) -> stun_proto::Instant {
        stun_proto::Instant::from_nanos((self.now - self.epoch).as_nanos() as i64)
    }
}

fn ice(servers: Servers) -> IceConfig {
    let turn = |transport, password: &str| TurnServer {
        address: SERVER,
        transport,
        username: "alice".to_owned(),
        password: password.to_owned(),
    };
    IceConfig {
        when: IceUse::Always,
        stun_server: (servers != Servers::None).then_some(SERVER),
        turn_server: match servers {
            Servers::Turn(password) => Some(turn(RelayTransport::Udp, password)),
            Servers::TurnOverTcp => Some(turn(RelayTransport::Tcp, PASSWORD)),
            Servers::Dead => Some(turn(RelayTransport::Udp, PASSWORD)),
            Servers::None | Servers::Stun => None,
        },
    }
}

fn outside(network: u8) -> IpAddr {
    Ipv4Addr::new(203, 0, 113, network).into()
}

fn inside(network: u8, nat: Nat, component: Component) -> SocketAddr {
    let ip = match nat {
        Nat::Open => outside(network),
        Nat::Cone | Nat::Symmetric => Ipv4Addr::new(10, 0, network, 2).into(),
    };
    SocketAddr::new(ip, 40_000 + component as u16)
}

/// Where each side is at first.
const NETWORKS: [u8; 2] = [1, 2];

pub(super) const SERVER: SocketAddr =
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1)), 3_478);

pub(super) const PASSWORD: &str = "sesame";
