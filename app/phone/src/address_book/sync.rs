//! What is asked of the server next, and what its answer means: from what the user typed to what has
//! changed since the last time.
//!
//! ```text
//! look at the place, follow it to the user's principal and his address books      discovery
//! for each book: what has changed since the token (RFC 6578), or a list of all    book
//! for each batch of cards that are new or different: fetch them                   book
//! ```
//!
//! It does no IO. Every request goes to the server that the user has named, and there are not more of
//! them than [`MAX_REQUESTS`].

use std::collections::VecDeque;

use hark_sip::auth::Challenge;
use url::Url;

use super::book::{Book, Known, News, Wanted};
use super::discovery::{self, Finding, Look};
use super::error::AddressBookError;
use super::multistatus::{self, Item, Kind, Multistatus};
use super::request::{self, Answer, Depth, Request};
use super::server::Server;
use super::sign_in::takes_passwords;

/// One run.
#[derive(Debug)]
pub struct Sync {
    server: Server,
    known: Known,
    books: Vec<Book>,
    todo: VecDeque<Task>,
    /// What the request was for that is not answered.
    asked: Option<Task>,
    requests: usize,
    /// In a row.
    redirects: usize,
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    Ask(Request),
    Done(News),
    Failed(AddressBookError),
}

/// A request and what it is for. A number is that of a book.
#[derive(Debug, Clone)]
enum Task {
    Look(Look),
    /// Find the books in a place.
    Search(Url),
    Changes(usize, Url),
    List(usize, Url),
    Cards(usize, Url, Vec<Wanted>),
}

type Done = Result<(), AddressBookError>;

impl Sync {
    /// Begins with the first request. `known` is what was taken from this server before.
    pub fn begin(server: Server, known: Known) -> (Self, Request) {
        let first = Task::Look(Look::first(&server));
        let request = first.request(&[]);
        let sync = Self {
            server,
            known,
            books: Vec::new(),
            todo: VecDeque::new(),
            asked: Some(first),
            requests: 1,
            redirects: 0,
        };
        (sync, request)
    }

    /// Takes the answer to the last request.
    pub fn answer(&mut self, answer: &Answer) -> Step {
        let Some(task) = self.asked.take() else {
            // News without books would mean that all of them are gone.
            return Step::Failed(AddressBookError::NoAddressBook);
        };
        match self.take(task, answer).and_then(|()| self.next()) {
            Ok(step) => step,
            Err(error) => Step::Failed(error),
        }
    }

    fn next(&mut self) -> Result<Step, AddressBookError> {
        let Some(task) = self.todo.pop_front() else {
            if self.books.is_empty() {
                return Err(AddressBookError::NoAddressBook);
            }
            let books = self.books.drain(..).map(Book::news).collect();
            return Ok(Step::Done(News { books }));
        };
        self.requests += 1;
        if self.requests > MAX_REQUESTS {
            return Err(AddressBookError::TooLarge);
        }
        let request = task.request(&self.books);
        self.asked = Some(task);
        Ok(Step::Ask(request))
    }

    fn take(&mut self, task: Task, answer: &Answer) -> Done {
        match answer.status {
            MULTISTATUS => {
                self.redirects = 0;
                let answer = multistatus::read(&answer.body)?;
                self.take_multistatus(task, answer)
            }
            301 | 302 | 303 | 307 | 308 => self.redirect(task, answer),
            401 => Err(refused_sign_in(&answer.challenges)),
            status => {
                self.redirects = 0;
                self.take_refusal(task, status)
            }
        }
    }

    fn take_multistatus(&mut self, task: Task, answer: Multistatus) -> Done {
        match task {
            Task::Look(look) => {
                let finding = look.found(&self.server, answer)?;
                self.go_on(finding)
            }
            Task::Search(home) => {
                let books = discovery::books(&self.server, &home, &answer)?;
                books.into_iter().try_for_each(|book| self.go_on(book))
            }
            Task::Changes(number, url) => self.take_changes(number, url, answer),
            Task::List(number, url) => self.take_list(number, &url, answer),
            Task::Cards(number, url, _) => self.take_cards(number, &url, answer),
        }
    }

