//! The configuration file: versioned TOML, replaced as a whole, never lost.
//!
//! A file that cannot be read as it is meant (a slip of the pen, an unknown field, a newer version)
//! is not used in part, because half a configuration signs in as somebody else. It is kept aside and
//! the user is told its new name.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use hark_words::say;
use serde::{Deserialize, Serialize};

use super::keep_aside;
use crate::portable::Portable;
use crate::settings::{AccountSettings, AudioSettings, RingRules, Settings, one_or_list};
use crate::snapshot::{Presence, Problem};

/// Everything that the file keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    pub(super) version: u32,
    /// Names this installation to servers (`epid`, MS-SIPRE), the same in every run.
    #[serde(default)]
    pub(crate) epid: String,
    /// What the user chose; without it presence follows from the calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) presence: Option<Presence>,
    #[serde(default)]
    pub(crate) settings: Settings,
    #[serde(default)]
    pub(crate) audio: AudioSettings,
    #[serde(default)]
    pub(crate) who_rings: RingRules,
    /// The first one is used where nothing else is said.
    #[serde(
        default,
        rename = "account",
        deserialize_with = "one_or_list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(crate) accounts: Vec<AccountSettings>,
    #[serde(
        default,
        deserialize_with = "one_or_list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(crate) learned_voicemail: Vec<LearnedVoicemail>,
    /// Names of secrets that were for logins which are no more. The keyring has to forget them before
    /// it is asked for anything, or another server would be given them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) outdated_secrets: Vec<String>,
    /// The administrator's file as it was taken in last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) provisioned: Option<String>,
}

/// Where a server said that the mailbox of an account is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LearnedVoicemail {
    /// The address of the account that learned it; another account knows nothing of it.
    pub(crate) account: String,
    pub(crate) voicemail: String,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            version: VERSION,
            epid: String::new(),
            presence: None,
            settings: Settings::default(),
            audio: AudioSettings::default(),
            who_rings: RingRules::default(),
            accounts: Vec::new(),
            learned_voicemail: Vec::new(),
            outdated_secrets: Vec::new(),
            provisioned: None,
        }
    }
}

impl Kept {
    /// What travels of it.
    pub(crate) fn portable(&self) -> Portable {
        Portable {
            settings: self.settings.clone(),
            audio: self.audio.clone(),
            who_rings: self.who_rings.clone(),
            accounts: self.accounts.clone(),
        }
    }

    /// Takes these in place of its own. Where an account signs in elsewhere from here on, its secrets
    /// stay behind.
    pub(crate) fn take_portable(&mut self, new: Portable) {
        for before in &self.accounts {
            let after = new.account(&before.address);
            self.outdated_secrets.extend(outdated(before, after));
        }
        let book = self.settings.address_book.password_name();
        if book != new.settings.address_book.password_name() {
            self.outdated_secrets.extend(book);
        }
        self.settings = new.settings;
        self.audio = new.audio;
        self.who_rings = new.who_rings;
        self.accounts = new.accounts;
    }
}

/// Which secrets of an account are of no use to what becomes of it.
fn outdated(before: &AccountSettings, after: Option<&AccountSettings>) -> Vec<String> {
    match after {
        Some(after) if before.is_same_login(after) => match before.is_same_relay(after) {
            true => Vec::new(),
            false => vec![before.turn_password_name()],
        },
        Some(_) | None => before.secret_names().into(),
    }
}

/// One configuration file, or none.
#[derive(Debug)]
pub(super) struct ConfigStore {
    path: Option<PathBuf>,
}

impl ConfigStore {
    /// Reads the file. A missing one is a first start, an unusable one is kept aside.
    pub(super) fn open(path: Option<PathBuf>) -> (Self, Kept, Option<Problem>) {
        let (kept, problem) = match path.as_deref().map(read) {
            None | Some(Ok(None)) => (Kept::default(), None),
            Some(Ok(Some(kept))) => (kept, None),
            Some(Err(fault)) => (Kept::default(), Some(fault.into_problem())),
        };
        // A file that could neither be used nor moved must not be overwritten.
        let path = path.filter(|path| problem.is_none() || !path.exists());
        (Self { path }, kept, problem)
    }

