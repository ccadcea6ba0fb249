//! Accounts that the user adds, changes, orders and removes, and their secrets.

use super::Engine;
use super::lines::Line;
use super::secret::Secret;
use crate::account::Account;
use crate::command::{Password, Pin, TurnPassword};
use crate::event::Event;
use crate::settings::AccountSettings;
use crate::snapshot::{AccountId, RegistrationView};
use crate::words;

impl Engine {
    /// Keeps an account, in place of another one or besides those that are there, and uses it. One that
    /// cannot be used changes nothing: why is told.
    pub(super) fn set_account(
        &mut self,
        before: Option<AccountId>,
        settings: AccountSettings,
        password: Password,
        turn_password: TurnPassword,
    ) {
        let settings = self.as_administered(settings);
        let id = settings.id();
        let read = settings
            .check_region()
            .and_then(|()| Account::read(&settings));
        let read = match read {
            Ok(read) => read,
            Err(error) => return self.complain(error.to_string()),
        };
        if before.as_ref() != Some(&id) && self.lines.get(&id).is_some() {
            return self.complain(words::account_is_there(&id));
        }
        let line = before.as_ref().and_then(|id| self.lines.get(id));
        let known = line.map(|line| line.settings.clone());
        let is_same = |known: &AccountSettings| known.is_same_login(&settings);
        let same_login = known.as_ref().is_some_and(is_same);
        if password.is_empty() && !same_login {
            // The keyring knows passwords by address: another server must not be given one.
            return self.complain(words::password_needed().into());
        }
        let nothing_new = password.is_empty() && turn_password == TurnPassword::Kept;
        if nothing_new && known.as_ref() == Some(&settings) && self.tell_of_progress(&id) {
            return;
        }
        let goes_on = password.is_empty() && self.is_registered_like(&id, &read);
        if !goes_on && let Some(before) = &before {
            self.leave(before);
        }
        let changed = self.exchange(before.as_ref(), settings.clone());
        if !password.is_empty() {
            self.keep_password(&id, password);
        }
        if let Some(known) = known.as_ref().filter(|_| !same_login) {
            self.leave_pin_behind(&id, known);
        }
        self.change_turn_password(&id, changed.as_ref(), turn_password);
        self.keep_accounts();
        match goes_on {
            true => self.go_on_as(&id, read),
            false => self.sign_in(&id),
        }
    }

    /// Puts settings in the place of an account, or behind all others. Returns those of before.
    fn exchange(
        &mut self,
        before: Option<&AccountId>,
        settings: AccountSettings,
    ) -> Option<AccountSettings> {
        match before.and_then(|id| self.lines.get_mut(id)) {
            Some(line) => {
                line.id = settings.id();
                Some(std::mem::replace(&mut line.settings, settings))
            }
            None => {
                self.lines.push(Line::new(settings));
                None
            }
        }
    }

    /// The same was asked for before, a second press of a button for example, and is under way or
    /// done. One that has failed is worth another try.
    fn tell_of_progress(&mut self, id: &AccountId) -> bool {
        let Some(line) = self.lines.get(id) else {
            return false;
        };
        let standing = line.registration.clone();
        match standing {
            RegistrationView::Registered | RegistrationView::Connecting(_) => {
                self.tell_of(id, Event::Registration(standing));
                true
            }
            RegistrationView::SignedOut
            | RegistrationView::Failed(_)
            | RegistrationView::Lost { .. } => false,
        }
    }

    fn is_registered_like(&self, id: &AccountId, account: &Account) -> bool {
        let line = self.lines.get(id).filter(|line| line.is_registered());
        let endpoint = line.and_then(|line| line.endpoint.as_ref());
        endpoint.is_some_and(|endpoint| endpoint.account.registers_like(account))
    }

    /// The server need not hear of what has changed: the next call is made with it.
    fn go_on_as(&mut self, id: &AccountId, mut account: Account) {
        let Some(line) = self.lines.get(id) else {
            return;
        };
        self.recall_voicemail(&mut account, &line.settings);
        let wishes = self.wishes(&account);
        let servers = account.ice.clone();
        if let Some(endpoint) = self.lines.endpoint_mut(id) {
            endpoint.account = account;
            endpoint.wishes = wishes;
        }
        self.search_servers_again(id, servers);
    }

    /// Lets an account be the first one.
    pub(super) fn use_account(&mut self, id: &AccountId) {
        if self.lines.get(id).is_none() {
            return self.complain(words::no_such_account(id));
        }
        self.lines.put_in_order(std::slice::from_ref(id));
        self.keep_accounts();
        let standing = self.lines.first().map(|line| line.registration.clone());
        if let Some(standing) = standing {
            self.tell_of(id, Event::Registration(standing));
        }
    }

