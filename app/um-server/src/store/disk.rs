//! The few steps on a disk that the store is made of, so that a test can fail each one of them.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// A disk. What was synced survives a power cut; names survive when their folder was synced.
pub(crate) trait Disk: Send {
    /// Makes a folder and those above it; one that exists is fine.
    fn make_folder(&self, path: &Path) -> io::Result<()>;

    /// Writes a whole file and syncs its content.
    fn write_synced(&self, path: &Path, content: &[u8]) -> io::Result<()>;

    /// Syncs the names in a folder.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;

    /// Renames at one moment; a file that is there is replaced.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The names in a folder, in any order.
    fn list(&self, path: &Path) -> io::Result<Vec<String>>;

    /// Removes a file, or a folder with all that is in it.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// The disk of this machine.
pub(crate) struct RealDisk;

impl Disk for RealDisk {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)?;
        match path.parent() {
            Some(parent) => self.sync_folder(parent),
            None => Ok(()),
        }
    }

    fn write_synced(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(content)?;
        file.sync_all()
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        // Windows cannot sync a folder; NTFS journals names by itself.
        if cfg!(windows) || path.as_os_str().is_empty() {
            return Ok(());
        }
        File::open(path)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(path)? {
            // A name that is not Unicode is none of ours.
            names.extend(entry?.file_name().into_string());
        }
        Ok(names)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        if fs::symlink_metadata(path)?.is_dir() {
            fs::remove_dir_all(path)
        } else {
            fs::remove_file(path)
        }
    }
}
