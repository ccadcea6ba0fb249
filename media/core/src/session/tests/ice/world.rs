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
use crate::config::{IceConfig, IceUse, TurnServer};

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
    /// They do not answer.
    Dead,
}

pub(super) struct World {
    pub(super) now: Instant,
    pub(super) sides: [MediaSession; 2],
    pub(super) events: [Vec<MediaEvent>; 2],
    nats: [Nat; 2],
    /// Outside ports: of which side and inside address, and to whom for a symmetric one.
    mapped: BTreeMap<u16, (usize, SocketAddr, Option<SocketAddr>)>,
    /// Who may write to an outside port.
    admitted: BTreeSet<(u16, SocketAddr)>,
    flying: BTreeMap<(Instant, usize), Transmit<Vec<u8>>>,
    order: usize,
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
            config.local_rtp = inside(side, nats[side], Component::Rtp);
            config.local_rtcp = inside(side, nats[side], Component::Rtcp);
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
            mapped: BTreeMap::new(),
            admitted: BTreeSet::new(),
            flying: BTreeMap::new(),
            order: 0,
            server,
            alive: servers != Servers::Dead,
            relays: 0,
            epoch: now,
            cut: false,
        }
    }

    /// Both gather, side 0 calls, side 1 answers, each description changed on its way.
    pub(super) fn call(&mut self, change: impl Fn(String) -> String) {
        self.gather();
        let offer = self.sides[0].offer_again(Direction::SendReceive);
        let offer = change(String::from_utf8(offer).unwrap());
        let answer = self.sides[1].answer_again(offer.as_bytes()).unwrap();
        let answer = change(String::from_utf8(answer).unwrap());
        self.sides[0].accept_answer(answer.as_bytes()).unwrap();
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
            let mut frame = [0; 80];
            self.sides[side].play(self.now, &mut frame);
            self.sides[side].capture(self.now, &[1_000; 80]);
            self.sides[side].tick(self.now);
            self.collect(side);
        }
        self.turn_server();
        self.now += Duration::from_millis(10);
        while let Some(first) = self.flying.first_entry() {
            if first.key().0 > self.now {
                break;
            }
            let packet = first.remove();
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
                    let from = inside(side, self.nats[side], component);
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
        let port = known.unwrap_or(20_000 + self.mapped.len() as u16);
        self.mapped.insert(port, key);
        self.admitted.insert((port, to));
        SocketAddr::new(outside(side), port)
    }

    fn fly(&mut self, packet: Transmit<Vec<u8>>) {
        self.order += 1;
        let at = self.now + Duration::from_millis(10);
        self.flying.insert((at, self.order), packet);
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
        let open = |side: &usize| self.nats[*side] == Nat::Open && outside(*side) == to.ip();
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
        (outside(side) == to.ip() && admitted).then_some((side, inside))
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
    let turn = |password: &str| TurnServer {
        address: SERVER,
        username: "alice".to_owned(),
        password: password.to_owned(),
    };
    IceConfig {
        when: IceUse::Always,
        stun_server: (servers != Servers::None).then_some(SERVER),
        turn_server: match servers {
            Servers::Turn(password) => Some(turn(password)),
            Servers::Dead => Some(turn(PASSWORD)),
            Servers::None | Servers::Stun => None,
        },
    }
}

fn outside(side: usize) -> IpAddr {
    Ipv4Addr::new(203, 0, 113, side as u8 + 1).into()
}

fn inside(side: usize, nat: Nat, component: Component) -> SocketAddr {
    let ip = match nat {
        Nat::Open => outside(side),
        Nat::Cone | Nat::Symmetric => Ipv4Addr::new(10, 0, side as u8, 2).into(),
    };
    SocketAddr::new(ip, 40_000 + component as u16)
}

pub(super) const SERVER: SocketAddr =
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1)), 3_478);

pub(super) const PASSWORD: &str = "sesame";
