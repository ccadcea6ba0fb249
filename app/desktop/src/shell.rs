//! The window on the desktop: events of winit in, frames of egui out, drawn in memory.
//!
//! Frames are drawn when something asks for one, at the time it asks for; a window where nothing happens costs
//! nothing. A hidden window draws none, but the program goes on ([`App::logic`]).

mod screen;
mod surface;

use std::time::{Duration, Instant};

use egui_winit::accesskit_winit;
use winit::application::ApplicationHandler;
use winit::event::WindowEvent;
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop, EventLoopProxy};
use winit::platform::run_on_demand::EventLoopExtRunOnDemand as _;
use winit::window::WindowId;

use crate::app::App;
use screen::{Drawn, Room, Screen};

/// Opens windows, one after another. The connection to the desktop is made for the first and kept, because a
/// program can make only one.
#[derive(Default)]
pub struct Shell {
    event_loop: Option<EventLoop<Call>>,
    /// What the user gave the last window, and gets again.
    room: Room,
}

/// Why there is no window, in the words of the system.
#[derive(Debug, thiserror::Error)]
pub enum ShellError {
    #[error("{0}")]
    Desktop(#[from] winit::error::EventLoopError),
    #[error("{0}")]
    Window(#[from] winit::error::OsError),
    #[error("{0}")]
    Surface(#[from] softbuffer::SoftBufferError),
}

impl Shell {
    /// Shows `app` in a window, and returns when that is closed. `opened` gets what draws it, before the first
    /// frame.
    ///
    /// # Errors
    /// The system has no desktop to show a window on, or it lets none be opened.
    pub fn show(
        &mut self,
        app: App,
        opened: impl FnOnce(&egui::Context),
    ) -> Result<(), ShellError> {
        let event_loop = match &mut self.event_loop {
            Some(event_loop) => event_loop,
            none => none.insert(EventLoop::with_user_event().build()?),
        };
        let context = egui::Context::default();
        let calls = event_loop.create_proxy();
        call_on_request(&context, calls.clone());
        opened(&context);
        let mut open = Open {
            app,
            context,
            calls,
            screen: None,
            room: self.room,
            due: None,
            overdue: None,
            outcome: Ok(()),
        };
        event_loop.run_app_on_demand(&mut open)?;
        self.room = open.room;
        open.outcome
    }
}

/// What calls the thread of the window.
enum Call {
    /// Somebody wants a frame, also when one is under way.
    Frame {
        at: Instant,
    },
    Accessibility(accesskit_winit::Event),
    /// The window is gone.
    Closed,
}

impl From<accesskit_winit::Event> for Call {
    fn from(event: accesskit_winit::Event) -> Self {
        Self::Accessibility(event)
    }
}

fn call_on_request(context: &egui::Context, calls: EventLoopProxy<Call>) {
    context.set_request_repaint_callback(move |request| {
        let frame = Call::Frame {
            at: Instant::now() + request.delay,
        };
        // Fails only when the window is gone.
        let _ = calls.send_event(frame);
    });
}

/// A window while it is open.
struct Open {
    app: App,
    context: egui::Context,
    calls: EventLoopProxy<Call>,
    screen: Option<Screen>,
    room: Room,
    /// When the next frame is wanted.
    due: Option<Instant>,
    /// Since the desktop was asked for a frame, when that has been long enough ago.
    overdue: Option<Instant>,
    outcome: Result<(), ShellError>,
}

impl Open {
    /// Whether this is the window. The end of the one before it is told when this one is open already.
    fn is_of(&self, id: WindowId) -> bool {
        self.screen.as_ref().is_some_and(|screen| screen.id() == id)
    }

    fn want_frame(&mut self, at: Instant) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// Asks the desktop for the frame that is due, and goes on without where it gives none.
    fn follow_time(&mut self, event_loop: &ActiveEventLoop, now: Instant) {
        if self.due.is_some_and(|due| due <= now) {
            self.due = None;
            match &self.screen {
                Some(screen) if screen.is_hidden() => self.overdue = Some(now),
                Some(screen) => {
                    screen.request_redraw();
                    self.overdue.get_or_insert(now + WITHHELD);
                }
                None => {}
            }
        }
        if self.overdue.is_some_and(|overdue| overdue <= now) {
            self.overdue = None;
            if let Some(screen) = &mut self.screen {
                let drawn = screen.run_unseen(&mut self.app, event_loop);
                self.follow(drawn);
            }
        }
        let next = self.due.into_iter().chain(self.overdue).min();
        event_loop.set_control_flow(next.map_or(ControlFlow::Wait, ControlFlow::WaitUntil));
    }

    fn draw(&mut self, event_loop: &ActiveEventLoop) {
        self.due = None;
        let was_asked = self.overdue.take().is_some();
        if let Some(screen) = &mut self.screen {
            if !was_asked {
                screen.forget_what_is_seen();
            }
            let drawn = screen.draw(&mut self.app, event_loop);
            self.follow(drawn);
        }
    }

    fn follow(&mut self, drawn: Drawn) {
        match drawn {
            Drawn::Stay => {}
            Drawn::Close => self.close(),
        }
    }

    fn close(&mut self) {
        if let Some(screen) = self.screen.take() {
            self.room = screen.room();
            // Wayland is told of the window's end in the next round only, and after the exit there is none.
            let _ = self.calls.send_event(Call::Closed);
        }
    }
}

impl ApplicationHandler<Call> for Open {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        if self.screen.is_some() {
            return;
        }
        match Screen::open(&self.context, event_loop, self.calls.clone(), self.room) {
            Ok(screen) => {
                self.screen = Some(screen);
                // A window that cannot be seen yet is asked for no frame.
                self.draw(event_loop);
            }
            Err(error) => {
                self.outcome = Err(error);
                event_loop.exit();
            }
        }
    }

    fn about_to_wait(&mut self, event_loop: &ActiveEventLoop) {
        self.follow_time(event_loop, Instant::now());
    }

    fn user_event(&mut self, event_loop: &ActiveEventLoop, call: Call) {
        match call {
            Call::Frame { at } => self.want_frame(at),
            Call::Closed => event_loop.exit(),
            Call::Accessibility(event) => {
                use accesskit_winit::WindowEvent::{
                    AccessibilityDeactivated, ActionRequested, InitialTreeRequested,
                };
                if !self.is_of(event.window_id) {
                    return;
                }
                match event.window_event {
                    InitialTreeRequested => {
                        self.context.enable_accesskit();
                        // The adapter shows an empty tree until it gets the first one.
                        self.draw(event_loop);
                    }
                    ActionRequested(request) => {
                        if let Some(screen) = &mut self.screen {
                            screen.act(request);
                        }
                        self.want_frame(Instant::now());
                    }
                    AccessibilityDeactivated => self.context.disable_accesskit(),
                }
            }
        }
    }

    fn window_event(&mut self, event_loop: &ActiveEventLoop, id: WindowId, event: WindowEvent) {
        if !self.is_of(id) {
            return;
        }
        match event {
            WindowEvent::RedrawRequested => self.draw(event_loop),
            WindowEvent::CloseRequested | WindowEvent::Destroyed => self.close(),
            event => {
                let changes = self
                    .screen
                    .as_mut()
                    .is_some_and(|screen| screen.take(&event));
                if changes {
                    self.want_frame(Instant::now());
                }
            }
        }
    }
}

/// Wayland gives a window that is covered no frames, and does not say that it is covered. Three frames of a
/// usual screen: a call that rings meanwhile asks for attention at once.
const WITHHELD: Duration = Duration::from_millis(50);
