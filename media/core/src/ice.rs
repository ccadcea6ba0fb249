//! Interactive Connectivity Establishment (RFC 8445): which way packets take between two sides that
//! may sit behind translators and firewalls.
//!
//! Each component has an agent of the crate `is`, which forms the pairs of candidates, checks and
//! nominates them, and goes on checking the one in use (RFC 7675). `gather` asks the servers where
//! our sockets can be reached, and wraps what goes through a relay. Both sides of a component share
//! its socket with RTP; the first octet tells them apart (RFC 7983).

mod gather;
mod path;
mod relay;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;
use is::Candidate;

use crate::config::IceConfig;
use crate::sdp::{Credentials, IceAgreement};
use crate::session::Component;
use gather::{PATIENCE, Taken};
use path::{Path, State, Ways};
use relay::Wrapped;

/// The ways of one session.
#[derive(Debug)]
pub(crate) struct Ice {
    config: IceConfig,
    tie_breaker: u64,
    /// Of this session, once it has one; a conflict may turn it (RFC 8445 §7.3.1.1).
    role: Option<Role>,
    /// RTP's and RTCP's; RTP's alone where both share it.
    paths: Vec<Path>,
    gathering_ends: Option<Instant>,
    /// That the relay refuses us has been told.
    refusal_told: bool,
    /// Checks and questions to servers on their way out.
    outputs: VecDeque<(Component, SocketAddr, Bytes)>,
}

/// Who decides which pair is used (RFC 8445 §6.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Controlling,
    Controlled,
}

/// Where packets of a component go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// ICE has no say: to where the other side's description says.
    Described,
    /// Nowhere: nothing has shown yet that the other side wants them there (RFC 8445 §12.1), or it
    /// has stopped to say so (RFC 7675 §5.1).
    Held,
    Direct(SocketAddr),
    /// To this address by way of our relay.
    Relayed(SocketAddr),
}

/// What became of a packet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It was ours.
    Handled,
    /// The relay has brought it from this address.
    FromPeer(SocketAddr, Vec<u8>),
    Foreign,
}

/// What happened on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    /// No pair works, or the one in use works no more.
    NoPath,
    /// The relay wants nothing of us.
    RelayRefused,
}

impl Ice {
    pub(crate) fn new(config: IceConfig, local: [SocketAddr; 2], tie_breaker: u64) -> Self {
        Self {
            paths: local.map(|local| Path::new(local, &config)).into(),
            config,
            tie_breaker,
            role: None,
            gathering_ends: None,
            refusal_told: false,
            outputs: VecDeque::new(),
        }
    }

    /// Our sockets are elsewhere now; everything begins anew except who decides.
    pub(crate) fn move_to(&mut self, local: [SocketAddr; 2]) {
        self.paths = local.map(|local| Path::new(local, &self.config)).into();
        self.gathering_ends = None;
    }

    /// Whether a description of ours should wait, because servers may still say where we are.
    pub(crate) fn is_gathering(&mut self, now: Instant) -> bool {
        let end = *self.gathering_ends.get_or_insert(now + PATIENCE);
        now < end && self.paths.iter().any(|path| path.gatherer.is_waiting())
    }

    /// Where we can be reached as far as is known.
    pub(crate) fn candidates(&self) -> [Vec<Candidate>; 2] {
        let of = |at| self.paths.get(at).map(Path::candidates).unwrap_or_default();
        [of(0), of(1)]
    }

    /// Checks of the other side may come from now on, before its answer does.
    pub(crate) fn listen(&mut self, own: &Credentials) {
        let tie_breaker = self.tie_breaker;
        for path in &mut self.paths {
            let ready = path
                .agent
                .as_ref()
                .is_some_and(|agent| path::is_named(agent, own));
            if !ready {
                path.agent = Some(path.new_agent(own, Role::Controlling, tie_breaker));
            }
        }
    }

    /// Both sides have described themselves. New credentials of one begin the checks anew; packets
    /// go on along the old way until there is a new one (RFC 8445 §9).
    pub(crate) fn begin(&mut self, both: &IceAgreement, role: Role, paths: Paths) {
        if paths == Paths::One {
            self.paths.truncate(1);
        }
        let agent = self.paths.first().and_then(|path| path.agent.as_ref());
        let role = match agent.filter(|agent| agent.remote_credentials().is_some()) {
            Some(agent) if agent.controlling() => Role::Controlling,
            Some(_) => Role::Controlled,
            None => self.role.unwrap_or(role),
        };
        self.role = Some(role);
        for (path, candidates) in self.paths.iter_mut().zip(&both.theirs.candidates) {
            path.begin(both, candidates, role, self.tie_breaker);
        }
    }

