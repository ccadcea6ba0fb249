//! By what name the desktop knows this program: its bus name, its .desktop file, its window's class.

/// The application's id: the name of its `.desktop` file without the ending, and its bus name.
pub const APP_ID: &str = "org.harkphone.Hark";

/// Where the running program answers on the session bus.
pub const OBJECT_PATH: &str = "/org/harkphone/Hark";
