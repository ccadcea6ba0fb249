//! What DNS says in a script.

use std::collections::BTreeMap;

use hark_sip::locate::{Answer, Naptr, Question, Srv};

/// The records of a script, as its words give them:
///
/// - `host:NAME=ADDRESS,ADDRESS` the addresses of a host;
/// - `srv:NAME=PRIORITY/WEIGHT/PORT/TARGET,...` the servers of a service;
/// - `naptr:NAME=SERVICE/REPLACEMENT,...` the services of a domain;
/// - `dns=down` no question is answered any more, `dns=up` they are again.
///
/// A later word replaces an earlier one; nothing after the `=` takes the records away.
#[derive(Debug, Default)]
pub(crate) struct Zone {
    records: BTreeMap<Question, Answer>,
    down: bool,
}

impl Zone {
    /// Takes over a word; `false` if it is not about DNS.
    pub(crate) fn learn(&mut self, word: &str) -> bool {
        let Some((key, value)) = word.split_once('=') else {
            return false;
        };
        let items = || value.split(',').filter(|item| !item.is_empty());
        let (question, answer) = match key.split_once(':') {
            Some(("host", name)) => (
                Question::Addresses(name.to_owned()),
                Answer::Addresses(items().map(|item| item.parse().expect(word)).collect()),
            ),
            Some(("srv", name)) => (
                Question::Srv(name.to_owned()),
                Answer::Srv(items().map(srv).collect()),
            ),
            Some(("naptr", name)) => (
                Question::Naptr(name.to_owned()),
                Answer::Naptr(items().map(naptr).collect()),
            ),
            Some(_) => return false,
            None => {
                self.down = value == "down";
                return key == "dns";
            }
        };
        match value.is_empty() {
            true => self.records.remove(&question),
            false => self.records.insert(question, answer),
        };
        true
    }

    pub(crate) fn answer(&self, question: &Question) -> Answer {
        match self.records.get(question) {
            _ if self.down => Answer::Failed,
            Some(answer) => answer.clone(),
            None => Answer::Nothing,
        }
    }
}

fn srv(item: &str) -> Srv {
    let mut fields = item.split('/');
    let mut field = || fields.next().expect("PRIORITY/WEIGHT/PORT/TARGET");
    Srv {
        priority: field().parse().expect("a priority"),
        weight: field().parse().expect("a weight"),
        port: field().parse().expect("a port"),
        target: field().to_owned(),
    }
}

fn naptr(item: &str) -> Naptr {
    let (service, replacement) = item.split_once('/').expect("SERVICE/REPLACEMENT");
    Naptr {
        order: 1,
        preference: 1,
        flags: "s".to_owned(),
        service: service.to_owned(),
        replacement: replacement.to_owned(),
    }
}
