//! What this process holds, as the kernel sees it (proc(5)). Each test is a process of its own
//! under nextest; elsewhere the numbers hold for one test at a time.

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
