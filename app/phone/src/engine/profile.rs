//! Settings and history: what the store says, and what the user changes.

use std::path::PathBuf;

use super::secret::Secret;
use super::{Engine, Outcome};
use crate::account::Account;
use crate::command::{Password, TurnPassword};
use crate::event::{Event, TraceExport};
use crate::portable::Portable;
use crate::settings::{AccountSettings, Settings};
use crate::snapshot::RegistrationView;
use crate::store::{SecretError, StoreReport};
use crate::words;

impl Engine {
    pub(super) fn on_store(&mut self, report: StoreReport) {
        match report {
            StoreReport::Loaded(found) => self.on_loaded(*found),
            StoreReport::History(history) => {
                self.shown.history = history.recent;
                self.shown.missed_unseen = history.missed_unseen;
            }
            StoreReport::HistoryList(list) => self.shown.history_list = Some(list),
            StoreReport::Book(book) => self.on_book(book),
            StoreReport::ContactsImported {
                path: file,
                added,
                changed,
                skipped,
            } => self.face.tell(Event::ContactsImported {
                file,
                added,
                changed,
                skipped,
            }),
            StoreReport::ContactsExported {
                path: file,
                contacts,
            } => self.face.tell(Event::ContactsExported { file, contacts }),
            StoreReport::ContactsFileFailed { path, error } => {
                self.complain(words::contacts_file(&path, &error));
            }
            StoreReport::LookedUp(list) => self.face.tell(Event::History(list)),
            StoreReport::TraceWritten { messages, path } => self
                .face
                .tell(Event::Trace(TraceExport::File { messages, path })),
            StoreReport::ReportWritten { path } => {
                self.face.tell(Event::ReportSaved { file: path });
            }
            StoreReport::Exported { path } => {
                self.face.tell(Event::SettingsExported { file: path });
            }
            StoreReport::ExportFailed { path, error } => {
                self.complain(words::not_exported(&path, &error));
            }
            StoreReport::TraceFailed { path, error } => {
                self.complain(words::trace_file(&path, &error));
            }
            StoreReport::Failed(problem) => self.stands_in_the_way(problem),
        }
    }

    pub(super) fn set_preferences(&mut self, settings: Settings) {
        let settings = self
            .hold(Portable {
                settings,
                ..self.kept.portable()
            })
            .settings;
        self.kept.settings = settings;
        self.aside.recording = None;
        self.show_kept();
        self.save();
    }

    /// Keeps an account and uses it. One that cannot be read changes nothing: why is told.
    pub(super) fn set_account(
        &mut self,
        account: AccountSettings,
        password: Password,
        turn_password: TurnPassword,
    ) {
        let account = self.as_administered(account);
        let read = match Account::read(&account) {
            Ok(read) => read,
            Err(error) => return self.complain(error.to_string()),
        };
        let goes_on = password.is_empty() && self.is_registered_like(&read);
        let before = self.shown.account.clone();
        let is_same = |before: &AccountSettings| before.is_same_login(&account);
        let same_login = before.as_ref().is_some_and(is_same);
        if !password.is_empty() {
            self.keep_password(&account, password);
        } else if !same_login {
            // The keyring knows passwords by address: another server must not be given one.
            return self.complain(words::password_needed().into());
        }
        if let Some(before) = before.filter(|_| !same_login) {
            // Another mailbox has another PIN, and another server must not be given this one.
            self.set_pin(None);
            self.pin = Secret::after_leaving(&before.pin_name(), &account.pin_name());
        }
        self.change_turn_password(&account, turn_password);
        self.keep_accounts(vec![account]);
        match goes_on {
            true => self.go_on_as(read),
            false => self.sign_in(),
        }
    }

    fn is_registered_like(&self, account: &Account) -> bool {
        let endpoint = self.endpoint.as_ref();
        self.shown.registration == RegistrationView::Registered
            && endpoint.is_some_and(|endpoint| endpoint.account.registers_like(account))
    }

    /// The server need not hear of what has changed: the next call is made with it.
    fn go_on_as(&mut self, mut account: Account) {
        self.recall_voicemail(&mut account);
        let wishes = self.wishes(&account);
        let servers = account.ice.clone();
        if let Some(endpoint) = &mut self.endpoint {
            endpoint.account = account;
            endpoint.wishes = wishes;
        }
        if let Some(settings) = self.shown.account.clone() {
            self.search_servers_again(servers, &settings);
        }
    }

    fn keep_password(&mut self, account: &AccountSettings, password: Password) {
        self.password = Secret::Known(password.clone());
        if self.keeps_secrets {
            let name = account.password_name();
            self.with_keyring(self.keyring.write(name, password));
        }
    }

    pub(super) fn remove_account(&mut self) {
        self.password = Secret::Forgotten;
        self.set_pin(None);
        if let Some(account) = self.shown.account.take() {
            self.forget_turn_password(&account);
            if self.keeps_secrets {
                let name = account.password_name();
                self.with_keyring(self.keyring.forget(name));
            }
        }
        self.keep_accounts(Vec::new());
        self.sign_in();
    }

    fn keep_accounts(&mut self, accounts: Vec<AccountSettings>) {
        self.kept.accounts = accounts;
        self.aside.accounts = None;
        self.show_kept();
        self.save();
    }

    /// The account has been exchanged for another, or for the same with other settings. Its secrets
    /// stay with its login.
    pub(super) fn change_over(&mut self, before: Option<AccountSettings>) {
        let Some(account) = self.kept.accounts.first().cloned() else {
            return self.sign_in();
        };
        if before.as_ref() == Some(&account) {
            return;
        }
        match before.filter(|before| before.has_address(&account.address)) {
            Some(before) if before.is_same_login(&account) => {
                if !before.is_same_relay(&account) {
                    self.turn_secret = Secret::Forgotten;
                }
            }
            // The keyring may be one that is only read, and still know what was for the old login.
            Some(_) => {
                self.password = Secret::Forgotten;
                self.pin = Secret::Forgotten;
                self.turn_secret = Secret::Forgotten;
            }
            None => {
                self.password = Secret::InKeyring;
                self.pin = Secret::InKeyring;
                self.turn_secret = Secret::InKeyring;
            }
        }
        match Account::read(&account) {
            Ok(read) if self.is_registered_like(&read) => self.go_on_as(read),
            Ok(_) | Err(_) => self.sign_in(),
        }
    }

    /// Works with the keyring in the background; a failure stands in the way until the next start.
    pub(super) fn with_keyring(
        &self,
        work: impl Future<Output = Result<(), SecretError>> + Send + 'static,
    ) {
        let outcomes = self.outcomes.clone();
        tokio::spawn(async move {
            if let Err(error) = work.await {
                // The engine is gone only when the program ends.
                let _ = outcomes.send(Outcome::KeyringFailed(words::secret(&error)));
            }
        });
    }

    pub(super) fn export_trace(&mut self, file: Option<PathBuf>) {
        let (messages, text) = self.trace.export();
        match file {
            Some(path) => self.keeper.write_trace(path, messages, text),
            None => self
                .face
                .tell(Event::Trace(TraceExport::Text { messages, text })),
        }
    }
}
