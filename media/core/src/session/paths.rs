//! The ways of a session's packets: found by ICE, or else as the descriptions and the latch say.

use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;

use super::{Component, MediaEvent, MediaOutput, MediaSession};
use crate::config::MediaConfig;
use crate::ice::{Heard, News, Paths, Role, Route};

impl MediaSession {
    /// A session that has described nothing yet. One with servers for ICE asks them where it can be
    /// reached, while [`Self::tick`] and [`Self::handle_packet`] are called; its first
    /// [`Self::offer_again`] or [`Self::answer_again`] should wait while [`Self::is_gathering`].
    pub fn prepare(config: MediaConfig) -> Self {
        Self::new(&config)
    }

    /// Whether a description would say more a moment later. Half a second at most.
    pub fn is_gathering(&mut self, now: Instant) -> bool {
        self.ice.as_mut().is_some_and(|ice| ice.is_gathering(now))
    }

    /// Whether [`Self::tick`] has work before the first answer too.
    pub fn uses_ice(&self) -> bool {
        self.ice.is_some()
    }

    /// A description of ours is about to be made: what is known goes into it.
    pub(super) fn tell_candidates(&mut self) {
        if let Some(ice) = &self.ice {
            self.exchange.ice.reachable_at(ice.candidates());
        }
    }

    /// An offer of ours is made: checks may come before the answer.
    pub(super) fn await_checks(&mut self) {
        if let (Some(ice), Some(own)) = (&mut self.ice, self.exchange.ice.credentials()) {
            ice.listen(own);
        }
    }

    /// Both sides have described themselves; `role` is ours if nothing else decides.
    pub(super) fn follow_agreement(&mut self, role: Role) {
        let Some((ice, agreement)) = self.ice.as_mut().zip(self.agreement.as_ref()) else {
            return;
        };
        let paths = match agreement.rtcp_mux {
            true => Paths::One,
            false => Paths::Two,
        };
        match &agreement.ice {
            Some(both) => ice.begin(both, role, paths),
            None => ice.stop(),
        }
    }

    pub(super) fn turn_paths(&mut self, now: Instant) {
        let Some(ice) = &mut self.ice else {
            return;
        };
        let outbox = &mut self.outbox;
        ice.poll(now, |news| {
            outbox.tell(match news {
                News::NoPath => MediaEvent::NoPath,
                News::RelayRefused => MediaEvent::RelayRefused,
            });
        });
    }

    pub(super) fn hear_on_path(
        &mut self,
        now: Instant,
        component: Component,
        from: SocketAddr,
        packet: &[u8],
    ) -> Heard {
        let Some(ice) = &mut self.ice else {
            return Heard::Foreign;
        };
        let heard = ice.handle(now, component, from, packet);
        if heard == Heard::Handled {
            self.turn_paths(now);
        }
        heard
    }

    /// Whether packets from there are the other side's, as far as descriptions and checks say.
    pub(super) fn is_expected(&self, from: SocketAddr) -> bool {
        let described = self.agreement.as_ref().and_then(|agreement| agreement.rtp);
        let ice = self.ice.as_ref();
        described == Some(from) || ice.is_some_and(|ice| ice.is_peer(Component::Rtp, from))
    }

    /// Where packets of a component go; those through a relay are wrapped when they are fetched.
    pub(super) fn destination(&self, component: Component) -> Option<SocketAddr> {
        let described = self.latches[component as usize].destination()?;
        let ice = self.ice.as_ref();
        match ice.map_or(Route::Described, |ice| ice.route(component)) {
            Route::Described => Some(described),
            Route::Held => None,
            Route::Direct(peer) | Route::Relayed(peer) => Some(peer),
        }
    }

    /// The next output: what keeps the ways open, then what travels along them.
    pub(super) fn next_on_its_way(&mut self) -> Option<MediaOutput> {
        let Some(ice) = &mut self.ice else {
            return self.outbox.next();
        };
        if let Some((component, to, packet)) = ice.next_packet() {
            return Some(MediaOutput::Transmit {
                component,
                to,
                packet,
            });
        }
        loop {
            let output = self.outbox.next()?;
            let MediaOutput::Transmit {
                component,
                to,
                packet,
            } = output
            else {
                return Some(output);
            };
            if let Some((to, packet)) = ice.direct(component, to, packet) {
                return Some(MediaOutput::Transmit {
                    component,
                    to,
                    packet,
                });
            }
        }
    }

    /// The connection of a component to a relay over TCP ([`crate::RelayTransport::Tcp`]) is there, from
    /// this address of ours. Both components want one, at the beginning and after [`Self::move_to`].
    pub fn relay_connected(&mut self, component: Component, local: SocketAddr) {
        if let Some(ice) = &mut self.ice {
            ice.relay_is(component, Some(local));
        }
    }

    /// It could not be opened, or is gone: the call does without.
    pub fn relay_closed(&mut self, component: Component) {
        if let Some(ice) = &mut self.ice {
            ice.relay_is(component, None);
        }
    }

    /// Takes what came on that connection, cut anywhere.
    pub fn handle_relay(&mut self, now: Instant, component: Component, octets: &[u8]) {
        let Some(ice) = &mut self.ice else {
            return;
        };
        for heard in ice.handle_stream(now, component, octets) {
            if let Heard::FromPeer(peer, mut data) = heard {
                self.take(now, component, peer, &mut data);
            }
        }
        self.turn_paths(now);
    }

    /// What has to go out on these connections; to be called until it returns `None`.
    pub fn poll_relay(&mut self) -> Option<(Component, Bytes)> {
        self.ice.as_mut()?.next_for_relay()
    }

    /// Our sockets are at other addresses from here on, which may have to be gathered first. The
    /// other side learns them by the next offer.
    pub fn move_to(&mut self, local_rtp: SocketAddr, local_rtcp: SocketAddr) {
        self.exchange.move_to(local_rtp, local_rtcp);
        if let Some(ice) = &mut self.ice {
            ice.move_to([local_rtp, local_rtcp]);
            self.exchange.ice.restart(&mut self.random);
        }
    }

    pub(super) fn release_paths(&mut self, now: Instant) {
        if let Some(ice) = &mut self.ice {
            ice.release(now);
        }
        self.turn_paths(now);
    }
}
