//! What every network of these tests is made of: beats of a media thread, and datagrams on their way.

use std::collections::BTreeMap;

use super::*;

/// Datagrams on their way, by arrival and then in the order in which they were sent.
pub(super) struct Flying<T> {
    pub(super) by_arrival: BTreeMap<(Instant, usize), T>,
    sent: usize,
}

impl<T> Default for Flying<T> {
    fn default() -> Self {
        Self {
            by_arrival: BTreeMap::new(),
            sent: 0,
        }
    }
}

impl<T> Flying<T> {
    pub(super) fn send(&mut self, arrives: Instant, packet: T) {
        self.sent += 1;
        self.by_arrival.insert((arrives, self.sent), packet);
    }

    /// The next one that is there by now.
    pub(super) fn arrived(&mut self, now: Instant) -> Option<T> {
        let first = self.by_arrival.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }
}

/// One beat of a session's media thread. `voice` is what the microphone hears so many seconds into
/// it; what the loudspeaker plays is returned.
pub(super) fn beat(
    session: &mut MediaSession,
    now: Instant,
    voice: impl Fn(f32) -> i16,
) -> Vec<i16> {
    let rate_hz = session.rate_hz();
    let mut played = vec![0; rate_hz as usize / 100];
    session.play(now, &mut played);
    let heard = (0..played.len()).map(|n| voice(n as f32 / rate_hz as f32));
    session.capture(now, &heard.collect::<Vec<i16>>());
    session.tick(now);
    played
}
