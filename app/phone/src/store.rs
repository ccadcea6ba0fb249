//! What outlives the engine: the configuration file, the history and the password.
//!
//! Nothing else in this crate touches the disk or the keyring. [`Keeper`] is the engine's end: it
//! hands jobs to one blocking task, which does them in order, so that the engine never waits for a
//! disk and two saves never overtake each other.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::config::Profile;
use crate::snapshot::{HistoryEntry, Problem};

mod config;
mod history;
mod recordings;
mod secret;

pub(crate) use config::{Kept, LearnedVoicemail};
pub(crate) use history::{History, NewEntry};
pub(crate) use recordings::{
    create_recording, forget_recording, open_recording, recordings_folder,
};
pub(crate) use secret::{MissingKey, SecretError, SecretStore, keep_pin, read_pin, recording_key};

use config::ConfigStore;
use history::HistoryStore;

/// One thing that the blocking task has done.
#[derive(Debug)]
pub(crate) enum StoreReport {
    /// The configuration as it was found, once, first of all.
    Loaded(Box<Kept>),
    /// The history after a change, and once at the start.
    History(History),
    /// The SIP trace is in its file.
    TraceWritten { messages: usize, path: PathBuf },
    TraceFailed {
        path: PathBuf,
        error: std::io::Error,
    },
    /// Something could not be read or written; nothing that was there is lost.
    Failed(Problem),
}

/// The engine's end of the store. Dropping it lets the blocking task finish its jobs and end.
#[derive(Debug)]
pub(crate) struct Keeper {
    jobs: mpsc::UnboundedSender<Job>,
}

#[derive(Debug)]
enum Job {
    Save(Box<Kept>),
    Record(NewEntry),
    ClearHistory,
    MarkSeen,
    WriteTrace {
        path: PathBuf,
        messages: usize,
        text: String,
    },
}

impl Keeper {
    /// Opens the profile on the runtime's blocking pool. What comes of it arrives as reports, the
    /// configuration first.
    pub(crate) fn open(profile: Profile) -> (Self, mpsc::UnboundedReceiver<StoreReport>) {
        // Unbounded: one job a human action, and a save that is dropped would be lost settings.
        let (jobs, queue) = mpsc::unbounded_channel();
        let (reports, receiver) = mpsc::unbounded_channel();
        tokio::task::spawn_blocking(move || keep(&profile, queue, &reports));
        (Self { jobs }, receiver)
    }

    pub(crate) fn save(&self, kept: Kept) {
        self.give(Job::Save(Box::new(kept)));
    }

    pub(crate) fn record(&self, entry: NewEntry) {
        self.give(Job::Record(entry));
    }

    pub(crate) fn clear_history(&self) {
        self.give(Job::ClearHistory);
    }

    pub(crate) fn mark_history_seen(&self) {
        self.give(Job::MarkSeen);
    }

    pub(crate) fn write_trace(&self, path: PathBuf, messages: usize, text: String) {
        self.give(Job::WriteTrace {
            path,
            messages,
            text,
        });
    }

    fn give(&self, job: Job) {
        if self.jobs.send(job).is_err() {
            tracing::error!("the store has stopped; a change is not kept");
        }
    }
}

/// The blocking task: opens both stores and does jobs until the keeper is gone.
fn keep(
    profile: &Profile,
    mut jobs: mpsc::UnboundedReceiver<Job>,
    reports: &mpsc::UnboundedSender<StoreReport>,
) {
    // A report to an engine that has stopped is of no use to anyone.
    let report = |what| drop(reports.send(what));
    let places = Places::of(profile);
    let (config, kept, problem) = ConfigStore::open(places.config);
    report(StoreReport::Loaded(Box::new(kept)));
    problem
        .into_iter()
        .for_each(|p| report(StoreReport::Failed(p)));
    let (mut history, problem) = HistoryStore::open(places.history);
    problem
        .into_iter()
        .for_each(|p| report(StoreReport::Failed(p)));
    let show = |done: Result<History, Problem>| match done {
        Ok(history) => report(StoreReport::History(history)),
        Err(problem) => report(StoreReport::Failed(problem)),
    };
    show(history.read());
    while let Some(job) = jobs.blocking_recv() {
        match job {
            Job::Save(kept) => {
                if let Err(problem) = config.save(&kept) {
                    report(StoreReport::Failed(problem));
                }
            }
            Job::Record(entry) => show(history.record(&entry).and_then(|()| history.read())),
            Job::ClearHistory => show(history.clear().and_then(|()| history.read())),
            Job::WriteTrace {
                path,
                messages,
                text,
            } => report(match config::write_private(&path, text.as_bytes()) {
                Ok(()) => StoreReport::TraceWritten { messages, path },
                Err(error) => StoreReport::TraceFailed { path, error },
            }),
            Job::MarkSeen => show(history.mark_seen().and_then(|()| history.read())),
        }
    }
}

/// Where the two files of a profile are; `None` keeps them in memory.
struct Places {
    config: Option<PathBuf>,
    history: Option<PathBuf>,
}

impl Places {
    fn of(profile: &Profile) -> Self {
        let (config, data) = match profile {
            Profile::Memory => (None, None),
            Profile::Folder(folder) => (Some(folder.clone()), Some(folder.clone())),
            // Without a home folder there is nowhere to keep anything.
            Profile::Platform => {
                directories::ProjectDirs::from("", "", "hark").map_or((None, None), |dirs| {
                    (
                        Some(dirs.config_dir().to_owned()),
                        Some(dirs.data_dir().to_owned()),
                    )
                })
            }
        };
        Self {
            config: config.map(|folder| folder.join("hark.toml")),
            history: data.map(|folder| folder.join("history.sqlite")),
        }
    }
}

/// Moves a file that cannot be used out of the way, under a name that is free, and returns the name.
fn keep_aside(path: &std::path::Path) -> std::io::Result<PathBuf> {
    let name = |n: u32| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".broken-{n}"));
        PathBuf::from(name)
    };
    let free = (1..)
        .map(name)
        .find(|candidate| !candidate.exists())
        .expect("there are more numbers than files");
    std::fs::rename(path, &free)?;
    Ok(free)
}

/// The empty history, before the store has been read.
impl Default for History {
    fn default() -> Self {
        Self {
            entries: Arc::<[HistoryEntry]>::from([]),
            missed_unseen: 0,
        }
    }
}

#[cfg(test)]
mod tests;
