//! One forwarded request: the devices that it went to, what they said, and what the caller hears
//! of it. The "response context" of RFC 3261 §16.7, as a state machine without I/O.

use std::collections::BTreeMap;
use std::time::Duration;

use hark_sip::message::{Response, StatusCode};
use hark_sip::transaction::ClientTransactionId;

use crate::routing::{Aftermath, Cause, Diversion, Unanswered, after_ringing};

/// The state of one forwarded request.
#[derive(Debug)]
pub(super) struct Fork {
    stage: Stage,
    branches: BTreeMap<ClientTransactionId, Branch>,
    /// The best failure so far (RFC 3261 §16.7, 6).
    best: Option<Response>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stage {
    /// Devices of a user ring.
    Ringing {
        user: String,
        unanswered: Unanswered,
        diversion: Diversion,
    },
    /// Nobody took the call in time, and the branches are being cancelled.
    GivingUp {
        user: String,
        unanswered: Unanswered,
    },
    /// The request is where it goes whatever comes of it: at voicemail, or inside a dialog.
    Last,
    /// The caller gave up, and the branches are being cancelled.
    Cancelled,
    /// A 2xx has passed. More may follow from other branches.
    Answered,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Branch {
    /// No provisional response yet, so that it cannot be cancelled (RFC 3261 §9.1).
    Trying,
    /// As above, and to be cancelled as soon as it can be.
    TryingCancelled(Why),
    Proceeding,
    Cancelled,
    /// It has had its final response.
    Done,
}

/// Why a branch is cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// The caller gave up, nobody answered in time, or a device said no for all.
    NotAnswered,
    AnsweredElsewhere,
}

#[derive(Debug)]
pub(super) enum Input {
    Response(ClientTransactionId, Response),
    /// No response will come: the other side is silent or gone.
    Failed(ClientTransactionId),
    /// The time that [`Action::Wait`] set is over.
    TimeUp,
    CallerCancelled,
}

/// What the proxy shall do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    /// Pass a response on to the caller.
    Pass(Response),
    /// Respond to the caller with a response of our own.
    Respond(StatusCode),
    Cancel(ClientTransactionId, Why),
    /// Send the call to voicemail and [`Fork::add`] that branch.
    Divert {
        user: String,
        cause: Cause,
    },
    /// Say [`Input::TimeUp`] after this time, and not before.
    Wait(Duration),
    /// The fork is over.
    Finish,
}

impl Why {
    /// The `Reason` header that says so (RFC 3326 §2 has this very example).
    pub fn reason(self) -> Option<&'static str> {
        match self {
            Self::NotAnswered => None,
            Self::AnsweredElsewhere => Some("SIP;cause=200;text=\"Call completed elsewhere\""),
        }
    }
}

impl Fork {
    pub fn new(stage: Stage) -> Self {
        Self {
            stage,
            branches: BTreeMap::new(),
            best: None,
        }
    }

    /// The request went out on one more branch.
    pub fn add(&mut self, branch: ClientTransactionId) {
        self.branches.insert(branch, Branch::Trying);
    }

    /// The end of a request that reached no flow at all.
    pub fn nowhere(&mut self) -> Vec<Action> {
        self.conclude()
    }

    pub fn step(&mut self, input: Input) -> Vec<Action> {
        match (&self.stage, input) {
            (_, Input::Response(id, response)) if response.status.is_provisional() => {
                self.provisional(id, response)
            }
            (_, Input::Response(id, response)) if response.status.is_success() => {
                self.success(id, response)
            }
            (Stage::Answered, Input::Response(id, _) | Input::Failed(id)) => {
                self.branches.insert(id, Branch::Done);
                vec![]
            }
            (_, Input::Response(id, response)) => self.failure(id, Some(response)),
            (_, Input::Failed(id)) => self.failure(id, None),
            (
                Stage::Ringing {
                    user, unanswered, ..
                },
                Input::TimeUp,
            ) => {
                let (user, unanswered) = (user.clone(), *unanswered);
                self.stop_ringing(Stage::GivingUp { user, unanswered })
            }
            // Timer C (RFC 3261 §16.8).
            (Stage::Last, Input::TimeUp) => {
                let user = String::new();
                self.stop_ringing(Stage::GivingUp {
                    user,
                    unanswered: Unanswered::Fails,
                })
            }
            (Stage::GivingUp { .. } | Stage::Cancelled, Input::TimeUp) => self.conclude(),
            (Stage::Answered, Input::TimeUp) => vec![Action::Finish],
            (Stage::Cancelled | Stage::Answered, Input::CallerCancelled) => vec![],
            (
                Stage::Ringing { .. } | Stage::GivingUp { .. } | Stage::Last,
                Input::CallerCancelled,
            ) => self.stop_ringing(Stage::Cancelled),
        }
    }

