//! Does what is asked of the archive, one job after the other, and tells what it shows afterwards.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use jiff::tz::TimeZone;

use super::{Archive, NewEntry};
use crate::address_book::News;
use crate::command::IfTaken;
use crate::people::{ContactCard, Home, vcard};
use crate::snapshot::{Failure, HistoryQuestion, Problem};
use crate::store::{StoreReport, config};

#[derive(Debug)]
pub(crate) enum ArchiveJob {
    /// Keep a call that has ended.
    Record(NewEntry),
    RemoveCall(i64),
    /// Bring the call back that was removed last.
    RestoreCall,
    ClearCalls,
    /// The missed calls have been seen.
    MarkCallsSeen,
    /// Show this list, and again after each change.
    List(HistoryQuestion),
    /// Answer this once.
    LookUp(HistoryQuestion),
    /// Take numbers for those of this home from here on.
    Settle(Home),
    /// Write a new contact down, or change the one with this number.
    KeepContact(Option<i64>, ContactCard),
    RemoveContact(i64),
    /// Bring the contact back that was removed last.
    RestoreContact,
    SetFavourite(i64, Favourite),
    ImportContacts(PathBuf),
    ExportContacts(PathBuf, vcard::Version, IfTaken),
    /// Tell what was taken from the address book's server before. The number comes back with the
    /// answer.
    TellKnown(u64),
    /// Bring the copies of its contacts up to date, as of this time.
    TakeNews(News, SystemTime),
    /// Forget all of them.
    LeaveAddressBook,
    /// Keep this list of what went wrong in place of the one of before.
    KeepFailures(Arc<[Failure]>),
}

/// Whether a contact is one of the favourites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Favourite {
    Yes,
    No,
}

#[derive(Debug)]
pub(in crate::store) struct Clerk {
    archive: Archive,
    /// The list that is shown.
    listed: Option<HistoryQuestion>,
}

impl Clerk {
    /// With what is to be told first.
    pub(in crate::store) fn new(archive: Archive) -> (Self, Vec<StoreReport>) {
        let mut clerk = Self {
            archive,
            listed: None,
        };
        let mut first = clerk.calls_after(Ok(()));
        first.push(StoreReport::Failures(clerk.failures()));
        (clerk, first)
    }

    pub(in crate::store) fn work(&mut self, job: ArchiveJob) -> Vec<StoreReport> {
        let archive = &mut self.archive;
        match job {
            ArchiveJob::Record(entry) => {
                let done = archive.record(&entry);
                self.calls_after(done)
            }
            ArchiveJob::RemoveCall(id) => {
                let done = archive.remove_call(id);
                self.calls_after(done)
            }
            ArchiveJob::RestoreCall => {
                let done = archive.restore_call();
                self.calls_after(done)
            }
            ArchiveJob::ClearCalls => {
                let done = archive.clear_calls();
                self.calls_after(done)
            }
            ArchiveJob::MarkCallsSeen => {
                let done = archive.mark_calls_seen();
                self.calls_after(done)
            }
            ArchiveJob::List(question) => {
                self.listed = Some(question);
                Vec::from_iter(self.list())
            }
            ArchiveJob::LookUp(question) => {
                let found = archive.list_calls(&question, &TimeZone::system());
                vec![told(found, StoreReport::LookedUp)]
            }
            ArchiveJob::Settle(home) => {
                let done = archive.settle(home);
                self.contacts_after(done)
            }
            ArchiveJob::KeepContact(id, card) => {
                let done = archive.keep_contact(id, card);
                self.contacts_after(done)
            }
            ArchiveJob::RemoveContact(id) => {
                let done = archive.remove_contact(id);
                self.contacts_after(done)
            }
            ArchiveJob::RestoreContact => {
                let done = archive.restore_contact();
                self.contacts_after(done)
            }
            ArchiveJob::SetFavourite(id, favourite) => {
                let done = archive.set_favourite(id, favourite == Favourite::Yes);
                self.contacts_after(done)
            }
            ArchiveJob::ImportContacts(path) => self.import(path),
            ArchiveJob::ExportContacts(path, version, if_taken) => {
                vec![self.export(path, version, if_taken)]
            }
            ArchiveJob::TellKnown(run) => vec![StoreReport::Known(run, archive.known_books())],
            ArchiveJob::TakeNews(news, now) => {
                let taken = archive.take_news(&news);
                let taken = taken.and_then(|taken| archive.note_update(now).map(|()| taken));
                let mut reports = self.contacts_after(Ok(()));
                reports.push(StoreReport::NewsTaken(taken));
                reports
            }
            ArchiveJob::LeaveAddressBook => {
                let done = archive.leave_books();
                self.contacts_after(done)
            }
            ArchiveJob::KeepFailures(failures) => {
                self.keep_failures(&failures);
                vec![]
            }
        }
    }

    /// To report that it did not go well would be one more failure to keep, and so on without an end.
    fn keep_failures(&mut self, failures: &[Failure]) {
        if let Err(error) = self.archive.keep_failures(failures) {
            tracing::warn!(%error, "what went wrong last is not kept");
        }
    }

