//! Finding the server of an account: which names to look up, and in which order to try what is
//! found (RFC 3263 §4, RFC 2782, and the names that Microsoft's servers go by).
//!
//! A `Locator` reads one name to its end. It asks `Question`s, takes `Answer`s in any order and hands out
//! one `Place` after the other; it looks nothing up and connects to nothing itself. A `Search`
//! walks from place to place and remembers what would be better.
//!
//! | the user gave | tried in this order |
//! |---|---|
//! | an address, or a name and a port | that |
//! | a name | NAPTR, SRV, the name at the usual port |
//! | nothing but the SIP domain | the same, then `_sipinternaltls._tcp` and `_sip._tls`, then `sipinternal.`, `sip.` and `sipexternal.` before the domain |
//!
//! An SRV record is somebody's word on where the server is; once there is one, nothing is guessed.
//! Whatever DNS says, a certificate must be for the domain or for the name that the user gave
//! (RFC 5922 §7.1), so DNS can send us nowhere that the domain did not agree to.

mod order;
mod question;
mod redirect;
mod search;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::account::Registrar;
use crate::ids::IdSource;
use crate::input::{FlowTarget, Transport};
use crate::message::Host;
use question::{MAX_ADDRESSES, host_name};

pub use question::{Answer, Naptr, Question, Srv};
pub(crate) use redirect::destinations;
pub(crate) use search::Search;

/// A server that was found, with its addresses in the order of trying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) target: FlowTarget,
    /// Places of a lower rank are better; those of one rank share the load.
    pub(crate) rank: u32,
}

/// What a search wants next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Look these up, side by side. Empty while answers are outstanding.
    Ask(Vec<Question>),
    Try(Place),
    Exhausted,
}

/// One search for the server.
#[derive(Debug)]
pub(crate) struct Locator {
    transport: Transport,
    certificate_names: Vec<String>,
    steps: VecDeque<Step>,
    asked: BTreeSet<Question>,
    known: BTreeMap<Question, Answer>,
    last_rank: u32,
    handed_out: usize,
    /// A lookup failed, so that a name which was not found may exist all the same.
    pub(crate) dns_failed: bool,
}

#[derive(Debug, Clone)]
enum Step {
    /// The services of a domain, put in place of this step.
    Services(String),
    /// The servers of a service.
    Service(String),
    Host(Candidate),
}

#[derive(Debug, Clone)]
struct Candidate {
    host: String,
    port: u16,
    rank: u32,
    /// A name made by rule from the domain, for which a certificate may be too.
    own_name: bool,
}

impl Locator {
    /// A search for the registrar of a user at `domain`.
    pub(crate) fn new(registrar: &Registrar, domain: Option<&Host>) -> Self {
        let mut locator = Self {
            transport: registrar.transport,
            certificate_names: registrar.certificate_names.clone(),
            steps: VecDeque::new(),
            asked: BTreeSet::new(),
            known: BTreeMap::new(),
            last_rank: 0,
            handed_out: 0,
            dns_failed: false,
        };
        let host = registrar.host.as_str();
        let named = host_name(host).filter(|name| !is_localhost(name));
        let Some(name) = named.filter(|_| registrar.port.is_none()) else {
            let port = registrar.port.unwrap_or(default_port(registrar.transport));
            locator.add_host(host, port, OwnName::No);
            return locator;
        };
        let is_domain = domain.is_some_and(|domain| Host::parse(&name).as_ref() == Some(domain));
        locator.add_steps(&name, is_domain);
        locator
    }

    fn add_steps(&mut self, name: &str, is_domain: bool) {
        let (usual, others): (_, &[&str]) = match self.transport {
            Transport::Tls => ("_sips._tcp", &["_sipinternaltls._tcp", "_sip._tls"]),
            Transport::Tcp => ("_sip._tcp", &["_sipinternal._tcp"]),
        };
        self.steps.push_back(Step::Services(name.to_owned()));
        self.steps
            .push_back(Step::Service(format!("{usual}.{name}")));
        if is_domain {
            for service in others {
                self.steps
                    .push_back(Step::Service(format!("{service}.{name}")));
            }
        }
        self.add_host(name, default_port(self.transport), OwnName::No);
        if is_domain {
            for (prefix, port) in guesses(self.transport) {
                self.add_host(&format!("{prefix}.{name}"), *port, OwnName::Yes);
            }
        }
    }

    fn add_host(&mut self, host: &str, port: u16, own_name: OwnName) {
        let rank = self.next_rank();
        self.steps.push_back(Step::Host(Candidate {
            host: host.to_owned(),
            port,
            rank,
            own_name: own_name == OwnName::Yes,
        }));
    }

    fn next_rank(&mut self) -> u32 {
        self.last_rank += 1;
        self.last_rank
    }

