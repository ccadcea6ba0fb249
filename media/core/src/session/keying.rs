//! Keys of a session: from its descriptions, or by a handshake on the path of RTP (RFC 5764).

use std::net::SocketAddr;
use std::time::Instant;

use super::latch::Proof;
use super::outbox::Stream;
use super::{Component, MediaEvent, MediaSession};
use crate::dtls::{Change, DtlsKeys, Keying, Peer, Standing};
use crate::ice::{Ice, Route};
use crate::sdp::{Agreement, Protection, StreamKey};

/// Whether the other side may be another one, as far as its keys tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    Kept,
    Changed,
}

impl MediaSession {
    /// Brings the keys that were agreed on into force, or waits for them.
    pub(super) fn change_protection(&mut self, old: Option<&Agreement>, new: &Agreement) -> Keys {
        let change = match &mut self.dtls {
            Some(dtls) => dtls.agree(new.dtls()),
            None => Change::Kept,
        };
        if change == Change::Anew {
            self.outbox.await_key();
            self.keys.change(None);
        }
        match (&new.protection, change) {
            (Some(Protection::Dtls(_)), Change::Kept) => Keys::Kept,
            (Some(Protection::Dtls(_)), Change::Anew) => Keys::Changed,
            (Some(Protection::Sdes(_)) | None, _) => self.change_sdes(change, old, new),
        }
    }

    fn change_sdes(&mut self, change: Change, old: Option<&Agreement>, new: &Agreement) -> Keys {
        let (before, after) = (old.and_then(Agreement::sdes), new.sdes());
        let ours = after.map(|keys| &keys.ours);
        if self.outbox.awaits_key() || before.map(|keys| &keys.ours) != ours {
            self.seal_with(ours);
        }
        let theirs = after.map(|keys| &keys.theirs);
        if change == Change::Kept && before.map(|keys| &keys.theirs) == theirs {
            return Keys::Kept;
        }
        self.keys.change(theirs);
        Keys::Changed
    }

    fn seal_with(&mut self, key: Option<&StreamKey>) {
        let stream = self.outbox.change_key(key);
        if stream == Stream::BeginsAnew && self.sender.packets > 0 {
            self.sender.restart(&mut self.random);
        }
    }

    /// Takes a datagram of a handshake. `None` for one that is none of ours.
    pub(super) fn take_handshake(
        &mut self,
        now: Instant,
        from: SocketAddr,
        datagram: &[u8],
    ) -> Option<()> {
        let route = self.route_of_keys();
        let described = self.latches[Component::Rtp as usize].destination();
        let chosen = self.is_expected(from);
        let dtls = self.dtls.as_mut().filter(|dtls| dtls.is_in_use())?;
        let (peer, standing) = match route {
            Route::Described if described == Some(from) => (Peer::At(from), Standing::Described),
            Route::Described => (Peer::At(from), Standing::Unknown),
            Route::Direct(_) | Route::Relayed(_) if chosen => (Peer::Chosen, Standing::Described),
            Route::Direct(_) | Route::Relayed(_) => return None,
            Route::Held => {
                dtls.keep_early(from, datagram);
                return Some(());
            }
        };
        if let Some(keys) = dtls.handle(now, peer, standing, datagram) {
            self.use_keys(now, peer, &keys);
        }
        self.send_handshake();
        Some(())
    }

    /// Takes a turn of the handshake.
    pub(super) fn turn_keys(&mut self, now: Instant) {
        let route = self.route_of_keys();
        let described = self.latches[Component::Rtp as usize].destination();
        let to = match route {
            Route::Described => described.map(Peer::At),
            Route::Direct(_) | Route::Relayed(_) => Some(Peer::Chosen),
            Route::Held => None,
        };
        if to.is_some() {
            while let Some((from, datagram)) = self.dtls.as_mut().and_then(Keying::next_early) {
                self.take_handshake(now, from, &datagram);
            }
        }
        if let Some(dtls) = &mut self.dtls {
            dtls.tick(now, to);
            self.send_handshake();
        }
    }

    fn use_keys(&mut self, now: Instant, peer: Peer, keys: &DtlsKeys) {
        self.seal_with(Some(&keys.ours));
        self.keys.change(Some(&keys.theirs));
        self.outbox.tell(MediaEvent::Keyed);
        if let Peer::At(from) = peer {
            self.latches[Component::Rtp as usize].hear(now, from, Proof::Key);
        }
    }

    fn send_handshake(&mut self) {
        while let Some((peer, packet)) = self.dtls.as_mut().and_then(Keying::next_packet) {
            let to = match peer {
                Peer::Chosen => self.destination(Component::Rtp),
                Peer::At(address) => Some(address),
            };
            self.outbox.send_as_it_is(Component::Rtp, to, packet);
        }
    }

    fn route_of_keys(&self) -> Route {
        let route = |ice: &Ice| ice.route(Component::Rtp);
        self.ice.as_ref().map_or(Route::Described, route)
    }
}
