//! Following a 3xx: which contacts, in which order, how often (RFC 3261 §8.1.3.4).

use std::collections::VecDeque;

use crate::message::{NameAddr, Response, Scheme, Uri};

#[derive(Debug, Default)]
pub(super) struct Redirects {
    waiting: VecDeque<Uri>,
    tried: Vec<Uri>,
}

/// Where to go next.
#[derive(Debug, PartialEq)]
pub(super) enum NextTarget {
    Contact(Uri),
    /// Nothing is left to try.
    None,
    TooMany,
}

impl Redirects {
    /// Takes note of where an INVITE was sent, and of the contacts that it was sent on to. They
    /// come before those that an earlier redirection left over.
    pub(super) fn add(&mut self, from: &Uri, response: &Response) {
        if self.tried.is_empty() {
            self.tried.push(from.clone());
        }
        let values = response.headers.values("Contact").take(MAX_CONTACTS);
        let mut contacts: Vec<NameAddr> = values.filter_map(NameAddr::parse).collect();
        contacts.sort_by_key(|contact| std::cmp::Reverse(contact.q_thousandths()));
        for contact in contacts.into_iter().rev() {
            if is_callable(from, &contact.uri) {
                self.waiting.push_front(contact.uri);
            }
        }
    }

    pub(super) fn next(&mut self) -> NextTarget {
        while let Some(uri) = self.waiting.pop_front() {
            if self.tried.iter().any(|tried| tried.equivalent(&uri)) {
                continue;
            }
            // The first one that was tried is the target itself.
            if self.tried.len() > MAX_REDIRECTS {
                return NextTarget::TooMany;
            }
            self.tried.push(uri.clone());
            return NextTarget::Contact(uri);
        }
        NextTarget::None
    }
}

/// A call that was meant to be encrypted all the way stays so (RFC 3261 §8.1.3.4).
fn is_callable(from: &Uri, contact: &Uri) -> bool {
    match contact.scheme() {
        Scheme::Sips => true,
        Scheme::Sip | Scheme::Tel => *from.scheme() != Scheme::Sips,
        Scheme::Other(_) => false,
    }
}

/// More contacts than any redirection rightly names.
const MAX_CONTACTS: usize = 32;

/// How often a call is sent on before we give up.
const MAX_REDIRECTS: usize = 5;
