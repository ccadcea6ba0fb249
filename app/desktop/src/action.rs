//! What the user asked for, or what happened ([`Action`]), and what follows from it outside the
//! window's own state ([`Effect`]).

use std::path::PathBuf;

use hark_phone::portable::{Manner, Origin};
use hark_phone::{
    AccountId, AccountSettings, AudioSettings, CallId, Command, Event, Presence, RingRules,
    Settings, TestTone, Then, UserIs,
};

use crate::diagnosis::Report;
use crate::state::{Autostart, CallPanel, LoadFrom, Preference, SetupField, Tab, TrayState};
use crate::text;

mod address_book;
mod people;

pub use address_book::AddressBookAction;
pub use people::PeopleAction;

/// Into [`crate::reduce::reduce`]: from a view, the keyboard, a notification or the engine.
#[derive(Debug, Clone)]
pub enum Action {
    Show(Tab),
    /// Open the set-up form over the tabs, filled with the account that is in use.
    OpenSetup(Box<AccountSettings>),
    CloseSetup,
    /// Open the form for an account besides those that are there.
    AddAccount,
    /// Look through this account from here on: its mailbox, its settings, its calls that go out.
    ChooseAccount(AccountId),
    /// Let this account be the first one, with which Hark starts.
    UseAccount(AccountId),
    SignIn,
    /// Go to the field in which what went wrong is mended.
    Mend(SetupField),
    /// The field for the file of authorities holds something else.
    LookIntoAuthorities,
    /// Show the desktop's list of files to choose that file from.
    ChooseAuthorityFile,
    /// It was chosen, or dropped into the window.
    AuthorityFileChosen(PathBuf),
    /// The desktop has no such list.
    NoFileChooser,

    /// Do this by this account in place of the one that the window looks through, unless it is gone.
    By(AccountId, Box<Action>),
    CallVoicemail,
    /// Call what stands in the Keypad's field.
    Dial,
    CallBack(String),
    /// Call the contact that was suggested for what stands in the Keypad's field.
    CallSuggested(String),
    /// Put this character behind the number on the Keypad screen, and go there.
    TypeDigit(char),
    EraseDigit,

    Answer(CallId),
    Decline(CallId),
    /// Ask where this ringing call shall be sent on to.
    AskWhereTo(CallId),
    /// Let it ring on instead.
    KeepRinging,
    /// Send it on to what was typed.
    SendOn,
    HangUp(CallId),
    SendDigit(CallId, char),
    SetMuted(CallId, Muted),
    SetHeld(CallId, Held),
    SetRecorded(CallId, Recorded),
    /// The card about the recording that was saved has been read.
    DismissRecording,
    /// Point at a file in the desktop's file manager.
    ShowFile(PathBuf),
    NoFileManager(PathBuf),
    /// Save a copy of this encrypted recording without encryption, beside it.
    CopyRecording(PathBuf),
    /// The field of the folder for recordings was left: use what stands in it.
    EnterRecordingsFolder,
    /// Send the digits that were dialled behind the number and wait.
    Continue(CallId),
    /// Transfer this call to what was typed.
    Transfer(CallId),
    /// Connect the other sides of these two calls with each other.
    Connect(CallId, CallId),
    /// Call whom the other side of this call names.
    FollowTransfer(CallId),
    /// Stay in the call that asks for a transfer.
    RefuseTransfer(CallId),
    /// Open this panel of the call screen, or close it when it is open.
    TogglePanel(CallPanel),
    /// Leave the call screen without leaving the call.
    HideCall,
    ShowCall,

    SetPresence(Presence),
    /// Let the presence follow from the calls.
    ResetPresence,
    /// The desktop says whether somebody is there.
    UserIs(UserIs),
    RetryNow,
    DismissNotice,

    People(PeopleAction),
    /// The first press asks, the second clears.
    ClearHistory,
    KeepHistory,

    SetAudio(AudioSettings),
    PlayTestTone(TestTone),
    StartEchoTest,
    StopEchoTest,
    SetRingRules(RingRules),
    /// A field of the rules was left: use what stands in the fields.
    EnterRules,
    /// Put what was typed on the block list.
    Block,
    ToggleMicrophoneCheck,
    SetPreferences(Settings),
    AddressBook(AddressBookAction),
    /// Save all settings as a file of this name.
    SaveSettings(String),
    /// Look into the file or the link that was typed.
    LoadSettings(LoadFrom),
    /// Make the changes that the page lists.
    TakeSettings,
    /// Go back without them.
    LeaveSettings,
    /// Read settings from a file or a link, and say what they change.
    ReadSettings {
        from: Origin,
        manner: Manner,
        then: Then,
    },
    /// Sign in with the account changed, which keeps its password.
    ChangeAccount(Box<AccountSettings>),
    /// Keep the PIN that was typed.
    KeepPin,
    ForgetPin,
    /// Say why something does not work.
    ShowDiagnosis,
    HideDiagnosis,
    /// Forget what went wrong until now.
    ClearFailures,
    SaveReport(Report),
    /// Save the trace as a file of this name.
    SaveTrace(String),
    /// The first press asks, the second signs out.
    SignOut,
    StaySignedIn,

