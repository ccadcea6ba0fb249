//! What this process holds, as the kernel sees it (proc(5)).

use std::sync::{Mutex, MutexGuard, PoisonError};

/// One test at a time, where the runner does not give each a process of its own: the numbers are
/// those of the process.
pub fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is open, by name: sockets, pipes and the like. Not files, because the database opens its own
/// when it first needs them.
pub fn descriptors() -> Vec<String> {
    let Ok(entries) = std::fs::read_dir("/proc/self/fd") else {
        return Vec::new();
    };
    let name = |entry: std::fs::DirEntry| std::fs::read_link(entry.path()).ok();
    let names = entries.flatten().filter_map(name);
    names
        .filter(|name| !name.starts_with("/"))
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

/// Memory in use, in KiB.
pub fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The second half of a test must not need more memory than the first.
#[track_caller]
pub fn assert_flat(halfway_kib: Option<u64>, end_kib: Option<u64>) {
    if let (Some(halfway), Some(end)) = (halfway_kib, end_kib) {
        let limit = halfway * (100 + GROWTH_PERCENT) / 100;
        assert!(end <= limit, "{halfway} KiB halfway, {end} KiB at the end");
    }
}

/// What the allocator's fragments may make of nothing.
const GROWTH_PERCENT: u64 = 2;
