//! What /proc/self/smaps says about the mappings of a program (proc_pid_smaps(5)).

use std::ops::Range;

/// Where in memory parts of the program's file lie that cannot be written and that nothing has changed.
pub(crate) fn unchanged(
    program: &str,
    smaps: impl Iterator<Item = impl AsRef<str>>,
) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut of_the_program = false;
    for line in smaps {
        let line = line.as_ref();
        if let Some(mapping) = Mapping::parse(line) {
            of_the_program = mapping.path == program && !mapping.rights.contains('w');
            if of_the_program {
                found.push(mapping.pages);
            }
        } else if of_the_program && tells_of_changes(line) {
            found.pop();
            of_the_program = false;
        }
    }
    found
}

struct Mapping<'a> {
    pages: Range<usize>,
    rights: &'a str,
    path: &'a str,
}

impl<'a> Mapping<'a> {
    /// The first line about a mapping: `55d0c000-55d0f000 r-xp 00002000 fe:00 1234    /usr/bin/hark`.
    fn parse(line: &'a str) -> Option<Self> {
        let mut fields = line.splitn(6, ' ');
        let (start, end) = fields.next()?.split_once('-')?;
        let address = |hexadecimal| usize::from_str_radix(hexadecimal, 16).ok();
        Some(Self {
            pages: address(start)?..address(end)?,
            rights: fields.next()?,
            path: fields.nth(3).unwrap_or_default().trim_start(),
        })
    }
}

/// Pages that are not the file's any more, in memory or swapped out.
fn tells_of_changes(line: &str) -> bool {
    let pages = ["Anonymous:", "Swap:"]
        .iter()
        .find_map(|name| line.strip_prefix(name));
    pages.is_some_and(|pages| pages.trim() != "0 kB")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMAPS: &str = "\
1000-2000 r--p 00000000 fe:00 77                         /opt/my phone/hark
Rss:                  16 kB
Anonymous:             0 kB
Swap:                  0 kB
2000-5000 r-xp 00001000 fe:00 77                         /opt/my phone/hark
Rss:                  12 kB
Anonymous:             0 kB
Swap:                  0 kB
VmFlags: rd ex mr mw me
5000-6000 r--p 00004000 fe:00 77                         /opt/my phone/hark
Rss:                   4 kB
Anonymous:             4 kB
Swap:                  0 kB
6000-7000 r--p 00005000 fe:00 77                         /opt/my phone/hark
Anonymous:             0 kB
Swap:                  4 kB
7000-8000 rw-p 00006000 fe:00 77                         /opt/my phone/hark
Anonymous:             0 kB
Swap:                  0 kB
8000-9000 r-xp 00000000 fe:00 78                         /usr/lib/libc.so.6
Anonymous:             0 kB
a000-b000 r--p 00000000 00:00 0
Anonymous:             0 kB
7fff0000-7fff1000 r-xp 00000000 00:00 0                  [vdso]
Anonymous:             0 kB
";

    #[test]
    fn only_unchanged_parts_of_the_program_that_cannot_be_written_are_found() {
        assert_eq!(
            unchanged("/opt/my phone/hark", SMAPS.lines()),
            [0x1000..0x2000, 0x2000..0x5000]
        );
        assert_eq!(unchanged("/usr/bin/hark", SMAPS.lines()), []);
        assert_eq!(unchanged("", ["garbage", "1-", "x-y r-xp"].iter()), []);
    }
}
