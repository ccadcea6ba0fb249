//! A window of the system with the egui that lives in it.

use std::rc::Rc;

use egui::{RawInput, ViewportBuilder, ViewportCommand, ViewportEvent, ViewportId, ViewportInfo};
use egui_winit::State;
use hark_painter::{Frame, Painter};
use winit::event::WindowEvent;
use winit::event_loop::{ActiveEventLoop, EventLoopProxy};
use winit::window::{Window, WindowId};

use super::surface::Surface;
use super::{Call, ShellError};
use crate::app::App;
use crate::app::frame::FrameBy;
use crate::icon;
use crate::identity::APP_ID;
use crate::text;
use crate::theme::size;

pub struct Screen {
    window: Rc<Window>,
    surface: Surface,
    painter: Painter,
    context: egui::Context,
    input: State,
    /// What was typed and pressed while nothing was drawn.
    unread: RawInput,
    info: ViewportInfo,
    is_shown: bool,
    /// Elsewhere the desktop draws every frame.
    is_wayland: bool,
}

/// How large a window is.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// In points of the desktop, without a frame.
    size: [f32; 2],
    is_maximized: bool,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            size: size::WINDOW,
            is_maximized: false,
        }
    }
}

/// What became of a frame.
pub enum Drawn {
    Stay,
    /// The program wants the window closed.
    Close,
}

impl Screen {
    pub fn open(
        context: &egui::Context,
        event_loop: &ActiveEventLoop,
        calls: EventLoopProxy<Call>,
        room: Room,
    ) -> Result<Self, ShellError> {
        // It appears with its first frame in it.
        let window =
            egui_winit::create_window(context, event_loop, &builder(room).with_visible(false))?;
        let window = Rc::new(window);
        let mut info = ViewportInfo::default();
        egui_winit::update_viewport_info(&mut info, context, &window, true);
        let mut input = State::new(
            context.clone(),
            ViewportId::ROOT,
            event_loop,
            Some(window.scale_factor() as f32),
            window.theme(),
            None,
        );
        input.init_accesskit(event_loop, &window, calls);
        Ok(Self {
            surface: Surface::new(event_loop, window.clone())?,
            window,
            painter: Painter::default(),
            context: context.clone(),
            input,
            unread: RawInput::default(),
            info,
            is_shown: false,
            is_wayland: is_wayland(event_loop),
        })
    }

    pub fn id(&self) -> WindowId {
        self.window.id()
    }

    pub fn room(&self) -> Room {
        let Room { size: usual, .. } = Room::default();
        let is_maximized = self.window.is_maximized();
        let size = self.window.inner_size();
        let size = size.to_logical::<f32>(self.window.scale_factor());
        Room {
            // A window that is maximised does not tell how large it was before.
            size: match is_maximized {
                true => usual,
                false => [size.width, size.height - self.frame().height()],
            },
            is_maximized,
        }
    }

    pub fn is_hidden(&self) -> bool {
        self.is_shown && self.info.visible() == Some(false)
    }

    pub fn request_redraw(&self) {
        self.window.request_redraw();
    }

    /// Whatever the desktop has kept of the last frame is drawn over.
    pub fn forget_what_is_seen(&mut self) {
        self.surface.forget();
    }

    /// Takes an event of the window. Whether it wants a frame.
    pub fn take(&mut self, event: &WindowEvent) -> bool {
        if let WindowEvent::Occluded(is_occluded) = event {
            self.info.occluded = Some(*is_occluded);
        }
        self.input.on_window_event(&self.window, event).repaint
    }

    /// Takes what a screen reader or another helper wants done.
    pub fn act(&mut self, request: egui::accesskit::ActionRequest) {
        self.input.on_accesskit_action_request(request);
    }

    /// Lets the program go on without drawing it.
    pub fn run_unseen(&mut self, app: &mut App, event_loop: &ActiveEventLoop) -> Drawn {
        let input = self.read();
        let output = self.context.run_logic(&input, |context| app.logic(context));
        self.unread = input;
        self.obey(event_loop, output.platform_output);
        let commands = output.viewport_commands;
        self.command(commands.into_values().flatten())
    }

