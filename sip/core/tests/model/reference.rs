//! What a call is to its owner: which commands it takes and which events it may tell.

use std::collections::BTreeMap;

use hark_sip::call::CallError;
use hark_sip::{CallEvent, CallId, Event};

/// The calls of one user agent, as its owner sees them.
#[derive(Default)]
pub(crate) struct Reference {
    pub(crate) calls: BTreeMap<CallId, Call>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// We called.
    Calling,
    /// They called.
    Offered,
    Up,
    Over,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) phase: Phase,
    /// A change of ours waits for its outcome.
    changing: bool,
    /// A change of theirs waits for our word.
    pub(crate) asked: Known,
    /// A transfer of ours waits for its outcome.
    transferring: bool,
    /// A transfer of theirs waits for our word.
    pub(crate) sent_on: bool,
}

/// What the owner knows of something that a lost flow may have ended in silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    No,
    Yes,
    Perhaps,
}

/// What an owner asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Ring,
    Answer,
    Reject,
    Cancel,
    HangUp,
    Modify,
    Accept,
    Refuse,
    Transfer,
    Follow,
    RefuseTransfer,
    Digit,
}

impl Reference {
    pub(crate) fn called(&mut self, call: CallId) {
        self.begin(call, Phase::Calling);
    }

    fn begin(&mut self, call: CallId, phase: Phase) {
        let new = Call {
            phase,
            changing: false,
            asked: Known::No,
            transferring: false,
            sent_on: false,
        };
        let known = self.calls.insert(call, new);
        assert_eq!(known, None, "{call:?} begins twice");
    }

    /// Compares what a command led to with what it has to lead to. `steady` is false while the
    /// flow is away or new.
    pub(crate) fn commanded(
        &mut self,
        call: CallId,
        command: Command,
        outcome: Result<(), CallError>,
        steady: bool,
    ) {
        let state = self.calls.get_mut(&call).expect("the call is known");
        let known = match allowed(*state, command) {
            Known::Yes if !steady && outcome == Err(CallError::NoFlow) => Known::Perhaps,
            // Calls that are over are forgotten at their own time.
            _ if outcome == Err(CallError::UnknownCall) => {
                assert_eq!(state.phase, Phase::Over, "{call:?} is forgotten");
                Known::No
            }
            known => known,
        };
        match known {
            Known::Yes => assert_eq!(outcome, Ok(()), "{command:?} in {state:?}"),
            Known::No => assert!(outcome.is_err(), "{command:?} in {state:?}"),
            Known::Perhaps => {}
        }
        if outcome.is_ok() {
            done(state, command);
        }
    }

    /// Compares an event with what may happen.
    pub(crate) fn told(&mut self, event: &Event) {
        match event {
            Event::IncomingCall { call, .. } => self.begin(*call, Phase::Offered),
            Event::Call(event) => self.moved_on(event),
            Event::Registration(_) | Event::Notified { .. } | Event::Pong | Event::Dropped(_) => {}
        }
    }

    fn moved_on(&mut self, event: &CallEvent) {
        match event {
            CallEvent::Progress { call, .. } => self.expect(*call, &[Phase::Calling], event),
            CallEvent::Answered { call, .. } => {
                self.expect(*call, &[Phase::Calling], event);
                self.call(*call).phase = Phase::Up;
            }
            CallEvent::Offer { call, .. } => {
                self.expect(*call, &[Phase::Up], event);
                let state = self.call(*call);
                assert_ne!(state.asked, Known::Yes, "two offers at once in {call:?}");
                state.asked = Known::Yes;
            }
            CallEvent::Modified { call, .. } => {
                self.expect(*call, &[Phase::Up], event);
                self.call(*call).changing = false;
            }
            CallEvent::ModifyRefused { call, .. } => {
                self.expect(*call, &[Phase::Up], event);
                let changing = std::mem::replace(&mut self.call(*call).changing, false);
                assert!(changing, "nothing was asked for in {call:?}");
            }
            CallEvent::Digit { call, .. } => self.expect(*call, &[Phase::Up], event),
            CallEvent::TransferRequested { call, .. } => {
                self.expect(*call, &[Phase::Up], event);
                self.call(*call).sent_on = true;
            }
            CallEvent::TransferProgress { call, progress } => {
                self.expect(*call, &[Phase::Up], event);
                let state = self.call(*call);
                assert!(state.transferring, "nothing was asked for in {call:?}");
                state.transferring = !progress.is_final();
            }
            CallEvent::Ended { call, .. } => {
                self.expect(*call, &[Phase::Calling, Phase::Offered, Phase::Up], event);
                self.call(*call).phase = Phase::Over;
            }
        }
    }

    /// A flow was lost: a change of theirs may have gone with it.
    pub(crate) fn flow_lost(&mut self) {
        for call in self.calls.values_mut() {
            if call.asked == Known::Yes {
                call.asked = Known::Perhaps;
            }
        }
    }

    pub(crate) fn live(&self) -> impl Iterator<Item = CallId> {
        let live = self
            .calls
            .iter()
            .filter(|(_, call)| call.phase != Phase::Over);
        live.map(|(id, _)| *id)
    }

    fn call(&mut self, call: CallId) -> &mut Call {
        self.calls.get_mut(&call).expect("the call is known")
    }

    fn expect(&mut self, call: CallId, phases: &[Phase], event: &CallEvent) {
        let phase = self.calls.get(&call).map(|call| call.phase);
        let fits = phase.is_some_and(|phase| phases.contains(&phase));
        assert!(fits, "{event:?} while {phase:?}");
    }
}

fn allowed(call: Call, command: Command) -> Known {
    let when = |condition: bool| if condition { Known::Yes } else { Known::No };
    let up = call.phase == Phase::Up;
    match command {
        Command::Ring | Command::Answer | Command::Reject => when(call.phase == Phase::Offered),
        Command::Cancel => when(call.phase == Phase::Calling),
        Command::HangUp => when(call.phase != Phase::Over),
        Command::Modify if up && call.asked == Known::Perhaps => Known::Perhaps,
        Command::Modify => when(up && !call.changing && call.asked == Known::No),
        Command::Accept | Command::Refuse if up => call.asked,
        Command::Accept | Command::Refuse => Known::No,
        Command::Transfer => when(up && !call.transferring),
        // Whoever hung up still hears of the transfer, for a while.
        Command::Follow | Command::RefuseTransfer if call.sent_on && !up => Known::Perhaps,
        Command::Follow | Command::RefuseTransfer => when(call.sent_on),
        Command::Digit => when(up),
    }
}

fn done(call: &mut Call, command: Command) {
    match command {
        Command::Answer => call.phase = Phase::Up,
        Command::Modify => call.changing = true,
        Command::Accept | Command::Refuse => call.asked = Known::No,
        Command::Transfer => call.transferring = true,
        Command::Follow | Command::RefuseTransfer => call.sent_on = false,
        // The end of the call is an event.
        Command::Ring | Command::Reject | Command::Cancel | Command::HangUp | Command::Digit => {}
    }
}
