//! The 10 ms beat of the media thread.
//!
//! Beats are counted from the first one, so that a late wake-up is followed by an early one and the
//! average rate is exact. After a stop of the whole machine the missed time is dropped: nobody wants
//! to hear it.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Audio frames are 10 ms.
pub(super) const FRAME: Duration = Duration::from_millis(10);

/// Beats while it runs.
#[derive(Debug, Default)]
pub(super) struct Beat {
    next: Option<Instant>,
}

impl Beat {
    /// Begins to beat, at once; a beat that runs goes on.
    pub(super) fn run(&mut self) {
        self.next.get_or_insert_with(Instant::now);
    }

    pub(super) fn stop(&mut self) {
        self.next = None;
    }

    /// Waits for the next beat, for ever while stopped. Cancel safe.
    pub(super) async fn wait(&mut self) {
        let Some(next) = self.next else {
            return std::future::pending().await;
        };
        sleep_until(next).await;
        let late = next.elapsed();
        self.next = Some(if late > TOO_LATE {
            Instant::now() + FRAME
        } else {
            next + FRAME
        });
    }
}

/// A gap longer than any that playout could still hide.
const TOO_LATE: Duration = Duration::from_millis(500);
