//! What is around the phone: notifications, the tray, other programs of the desktop, its light or dark
//! preference, and the built-in server of the demo. Each lives on a thread of its own and reports back.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use hark_phone::PhoneConfig;
use tokio::sync::oneshot;

use crate::action::{About, Action, Notification};
use crate::autostart;
use crate::bus::{Bus, BusRequest, Claim, file_chooser, file_manager};
use crate::engine::Engine;
use crate::standing::Standing;
use crate::state::Autostart;

/// What the window asks of its surroundings. None of it waits.
pub trait Host {
    fn notify(&mut self, notification: Notification);
    fn withdraw(&mut self, about: About);
    /// How the phone stands now, for the tray.
    fn stand(&mut self, standing: Standing);
    fn show_file(&mut self, file: PathBuf);
    /// Lets the user choose a file; an [`Action::AuthorityFileChosen`] or [`Action::NoFileChooser`]
    /// follows, or nothing where he chose none.
    fn choose_file(&mut self, title: &'static str);
    fn set_autostart(&mut self, autostart: Autostart);
    fn demo(&mut self, request: DemoRequest);
    /// The next thing that happened around the window.
    fn poll(&mut self) -> Option<Report>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemoRequest {
    Start,
    Leave,
    PlayOnPhone,
    Call,
}

/// Something happened around the window.
pub enum Report {
    Act(Action),
    /// Use this engine from now on, and then act.
    Engine(Box<dyn Engine>, Option<Action>),
    /// Somebody asks.
    Ask(Question, Answer),
}

/// What another program may ask, to be answered in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// How the phone stands.
    Status,
    /// Why something does not work.
    Diagnosis,
}

/// The way back to whoever asks.
pub struct Answer(oneshot::Sender<String>);

impl Answer {
    /// The answering and the asking end.
    pub fn new() -> (Self, oneshot::Receiver<String>) {
        let (answer, asked) = oneshot::channel();
        (Self(answer), asked)
    }

    pub fn give(self, json: String) {
        // Whoever has asked may have gone.
        let _ = self.0.send(json);
    }
}

/// Makes the window look again; may be called from any thread.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// The other threads' way to the window.
#[derive(Clone)]
pub struct Reporter {
    notices: Sender<Notice>,
    wake: Wake,
}

/// What other threads report.
pub enum Notice {
    Act(Action),
    Ask(Question, Answer),
    /// The demo's server runs; this engine would be a client of it.
    DemoReady(Box<PhoneConfig>),
    /// Back to the user's own account.
    DemoLeft,
}

impl Reporter {
    /// The reporting and the reading end.
    pub fn new(wake: Wake) -> (Self, Receiver<Notice>) {
        let (notices, inbox) = channel();
        (Self { notices, wake }, inbox)
    }

    pub fn report(&self, notice: Notice) {
        // Nobody listens any more when the window has closed.
        let _ = self.notices.send(notice);
        (self.wake)();
    }
}

/// The real surroundings.
pub struct Desktop {
    reporter: Reporter,
    inbox: Receiver<Notice>,
    bus: Bus,
    #[cfg(feature = "demo")]
    demo: Option<crate::demo::Demo>,
}

impl Desktop {
    pub fn new(wake: Wake, claim: Claim) -> Self {
        let (reporter, inbox) = Reporter::new(wake);
        Self {
            bus: Bus::start(reporter.clone(), claim),
            reporter,
            inbox,
            #[cfg(feature = "demo")]
            demo: None,
        }
    }

    fn engine(&self, config: PhoneConfig) -> Box<dyn Engine> {
        let wake = self.reporter.wake.clone();
        Box::new(hark_phone::start(config, move || wake()))
    }
}

impl Host for Desktop {
    fn notify(&mut self, notification: Notification) {
        self.bus.request(BusRequest::Show(notification));
    }

    fn withdraw(&mut self, about: About) {
        self.bus.request(BusRequest::Close(about));
    }

    fn stand(&mut self, standing: Standing) {
        self.bus.request(BusRequest::Stand(standing));
    }

    fn set_autostart(&mut self, autostart: Autostart) {
        let now = autostart::set(autostart).map_err(|error| error.to_string());
        self.reporter.report(Notice::Act(Action::AutostartIs(now)));
    }

    fn show_file(&mut self, file: PathBuf) {
        file_manager::show(file, self.reporter.clone());
    }

    fn choose_file(&mut self, title: &'static str) {
        file_chooser::ask(title, self.reporter.clone());
    }

    #[cfg(feature = "demo")]
    fn demo(&mut self, request: DemoRequest) {
        match request {
            DemoRequest::Start => {
                self.demo = Some(crate::demo::Demo::start(self.reporter.clone()));
            }
            DemoRequest::Leave => {
                self.demo = None;
                self.reporter.report(Notice::DemoLeft);
            }
            DemoRequest::PlayOnPhone => {
                self.demo.iter().for_each(crate::demo::Demo::play_on_phone);
            }
            DemoRequest::Call => self.demo.iter().for_each(crate::demo::Demo::call),
        }
    }

    #[cfg(not(feature = "demo"))]
    fn demo(&mut self, _request: DemoRequest) {}

    fn poll(&mut self) -> Option<Report> {
        Some(match self.inbox.try_recv().ok()? {
            Notice::Act(action) => Report::Act(action),
            Notice::Ask(question, answer) => Report::Ask(question, answer),
            Notice::DemoReady(config) => {
                Report::Engine(self.engine(*config), Some(Action::DemoStarted))
            }
            Notice::DemoLeft => Report::Engine(self.engine(PhoneConfig::default()), None),
        })
    }
}
