//! The window's own state: which screen is open and what stands in its fields. What the phone
//! does is not in here; that is the engine's snapshot.

use std::path::PathBuf;

use hark_phone::snapshot::Problem;
use hark_phone::{
    AccountId, AccountSettings, CallDirection, CallId, CallState, CallView, MediaEncryption,
    RegistrationView, Snapshot, Transport,
};

use crate::action::Action;
use crate::widgets::Content;

mod address_book;
mod anew;
mod answers;
mod desktop;
mod destination;
mod diagnosis;
mod media;
mod people;
mod profile;
mod region;
mod rules;
mod setup_help;

pub use address_book::AddressBookForm;
pub use answers::Answers;
pub use desktop::{Autostart, DesktopState, Motion, Preference, TrayState};
pub use destination::{Destination, unusable};
pub use diagnosis::DiagnosisPage;
pub use media::{CodecChoice, MediaField, MediaForm, SecretField};
pub use people::{
    ContactError, ContactForm, ContactPage, HistoryState, PeopleNews, PeoplePart, PeopleState,
};
pub use profile::{LoadFrom, ProfileState, SourceField};
pub use rules::{RuleField, RulesForm};
pub use setup_help::{
    Fault, Keyboard, LookedInto, SetupField, SetupHelp, is_about_certificate, way_out,
};

/// Changed by [`crate::reduce::reduce`] and, field by field, by the text fields of the views.
#[derive(Debug, Default)]
pub struct State {
    pub tab: Tab,
    pub setup: SetupState,
    pub keypad: KeypadState,
    pub call: CallScreen,
    pub incoming: IncomingState,
    pub history: HistoryState,
    pub people: PeopleState,
    pub settings: SettingsState,
    pub profile: ProfileState,
    /// What the changes of the settings page have done.
    pub answers: Answers,
    /// The account that the window looks through; the first one where it is none, or gone.
    pub chosen: Option<AccountId>,
    pub diagnosis: DiagnosisPage,
    pub demo: DemoState,
    /// The recording that was saved last, until the user has seen it.
    pub recording: Option<SavedRecording>,
    /// What went wrong last, until the user has read it or tries again.
    pub notice: Option<String>,
    pub desktop: DesktopState,
    /// The list of keys lies over the screen.
    pub help: bool,
    /// What the user asked for before the phone was signed in.
    pub when_signed_in: Option<Box<Action>>,
    /// The user has asked the program to end.
    pub quits: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    #[default]
    Home,
    Keypad,
    People,
    Settings,
}

impl Tab {
    pub const ALL: [Self; 4] = [Self::Home, Self::Keypad, Self::People, Self::Settings];
}

/// The set-up form.
#[derive(Debug, Default)]
pub struct SetupState {
    /// Shown over the tabs although there is an account.
    pub open: bool,
    pub purpose: SetupPurpose,
    /// "Sign in" was pressed and the server has not decided.
    pub waiting: bool,
    pub advanced: bool,
    /// "Sound and network" is open.
    pub media: bool,
    pub form: SetupForm,
    /// The account that is being changed.
    pub known: Option<AccountSettings>,
    /// As dots until the user wants to see it.
    pub password_view: Content,
    /// The field that cannot be right as it stands.
    pub field_error: Option<FieldError>,
    pub help: SetupHelp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SetupPurpose {
    /// The first account; there is nothing to go back to.
    #[default]
    First,
    Change,
    /// One besides those that are there.
    Another,
}

/// What the fields hold, as typed. An empty field means "not set".
#[derive(Default)]
pub struct SetupForm {
    pub address: String,
    pub password: String,
    pub username: String,
    pub display_name: String,
    pub server: String,
    pub voicemail: String,
    pub ca_file: String,
    /// By its letters or by its name.
    pub region: String,
    pub transport: Transport,
    pub media_encryption: Option<MediaEncryption>,
    pub media: MediaForm,
    /// What the account holds besides, unseen in the form and kept by it.
    pub kept: AccountSettings,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldError {
    AddressMissing,
    AddressWithoutDomain,
    Address,
    PasswordMissing,
    Server,
    Voicemail,
    CaFileUnreadable,
    CaFileEmpty,
    Region,
    /// One under "Sound and network", where the sentence about it stands.
    Media,
}

#[derive(Debug, Default)]
pub struct KeypadState {
    pub typed: String,
    /// Ask for the keyboard in the next frame.
    pub wants_focus: bool,
    /// The press that is down on 0 has become a plus already.
    pub long_press_done: bool,
}

#[derive(Debug, Default)]
pub struct IncomingState {
    /// The calls that ring, with the second of the window's clock in which each was first shown.
    pub shown: std::collections::HashMap<CallId, f64>,
    /// The user wants to send a call on, and is asked where to.
    pub sending_on: Option<SendingOn>,
}

/// A ringing call that is about to be sent on.
#[derive(Debug)]
pub struct SendingOn {
    pub call: CallId,
    pub to: Destination,
}

#[derive(Debug, Default)]
pub struct CallScreen {
    pub panel: Option<CallPanel>,
    /// The digits that were sent in this call, for the eye.
    pub sent_digits: String,
    /// The user went back to the tabs; a bar leads to the call.
    pub hidden: bool,
    /// Where this call shall be transferred to.
    pub transfer: Destination,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallPanel {
    Keypad,
    Devices,
    Transfer,
}

#[derive(Debug, Default)]
pub struct SettingsState {
    pub microphone_check: bool,
    pub sign_out_asked: bool,
    pub rules: RulesForm,
    /// The folder of recordings, as typed.
    pub recordings_folder: RuleField,
    pub pin: PinForm,
    pub address_book: AddressBookForm,
    /// The file that the trace was saved to last.
    pub trace: Option<SavedTrace>,
}

/// The field for the PIN of the mailbox.
#[derive(Default)]
pub struct PinForm {
    pub typed: String,
    /// What was typed is no PIN.
    pub is_wrong: bool,
}

/// The PIN stays out of logs and panics.
impl std::fmt::Debug for PinForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PinForm").finish_non_exhaustive()
    }
}

/// A trace of what was said to the server, in a file of the user's.
#[derive(Debug, PartialEq, Eq)]
pub struct SavedTrace {
    pub messages: usize,
    pub path: PathBuf,
}

/// The file of a recorded call.
#[derive(Debug, PartialEq, Eq)]
pub struct SavedRecording {
    pub file: PathBuf,
    pub content: SavedContent,
}

/// What a saved recording holds, for whoever wants to hear it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SavedContent {
    Sound,
    Encrypted,
    /// Made of an encrypted one.
    Copy,
    /// Made of an encrypted one that breaks off.
    CopyInPart,
}

