//! The address book of a server in the engine's work: when it is asked, with which password, and what
//! is shown of that.
//!
//! One run is: what the archive has, from there; the server's news; their way into the archive. What
//! comes of a run that another one has replaced is dropped.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::secret::Secret;
use super::{Engine, Outcome};
use crate::address_book::{AddressBookError, Known, News, network};
use crate::command::Password;
use crate::event::{AddressBookChanges, Event};
use crate::people::ContactOrigin;
use crate::portable::Portable;
use crate::settings::{AddressBookSettings, Settings};
use crate::snapshot::{AccountId, AddressBookStage, AddressBookView, Problem};
use crate::store::{ArchiveJob, Taken};
use crate::words;

/// What is at work.
#[derive(Debug)]
pub(super) struct AddressBook {
    settings: AddressBookSettings,
    password: Secret<Password>,
    /// The run that counts.
    run: u64,
    stage: Stage,
    /// When the server is asked by itself.
    due: Option<Instant>,
    /// Why the last run came to nothing; it is said whenever it is shown.
    trouble: Option<Trouble>,
}

#[derive(Debug)]
enum Trouble {
    Server(AddressBookError),
    /// The archive's, said when it was met.
    Archive(Problem),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Resting(Last),
    /// The archive is asked what it has.
    Reading,
    /// The server is asked what is new.
    Asking,
    /// The archive takes that.
    Taking,
}

/// How the last run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Never,
    /// At this time.
    Well(SystemTime),
    /// In a way that may be over by itself.
    MayPass,
    /// Until the user does something.
    NeedsMending,
}

/// What came of asking the server.
#[derive(Debug)]
pub(super) struct Asked {
    run: u64,
    password: Option<Password>,
    news: Result<News, AddressBookError>,
}

impl Default for AddressBook {
    fn default() -> Self {
        Self {
            settings: AddressBookSettings::default(),
            password: Secret::InKeyring,
            run: 0,
            stage: Stage::Resting(Last::Never),
            due: None,
            trouble: None,
        }
    }
}

impl Trouble {
    fn problem(&self) -> Problem {
        match self {
            Self::Server(error) => error.problem(),
            Self::Archive(problem) => problem.clone(),
        }
    }

    fn last(&self) -> Last {
        match self {
            Self::Server(error) if !error.may_pass() => Last::NeedsMending,
            Self::Server(_) | Self::Archive(_) => Last::MayPass,
        }
    }
}

impl AddressBook {
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Takes the password for the login that is set.
    pub(super) fn know(&mut self, password: Password) {
        self.password = Secret::Known(password);
    }
}

impl Last {
    /// When the server is asked again by itself.
    fn next(self) -> Option<Duration> {
        match self {
            Self::Well(_) => Some(EVERY),
            Self::MayPass => Some(SOON),
            Self::Never | Self::NeedsMending => None,
        }
    }

    /// Whether it is worth asking when the network has come back.
    fn asks_when_back(self, now: SystemTime) -> bool {
        match self {
            Self::Well(then) => now.duration_since(then).is_ok_and(|since| since > FRESH),
            Self::MayPass => true,
            Self::Never | Self::NeedsMending => false,
        }
    }
}

impl Engine {
    pub(super) fn set_address_book(&mut self, wanted: AddressBookSettings, password: Password) {
        if let Err(error) = wanted.check() {
            return self.complain(error.to_string());
        }
        let wanted = Portable {
            settings: Settings {
                address_book: wanted,
                ..self.kept.settings.clone()
            },
            ..self.kept.portable()
        };
        let settings = self.hold(wanted).settings;
        let (before, name) = (
            self.kept.settings.address_book.password_name(),
            settings.address_book.password_name(),
        );
        let left: Vec<String> = before
            .filter(|it| name.as_ref() != Some(it))
            .into_iter()
            .collect();
        self.forget_secrets(&left);
        self.kept.settings = settings;
        self.aside.address_book = None;
        self.show_kept();
        if let (Some(name), false) = (name, password.is_empty()) {
            self.keep_secret(name, password.clone());
            self.address_book.know(password);
        }
        self.save();
        // The same as before may be worth another try, and a password is news.
        self.begin_update();
    }

