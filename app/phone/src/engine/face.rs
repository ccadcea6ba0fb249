//! The engine's end of a [`crate::Handle`].

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError};

use tokio::sync::watch;

use crate::event::Event;
use crate::snapshot::Snapshot;

/// Shows snapshots and tells events, in this order: whoever takes an event finds a snapshot that
/// knows of it.
pub(crate) struct Face {
    snapshot: watch::Sender<Arc<Snapshot>>,
    /// Boxes, because the queue has its places from the start and is nearly always empty.
    events: SyncSender<Box<Event>>,
    /// Told by the engine, not yet sent.
    told: VecDeque<Event>,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl Face {
    pub(crate) fn new(
        snapshot: watch::Sender<Arc<Snapshot>>,
        events: SyncSender<Box<Event>>,
        wake: Box<dyn Fn() + Send + Sync>,
    ) -> Self {
        Self {
            snapshot,
            events,
            told: VecDeque::new(),
            wake,
        }
    }

    /// Tells a thing that happened, as soon as the state is shown that it led to.
    pub(crate) fn tell(&mut self, event: Event) {
        self.told.push_back(event);
    }

    /// What will be told with the next state.
    pub(crate) fn told(&self) -> impl Iterator<Item = &Event> {
        self.told.iter()
    }

    /// Shows a state and sends what was told. What equals the last state wakes nobody.
    pub(crate) fn show(&mut self, snapshot: &Snapshot) {
        let changed = self.snapshot.send_if_modified(|shown| {
            let changed = **shown != *snapshot;
            if changed {
                *shown = Arc::new(snapshot.clone());
            }
            changed
        });
        let told = !self.told.is_empty();
        self.told
            .drain(..)
            .for_each(|event| send(&self.events, event));
        if changed || told {
            (self.wake)();
        }
    }
}

/// A face that has stopped looking loses events; the engine never waits for it.
fn send(events: &SyncSender<Box<Event>>, event: Event) {
    if let Err(TrySendError::Full(_)) = events.try_send(Box::new(event)) {
        tracing::warn!("nobody takes events; one is dropped");
    }
}
