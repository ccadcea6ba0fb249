//! The accounts in the snapshot: what each is called, how it stands, and the view through one of them.

use std::sync::Arc;

use super::{
    CallView, Cause, Connection, MessageWaiting, RegistrationView, SkipPin, Snapshot, VoicemailView,
};
use crate::portable::Portable;
use crate::settings::AccountSettings;

/// The address of an account, which is what it is called: `alice@example.test`, in lower case. Empty
/// for nobody's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(Arc<str>);

impl AccountId {
    pub(crate) fn of(bare_address: &str) -> Self {
        Self(bare_address.to_lowercase().into())
    }

    /// What a person calls an account: its address, with or without `sip:`.
    pub fn named(address: &str) -> Self {
        AccountSettings {
            address: address.to_owned(),
            ..AccountSettings::default()
        }
        .id()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for AccountId {
    fn default() -> Self {
        Self::of("")
    }
}

impl std::fmt::Display for AccountId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// How one account stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AccountView {
    pub id: AccountId,
    /// Where it stands in the order of the user; the first one has 0.
    pub place: usize,
    pub settings: AccountSettings,
    pub registration: RegistrationView,
    /// These are as in [`Snapshot`].
    pub message_waiting: Option<MessageWaiting>,
    pub voicemail: Option<VoicemailView>,
    pub skip_pin: SkipPin,
    pub pin_known: bool,
    pub turn_password_known: bool,
    /// As in [`crate::snapshot::Diagnosis`].
    pub connection: Option<Arc<Connection>>,
    pub cause: Option<Cause>,
}

impl Snapshot {
    /// Every account in the order of the user.
    pub fn accounts(&self) -> Vec<AccountView> {
        let first = self.account.clone().map(|settings| AccountView {
            id: settings.id(),
            place: self.place,
            settings,
            registration: self.registration.clone(),
            message_waiting: self.message_waiting,
            voicemail: self.voicemail.clone(),
            skip_pin: self.skip_pin,
            pin_known: self.pin_known,
            turn_password_known: self.turn_password_known,
            connection: self.diagnosis.connection.clone(),
            cause: self.diagnosis.cause,
        });
        let mut all: Vec<_> = first.into_iter().chain(self.others.clone()).collect();
        all.sort_by_key(|account| account.place);
        all
    }

    /// How the account of a call stands.
    pub fn registration_of(&self, call: &CallView) -> &RegistrationView {
        let mut others = self.others.iter();
        let other = others.find(|account| account.id == call.account);
        other.map_or(&self.registration, |account| &account.registration)
    }

    /// The same with this account in the place of the first one, for a face that shows one at a time.
    pub fn seen_from(&self, account: &AccountId) -> Self {
        let (seen, others) = self
            .accounts()
            .into_iter()
            .partition(|it| it.id == *account);
        let mut snapshot = self.clone();
        let seen: Vec<AccountView> = seen;
        if let Some(seen) = seen.into_iter().next() {
            snapshot.others = others;
            snapshot.show_account(Some(seen));
        }
        snapshot
    }

    /// Puts an account, or nobody's, in the place of the first one.
    pub(crate) fn show_account(&mut self, account: Option<AccountView>) {
        let (settings, view) = match account {
            Some(view) => (Some(view.settings.clone()), view),
            None => (None, AccountView::default()),
        };
        self.account = settings;
        self.place = view.place;
        self.registration = view.registration;
        self.message_waiting = view.message_waiting;
        self.voicemail = view.voicemail;
        self.skip_pin = view.skip_pin;
        self.pin_known = view.pin_known;
        self.turn_password_known = view.turn_password_known;
        self.diagnosis.connection = view.connection;
        self.diagnosis.cause = view.cause;
    }

    /// What waits in the mailboxes of all accounts; `None` until a server has said something.
    pub fn waiting_in_all(&self) -> Option<MessageWaiting> {
        let waiting = self.others.iter().map(|account| account.message_waiting);
        let known = waiting.chain([self.message_waiting]).flatten();
        known.reduce(|all, one| MessageWaiting {
            new: all.new.saturating_add(one.new),
            old: all.old.saturating_add(one.old),
            urgent_new: all.urgent_new.saturating_add(one.urgent_new),
        })
    }

    /// The settings that are shown, with the account that is.
    pub fn portable(&self) -> Portable {
        Portable {
            settings: self.settings.clone(),
            audio: self.audio.clone(),
            who_rings: self.ring_rules.clone(),
            accounts: self.account.clone().into_iter().collect(),
        }
    }

    /// Whether it has to be said which account is meant.
    pub fn has_several_accounts(&self) -> bool {
        !self.others.is_empty()
    }
}
