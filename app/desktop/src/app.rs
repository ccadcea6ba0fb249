//! The eframe program: takes what happened, draws, and carries out what follows.
//!
//! `App::logic` also runs while the window is hidden, so a call rings and notifies then as well.

use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui;
use hark_phone::{Command, RegistrationView, Snapshot, Theme};

use crate::action::{Action, Effect};
use crate::engine::Engine;
use crate::host::{DemoRequest, Host, Report};
use crate::reduce::reduce;
use crate::state::State;
use crate::views::{self, Moment};

/// The window's program.
pub struct App {
    engine: Box<dyn Engine>,
    host: Box<dyn Host>,
    clock: Box<dyn Fn() -> Moment>,
    state: State,
    /// Whether the engine has been told that its meters are seen.
    watches_meters: bool,
}

impl App {
    /// `clock` is asked once a frame.
    pub fn new(
        engine: Box<dyn Engine>,
        host: Box<dyn Host>,
        clock: impl Fn() -> Moment + 'static,
        state: State,
    ) -> Self {
        Self {
            engine,
            host,
            clock: Box::new(clock),
            state,
            watches_meters: false,
        }
    }

    /// Does what a user, the engine or the desktop asked for.
    pub fn act(&mut self, ctx: &egui::Context, action: Action) {
        let snapshot = self.engine.snapshot();
        for effect in reduce(&mut self.state, &snapshot, action) {
            self.carry_out(ctx, effect);
        }
    }

    fn carry_out(&mut self, ctx: &egui::Context, effect: Effect) {
        match effect {
            Effect::Send(command) => {
                if let Err(busy) = self.engine.send(*command) {
                    self.state.notice = Some(crate::text::sentence(&busy.to_string()));
                }
            }
            Effect::Raise => raise(ctx),
            Effect::Notify(ringing) => self.host.notify(ringing),
            Effect::Withdraw(call) => self.host.withdraw(call),
            Effect::ShowFile(file) => self.host.show_file(file),
            Effect::StartDemo => self.host.demo(DemoRequest::Start),
            Effect::LeaveDemo => self.host.demo(DemoRequest::Leave),
            Effect::DemoPlayOnPhone => self.host.demo(DemoRequest::PlayOnPhone),
            Effect::DemoCall => self.host.demo(DemoRequest::Call),
        }
    }

    fn drain(&mut self, ctx: &egui::Context) {
        while let Some(report) = self.host.poll() {
            match report {
                Report::Act(action) => self.act(ctx, action),
                Report::Engine(engine, then) => {
                    // The engine before this one hangs up and signs out by itself.
                    self.engine = engine;
                    self.watches_meters = false;
                    then.into_iter().for_each(|action| self.act(ctx, action));
                }
            }
        }
        while let Some(event) = self.engine.poll_event() {
            self.act(ctx, Action::Happened(event));
        }
    }

    /// The meters move only while somebody can see them: a hidden window is left in peace.
    fn watch_meters(&mut self, ctx: &egui::Context, snapshot: &Snapshot) {
        let hidden = ctx.input(|input| input.viewport().visible() == Some(false));
        let width = ctx.content_rect().width();
        let watch = !hidden && views::shows_meters(snapshot, &self.state, width);
        // An engine that is busy is told in the next frame.
        if watch != self.watches_meters && self.engine.send(Command::WatchMeters { watch }).is_ok()
        {
            self.watches_meters = watch;
        }
    }

    fn follow_theme(&self, ctx: &egui::Context, snapshot: &Snapshot) {
        let preference = match snapshot.settings.theme {
            Theme::Light => egui::ThemePreference::Light,
            Theme::Dark => egui::ThemePreference::Dark,
            Theme::System => ctx
                .system_theme()
                .or(self.state.desktop_theme)
                .unwrap_or(egui::Theme::Light)
                .into(),
        };
        if ctx.options(|options| options.theme_preference) != preference {
            ctx.set_theme(preference);
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.drain(ctx);
        let snapshot = self.engine.snapshot();
        self.watch_meters(ctx, &snapshot);
        self.follow_theme(ctx, &snapshot);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let snapshot: Arc<Snapshot> = self.engine.snapshot();
        let moment = (self.clock)();
        let actions = views::window(ui, &snapshot, &mut self.state, &moment);
        for action in actions {
            self.act(ui.ctx(), action);
        }
        if let Some(pause) = next_change(&snapshot, moment.now) {
            ui.ctx().request_repaint_after(pause);
        }
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.engine.stop();
    }
}

/// Up, in front where the desktop allows it, and pointed at where it does not.
fn raise(ctx: &egui::Context) {
    use egui::{UserAttentionType, ViewportCommand};
    ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
    ctx.send_viewport_cmd(ViewportCommand::Focus);
    let critical = ViewportCommand::RequestUserAttention(UserAttentionType::Critical);
    ctx.send_viewport_cmd(critical);
}

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
