//! The two calls of the system.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::ops::Range;

use crate::mappings;

/// Without /proc there are none, and the program keeps its pages.
pub(crate) fn files() -> Vec<String> {
    mappings::files(lines("/proc/self/maps"))
}

pub(crate) fn give_back(files: &[String]) {
    let unchanged = mappings::unchanged(files, lines("/proc/self/smaps"));
    unchanged.into_iter().for_each(forget);
    trim_heap();
}

fn lines(path: &str) -> impl Iterator<Item = String> {
    let file = File::open(path).ok();
    let lines = file
        .into_iter()
        .flat_map(|file| BufReader::new(file).lines());
    lines.map_while(Result::ok)
}

#[expect(unsafe_code, reason = "madvise can destroy what is in memory")]
fn forget(pages: Range<usize>) {
    let start = std::ptr::without_provenance_mut(pages.start);
    // SAFETY: after MADV_DONTNEED a page of a private mapping has the contents of its file. These mappings
    // are of files that are not unmapped for as long as the program runs; they cannot be written; and no page in
    // them differs from the file. So nobody can tell the difference but by the time that reading takes.
    // Pages that stay where the system refuses do no harm.
    let _ = unsafe { libc::madvise(start, pages.len(), libc::MADV_DONTNEED) };
}

#[expect(unsafe_code, reason = "a function of the C library")]
fn trim_heap() {
    // SAFETY: may be called at any time by any thread (malloc_trim(3): MT-Safe), and frees only what is free.
    unsafe { libc::malloc_trim(0) };
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use super::*;

    static SENTENCE: &str = "A program goes on after its pages were given back.";

    #[test]
    fn a_program_goes_on_with_fewer_pages() {
        let program = crate::Program::as_started();
        let code = (give_back as *const ()).addr();
        let text = mappings::unchanged(&program.files, lines("/proc/self/smaps"));
        assert!(text.iter().any(|pages| pages.contains(&code)));
        let before = resident_pages_of_files();
        program.give_back();
        let after = resident_pages_of_files();
        assert!(after < before, "{before} pages before, {after} after");
        assert_eq!(black_box(SENTENCE).len(), 50);
        assert_eq!(
            vec![7_u8; 100_000]
                .iter()
                .map(|byte| u64::from(*byte))
                .sum::<u64>(),
            700_000
        );
    }

    /// The third number of /proc/self/statm.
    fn resident_pages_of_files() -> u64 {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
        statm.split(' ').nth(2).unwrap().parse().unwrap()
    }
}
