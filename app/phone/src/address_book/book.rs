//! What is known of the server's address books, and what is new in them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use url::Url;

use crate::people::vcard::{self, Card};

/// What was taken from the server before, each book by its address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    pub books: BTreeMap<String, KnownBook>,
    /// When they were compared with the server last.
    pub updated: Option<SystemTime>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownBook {
    /// Stands for the state of the book at that time (RFC 6578).
    pub token: Option<String>,
    /// The version (`ETag`) of each card, by its address.
    pub cards: BTreeMap<String, String>,
}

/// What has to be done here to have what the server has. Books that are not in it are no more.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct News {
    pub books: Vec<BookNews>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookNews {
    pub address: String,
    /// `None` where all cards have to be compared the next time.
    pub token: Option<String>,
    /// New ones, and such as are different now.
    pub changed: Vec<CardNews>,
    /// Addresses of cards that are no more.
    pub removed: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardNews {
    pub address: String,
    pub etag: String,
    /// `None` for one of which nothing can be called: a group, or a mail address alone.
    pub card: Option<Card>,
}

/// A book of which is found out what is new in it.
#[derive(Debug)]
pub(super) struct Book {
    /// Ends with a slash, so that what lies in it begins with it.
    pub(super) place: Url,
    known: KnownBook,
    /// The token of the last time, unless everything has to be compared.
    since: Option<String>,
    token: Option<String>,
    /// What the server has listed, with its version.
    listed: BTreeMap<String, Wanted>,
    /// How many those were before they were compared.
    size: usize,
    changed: Vec<CardNews>,
    removed: BTreeSet<String>,
    /// Cards that were asked for and not answered.
    awaited: BTreeSet<String>,
}

/// A card that is to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) place: Url,
    etag: String,
}

impl Book {
    pub(super) fn new(mut place: Url) -> Self {
        if !place.path().ends_with('/') {
            let path = format!("{}/", place.path());
            place.set_path(&path);
        }
        Self {
            place,
            known: KnownBook::default(),
            since: None,
            token: None,
            listed: BTreeMap::new(),
            size: 0,
            changed: Vec::new(),
            removed: BTreeSet::new(),
            awaited: BTreeSet::new(),
        }
    }

    /// What was taken from it before.
    pub(super) fn remember(&mut self, known: Option<KnownBook>) {
        self.known = known.unwrap_or_default();
        self.since = self.known.token.clone();
    }

    /// Whether a place is that of a card in it.
    pub(super) fn holds(&self, place: &Url) -> bool {
        let path = place.path();
        path.len() > self.place.path().len() && path.starts_with(self.place.path())
    }

    pub(super) fn lists(&mut self, place: Url, etag: Option<String>) {
        let address = place.to_string();
        self.removed.remove(&address);
        let etag = etag.unwrap_or_default();
        self.listed.insert(address, Wanted { place, etag });
    }

    pub(super) fn lost(&mut self, place: &Url) {
        let address = place.to_string();
        self.listed.remove(&address);
        self.awaited.remove(&address);
        self.removed.insert(address);
    }

    /// Everything has to be compared. Whether there was a token that is of no use any more.
    pub(super) fn begin_anew(&mut self) -> bool {
        self.token = None;
        self.listed.clear();
        self.removed.clear();
        self.since.take().is_some()
    }

    /// The list stands for the book up to this token.
    pub(super) fn reached(&mut self, token: Option<String>) {
        self.token = token;
    }

    /// From which token on changes are asked for: a list that was cut off goes on from its own.
    pub(super) fn goes_on_from(&self) -> Option<&str> {
        self.token.as_deref().or(self.since.as_deref())
    }

    /// The list is complete. What is listed and not known as it is has to be fetched; where everything
    /// was listed, what is known and not listed is no more.
    pub(super) fn compare(&mut self) -> Vec<Wanted> {
        if self.since.is_none() {
            let gone = self.known.cards.keys();
            let gone = gone.filter(|address| !self.listed.contains_key(*address));
            self.removed.extend(gone.cloned());
        }
        // A version that the server does not tell is no version.
        let is_known = |address: &str, etag: &str| {
            !etag.is_empty() && self.known.cards.get(address).map(String::as_str) == Some(etag)
        };
        self.size = self.listed.len();
        let listed = std::mem::take(&mut self.listed);
        let wanted = listed
            .into_iter()
            .filter(|(address, wanted)| !is_known(address, &wanted.etag));
        let (addresses, wanted): (BTreeSet<String>, Vec<Wanted>) = wanted.unzip();
        self.awaited = addresses;
        wanted
    }

    /// How many cards the server has listed.
    pub(super) fn size(&self) -> usize {
        self.size.max(self.listed.len())
    }

    /// Takes a card that was asked for, once.
    pub(super) fn has(&mut self, place: &Url, etag: Option<String>, text: &str) {
        let address = place.to_string();
        if !self.awaited.remove(&address) {
            return;
        }
        self.changed.push(CardNews {
            address,
            etag: etag.unwrap_or_default(),
            card: vcard::read(text.as_bytes()).cards.into_iter().next(),
        });
    }

    pub(super) fn news(self) -> BookNews {
        let known = &self.known.cards;
        let removed = self.removed.into_iter();
        BookNews {
            // What was not answered would not be told of again.
            token: self.token.filter(|_| self.awaited.is_empty()),
            address: self.place.to_string(),
            changed: self.changed,
            removed: removed.filter(|it| known.contains_key(it)).collect(),
        }
    }
}