    /// Takes an answer; `true` if this search has asked for it.
    pub(crate) fn answer(&mut self, question: Question, answer: Answer) -> bool {
        let asked = self.asked.remove(&question);
        if asked {
            self.dns_failed |= answer == Answer::Failed;
            self.known.insert(question, answer);
        }
        asked
    }

    /// Goes on with the search.
    pub(crate) fn next(&mut self, ids: &mut IdSource) -> Next {
        while let Some(step) = self.steps.front().cloned() {
            let question = step.question();
            let answer = match &question {
                Some(question) => match self.known.get(question).cloned() {
                    Some(answer) => answer,
                    None => return Next::Ask(self.questions()),
                },
                None => Answer::Nothing,
            };
            self.steps.pop_front();
            if let Some(place) = self.follow(step, answer, ids)
                && self.handed_out < MAX_PLACES
            {
                self.handed_out += 1;
                return Next::Try(place);
            }
        }
        Next::Exhausted
    }

    /// Whether anything may come after what was handed out last.
    pub(crate) fn has_more(&self) -> bool {
        !self.steps.is_empty() && self.handed_out < MAX_PLACES
    }

    /// What to look up now: everything up to the first host, so that an answer that never comes
    /// holds up the search once and not once for each question.
    fn questions(&mut self) -> Vec<Question> {
        let mut questions = Vec::new();
        for step in &self.steps {
            let open = step
                .question()
                .filter(|question| !self.known.contains_key(question));
            questions.extend(open.filter(|question| self.asked.insert(question.clone())));
            if matches!(step, Step::Host(_)) {
                break;
            }
        }
        questions
    }

    fn follow(&mut self, step: Step, answer: Answer, ids: &mut IdSource) -> Option<Place> {
        match (step, answer) {
            (Step::Services(_), Answer::Naptr(records)) => {
                let services = order::services(&records, self.transport);
                for service in services.into_iter().rev() {
                    self.steps.push_front(Step::Service(service));
                }
                None
            }
            (Step::Service(_), Answer::Srv(records)) => {
                self.add_servers(order::by_priority(&records, ids));
                None
            }
            (Step::Host(candidate), answer) => self.place(candidate, answer),
            (Step::Services(_) | Step::Service(_), _) => None,
        }
    }

    /// Puts the servers of a service in place of everything that would be tried without them.
    fn add_servers(&mut self, groups: Vec<Vec<Srv>>) {
        if groups.is_empty() {
            return;
        }
        self.steps.clear();
        for group in groups {
            let rank = self.next_rank();
            for server in group {
                if let Some(host) = host_name(&server.target) {
                    self.steps.push_back(Step::Host(Candidate {
                        host,
                        port: server.port,
                        rank,
                        own_name: false,
                    }));
                }
            }
        }
    }

    fn place(&self, candidate: Candidate, answer: Answer) -> Option<Place> {
        let mut addresses = match answer {
            Answer::Addresses(addresses) => addresses,
            _ => without_lookup(&candidate.host),
        };
        addresses.truncate(MAX_ADDRESSES);
        let mut certificate_names = self.certificate_names.clone();
        if candidate.own_name {
            certificate_names.push(candidate.host.clone());
        }
        let target = FlowTarget {
            transport: self.transport,
            host: candidate.host,
            port: candidate.port,
            addresses,
            certificate_names,
        };
        let rank = candidate.rank;
        (!target.addresses.is_empty()).then_some(Place { target, rank })
    }
}

impl Step {
    fn question(&self) -> Option<Question> {
        match self {
            Self::Services(domain) => Some(Question::Naptr(domain.clone())),
            Self::Service(name) => Some(Question::Srv(name.clone())),
            Self::Host(candidate) => without_lookup(&candidate.host)
                .is_empty()
                .then(|| Question::Addresses(candidate.host.clone())),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OwnName {
    Yes,
    No,
}

/// Literals, and the name of this very machine, which DNS must never be asked for (RFC 6761 §6.3).
fn without_lookup(host: &str) -> Vec<IpAddr> {
    match Host::parse(host).and_then(|host| host.ip()) {
        Some(address) => vec![address],
        None if is_localhost(host) => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
        None => Vec::new(),
    }
}

fn is_localhost(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
}

/// RFC 3261 §19.1.2.
fn default_port(transport: Transport) -> u16 {
    match transport {
        Transport::Tcp => 5060,
        Transport::Tls => 5061,
    }
}

/// Where administrators of Microsoft's servers put them without an SRV record.
fn guesses(transport: Transport) -> &'static [(&'static str, u16)] {
    match transport {
        Transport::Tls => &[
            ("sipinternal", 5061),
            ("sip", 5061),
            ("sip", 443),
            ("sipexternal", 443),
        ],
        Transport::Tcp => &[("sipinternal", 5060), ("sip", 5060)],
    }
}

/// Places that one search hands out, whatever DNS says.
const MAX_PLACES: usize = 32;

#[cfg(test)]
mod tests;
