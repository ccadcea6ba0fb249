//! What is in the window: lets the desk take what happened, and draws it.

pub mod frame;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use hark_phone::{RegistrationView, Snapshot, Theme};

use crate::desk::{Desk, Wish};
use crate::state::Motion;
use crate::text;
use crate::theme::size;
use crate::views::{self, Moment};
use frame::FrameBy;

/// The window's program. What it shows outlives it.
pub struct App {
    desk: Rc<RefCell<Desk>>,
    clock: Box<dyn Fn() -> Moment>,
    frame: FrameBy,
    /// Whose frame the window's size is meant for.
    room_for: FrameBy,
}

impl App {
    /// `clock` is asked once a frame.
    pub fn new(desk: Rc<RefCell<Desk>>, clock: impl Fn() -> Moment + 'static) -> Self {
        Self {
            desk,
            clock: Box::new(clock),
            frame: FrameBy::Desktop,
            room_for: FrameBy::Desktop,
        }
    }

    /// Whether the meters can be seen: a hidden window is left in peace.
    fn shows_meters(&self, ctx: &egui::Context, snapshot: &Snapshot) -> bool {
        let hidden = ctx.input(|input| input.viewport().visible() == Some(false));
        let width = ctx.content_rect().width();
        !hidden && views::shows_meters(snapshot, &self.desk.borrow().state, width)
    }

    fn follow_wish(&self, ctx: &egui::Context) {
        match self.desk.borrow_mut().take_wish() {
            Wish::Nothing => {}
            Wish::Raise => raise(ctx),
            Wish::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
        }
    }

    fn follow_theme(&self, ctx: &egui::Context, snapshot: &Snapshot) {
        let preference = match snapshot.settings.theme {
            Theme::Light => egui::ThemePreference::Light,
            Theme::Dark => egui::ThemePreference::Dark,
            Theme::System => {
                let desktop = &self.desk.borrow().state.desktop;
                ctx.system_theme()
                    .or(desktop.theme)
                    .or(desktop.theme_of_windows)
                    .unwrap_or(egui::Theme::Light)
                    .into()
            }
        };
        if ctx.options(|options| options.theme_preference) != preference {
            ctx.set_theme(preference);
        }
    }

    /// As large as the user wants text, here and on the whole desktop.
    fn follow_text_size(&self, ctx: &egui::Context, snapshot: &Snapshot) {
        let desktop = self.desk.borrow().state.desktop.text_scale.unwrap_or(100);
        let own = snapshot.settings.text_size.percent();
        let zoom = f32::from(own) / 100.0 * f32::from(desktop) / 100.0;
        let before = ctx.zoom_factor();
        if (zoom - before).abs() > f32::EPSILON {
            ctx.set_zoom_factor(zoom);
            keep_room(ctx, zoom / before, self.frame);
        }
    }

    /// The window becomes larger by the frame that is drawn in it.
    fn follow_frame(&mut self, ctx: &egui::Context) {
        if self.room_for == self.frame {
            return;
        }
        let more = self.frame.height() - self.room_for.height();
        self.room_for = self.frame;
        let size = ctx.content_rect().size() + egui::vec2(0.0, more);
        ctx.send_viewport_cmd(egui::ViewportCommand::InnerSize(size));
        keep_room(ctx, 1.0, self.frame);
    }

    fn follow_motion(&self, ctx: &egui::Context) {
        let usual = egui::Style::default();
        let (time, scrolling) = match self.desk.borrow().state.desktop.motion {
            Motion::Full => (usual.animation_time, usual.scroll_animation),
            Motion::Reduced => (0.0, egui::style::ScrollAnimation::none()),
        };
        if ctx.global_style().animation_time != time {
            ctx.all_styles_mut(|style| {
                style.animation_time = time;
                style.scroll_animation = scrolling;
            });
        }
    }
}

impl App {
    /// Takes over the window's frame, or leaves it to the desktop.
    pub fn frame(&mut self, by: FrameBy) {
        self.frame = by;
    }

