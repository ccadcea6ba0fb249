//! What a face of the phone may ask the engine to do.

use std::path::PathBuf;

use crate::people::{ContactCard, vcard};
use crate::portable::{Document, Manner, Origin};
use crate::settings::{AccountSettings, AddressBookSettings, AudioSettings, RingRules, Settings};
use crate::snapshot::{AccountId, CallId, HistoryQuestion, Presence};
use crate::store::Favourite;

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
    /// Let a dial string go on that waits at a `;`.
    Continue {
        call: CallId,
    },
    SetMuted {
        call: CallId,
        muted: bool,
    },
    SetHeld {
        call: CallId,
        held: bool,
    },
    /// Record both sides of a connected call into a file, or end that.
    SetRecorded {
        call: CallId,
        recorded: bool,
    },
    /// Write the sound of an encrypted recording to a new file, in clear.
    OpenRecording {
        file: PathBuf,
        to: PathBuf,
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
    /// Take the choice of a presence back: it follows from the calls and from whether the user is there
    /// (available, busy in a call, away).
    ResetPresence,
    /// What the desktop says about the user; the phone takes it that he is there.
    UserIs(UserIs),
    /// Keep these settings and use them for the next call; calls that are up go on, and the account is
    /// registered anew only where the server would see a difference. The password goes to the
    /// keyring; an empty one stands for the one that is known, and only for the same login
    /// ([`AccountSettings::is_same_login`]). An [`crate::Event::Registration`] tells what came of it, or an
    /// [`crate::Event::Error`] that the settings cannot be used.
    SetAccount {
        account: AccountSettings,
        password: Password,
        turn_password: TurnPassword,
    },
    /// The same with an account besides those that are there.
    AddAccount {
        account: AccountSettings,
        password: Password,
        turn_password: TurnPassword,
    },
    /// Let this account be the first one.
    UseAccount(AccountId),
    /// Tell all accounts in an [`crate::Event::Accounts`].
    TellAccounts,
    /// A command for this account in place of the first one: a call that goes out, its mailbox, its
    /// settings and secrets, its removal, another try. It makes no difference to other commands.
    For(AccountId, Box<Command>),
    /// Keep the PIN of the mailbox in the keyring, or forget it. It is sent after the answer of a
    /// voicemail call that does not ask to skip it. An account that is set for another login forgets
    /// it, so that no other server is given it: set the account first.
    SetPin(Option<Pin>),
    /// Sign out and forget the account, its password and PIN included.
    RemoveAccount,
    /// Try to reach the server now instead of waiting for the next try.
    RetryNow,
    SetAudio(AudioSettings),
    /// Who rings, and where calls are sent on. Rules that cannot be used change nothing but the
    /// sentence that says why.
    SetRingRules(RingRules),
    /// Appearance, notifications and the like; account and audio have commands of their own.
    SetPreferences(Settings),
    /// The address book of a server: where it is, who the user is there, whether it is used. The
    /// password goes to the keyring; an empty one stands for the one that is known, for the same user
    /// at the same server alone. Off forgets all contacts from there, and their stars. An
    /// [`crate::Event::AddressBook`] tells what came of it.
    SetAddressBook {
        settings: AddressBookSettings,
        password: Password,
    },
    /// Ask that server now, and not only every hour.
    UpdateAddressBook,
    /// Write all settings that travel to a file, without any secret. An
    /// [`crate::Event::SettingsExported`] tells that it is there.
    ExportSettings {
        file: PathBuf,
    },
    /// Read a document of settings from a file or a link, and say in an
    /// [`crate::Event::SettingsRead`] what it changes.
    ReadSettings {
        from: Origin,
        manner: Manner,
        then: Then,
    },
    /// Take a document that has been read.
    TakeSettings {
        document: Box<Document>,
        manner: Manner,
    },
    /// Play a short tone on the device that is chosen for a role.
    PlayTestTone(TestTone),
    /// Record the microphone for five seconds and play that on the loudspeaker, as others would
    /// hear it: [`crate::Snapshot::echo_test`] shows how far it is. Needs no account. A call ends
    /// it, and none begins in a call.
    StartEchoTest,
    StopEchoTest,
    /// Keep the microphone meter of the snapshot live while the settings page is seen.
    WatchMicrophone {
        watch: bool,
    },
    /// Refresh the sound of the snapshot's calls ten times a second, while its meters are seen;
    /// once a second otherwise, so that a face that shows none is left in peace.
    WatchMeters {
        watch: bool,
    },
    /// Tell how a call sounds in an [`crate::Event::Quality`].
    TellQuality {
        call: CallId,
    },
    /// Write the SIP trace, which holds no secrets, to a file, or tell it in an
    /// [`crate::Event::Trace`].
    ExportTrace {
        file: Option<PathBuf>,
        naming: Naming,
    },
    /// Show this list of past calls in [`crate::Snapshot::history_list`], and keep it true.
    ListHistory(HistoryQuestion),
    /// Tell the same once, in an [`crate::Event::History`].
    TellHistory(HistoryQuestion),
    /// Remove the call with this [`crate::snapshot::HistoryEntry::id`] from the history.
    RemoveFromHistory {
        call: i64,
    },
    /// Put the call back that was removed last, unless the history was cleared since.
    RestoreToHistory,
    /// Look into a file of certificate authorities, without using it; an
    /// [`crate::Event::Authorities`] tells what is in it.
    ReadAuthorities {
        file: PathBuf,
    },
    /// Another language is spoken: say anew what the snapshot says.
    SayAnew,
    /// Tell an [`crate::Event::Status`], with which the snapshot is up to date.
    TellStatus,
    /// Tell an [`crate::Event::Diagnosis`], with which [`crate::Snapshot::diagnosis`] is up to date.
    TellDiagnosis,
    /// Write a report of the face's making to a file that only this user can read, and behind it the
    /// newest messages of the trace with [`Naming::StandIns`]; an [`crate::Event::ReportSaved`] says when
    /// it is there.
    SaveReport {
        file: PathBuf,
        text: String,
    },
    ClearHistory,
    /// Forget what went wrong until now.
    ClearFailures,
    /// Write a new contact down, or change the one with this [`crate::Contact::id`].
    KeepContact {
        id: Option<i64>,
        card: ContactCard,
    },
    RemoveContact {
        id: i64,
    },
    /// Put the contact back that was removed last.
    RestoreContact,
    SetFavourite {
        id: i64,
        favourite: Favourite,
    },
    /// Take over the contacts in a file of vCards; an [`crate::Event::ContactsImported`] tells how many.
    ImportContacts {
        file: PathBuf,
    },
    /// Write all contacts to a file of vCards, which [`crate::Event::ContactsExported`] tells.
    ExportContacts {
        file: PathBuf,
        version: vcard::Version,
        if_taken: IfTaken,
    },
    /// The missed calls have been seen.
    MarkHistorySeen,
    /// Hang up, deregister, close.
    Quit,
}

