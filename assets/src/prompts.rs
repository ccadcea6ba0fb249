//! What the voicemail server and the phone say: sentences and pieces of sentences, as Ogg/Opus.
//!
//! The text stands in `prompts/en.tsv`; `cargo xtask sounds` speaks it. Prompts that end in a full
//! stop, a question mark or a colon end with a short pause; the others are pieces, spoken so that
//! another piece can follow at once.

/// One spoken text.
#[derive(Debug, Clone, Copy)]
pub struct Prompt {
    /// Its name in the table, such as `pin.ask`.
    pub id: &'static str,
    pub text: &'static str,
    /// A whole Ogg/Opus file: mono, 16 kHz when it was encoded.
    pub ogg: &'static [u8],
}

/// Every prompt, in the order of the ids.
pub const ALL: &[Prompt] = include!(concat!(env!("OUT_DIR"), "/prompts.rs"));

/// "This call is being recorded." By itself, so that a program which says nothing else need not hold
/// the others.
pub const CALL_IS_RECORDED: &[u8] = include_bytes!("../prompts/en/recording.notice.ogg");

/// The prompt with this id.
pub fn find(id: &str) -> Option<&'static Prompt> {
    ALL.binary_search_by(|prompt| prompt.id.cmp(id))
        .ok()
        .map(|index| &ALL[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prompt_is_found_by_its_id() {
        for prompt in ALL {
            assert_eq!(find(prompt.id).map(|found| found.text), Some(prompt.text));
        }
        assert!(find("no.such.prompt").is_none());
    }

    #[test]
    fn every_prompt_says_something_and_is_an_ogg_file_with_opus_in_it() {
        for Prompt { id, text, ogg } in ALL {
            assert!(!text.trim().is_empty(), "{id} has no text");
            assert!(ogg.starts_with(b"OggS"), "{id} is not an Ogg file");
            assert_eq!(
                ogg.get(28..36),
                Some(b"OpusHead".as_slice()),
                "{id} is not Opus"
            );
        }
    }

    #[test]
    fn ids_are_unique() {
        for pair in ALL.windows(2) {
            assert!(
                pair[0].id < pair[1].id,
                "{} stands in the table twice",
                pair[1].id
            );
        }
    }

    #[test]
    fn what_is_counted_from_one_or_zero_has_no_gap() {
        for (stem, range) in [
            ("number", 0..=99),
            ("day", 1..=31),
            ("month", 1..=12),
            ("weekday", 1..=7),
        ] {
            for number in range {
                assert!(
                    find(&format!("{stem}.{number}")).is_some(),
                    "{stem}.{number} is missing"
                );
            }
        }
    }
}
