//! Which links are up, as the kernel's messages say (rtnetlink(7), netlink(7)).

use std::collections::BTreeMap;

/// The links that were heard of.
#[derive(Debug, Default)]
pub(in crate::surroundings) struct Links {
    up: BTreeMap<u32, bool>,
}

impl Links {
    /// Reads one datagram; `true` if a link came up or went down in it. Messages about a link are
    /// frequent, and most of them say that nothing has changed: a scan for networks is one.
    pub(super) fn take(&mut self, datagram: &[u8]) -> bool {
        let (mut rest, mut changed) = (datagram, false);
        while let Some(length) = number(rest, 0).and_then(|length| usize::try_from(length).ok()) {
            let Some(message) = rest.get(..length).filter(|message| message.len() >= HEADER) else {
                break;
            };
            changed |= self.take_message(message);
            let Some(next) = rest.get(length.next_multiple_of(4)..) else {
                break;
            };
            rest = next;
        }
        changed
    }

    fn take_message(&mut self, message: &[u8]) -> bool {
        let kind = number(message, 4).map(|kind| kind & 0xffff);
        let fields = (number(message, INDEX), number(message, FLAGS));
        let (Some(NEW_LINK | DELETED_LINK), (Some(index), Some(flags))) = (kind, fields) else {
            return false;
        };
        let is_up = kind == Some(NEW_LINK) && flags & RUNNING == RUNNING;
        let was_up = match self.up.len() < MAX_LINKS || self.up.contains_key(&index) {
            true => self.up.insert(index, is_up),
            false => None,
        };
        // Nothing is heard of a link at first that was up all the time.
        was_up.unwrap_or(true) != is_up
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    Some(u32::from_ne_bytes(bytes.try_into().ok()?))
}

/// `struct nlmsghdr`.
const HEADER: usize = 16;

/// RTM_NEWLINK and RTM_DELLINK.
const NEW_LINK: u32 = 16;
const DELETED_LINK: u32 = 17;

/// Where `struct ifinfomsg` after the header has the number of the link and its flags.
const INDEX: usize = HEADER + 4;
const FLAGS: usize = HEADER + 8;

/// IFF_UP and IFF_RUNNING.
const RUNNING: u32 = 0x1 | 0x40;

/// Links that are remembered; containers come and go.
const MAX_LINKS: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u32, index: u32, flags: u32) -> Vec<u8> {
        let words = [32, kind, 0, 0, 0, index, flags, 0];
        words.into_iter().flat_map(u32::to_ne_bytes).collect()
    }

    #[test]
    fn links_that_come_and_go_are_told_and_those_that_stay_are_not() {
        let mut links = Links::default();
        for (kind, index, flags, told) in [
            (NEW_LINK, 2, RUNNING | 0x1000, false),
            (NEW_LINK, 2, 0x1, true),
            (NEW_LINK, 2, 0x1, false),
            (NEW_LINK, 1, 0, true),
            (NEW_LINK, 2, RUNNING, true),
            (NEW_LINK, 2, RUNNING, false),
            (DELETED_LINK, 2, RUNNING, true),
            (20, 7, 0, false),
        ] {
            assert_eq!(
                links.take(&message(kind, index, flags)),
                told,
                "{kind} {index}"
            );
        }
        let mut both = message(NEW_LINK, 1, 0);
        both.extend(message(NEW_LINK, 2, RUNNING));
        assert!(links.take(&both));
    }

    #[test]
    fn what_is_cut_off_or_no_message_is_passed_over() {
        let mut links = Links::default();
        let whole = message(NEW_LINK, 1, 0);
        for end in 0..whole.len() {
            assert!(!links.take(&whole[..end]));
        }
        for length in [0_u32, 1, 15, u32::MAX] {
            let mut lies = whole.clone();
            lies[..4].copy_from_slice(&length.to_ne_bytes());
            assert!(!links.take(&lies), "{length}");
        }
    }
}
