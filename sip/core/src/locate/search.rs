//! One server after the other: which were tried in vain, where we are, and which would be better
//! (RFC 3263 §4.3).

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use super::question::{Answer, Question};
use super::{Locator, Next, Place};
use crate::account::Account;
use crate::ids::IdSource;
use crate::registration::Trouble;

/// The search for a server, from the first lookup to the last place left.
#[derive(Debug, Default)]
pub(crate) struct Search {
    /// The search that goes on, and those that follow: a redirection may name several servers.
    locators: VecDeque<Locator>,
    /// Where the last flow was to lead.
    current: Option<Place>,
    /// What comes before the search goes on: the other addresses of a place that has refused us,
    /// and the place that a better one has taken the place of.
    rest: VecDeque<Place>,
    /// Places that were tried in vain, best first.
    passed: Vec<Place>,
    /// What was last answered to each question, for the time when nobody answers: the server is
    /// most likely still where it was.
    remembered: BTreeMap<Question, Answer>,
    /// Servers that have asked for patience, and until when.
    resting: Vec<(SocketAddr, Instant)>,
    /// The most telling failure so far.
    trouble: Option<Trouble>,
    dns_failed: bool,
}

impl Search {
    /// Begins anew, with what the account says.
    pub(crate) fn begin(&mut self, account: &Account) {
        self.follow([Locator::new(&account.registrar, account.address.host())]);
        self.passed.clear();
        self.trouble = None;
    }

    /// Goes on with other servers than those that DNS would still name.
    pub(crate) fn follow(&mut self, locators: impl IntoIterator<Item = Locator>) {
        self.locators = locators.into_iter().collect();
        self.current = None;
        self.rest.clear();
        self.dns_failed = false;
    }

    /// Lets no server rest: a person does not want to wait.
    pub(crate) fn forgive(&mut self) {
        self.resting.clear();
    }

    /// Takes an answer; `true` if the search can go on with it.
    pub(crate) fn answer(&mut self, question: Question, answer: Answer) -> bool {
        let Some(locator) = self.locators.front_mut() else {
            return false;
        };
        let answer = match (answer, self.remembered.get(&question)) {
            (Answer::Failed, Some(remembered)) => remembered.clone(),
            (answer, _) => answer,
        };
        let wanted = locator.answer(question.clone(), answer.clone());
        if wanted {
            self.remember(question, answer);
        }
        wanted
    }

    fn remember(&mut self, question: Question, answer: Answer) {
        let is_known = self.remembered.contains_key(&question);
        match answer {
            Answer::Failed => {}
            Answer::Nothing => {
                self.remembered.remove(&question);
            }
            Answer::Naptr(_) | Answer::Srv(_) | Answer::Addresses(_) => {
                if is_known || self.remembered.len() < MAX_REMEMBERED {
                    self.remembered.insert(question, answer);
                }
            }
        }
    }

    /// Goes on.
    pub(crate) fn next(&mut self, now: Instant, ids: &mut IdSource) -> Next {
        self.resting.retain(|(_, until)| *until > now);
        loop {
            let next = match (self.rest.pop_front(), self.locators.front_mut()) {
                (Some(rest), _) => Next::Try(rest),
                (None, Some(locator)) => locator.next(ids),
                (None, None) => return Next::Exhausted,
            };
            match next {
                Next::Try(place) => {
                    if let Some(place) = self.without_resting(place) {
                        self.current = Some(place.clone());
                        return Next::Try(place);
                    }
                }
                Next::Ask(questions) => return Next::Ask(questions),
                Next::Exhausted => {
                    let ended = self.locators.pop_front();
                    self.dns_failed |= ended.is_some_and(|locator| locator.dns_failed);
                }
            }
        }
    }

    /// Whether another server may be left to try than the one at this address.
    pub(crate) fn has_more(&self, serving: IpAddr) -> bool {
        let others = |place: &Place| place.target.addresses.len() > position(place, serving) + 1;
        self.current.as_ref().is_some_and(others)
            || !self.rest.is_empty()
            || self.locators.len() > 1
            || self.locators.front().is_some_and(Locator::has_more)
    }

    /// Nothing answers at the current place.
    pub(crate) fn failed(&mut self, trouble: Trouble) {
        self.passed.extend(self.current.take());
        self.note(trouble);
    }

    /// A server has answered, but will not or cannot serve us, perhaps until some time.
    pub(crate) fn refused(&mut self, by: SocketAddr, until: Option<Instant>, trouble: Trouble) {
        if let Some(until) = until {
            let surplus = self.resting.len().saturating_sub(MAX_RESTING - 1);
            self.resting.drain(..surplus);
            self.resting.push((by, until));
        }
        if let Some(mut place) = self.current.take() {
            let at = position(&place, by.ip());
            let others = place
                .target
                .addresses
                .split_off((at + 1).min(place.target.addresses.len()));
            let mut rest = place.clone();
            rest.target.addresses = others;
            if !rest.target.addresses.is_empty() {
                self.rest.push_front(rest);
            }
            self.passed.push(place);
        }
        self.note(trouble);
    }

    /// What a person is told when nothing is left to try.
    pub(crate) fn trouble(&mut self) -> Option<Trouble> {
        self.trouble.take()
    }

    /// Whether names could not be looked up.
    pub(crate) fn dns_failed(&self) -> bool {
        self.dns_failed || self.locators.front().is_some_and(|own| own.dns_failed)
    }

    /// The places that would be better than the one that serves us at this address: those of a
    /// lower rank, and the addresses before it.
    pub(crate) fn better(&self, serving: IpAddr) -> Vec<Place> {
        let Some(current) = &self.current else {
            return Vec::new();
        };
        let same_host = |place: &&Place| place.target.host == current.target.host;
        let mut better: Vec<Place> = self
            .passed
            .iter()
            .filter(|place| place.rank < current.rank || same_host(place))
            .cloned()
            .collect();
        let mut before = current.clone();
        before.target.addresses.truncate(position(current, serving));
        if !before.target.addresses.is_empty() {
            better.push(before);
        }
        better
    }

    /// A better place serves us. Should it change its mind, the one before is still there.
    pub(crate) fn moved(&mut self, to: Place) {
        self.passed.retain(|passed| passed.rank < to.rank);
        self.rest = self.current.replace(to).into_iter().collect();
    }

    /// Whether the server is on this machine.
    pub(crate) fn is_local(&self) -> bool {
        let place = self.current.as_ref().or(self.passed.last());
        place.is_some_and(|place| place.target.addresses.iter().all(IpAddr::is_loopback))
    }

    fn without_resting(&mut self, mut place: Place) -> Option<Place> {
        let port = place.target.port;
        let all = place.clone();
        place.target.addresses.retain(|address| {
            let address = SocketAddr::new(*address, port);
            !self.resting.iter().any(|(resting, _)| *resting == address)
        });
        if place.target.addresses.is_empty() {
            self.passed.push(all);
            return None;
        }
        Some(place)
    }

    fn note(&mut self, trouble: Trouble) {
        let first = self.trouble.as_ref().map(Trouble::weight);
        if first.is_none_or(|first| trouble.weight() > first) {
            self.trouble = Some(trouble);
        }
    }
}

fn position(place: &Place, address: IpAddr) -> usize {
    let found = place
        .target
        .addresses
        .iter()
        .position(|own| *own == address);
    found.unwrap_or_default()
}

/// Questions whose answers are remembered.
const MAX_REMEMBERED: usize = 64;

/// Servers that ask for patience and are remembered.
const MAX_RESTING: usize = 32;
