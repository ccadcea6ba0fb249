//! The write queue of a flow, bounded in bytes: messages differ in size by a factor of a thousand.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc;

/// The driver's end. Dropping it closes the flow once the queue is sent.
#[derive(Debug)]
pub(crate) struct Outgoing {
    sender: mpsc::UnboundedSender<Vec<u8>>,
    waiting_bytes: Arc<AtomicUsize>,
}

/// The end of the flow's task.
#[derive(Debug)]
pub(crate) struct Queue {
    receiver: mpsc::UnboundedReceiver<Vec<u8>>,
    waiting_bytes: Arc<AtomicUsize>,
    /// What [`Queue::next`] returned last and is being written.
    in_hand_bytes: usize,
}

/// The queue holds all that a peer is allowed to leave unread.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

pub(crate) fn queue() -> (Outgoing, Queue) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let waiting_bytes = Arc::new(AtomicUsize::new(0));
    let outgoing = Outgoing {
        sender,
        waiting_bytes: waiting_bytes.clone(),
    };
    (
        outgoing,
        Queue {
            receiver,
            waiting_bytes,
            in_hand_bytes: 0,
        },
    )
}

impl Outgoing {
    /// Queues bytes. If the flow's task has ended, they are dropped: its report is on the way.
    pub fn send(&self, bytes: Vec<u8>) -> Result<(), Full> {
        // Only this end adds, so the sum cannot pass the limit between the two steps.
        let length = bytes.len();
        if self.waiting_bytes.load(Ordering::Relaxed) + length > LIMIT_BYTES {
            return Err(Full);
        }
        self.waiting_bytes.fetch_add(length, Ordering::Relaxed);
        let _ = self.sender.send(bytes);
        Ok(())
    }
}

impl Queue {
    /// The next bytes to write; asking for them says that the last ones are written.
    pub async fn next(&mut self) -> Option<Vec<u8>> {
        let written = std::mem::take(&mut self.in_hand_bytes);
        self.waiting_bytes.fetch_sub(written, Ordering::Relaxed);
        let bytes = self.receiver.recv().await?;
        self.in_hand_bytes = bytes.len();
        Some(bytes)
    }
}

/// What may wait on one flow: four of the largest messages.
const LIMIT_BYTES: usize = 4 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_count_until_they_are_written() {
        let (outgoing, mut queue) = queue();
        let half = vec![0; LIMIT_BYTES / 2];
        assert_eq!(outgoing.send(half.clone()), Ok(()));
        assert_eq!(outgoing.send(half.clone()), Ok(()));
        assert_eq!(outgoing.send(vec![0]), Err(Full));
        assert_eq!(
            queue.next().await.map(|bytes| bytes.len()),
            Some(half.len())
        );
        assert_eq!(
            outgoing.send(vec![0]),
            Err(Full),
            "the first half is still in hand"
        );
        assert!(queue.next().await.is_some());
        assert_eq!(outgoing.send(vec![0]), Ok(()));
        drop(outgoing);
        assert_eq!(queue.next().await, Some(vec![0]));
        assert_eq!(queue.next().await, None);
    }
}
