//! Getting to a server: looking it up, going on to the next one, and back to a better one when it
//! returns (RFC 3263 §4.3).

use std::time::{Duration, Instant};

use super::UserAgent;
use crate::input::{FlowError, FlowId, FlowInfo};
use crate::locate::{self, Answer, Next, Place, Question, Search};
use crate::message::Response;
use crate::output::Output;
use crate::registration::{Input, MAX_REDIRECTIONS, State, Trouble};
use crate::timers::Timer;

/// The way to the server, and the way back to a better one.
#[derive(Debug, Default)]
pub(super) struct Finding {
    pub(super) search: Search,
    /// A flow that is being opened to a better server than the one that serves us.
    trial: Option<(FlowId, Place)>,
    /// Better servers that this round has still to try.
    hopefuls: Vec<Place>,
    /// Rounds that found no better server back.
    vain_rounds: u32,
}

impl UserAgent {
    /// Looks for the server from the beginning.
    pub(super) fn open_flow(&mut self, now: Instant) {
        self.finding.search.begin(&self.account);
        self.open_next(now);
    }

    /// Goes on with the search: looks up, opens a flow, or gives up for this time.
    pub(super) fn open_next(&mut self, now: Instant) {
        let next = self
            .finding
            .search
            .next(now, &mut self.signalling.layer.ids);
        match next {
            Next::Ask(questions) => {
                for question in questions {
                    self.push(Output::Lookup(question));
                }
            }
            Next::Try(place) => {
                let flow = self.ask_for_flow(place);
                self.flow.id = Some(flow);
            }
            Next::Exhausted => {
                let failed = self.finding.search.dns_failed();
                let unknown = match failed {
                    true => FlowError::LookupFailed,
                    false => FlowError::NameNotFound,
                };
                let told = self.finding.search.trouble();
                let trouble = told.unwrap_or_else(|| Trouble::of_flow(unknown));
                self.registration.trouble = Some(trouble);
                self.advance(now, Input::FlowFailed);
            }
        }
    }

    pub(super) fn on_looked_up(&mut self, now: Instant, question: Question, answer: Answer) {
        let wanted = self.finding.search.answer(question, answer);
        let opening = self.registration.state == State::Opening && self.flow.id.is_none();
        if wanted && opening {
            self.open_next(now);
        }
    }

    /// Lets another server have its turn after this one has failed at its REGISTER; `false` if
    /// there is no other, or if it would say the same.
    pub(super) fn may_try_next(&mut self, now: Instant, trouble: &Trouble) -> bool {
        let signing_in = matches!(
            self.registration.state,
            State::SigningIn | State::Refreshing
        );
        let Some(info) = self.flow.info.filter(|_| signing_in) else {
            return false;
        };
        let worth_it = trouble.is_of_one_server() && self.has_other_server();
        if worth_it {
            let until = trouble.patience().map(|patience| now + patience);
            let search = &mut self.finding.search;
            search.refused(info.remote, until, trouble.clone());
        }
        worth_it
    }

    /// Whether another server may be left to try than the one that our flow leads to.
    pub(super) fn has_other_server(&self) -> bool {
        let search = &self.finding.search;
        let serving = self.flow.info.map(|info| info.remote.ip());
        serving.is_some_and(|serving| search.has_more(serving))
    }

    /// Goes where a 3xx sends us; `false` if that is nowhere.
    pub(super) fn may_follow(&mut self, response: &Response) -> bool {
        let signing_in = matches!(
            self.registration.state,
            State::SigningIn | State::Refreshing
        );
        let spent = self.registration.redirections >= MAX_REDIRECTIONS;
        if !response.status.is_redirection() || !signing_in || spent {
            return false;
        }
        let destinations = locate::destinations(&self.account, response);
        let found = !destinations.is_empty();
        if found {
            self.registration.redirections += 1;
            self.finding.search.follow(destinations);
        }
        found
    }

