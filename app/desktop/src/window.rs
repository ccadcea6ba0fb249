//! Runs the desktop program: the engine, the desk, and the window for as long as it is open.
//!
//! A window that is closed is gone, because Wayland knows none that are hidden; another one is opened
//! when it is wanted again. What rings meanwhile rings through the desk.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hark_memory::Program;
use hark_phone::PhoneConfig;
use hark_words::Language;

use crate::action::Action;
use crate::app::App;
use crate::autostart;
use crate::bus::Claim;
pub use crate::bus::instance::{Outcome, Request, hand_over};
use crate::desk::{AfterWindow, Desk, Wish};
use crate::host::{Desktop, Wake};
use crate::shell::Shell;
use crate::state::{DemoState, DesktopState, State};
pub use crate::status::words as status_words;
use crate::text;
use crate::theme;
use crate::views::Moment;

/// How the program is started.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WindowOptions {
    /// Start the built-in voicemail server and sign in to it.
    pub demo: bool,
    /// Begin without a window.
    pub background: bool,
    /// What to do first.
    pub request: Option<Request>,
}

/// Why there is no window: what to do, and the words of the system.
#[derive(Debug, thiserror::Error)]
#[error("{words}\n({0})", words = text::no_display())]
pub struct WindowError(String);

/// Runs until the user quits.
///
/// # Errors
/// The system has no display.
pub fn run(options: WindowOptions) -> Result<(), WindowError> {
    let program = Program::as_started();
    let waker = Waker::default();
    let mut shell = Shell::default();
    let desk = Rc::new(RefCell::new(desk(&options, &waker)));
    let mut open = !options.background;
    let result = loop {
        if open {
            let shown = show(&mut shell, &desk, &waker);
            if shown.is_err() || desk.borrow_mut().window_closed() == AfterWindow::End {
                break shown;
            }
        }
        match without_window(&desk, &waker, &program) {
            AfterWindow::Stay => open = true,
            AfterWindow::End => break Ok(()),
        }
    };
    desk.borrow().stop();
    result
}

fn desk(options: &WindowOptions, waker: &Waker) -> Desk {
    let wake = waker.wake();
    let engine_wake = wake.clone();
    // The engine signs in while the window is being made.
    let engine = hark_phone::start(profile(options), move || engine_wake());
    let claim = match options.demo {
        true => Claim::Nothing,
        false => Claim::ThePhone,
    };
    let host = Box::new(Desktop::new(wake, claim));
    let mut desk = Desk::new(Box::new(engine), host, first_state());
    first_actions(options).for_each(|action| desk.act(action));
    desk
}

/// Opens the window, and returns when the user has closed it.
fn show(shell: &mut Shell, desk: &Rc<RefCell<Desk>>, waker: &Waker) -> Result<(), WindowError> {
    // The wish that has led here is being fulfilled.
    desk.borrow_mut().take_wish();
    let app = App::new(desk.clone(), Moment::now);
    let shown = shell.show(app, |context| {
        theme::install(context);
        theme::borrow_fonts_of_the_system(context);
        waker.window_opened(context);
    });
    waker.window_closed();
    shown.map_err(|error| WindowError(error.to_string()))
}

/// Takes what happens while there is no window, until somebody wants one.
fn without_window(desk: &Rc<RefCell<Desk>>, waker: &Waker, program: &Program) -> AfterWindow {
    loop {
        let mut desk = desk.borrow_mut();
        desk.drain();
        match desk.take_wish() {
            Wish::Raise => return AfterWindow::Stay,
            Wish::Quit => return AfterWindow::End,
            Wish::Nothing => {}
        }
        drop(desk);
        if !waker.is_called_within(UNREST) {
            program.give_back();
            waker.wait();
        }
    }
}

/// Wakes whoever takes what happens: the window, or the thread that waits without one.
#[derive(Clone, Default)]
struct Waker(Arc<Sleeper>);

#[derive(Default)]
struct Sleeper {
    window: Mutex<Option<egui::Context>>,
    called: Mutex<bool>,
    call: Condvar,
}

impl Waker {
    fn wake(&self) -> Wake {
        let waker = self.clone();
        Arc::new(move || {
            *locked(&waker.0.called) = true;
            waker.0.call.notify_one();
            if let Some(window) = &*locked(&waker.0.window) {
                // At once it would draw two frames, which is twice the cost of meters that move all the time.
                window.request_repaint_after(SOON);
            }
        })
    }

    fn is_called_within(&self, time: Duration) -> bool {
        let asleep = locked(&self.0.called);
        let woken = self
            .0
            .call
            .wait_timeout_while(asleep, time, |called| !*called);
        std::mem::take(&mut *woken.unwrap_or_else(PoisonError::into_inner).0)
    }

    fn wait(&self) {
        let asleep = locked(&self.0.called);
        let woken = self.0.call.wait_while(asleep, |called| !*called);
        *woken.unwrap_or_else(PoisonError::into_inner) = false;
    }

    fn window_opened(&self, context: &egui::Context) {
        *locked(&self.0.window) = Some(context.clone());
    }

    fn window_closed(&self) {
        *locked(&self.0.window) = None;
    }
}

/// After a start, a window or a call that much goes on before all is quiet.
const UNREST: Duration = Duration::from_secs(2);

/// Sooner than anybody sees.
const SOON: Duration = Duration::from_millis(1);

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The demo leaves the user's own account alone.
fn profile(options: &WindowOptions) -> PhoneConfig {
    if options.demo {
        PhoneConfig {
            profile: hark_phone::Profile::Memory,
            ..PhoneConfig::default()
        }
    } else {
        PhoneConfig::default()
    }
}

fn first_state() -> State {
    State {
        desktop: DesktopState {
            folder: folder(),
            autostart: autostart::now(),
            language: Language::of_this_computer(),
            ..DesktopState::default()
        },
        demo: match cfg!(feature = "demo") {
            true => DemoState::Off,
            false => DemoState::Unavailable,
        },
        ..State::default()
    }
}

fn first_actions(options: &WindowOptions) -> impl Iterator<Item = Action> {
    let when_signed_in = |action| Action::WhenSignedIn(Box::new(action));
    let asked = options.request.clone().and_then(|request| match request {
        Request::Open(number) => Some(Action::PutOnKeypad(number)),
        Request::Call(address) => Some(when_signed_in(Action::Call(address))),
        Request::Voicemail => Some(when_signed_in(Action::CallVoicemail)),
        Request::Raise
        | Request::HangUp
        | Request::Status
        | Request::Diagnose
        | Request::ImportProfile(_)
        | Request::Provision(_)
        | Request::Quit => None,
    });
    let demo = options.demo.then_some(Action::StartDemo);
    demo.into_iter().chain(asked)
}

/// Where a person looks for files that a program has saved.
fn folder() -> PathBuf {
    let user = directories::UserDirs::new();
    let found = user
        .as_ref()
        .map(|user| user.download_dir().unwrap_or(user.home_dir()));
    found.map_or_else(PathBuf::new, Path::to_owned)
}
