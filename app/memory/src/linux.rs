//! The two calls of the system.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::ops::Range;

use crate::mappings;

pub(crate) fn give_back() {
    // Without /proc the program keeps its pages.
    if let Some(unchanged) = unchanged_mappings() {
        unchanged.into_iter().for_each(forget);
    }
    trim_heap();
}

fn unchanged_mappings() -> Option<Vec<Range<usize>>> {
    let program = fs::read_link("/proc/self/exe").ok()?;
    let lines = BufReader::new(File::open("/proc/self/smaps").ok()?).lines();
    let lines = lines.map_while(Result::ok);
    Some(mappings::unchanged(program.to_str()?, lines))
}

#[expect(unsafe_code, reason = "madvise can destroy what is in memory")]
fn forget(pages: Range<usize>) {
    let start = std::ptr::without_provenance_mut(pages.start);
    // SAFETY: after MADV_DONTNEED a page of a private mapping has the contents of its file. These mappings are
    // of the program's own file, which stay where they are for as long as it runs; they cannot be written; and no
    // page in them differs from the file. So nobody can tell the difference but by the time that reading takes.
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
        let text = unchanged_mappings().unwrap();
        let code = (give_back as *const ()).addr();
        assert!(text.iter().any(|pages| pages.contains(&code)));
        let before = resident_pages_of_files();
        give_back();
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
        let statm = fs::read_to_string("/proc/self/statm").unwrap();
        statm.split(' ').nth(2).unwrap().parse().unwrap()
    }
}