    /// The server did not answer in the seconds that it was given.
    pub(super) fn on_registrar_silent(&mut self, now: Instant) {
        let trouble = match self.registration.state {
            State::SigningIn => Trouble::timed_out(),
            _ => Trouble::silent(),
        };
        let new_place = self.registration.state == State::SigningIn || self.flow.retiring.is_some();
        if new_place && self.may_try_next(now, &trouble) {
            self.advance(now, Input::TryNext);
        } else if self.registration.state == State::SigningIn {
            self.registration.trouble = Some(trouble);
            self.advance(now, Input::TimedOut);
        } else {
            self.on_silence(now);
        }
    }

    /// This machine woke from sleep, or its network changed.
    pub(super) fn on_disturbed(&mut self, now: Instant) {
        let waiting = self.registration.state == State::Waiting;
        if waiting && self.registration.may_try_any_time() {
            self.registration.start_over();
            self.advance(now, Input::RetryNow);
        } else {
            self.advance(now, Input::Disturbed);
        }
    }
}

/// Back to a better server.
impl UserAgent {
    /// A server serves us; one day a better one may be back.
    pub(super) fn watch_for_better(&mut self, now: Instant) {
        let Some(info) = self.flow.info else { return };
        self.finding.hopefuls = self.finding.search.better(info.remote.ip());
        if self.finding.hopefuls.is_empty() {
            self.finding.vain_rounds = 0;
            return self.timers.stop((), Timer::TryBetter);
        }
        let doubled = FIRST_RETURN.saturating_mul(1 << self.finding.vain_rounds.min(8));
        let upper = doubled.min(LONGEST_RETURN);
        let delay = self.signalling.layer.ids.between(upper / 2, upper);
        self.timers.set((), Timer::TryBetter, now + delay);
    }

    pub(super) fn on_better_due(&mut self, now: Instant) {
        self.finding.vain_rounds += 1;
        self.try_better(now);
    }

    /// Opens a flow to the best server that was not tried in this round, while the one that serves
    /// us stays. Nobody is moved in the middle of a call.
    fn try_better(&mut self, now: Instant) {
        let busy = self.calls.live().next().is_some() || !self.registration.is_registered();
        if busy || self.finding.hopefuls.is_empty() {
            return self.watch_for_better(now);
        }
        let place = self.finding.hopefuls.remove(0);
        let flow = self.ask_for_flow(place.clone());
        self.finding.trial = Some((flow, place));
    }

    /// Takes note that the flow to a better server failed; `false` if it was another flow.
    pub(super) fn on_trial_failed(&mut self, now: Instant, flow: FlowId) -> bool {
        let ours = self.is_trial(flow);
        if ours {
            self.finding.trial = None;
            self.try_better(now);
        }
        ours
    }

    /// Registers over the flow to a better server. The old one is heard until that is done.
    pub(super) fn on_trial_opened(&mut self, now: Instant, flow: FlowId, info: FlowInfo) -> bool {
        let Some((_, place)) = self.finding.trial.take_if(|(trial, _)| *trial == flow) else {
            return false;
        };
        let busy = self.calls.live().next().is_some();
        if busy || self.registration.state != State::Registered {
            self.push(Output::CloseFlow { flow });
            self.watch_for_better(now);
            return true;
        }
        self.finding.search.moved(place);
        self.flow.retire();
        self.flow.id = Some(flow);
        self.use_flow(now, flow, info);
        self.advance(now, Input::Moved);
        true
    }

    /// Nothing is tried any more: the flow that something was to be better than is gone.
    pub(super) fn give_trial_up(&mut self) {
        self.timers.stop((), Timer::TryBetter);
        self.finding.hopefuls.clear();
        if let Some((flow, _)) = self.finding.trial.take() {
            self.push(Output::CloseFlow { flow });
        }
    }

    pub(super) fn is_trial(&self, flow: FlowId) -> bool {
        let trial = self.finding.trial.as_ref();
        trial.is_some_and(|(trial, _)| *trial == flow)
    }
}

/// The first look for a better server; each vain one doubles the time to the next.
const FIRST_RETURN: Duration = Duration::from_secs(60);

const LONGEST_RETURN: Duration = Duration::from_secs(900);