    StartDemo,
    LeaveDemo,
    DemoStarted,
    DemoFailed(String),
    DemoPlayOnPhone,
    DemoCall,

    /// The engine says that something happened.
    Happened(Event),
    /// What the user wants of every program of this desktop.
    DesktopPrefers(Preference),
    /// Show the list of keys, or close it.
    ToggleHelp,
    /// Bring the window up.
    Raise,
    /// Call this at once: the user has typed it for another program of the desktop.
    Call(String),
    /// Put this on the keypad, for the user to call or to leave alone: it comes from a link.
    PutOnKeypad(String),
    /// Hang up what is on the call screen.
    HangUpCurrent,
    /// Act once signed in; at once where that is so.
    WhenSignedIn(Box<Action>),
    /// Whether a tray shows the program while it has no window.
    Tray(TrayState),
    /// Whether the program starts with the session.
    SetAutostart(Autostart),
    /// It does, or it could not be changed.
    AutostartIs(Result<Autostart, String>),
    /// End the program.
    Quit,
    /// The desktop has no notification service, or it refused.
    NoNotifications(String),
}

impl Action {
    /// The same by this account, where one is known.
    pub fn by(self, account: Option<&AccountId>) -> Self {
        match account {
            Some(account) => Self::By(account.clone(), Box::new(self)),
            None => self,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Muted {
    Yes,
    No,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    Yes,
    No,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    Yes,
    No,
}

/// Out of [`crate::reduce::reduce`]: done by the app after the state has changed.
#[derive(Debug, Clone)]
pub enum Effect {
    Send(Box<Command>),
    /// Bring the window up and ask the desktop to point at it.
    Raise,
    /// End the program.
    Quit,
    /// Show a notification of the desktop.
    Notify(Notification),
    /// It is about nothing any longer.
    Withdraw(About),
    SetAutostart(Autostart),
    /// Point at a file in the desktop's file manager.
    ShowFile(PathBuf),
    /// Let the user choose a file under this title.
    ChooseFile(&'static str),
    StartDemo,
    LeaveDemo,
    DemoPlayOnPhone,
    DemoCall,
}

impl Effect {
    /// The same, for an account that is not the first one, where no other is named.
    pub fn of(self, account: Option<&AccountId>) -> Self {
        match (self, account) {
            (Self::Send(command), Some(account)) if !matches!(*command, Command::For(..)) => {
                Self::Send(Box::new(Command::For(account.clone(), command)))
            }
            (effect, _) => effect,
        }
    }
}

/// A notification of the desktop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    pub about: About,
    pub title: String,
    pub body: String,
    /// Besides a press on the notification itself, which brings the window up.
    pub buttons: Vec<Button>,
}

/// What a notification is about; there is one about each at a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    Ringing(CallId),
    /// Calls that nobody took.
    Missed,
    /// In the mailbox of this account.
    NewMessages(AccountId),
    /// The phone system cannot be reached.
    /// To the server of this account.
    Connection(AccountId),
    /// The program goes on without a window.
    Background,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Button {
    Answer(CallId),
    Decline(CallId),
    CallBack {
        to: String,
        /// By which account, where that is known.
        account: Option<AccountId>,
    },
    /// Call the mailbox of this account.
    Listen(AccountId),
}

impl Button {
    /// What stands for it on the session bus.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Answer(_) => "answer",
            Self::Decline(_) => "decline",
            Self::CallBack { .. } => "call-back",
            Self::Listen(_) => "listen",
        }
    }

    pub fn words(&self) -> &'static str {
        match self {
            Self::Answer(_) => text::answer(),
            Self::Decline(_) => text::decline(),
            Self::CallBack { .. } => text::call_back_label(),
            Self::Listen(_) => text::listen(),
        }
    }

    pub fn action(&self) -> Action {
        match self {
            Self::Answer(call) => Action::Answer(*call),
            Self::Decline(call) => Action::Decline(*call),
            Self::CallBack { to, account } => Action::CallBack(to.clone()).by(account.as_ref()),
            Self::Listen(account) => Action::CallVoicemail.by(Some(account)),
        }
    }
}
