//! The password in the platform's keyring: Secret Service, Keychain or Credential Manager.
//!
//! A keyring that is locked blocks on a dialogue of its own, so every call runs on the blocking pool
//! and has a time limit. Where there is no keyring the password lives as long as the engine.

use std::time::Duration;

use keyring::Entry;

use crate::command::{Password, Pin};
use crate::recording::{RecordingError, RecordingKey};

/// Keeps the PIN of a mailbox under this name, or forgets it.
pub(crate) async fn keep_pin(name: String, pin: Option<Pin>) -> Result<(), SecretError> {
    match pin {
        Some(pin) => {
            let secret = Password::new(pin.reveal());
            SecretStore.write(name, secret).await
        }
        None => SecretStore.forget(name).await,
    }
}

/// The PIN that is kept under this name.
pub(crate) async fn read_pin(name: String) -> Result<Option<Pin>, SecretError> {
    let secret = SecretStore.read(name).await?;
    Ok(secret.and_then(|secret| Pin::new(secret.reveal())))
}

/// The key for encrypted recordings; made at the first one. It is read back before it is used,
/// because a recording whose key was not kept is lost. It outlives the account, as its recordings do.
pub(crate) async fn recording_key(missing: MissingKey) -> Result<RecordingKey, RecordingError> {
    if let Some(key) = read_recording_key().await? {
        return Ok(key);
    }
    if missing == MissingKey::IsAnError {
        return Err(RecordingError::NoKey);
    }
    let secret = Password::new(RecordingKey::generate().reveal().as_str());
    SecretStore.write(RECORDING_KEY.into(), secret).await?;
    read_recording_key().await?.ok_or(RecordingError::NoKey)
}

async fn read_recording_key() -> Result<Option<RecordingKey>, SecretError> {
    let Some(secret) = SecretStore.read(RECORDING_KEY.into()).await? else {
        return Ok(None);
    };
    let key = RecordingKey::parse(secret.reveal());
    key.map(Some)
        .ok_or_else(|| SecretError::Refused("what it keeps is not a key for recordings".into()))
}

/// What a keyring without a key for recordings means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MissingKey {
    IsMade,
    IsAnError,
}

/// The passwords of this program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SecretStore;

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

impl SecretStore {
    /// The password of an address; `None` where none was stored.
    pub(crate) async fn read(self, address: String) -> Result<Option<Password>, SecretError> {
        within_limit(move || match entry(&address)?.get_password() {
            Ok(text) => Ok(Some(Password::new(text))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(refusal(&error)),
        })
        .await
    }

    pub(crate) async fn write(
        self,
        address: String,
        password: Password,
    ) -> Result<(), SecretError> {
        within_limit(move || {
            entry(&address)?
                .set_password(password.reveal())
                .map_err(|error| refusal(&error))
        })
        .await
    }

    /// Forgets a password; one that is not there is forgotten already.
    pub(crate) async fn forget(self, address: String) -> Result<(), SecretError> {
        within_limit(move || match entry(&address)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(refusal(&error)),
        })
        .await
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

async fn within_limit<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SecretError> + Send + 'static,
) -> Result<T, SecretError> {
    match tokio::time::timeout(LIMIT, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(done)) => done,
        Ok(Err(_)) => Err(SecretError::Refused("its library failed".into())),
        Err(_) => Err(SecretError::TimedOut),
    }
}

/// The name under which the keyring's own window lists our entries.
const SERVICE: &str = "Hark";

/// Under which name the keyring keeps the key for encrypted recordings, whatever the account.
const RECORDING_KEY: &str = "call recordings";

/// Long enough to type a keyring password, short enough that signing in does not hang for ever.
const LIMIT: Duration = Duration::from_secs(30);
