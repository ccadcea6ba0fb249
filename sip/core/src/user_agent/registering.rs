//! Carrying out what the registration's table says.

use std::time::{Duration, Instant};

use super::UserAgent;
use crate::event::{Event, RegistrationState};
use crate::input::FlowId;
use crate::message::{Response, StatusCode};
use crate::output::Output;
use crate::registration::{self, Action, Distance, Grant, Input, Purpose, State, Trouble};
use crate::signalling::is_challenge;
use crate::timers::Timer;
use crate::transaction::{ClientTransactionId, TransactionError};

impl UserAgent {
    /// Feeds the registration's table and does what it says.
    pub(super) fn advance(&mut self, now: Instant, input: Input) {
        for action in self.registration.step(input) {
            match action {
                Action::OpenFlow => self.open_flow(now),
                Action::OpenNext => self.open_next(now),
                Action::CloseFlow => self.close_flow(now),
                Action::SendRegister => self.send_register(now, Purpose::SignIn),
                Action::SendUnregister => self.send_register(now, Purpose::SignOut),
                Action::TellConnecting => self.tell(RegistrationState::Connecting),
                Action::TellSigningIn => self.tell(RegistrationState::SigningIn),
                Action::TellRegistered => self.tell_registered(),
                Action::TellSignedOut => self.tell(RegistrationState::SignedOut),
                Action::TellLostForNow => {
                    let reason = self.registration.reason();
                    self.tell(RegistrationState::Lost {
                        reason,
                        next_try: now,
                    });
                }
                Action::Wait => self.wait_for_next_try(now),
                Action::TellWaiting => self.tell_waiting_again(),
                Action::AwaitRefresh => {
                    let delay = registration::refresh_delay(self.registration.granted_for);
                    self.timers.set((), Timer::RefreshRegistration, now + delay);
                }
                Action::AwaitSignOut => {
                    self.timers
                        .set((), Timer::SignOut, now + Timer::SignOut.duration());
                }
                Action::AwaitRegistrar => self.await_registrar(now),
                Action::StopWaiting => self.stop_waiting(),
                Action::UseFlow => match self.flow.open() {
                    Some(_) => self.advance(now, Input::FlowOpened),
                    None => self.open_flow(now),
                },
            }
        }
    }

    pub(super) fn on_flow_securing(&mut self, flow: FlowId) {
        if self.flow.id == Some(flow) && self.registration.state == State::Opening {
            self.tell(RegistrationState::Securing);
        }
    }

    pub(super) fn on_registration_due(&mut self, now: Instant) {
        self.advance(now, Input::Due);
    }

    pub(super) fn on_register_response(
        &mut self,
        now: Instant,
        transaction: ClientTransactionId,
        response: &Response,
    ) {
        self.follow_register_response(now, transaction, response);
        self.learn_address(now, response);
    }

    fn follow_register_response(
        &mut self,
        now: Instant,
        transaction: ClientTransactionId,
        response: &Response,
    ) {
        let status = response.status;
        self.timers.stop((), Timer::AwaitRegistrar);
        if status.is_provisional() {
            return;
        }
        self.registration.transaction = None;
        if status.is_success() {
            self.on_granted(now, transaction, response);
            return;
        }
        match self.may_ask_again(transaction, response) {
            Ok(()) => self.advance(now, Input::AskedAgain),
            Err(trouble) if self.may_try_next(now, &trouble) => self.advance(now, Input::TryNext),
            Err(_) if self.may_follow(response) => self.advance(now, Input::TryNext),
            Err(trouble) => {
                self.flow.authenticated = false;
                self.set_guard();
                self.registration.trouble = Some(trouble);
                self.advance(now, Input::Refused);
            }
        }
    }

    pub(super) fn on_register_failed(&mut self, now: Instant, error: TransactionError) {
        self.registration.transaction = None;
        match error {
            TransactionError::TimedOut => {
                self.registration.trouble = Some(Trouble::timed_out());
                self.advance(now, Input::TimedOut);
            }
            // The loss of the flow itself is told separately.
            TransactionError::FlowLost => {}
        }
    }

    fn on_granted(&mut self, now: Instant, transaction: ClientTransactionId, response: &Response) {
        let Some(contact) = self.flow.contact.clone() else {
            return;
        };
        // Only a REGISTER proves that our own server knows us: a challenge to anything else may
        // come from whoever was called (OX-4).
        self.flow.authenticated |= self.signalling.own_server_accepted(transaction);
        self.set_guard();
        let asked = self.registration.asked;
        let grant = Grant::read(response, &self.account, &contact, asked);
        let first = self.registration.state == State::SigningIn || self.flow.retiring.is_some();
        if self.registration.state != State::SigningOut {
            self.registration.granted(now, grant.expires);
            self.flow.gruu = grant.gruu;
            self.signalling.service_route = grant.service_route;
            self.keep_flow(now, grant.keep_alive);
        }
        self.advance(now, Input::Granted);
        if first {
            self.resume(now);
            self.close_retiring(now);
            self.watch_for_better(now);
        }
    }

