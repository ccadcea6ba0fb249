//! A window on a stage: a scripted engine and scripted surroundings, keys and presses in, commands
//! and words out.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Event, Key, Ui, UiBuilder, Vec2, ViewportCommand, ViewportId};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, Node};
use hark_desktop::action::{About, Action, Notification};
use hark_desktop::app::App;
use hark_desktop::app::frame::FrameBy;
use hark_desktop::desk::Desk;
use hark_desktop::engine::Engine;
use hark_desktop::host::{DemoRequest, Host, Report};
use hark_desktop::standing::Standing;
use hark_desktop::state::{Autostart, DemoState, DesktopState, State};
use hark_desktop::theme::{self, size};
use hark_desktop::views::Moment;
use hark_phone::{Busy, Command, Event as PhoneEvent, Snapshot};
use hark_words::{Language, language};

use crate::fixtures::moment;
use crate::test_painter::TestPainter;

/// The window and everything it talks to.
pub struct Stage {
    pub harness: Harness<'static, App>,
    script: Rc<RefCell<Script>>,
}

/// What the engine and the desktop will say, and what was said to them.
struct Script {
    snapshot: Arc<Snapshot>,
    events: VecDeque<PhoneEvent>,
    reports: VecDeque<Action>,
    said: Vec<String>,
    /// Whether the engine was told that its meters are seen.
    meters: Vec<bool>,
    busy: bool,
    standing: Option<Standing>,
}

impl Script {
    fn new(snapshot: Snapshot) -> Self {
        Self {
            snapshot: Arc::new(snapshot),
            events: VecDeque::new(),
            reports: VecDeque::new(),
            said: Vec::new(),
            meters: Vec::new(),
            busy: false,
            standing: None,
        }
    }
}

/// A file that is dropped, and that only the engine reads.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the window reads no files".into())
    }
}

/// What the window is drawn on.
struct Screen {
    size: [f32; 2],
    pixels_per_point: f32,
}

impl Stage {
    /// A window of the usual size.
    pub fn new(snapshot: Snapshot) -> Self {
        Self::of_size(snapshot, size::WINDOW)
    }

    pub fn of_size(snapshot: Snapshot, size: [f32; 2]) -> Self {
        Self::drawn(snapshot, size, 2.0)
    }

    /// A window of the usual size around a real engine.
    #[cfg(all(feature = "demo", target_os = "linux"))]
    pub fn live(engine: Box<dyn Engine>) -> Self {
        let script = Rc::new(RefCell::new(Script::new(Snapshot::default())));
        let screen = Screen {
            size: size::WINDOW,
            pixels_per_point: 2.0,
        };
        Self::around(engine, script, screen, Moment::now)
    }

    fn around(
        engine: Box<dyn Engine>,
        script: Rc<RefCell<Script>>,
        screen: Screen,
        clock: impl Fn() -> Moment + 'static,
    ) -> Self {
        let host = Scripted(script.clone());
        let state = State {
            demo: DemoState::Off,
            desktop: DesktopState {
                folder: "Downloads".into(),
                autostart: Some(Autostart::Off),
                ..DesktopState::default()
            },
            ..State::default()
        };
        let desk = Desk::new(engine, Box::new(host), state);
        let desk = Rc::new(RefCell::new(desk));
        let mut builder = Harness::builder();
        if language() == Language::RightToLeft {
            // The fonts of the computer have these letters; tests have only ours, and draw boxes.
            builder = builder.allow_missing_glyphs();
        }
        let harness = builder
            .with_size(Vec2::from(screen.size))
            .with_pixels_per_point(screen.pixels_per_point)
            .with_max_steps(20)
            .with_context_setup(theme::install)
            .with_render_cursor(false)
            .renderer(TestPainter::default())
            .build_ui_state(draw, App::new(desk, clock));
        // What was news when the window opened is another matter.
        script.borrow_mut().said.clear();
        Self { harness, script }
    }

    /// The same on a screen with as many pixels in a point.
    pub fn drawn(snapshot: Snapshot, size: [f32; 2], pixels_per_point: f32) -> Self {
        let screen = Screen {
            size,
            pixels_per_point,
        };
        let script = Rc::new(RefCell::new(Script::new(snapshot)));
        let engine = Box::new(Scripted(script.clone()));
        Self::around(engine, script, screen, moment)
    }

