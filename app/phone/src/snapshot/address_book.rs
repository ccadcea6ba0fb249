//! How it stands with the address book of a server.

use std::time::SystemTime;

use super::Problem;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AddressBookView {
    pub stage: AddressBookStage,
    /// How many contacts are from there.
    pub contacts: usize,
    /// When they were compared with the server last, also before this run.
    pub updated: Option<SystemTime>,
    /// Whether the password is known; the keyring may know it without that.
    pub password_known: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum AddressBookStage {
    #[default]
    Off,
    /// The server is being asked.
    Updating,
    UpToDate,
    /// It was asked in vain; what came from there before is still shown.
    Failed(Problem),
}
