//! Opens the window: starts the engine, loads the fonts, runs eframe until the user closes it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use eframe::egui;
use hark_phone::PhoneConfig;

use crate::action::Action;
use crate::app::App;
use crate::host::{Desktop, Wake};
use crate::state::{DemoState, State, Tab};
use crate::text;
use crate::theme::{self, size};
use crate::views::Moment;

/// How the window is opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WindowOptions {
    /// Start the built-in voicemail server and sign in to it.
    pub demo: bool,
    /// What to put on the keypad: the `sip:` or `tel:` argument of the command line.
    pub dial: Option<String>,
}

/// Why there is no window: what to do, and eframe's own words.
#[derive(Debug, thiserror::Error)]
#[error("{words}\n({0})", words = text::NO_DISPLAY)]
pub struct WindowError(String);

/// Runs the window until the user closes it.
///
/// # Errors
/// The system has no display or no OpenGL driver.
pub fn run(options: WindowOptions) -> Result<(), WindowError> {
    let context: Arc<OnceLock<egui::Context>> = Arc::default();
    let wake = wake_through(context.clone());
    // The engine signs in while the window is being made.
    let engine_wake = wake.clone();
    let engine = hark_phone::start(profile(&options), move || engine_wake());
    let creator = move |creation: &eframe::CreationContext<'_>| {
        theme::install(&creation.egui_ctx);
        // The creator runs once.
        let _ = context.set(creation.egui_ctx.clone());
        let host = Box::new(Desktop::new(wake));
        let mut app = App::new(Box::new(engine), host, clock, first_state(&options));
        if options.demo {
            app.act(&creation.egui_ctx, Action::StartDemo);
        }
        Ok(Box::new(app) as Box<dyn eframe::App>)
    };
    eframe::run_native(APP_ID, native_options(), Box::new(creator))
        .map_err(|error| WindowError(error.to_string()))
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

fn first_state(options: &WindowOptions) -> State {
    let mut state = State {
        folder: folder(),
        ..State::default()
    };
    if cfg!(feature = "demo") {
        state.demo = DemoState::Off;
    }
    if let Some(number) = &options.dial {
        state.tab = Tab::Keypad;
        state.keypad.typed = number.clone();
        state.keypad.wants_focus = true;
    }
    state
}

/// Where a person looks for files that a program has saved.
fn folder() -> PathBuf {
    let user = directories::UserDirs::new();
    let found = user
        .as_ref()
        .map(|user| user.download_dir().unwrap_or(user.home_dir()));
    found.map_or_else(PathBuf::new, Path::to_owned)
}

/// Repaints through the context as soon as there is one.
fn wake_through(context: Arc<OnceLock<egui::Context>>) -> Wake {
    Arc::new(move || {
        if let Some(context) = context.get() {
            context.request_repaint();
        }
    })
}

fn clock() -> Moment {
    Moment {
        now: Instant::now(),
        wall: jiff::Zoned::now(),
    }
}

fn native_options() -> eframe::NativeOptions {
    let icon = eframe::icon_data::from_png_bytes(hark_assets::icons::APP_ICON_PNG)
        .expect("the icon in the assets is a PNG file");
    eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title(text::APP)
            .with_app_id(APP_ID)
            .with_icon(icon)
            .with_inner_size(size::WINDOW)
            .with_min_inner_size(size::WINDOW_MIN),
        renderer: eframe::Renderer::Glow,
        ..eframe::NativeOptions::default()
    }
}

/// The name by which desktops match the window with its .desktop file.
const APP_ID: &str = "hark";