    /// The engine publishes a new snapshot.
    pub fn show(&mut self, snapshot: Snapshot) {
        let theme = self.script.borrow().snapshot.settings.theme;
        let mut snapshot = snapshot;
        snapshot.settings.theme = theme;
        self.script.borrow_mut().snapshot = Arc::new(snapshot);
        self.settle();
    }

    /// The engine reports an event.
    pub fn happens(&mut self, event: PhoneEvent) {
        self.script.borrow_mut().events.push_back(event);
        self.settle();
    }

    /// The desktop around the window reports an action.
    pub fn reports(&mut self, action: Action) {
        self.script.borrow_mut().reports.push_back(action);
        self.settle();
    }

    /// From now on the engine takes no command.
    pub fn engine_is_busy(&mut self) {
        self.script.borrow_mut().busy = true;
    }

    /// Scrolls to a button and clicks it.
    pub fn press(&mut self, name: &str) {
        self.button(name).scroll_to_me();
        self.settle();
        self.button(name).click();
        self.settle();
    }

    /// As a screen reader presses.
    pub fn activate(&mut self, role: Role, name: &str) {
        self.node(role, name).click_accesskit();
        self.settle();
    }

    pub fn key(&mut self, key: Key) {
        self.harness.key_press(key);
        self.settle();
    }

    /// Turns the wheel over the middle of the window.
    pub fn scroll(&mut self, points: f32) {
        self.wheel(points);
        self.settle();
    }

    /// The same, to be seen in the next frame.
    pub fn wheel(&mut self, points: f32) {
        let middle = self.harness.ctx.content_rect().center();
        self.harness.event(Event::PointerMoved(middle));
        self.harness.event(Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: Vec2::new(0.0, points),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: Default::default(),
        });
    }

    pub fn type_text(&mut self, text: &str) {
        for letter in text.chars() {
            self.harness.event(Event::Text(letter.to_string()));
        }
        self.settle();
    }

    pub fn paste(&mut self, text: &str) {
        self.harness.event(Event::Paste(text.to_owned()));
        self.settle();
    }

    /// Drops a file on the window.
    pub fn drop_file(&mut self, path: &str) {
        let file = Arc::new(Dropped(path.into()));
        self.harness.input_mut().dropped_files.push(file);
        self.settle();
    }

    /// Puts the keyboard into a text field and types there.
    pub fn fill(&mut self, field: &str, text: &str) {
        self.field(field).focus();
        self.settle();
        self.type_text(text);
    }

    /// Puts the keyboard into a text field and types there in place of what it holds.
    pub fn refill(&mut self, field: &str, text: &str) {
        self.field(field).focus();
        self.settle();
        self.retype(text);
    }

    /// Types in place of what the field holds that has the keyboard.
    pub fn retype(&mut self, text: &str) {
        self.harness
            .key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
        self.settle();
        self.type_text(text);
    }

    /// Draws two frames, between which the window's clock goes on by half a second.
    pub fn wait(&mut self) {
        self.harness.run_steps(2);
    }

    /// Shows a snapshot in one frame, and no more, and presses a key in the next.
    pub fn show_while_a_key_is_on_its_way(&mut self, snapshot: Snapshot, key: Key) {
        self.script.borrow_mut().snapshot = Arc::new(snapshot);
        self.harness.step();
        self.key(key);
    }

    /// Draws until nothing moves. A window that never comes to rest fails here.
    pub fn settle(&mut self) {
        self.harness.run();
    }

    pub fn button<'a>(&'a self, name: &'a str) -> Node<'a> {
        self.node(Role::Button, name)
    }

    pub fn field<'a>(&'a self, name: &'a str) -> Node<'a> {
        self.harness
            .get_by(|node| is_field(node.role()) && node.label().as_deref() == Some(name))
    }

    pub fn node<'a>(&'a self, role: Role, name: &'a str) -> Node<'a> {
        self.harness.get_by_role_and_label(role, name)
    }

    pub fn has(&self, role: Role, name: &str) -> bool {
        self.harness.query_by_role_and_label(role, name).is_some()
    }

    /// The label with these words.
    pub fn label<'a>(&'a self, words: &'a str) -> Node<'a> {
        self.harness
            .get_by(|node| node.role() == Role::Label && node.value().as_deref() == Some(words))
    }

    /// Whether these words stand on screen as a label of their own.
    pub fn reads(&self, words: &str) -> bool {
        self.harness
            .query_all_by(|node| {
                node.role() == Role::Label && node.value().as_deref() == Some(words)
            })
            .next()
            .is_some()
    }

    /// What was said to the engine and to the desktop since the last time, in order.
    pub fn said(&mut self) -> Vec<String> {
        std::mem::take(&mut self.script.borrow_mut().said)
    }

    /// What the engine was told since the last time of whether somebody sees the meters.
    pub fn watched_meters(&mut self) -> Vec<bool> {
        std::mem::take(&mut self.script.borrow_mut().meters)
    }

    /// The desktop hides or shows the window.
    pub fn minimize(&mut self, minimized: bool) {
        let window = self
            .harness
            .input_mut()
            .viewports
            .get_mut(&ViewportId::ROOT);
        let window = window.expect("there is one window");
        window.minimized = Some(minimized);
        window.occluded = Some(false);
        self.settle();
    }

    /// The desktop leaves the window's frame to the program, as GNOME does.
    pub fn frame(&mut self) {
        self.harness.state_mut().frame(FrameBy::Hark);
        self.settle();
    }

    /// Clicks a button, and says what the desktop is told to do with the window.
    pub fn window_is_told(&mut self, button: &str) -> Vec<ViewportCommand> {
        self.button(button).click();
        let mut told = Vec::new();
        // The press, the release, and the frame after them.
        for _ in 0..3 {
            self.harness.step();
            let windows = &self.harness.output().viewport_output;
            told.extend(windows[&ViewportId::ROOT].commands.iter().cloned());
        }
        told
    }

    /// The accessible description of a node.
    pub fn description(&self, role: Role, name: &str) -> String {
        let node = self.node(role, name);
        node.accesskit_node().description().unwrap_or_default()
    }
}