    /// The other side does without.
    pub(crate) fn stop(&mut self) {
        for path in &mut self.paths {
            path.agent = None;
            path.state = State::Unused;
        }
    }

    pub(crate) fn route(&self, component: Component) -> Route {
        self.paths
            .get(component as usize)
            .map_or(Route::Described, Path::route)
    }

    /// Whether the packets of the other side come from here by the pair that was chosen.
    pub(crate) fn is_peer(&self, component: Component, from: SocketAddr) -> bool {
        matches!(self.route(component), Route::Direct(peer) | Route::Relayed(peer) if peer == from)
    }

    /// A packet for `to` on its way, wrapped for the relay where that is the way. `None` where the
    /// relay takes nothing, and where it is reached by a connection: [`Self::next_for_relay`].
    pub(crate) fn direct(
        &mut self,
        component: Component,
        to: SocketAddr,
        packet: Bytes,
    ) -> Option<(SocketAddr, Bytes)> {
        match self.route(component) {
            Route::Described | Route::Held | Route::Direct(_) => Some((to, packet)),
            Route::Relayed(peer) => {
                let path = self.paths.get_mut(component as usize)?;
                match path.gatherer.wrap(peer, &packet) {
                    Wrapped::Datagram(relay, packet) => Some((relay, packet)),
                    Wrapped::OnStream | Wrapped::Refused => None,
                }
            }
        }
    }

    /// Takes a packet if it is between servers, agents and us.
    pub(crate) fn handle(
        &mut self,
        now: Instant,
        component: Component,
        from: SocketAddr,
        packet: &[u8],
    ) -> Heard {
        let Some(path) = self.paths.get_mut(component as usize) else {
            return Heard::Foreign;
        };
        match path.gatherer.handle(now, from, packet) {
            Taken::Handled => Heard::Handled,
            Taken::Foreign => match path.check(now, from, path.local, packet) {
                true => Heard::Handled,
                false => Heard::Foreign,
            },
            Taken::FromPeer(peer, data) => path.relayed(now, peer, data),
        }
    }

    /// Takes what came on a component's connection to the relay.
    pub(crate) fn handle_stream(
        &mut self,
        now: Instant,
        component: Component,
        octets: &[u8],
    ) -> Vec<Heard> {
        let Some(path) = self.paths.get_mut(component as usize) else {
            return vec![];
        };
        let packets = path.gatherer.handle_stream(now, octets).into_iter();
        let heard = packets.map(|(peer, data)| path.relayed(now, peer, data));
        heard.collect()
    }

    /// What has to go out on a component's connection to the relay.
    pub(crate) fn next_for_relay(&mut self) -> Option<(Component, Bytes)> {
        let mut paths = self.paths.iter_mut().zip([Component::Rtp, Component::Rtcp]);
        paths.find_map(|(path, component)| Some((component, path.gatherer.next_on_stream()?)))
    }

    /// That connection is there, from this address of ours, or `None`: it is not to be had, or gone.
    pub(crate) fn relay_is(&mut self, component: Component, connected: Option<SocketAddr>) {
        let Some(path) = self.paths.get_mut(component as usize) else {
            return;
        };
        match connected {
            Some(local) => path.gatherer.relay_connected(local),
            None => path.gatherer.relay_closed(),
        }
    }

    /// Takes a turn, and tells what came of it. What has to go out comes from [`Self::next_packet`].
    pub(crate) fn poll(&mut self, now: Instant, mut tell: impl FnMut(News)) {
        let outputs = &mut self.outputs;
        let mut ways = Ways::Open;
        for (path, component) in self.paths.iter_mut().zip([Component::Rtp, Component::Rtcp]) {
            let send = |to, packet| outputs.push_back((component, to, packet));
            if path.poll(now, send) == Ways::Ended {
                ways = Ways::Ended;
            }
        }
        if ways == Ways::Ended {
            tell(News::NoPath);
        }
        let refused = self.paths.iter().any(|path| path.gatherer.is_refused());
        if refused && !std::mem::replace(&mut self.refusal_told, refused) {
            tell(News::RelayRefused);
        }
    }

    pub(crate) fn next_packet(&mut self) -> Option<(Component, SocketAddr, Bytes)> {
        self.outputs.pop_front()
    }

    /// Gives relayed addresses back.
    pub(crate) fn release(&mut self, now: Instant) {
        for path in &mut self.paths {
            path.gatherer.release(now);
        }
    }
}

/// How many ways a session has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paths {
    /// RTP and RTCP share one (RFC 5761).
    One,
    Two,
}
