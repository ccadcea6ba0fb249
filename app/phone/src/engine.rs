//! The engine thread: owns the user agent, the policy and the calls, and changes the snapshot.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError};

use tokio::sync::{mpsc, watch};

use crate::command::Command;
use crate::config::PhoneConfig;
use crate::event::Event;
use crate::snapshot::Snapshot;

/// Runs an engine until it is told to quit or its handle is gone.
pub(crate) fn run(config: PhoneConfig, mut commands: mpsc::Receiver<Command>, face: Face) {
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            face.tell(Event::Error {
                text: format!("Hark could not start its network part: {error}."),
            });
            return;
        }
    };
    runtime.block_on(async {
        let mut snapshot = Snapshot {
            account: config.account,
            ..Snapshot::default()
        };
        face.publish(snapshot.clone());
        while let Some(command) = commands.recv().await {
            match command {
                Command::SetPresence(presence) => snapshot.presence = presence,
                Command::Quit => break,
                _ => continue,
            }
            face.publish(snapshot.clone());
        }
    });
}

/// The engine's end of a [`crate::Handle`].
pub(crate) struct Face {
    snapshot: watch::Sender<Arc<Snapshot>>,
    events: SyncSender<Event>,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl Face {
    pub(crate) fn new(
        snapshot: watch::Sender<Arc<Snapshot>>,
        events: SyncSender<Event>,
        wake: Box<dyn Fn() + Send + Sync>,
    ) -> Self {
        Self {
            snapshot,
            events,
            wake,
        }
    }

    /// Shows a new state. One that equals the last does not wake the face.
    pub(crate) fn publish(&self, snapshot: Snapshot) {
        let changed = self.snapshot.send_if_modified(|shown| {
            let changed = **shown != snapshot;
            if changed {
                *shown = Arc::new(snapshot);
            }
            changed
        });
        if changed {
            (self.wake)();
        }
    }

    /// Tells a thing that happened. A face that has stopped looking loses it.
    pub(crate) fn tell(&self, event: Event) {
        match self.events.try_send(event) {
            Ok(()) => (self.wake)(),
            Err(TrySendError::Full(_)) => tracing::warn!("nobody takes events; one is dropped"),
            Err(TrySendError::Disconnected(_)) => {}
        }
    }
}
