//! The passwords in the platform's keyring: Secret Service, Keychain or Credential Manager.
//!
//! A keyring that is locked blocks on a dialogue of its own, so a task of the blocking pool asks it, and
//! whoever waits for the answer has a time limit. That one task does what it is asked for in the order in
//! which it was asked: a secret that is forgotten and set anew is there afterwards. Where there is no
//! keyring the password lives as long as the engine.

use std::sync::mpsc;
use std::time::Duration;

use keyring::Entry;
use tokio::sync::oneshot;

use crate::command::{Password, Pin};
use crate::recording::{RecordingError, RecordingKey};
use crate::settings::AccountSettings;

/// The secrets of this program. Dropping the last one lets the task finish its jobs and end.
#[derive(Debug, Clone)]
pub(crate) struct Keyring {
    jobs: mpsc::Sender<Job>,
}

type Job = Box<dyn FnOnce() + Send>;

/// What a keyring without a key for recordings means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MissingKey {
    IsMade,
    IsAnError,
}

/// Why the keyring was of no use. Never holds what was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SecretError {
    #[error("there is no keyring: {0}")]
    NoKeyring(String),
    #[error("the keyring did not answer within {} seconds", LIMIT.as_secs())]
    TimedOut,
    #[error("the keyring refused: {0}")]
    Refused(String),
}

/// Everything here takes its place in the order when it is called, not when its answer is waited for.
impl Keyring {
    /// Begins to work on the runtime's blocking pool.
    pub(crate) fn open() -> Self {
        let (jobs, queue) = mpsc::channel::<Job>();
        tokio::task::spawn_blocking(move || queue.iter().for_each(|job| job()));
        Self { jobs }
    }

    /// The secret under a name; `None` where none was stored.
    pub(crate) fn read(&self, name: String) -> impl Answer<Option<Password>> + use<> {
        self.ask(move || match entry(&name)?.get_password() {
            Ok(text) => Ok(Some(Password::new(text))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(refusal(&error)),
        })
    }

    pub(crate) fn write(&self, name: String, secret: Password) -> impl Answer<()> + use<> {
        self.ask(move || {
            entry(&name)?
                .set_password(secret.reveal())
                .map_err(|error| refusal(&error))
        })
    }

    /// Forgets a secret; one that is not there is forgotten already.
    pub(crate) fn forget(&self, name: String) -> impl Answer<()> + use<> {
        self.ask(move || match entry(&name)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(refusal(&error)),
        })
    }

    /// The PIN that is kept under this name.
    pub(crate) fn read_pin(&self, name: String) -> impl Answer<Option<Pin>> + use<> {
        let secret = self.read(name);
        async move { Ok(secret.await?.and_then(|secret| Pin::new(secret.reveal()))) }
    }

    /// The key for encrypted recordings; made at the first one. It is read back before it is used,
    /// because a recording whose key was not kept is lost. It outlives the account, as its recordings
    /// do.
    pub(crate) async fn recording_key(
        &self,
        missing: MissingKey,
    ) -> Result<RecordingKey, RecordingError> {
        if let Some(key) = self.read_recording_key().await? {
            return Ok(key);
        }
        if missing == MissingKey::IsAnError {
            return Err(RecordingError::NoKey);
        }
        let secret = Password::new(RecordingKey::generate().reveal().as_str());
        self.write(RECORDING_KEY.into(), secret).await?;
        self.read_recording_key()
            .await?
            .ok_or(RecordingError::NoKey)
    }

    async fn read_recording_key(&self) -> Result<Option<RecordingKey>, SecretError> {
        let Some(secret) = self.read(RECORDING_KEY.into()).await? else {
            return Ok(None);
        };
        let key = RecordingKey::parse(secret.reveal());
        key.map(Some)
            .ok_or_else(|| SecretError::Refused("what it keeps is not a key for recordings".into()))
    }

