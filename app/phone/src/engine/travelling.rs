//! Settings that come from a file or a link, and that go into a file.

use std::path::PathBuf;

use super::{Engine, Outcome};
use crate::command::Then;
use crate::event::{Event, SettingsReading};
use crate::portable::{self, Document, LoadError, Manner, Origin, changes};
use crate::words;

/// A document as the blocking pool has found it.
#[derive(Debug)]
pub(super) struct Loaded {
    from: Origin,
    manner: Manner,
    then: Then,
    document: Result<Document, LoadError>,
}

impl Engine {
    pub(super) fn export_settings(&mut self, file: PathBuf) {
        match self.kept.portable().to_toml() {
            Ok(text) => self.keeper.export(file, text),
            Err(error) => self.complain(words::not_exported(&file, &error)),
        }
    }

    /// The network and the disk may take their time.
    pub(super) fn read_settings(&self, from: Origin, manner: Manner, then: Then) {
        let outcomes = self.outcomes.clone();
        let authority = self.only_authority.clone();
        tokio::task::spawn_blocking(move || {
            let document = portable::load(&from, authority.as_deref());
            let loaded = Loaded {
                from,
                manner,
                then,
                document,
            };
            // The engine is gone only when the program ends.
            let _ = outcomes.send(Outcome::Loaded(Box::new(loaded)));
        });
    }

    pub(super) fn on_settings_loaded(&mut self, loaded: Loaded) {
        let Loaded {
            from,
            manner,
            then,
            document,
        } = loaded;
        match document {
            Ok(document) => self.weigh_settings(Some(from), document, manner, then),
            Err(error) => self.complain(words::settings_not_loaded(&from, &error)),
        }
    }

    /// Says what a document changes, and changes it if that is wanted.
    pub(super) fn weigh_settings(
        &mut self,
        from: Option<Origin>,
        document: Document,
        manner: Manner,
        then: Then,
    ) {
        let old = self.kept.portable();
        let new = document.put_over(&old, manner);
        let new = self.administrator.hold(&new);
        if let Err(error) = new.check() {
            return self.complain(error.to_string());
        }
        let changes = changes(&old, &new);
        if then == Then::Apply {
            self.adopt(new);
        }
        self.face
            .tell(Event::SettingsRead(Box::new(SettingsReading {
                from,
                document,
                manner,
                changes,
                then,
            })));
    }
}