    /// Takes what happened. Also while the window is hidden, so that a call rings and notifies then as well.
    pub fn logic(&mut self, ctx: &egui::Context) {
        self.desk.borrow_mut().drain();
        self.follow_wish(ctx);
        let snapshot = self.desk.borrow().snapshot();
        let watch = self.shows_meters(ctx, &snapshot);
        self.desk.borrow_mut().watch_meters(watch);
        self.follow_theme(ctx, &snapshot);
        self.follow_frame(ctx);
        self.follow_text_size(ctx, &snapshot);
        self.follow_motion(ctx);
    }

    /// Draws a frame.
    pub fn ui(&mut self, ui: &mut egui::Ui) {
        let root = egui::accesskit_root_id();
        ui.ctx()
            .accesskit_node_builder(root, |node| node.set_label(text::APP));
        let moment = (self.clock)();
        let mut desk = self.desk.borrow_mut();
        let snapshot = desk.snapshot();
        let actions = frame::around(ui, self.frame, |ui| {
            views::window(ui, &snapshot, &mut desk.state, &moment)
        });
        for action in actions {
            desk.act(action);
        }
        drop(desk);
        self.follow_wish(ui.ctx());
        if let Some(pause) = next_change(&snapshot, moment.now) {
            ui.ctx().request_repaint_after(pause);
        }
    }
}

/// Up, in front where the desktop allows it, and pointed at where it does not.
fn raise(ctx: &egui::Context) {
    use egui::{UserAttentionType, ViewportCommand};
    // Wayland does not tell, and brings no window back that is minimised.
    if ctx.input(|input| input.viewport().minimized) == Some(true) {
        ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
    }
    ctx.send_viewport_cmd(ViewportCommand::Focus);
    let critical = ViewportCommand::RequestUserAttention(UserAttentionType::Critical);
    ctx.send_viewport_cmd(critical);
}

/// The smallest window holds what it held before text became larger by this factor, as far as the screen
/// has room for it.
fn keep_room(ctx: &egui::Context, factor: f32, frame: FrameBy) {
    let monitor = ctx.input(|input| input.viewport().monitor_size);
    let [width, height] = size::WINDOW_MIN;
    // The commands count in points of before.
    let wanted = egui::vec2(width, height + frame.height()) * factor;
    let least = monitor.map_or(wanted, |monitor| wanted.min(monitor * SHARE_OF_SCREEN));
    let now = ctx.content_rect().size();
    ctx.send_viewport_cmd(egui::ViewportCommand::MinInnerSize(least));
    if now.x < least.x || now.y < least.y {
        ctx.send_viewport_cmd(egui::ViewportCommand::InnerSize(now.max(least)));
    }
}

/// What panels of the desktop and the window's frame leave.
const SHARE_OF_SCREEN: f32 = 0.9;

/// When the window looks different by itself, with nothing happening: the next second of a timer
/// or of a countdown. `None` for an idle window, which draws nothing.
fn next_change(snapshot: &Snapshot, now: Instant) -> Option<Duration> {
    let timers = snapshot.calls.iter().flat_map(|call| {
        let recording = call.recording.as_ref().map(|recording| recording.since);
        call.connected_at.into_iter().chain(recording)
    });
    let next_second = timers.map(|since| {
        let elapsed = now.saturating_duration_since(since);
        SECOND.saturating_sub(Duration::from_nanos(elapsed.subsec_nanos().into()))
    });
    let countdown = match &snapshot.registration {
        RegistrationView::Lost { next_try, .. } if *next_try > now => {
            let fraction = next_try.duration_since(now).subsec_nanos();
            Some(Duration::from_nanos(fraction.into()).max(Duration::from_millis(1)))
        }
        RegistrationView::Lost { .. }
        | RegistrationView::SignedOut
        | RegistrationView::Connecting(_)
        | RegistrationView::Registered
        | RegistrationView::Failed(_) => None,
    };
    next_second.chain(countdown).min()
}

const SECOND: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