    fn go_on(&mut self, finding: Finding) -> Done {
        match finding {
            Finding::Look(look) => self.todo.push_back(Task::Look(look)),
            Finding::Homes(homes) => self.todo.extend(homes.into_iter().map(Task::Search)),
            Finding::Book { url, tells_changes } => self.add(url, tells_changes)?,
        }
        Ok(())
    }

    fn add(&mut self, url: Url, tells_changes: bool) -> Done {
        let mut book = Book::new(url);
        if self.books.iter().any(|other| other.place == book.place) {
            return Ok(());
        }
        let (number, place) = (self.books.len(), book.place.clone());
        if number == MAX_BOOKS {
            return Err(AddressBookError::TooLarge);
        }
        book.remember(self.known.books.remove(place.as_str()));
        if !tells_changes {
            book.begin_anew();
        }
        self.books.push(book);
        self.todo.push_back(match tells_changes {
            true => Task::Changes(number, place),
            false => Task::List(number, place),
        });
        Ok(())
    }

    fn take_changes(&mut self, number: usize, url: Url, answer: Multistatus) -> Done {
        let server = &self.server;
        let Some(book) = self.books.get_mut(number) else {
            return Ok(());
        };
        let mut is_cut_off = false;
        for Item {
            href,
            status,
            known,
        } in answer.items
        {
            let Ok(place) = server.follow(&url, &href) else {
                continue;
            };
            match status {
                // RFC 6578 §3.6.
                Some(INSUFFICIENT_STORAGE) if !book.holds(&place) => is_cut_off = true,
                Some(NOT_FOUND | GONE) => book.lost(&place),
                Some(_) | None if book.holds(&place) => book.lists(place, known.etag),
                Some(_) | None => {}
            }
        }
        let moved = answer.token.is_some() && answer.token.as_deref() != book.goes_on_from();
        match (is_cut_off, moved) {
            (false, _) => {
                book.reached(answer.token);
                self.fetch(number)
            }
            (true, true) => {
                book.reached(answer.token);
                self.todo.push_front(Task::Changes(number, url));
                self.check_size()
            }
            // It would be cut off at the same place again.
            (true, false) => {
                book.begin_anew();
                self.todo.push_front(Task::List(number, url));
                Ok(())
            }
        }
    }

    fn take_list(&mut self, number: usize, url: &Url, answer: Multistatus) -> Done {
        let server = &self.server;
        let Some(book) = self.books.get_mut(number) else {
            return Ok(());
        };
        // What a list leaves out is taken for gone, so that it has to be a whole one: at depth 1 the
        // book itself is in it.
        if answer.items.is_empty() {
            return Err(AddressBookError::NotUnderstood("an empty list".into()));
        }
        for Item {
            href,
            status,
            known,
        } in answer.items
        {
            if status == Some(INSUFFICIENT_STORAGE) {
                return Err(AddressBookError::TooLarge);
            }
            let Ok(place) = server.follow(url, &href) else {
                continue;
            };
            if book.holds(&place) && !known.kinds.contains(&Kind::Collection) {
                book.lists(place, known.etag);
            }
        }
        self.fetch(number)
    }

    /// Asks for what is new or different, in batches.
    fn fetch(&mut self, number: usize) -> Done {
        self.check_size()?;
        let Some(book) = self.books.get_mut(number) else {
            return Ok(());
        };
        let wanted = book.compare();
        let place = book.place.clone();
        for batch in wanted.chunks(BATCH) {
            let task = Task::Cards(number, place.clone(), batch.to_vec());
            self.todo.push_back(task);
        }
        Ok(())
    }

    fn check_size(&self) -> Done {
        let cards: usize = self.books.iter().map(Book::size).sum();
        match cards > MAX_CARDS {
            true => Err(AddressBookError::TooLarge),
            false => Ok(()),
        }
    }