    /// Brings what is at work in line with the settings.
    pub(super) fn follow_address_book(&mut self) {
        let wanted = self.kept.settings.address_book.clone();
        let before = std::mem::replace(&mut self.address_book.settings, wanted.clone());
        if before == wanted {
            return;
        }
        if before.password_name() != wanted.password_name() {
            self.address_book.password = Secret::InKeyring;
        }
        match wanted.on {
            true => self.begin_update(),
            false => self.rest(Last::Never, AddressBookStage::Off),
        }
        if before.on && !wanted.on {
            self.keeper.archive(ArchiveJob::LeaveAddressBook);
        }
    }

    /// The user wants to know now.
    pub(super) fn update_address_book(&mut self) {
        match (self.address_book.settings.on, self.address_book.stage) {
            (false, _) => self.complain(words::address_book_off().into()),
            (true, Stage::Resting(_)) => self.begin_update(),
            // It is being found out.
            (true, Stage::Reading | Stage::Asking | Stage::Taking) => {}
        }
    }

    pub(super) fn address_book_due(&mut self, now: Instant) {
        if self.address_book.due.is_some_and(|due| due <= now) {
            self.begin_update();
        }
    }

    /// An account has registered. One that was not before says that the network is back.
    pub(super) fn network_is_there(&mut self, account: &AccountId) {
        let line = self.lines.get(account);
        let is_news = line.is_some_and(|line| !line.is_registered());
        let Stage::Resting(last) = self.address_book.stage else {
            return;
        };
        if is_news && last.asks_when_back(SystemTime::now()) {
            self.begin_update();
        }
    }

    fn begin_update(&mut self) {
        if !self.address_book.settings.on {
            return;
        }
        self.address_book.run += 1;
        self.address_book.due = None;
        self.address_book.stage = Stage::Reading;
        self.shown.address_book.stage = AddressBookStage::Updating;
        let job = ArchiveJob::TellKnown(self.address_book.run);
        self.keeper.archive(job);
    }

    pub(super) fn on_known(&mut self, run: u64, known: Result<Known, Problem>) {
        // What was there for an older run may have been forgotten since.
        if run != self.address_book.run || self.address_book.stage != Stage::Reading {
            return;
        }
        match known {
            Ok(known) => {
                let updated = &mut self.shown.address_book.updated;
                *updated = updated.or(known.updated);
                self.ask(known);
            }
            Err(problem) => self.failed(Trouble::Archive(problem)),
        }
    }

    fn ask(&mut self, known: Known) {
        self.address_book.stage = Stage::Asking;
        let (run, settings) = (self.address_book.run, self.address_book.settings.clone());
        let password = self.address_book.password.clone();
        let name = settings.password_name();
        let kept = name.filter(|_| password == Secret::InKeyring);
        let kept = kept.map(|name| self.keyring.read(name));
        let authority = self.only_authority.clone();
        let outcomes = self.outcomes.clone();
        tokio::spawn(async move {
            let password = match kept {
                None => password.known().cloned(),
                Some(kept) => kept.await.unwrap_or_else(|error| {
                    tracing::info!(%error, "the keyring gave no password for the address book");
                    None
                }),
            };
            let news = match password.clone() {
                None => Err(AddressBookError::NoPassword),
                Some(password) => fetched(settings, password, known, authority).await,
            };
            let asked = Asked {
                run,
                password,
                news,
            };
            // The engine is gone only when the program ends.
            let _ = outcomes.send(Outcome::AddressBook(Box::new(asked)));
        });
    }

    pub(super) fn on_asked(&mut self, asked: Asked) {
        if asked.run != self.address_book.run || self.address_book.stage != Stage::Asking {
            return;
        }
        self.address_book.password.found(asked.password);
        match asked.news {
            Ok(news) => {
                self.address_book.stage = Stage::Taking;
                self.keeper
                    .archive(ArchiveJob::TakeNews(news, SystemTime::now()));
            }
            Err(error) => self.failed(Trouble::Server(error)),
        }
        self.show_password_known();
    }

