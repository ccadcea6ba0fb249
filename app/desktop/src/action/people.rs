//! What the user does in the People tab.

use std::path::PathBuf;

use hark_phone::Favourite;
use hark_phone::people::vcard;
use hark_phone::snapshot::{HistoryFilter, HistoryQuestion};

use crate::state::{ContactPage, PeoplePart};

#[derive(Debug, Clone)]
pub enum PeopleAction {
    Show(PeoplePart),
    /// Have these calls listed.
    List(HistoryQuestion),
    FilterCalls(HistoryFilter),
    RemoveCall {
        id: i64,
        title: String,
    },
    /// Take back what was removed last.
    Undo,
    /// What was done has been read.
    DismissNews,
    /// Go to another page of the contacts, or back to the list.
    Turn(ContactPage),
    /// Write somebody down whose name and address are known.
    Write {
        name: String,
        address: String,
    },
    /// Change what is known of a contact.
    Change(i64),
    /// Keep what stands in the form.
    Keep,
    Star(i64, Favourite),
    RemoveContact {
        id: i64,
        name: String,
    },
    /// Take over the file that was typed.
    Import,
    /// Take over a file that was dropped on the window.
    ImportDropped(PathBuf),
    Export(vcard::Version),
}
