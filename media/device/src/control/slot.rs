//! One device in use: opened when it is wanted, replaced when it fails or goes, closed when it is
//! not wanted any more.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::control::OpenError;
use crate::event::{AudioEvent, Role};
use crate::wishes::{Owner, Wake};

/// The place of one stream. `S` is the stream; dropping it closes it.
pub(crate) struct Slot<S> {
    role: Role,
    wake: Wake,
    wish: Option<Wish>,
    state: State<S>,
    /// Devices that did not open, or failed as soon as they had; the others are tried first.
    refused: Vec<String>,
    /// How long the next try waits after the next failure.
    backoff: Duration,
    /// The lack of a device has been told.
    missing_told: bool,
}

/// Who wants a device, and which ones would do, the best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    pub owner: Owner,
    /// Every device that is there.
    pub candidates: Vec<String>,
}

/// Where a stream reports its end, from any thread and any number of times.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    reason: Arc<OnceLock<String>>,
    wake: Wake,
}

enum State<S> {
    /// Opened by the next [`Slot::settle`] that wants it.
    Closed,
    Open {
        device: String,
        _stream: S,
        failure: Failure,
        since: Instant,
    },
    /// Wanted, and not there; tried again at this time, or as soon as other devices are there.
    Waiting { until: Option<Instant> },
}

impl<S> Slot<S> {
    pub fn new(role: Role, wake: Wake) -> Self {
        Self {
            role,
            wake,
            wish: None,
            state: State::Closed,
            refused: Vec::new(),
            backoff: Duration::ZERO,
            missing_told: false,
        }
    }

    /// Closes a stream that has failed; true when there was one. Apart from [`Slot::settle`], so
    /// that every failed stream can be closed before the first device is opened, which may take
    /// seconds: some streams keep a core busy with errors until they are closed.
    pub fn drop_failed(&mut self, now: Instant, on_event: &dyn Fn(AudioEvent)) -> bool {
        let State::Open {
            device,
            failure,
            since,
            ..
        } = &mut self.state
        else {
            return false;
        };
        let Some(reason) = failure.reason().map(str::to_owned) else {
            return false;
        };
        let device = std::mem::take(device);
        if now.saturating_duration_since(*since) >= STEADY {
            self.backoff = Duration::ZERO;
        } else {
            self.refused.push(device.clone());
        }
        self.state = if self.has_another() {
            State::Closed
        } else {
            self.wait(now)
        };
        on_event(AudioEvent::Lost {
            role: self.role,
            device,
            reason,
        });
        true
    }

    /// Brings the stream in line with the wish. Gives what `open` made beside the stream whenever
    /// it has opened one.
    pub fn settle<R>(
        &mut self,
        now: Instant,
        wish: Option<Wish>,
        on_event: &dyn Fn(AudioEvent),
        open: impl FnMut(&str, Failure) -> Result<(S, R), OpenError>,
    ) -> Option<R> {
        let Some(wish) = wish else {
            self.close();
            return None;
        };
        self.take_up(wish, on_event);
        let open_now = match &self.state {
            State::Closed => true,
            State::Open { .. } => false,
            State::Waiting { until } => until.is_some_and(|until| now >= until),
        };
        open_now.then(|| self.open(now, on_event, open)).flatten()
    }

    /// When [`Slot::settle`] has something to do again.
    pub fn due(&self) -> Option<Instant> {
        match &self.state {
            State::Closed | State::Open { .. } => None,
            State::Waiting { until } => *until,
        }
    }

    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open { .. })
    }

    /// Closes the stream until the next wish.
    pub fn close(&mut self) {
        *self = Self::new(self.role, self.wake.clone());
    }

    /// Another owner needs rings of its own, and among other devices there may be a better one, or
    /// the one in use may be missing.
    fn take_up(&mut self, wish: Wish, on_event: &dyn Fn(AudioEvent)) {
        let served = self.wish.replace(wish);
        let (Some(served), Some(wish)) = (served, &self.wish) else {
            return;
        };
        if served == *wish {
            return;
        }
        if served.owner != wish.owner {
            let wish = self.wish.take();
            self.close();
            self.wish = wish;
            return;
        }
        self.refused.clear();
        if let State::Open { device, .. } = &self.state {
            if wish.candidates.first() == Some(device) {
                return;
            }
            // A sound server moves a stream to some other device without a word.
            if !wish.candidates.contains(device) {
                on_event(AudioEvent::Lost {
                    role: self.role,
                    device: device.clone(),
                    reason: "it is not connected any more".to_owned(),
                });
            }
        }
        self.state = State::Closed;
    }

    fn open<R>(
        &mut self,
        now: Instant,
        on_event: &dyn Fn(AudioEvent),
        mut open: impl FnMut(&str, Failure) -> Result<(S, R), OpenError>,
    ) -> Option<R> {
        let mut first_error = None;
        while let Some(device) = self.next_candidate().cloned() {
            let failure = Failure::new(self.wake.clone());
            match open(&device, failure.clone()) {
                Ok((stream, result)) => {
                    on_event(AudioEvent::Opened {
                        role: self.role,
                        device: device.clone(),
                    });
                    self.missing_told = false;
                    self.state = State::Open {
                        device,
                        _stream: stream,
                        failure,
                        since: now,
                    };
                    return Some(result);
                }
                Err(error) => {
                    first_error.get_or_insert(error);
                    self.refused.push(device);
                }
            }
        }
        let reason = first_error.unwrap_or(OpenError::NoDevice).to_string();
        if !std::mem::replace(&mut self.missing_told, true) {
            on_event(AudioEvent::Missing {
                role: self.role,
                reason,
            });
        }
        self.backoff = self.backoff.max(FIRST_BACKOFF);
        self.state = self.wait(now);
        None
    }

    fn next_candidate(&self) -> Option<&String> {
        let candidates = &self.wish.as_ref()?.candidates;
        candidates
            .iter()
            .find(|device| !self.refused.contains(device))
    }

    fn has_another(&self) -> bool {
        !self.refused.is_empty() && self.next_candidate().is_some()
    }

    /// After a loss the first try follows at once; the others wait ever longer. Where there is no
    /// device at all only a new list of devices can help.
    fn wait(&mut self, now: Instant) -> State<S> {
        self.refused.clear();
        let until = self.next_candidate().map(|_| now + self.backoff);
        self.backoff = (self.backoff * 2).clamp(FIRST_BACKOFF, LAST_BACKOFF);
        State::Waiting { until }
    }
}

impl Failure {
    pub fn new(wake: Wake) -> Self {
        Self {
            reason: Arc::default(),
            wake,
        }
    }

    pub fn reason(&self) -> Option<&str> {
        self.reason.get().map(String::as_str)
    }

    /// The stream has ended for this reason. Cheap when it has been told before.
    pub fn set(&self, reason: impl FnOnce() -> String) {
        if self.reason.get().is_none() && self.reason.set(reason()).is_ok() {
            self.wake.wake();
        }
    }
}

/// A stream that has lived this long was no false start.
const STEADY: Duration = Duration::from_secs(5);
const FIRST_BACKOFF: Duration = Duration::from_millis(250);
const LAST_BACKOFF: Duration = Duration::from_secs(1);
