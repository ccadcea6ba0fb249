//! `hark recordings`: encrypted recordings from the command line. `docs/recording.md` is its manual.

use std::io::Write as _;
use std::path::PathBuf;

use crate::headless::config;

/// What `hark recordings` was asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    /// Write the sound of a file to a new one, in clear.
    Open { file: PathBuf, to: PathBuf },
    /// Print the key.
    Key,
}

/// Does it. The key comes from the environment or from the keyring.
///
/// # Errors
/// In words for the user.
pub fn run(request: Request) -> anyhow::Result<()> {
    let given = std::env::var(config::RECORDING_KEY).ok();
    let given = config::recording_key(given.as_deref())?;
    match request {
        Request::Open { file, to } => {
            let torn = hark_phone::open_recording(&file, &to, given).map_err(anyhow::Error::msg)?;
            if let Some(warning) = torn {
                // Nobody is left to tell when standard error is closed.
                let _ = writeln!(std::io::stderr(), "hark: {warning}");
            }
        }
        Request::Key => {
            let key = match given {
                Some(key) => key,
                None => hark_phone::recording_key().map_err(anyhow::Error::msg)?,
            };
            writeln!(std::io::stdout(), "{}", key.reveal().as_str())?;
        }
    }
    Ok(())
}
