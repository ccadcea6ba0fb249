//! Recording calls: begun and ended by the user, handed on when one call takes the place of another.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Mutex;

use super::call::Stage;
use super::{Engine, Outcome};
use crate::event::{Event, RecordingState};
use crate::media::Order;
use crate::recording::{
    self, Opened, Plan, RecordingError, RecordingId, RecordingKey, RecordingReport, Tap,
};
use crate::snapshot::{CallId, RecordingView};
use crate::store::{self, Keyring, MissingKey};
use crate::words;

/// What the engine knows of recordings besides what their calls show.
#[derive(Debug)]
pub(super) struct Recordings {
    /// Which call each is told under, until its file is complete.
    running: BTreeMap<RecordingId, CallId>,
    last: u64,
    /// Asked of the keyring at the first need. Locked while it is: two that began at once would each
    /// make a key, and one of the two would be lost.
    key: Arc<Mutex<Option<RecordingKey>>>,
}

impl Recordings {
    pub(super) fn new(key: Option<RecordingKey>) -> Self {
        Self {
            running: BTreeMap::new(),
            last: 0,
            key: Arc::new(Mutex::new(key)),
        }
    }

    /// Whether every file is complete.
    pub(super) fn are_over(&self) -> bool {
        self.running.is_empty()
    }

    fn begin(&mut self, call: CallId) -> RecordingId {
        self.last += 1;
        let recording = RecordingId(self.last);
        self.running.insert(recording, call);
        recording
    }
}

impl Engine {
    pub(super) fn set_recorded(&mut self, id: CallId, recorded: bool) {
        let Some(call) = self.calls.get(&id) else {
            return self.complain(words::no_such_call(id));
        };
        if !matches!(call.stage, Stage::Up) {
            return self.complain(words::not_connected().into());
        }
        match (call.recording, recorded) {
            (None, true) => self.begin_recording(id),
            (Some(_), false) => self.end_recording(id),
            (Some(_), true) | (None, false) => {}
        }
    }

    /// The keyring and the disk may block; the call does not wait for them.
    fn begin_recording(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let recording = self.recordings.begin(id);
        call.recording = Some(recording);
        let title = call.view.title.clone();
        let folder = self.shown.settings.recording.folder.clone();
        let line = self.lines.get(&call.view.account);
        let encrypts = line.is_some_and(|line| line.settings.encrypt_recordings);
        let (key, missing) = (Arc::clone(&self.recordings.key), self.missing_key());
        let keyring = self.keyring.clone();
        let outcomes = self.outcomes.clone();
        // The engine is gone only when the program ends.
        let tell = move |report| drop(outcomes.send(Outcome::Recording(recording, report)));
        tokio::spawn(async move {
            let key = match encrypts {
                true => known_key(&key, &keyring, missing).await.map(Some),
                false => Ok(None),
            };
            match key {
                Ok(key) => {
                    let plan = Plan { folder, title, key };
                    tokio::task::spawn_blocking(move || recording::write(plan, tell));
                }
                Err(error) => tell(RecordingReport::Failed { file: None, error }),
            }
        });
    }

    fn end_recording(&mut self, id: CallId) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.recording = None;
            call.view.recording = None;
            self.media.order(Order::StopRecording { call: id });
        }
    }

    pub(super) fn on_recording(&mut self, recording: RecordingId, report: RecordingReport) {
        let Some(&call) = self.recordings.running.get(&recording) else {
            return;
        };
        let state = match report {
            RecordingReport::Began { file, tap } => {
                return self.recording_began(recording, file, tap);
            }
            RecordingReport::Saved { file, missed } => {
                if let Some(text) = words::recording_with_gaps(missed) {
                    self.complain(text);
                }
                Some(RecordingState::Saved { file, missed })
            }
            RecordingReport::Nothing => None,
            RecordingReport::Failed { file, error } => {
                tracing::warn!(call = call.0, %error, "a recording failed");
                let reason = words::recording(&error, file.as_deref());
                self.complain(reason.clone());
                Some(RecordingState::Failed { file, reason })
            }
        };
        self.recordings.running.remove(&recording);
        let known = self.calls.get_mut(&call);
        if let Some(known) = known.filter(|known| known.recording == Some(recording)) {
            known.recording = None;
            known.view.recording = None;
        }
        if let Some(state) = state {
            self.face.tell(Event::Recording { call, state });
        }
    }

    /// The file is there. Without a call that still wants it the tap is dropped, and the file with it.
    fn recording_began(&mut self, recording: RecordingId, file: PathBuf, tap: Tap) {
        let mut calls = self.calls.values_mut();
        let Some(call) = calls.find(|call| call.recording == Some(recording)) else {
            return;
        };
        let id = call.view.id;
        call.view.recording = Some(RecordingView {
            since: Instant::now(),
            file: file.clone(),
        });
        let notice = self.shown.settings.recording.notice;
        self.media.order(Order::Record {
            call: id,
            tap,
            notice,
        });
        let state = RecordingState::Began { file };
        self.face.tell(Event::Recording { call: id, state });
    }

    /// One call takes the place of another: what was recorded of that goes on with this.
    pub(super) fn hand_recording_on(&mut self, from: CallId, to: CallId) {
        let Some(call) = self.calls.get_mut(&from) else {
            return;
        };
        let (recording, view) = (call.recording.take(), call.view.recording.take());
        let (Some(recording), Some(heir)) = (recording, self.calls.get_mut(&to)) else {
            return;
        };
        heir.recording = Some(recording);
        heir.view.recording = view;
        self.recordings.running.insert(recording, to);
        let notice = self.shown.settings.recording.notice;
        self.media
            .order(Order::HandRecordingOn { from, to, notice });
    }

    /// Writes an encrypted recording in clear, in the background.
    pub(super) fn open_recording(&mut self, file: PathBuf, to: PathBuf) {
        let (key, outcomes) = (Arc::clone(&self.recordings.key), self.outcomes.clone());
        let keyring = self.keyring.clone();
        tokio::spawn(async move {
            let opened = match known_key(&key, &keyring, MissingKey::IsAnError).await {
                Ok(key) => {
                    let place = to.clone();
                    tokio::task::spawn_blocking(move || store::open_recording(&file, &place, &key))
                        .await
                        .map_err(|_| words::recording_not_opened().to_owned())
                        .and_then(|opened| opened.map_err(|error| words::unopened(&error)))
                }
                Err(error) => Err(words::recording(&error, None)),
            };
            let event = opened.map(|opened| Event::RecordingOpened {
                file: to,
                whole: opened == Opened::Whole,
            });
            // The engine is gone only when the program ends.
            let _ = outcomes.send(Outcome::Told(event));
        });
    }

    pub(super) fn show_recordings_folder(&mut self) {
        let chosen = self.shown.settings.recording.folder.as_deref();
        self.shown.recordings_folder = store::recordings_folder(chosen);
    }

    fn missing_key(&self) -> MissingKey {
        match self.keeps_secrets {
            true => MissingKey::IsMade,
            false => MissingKey::IsAnError,
        }
    }
}

async fn known_key(
    known: &Mutex<Option<RecordingKey>>,
    keyring: &Keyring,
    missing: MissingKey,
) -> Result<RecordingKey, RecordingError> {
    let mut known = known.lock().await;
    if let Some(key) = &*known {
        return Ok(key.clone());
    }
    let key = keyring.recording_key(missing).await?;
    *known = Some(key.clone());
    Ok(key)
}
