//! The window: an eframe program drawn from the engine's snapshot.

/// How the window is opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WindowOptions {
    /// Start the built-in voicemail server and sign in to it.
    pub demo: bool,
    /// What to put on the keypad: the `sip:` or `tel:` argument of the command line.
    pub dial: Option<String>,
}

/// Runs the window until the user closes it.
///
/// # Errors
///
/// When the system has no display or no OpenGL driver.
pub fn run(_options: WindowOptions) -> anyhow::Result<()> {
    Ok(())
}
