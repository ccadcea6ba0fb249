//! What a driver learns on the way to a server: the names that it looked up, the addresses that it
//! tried, and what TLS showed at each, also where it was refused for that.
//!
//! For people who ask why something does not work. Nothing is decided by it.

use std::net::SocketAddr;

use hark_sip::locate::{Answer, Question};
use hark_sip::{FlowError, FlowId, FlowTarget};

use crate::certificate::Certificate;

/// The way to the servers of a core, as far as it was gone. Bounded in every direction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The last answer to each question, in the order in which they came.
    pub lookups: Vec<Lookup>,
    /// The flows that were opened or tried last, the newest last.
    pub tries: Vec<Try>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    pub question: Question,
    pub answer: Answer,
}

/// One flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Try {
    pub flow: FlowId,
    pub target: FlowTarget,
    /// One for each address that was tried to its end, in the order in which they ended. An address
    /// that was given up because another one was faster is missing, and all are while they last.
    pub attempts: Vec<Attempt>,
}

/// One address of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub address: SocketAddr,
    /// The flow is open, or why it is not.
    pub outcome: Result<(), FlowError>,
    /// The certificates that the server showed, its own first, ten at most. They may be the very
    /// reason why it was refused. Empty over TCP, and where the handshake did not come as far.
    pub chain: Vec<Certificate>,
    /// What the handshake agreed on.
    pub tls: Option<TlsAgreement>,
}

/// The version and the cipher suite of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TlsAgreement {
    /// `TLS 1.3`.
    pub version: &'static str,
    /// `TLS13_AES_256_GCM_SHA384`.
    pub suite: &'static str,
}

impl Findings {
    pub(crate) fn looked_up(&mut self, question: Question, answer: Answer) {
        self.lookups.retain(|known| known.question != question);
        self.lookups.push(Lookup { question, answer });
        shorten(&mut self.lookups, MAX_LOOKUPS);
    }

    pub(crate) fn begin(&mut self, flow: FlowId, target: FlowTarget) {
        self.tries.push(Try {
            flow,
            target,
            attempts: Vec::new(),
        });
        shorten(&mut self.tries, MAX_TRIES);
    }

    pub(crate) fn tried(&mut self, flow: FlowId, attempts: Vec<Attempt>) {
        let own = self.tries.iter_mut().rev().find(|own| own.flow == flow);
        if let Some(own) = own {
            own.attempts = attempts;
        }
    }
}

impl Try {
    /// The attempt that has opened the flow.
    pub fn opened(&self) -> Option<&Attempt> {
        let mut attempts = self.attempts.iter();
        attempts.find(|attempt| attempt.outcome.is_ok())
    }
}

fn shorten<T>(list: &mut Vec<T>, most: usize) {
    let surplus = list.len().saturating_sub(most);
    list.drain(..surplus);
}

/// More than one search asks.
const MAX_LOOKUPS: usize = 32;

/// More than one search tries at most places that exist.
const MAX_TRIES: usize = 16;

#[cfg(test)]
mod tests {
    use hark_sip::Transport;

    use super::*;

    fn question(number: usize) -> Question {
        Question::Addresses(format!("{number}.example.test"))
    }

    fn target() -> FlowTarget {
        FlowTarget {
            transport: Transport::Tls,
            host: "sip.example.test".into(),
            port: 5061,
            addresses: Vec::new(),
            certificate_names: Vec::new(),
        }
    }

    #[test]
    fn the_last_answer_counts_and_the_oldest_go() {
        let mut findings = Findings::default();
        findings.looked_up(question(0), Answer::Failed);
        for number in 1..100 {
            findings.looked_up(question(number), Answer::Nothing);
        }
        findings.looked_up(question(99), Answer::Failed);
        assert_eq!(findings.lookups.len(), MAX_LOOKUPS);
        let last = findings.lookups.last().unwrap();
        assert_eq!(
            (&last.question, &last.answer),
            (&question(99), &Answer::Failed)
        );
        let before = &findings.lookups[MAX_LOOKUPS - 2];
        assert_eq!(before.question, question(98));
    }

    #[test]
    fn what_was_tried_is_told_of_its_own_flow() {
        let mut findings = Findings::default();
        let attempt = Attempt {
            address: "192.0.2.1:5061".parse().unwrap(),
            outcome: Err(FlowError::Refused),
            chain: Vec::new(),
            tls: None,
        };
        for flow in 0..20 {
            findings.begin(FlowId(flow), target());
        }
        findings.tried(FlowId(18), vec![attempt.clone()]);
        findings.tried(FlowId(0), vec![attempt.clone()]);
        assert_eq!(findings.tries.len(), MAX_TRIES);
        let told: Vec<u64> = findings
            .tries
            .iter()
            .filter(|own| !own.attempts.is_empty())
            .map(|own| own.flow.0)
            .collect();
        assert_eq!(told, [18]);
        assert_eq!(findings.tries[14].opened(), None);
    }
}
