//! The mailboxes on disk. A message that was stored once is there after any crash.
//!
//! One folder for each user, one folder for each message in it:
//!
//! ```text
//! dana/00000007/message.toml    caller, date, duration, new or saved
//! dana/00000007/sound.ogg       Opus
//! dana/new-00000008/            being written; of no meaning, cleared away at the next start
//! dana/old-00000003/            being removed; the same
//! dana/greeting.ogg             the user's own greeting
//! ```
//!
//! A message is written under its temporary name, synced, renamed, and the folder is synced: the
//! rename is the one moment at which it begins to exist. Calls block on the disk; the server makes
//! them outside its network task.

mod disk;
mod record;
#[cfg(test)]
mod simulated;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

pub(crate) use disk::{Disk, RealDisk};
use record::Record;

/// All mailboxes of the server. Clones share them.
#[derive(Clone)]
pub(crate) struct Store {
    mailboxes: Arc<BTreeMap<String, Mutex<Mailbox>>>,
}

/// One user's messages and greeting.
pub(crate) struct Mailbox {
    disk: Box<dyn Disk>,
    folder: PathBuf,
    /// In the order of arrival.
    messages: Vec<Message>,
    next: u32,
    is_new: bool,
}

/// Names a message within its mailbox; later messages have larger ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MessageId(u32);

/// What is known of a stored message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub id: MessageId,
    pub envelope: Envelope,
    pub state: MessageState,
}

/// Who left a message, when, and how long it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub caller: CallerId,
    pub received: Timestamp,
    pub duration: Duration,
}

/// Whether the user has dealt with a message. Deleting undoes itself until the end of the call, so
/// a deleted message is never a state on disk: it is there or it is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageState {
    New,
    Saved,
}

/// A caller as From told it. It prints whole; logs name the user part at most.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CallerId {
    pub display_name: Option<String>,
    pub uri: Option<String>,
}

/// How many messages wait, as RFC 3842 counts them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub new: usize,
    pub saved: usize,
}

/// Why the disk did not take or give something.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{path}: {error}")]
    Disk {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("there is no such message")]
    NoSuchMessage,
}

impl Store {
    /// Opens or makes the mailboxes of `users` below `folder`.
    pub fn open<'a>(
        folder: &Path,
        users: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, StoreError> {
        let mut mailboxes = BTreeMap::new();
        for user in users {
            // A dot alone or in pairs would leave the folder.
            let name = user.replace('.', "%2E");
            let mailbox = Mailbox::open(Box::new(RealDisk), folder.join(name))?;
            mailboxes.insert(user.to_owned(), Mutex::new(mailbox));
        }
        Ok(Self {
            mailboxes: Arc::new(mailboxes),
        })
    }

    /// The mailbox of a user, locked. `None` when there is no such user.
    pub fn mailbox(&self, user: &str) -> Option<MutexGuard<'_, Mailbox>> {
        // A mailbox changes its memory only after the disk, so a panic elsewhere leaves it whole.
        let mailbox = self.mailboxes.get(user)?;
        Some(mailbox.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn counts(&self, user: &str) -> Counts {
        self.mailbox(user)
            .map(|mailbox| mailbox.counts())
            .unwrap_or_default()
    }
}

impl Mailbox {
    /// Opens the mailbox in `folder`, makes it when it is missing, and clears away what a crash
    /// left half written or half removed. A folder that cannot be read stays untouched.
    pub fn open(disk: Box<dyn Disk>, folder: PathBuf) -> Result<Self, StoreError> {
        let is_new = disk.list(&folder).is_err();
        step(&folder, disk.make_folder(&folder))?;
        let mut mailbox = Self {
            disk,
            folder,
            messages: Vec::new(),
            next: 1,
            is_new,
        };
        for name in step(&mailbox.folder, mailbox.disk.list(&mailbox.folder))? {
            if name.starts_with(BEING_WRITTEN) || name.starts_with(BEING_REMOVED) {
                mailbox.remove_quietly(&mailbox.folder.join(&name));
            } else if let Ok(number) = name.parse() {
                mailbox.next = mailbox.next.max(number + 1);
                mailbox.messages.extend(mailbox.load(MessageId(number)));
            }
        }
        mailbox.messages.sort_by_key(|message| message.id);
        Ok(mailbox)
    }

    /// Stores a message. When this returns `Ok`, no crash can take it away.
    pub fn store(&mut self, envelope: Envelope, sound: &[u8]) -> Result<MessageId, StoreError> {
        let id = MessageId(self.next);
        self.next += 1;
        let state = MessageState::New;
        let record = Record::new(&envelope, state).to_toml();
        let temporary = self.folder.join(format!("{BEING_WRITTEN}{:08}", id.0));
        let written = self
            .write_folder(&temporary, &[(SOUND, sound), (RECORD, record.as_bytes())])
            .and_then(|()| self.rename(&temporary, &self.path(id)));
        if let Err(error) = written {
            self.remove_quietly(&temporary);
            return Err(error);
        }
        self.messages.push(Message {
            id,
            envelope,
            state,
        });
        Ok(id)
    }

