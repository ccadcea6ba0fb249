//! The fields of the address book of a server.

use hark_phone::AddressBookSettings;

/// What is typed, until it is saved or given up.
#[derive(Default)]
pub struct AddressBookForm {
    pub url: String,
    pub username: String,
    pub password: String,
    /// The fields are shown although the address book is on.
    pub open: bool,
    pub off_asked: bool,
    /// Come into view in the next frame.
    pub wants_view: bool,
    /// Why what is typed cannot be used.
    pub error: Option<String>,
    /// The settings that the fields were filled from.
    known: Option<AddressBookSettings>,
}

impl AddressBookForm {
    /// Fills the fields when the settings are others.
    pub fn follow(&mut self, kept: &AddressBookSettings) {
        if self.known.as_ref() != Some(kept) {
            self.fill(kept);
        }
    }

    /// Fills the fields whatever was typed, and closes them.
    pub fn fill(&mut self, kept: &AddressBookSettings) {
        *self = Self {
            url: kept.url.clone(),
            username: kept.username.clone(),
            known: Some(kept.clone()),
            wants_view: self.wants_view,
            ..Self::default()
        };
    }

    /// The settings in the fields. What has no field stays as it is.
    pub fn settings(&self, kept: &AddressBookSettings) -> AddressBookSettings {
        AddressBookSettings {
            on: true,
            url: self.url.trim().to_owned(),
            username: self.username.trim().to_owned(),
            ..kept.clone()
        }
    }
}

/// The password stays out of logs and panics.
impl std::fmt::Debug for AddressBookForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AddressBookForm").finish_non_exhaustive()
    }
}
