//! Encryption of recordings at rest, in the format of `age` (<https://age-encryption.org/v1>): an
//! X25519 key in the keyring opens all of them, with Hark or with the standard tool.
//!
//! The format encrypts pieces of 64 KiB, each with an authenticator. A file that breaks off is opened
//! up to its last whole piece, which is some 10 to 20 seconds of sound.

use std::fs::File;
use std::io::{self, BufRead, Read as _, Write};
use std::str::FromStr as _;

use age::secrecy::ExposeSecret as _;
use age::stream::StreamWriter;
use age::x25519::Identity;
use zeroize::Zeroizing;

/// The key that opens the encrypted recordings of a user. Prints redacted.
#[derive(Clone)]
pub struct RecordingKey(Identity);

impl RecordingKey {
    /// Reads a key as the keyring and `age-keygen` write it: `AGE-SECRET-KEY-1...`.
    pub fn parse(text: &str) -> Option<Self> {
        Identity::from_str(text.trim()).ok().map(Self)
    }

    /// The key in clear, for the keyring and for a user who wants to keep it elsewhere.
    pub fn reveal(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_string().expose_secret().to_owned())
    }

    pub(crate) fn generate() -> Self {
        Self(Identity::generate())
    }

    /// Begins an encrypted file.
    pub(super) fn seal(&self, file: File) -> io::Result<Sink> {
        let recipient = self.0.to_public();
        let recipients = std::iter::once(&recipient as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(recipients)
            .expect("one recipient is enough, and agrees with itself");
        Ok(Sink::Sealed(Box::new(encryptor.wrap_output(file)?)))
    }
}

impl std::fmt::Debug for RecordingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecordingKey(redacted)")
    }
}

/// Where the pages of a recording go.
pub(super) enum Sink {
    Clear(File),
    Sealed(Box<StreamWriter<File>>),
}

impl Sink {
    /// Writes what is left and waits until all of it is on the disk.
    pub(super) fn close(self) -> io::Result<()> {
        let file = match self {
            Self::Clear(file) => file,
            Self::Sealed(sealed) => sealed.finish()?,
        };
        file.sync_all()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Clear(file) => file.write(bytes),
            Self::Sealed(sealed) => sealed.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Clear(file) => file.flush(),
            Self::Sealed(sealed) => sealed.flush(),
        }
    }
}

/// How much of a recording was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opened {
    Whole,
    /// It breaks off, or somebody has changed it: what comes before that was opened.
    UpToABreak,
}

/// Why a recording was not opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("this is no encrypted recording")]
    NotSealed,
    #[error("another key has encrypted it")]
    OtherKey,
    #[error("its head was changed, or nothing else is left of it")]
    Damaged,
    #[error("it cannot be read: {0}")]
    Unreadable(io::Error),
    #[error("the sound cannot be written: {0}")]
    Unwritable(io::Error),
}

/// Writes the sound of an encrypted recording to `out`. Nothing is written that its authenticators do
/// not vouch for.
pub(crate) fn open(
    sealed: impl BufRead,
    key: &RecordingKey,
    out: &mut impl Write,
) -> Result<Opened, OpenError> {
    let decryptor = age::Decryptor::new_buffered(sealed)?;
    let identity = std::iter::once(&key.0 as &dyn age::Identity);
    let mut clear = decryptor.decrypt(identity)?;
    let mut piece = vec![0; PIECE];
    let mut written = 0;
    loop {
        match clear.read(&mut piece) {
            Ok(0) => return Ok(Opened::Whole),
            Ok(length) => {
                out.write_all(piece.get(..length).unwrap_or_default())
                    .map_err(OpenError::Unwritable)?;
                written += length;
            }
            Err(error) if !is_broken(&error) => return Err(OpenError::Unreadable(error)),
            Err(_) if written == 0 => return Err(OpenError::Damaged),
            Err(_) => return Ok(Opened::UpToABreak),
        }
    }
}

/// Whether the file says so and not the disk.
fn is_broken(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, UnexpectedEof};
    matches!(error.kind(), InvalidData | UnexpectedEof)
}

impl From<age::DecryptError> for OpenError {
    fn from(error: age::DecryptError) -> Self {
        use age::DecryptError as Age;
        match error {
            Age::Io(error) if is_broken(&error) => Self::NotSealed,
            Age::Io(error) => Self::Unreadable(error),
            Age::InvalidHeader | Age::UnknownFormat => Self::NotSealed,
            Age::NoMatchingKeys => Self::OtherKey,
            Age::DecryptionFailed | Age::InvalidMac => Self::Damaged,
            // Of files that a passphrase, a stored key or something newer opens: not ours.
            _ => Self::OtherKey,
        }
    }
}

