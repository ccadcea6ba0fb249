//! From what the user has named to the address books: RFC 6764 §6 and RFC 6352 §7.1.
//!
//! Deviation: DNS is not asked for servers (RFC 6764 §3), because whoever answers it would name the host
//! that is given the password.

use url::Url;

use super::error::AddressBookError;
use super::multistatus::{Item, Kind, Multistatus};
use super::server::Server;

/// A place that is looked at, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) url: Url,
    pub(super) clue: Clue,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clue {
    /// Only the server was named, and this place leads on (RFC 6764 §5).
    WellKnown,
    /// It did not lead on.
    Root,
    /// The user has named it.
    Typed,
    /// The server says that it stands for the user.
    Principal,
}

/// What a look has brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// The place is an address book itself.
    Book { url: Url, tells_changes: bool },
    /// Address books lie in these.
    Homes(Vec<Url>),
    /// Look there next.
    Look(Look),
}

impl Look {
    pub(super) fn first(server: &Server) -> Self {
        match server.is_bare() {
            true => Self {
                url: server.at("/.well-known/carddav"),
                clue: Clue::WellKnown,
            },
            false => Self {
                url: server.place().clone(),
                clue: Clue::Typed,
            },
        }
    }

    /// Where to go on when the server says nothing of this place.
    pub(super) fn refused(&self, server: &Server) -> Option<Self> {
        match self.clue {
            Clue::WellKnown => Some(Self {
                url: server.at("/"),
                clue: Clue::Root,
            }),
            Clue::Root | Clue::Typed | Clue::Principal => None,
        }
    }

    /// What is said of the place.
    pub(super) fn found(
        &self,
        server: &Server,
        answer: Multistatus,
    ) -> Result<Finding, AddressBookError> {
        let item = answer.items.into_iter().next().unwrap_or_default();
        if let Some(book) = book(server, &self.url, &item)? {
            return Ok(book);
        }
        let homes = item.known.home_sets.iter();
        let homes = homes.map(|home| server.follow(&self.url, home));
        let homes = homes.collect::<Result<Vec<_>, _>>()?;
        if !homes.is_empty() {
            return Ok(Finding::Homes(homes));
        }
        let principal = item
            .known
            .principal
            .filter(|_| self.clue != Clue::Principal);
        match (principal, self.refused(server)) {
            (Some(principal), _) => Ok(Finding::Look(Self {
                url: server.follow(&self.url, &principal)?,
                clue: Clue::Principal,
            })),
            (None, Some(next)) => Ok(Finding::Look(next)),
            // It may be such a home itself.
            (None, None) => Ok(Finding::Homes(vec![self.url.clone()])),
        }
    }
}

/// The address books that lie in a place.
pub(super) fn books(
    server: &Server,
    home: &Url,
    answer: &Multistatus,
) -> Result<Vec<Finding>, AddressBookError> {
    let books = answer.items.iter().map(|item| book(server, home, item));
    books.filter_map(Result::transpose).collect()
}

fn book(server: &Server, from: &Url, item: &Item) -> Result<Option<Finding>, AddressBookError> {
    if !item.known.kinds.contains(&Kind::AddressBook) {
        return Ok(None);
    }
    Ok(Some(Finding::Book {
        url: server.follow(from, &item.href)?,
        tells_changes: item.known.tells_changes,
    }))
}
