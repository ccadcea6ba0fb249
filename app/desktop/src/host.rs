//! What is around the window: desktop notifications, the desktop's light or dark preference, and
//! the built-in server of the demo. Each lives on a thread of its own and reports back.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use hark_phone::{CallId, PhoneConfig};

use crate::action::{Action, Ringing};
use crate::bus::{Bus, BusRequest, file_manager};
use crate::engine::Engine;

/// What the window asks of its surroundings. None of it waits.
pub trait Host {
    fn notify(&mut self, ringing: Ringing);
    fn withdraw(&mut self, call: CallId);
    fn show_file(&mut self, file: PathBuf);
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
    pub fn new(wake: Wake) -> Self {
        let (reporter, inbox) = Reporter::new(wake);
        Self {
            bus: Bus::start(reporter.clone()),
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
    fn notify(&mut self, ringing: Ringing) {
        self.bus.request(BusRequest::Show(ringing));
    }

    fn withdraw(&mut self, call: CallId) {
        self.bus.request(BusRequest::Close(call));
    }

    fn show_file(&mut self, file: PathBuf) {
        file_manager::show(file, self.reporter.clone());
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
            Notice::DemoReady(config) => {
                Report::Engine(self.engine(*config), Some(Action::DemoStarted))
            }
            Notice::DemoLeft => Report::Engine(self.engine(PhoneConfig::default()), None),
        })
    }
}
