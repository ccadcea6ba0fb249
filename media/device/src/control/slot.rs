//! One device in use: opened when it is wanted, opened again when it fails, closed when it is not
//! wanted any more.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::control::{Backend, OpenError, Opened};
use crate::event::{AudioEvent, Role};
use crate::wishes::{Owner, Wake};

/// The place of one stream. `S` is the stream; dropping it closes it.
pub(crate) struct Slot<S> {
    role: Role,
    wake: Wake,
    state: State<S>,
    /// How long the next try waits after the next failure.
    backoff: Duration,
    /// The lack of a device has been told.
    missing_told: bool,
}

/// Who wants the device, and which one; another wish opens anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    pub owner: Owner,
    pub device: Option<String>,
}

/// Where a stream reports its end, from any thread and any number of times.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    reason: Arc<OnceLock<String>>,
    wake: Wake,
}

enum State<S> {
    Closed,
    Open {
        wish: Wish,
        device: String,
        _stream: S,
        failure: Failure,
        since: Instant,
        check_due: Instant,
    },
    /// Wanted, and not there; tried again at this time.
    Waiting {
        wish: Wish,
        until: Instant,
    },
}

impl<S> Slot<S> {
    pub fn new(role: Role, wake: Wake) -> Self {
        Self {
            role,
            wake,
            state: State::Closed,
            backoff: Duration::ZERO,
            missing_told: false,
        }
    }

    /// Brings the stream in line with the wish. Gives what `open` made beside the stream whenever
    /// it has opened one.
    pub fn settle<B: Backend<Stream = S>, R>(
        &mut self,
        now: Instant,
        wish: Option<Wish>,
        backend: &mut B,
        on_event: &dyn Fn(AudioEvent),
        open: impl FnOnce(&mut B, Option<&str>, Failure) -> Result<(Opened<S>, R), OpenError>,
    ) -> Option<R> {
        let Some(wish) = wish else {
            self.close();
            return None;
        };
        match &mut self.state {
            State::Open { wish: served, .. } | State::Waiting { wish: served, .. }
                if *served != wish =>
            {
                self.close();
            }
            State::Open {
                device,
                failure,
                since,
                check_due,
                ..
            } => {
                if let Some(reason) = failure.reason().map(str::to_owned) {
                    let device = std::mem::take(device);
                    if now.saturating_duration_since(*since) >= STEADY {
                        self.backoff = Duration::ZERO;
                    }
                    self.wait(now, wish.clone());
                    on_event(AudioEvent::Lost {
                        role: self.role,
                        device,
                        reason,
                    });
                } else if now >= *check_due {
                    *check_due = now + CHECK_PERIOD;
                    let best = backend.best(self.role, wish.device.as_deref());
                    if best.is_some_and(|best| best != *device) {
                        self.close();
                    }
                }
            }
            State::Closed | State::Waiting { .. } => (),
        }
        let open_now = match &self.state {
            State::Closed => true,
            State::Open { .. } => false,
            State::Waiting { until, .. } => now >= *until,
        };
        open_now
            .then(|| self.open(now, wish, backend, on_event, open))
            .flatten()
    }

    /// When [`Slot::settle`] has something to do again.
    pub fn due(&self) -> Option<Instant> {
        match &self.state {
            State::Closed => None,
            State::Open { check_due, .. } => Some(*check_due),
            State::Waiting { until, .. } => Some(*until),
        }
    }

    fn open<B: Backend<Stream = S>, R>(
        &mut self,
        now: Instant,
        wish: Wish,
        backend: &mut B,
        on_event: &dyn Fn(AudioEvent),
        open: impl FnOnce(&mut B, Option<&str>, Failure) -> Result<(Opened<S>, R), OpenError>,
    ) -> Option<R> {
        let failure = Failure::new(self.wake.clone());
        match open(backend, wish.device.as_deref(), failure.clone()) {
            Ok((Opened { device, stream }, result)) => {
                on_event(AudioEvent::Opened {
                    role: self.role,
                    device: device.clone(),
                });
                self.missing_told = false;
                let check_due = now + CHECK_PERIOD;
                self.state = State::Open {
                    wish,
                    device,
                    _stream: stream,
                    failure,
                    since: now,
                    check_due,
                };
                Some(result)
            }
            Err(error) => {
                if !std::mem::replace(&mut self.missing_told, true) {
                    on_event(AudioEvent::Missing {
                        role: self.role,
                        reason: error.to_string(),
                    });
                }
                self.backoff = self.backoff.max(FIRST_BACKOFF);
                self.wait(now, wish);
                None
            }
        }
    }

    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open { .. })
    }

    /// Closes the stream until the next wish.
    pub fn close(&mut self) {
        self.state = State::Closed;
        self.backoff = Duration::ZERO;
        self.missing_told = false;
    }

    /// After a loss the first try follows at once; the others wait ever longer.
    fn wait(&mut self, now: Instant, wish: Wish) {
        self.state = State::Waiting {
            wish,
            until: now + self.backoff,
        };
        self.backoff = (self.backoff * 2).clamp(FIRST_BACKOFF, LAST_BACKOFF);
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

    /// The stream has ended for this reason. Cheap when it has been told before: ALSA repeats a
    /// fatal error a million times a second until the stream is dropped.
    pub fn set(&self, reason: impl FnOnce() -> String) {
        if self.reason.get().is_none() && self.reason.set(reason()).is_ok() {
            self.wake.wake();
        }
    }
}

/// A stream that has lived this long was no false start.
const STEADY: Duration = Duration::from_secs(5);
/// How often it is checked whether a better device has come: the chosen one, or a new default.
const CHECK_PERIOD: Duration = Duration::from_secs(1);
const FIRST_BACKOFF: Duration = Duration::from_millis(250);
const LAST_BACKOFF: Duration = Duration::from_secs(1);
