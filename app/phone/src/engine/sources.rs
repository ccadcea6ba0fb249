//! Where happenings come from, apart from the user agents.

use hark_audio::AudioEvent;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::kept::ProfileStage;
use super::lines::Lines;
use super::{Happening, Outcome};
use crate::command::Command;
use crate::media::MediaReport;
use crate::store::StoreReport;

pub(super) struct Sources {
    pub(super) commands: mpsc::Receiver<Command>,
    pub(super) media: mpsc::UnboundedReceiver<MediaReport>,
    pub(super) store: mpsc::UnboundedReceiver<StoreReport>,
    pub(super) audio: mpsc::UnboundedReceiver<AudioEvent>,
    pub(super) outcomes: mpsc::UnboundedReceiver<Outcome>,
}

impl Sources {
    pub(super) async fn next(
        &mut self,
        lines: &mut Lines,
        due: Option<Instant>,
        profile: ProfileStage,
    ) -> Happening {
        tokio::select! {
            (account, event) = lines.next() => Happening::Sip(account, event),
            // A handle that is gone cannot say quit any more.
            // What is kept must be known before it is changed, or the change would be lost.
            command = self.commands.recv(), if profile == ProfileStage::Read => {
                Happening::Command(command.unwrap_or(Command::Quit))
            }
            Some(report) = self.media.recv() => Happening::Media(report),
            Some(report) = self.store.recv() => Happening::Store(report),
            Some(event) = self.audio.recv() => Happening::Audio(event),
            Some(outcome) = self.outcomes.recv() => Happening::Outcome(outcome),
            () = until(due) => Happening::Due,
        }
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