    /// Replaces the file. The old one stays whole until the new one is on the disk.
    pub(super) fn save(&self, kept: &Kept) -> Result<(), Problem> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let text = toml::to_string_pretty(kept).map_err(|error| not_saved(path, &error))?;
        replace(path, text.as_bytes()).map_err(|error| not_saved(path, &error))
    }
}

/// Why a file was not used.
#[derive(Debug)]
enum Fault {
    Unreadable {
        path: PathBuf,
        error: io::Error,
    },
    Unusable {
        why: String,
        detail: String,
        aside: io::Result<PathBuf>,
    },
}

impl Fault {
    fn into_problem(self) -> Problem {
        match self {
            Self::Unreadable { path, error } => Problem {
                text: say!(settings_not_read).to_owned(),
                detail: format!("{}: {error}", path.display()),
            },
            Self::Unusable { why, detail, aside } => {
                let place = match aside {
                    Ok(path) => say!(settings_kept_as, path = path.display().to_string()),
                    Err(error) => say!(settings_untouched, error = error.to_string()),
                };
                let text = say!(settings_unusable, why, place);
                Problem { text, detail }
            }
        }
    }
}

fn read(path: &Path) -> Result<Option<Kept>, Fault> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(unusable(
                path,
                say!(settings_not_understood),
                error.to_string(),
            ));
        }
        Err(error) => {
            let path = path.to_owned();
            return Err(Fault::Unreadable { path, error });
        }
    };
    #[derive(Deserialize)]
    struct VersionOnly {
        version: u32,
    }
    if let Ok(VersionOnly { version }) = toml::from_str(&text)
        && version > VERSION
    {
        let detail = format!("version {version}, this program knows {VERSION}");
        return Err(unusable(path, say!(settings_of_newer), detail));
    }
    toml::from_str(&text)
        .map(Some)
        .map_err(|error| unusable(path, say!(settings_not_understood), error.to_string()))
}

fn unusable(path: &Path, why: &str, detail: String) -> Fault {
    Fault::Unusable {
        why: why.into(),
        detail,
        aside: keep_aside(path),
    }
}

/// Writes beside the file, syncs, renames: a reader, or a power cut, sees the old file or the new.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let temporary = path.with_extension("toml.new");
    let mut file = create_private(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    sync_folder(folder)
}

/// Writes a file that is for its owner's eyes.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    create_private(path)?.write_all(bytes)
}

/// The file names a person and a server: it is nobody else's to read.
fn create_private(path: &Path) -> io::Result<File> {
    private().write(true).create(true).truncate(true).open(path)
}

/// Makes a private file where there is none.
pub(super) fn create_new(path: &Path) -> io::Result<File> {
    private().write(true).create_new(true).open(path)
}

/// Makes a file private, and an empty one where there is none.
pub(super) fn make_private(path: &Path) -> io::Result<()> {
    match create_new(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        created => return created.map(drop),
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

/// Makes a private file of the first of these names that is free.
pub(super) fn create_free(names: impl IntoIterator<Item = PathBuf>) -> io::Result<(PathBuf, File)> {
    for path in names {
        match create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => return created.map(|file| (path, file)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Options for a file that nobody else may read.
fn private() -> OpenOptions {
    #[allow(unused_mut, reason = "the mode is set on Unix only")]
    let mut options = File::options();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// The rename itself must reach the disk; only Unix lets a program ask for that.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn not_saved(path: &Path, error: &dyn std::fmt::Display) -> Problem {
    Problem {
        text: say!(settings_not_saved).to_owned(),
        detail: format!("{}: {error}", path.display()),
    }
}

/// The version of the file's layout.
const VERSION: u32 = 2;
