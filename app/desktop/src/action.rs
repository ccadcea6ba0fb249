//! What the user asked for, or what happened ([`Action`]), and what follows from it outside the
//! window's own state ([`Effect`]).

use std::path::PathBuf;

use hark_phone::{
    AccountSettings, AudioSettings, CallId, Command, Event, Presence, RingRules, Settings, TestTone,
};

use crate::state::{CallPanel, HistoryFilter, Tab};

/// Into [`crate::reduce::reduce`]: from a view, the keyboard, a notification or the engine.
#[derive(Debug, Clone)]
pub enum Action {
    Show(Tab),
    /// Open the set-up form over the tabs, filled with the account that is in use.
    OpenSetup(Box<AccountSettings>),
    CloseSetup,
    SignIn,

    CallVoicemail,
    /// Call what stands in the Keypad's field.
    Dial,
    CallBack(String),
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
    RetryNow,
    DismissNotice,

    FilterHistory(HistoryFilter),
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
    /// Sign in with the account changed, which keeps its password.
    ChangeAccount(Box<AccountSettings>),
    /// Keep the PIN that was typed.
    KeepPin,
    ForgetPin,
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
    /// The desktop's own preference, where it has one.
    DesktopTheme(Option<eframe::egui::Theme>),
    /// Bring the window up.
    Raise,
    /// The desktop has no notification service, or it refused.
    NoNotifications(String),
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
    /// Show the desktop notification of a call that rings.
    Notify(Ringing),
    /// The call does not ring any longer.
    Withdraw(CallId),
    /// Point at a file in the desktop's file manager.
    ShowFile(PathBuf),
    StartDemo,
    LeaveDemo,
    DemoPlayOnPhone,
    DemoCall,
}

/// A desktop notification about a call that rings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ringing {
    pub call: CallId,
    pub title: String,
    pub body: String,
}