    pub fn draw(&mut self, app: &mut App, event_loop: &ActiveEventLoop) -> Drawn {
        let input = self.read();
        if self.is_hidden() {
            self.unread = input;
            return self.run_unseen(app, event_loop);
        }
        app.frame(self.frame());
        let output = self.context.clone().run_ui(input, |ui| {
            app.logic(ui.ctx());
            app.ui(ui);
        });
        self.info.events.clear();
        self.obey(event_loop, output.platform_output);
        let mut textures = output.textures_delta;
        self.painter.update_textures(&mut textures);
        self.paint(output.shapes, output.pixels_per_point);
        if !self.is_shown {
            self.window.set_visible(true);
            self.is_shown = true;
        }
        let views = output.viewport_output.into_values();
        self.command(views.flat_map(|view| view.commands))
    }

    /// Who draws the frame around the window. Where Wayland leaves it to the program, winit draws one of plain
    /// squares, outside of what is ours; Hark's own takes its place.
    fn frame(&self) -> FrameBy {
        let window = &self.window;
        if !self.is_wayland {
            return FrameBy::Desktop;
        }
        if window.outer_size() != window.inner_size() {
            window.set_decorations(false);
        }
        match window.is_decorated() {
            true => FrameBy::Desktop,
            false => FrameBy::Hark,
        }
    }

    fn read(&mut self) -> RawInput {
        egui_winit::update_viewport_info(&mut self.info, &self.context, &self.window, false);
        let mut input = std::mem::take(&mut self.unread);
        input.append(self.input.take_egui_input(&self.window));
        input.viewports.insert(ViewportId::ROOT, self.info.clone());
        input
    }

    fn paint(&mut self, shapes: Vec<egui::epaint::ClippedShape>, pixels_per_point: f32) {
        let size = self.window.inner_size();
        let primitives = self.context.tessellate(shapes, pixels_per_point);
        let changed = self.painter.paint(&Frame {
            size: [size.width as usize, size.height as usize],
            pixels_per_point,
            background: self.context.global_style().visuals.panel_fill,
            primitives: &primitives,
        });
        let changed = changed.to_vec();
        if let Err(error) = self.surface.show(self.painter.image(), &changed) {
            tracing::warn!(%error, "the window was not drawn");
        }
    }

    /// The pointer's shape, the clipboard, links, the tree of the screen reader.
    fn obey(&mut self, event_loop: &ActiveEventLoop, output: egui::PlatformOutput) {
        let window = &self.window;
        self.input
            .handle_platform_output_with_event_loop(window, event_loop, output);
    }

    fn command(&mut self, commands: impl IntoIterator<Item = ViewportCommand>) -> Drawn {
        let commands: Vec<_> = commands.into_iter().collect();
        if commands.iter().any(takes_the_pointer) {
            self.unread.events.extend(self.context.input(released));
        }
        let mut asked = Vec::new();
        let (context, window) = (&self.context, &self.window);
        egui_winit::process_viewport_commands(
            context,
            &mut self.info,
            commands,
            window,
            &mut asked,
        );
        match self.info.events.contains(&ViewportEvent::Close) {
            true => Drawn::Close,
            false => Drawn::Stay,
        }
    }
}

#[cfg(target_os = "linux")]
fn is_wayland(event_loop: &ActiveEventLoop) -> bool {
    winit::platform::wayland::ActiveEventLoopExtWayland::is_wayland(event_loop)
}

#[cfg(not(target_os = "linux"))]
fn is_wayland(_event_loop: &ActiveEventLoop) -> bool {
    false
}

/// From here on the desktop has the pointer, and tells nobody where its button is let go.
fn takes_the_pointer(command: &ViewportCommand) -> bool {
    matches!(
        command,
        ViewportCommand::StartDrag | ViewportCommand::BeginResize(_)
    )
}

fn released(input: &egui::InputState) -> Option<egui::Event> {
    Some(egui::Event::PointerButton {
        pos: input.pointer.latest_pos()?,
        button: egui::PointerButton::Primary,
        pressed: false,
        modifiers: input.modifiers,
    })
}

fn builder(room: Room) -> ViewportBuilder {
    ViewportBuilder::default()
        .with_title(text::APP)
        .with_app_id(APP_ID)
        .with_icon(icon::program())
        .with_inner_size(room.size)
        .with_maximized(room.is_maximized)
        .with_min_inner_size(size::WINDOW_MIN)
}
