//! What a face of the phone may ask the engine to do.

use std::path::PathBuf;

use crate::settings::{AccountSettings, AudioSettings, RingRules, Settings};
use crate::snapshot::{CallId, Presence};

/// One wish of the user. Every command is answered by a new snapshot, and where it fails by an
/// [`crate::Event::Error`] with a sentence that says what to do.
#[derive(Debug, Clone)]
pub enum Command {
    /// Call the user's own mailbox (OX-3 to OX-5).
    CallVoicemail,
    /// Call what was typed: a number, `user@host`, a `sip:` or a `tel:` URI.
    Dial {
        to: String,
    },
    Answer {
        call: CallId,
    },
    Decline {
        call: CallId,
    },
    HangUp {
        call: CallId,
    },
    /// Send a ringing call on to what was typed (302), unless it forbids that (OX-11).
    Deflect {
        call: CallId,
        to: String,
    },
    /// Send DTMF digits (0-9, *, #, A-D) in a connected call.
    SendDigits {
        call: CallId,
        digits: Digits,
    },
    SetMuted {
        call: CallId,
        muted: bool,
    },
    SetHeld {
        call: CallId,
        held: bool,
    },
    /// Turn to the call that is held, and hold the other one.
    Swap,
    /// Send the other side of a connected call on to what was typed (blind transfer).
    Transfer {
        call: CallId,
        to: String,
    },
    /// Connect the other sides of two connected calls with each other (attended transfer).
    TransferToCall {
        call: CallId,
        to_call: CallId,
    },
    /// Call whom the other side of a call names; see [`crate::snapshot::TransferView::Asked`].
    FollowTransfer {
        call: CallId,
    },
    /// Stay in the call that asks for a transfer.
    RefuseTransfer {
        call: CallId,
    },
    SetPresence(Presence),
    /// Keep these settings and register with them. The password goes to the keyring; an empty one
    /// stands for the one that is known, and only for the same login
    /// ([`AccountSettings::is_same_login`]).
    SetAccount {
        account: AccountSettings,
        password: Password,
    },
    /// Sign out and forget the account, its password included.
    RemoveAccount,
    /// Try to reach the server now instead of waiting for the next try.
    RetryNow,
    SetAudio(AudioSettings),
    /// Who rings, and where calls are sent on. Rules that cannot be used change nothing but the
    /// sentence that says why.
    SetRingRules(RingRules),
    /// Appearance, notifications and the like; account and audio have commands of their own.
    SetPreferences(Settings),
    /// Play a short tone on the speaker that is chosen.
    PlayTestTone,
    /// Keep the microphone meter of the snapshot live while the settings page is seen.
    WatchMicrophone {
        watch: bool,
    },
    /// Refresh the sound of the snapshot's calls ten times a second, while its meters are seen;
    /// once a second otherwise, so that a face that shows none is left in peace.
    WatchMeters {
        watch: bool,
    },
    /// Write the SIP trace, which holds no secrets, to a file, or tell it in an
    /// [`crate::Event::Trace`].
    ExportTrace {
        file: Option<PathBuf>,
    },
    ClearHistory,
    /// The missed calls have been seen.
    MarkHistorySeen,
    /// Hang up, deregister, close.
    Quit,
}

/// Digits on their way into a call. They may be a PIN, so they print redacted.
#[derive(Clone, PartialEq, Eq, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub struct Digits(String);

impl Digits {
    /// The digits in clear, for the one place that sends them.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Digits {
    fn from(digits: T) -> Self {
        Self(digits.into())
    }
}

impl std::fmt::Debug for Digits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digits(redacted)")
    }
}

/// A password on its way to the keyring. Prints redacted.
#[derive(Clone, PartialEq, Eq, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub struct Password(String);

impl Password {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The password in clear, for the one place that computes with it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(redacted)")
    }
}