/// The whole window, as the shell draws it: the harness leaves a margin around what it draws.
fn draw(ui: &mut Ui, app: &mut App) {
    let everywhere = ui.ctx().content_rect();
    let mut window = ui.new_child(UiBuilder::new().max_rect(everywhere));
    window.set_clip_rect(everywhere);
    app.logic(window.ctx());
    app.ui(&mut window);
}

fn is_field(role: Role) -> bool {
    matches!(role, Role::TextInput | Role::PasswordInput)
}

/// Digits print redacted, so that they reach no log; here they are what matters.
fn spelled(command: &Command) -> String {
    match command {
        Command::SendDigits { call, digits } => format!("digits {}: {}", call.0, digits.reveal()),
        other => format!("{other:?}"),
    }
}

struct Scripted(Rc<RefCell<Script>>);

impl Engine for Scripted {
    fn send(&self, command: Command) -> Result<(), Busy> {
        let mut script = self.0.borrow_mut();
        if script.busy {
            return Err(Busy);
        }
        match command {
            Command::WatchMeters { watch } => script.meters.push(watch),
            Command::ListHistory(question) => {
                let list = crate::fixtures::listed(&script.snapshot.history, question);
                let mut snapshot = Snapshot::clone(&script.snapshot);
                snapshot.history_list = Some(list);
                script.snapshot = Arc::new(snapshot);
            }
            command => script.said.push(spelled(&command)),
        }
        Ok(())
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        self.0.borrow().snapshot.clone()
    }

    fn poll_event(&self) -> Option<PhoneEvent> {
        self.0.borrow_mut().events.pop_front()
    }

    fn stop(&self) {
        self.0.borrow_mut().said.push("stop".into());
    }
}

impl Host for Scripted {
    fn notify(&mut self, told: Notification) {
        let line = format!("notify: {} / {}", told.title, told.body);
        self.0.borrow_mut().said.push(line);
    }

    fn withdraw(&mut self, about: About) {
        let line = match about {
            About::Ringing(call) => format!("withdraw {}", call.0),
            about => format!("withdraw {about:?}"),
        };
        self.0.borrow_mut().said.push(line);
    }

    fn stand(&mut self, standing: Standing) {
        self.0.borrow_mut().standing = Some(standing);
    }

    fn set_autostart(&mut self, autostart: Autostart) {
        let line = format!("autostart {autostart:?}");
        self.0.borrow_mut().said.push(line);
    }

    fn choose_file(&mut self, title: &'static str) {
        self.0.borrow_mut().said.push(format!("choose: {title}"));
    }

    fn show_file(&mut self, file: std::path::PathBuf) {
        let line = format!("show {}", file.display());
        self.0.borrow_mut().said.push(line);
    }

    fn demo(&mut self, request: DemoRequest) {
        self.0.borrow_mut().said.push(format!("demo: {request:?}"));
    }

    fn poll(&mut self) -> Option<Report> {
        self.0.borrow_mut().reports.pop_front().map(Report::Act)
    }
}