/// The built-in voicemail server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DemoState {
    /// This build has none.
    #[default]
    Unavailable,
    Off,
    Starting,
    Running,
    Failed(String),
}

impl State {
    /// Whether the set-up form takes the place of the tabs.
    pub fn shows_setup(&self, snapshot: &Snapshot) -> bool {
        self.setup.open || self.setup.waiting || snapshot.account.is_none()
    }

    /// The call on the call screen, unless the user looks at something else.
    pub fn shown_call<'a>(&self, snapshot: &'a Snapshot) -> Option<&'a CallView> {
        current_call(snapshot).filter(|_| !self.call.hidden)
    }
}

/// The call that the call screen is about: a connected one that is not on hold before others, and
/// never one that still rings here.
pub fn current_call(snapshot: &Snapshot) -> Option<&CallView> {
    let mut calls = standing(snapshot);
    let active = calls.find(|call| !call.held);
    active.or_else(|| standing(snapshot).next())
}

/// Every call but those that ring here.
pub fn standing(snapshot: &Snapshot) -> impl Iterator<Item = &CallView> {
    let calls = snapshot.calls.iter();
    calls.filter(|call| !rings_here(call) && call.state != CallState::Ended)
}

/// Incoming and not answered.
pub fn rings_here(call: &CallView) -> bool {
    call.direction == CallDirection::Incoming && call.state == CallState::Ringing
}

/// What keeps the account from being signed in, if anything does.
pub fn registration_problem(registration: &RegistrationView) -> Option<&Problem> {
    match registration {
        RegistrationView::Failed(problem) | RegistrationView::Lost { problem, .. } => Some(problem),
        RegistrationView::SignedOut
        | RegistrationView::Connecting(_)
        | RegistrationView::Registered => None,
    }
}

impl SetupState {
    /// Whether an empty password field stands for the password that is known.
    pub fn keeps_password(&self) -> bool {
        let settings = self.form.settings();
        self.known
            .as_ref()
            .is_some_and(|known| known.is_same_login(&settings))
    }

    /// Whether the password of the TURN server that is known is meant for the one that is typed.
    pub fn keeps_turn_password(&self) -> bool {
        let settings = self.form.settings();
        let stays = |known: &AccountSettings| {
            known.is_same_relay(&settings) && known.is_same_login(&settings)
        };
        self.known.as_ref().is_some_and(stays)
    }
}

impl SetupForm {
    /// The account in these fields, or the first one that is missing. The password may be left empty
    /// where `known` is the same login.
    fn account(&self, known: Option<&AccountSettings>) -> Result<AccountSettings, FieldError> {
        if self.address.trim().is_empty() {
            return Err(FieldError::AddressMissing);
        }
        let account = self.settings();
        if self.password.is_empty() && !known.is_some_and(|known| known.is_same_login(&account)) {
            return Err(FieldError::PasswordMissing);
        }
        if !self.media.can_be_used() {
            return Err(FieldError::Media);
        }
        Ok(account)
    }

    fn settings(&self) -> AccountSettings {
        let account = AccountSettings {
            address: self.address.trim().to_owned(),
            username: given(&self.username),
            display_name: given(&self.display_name),
            server: given(&self.server),
            transport: self.transport,
            ca_file: given(&self.ca_file).map(Into::into),
            voicemail: given(&self.voicemail),
            media_encryption: self.media_encryption,
            region: self.country().map(|country| country.code),
            ..self.kept.clone()
        };
        self.media.put_into(account)
    }

    /// The fields of an account that exists. The password never comes back out of the keyring.
    pub fn of(account: AccountSettings) -> Self {
        Self {
            kept: account.clone(),
            media: MediaForm::of(&account),
            address: account.address,
            password: String::new(),
            username: account.username.unwrap_or_default(),
            display_name: account.display_name.unwrap_or_default(),
            server: account.server.unwrap_or_default(),
            region: account.region.unwrap_or_default(),
            voicemail: account.voicemail.unwrap_or_default(),
            ca_file: account
                .ca_file
                .map(|path| path.display().to_string())
                .unwrap_or_default(),
            transport: account.transport,
            media_encryption: account.media_encryption,
        }
    }

    /// Whether a field behind "Advanced" differs from what a newcomer has.
    pub fn uses_advanced(&self) -> bool {
        let texts = [
            &self.username,
            &self.display_name,
            &self.server,
            &self.voicemail,
            &self.ca_file,
            &self.region,
        ];
        texts.iter().any(|text| !text.is_empty())
            || self.transport != Transport::default()
            || self.media_encryption.is_some()
    }
}

/// The password stays out of logs and panics.
impl std::fmt::Debug for SetupForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetupForm").finish_non_exhaustive()
    }
}

/// What a field holds, if it holds anything.
pub fn given(field: &str) -> Option<String> {
    let text = field.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
