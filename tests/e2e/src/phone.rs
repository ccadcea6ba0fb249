//! An engine under test, with the events that it has told.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use hark_phone::{
    AccountSettings, CallId, CallState, Command, Event, Handle, Password, PhoneConfig, Profile,
    RegistrationView, Snapshot, Sound, SoundEnd,
};
use tempfile::TempDir;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::{fmt, prelude::*};

use crate::LIMIT;
use crate::raw::{Raw, RawFlow, RawServer};

/// A phone with a folder of its own, in which its loudspeaker is `heard.wav`.
pub struct Phone {
    handle: Handle,
    awake: Arc<Awake>,
    folder: TempDir,
    /// What was told last, for the message of a test that fails.
    told: RefCell<VecDeque<Event>>,
}

/// The engine's wake call as something to wait for.
#[derive(Default)]
struct Awake {
    woken: Mutex<bool>,
    bell: Condvar,
}

impl Phone {
    /// Starts an engine that speaks what is in `microphone`.
    pub fn start(account: AccountSettings, password: &str, microphone: Option<&Path>) -> Self {
        Self::start_with(account, password, |config| {
            config.sound.microphone =
                microphone.map_or(SoundEnd::None, |path| SoundEnd::File(path.into()));
        })
    }

    /// Starts an engine with more than an account.
    pub fn start_with(
        account: AccountSettings,
        password: &str,
        change: impl FnOnce(&mut PhoneConfig),
    ) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self::launch(account, password, folder, change)
    }

    /// Starts an engine without sound that keeps its history on the disk, as the headless program
    /// does.
    pub fn without_sound(account: AccountSettings, password: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let profile = Profile::Folder(folder.path().join("profile"));
        Self::launch(account, password, folder, |config| {
            config.profile = profile;
            config.sound = Sound {
                microphone: SoundEnd::None,
                speaker: SoundEnd::None,
            };
        })
    }

    fn launch(
        account: AccountSettings,
        password: &str,
        folder: TempDir,
        change: impl FnOnce(&mut PhoneConfig),
    ) -> Self {
        log();
        let mut config = PhoneConfig {
            profile: Profile::Memory,
            account: Some(account),
            password: Some(Password::new(password)),
            sound: Sound {
                microphone: SoundEnd::None,
                speaker: SoundEnd::File(folder.path().join("heard.wav")),
            },
            ..PhoneConfig::default()
        };
        change(&mut config);
        let awake = Arc::new(Awake::default());
        let bell = Arc::clone(&awake);
        Self {
            handle: hark_phone::start(config, move || bell.ring()),
            awake,
            folder,
            told: RefCell::default(),
        }
    }

    /// Starts an engine and waits until it is registered.
    pub fn registered(account: AccountSettings, password: &str) -> Self {
        let phone = Self::start(account, password, None);
        phone.until_registered();
        phone
    }

    /// Starts an engine with an account at a hand-written server, which challenges it once. Returns
    /// the REGISTER that was accepted as well.
    pub fn signed_in(server: &RawServer, account: AccountSettings) -> (Self, RawFlow, Raw) {
        Self::signed_in_with(server, account, |_| {})
    }

    /// The same with more than an account.
    pub fn signed_in_with(
        server: &RawServer,
        account: AccountSettings,
        change: impl FnOnce(&mut PhoneConfig),
    ) -> (Self, RawFlow, Raw) {
        let phone = Self::start_with(account, "secret", change);
        let mut flow = server.accept();
        let register = flow.register();
        phone.until_registered();
        (phone, flow, register)
    }

    pub fn until_registered(&self) {
        self.until("registered", |event| match event {
            Event::Registration(RegistrationView::Registered) => Some(()),
            _ => None,
        });
    }

    pub fn send(&self, command: Command) {
        self.handle
            .send(command)
            .expect("the engine takes commands");
    }

    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.handle.snapshot()
    }

    /// Where the loudspeaker's sound is.
    pub fn heard(&self) -> PathBuf {
        self.folder.path().join("heard.wav")
    }

    /// Waits for the event that `wanted` knows.
    #[track_caller]
    pub fn until<T>(&self, what: &str, mut wanted: impl FnMut(&Event) -> Option<T>) -> T {
        let deadline = Instant::now() + LIMIT;
        loop {
            let Some(event) = self.handle.wait_event_until(deadline) else {
                panic!("not {what} in time; told: {:#?}", self.told.borrow());
            };
            assert_ne!(
                event,
                Event::Stopped,
                "{what}; told: {:#?}",
                self.told.borrow()
            );
            let found = wanted(&event);
            self.remember(event);
            if let Some(found) = found {
                return found;
            }
        }
    }

    /// Takes what is told within this time.
    pub fn listen(&self, time: Duration) {
        let deadline = Instant::now() + time;
        while let Some(event) = self.handle.wait_event_until(deadline) {
            self.remember(event);
        }
    }

    fn remember(&self, event: Event) {
        let mut told = self.told.borrow_mut();
        if told.len() == REMEMBERED {
            told.pop_front();
        }
        told.push_back(event);
    }

    /// Waits until a call is in a state, and returns it with the reason that was told.
    #[track_caller]
    pub fn until_call(&self, state: CallState) -> (CallId, Option<String>) {
        self.until(&format!("{state:?}"), |event| match event {
            Event::Call {
                call,
                state: got,
                reason,
                ..
            } if *got == state => Some((*call, reason.clone())),
            _ => None,
        })
    }

    #[track_caller]
    pub fn until_incoming(&self) -> (CallId, hark_phone::CallKind, String) {
        self.until("incoming", |event| match event {
            Event::Incoming {
                call, kind, from, ..
            } => Some((*call, *kind, from.clone())),
            _ => None,
        })
    }

    #[track_caller]
    pub fn until_error(&self) -> String {
        self.until("an error", |event| match event {
            Event::Error { text } => Some(text.clone()),
            _ => None,
        })
    }

    /// Waits until the counts of the mailbox are these.
    #[track_caller]
    pub fn until_waiting(&self, new: u32) {
        self.until("message waiting", |event| match event {
            Event::MessageWaiting { new: told, .. } if *told == new => Some(()),
            _ => None,
        });
    }

    /// Waits until the snapshot shows something. The engine wakes its face at every change.
    #[track_caller]
    pub fn shows<T: Debug>(&self, what: &str, mut wanted: impl FnMut(&Snapshot) -> Option<T>) -> T {
        let deadline = Instant::now() + LIMIT;
        loop {
            if let Some(found) = wanted(&self.snapshot()) {
                return found;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                self.awake.wait(left),
                "{what} not shown: {:#?}",
                self.snapshot()
            );
        }
    }

    /// Quits and waits until the engine has ended.
    pub fn quit(&self) {
        self.handle.join();
    }
}

/// Events that a failing test shows.
const REMEMBERED: usize = 200;

/// `RUST_LOG` shows what the engines log, under the test that fails.
fn log() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let wanted = std::env::var("RUST_LOG").unwrap_or_default();
        tracing_subscriber::registry()
            .with(fmt::layer().with_test_writer())
            .with(wanted.parse::<Targets>().unwrap_or_default())
            .init();
    });
}

impl Awake {
    fn ring(&self) {
        *self.woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.notify_all();
    }

    /// Waits for the next ring; false when it did not come in time.
    fn wait(&self, limit: Duration) -> bool {
        let woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut woken, outcome) = self
            .bell
            .wait_timeout_while(woken, limit, |woken| !*woken)
            .unwrap_or_else(PoisonError::into_inner);
        *woken = false;
        !outcome.timed_out()
    }
}
