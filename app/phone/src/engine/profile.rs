//! Preferences, the trace, and what the store says.

use std::path::PathBuf;

use super::obstacles::Obstacle;
use super::{Engine, Outcome};
use crate::command::Naming;
use crate::event::{Event, TraceExport};
use crate::portable::Portable;
use crate::settings::Settings;
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
            StoreReport::Failures(older) => self.recall_failures(&older),
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
            StoreReport::Known(run, known) => self.on_known(run, known),
            StoreReport::NewsTaken(taken) => self.on_news_taken(taken),
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
            StoreReport::ReportFailed { path, error } => {
                self.complain(words::report_file(&path, &error));
            }
            StoreReport::TraceFailed { path, error } => {
                self.complain(words::trace_file(&path, &error));
            }
            StoreReport::Failed(problem) => self.stands_in_the_way(Obstacle::Told(problem)),
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
        self.aside.address_book = None;
        self.show_kept();
        self.save();
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

    pub(super) fn export_trace(&mut self, file: Option<PathBuf>, naming: Naming) {
        let (messages, text) = match naming {
            Naming::AsSent => self.trace.export(),
            Naming::StandIns => self.trace.nameless(),
        };
        match file {
            Some(path) => self.keeper.write_trace(path, messages, text),
            None => self
                .face
                .tell(Event::Trace(TraceExport::Text { messages, text })),
        }
    }
}