    fn provisional(&mut self, id: ClientTransactionId, response: Response) -> Vec<Action> {
        let branch = self.branches.get(&id).copied();
        if let Some(Branch::TryingCancelled(why)) = branch {
            self.branches.insert(id, Branch::Cancelled);
            return vec![Action::Cancel(id, why)];
        }
        if branch == Some(Branch::Trying) {
            self.branches.insert(id, Branch::Proceeding);
        }
        let is_wanted = matches!(self.stage, Stage::Ringing { .. } | Stage::Last);
        // Every element sends its own 100.
        if response.status == StatusCode::TRYING || !is_wanted {
            return vec![];
        }
        vec![Action::Pass(response)]
    }

    /// Every 2xx passes at once, a second one and a late one too (RFC 3261 §16.7, 5).
    fn success(&mut self, id: ClientTransactionId, response: Response) -> Vec<Action> {
        self.branches.insert(id, Branch::Done);
        let mut actions = vec![Action::Pass(response)];
        if self.stage != Stage::Answered {
            actions.extend(self.cancel_all(Why::AnsweredElsewhere));
            actions.push(Action::Wait(LINGER));
            self.stage = Stage::Answered;
        }
        actions
    }

    fn failure(&mut self, id: ClientTransactionId, response: Option<Response>) -> Vec<Action> {
        self.branches.insert(id, Branch::Done);
        let is_global = response
            .as_ref()
            .is_some_and(|response| response.status.code() >= 600);
        if let Some(response) = response
            && self
                .best
                .as_ref()
                .is_none_or(|best| rank(response.status) < rank(best.status))
        {
            self.best = Some(response);
        }
        if self.branches.values().all(|branch| *branch == Branch::Done) {
            return self.conclude();
        }
        // "No" for all devices (RFC 3261 §16.7, 5).
        if is_global {
            self.cancel_all(Why::NotAnswered)
        } else {
            vec![]
        }
    }

    fn stop_ringing(&mut self, stage: Stage) -> Vec<Action> {
        self.stage = stage;
        let mut actions = self.cancel_all(Why::NotAnswered);
        actions.push(Action::Wait(CANCEL_PATIENCE));
        actions
    }

    fn cancel_all(&mut self, why: Why) -> Vec<Action> {
        let mut actions = Vec::new();
        for (id, branch) in &mut self.branches {
            *branch = match *branch {
                Branch::Trying => Branch::TryingCancelled(why),
                Branch::Proceeding => {
                    actions.push(Action::Cancel(*id, why));
                    Branch::Cancelled
                }
                other @ (Branch::TryingCancelled(_) | Branch::Cancelled | Branch::Done) => other,
            };
        }
        actions
    }

    /// No branch will take the request any more.
    fn conclude(&mut self) -> Vec<Action> {
        let best = self.best.take();
        let status = best
            .as_ref()
            .map_or(StatusCode::TEMPORARILY_UNAVAILABLE, |best| best.status);
        match &self.stage {
            Stage::Ringing {
                user,
                unanswered,
                diversion,
            } => match after_ringing(*unanswered, *diversion, status) {
                Aftermath::Voicemail(cause) => self.divert(user.clone(), cause),
                Aftermath::PassOn => end(best, status),
                Aftermath::Refuse(status) => end(None, status),
            },
            Stage::GivingUp {
                user,
                unanswered: Unanswered::ToVoicemail,
            } => self.divert(user.clone(), Cause::NoAnswer),
            Stage::GivingUp {
                unanswered: Unanswered::Fails,
                ..
            } => end(None, StatusCode::TEMPORARILY_UNAVAILABLE),
            Stage::Last => end(best, status),
            Stage::Cancelled => end(None, StatusCode::REQUEST_TERMINATED),
            Stage::Answered => vec![Action::Finish],
        }
    }

    fn divert(&mut self, user: String, cause: Cause) -> Vec<Action> {
        self.stage = Stage::Last;
        vec![Action::Divert { user, cause }, Action::Wait(TIMER_C)]
    }
}

fn end(theirs: Option<Response>, ours: StatusCode) -> Vec<Action> {
    let response = match theirs {
        Some(response) => Action::Pass(response),
        None => Action::Respond(ours),
    };
    vec![response, Action::Finish]
}

/// Lower is better (RFC 3261 §16.7, 6): any 6xx, else the lowest class, and within 4xx those first
/// that tell the caller how to do better.
fn rank(status: StatusCode) -> (u16, u16, u16) {
    let class = status.code() / 100;
    let class_rank = if class == 6 { 0 } else { class };
    let is_helpful = matches!(status.code(), 401 | 407 | 415 | 420 | 484);
    (class_rank, u16::from(!is_helpful), status.code())
}

/// Timer C: more than three minutes (RFC 3261 §16.6, 11).
pub(super) const TIMER_C: Duration = Duration::from_secs(185);

/// How long a cancelled device may take to say so.
const CANCEL_PATIENCE: Duration = Duration::from_secs(2);

/// How long repeated 2xx still pass: 64 T1 (RFC 6026 §7.1).
const LINGER: Duration = Duration::from_secs(32);