    fn ask<T, W>(&self, work: W) -> impl Answer<T> + use<T, W>
    where
        T: Send + 'static,
        W: FnOnce() -> Result<T, SecretError> + Send + 'static,
    {
        let (done, answer) = oneshot::channel();
        // Whoever asked may have stopped waiting; a task that is gone drops the other end.
        let job = move || drop(done.send(work()));
        let _ = self.jobs.send(Box::new(job));
        async move {
            match tokio::time::timeout(LIMIT, answer).await {
                Ok(Ok(done)) => done,
                Ok(Err(_)) => Err(SecretError::Refused("its library failed".into())),
                Err(_) => Err(SecretError::TimedOut),
            }
        }
    }
}

/// What the keyring will say.
pub(crate) trait Answer<T>:
    Future<Output = Result<T, SecretError>> + Send + 'static
{
}

impl<T, F: Future<Output = Result<T, SecretError>> + Send + 'static> Answer<T> for F {}

/// Under which names the keyring keeps the secrets of an account.
impl AccountSettings {
    pub(crate) fn password_name(&self) -> String {
        self.bare_address().to_owned()
    }

    /// Of the PIN of the mailbox.
    pub(crate) fn pin_name(&self) -> String {
        format!("{} voicemail PIN", self.bare_address())
    }

    pub(crate) fn turn_password_name(&self) -> String {
        format!("{} TURN", self.bare_address())
    }

    pub(crate) fn secret_names(&self) -> [String; 3] {
        [
            self.password_name(),
            self.pin_name(),
            self.turn_password_name(),
        ]
    }
}

fn entry(address: &str) -> Result<Entry, SecretError> {
    if let Err(error) = Entry::store_status() {
        return Err(SecretError::NoKeyring(error.to_string()));
    }
    Entry::new(SERVICE, address).map_err(|error| refusal(&error))
}

/// Variants that carry stored data are named without it.
fn refusal(error: &keyring::Error) -> SecretError {
    match error {
        keyring::Error::NoDefaultStore => SecretError::NoKeyring("no service".into()),
        keyring::Error::BadEncoding(_) | keyring::Error::BadDataFormat(..) => {
            SecretError::Refused("what it keeps is not a password".into())
        }
        other => SecretError::Refused(other.to_string()),
    }
}

/// The name under which the keyring's own window lists our entries.
const SERVICE: &str = "Hark";

/// Under which name the keyring keeps the key for encrypted recordings, whatever the account.
const RECORDING_KEY: &str = "call recordings";

/// Long enough to type a keyring password, short enough that signing in does not hang for ever.
const LIMIT: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    /// The first job waits for the third to be asked for, so that all three stand in line.
    #[tokio::test]
    async fn what_is_asked_first_is_done_first_whoever_waits() {
        let keyring = Keyring::open();
        let (go, wait) = mpsc::channel();
        let (did, order) = mpsc::channel();
        let note = |name: &'static str| {
            let did = did.clone();
            move || {
                did.send(name).unwrap();
                Ok(())
            }
        };
        let forget = {
            let forget = note("forget");
            keyring.ask(move || {
                wait.recv().unwrap();
                forget()
            })
        };
        let write = keyring.ask(note("write"));
        let read = keyring.ask(note("read"));
        go.send(()).unwrap();
        read.await.unwrap();
        let done: Vec<_> = order.try_iter().collect();
        assert_eq!(done, ["forget", "write", "read"]);
        assert_eq!((forget.await, write.await), (Ok(()), Ok(())));
    }

    #[tokio::test]
    async fn a_job_that_panics_is_told_and_so_are_those_behind_it() {
        let keyring = Keyring::open();
        let broken = keyring.ask(|| -> Result<(), _> { panic!("a library's fault") });
        let behind = keyring.ask(|| Ok(()));
        for answer in [broken.await, behind.await] {
            assert!(matches!(answer, Err(SecretError::Refused(_))), "{answer:?}");
        }
    }
}