    /// Takes note of where the server sees us. When that changes while the flow stands, requests to
    /// the old address may be lost, so the registration is refreshed soon.
    fn learn_address(&mut self, now: Instant, response: &Response) {
        let seen = response
            .headers
            .top_via()
            .ok()
            .and_then(|via| via.seen_from());
        let Some(seen) = seen.filter(|_| self.flow.info.is_some()) else {
            return;
        };
        let before = self.flow.seen_from.replace(seen);
        if before != Some(seen) {
            let translated = self.flow.info.is_some_and(|info| info.local != seen);
            tracing::info!(translated, "the server has told where it sees us");
        }
        if before.is_some_and(|before| before != seen) && self.registration.is_registered() {
            let soon = now + registration::SHORTEST_REFRESH;
            self.timers.set((), Timer::RefreshRegistration, soon);
        }
    }

    /// Lets everything go on over a new flow that was waiting for one.
    fn resume(&mut self, now: Instant) {
        let Some(flow) = self.flow.open() else { return };
        let contact = self.contact().to_string();
        self.calls
            .move_to_flow(now, &mut self.signalling, flow, &contact);
        self.subscribe_now(now);
        self.publication.on_registered();
        self.publish_now(now);
    }

    /// Whether the same REGISTER in other words may succeed.
    fn may_ask_again(
        &mut self,
        transaction: ClientTransactionId,
        response: &Response,
    ) -> Result<(), Trouble> {
        let refused = || Trouble::of_response(response);
        if is_challenge(response.status) {
            let answered = self.signalling.challenged(transaction, response);
            return answered.map_err(|error| Trouble::of_challenge(error, response));
        }
        if self.registration.tries >= registration::MAX_TRIES {
            return Err(refused());
        }
        match response.status {
            StatusCode::INTERVAL_TOO_BRIEF => {
                let floor = response.headers.seconds("Min-Expires").ok().flatten();
                let floor = Duration::from_secs(floor.unwrap_or_default().into());
                if floor <= self.registration.asked || floor > registration::LONGEST_EXPIRES {
                    return Err(refused());
                }
                self.registration.asked = floor;
                Ok(())
            }
            status if status.code() == NO_OUTBOUND && self.registration.outbound => {
                self.registration.outbound = false;
                Ok(())
            }
            _ => Err(refused()),
        }
    }

    fn send_register(&mut self, now: Instant, purpose: Purpose) {
        let (Some(flow), Some(contact)) = (self.flow.open(), self.flow.contact.clone()) else {
            return;
        };
        let request = registration::write(&self.account, &mut self.registration, &contact, purpose);
        self.registration.tries += 1;
        self.registration.transaction = self.signalling.send(now, flow, request);
        // Nobody waits long for one server while another one may serve.
        if self.registration.state == State::SigningIn && self.has_other_server() {
            self.await_registrar(now);
        }
    }

    fn await_registrar(&mut self, now: Instant) {
        let timer = Timer::AwaitRegistrar;
        self.timers.set((), timer, now + timer.duration());
    }

    fn wait_for_next_try(&mut self, now: Instant) {
        let distance = match self.finding.search.is_local() {
            true => Distance::Local,
            false => Distance::Far,
        };
        let ids = &mut self.signalling.layer.ids;
        let next_try = self.registration.next_try(now, distance, ids);
        if let Some(next_try) = next_try {
            self.timers.set((), Timer::RetryRegistration, next_try);
        }
        self.tell(self.registration.waiting());
    }

    /// What a person has to mend was told, and no clock mends it.
    fn tell_waiting_again(&mut self) {
        if let lost @ RegistrationState::Lost { .. } = self.registration.waiting() {
            self.tell(lost);
        }
    }

    fn stop_waiting(&mut self) {
        for timer in [
            Timer::RefreshRegistration,
            Timer::RetryRegistration,
            Timer::AwaitRegistrar,
            Timer::SignOut,
        ] {
            self.timers.stop((), timer);
        }
    }

    fn tell_registered(&mut self) {
        let expires = self.registration.granted_for;
        self.tell(RegistrationState::Registered { expires });
    }

    fn tell(&mut self, state: RegistrationState) {
        self.push(Output::Event(Event::Registration(state)));
    }
}

/// 439 First Hop Lacks Outbound Support (RFC 5626 §11.6).
const NO_OUTBOUND: u16 = 439;