/// Octets that are authenticated together.
const PIECE: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(key: &RecordingKey, sound: &[u8]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ogg.age");
        let mut sink = key.seal(File::create(&path).unwrap()).unwrap();
        sink.write_all(sound).unwrap();
        sink.close().unwrap();
        std::fs::read(path).unwrap()
    }

    fn sound(length: usize) -> Vec<u8> {
        (0..length).map(|n| (n % 251) as u8).collect()
    }

    fn opened(sealed: &[u8], key: &RecordingKey) -> Result<(Opened, Vec<u8>), OpenError> {
        let mut out = Vec::new();
        open(sealed, key, &mut out).map(|opened| (opened, out))
    }

    #[test]
    fn what_was_sealed_comes_back_and_lies_nowhere_in_clear() {
        let key = RecordingKey::generate();
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
            let sound = sound(length);
            let sealed = sealed(&key, &sound);
            assert_eq!(
                opened(&sealed, &key).unwrap(),
                (Opened::Whole, sound.clone())
            );
            let shown = sound.get(..32).unwrap_or(b"nothing to be found");
            assert!(!sealed.windows(shown.len()).any(|part| part == shown));
        }
    }

    #[test]
    fn the_key_survives_the_keyring_and_does_not_print() {
        let key = RecordingKey::generate();
        let text = key.reveal();
        assert!(text.starts_with("AGE-SECRET-KEY-1"));
        assert_eq!(format!("{key:?}"), "RecordingKey(redacted)");
        let again = RecordingKey::parse(&format!(" {}\n", *text)).unwrap();
        let sealed = sealed(&key, b"sound");
        assert_eq!(opened(&sealed, &again).unwrap().1, b"sound");
        for text in [
            "",
            "secret",
            "AGE-SECRET-KEY-1QQQQ",
            &text[..text.len() - 1],
        ] {
            assert!(RecordingKey::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn another_key_opens_nothing() {
        let sealed = sealed(&RecordingKey::generate(), &sound(1_000));
        let other = opened(&sealed, &RecordingKey::generate());
        assert!(matches!(other, Err(OpenError::OtherKey)), "{other:?}");
    }

    #[test]
    fn a_file_that_breaks_off_anywhere_is_opened_up_to_its_last_whole_piece() {
        let key = RecordingKey::generate();
        let sound = sound(3 * PIECE + 500);
        let sealed = sealed(&key, &sound);
        let head = sealed.len() - sound.len() - 4 * TAG;
        for length in (0..sealed.len()).step_by(9_973).chain([head + PIECE + TAG]) {
            let whole = length.saturating_sub(head) / (PIECE + TAG) * PIECE;
            match opened(&sealed[..length], &key) {
                Ok((kind, found)) => {
                    assert_eq!(kind, Opened::UpToABreak, "cut at {length}");
                    assert_eq!(found, sound[..whole], "cut at {length}");
                }
                Err(OpenError::NotSealed | OpenError::Damaged) => assert_eq!(whole, 0),
                Err(error) => panic!("cut at {length}: {error}"),
            }
        }
    }

    #[test]
    fn what_was_tampered_with_is_never_opened() {
        let key = RecordingKey::generate();
        let sound = sound(3 * PIECE + 500);
        let whole = sealed(&key, &sound);
        let head = whole.len() - sound.len() - 4 * TAG;
        for at in (0..whole.len()).step_by(9_973) {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            match opened(&changed, &key) {
                Ok((kind, found)) => {
                    assert_eq!(kind, Opened::UpToABreak, "octet {at}");
                    let before = (at - head) / (PIECE + TAG) * PIECE;
                    assert_eq!(found, sound[..before], "octet {at}");
                }
                Err(error @ (OpenError::Unreadable(_) | OpenError::Unwritable(_))) => {
                    panic!("octet {at}: {error}")
                }
                Err(_) => assert!(at < head + PIECE + TAG, "octet {at}"),
            }
        }
    }

    #[test]
    fn what_is_no_encrypted_recording_is_refused() {
        let key = RecordingKey::generate();
        for bytes in [
            &b""[..],
            b"OggS",
            b"age-encryption.org/v1\n",
            &[0xff; 4_000],
        ] {
            let refused = opened(bytes, &key);
            assert!(matches!(refused, Err(OpenError::NotSealed)), "{refused:?}");
        }
    }

    /// The authenticator of a piece, in octets.
    const TAG: usize = 16;
}
