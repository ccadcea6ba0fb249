//! One live call as the engine keeps it.

use std::net::IpAddr;
use std::time::{Duration, Instant, SystemTime};

use hark_sip::{CallTarget, EndReason};

use super::dialling::Dialling;
use crate::event::{CallNotes, Event};
use crate::policy::Treatment;
use crate::recording::RecordingId;
use crate::snapshot::{CallDirection, CallId, CallKind, CallState, CallView, Outcome};
use crate::store::NewEntry;
use crate::words;

/// A call from its first sign to its end; ended calls are history.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) view: CallView,
    /// The user agent's number, once it has one.
    pub(super) sip: Option<hark_sip::CallId>,
    /// The URI that calls back.
    pub(super) address: String,
    /// Who the other side is by the server's word.
    pub(super) known_by: Option<String>,
    pub(super) stage: Stage,
    pub(super) hold: Hold,
    /// Where our sockets are.
    pub(super) local: Option<IpAddr>,
    pub(super) dialling: Dialling,
    pub(super) notes: CallNotes,
    /// The higher, the later the user turned to this call.
    pub(super) attention: u64,
    /// Incoming: what policy said.
    pub(super) treatment: Treatment,
    /// When it is sent on if nobody answers; set once it rings.
    pub(super) divert_at: Option<tokio::time::Instant>,
    /// While it is recorded, or about to be.
    pub(super) recording: Option<RecordingId>,
    /// The call whose place it takes once it is connected.
    pub(super) follows: Option<CallId>,
    began: SystemTime,
}

/// What a call waits for.
#[derive(Debug)]
pub(super) enum Stage {
    /// Outgoing: media makes the offer.
    Offering(Errand),
    /// Outgoing: the INVITE is out.
    Invited,
    /// Incoming: media reads the offer; nothing has been sent.
    Weighing,
    /// Incoming: 180 is sent, the user decides. Holds our description for the 200.
    Ringing { sdp: Vec<u8> },
    /// Answered; media takes in what the other side said.
    Settling,
    /// Both sides hear each other.
    Up,
}

/// What an offer is made for.
#[derive(Debug)]
pub(super) enum Errand {
    Invite(Box<CallTarget>),
    /// The other side of this call sends us.
    Follow(hark_sip::CallId),
}

/// Where a change of the session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Hold {
    /// What the other side knows is what the user wants, or nothing was asked yet.
    #[default]
    Settled,
    /// Our offer is under way; it says that the call is held.
    Holding,
    /// Our offer is under way; it says that the call goes on.
    Resuming,
    /// Our offer is under way; it says what was agreed on, from another address.
    Moving { held: bool },
}

impl Call {
    pub(super) fn new(
        id: CallId,
        direction: CallDirection,
        kind: CallKind,
        stage: Stage,
        title: String,
    ) -> Self {
        let view = CallView {
            title,
            ..CallView::new(id, direction, kind)
        };
        Self {
            view,
            sip: None,
            address: String::new(),
            known_by: None,
            stage,
            hold: Hold::default(),
            local: None,
            dialling: Dialling::default(),
            notes: CallNotes::default(),
            attention: 0,
            treatment: Treatment::Ring { unanswered: None },
            divert_at: None,
            recording: None,
            follows: None,
            began: SystemTime::now(),
        }
    }

    /// Whether the user has heard of it. A call whose offer media still reads may yet be refused.
    pub(super) fn is_known(&self) -> bool {
        !matches!(self.stage, Stage::Weighing)
    }

    /// What is shown of it, with its sentences in the language that is spoken.
    pub(super) fn said(&self) -> CallView {
        let mut view = self.view.clone();
        for shown in &mut view.troubles {
            shown.text = words::sound_trouble(shown.trouble, &self.view.title);
        }
        view
    }

    /// Whether the user is asked to answer it.
    pub(super) fn rings_here(&self) -> bool {
        matches!(self.stage, Stage::Ringing { .. })
    }

    /// Whether it has, or wants, the user's ears: everything but held calls and calls that ring
    /// here.
    pub(super) fn is_listened_to(&self) -> bool {
        let heard = match self.view.state {
            CallState::Calling | CallState::Early | CallState::Connected => true,
            CallState::Ringing => self.view.direction == CallDirection::Outgoing,
            CallState::Ended => false,
        };
        heard && !self.view.held
    }

    /// The row of the history that this call leaves.
    pub(super) fn entry(&self, outcome: Outcome) -> NewEntry {
        let talked = self.view.connected_at.map(|since| since.elapsed());
        NewEntry {
            account: Some(self.view.account.clone()),
            direction: self.view.direction,
            kind: self.view.kind,
            outcome,
            title: self.view.title.clone(),
            address: self.address.clone(),
            known_by: self.known_by.clone(),
            began: self.began,
            talked: talked.unwrap_or(Duration::ZERO),
        }
    }

    /// The event that tells the state of this call.
    pub(super) fn state_event(&self, reason: Option<String>) -> Event {
        Event::Call {
            call: self.view.id,
            state: self.view.state,
            reason,
            skip_pin: self.view.skip_pin,
            notes: self.notes.clone(),
        }
    }

    /// What it leaves in the history when the user ends it now.
    pub(super) fn outcome_of_hanging_up(&self) -> Outcome {
        match (self.view.connected_at, self.view.direction) {
            (Some(_), _) => Outcome::Answered,
            (None, CallDirection::Outgoing) => Outcome::Cancelled,
            (None, CallDirection::Incoming) => Outcome::Declined,
        }
    }

    /// What it leaves in the history when it ends for a reason of the other side's.
    pub(super) fn outcome_of_end(&self, reason: &EndReason) -> Outcome {
        if self.view.connected_at.is_some() {
            return Outcome::Answered;
        }
        match self.view.direction {
            CallDirection::Incoming if reason.answered_elsewhere() => Outcome::AnsweredElsewhere,
            CallDirection::Incoming => self.outcome_of_missing(),
            CallDirection::Outgoing => Outcome::Failed,
        }
    }

    /// A voice message that nobody took is no missed call from oneself.
    fn outcome_of_missing(&self) -> Outcome {
        match self.view.kind {
            CallKind::PlayOnPhone | CallKind::Voicemail => Outcome::Cancelled,
            CallKind::Person | CallKind::Automatic => Outcome::Missed,
        }
    }

    /// When something has to be done for this call, if nothing happens before.
    pub(super) fn next_due(&self) -> Option<tokio::time::Instant> {
        let dialling = self.dialling.next_due();
        self.divert_at.into_iter().chain(dialling).min()
    }

    pub(super) fn connect(&mut self) {
        self.stage = Stage::Up;
        self.view.state = CallState::Connected;
        self.view.connected_at = Some(Instant::now());
    }
}
