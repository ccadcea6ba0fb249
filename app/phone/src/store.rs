//! What outlives the engine: the configuration file, the archive of calls and the password.
//!
//! Nothing else in this crate touches the disk or the keyring. [`Keeper`] is the engine's end: it
//! hands jobs to one blocking task, which does them in order, so that the engine never waits for a
//! disk and two saves never overtake each other.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::address_book::Known;
use crate::config::Profile;
use crate::people::Book;
use crate::snapshot::{Failure, HistoryList, Problem};
use crate::trace::Trace;
use crate::words;

mod archive;
mod config;
mod recordings;
mod secret;

pub use archive::Favourite;
pub(crate) use archive::{ArchiveJob, History, NewEntry, Taken};
pub(crate) use config::{Kept, LearnedVoicemail, write_private};
pub(crate) use recordings::{
    create_recording, forget_recording, open_recording, recordings_folder,
};
pub(crate) use secret::{Keyring, MissingKey, SecretError};

use archive::{Archive, Clerk};
use config::ConfigStore;

/// One thing that the blocking task has done.
#[derive(Debug)]
pub(crate) enum StoreReport {
    /// What was found, once, first of all.
    Loaded(Box<Found>),
    /// The newest calls after a change, and once at the start.
    History(History),
    /// The list that was asked for, and again after a change of it.
    HistoryList(HistoryList),
    /// The answer to [`ArchiveJob::LookUp`].
    LookedUp(HistoryList),
    /// What went wrong before this engine was started, once, the newest first.
    Failures(Arc<[Failure]>),
    /// The address book after a change, and once it is known where the user is at home.
    Book(Arc<Book>),
    ContactsImported {
        path: PathBuf,
        added: usize,
        changed: usize,
        skipped: usize,
    },
    ContactsExported {
        path: PathBuf,
        contacts: usize,
    },
    ContactsFileFailed {
        path: PathBuf,
        error: std::io::Error,
    },
    /// The answer to [`ArchiveJob::TellKnown`].
    Known(u64, Result<Known, Problem>),
    /// The news of a server are in the address book, which was told before.
    NewsTaken(Result<Taken, Problem>),
    /// The SIP trace is in its file.
    TraceWritten {
        messages: usize,
        path: PathBuf,
    },
    /// So is a report.
    ReportWritten {
        path: PathBuf,
    },
    ReportFailed {
        path: PathBuf,
        error: std::io::Error,
    },
    TraceFailed {
        path: PathBuf,
        error: std::io::Error,
    },
    /// The settings that travel are in their file.
    Exported {
        path: PathBuf,
    },
    ExportFailed {
        path: PathBuf,
        error: std::io::Error,
    },
    /// Something could not be read or written; nothing that was there is lost.
    Failed(Problem),
}

/// What an engine begins with.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) kept: Kept,
    /// The administrator's file for this machine, where there is one.
    pub(crate) machine: Option<String>,
}

/// The engine's end of the store. Dropping it lets the blocking task finish its jobs and end.
#[derive(Debug)]
pub(crate) struct Keeper {
    jobs: mpsc::UnboundedSender<Job>,
}

