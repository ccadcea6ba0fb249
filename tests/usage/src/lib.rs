//! What the system says about a process and its children, from /proc.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// Processor time that all threads of a process and of its children have used.
pub fn processor_time(process: u32) -> Result<Duration> {
    let mut sum = Duration::ZERO;
    for process in family(process) {
        let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
        sum += parse_processor_time(&stat).context("/proc is not as proc(5) says")?;
    }
    Ok(sum)
}

/// Memory that a process and its children have in use, in MB (10^6 bytes).
pub fn resident_mb(process: u32) -> Result<f64> {
    memory_mb(process, "VmRSS:")
}

/// The most that it has been.
pub fn peak_mb(process: u32) -> Result<f64> {
    memory_mb(process, "VmHWM:")
}

fn memory_mb(process: u32, field: &str) -> Result<f64> {
    let mut sum = 0.0;
    for process in family(process) {
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        sum += parse_mb(&status, field).with_context(|| format!("no {field} in /proc"))?;
    }
    Ok(sum)
}

fn family(process: u32) -> Vec<u32> {
    let mut family = vec![process];
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
    for child in children.unwrap_or_default().split_whitespace() {
        family.extend(child.parse().map(self::family).unwrap_or_default());
    }
    family
}

fn parse_mb(status: &str, field: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

/// Fields 14 and 15, counted from the program's name, which may hold spaces and brackets.
fn parse_processor_time(stat: &str) -> Option<Duration> {
    let after_name = stat.rsplit_once(')')?.1;
    let mut fields = after_name.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(Duration::from_millis((user + system) * MILLISECONDS_A_TICK))
}

/// Linux reports in 100 ticks a second on every machine it matters for.
const MILLISECONDS_A_TICK: u64 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_in_megabytes() {
        let status = "Name:\thark\nVmHWM:\t  125000 kB\nVmRSS:\t  12500 kB\n";
        assert_eq!(parse_mb(status, "VmHWM:"), Some(128.0));
        assert_eq!(parse_mb(status, "VmRSS:"), Some(12.8));
        assert_eq!(parse_mb("Name:\thark\n", "VmRSS:"), None);
    }

    #[test]
    fn processor_time_is_user_and_system() {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 30 12 0 0 20 0";
        assert_eq!(parse_processor_time(stat), Some(Duration::from_millis(420)));
    }

    #[test]
    fn a_process_is_of_its_own_family() {
        assert_eq!(family(std::process::id())[0], std::process::id());
    }
}
