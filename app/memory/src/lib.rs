//! Gives back to the system what memory a program at rest does not need.
//!
//! A start, a call and a window bring pages of the program into memory, and leave free pages in the heap, that
//! nobody needs for hours afterwards. Linux takes them back when memory gets short; until then they are counted
//! as the program's, and keep their place while others are pushed out.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod linux;
#[cfg(any(all(target_os = "linux", target_env = "gnu"), test))]
mod mappings;

/// Lets go of the pages of the program's own file, which come back from the cache of the file system when they are
/// needed, and of the free pages of the heap. Takes a few milliseconds, and as long again until what runs most
/// often is back. Does nothing on other systems than Linux with the GNU C library.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    linux::give_back();
}
