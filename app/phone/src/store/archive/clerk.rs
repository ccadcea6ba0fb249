//! Does what is asked of the archive, one job after the other, and tells what it shows afterwards.

use jiff::tz::TimeZone;

use super::{Archive, NewEntry};
use crate::snapshot::{HistoryQuestion, Problem};
use crate::store::StoreReport;

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
        let first = clerk.calls_after(Ok(()));
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
        }
    }

    /// What is shown of the calls after a change.
    fn calls_after(&mut self, change: Result<(), Problem>) -> Vec<StoreReport> {
        let recent = change.and_then(|()| self.archive.recent_calls());
        let recent = told(recent, StoreReport::History);
        std::iter::once(recent).chain(self.list()).collect()
    }

    fn list(&mut self) -> Option<StoreReport> {
        let question = self.listed.as_ref()?;
        let list = self.archive.list_calls(question, &TimeZone::system());
        Some(told(list, StoreReport::HistoryList))
    }
}

fn told<T>(done: Result<T, Problem>, report: impl FnOnce(T) -> StoreReport) -> StoreReport {
    done.map_or_else(StoreReport::Failed, report)
}