    fn take_cards(&mut self, number: usize, url: &Url, answer: Multistatus) -> Done {
        let server = &self.server;
        let Some(book) = self.books.get_mut(number) else {
            return Ok(());
        };
        for Item {
            href,
            status,
            known,
        } in answer.items
        {
            let Ok(place) = server.follow(url, &href) else {
                continue;
            };
            match (status, known.card) {
                (Some(NOT_FOUND | GONE), _) => book.lost(&place),
                (_, Some(card)) => book.has(&place, known.etag, &card),
                (_, None) => {}
            }
        }
        Ok(())
    }

    /// The server does not do this.
    fn take_refusal(&mut self, task: Task, status: u16) -> Done {
        match task {
            Task::Look(look) => match look.refused(&self.server) {
                Some(next) => self.todo.push_front(Task::Look(next)),
                None => return Err(refusal(status)),
            },
            Task::Search(_) | Task::List(..) | Task::Cards(..) => return Err(refusal(status)),
            Task::Changes(..) if is_passing(status) => return Err(refusal(status)),
            Task::Changes(number, url) => {
                let book = self.books.get_mut(number);
                let had_token = book.is_some_and(Book::begin_anew);
                self.todo.push_front(match had_token {
                    true => Task::Changes(number, url),
                    false => Task::List(number, url),
                });
            }
        }
        Ok(())
    }

    fn redirect(&mut self, mut task: Task, answer: &Answer) -> Done {
        self.redirects += 1;
        let Some(location) = answer.location.as_deref() else {
            return Err(AddressBookError::Status(answer.status));
        };
        if self.redirects > MAX_REDIRECTS {
            return Err(AddressBookError::LeadsOn);
        }
        let url = task.url_mut();
        *url = self.server.follow(url, location)?;
        self.todo.push_front(task);
        Ok(())
    }
}

impl Task {
    fn request(&self, books: &[Book]) -> Request {
        match self {
            Self::Look(look) => request::look(look.url.clone(), Depth::Zero),
            Self::Search(home) => request::look(home.clone(), Depth::One),
            Self::Changes(number, url) => {
                let token = books.get(*number).and_then(Book::goes_on_from);
                request::changes(url.clone(), token)
            }
            Self::List(_, url) => request::list(url.clone()),
            Self::Cards(_, url, wanted) => {
                request::cards(url.clone(), wanted.iter().map(|wanted| &wanted.place))
            }
        }
    }

    fn url_mut(&mut self) -> &mut Url {
        match self {
            Self::Look(look) => &mut look.url,
            Self::Search(url)
            | Self::Changes(_, url)
            | Self::List(_, url)
            | Self::Cards(_, url, _) => url,
        }
    }
}

/// By a server that knows the user's password, or wants another proof than one by it.
fn refused_sign_in(challenges: &[String]) -> AddressBookError {
    let is_digest = |challenge: &String| Challenge::parse(challenge).is_some();
    match takes_passwords(challenges) || challenges.iter().any(is_digest) {
        true => AddressBookError::WrongPassword,
        false => AddressBookError::OtherSignIn,
    }
}

fn refusal(status: u16) -> AddressBookError {
    match status {
        403 => AddressBookError::Forbidden,
        status if is_passing(status) => AddressBookError::Status(status),
        _ => AddressBookError::NoAddressBook,
    }
}

/// Whether the server is in trouble, or busy, rather than asked for what it does not do.
fn is_passing(status: u16) -> bool {
    match status {
        501 | INSUFFICIENT_STORAGE => false,
        429 | 500..=599 => true,
        _ => false,
    }
}

const MULTISTATUS: u16 = 207;
const NOT_FOUND: u16 = 404;
const GONE: u16 = 410;
const INSUFFICIENT_STORAGE: u16 = 507;

/// A server that was moved leads on once or twice.
const MAX_REDIRECTS: usize = 5;
/// Cards of one request.
const BATCH: usize = 50;
/// Of all books together.
const MAX_CARDS: usize = 20_000;
const MAX_BOOKS: usize = 32;
/// Enough for all of them, with lists that are cut off.
pub const MAX_REQUESTS: usize = 1_000;

#[cfg(test)]
mod tests;