    /// Signs out of an account and forgets it with its secrets.
    pub(super) fn remove_account(&mut self, id: Option<AccountId>) {
        let Some(id) = id else {
            return;
        };
        self.leave(&id);
        if let Some(line) = self.lines.remove(&id) {
            self.forget_secrets(&line.settings.secret_names());
        }
        self.keep_accounts();
        let first = self.lines.first();
        let standing = first.map_or(RegistrationView::SignedOut, |line| {
            line.registration.clone()
        });
        self.face.tell(Event::Registration(standing));
    }

    /// What the lines are is what is kept.
    fn keep_accounts(&mut self) {
        self.kept.accounts = self.lines.settings();
        self.aside.accounts = None;
        self.settle_home();
        self.save();
    }

    /// Accounts have been exchanged for others, or for the same with other settings. Their secrets stay
    /// with their logins.
    pub(super) fn change_over(&mut self, accounts: Vec<AccountSettings>) {
        let wanted: Vec<AccountId> = accounts.iter().map(AccountSettings::id).collect();
        for id in self.lines.ids() {
            if !wanted.contains(&id) {
                self.leave(&id);
                self.lines.remove(&id);
            }
        }
        for settings in &accounts {
            if self.lines.get(&settings.id()).is_none() {
                self.lines.push(Line::new(settings.clone()));
            }
        }
        self.lines.put_in_order(&wanted);
        for settings in accounts {
            self.change_over_one(settings);
        }
    }

    fn change_over_one(&mut self, settings: AccountSettings) {
        let id = settings.id();
        let Some(line) = self.lines.get_mut(&id) else {
            return;
        };
        if line.is_new() {
            return self.sign_in(&id);
        }
        if line.settings == settings {
            return;
        }
        // The keyring may be one that is only read, and still know what was for the old login.
        if !line.settings.is_same_login(&settings) {
            line.password = Secret::Forgotten;
            line.pin = Secret::Forgotten;
            line.turn_secret = Secret::Forgotten;
        } else if !line.settings.is_same_relay(&settings) {
            line.turn_secret = Secret::Forgotten;
        }
        line.settings = settings;
        match Account::read(&line.settings) {
            Ok(read) if self.is_registered_like(&id, &read) => self.go_on_as(&id, read),
            Ok(_) | Err(_) => self.sign_in(&id),
        }
    }

    fn keep_password(&mut self, id: &AccountId, password: Password) {
        if let Some(line) = self.lines.get_mut(id) {
            line.password = Secret::Known(password.clone());
            let name = line.settings.password_name();
            self.keep_secret(name, password);
        }
    }

    /// Keeps the PIN of an account's mailbox in the keyring, or forgets it.
    pub(super) fn set_pin_of(&mut self, id: Option<AccountId>, pin: Option<Pin>) {
        let Some(line) = id.and_then(|id| self.lines.get_mut(&id)) else {
            return;
        };
        let name = line.settings.pin_name();
        line.pin = pin.clone().map_or(Secret::Forgotten, Secret::Known);
        match pin {
            Some(pin) => self.keep_secret(name, Password::new(pin.reveal())),
            None => self.forget_secrets(&[name]),
        }
    }

    /// Another mailbox has another PIN, and another server must not be given this one.
    fn leave_pin_behind(&mut self, id: &AccountId, before: &AccountSettings) {
        self.forget_secrets(&[before.pin_name()]);
        if let Some(line) = self.lines.get_mut(id) {
            line.pin = Secret::after_leaving(&before.pin_name(), &line.settings.pin_name());
        }
    }

    /// Does with the password of the relay what the user wants. One that was meant for another relay,
    /// or for another account, goes with it.
    fn change_turn_password(
        &mut self,
        id: &AccountId,
        before: Option<&AccountSettings>,
        change: TurnPassword,
    ) {
        let Some(line) = self.lines.get_mut(id) else {
            return;
        };
        let now = &line.settings;
        let is_same = before.is_some_and(|it| it.is_same_relay(now) && it.is_same_login(now));
        let name = now.turn_password_name();
        let left = before.map(AccountSettings::turn_password_name);
        match change {
            TurnPassword::Kept if is_same => {}
            TurnPassword::New(password) => {
                line.turn_secret = Secret::Known(password.clone());
                let left: Vec<_> = left.into_iter().filter(|left| *left != name).collect();
                self.forget_secrets(&left);
                self.keep_secret(name, password);
            }
            TurnPassword::Kept | TurnPassword::Forgotten => {
                // What the keyring knows of an account that comes back is good for it.
                if left.is_some() {
                    line.turn_secret = Secret::Forgotten;
                    line.turn_password_known = false;
                    self.forget_secrets(left.as_slice());
                }
            }
        }
    }

    pub(super) fn keep_secret(&self, name: String, secret: Password) {
        if self.keeps_secrets {
            self.with_keyring(self.keyring.write(name, secret));
        }
    }

    pub(super) fn forget_secrets(&self, names: &[String]) {
        if self.keeps_secrets {
            for name in names {
                self.with_keyring(self.keyring.forget(name.clone()));
            }
        }
    }
}