    fn failures(&self) -> Arc<[Failure]> {
        self.archive.failures().unwrap_or_else(|error| {
            tracing::warn!(%error, "what went wrong last cannot be read");
            Arc::default()
        })
    }

    /// What is shown of the calls after a change.
    fn calls_after(&mut self, change: Result<(), Problem>) -> Vec<StoreReport> {
        let recent = change.and_then(|()| self.archive.recent_calls());
        let recent = told(recent, StoreReport::History);
        std::iter::once(recent).chain(self.list()).collect()
    }

    /// Names of contacts are those of calls, too.
    fn contacts_after(&mut self, change: Result<(), Problem>) -> Vec<StoreReport> {
        if let Err(problem) = change {
            return vec![StoreReport::Failed(problem)];
        }
        let book = StoreReport::Book(Arc::clone(self.archive.book()));
        let calls = self.calls_after(Ok(()));
        std::iter::once(book).chain(calls).collect()
    }

    fn list(&mut self) -> Option<StoreReport> {
        let question = self.listed.as_ref()?;
        let list = self.archive.list_calls(question, &TimeZone::system());
        Some(told(list, StoreReport::HistoryList))
    }

    fn import(&mut self, path: PathBuf) -> Vec<StoreReport> {
        let file = match read(&path) {
            Ok(file) => file,
            Err(error) => return vec![StoreReport::ContactsFileFailed { path, error }],
        };
        let vcard::Cards { cards, skipped } = vcard::read(&file);
        let imported = match self.archive.import(cards) {
            Ok(imported) => imported,
            Err(problem) => return vec![StoreReport::Failed(problem)],
        };
        let mut reports = self.contacts_after(Ok(()));
        reports.push(StoreReport::ContactsImported {
            path,
            added: imported.added,
            changed: imported.changed,
            skipped,
        });
        reports
    }

    fn export(&self, path: PathBuf, version: vcard::Version, if_taken: IfTaken) -> StoreReport {
        let cards = match self.archive.cards() {
            Ok(cards) => cards,
            Err(problem) => return StoreReport::Failed(problem),
        };
        let contacts = cards.len();
        let text = vcard::write(&cards, version);
        let written = match if_taken {
            IfTaken::Replace => {
                config::write_private(&path, text.as_bytes()).map(|()| path.clone())
            }
            IfTaken::Number => write_beside(&path, text.as_bytes()),
        };
        match written {
            Ok(path) => StoreReport::ContactsExported { path, contacts },
            Err(error) => StoreReport::ContactsFileFailed { path, error },
        }
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = Vec::new();
    let length = File::open(path)?
        .take(MAX_FILE + 1)
        .read_to_end(&mut file)?;
    match length as u64 > MAX_FILE {
        true => Err(io::ErrorKind::FileTooLarge.into()),
        false => Ok(file),
    }
}

/// Writes a file of this name, or of one with a number behind it, and returns which.
fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let (stem, extension) = (path.file_stem(), path.extension());
    let [stem, extension] = [stem, extension].map(|it| it.unwrap_or_default().to_string_lossy());
    let numbered = (2..=MOST_EXPORTS).map(|n| format!("{stem} ({n}).{extension}"));
    let numbered = numbered.map(|name| path.with_file_name(name));
    let (path, mut file) = config::create_free(std::iter::once(path.to_owned()).chain(numbered))?;
    file.write_all(bytes)?;
    Ok(path)
}

fn told<T>(done: Result<T, Problem>, report: impl FnOnce(T) -> StoreReport) -> StoreReport {
    done.map_or_else(StoreReport::Failed, report)
}

/// Exports that lie side by side.
const MOST_EXPORTS: u32 = 1_000;

/// Bytes of a file of vCards: room for 100,000 of them, or for some thousands with pictures.
const MAX_FILE: u64 = 256 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_overwrites_only_what_was_named() {
        let folder = tempfile::tempdir().unwrap();
        let (archive, _) = Archive::open(None);
        let (mut clerk, _) = Clerk::new(archive);
        let mut export = |name: &str, if_taken| {
            let (path, version) = (folder.path().join(name), vcard::Version::V3);
            let reports = clerk.work(ArchiveJob::ExportContacts(path, version, if_taken));
            let [StoreReport::ContactsExported { path, .. }] = reports.as_slice() else {
                panic!("{reports:?}");
            };
            path.strip_prefix(folder.path())
                .unwrap()
                .display()
                .to_string()
        };
        for (name, if_taken, written) in [
            ("contacts.vcf", IfTaken::Number, "contacts.vcf"),
            ("contacts.vcf", IfTaken::Number, "contacts (2).vcf"),
            ("contacts.vcf", IfTaken::Replace, "contacts.vcf"),
            ("contacts.vcf", IfTaken::Number, "contacts (3).vcf"),
        ] {
            assert_eq!(export(name, if_taken), written);
        }
    }
}
