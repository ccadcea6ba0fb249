//! What /proc/self/maps and /proc/self/smaps say about the mappings of a program (proc_pid_maps(5),
//! proc_pid_smaps(5)).

use std::ops::Range;

/// The files whose code is in memory.
pub(crate) fn files(maps: impl Iterator<Item = impl AsRef<str>>) -> Vec<String> {
    let mut files = Vec::new();
    for line in maps {
        let Some(mapping) = Mapping::parse(line.as_ref()) else {
            continue;
        };
        // What begins otherwise is no file: the stack, the code that the kernel lends.
        if mapping.rights.contains('x') && mapping.path.starts_with('/') {
            files.push(mapping.path.to_owned());
        }
    }
    files
}

/// Where in memory parts of these files lie that cannot be written and that nothing has changed.
pub(crate) fn unchanged(
    files: &[String],
    smaps: impl Iterator<Item = impl AsRef<str>>,
) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut wanted = false;
    for line in smaps {
        let line = line.as_ref();
        if let Some(mapping) = Mapping::parse(line) {
            wanted = !mapping.rights.contains('w') && files.iter().any(|file| file == mapping.path);
            if wanted {
                found.push(mapping.pages);
            }
        } else if wanted && tells_of_changes(line) {
            found.pop();
            wanted = false;
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
    fn only_unchanged_parts_that_cannot_be_written_are_found() {
        let of = |files: &[&str]| {
            let files: Vec<_> = files.iter().map(|&file| file.to_owned()).collect();
            unchanged(&files, SMAPS.lines())
        };
        let program = [0x1000..0x2000, 0x2000..0x5000];
        assert_eq!(of(&["/opt/my phone/hark"]), program);
        let library = "/usr/lib/libc.so.6";
        assert_eq!(of(&["/opt/my phone/hark", library]).len(), 3);
        assert_eq!(of(&[library]).first(), Some(&(0x8000..0x9000)));
        assert_eq!(of(&["/usr/bin/hark"]), []);
        assert_eq!(of(&[]), []);
    }

    #[test]
    fn files_are_those_that_hold_code() {
        assert_eq!(
            files(SMAPS.lines()),
            ["/opt/my phone/hark", "/usr/lib/libc.so.6"]
        );
        assert_eq!(files(["garbage", "1-", "x-y r-xp", ""].iter()), [""; 0]);
    }
}