    /// All messages in the order of arrival.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    pub fn counts(&self) -> Counts {
        let new = self
            .messages
            .iter()
            .filter(|message| message.state == MessageState::New);
        let new = new.count();
        Counts {
            new,
            saved: self.messages.len() - new,
        }
    }

    /// The Ogg/Opus sound of a message.
    pub fn sound(&self, id: MessageId) -> Result<Vec<u8>, StoreError> {
        let path = self.path(id).join(SOUND);
        step(&path, self.disk.read(&path))
    }

    pub fn set_state(&mut self, id: MessageId, state: MessageState) -> Result<(), StoreError> {
        let index = self.index(id)?;
        let Some(message) = self.messages.get(index) else {
            return Err(StoreError::NoSuchMessage);
        };
        let record = Record::new(&message.envelope, state).to_toml();
        self.replace(&self.path(id), RECORD, record.as_bytes())?;
        self.messages[index].state = state;
        Ok(())
    }

    pub fn remove(&mut self, id: MessageId) -> Result<(), StoreError> {
        let index = self.index(id)?;
        let doomed = self.folder.join(format!("{BEING_REMOVED}{:08}", id.0));
        self.rename(&self.path(id), &doomed)?;
        self.messages.remove(index);
        self.remove_quietly(&doomed);
        Ok(())
    }

    /// The user's own greeting as Ogg/Opus, if one was recorded.
    pub fn greeting(&self) -> Option<Vec<u8>> {
        self.disk.read(&self.folder.join(GREETING)).ok()
    }

    pub fn set_greeting(&mut self, sound: &[u8]) -> Result<(), StoreError> {
        self.replace(&self.folder, GREETING, sound)
    }

    /// Goes back to the standard greeting.
    pub fn remove_greeting(&mut self) -> Result<(), StoreError> {
        let path = self.folder.join(GREETING);
        match self.disk.remove(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(StoreError::Disk { path, error })
            }
            Ok(()) | Err(_) => step(&self.folder, self.disk.sync_folder(&self.folder)),
        }
    }

    /// Whether the mailbox was made when it was opened.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    fn index(&self, id: MessageId) -> Result<usize, StoreError> {
        let found = self
            .messages
            .binary_search_by_key(&id, |message| message.id);
        found.map_err(|_| StoreError::NoSuchMessage)
    }

    fn path(&self, id: MessageId) -> PathBuf {
        self.folder.join(format!("{:08}", id.0))
    }

    fn load(&self, id: MessageId) -> Option<Message> {
        let path = self.path(id).join(RECORD);
        let record = match self.disk.read(&path) {
            Ok(record) => record,
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "a message cannot be read");
                return None;
            }
        };
        let Some((envelope, state)) = Record::from_toml(&record) else {
            tracing::warn!(path = %path.display(), "a message's record does not fit");
            return None;
        };
        Some(Message {
            id,
            envelope,
            state,
        })
    }

    fn write_folder(&self, folder: &Path, files: &[(&str, &[u8])]) -> Result<(), StoreError> {
        step(folder, self.disk.make_folder(folder))?;
        for (name, content) in files {
            let path = folder.join(name);
            step(&path, self.disk.write_synced(&path, content))?;
        }
        step(folder, self.disk.sync_folder(folder))
    }

    /// Replaces a file so that a crash leaves the old content or the new one.
    fn replace(&self, folder: &Path, name: &str, content: &[u8]) -> Result<(), StoreError> {
        let temporary = folder.join(format!("{BEING_WRITTEN}{name}"));
        let path = folder.join(name);
        step(&temporary, self.disk.write_synced(&temporary, content))?;
        step(&path, self.disk.rename(&temporary, &path))?;
        step(folder, self.disk.sync_folder(folder))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), StoreError> {
        step(from, self.disk.rename(from, to))?;
        step(&self.folder, self.disk.sync_folder(&self.folder))
    }

    /// Removes what has no meaning any more. When that fails the next start tries again.
    fn remove_quietly(&self, path: &Path) {
        if let Err(error) = self.disk.remove(path) {
            tracing::debug!(path = %path.display(), %error, "left for the next start");
        }
    }
}

#[cfg(test)]
impl MessageId {
    pub fn numbered(number: u32) -> Self {
        Self(number)
    }
}

impl CallerId {
    /// The user part of the address: a name or a number.
    pub fn user_part(&self) -> Option<&str> {
        let uri = self.uri.as_deref()?;
        let (_, rest) = uri.split_once(':')?;
        let end = rest.find(['@', ';', '?']).unwrap_or(rest.len());
        rest.get(..end)
    }
}

fn step<T>(path: &Path, result: std::io::Result<T>) -> Result<T, StoreError> {
    result.map_err(|error| StoreError::Disk {
        path: path.to_owned(),
        error,
    })
}

const BEING_WRITTEN: &str = "new-";
const BEING_REMOVED: &str = "old-";
const RECORD: &str = "message.toml";
const SOUND: &str = "sound.ogg";
const GREETING: &str = "greeting.ogg";

#[cfg(test)]
mod tests;
