//! The phone as the window sees it, so that tests can put a scripted one in its place.

use std::sync::Arc;

use hark_phone::{Busy, Command, Event, Handle, Snapshot};

/// The three things a face does with an engine, and the end.
pub trait Engine {
    /// Hands over a command without waiting.
    ///
    /// # Errors
    /// The engine has too much to do, or has stopped.
    fn send(&self, command: Command) -> Result<(), Busy>;

    /// The newest snapshot.
    fn snapshot(&self) -> Arc<Snapshot>;

    /// The next event that has not been taken.
    fn poll_event(&self) -> Option<Event>;

    /// Hangs up, signs out and waits for that, at most for [`hark_phone::QUIT_LIMIT`].
    fn stop(&self);
}

impl Engine for Handle {
    fn send(&self, command: Command) -> Result<(), Busy> {
        Handle::send(self, command)
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Handle::snapshot(self)
    }

    fn poll_event(&self) -> Option<Event> {
        // The last event repeats for ever; the window has nothing to do about it.
        Handle::poll_event(self).filter(|event| *event != Event::Stopped)
    }

    fn stop(&self) {
        self.join();
    }
}
