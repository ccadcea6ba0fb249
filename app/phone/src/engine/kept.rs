//! What the profile keeps: how it is found at the start, what of it holds in this run, how it is saved.

use super::Engine;
use super::lines::Line;
use super::obstacles::Obstacle;
use crate::command::{Password, Pin};
use crate::config::PhoneConfig;
use crate::portable::{Document, DocumentError, Manner, Portable, UnusableSettings};
use crate::settings::{
    AccountSettings, AddressBookSettings, AudioSettings, RecordingSettings, RingRules,
};
use crate::store::{Found, Kept};
use crate::words;

/// Whether what the profile keeps is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProfileStage {
    BeingRead,
    Read,
}

/// What this run was given in place of what the profile keeps.
#[derive(Debug, Default)]
pub(super) struct Given {
    account: Option<AccountSettings>,
    rules: Option<RingRules>,
    audio: Option<AudioSettings>,
    recording: Option<RecordingSettings>,
    address_book: Option<AddressBookSettings>,
    address_book_password: Option<Password>,
    password: Option<Password>,
    pin: Option<Pin>,
    turn_password: Option<Password>,
}

/// What the profile keeps while something that was given stands in its place, to be saved in its place.
#[derive(Debug, Default)]
pub(super) struct Aside {
    pub(super) accounts: Option<Vec<AccountSettings>>,
    pub(super) rules: Option<RingRules>,
    pub(super) audio: Option<AudioSettings>,
    pub(super) recording: Option<RecordingSettings>,
    pub(super) address_book: Option<AddressBookSettings>,
}

impl Given {
    pub(super) fn of(config: &PhoneConfig) -> Self {
        Self {
            account: config.account.clone(),
            rules: config.ring_rules.clone(),
            audio: config.audio.clone(),
            recording: config.recording.clone(),
            address_book: config.address_book.clone(),
            address_book_password: config.address_book_password.clone(),
            password: config.password.clone(),
            pin: config.pin.clone(),
            turn_password: config.turn_password.clone(),
        }
    }

    /// The secrets that were given are those of the first account.
    fn entrust(&self, line: &mut Line) {
        line.password = self.password.clone().into();
        line.pin = self.pin.clone().into();
        line.turn_secret = self.turn_password.clone().into();
    }

    fn stand_in(&self, kept: &mut Kept) -> Aside {
        let accounts = self.account.clone().map(|account| vec![account]);
        Aside {
            accounts: stand_in(accounts, &mut kept.accounts),
            rules: stand_in(self.rules.clone(), &mut kept.who_rings),
            audio: stand_in(self.audio.clone(), &mut kept.audio),
            recording: stand_in(self.recording.clone(), &mut kept.settings.recording),
            address_book: stand_in(self.address_book.clone(), &mut kept.settings.address_book),
        }
    }
}

fn stand_in<T>(given: Option<T>, kept: &mut T) -> Option<T> {
    given.map(|given| std::mem::replace(kept, given))
}

impl Aside {
    fn put_back(&self, kept: &mut Kept) {
        let Self {
            accounts,
            rules,
            audio,
            recording,
            address_book,
        } = self;
        put_back(accounts, &mut kept.accounts);
        put_back(rules, &mut kept.who_rings);
        put_back(audio, &mut kept.audio);
        put_back(recording, &mut kept.settings.recording);
        put_back(address_book, &mut kept.settings.address_book);
    }
}

fn put_back<T: Clone>(aside: &Option<T>, kept: &mut T) {
    if let Some(aside) = aside {
        kept.clone_from(aside);
    }
}

impl Engine {
    pub(super) fn on_loaded(&mut self, found: Found) {
        self.kept = found.kept;
        if let Some(text) = found.machine {
            self.obey_administrator(text);
        }
        self.forget_outdated_secrets();
        let given = std::mem::take(&mut self.given);
        self.aside = given.stand_in(&mut self.kept);
        for account in self.kept.accounts.clone() {
            self.lines.push(Line::new(account));
        }
        if let Some(first) = self.lines.first_mut() {
            given.entrust(first);
        }
        self.show_kept();
        if let Some(password) = given.address_book_password {
            self.address_book.know(password);
        }
        self.use_audio(self.kept.audio.clone());
        self.derive_presence();
        for account in self.lines.ids() {
            self.sign_in(&account);
        }
    }

    /// Saves what the profile keeps. What was given for this run is left out.
    pub(super) fn save(&self) {
        let mut kept = self.kept.clone();
        self.aside.put_back(&mut kept);
        self.keeper.save(kept);
    }

    /// Takes the administrator's file in: what is new in it since the last start, and what is locked.
    /// One that cannot be used changes nothing, so that a slip of his pen does not end all telephony.
    fn obey_administrator(&mut self, text: String) {
        let taken = Document::read(&text)
            .map_err(Unfit::from)
            .and_then(|document| {
                let earlier = self.kept.provisioned.as_deref().map(Document::read);
                let earlier = earlier.and_then(Result::ok).unwrap_or_default();
                let news = document.since(&earlier);
                let new = news.put_over(&self.kept.portable(), Manner::Keys);
                let new = document.hold(&new);
                new.check()?;
                Ok((document, new))
            });
        match taken {
            Ok((document, new)) => {
                self.kept.take_portable(new);
                if self.kept.provisioned.as_ref() != Some(&text) {
                    self.kept.provisioned = Some(text);
                    self.save();
                }
                self.shown.locks = document.locks().clone();
                self.administrator = document;
            }
            Err(error) => {
                let problem = words::machine_file_unfit(&error.to_string());
                self.stands_in_the_way(Obstacle::Told(problem));
            }
        }
    }

    /// These settings as the administrator lets them be. The user is told where he wanted others.
    pub(super) fn hold(&mut self, wanted: Portable) -> Portable {
        let held = self.administrator.hold(&wanted);
        if held != wanted {
            self.complain(words::locked_by_administrator().into());
        }
        held
    }

    /// An account that the user sets. What he left open in a new one is what the administrator says.
    pub(super) fn as_administered(&mut self, account: AccountSettings) -> AccountSettings {
        let portable = self.kept.portable();
        let account = match portable.account(&account.address) {
            Some(_) => account,
            None => self.administrator.fill(&account),
        };
        let wanted = Portable {
            accounts: vec![account.clone()],
            ..portable
        };
        let held = self.hold(wanted).accounts.into_iter().next();
        held.unwrap_or(account)
    }

    /// Puts other settings in place of all that travel.
    pub(super) fn adopt(&mut self, new: Portable) {
        self.kept.take_portable(new);
        self.aside = Aside::default();
        self.forget_outdated_secrets();
        self.save();
        self.show_kept();
        self.use_audio(self.kept.audio.clone());
        self.change_over(self.kept.accounts.clone());
        self.reread_rules();
    }

    pub(super) fn show_kept(&mut self) {
        self.shown.settings = self.kept.settings.clone();
        self.shown.ring_rules = self.kept.who_rings.clone();
        self.settle_home();
        self.follow_address_book();
        self.show_recordings_folder();
    }

    /// The keyring does it before anything else that it is asked for from here on.
    fn forget_outdated_secrets(&mut self) {
        if !self.keeps_secrets || self.kept.outdated_secrets.is_empty() {
            return;
        }
        for name in std::mem::take(&mut self.kept.outdated_secrets) {
            self.with_keyring(self.keyring.forget(name));
        }
        self.save();
    }
}

/// Why an administrator's file is of no use.
#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error(transparent)]
    Document(#[from] DocumentError),
    #[error(transparent)]
    Settings(#[from] UnusableSettings),
}
