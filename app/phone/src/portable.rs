//! Settings that travel: from one computer to another, and from an administrator to many users. No
//! secret is in here.
//!
//! [`Portable`] is all that travels. A [`Document`] is the TOML file that carries some of it, and is put
//! over what is there in one of two [`Manner`]s. [`changes`] says what that does before it is done.

mod change;
mod document;
mod fetch;
mod keys;
mod locks;
mod offline;
mod origin;

use serde::{Deserialize, Serialize};

use crate::account::AccountError;
use crate::address_book::AddressBookError;
use crate::policy::RulesError;
use crate::settings::{AccountSettings, AudioSettings, RingRules, Settings};

pub use change::{Change, Place, Value, changes};
pub(crate) use document::MAX_BYTES;
pub use document::{Document, DocumentError, KeyAt, Manner};
pub use fetch::FetchError;
pub(crate) use fetch::fetch;
pub use keys::keys;
pub use locks::Locks;
pub use offline::{Kept, KeptError, LoadError, load};
pub use origin::{Origin, OriginError};

/// Everything that the user set and that means the same on another computer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Portable {
    pub settings: Settings,
    pub audio: AudioSettings,
    pub who_rings: RingRules,
    /// In the order of the user; the first one is used where nothing else is said.
    #[serde(rename = "account")]
    pub accounts: Vec<AccountSettings>,
}

/// Why settings cannot be used, in words for the user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnusableSettings {
    #[error("{address}: {error}")]
    Account {
        address: String,
        error: AccountError,
    },
    #[error(transparent)]
    Rules(#[from] RulesError),
    #[error(transparent)]
    AddressBook(#[from] AddressBookError),
}

impl Portable {
    /// The file that carries all of this.
    ///
    /// # Errors
    /// A path that is not Unicode cannot stand in a text file.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        let body = toml::to_string_pretty(self)?;
        Ok(format!("version = {}\n\n{body}", document::VERSION))
    }

    /// Whether a phone can work with this.
    ///
    /// # Errors
    /// With the first thing that has to be mended.
    pub fn check(&self) -> Result<(), UnusableSettings> {
        for account in &self.accounts {
            account.check().map_err(|error| UnusableSettings::Account {
                address: account.address.clone(),
                error,
            })?;
            self.who_rings.check(account)?;
        }
        self.settings.address_book.check()?;
        Ok(())
    }

    /// The account with this address.
    pub(crate) fn account(&self, address: &str) -> Option<&AccountSettings> {
        let mut accounts = self.accounts.iter();
        accounts.find(|account| account.has_address(address))
    }
}

#[cfg(test)]
mod tests;
