//! Gives back to the system what memory a program at rest does not need.
//!
//! A start, a call and a window bring pages of the program and of its libraries into memory, and leave free pages in
//! the heap, that nobody needs for hours afterwards. Linux takes them back when memory gets short; until then they
//! are counted as the program's, and keep their place while others are pushed out.
//!
//! On other systems than Linux with the GNU C library nothing happens.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod linux;
#[cfg(any(all(target_os = "linux", target_env = "gnu"), test))]
mod mappings;

/// The files that a program consists of: its own, and the libraries that the system has loaded with it, which stay
/// where they are in memory until it ends.
#[derive(Debug, Clone)]
pub struct Program {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    files: Vec<String>,
}

impl Program {
    /// To be called at the start, before any library is loaded that might be unloaded again.
    pub fn as_started() -> Self {
        Self {
            #[cfg(all(target_os = "linux", target_env = "gnu"))]
            files: linux::files(),
        }
    }

    /// Lets go of the pages of the program's files, which come back from the cache of the file system when they are
    /// needed, and of the free pages of the heap. Takes a few milliseconds, and as long again until what runs
    /// most often is back.
    pub fn give_back(&self) {
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        linux::give_back(&self.files);
    }
}
