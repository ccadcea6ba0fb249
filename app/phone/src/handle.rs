//! The face's end of an engine: commands in; snapshots, events and a wake call out.

use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hark_words::say;
use tokio::sync::{mpsc, watch};

use crate::command::Command;
use crate::config::PhoneConfig;
use crate::engine;
use crate::event::Event;
use crate::snapshot::Snapshot;

/// Starts an engine on a thread of its own.
///
/// `wake` is called from that thread after every new snapshot and every event, so that a window can
/// ask for a repaint; it must return at once. Never blocks: a profile that cannot be read, a missing
/// sound device or an unreachable server show in the snapshot and as [`Event::Error`].
pub fn start(config: PhoneConfig, wake: impl Fn() + Send + Sync + 'static) -> Handle {
    let (commands, command_queue) = mpsc::channel(COMMAND_QUEUE);
    let (snapshot_slot, snapshot) = watch::channel(Arc::new(Snapshot::default()));
    let (event_queue, events) = std::sync::mpsc::sync_channel(EVENT_QUEUE);
    let face = engine::Face::new(snapshot_slot, event_queue, Box::new(wake));
    let thread = std::thread::Builder::new()
        .name("engine".into())
        .spawn(move || engine::run(config, command_queue, face))
        .expect("the system can start one more thread");
    Handle {
        commands,
        snapshot,
        events: Mutex::new(events),
        thread: Mutex::new(Some(thread)),
    }
}

/// One running engine. Dropping it asks the engine to quit without waiting for it.
#[derive(Debug)]
pub struct Handle {
    commands: mpsc::Sender<Command>,
    snapshot: watch::Receiver<Arc<Snapshot>>,
    events: Mutex<Receiver<Box<Event>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// The engine took no command: its queue is full, or it has stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", say!(phone_busy))]
pub struct Busy;

impl Handle {
    /// Hands a command to the engine. Never waits.
    pub fn send(&self, command: Command) -> Result<(), Busy> {
        self.commands.try_send(command).map_err(|_| Busy)
    }

    /// Hands a command to the engine and waits while its queue is full, for programs without a
    /// frame loop.
    ///
    /// # Errors
    /// The engine has stopped.
    pub fn send_blocking(&self, command: Command) -> Result<(), Busy> {
        self.commands.blocking_send(command).map_err(|_| Busy)
    }

    /// The newest snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.borrow().clone()
    }

    /// The next event if one is there; the snapshot knows of it already. Never waits. [`Event::Stopped`] is the last one and is
    /// repeated for ever.
    pub fn poll_event(&self) -> Option<Event> {
        match self.events().try_recv() {
            Ok(event) => Some(*event),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Event::Stopped),
        }
    }

    /// Waits for the next event, for programs without a frame loop.
    pub fn wait_event(&self) -> Event {
        self.events().recv().map_or(Event::Stopped, |event| *event)
    }

    /// Waits for the next event until `deadline`; `None` when it has passed.
    pub fn wait_event_until(&self, deadline: Instant) -> Option<Event> {
        let limit = deadline.saturating_duration_since(Instant::now());
        match self.events().recv_timeout(limit) {
            Ok(event) => Some(*event),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Event::Stopped),
        }
    }

    /// Asks the engine to quit and waits until it has hung up and deregistered, which it does within
    /// [`QUIT_LIMIT`].
    pub fn join(&self) {
        // A full queue is no obstacle to a blocking send; an engine that is gone needs no quitting.
        let _ = self.commands.blocking_send(Command::Quit);
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the engine thread ended with a panic");
        }
    }

    fn events(&self) -> MutexGuard<'_, Receiver<Box<Event>>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long hanging up and deregistering may take at quit.
pub const QUIT_LIMIT: Duration = Duration::from_secs(2);

/// Commands that may wait while the engine is busy: far more than a person can press in the
/// milliseconds that it needs for one.
const COMMAND_QUEUE: usize = 64;

/// Events that may wait for a face that does not look. Beyond them events are dropped with a line in
/// the log; the snapshot stays true.
const EVENT_QUEUE: usize = 4096;