/// What becomes of a file that is to be written when there is one of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfTaken {
    Replace,
    /// That one stays, and the new one gets a number: `contacts (2).vcf`.
    Number,
}

/// What a trace says of people and machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// All that was sent, but for secrets.
    AsSent,
    /// The last 200 messages, for strangers: stand-ins for people, numbers, machines and identifiers.
    StandIns,
}

/// What becomes of settings that were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Nothing: the user wants to know what they would change.
    Show,
    Apply,
}

/// Whether the user is at the computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserIs {
    #[default]
    Here,
    /// No key and no pointer has moved for a while.
    Away,
}

/// Where a test tone is to be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestTone {
    /// Where calls are heard.
    Speaker,
    /// Where calls ring.
    Ringer,
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

/// What becomes of the password of the account's TURN server, which the keyring keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TurnPassword {
    /// It stays, if the server and the user name do ([`AccountSettings::is_same_relay`]).
    Kept,
    New(Password),
    Forgotten,
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

/// The PIN of a mailbox. Prints redacted.
#[derive(Clone, PartialEq, Eq, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub struct Pin(String);

impl Pin {
    /// Takes digits, `*` and `#`; anything else is no PIN.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_key = |sign: char| matches!(sign, '0'..='9' | '*' | '#');
        let fits = (1..=LONGEST_PIN).contains(&text.len()) && text.chars().all(is_key);
        fits.then(|| Self(text.to_owned()))
    }

    /// The PIN in clear, for the one place that keeps it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// The keys that are pressed: menus wait for `#` behind a PIN.
    pub(crate) fn with_pound(&self) -> Digits {
        match self.0.ends_with('#') {
            true => Digits(self.0.clone()),
            false => Digits(format!("{}#", self.0)),
        }
    }
}

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pin(redacted)")
    }
}

/// Keys of the longest PIN that any voicemail system takes.
const LONGEST_PIN: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_keys_ends_with_pound_and_does_not_print() {
        for (typed, pressed) in [("1234", "1234#"), (" 1234# ", "1234#"), ("*1", "*1#")] {
            let pin = Pin::new(typed).unwrap();
            assert_eq!(pin.with_pound().reveal(), pressed);
            assert!(!format!("{pin:?} {:?}", pin.with_pound()).contains('1'));
        }
        for typed in ["", "12 34", "12a4", "1234567890123456789012345", "12\n34"] {
            assert_eq!(Pin::new(typed), None, "{typed:?}");
        }
    }
}
