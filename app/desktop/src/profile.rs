//! `hark profile` and `hark provision`: settings from a file or a link, and into a file.
//! `docs/administrators.md` is their manual.

use std::io::{self, Write as _};
use std::path::PathBuf;

use hark_phone::Then;
use hark_phone::portable::{Kept, Manner, Origin, load};

use crate::bus::instance::{Outcome, Request as OfTheRunning, hand_over};

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    Export {
        file: PathBuf,
    },
    Load {
        from: Origin,
        manner: Manner,
        then: Then,
    },
}

/// Does it. What would change is said before it does.
///
/// # Errors
/// In words for the user.
pub fn run(request: Request) -> anyhow::Result<()> {
    let mut kept = Kept::open(&hark_phone::Profile::Platform)
        .map_err(|problem| anyhow::anyhow!("{}\n({})", problem.text, problem.detail))?;
    match request {
        Request::Export { file } => Ok(kept.export(&file)?),
        Request::Load { from, manner, then } => {
            let document = load(&from, None)?;
            for key in document.unknown() {
                // Nobody is left to tell when standard error is closed.
                let _ = writeln!(io::stderr(), "hark: {key}: unknown, and left out");
            }
            let changes = kept.changes(&document, manner)?;
            for change in &changes {
                writeln!(io::stdout(), "{change}")?;
            }
            if changes.is_empty() {
                writeln!(io::stdout(), "nothing changes")?;
            }
            match then {
                Then::Show => Ok(()),
                // A phone that runs would write its own settings over those of the file.
                Then::Apply => match hand_over(&for_the_running(from, manner)?)? {
                    Outcome::Taken(_) => Ok(()),
                    Outcome::NobodyThere => Ok(kept.take(&document, manner)?),
                },
            }
        }
    }
}

/// The phone that runs may be in another folder.
fn for_the_running(from: Origin, manner: Manner) -> io::Result<OfTheRunning> {
    let from = match from {
        Origin::File(path) => Origin::File(std::path::absolute(path)?),
        Origin::Url(url) => Origin::Url(url),
    };
    let from = from.to_string();
    Ok(match manner {
        Manner::Whole => OfTheRunning::ImportProfile(from),
        Manner::Keys => OfTheRunning::Provision(from),
    })
}
