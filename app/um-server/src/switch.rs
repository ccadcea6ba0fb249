//! The whole server as one sans-IO core: the protocol server and the UM server, joined by a flow
//! that exists in memory only.

use std::collections::VecDeque;
use std::time::Instant;

use hark_sip::{Core, FlowId, FlowInfo, IdSource, Input, Output};

use crate::protocol::{ProtocolEvent, ProtocolServer, Settings, UM_FLOW};
use crate::store::Counts;
use crate::um::agent::{Agent, AgentEvent};

/// Registrar, proxy, notifier and UM server.
pub(crate) struct Switch {
    protocol: ProtocolServer,
    agent: Agent,
    transmits: VecDeque<(FlowId, Vec<u8>)>,
}

/// What the switch tells its owner.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SwitchEvent {
    Protocol(ProtocolEvent),
    Call(AgentEvent),
}

impl Switch {
    /// `um` is the address that the UM server claims in Contact.
    pub fn new(now: Instant, settings: Settings, um: FlowInfo, seed: [u8; 32]) -> Self {
        let mut ids = IdSource::from_seed(seed);
        let agent = Agent::new(now, settings.domain.clone(), um, ids.fork());
        let protocol = ProtocolServer::new(now, settings, um, ids);
        Self {
            protocol,
            agent,
            transmits: VecDeque::new(),
        }
    }

    /// Runs a command of the UM server and carries its messages over.
    pub fn um<R>(&mut self, now: Instant, command: impl FnOnce(&mut Agent, Instant) -> R) -> R {
        let result = command(&mut self.agent, now);
        self.carry(now);
        result
    }

    pub fn set_message_counts(&mut self, now: Instant, user: &str, counts: Counts) {
        self.protocol.set_message_counts(now, user, counts);
        self.carry(now);
    }

    /// How many devices of a user are registered.
    pub fn device_count(&self, user: &str) -> usize {
        self.protocol.device_count(user)
    }

    /// Carries bytes between the two servers until neither has any left.
    fn carry(&mut self, now: Instant) {
        loop {
            if let Some((flow, bytes)) = self.protocol.poll_transmit() {
                match flow {
                    UM_FLOW => self.agent.receive(now, &bytes),
                    _ => self.transmits.push_back((flow, bytes)),
                }
            } else if let Some(bytes) = self.agent.poll_transmit() {
                self.protocol.handle_input(
                    now,
                    Input::Received {
                        flow: UM_FLOW,
                        bytes,
                    },
                );
            } else {
                return;
            }
        }
    }
}

impl Core for Switch {
    type Event = SwitchEvent;

    fn handle_input(&mut self, now: Instant, input: Input) {
        if matches!(input, Input::Timeout) {
            self.agent.handle_timeout(now);
        }
        self.protocol.handle_input(now, input);
        self.carry(now);
    }

    fn poll_output(&mut self) -> Output<SwitchEvent> {
        if let Some((flow, bytes)) = self.transmits.pop_front() {
            return Output::Transmit { flow, bytes };
        }
        if let Some(event) = self.protocol.poll_event() {
            return Output::Event(SwitchEvent::Protocol(event));
        }
        if let Some(event) = self.agent.poll_event() {
            return Output::Event(SwitchEvent::Call(event));
        }
        let deadlines = [self.protocol.next_deadline(), self.agent.next_deadline()];
        Output::Timeout(deadlines.into_iter().flatten().min())
    }
}

#[cfg(test)]
mod tests;