#[derive(Debug)]
enum Job {
    Save(Box<Kept>),
    Archive(ArchiveJob),
    WriteReport {
        path: PathBuf,
        text: String,
        trace: Trace,
    },
    WriteTrace {
        path: PathBuf,
        messages: usize,
        text: String,
    },
    Export {
        path: PathBuf,
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

    pub(crate) fn archive(&self, job: ArchiveJob) {
        self.give(Job::Archive(job));
    }

    pub(crate) fn write_trace(&self, path: PathBuf, messages: usize, text: String) {
        self.give(Job::WriteTrace {
            path,
            messages,
            text,
        });
    }

    /// Writes a report with the newest messages of the trace behind it.
    pub(crate) fn write_report(&self, path: PathBuf, text: String, trace: Trace) {
        self.give(Job::WriteReport { path, text, trace });
    }

    /// Writes a file of the user's, readable for him alone.
    pub(crate) fn export(&self, path: PathBuf, text: String) {
        self.give(Job::Export { path, text });
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
    let failed = |problem: Option<Problem>| problem.map(StoreReport::Failed).into_iter();
    let places = Places::of(profile);
    let (config, kept, problem) = ConfigStore::open(places.config);
    let (machine, unread) = machine_file(places.machine.as_deref());
    report(StoreReport::Loaded(Box::new(Found { kept, machine })));
    failed(problem).chain(failed(unread)).for_each(report);
    let (archive, problem) = Archive::open(places.archive);
    failed(problem).for_each(report);
    let (mut clerk, first) = Clerk::new(archive);
    first.into_iter().for_each(report);
    while let Some(job) = jobs.blocking_recv() {
        match job {
            Job::Save(kept) => failed(config.save(&kept).err()).for_each(report),
            Job::Archive(job) => clerk.work(job).into_iter().for_each(report),
            Job::WriteTrace {
                path,
                messages,
                text,
            } => report(match config::write_private(&path, text.as_bytes()) {
                Ok(()) => StoreReport::TraceWritten { messages, path },
                Err(error) => StoreReport::TraceFailed { path, error },
            }),
            Job::WriteReport { path, text, trace } => {
                let (messages, trace) = trace.nameless();
                let text = format!("{text}\n{}\n\n{trace}", words::trace_in_report(messages));
                report(match config::write_private(&path, text.as_bytes()) {
                    Ok(()) => StoreReport::ReportWritten { path },
                    Err(error) => StoreReport::ReportFailed { path, error },
                });
            }
            Job::Export { path, text } => {
                report(match config::write_private(&path, text.as_bytes()) {
                    Ok(()) => StoreReport::Exported { path },
                    Err(error) => StoreReport::ExportFailed { path, error },
                });
            }
        }
    }
}

/// Where the files of a profile are; `None` keeps them in memory.
struct Places {
    config: Option<PathBuf>,
    archive: Option<PathBuf>,
    /// What the administrator of the machine says; only read.
    machine: Option<PathBuf>,
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
            archive: data.map(|folder| folder.join("history.sqlite")),
            machine: match profile {
                Profile::Memory => None,
                Profile::Folder(folder) => Some(folder.join("provision.toml")),
                Profile::Platform => Some(MACHINE_FILE.into()),
            },
        }
    }
}

/// What the administrator of the machine says, if he says anything.
fn machine_file(path: Option<&Path>) -> (Option<String>, Option<Problem>) {
    let Some(path) = path else {
        return (None, None);
    };
    match read_text(path, crate::portable::MAX_BYTES) {
        Ok(text) => (Some(text), None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (None, None),
        Err(error) => (None, Some(words::machine_file(path, &error.to_string()))),
    }
}

/// Reads a text file, and of one that is longer than `most` bytes as much as shows that.
pub(crate) fn read_text(path: &Path, most: usize) -> io::Result<String> {
    let mut text = String::new();
    let file = std::fs::File::open(path)?;
    file.take(most as u64 + 1).read_to_string(&mut text)?;
    Ok(text)
}

/// A profile while no engine has it.
#[derive(Debug)]
pub(crate) struct Offline {
    config: ConfigStore,
    pub(crate) kept: Kept,
    pub(crate) machine: Option<String>,
}

impl Offline {
    /// # Errors
    /// The file cannot be used; it is kept aside, as an engine does.
    pub(crate) fn open(profile: &Profile) -> Result<Self, Problem> {
        let places = Places::of(profile);
        let (config, kept, problem) = ConfigStore::open(places.config);
        let (machine, _) = machine_file(places.machine.as_deref());
        match problem {
            Some(problem) => Err(problem),
            None => Ok(Self {
                config,
                kept,
                machine,
            }),
        }
    }

    pub(crate) fn save(&self) -> Result<(), Problem> {
        self.config.save(&self.kept)
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

/// Where an administrator says what holds for every user of the machine.
const MACHINE_FILE: &str = "/etc/hark/provision.toml";

#[cfg(test)]
mod tests;