    pub(super) fn on_news_taken(&mut self, taken: Result<Taken, Problem>) {
        // The settings have changed meanwhile, and another run will say how it stands.
        if self.address_book.stage != Stage::Taking {
            return;
        }
        match taken {
            Ok(taken) => {
                let now = SystemTime::now();
                self.rest(Last::Well(now), AddressBookStage::UpToDate);
                self.shown.address_book.updated = Some(now);
                let changes = AddressBookChanges {
                    contacts: self.shown.address_book.contacts,
                    added: taken.added,
                    changed: taken.changed,
                    removed: taken.removed,
                };
                self.face.tell(Event::AddressBook(Ok(changes)));
            }
            Err(problem) => self.failed(Trouble::Archive(problem)),
        }
    }

    fn failed(&mut self, trouble: Trouble) {
        let problem = trouble.problem();
        let text = problem.text.clone();
        self.face.tell(Event::AddressBook(Err(text)));
        self.rest(trouble.last(), AddressBookStage::Failed(problem));
        self.address_book.trouble = Some(trouble);
    }

    /// Says what stands in the way in the language that is spoken.
    pub(super) fn say_address_book(&mut self) {
        if let (AddressBookStage::Failed(shown), Some(trouble)) = (
            &mut self.shown.address_book.stage,
            &self.address_book.trouble,
        ) {
            *shown = trouble.problem();
        }
    }

    fn rest(&mut self, last: Last, shown: AddressBookStage) {
        self.address_book.stage = Stage::Resting(last);
        self.address_book.due = last.next().map(|wait| Instant::now() + wait);
        if shown == AddressBookStage::Off {
            self.shown.address_book = AddressBookView::default();
        }
        self.shown.address_book.stage = shown;
        self.show_password_known();
    }

    fn show_password_known(&mut self) {
        let known = self.address_book.password.known().is_some();
        self.shown.address_book.password_known = known;
    }

    /// Counts the contacts that are copies. There are none where no server is asked: the switch may
    /// have been turned while no engine ran.
    pub(super) fn count_copies(&mut self) {
        let contacts = self.shown.contacts.iter();
        let copies = contacts.filter(|contact| contact.origin == ContactOrigin::AddressBook);
        let copies = copies.count();
        match self.address_book.settings.on {
            true => self.shown.address_book.contacts = copies,
            false if copies > 0 => self.keeper.archive(ArchiveJob::LeaveAddressBook),
            false => {}
        }
    }
}

/// The network may take its time.
async fn fetched(
    settings: AddressBookSettings,
    password: Password,
    known: Known,
    authority: Option<String>,
) -> Result<News, AddressBookError> {
    let fetching =
        tokio::task::spawn_blocking(move || network::fetch(&settings, &password, known, authority));
    fetching.await.unwrap_or_else(|error| {
        tracing::error!(%error, "the address book could not be fetched");
        Err(AddressBookError::Unreachable(error.to_string()))
    })
}

/// How often the server is asked by itself.
const EVERY: Duration = Duration::from_secs(3_600);
/// When it is asked again after a failure that may be over by then.
const SOON: Duration = Duration::from_secs(600);
/// What is not older need not be asked for again because the network was gone.
const FRESH: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_asked_again_by_itself_unless_the_user_has_something_to_mend() {
        let now = SystemTime::now();
        let ago = |seconds| Last::Well(now - Duration::from_secs(seconds));
        for (last, next, when_back) in [
            (ago(10), Some(EVERY), false),
            (ago(1_000), Some(EVERY), true),
            // The clock was set back.
            (Last::Well(now + EVERY), Some(EVERY), false),
            (Last::MayPass, Some(SOON), true),
            (Last::NeedsMending, None, false),
            (Last::Never, None, false),
        ] {
            assert_eq!(last.next(), next, "{last:?}");
            assert_eq!(last.asks_when_back(now), when_back, "{last:?}");
        }
    }
}
