//! Which number stands for what, for as long as the session lasts (RFC 3264 §8.3.2): a number that
//! was said once never changes its meaning, and what has a number keeps it.

use super::formats::Format;

/// The payload types of one session.
#[derive(Debug, Default)]
pub(super) struct PayloadTypes {
    /// In the order in which they came up; `None` for what we do not speak.
    said: Vec<(u8, Option<Format>)>,
}

impl PayloadTypes {
    /// The number for `format` in a description of ours.
    pub(super) fn number(&mut self, format: Format) -> u8 {
        let latest = self.said.iter().rev();
        if let Some((number, _)) = latest.clone().find(|(_, said)| *said == Some(format)) {
            return *number;
        }
        let usual = format.usual_payload_type();
        let is_free = |number: &u8| self.said.iter().all(|(said, _)| said != number);
        let number = [usual].into_iter().chain((96..128).rev()).find(is_free);
        // Who has taken every number has none left to be understood by.
        let number = number.unwrap_or(usual);
        self.said.push((number, Some(format)));
        number
    }

    /// The other side offers these, and we will answer and offer with the same numbers.
    pub(super) fn adopt(&mut self, offered: impl Iterator<Item = (u8, Option<Format>)>) {
        for (number, format) in offered {
            self.said.retain(|&(said, _)| said != number);
            self.said.push((number, format));
        }
    }

    /// The other side answers with these, which may differ from ours and are hers to choose.
    pub(super) fn avoid(&mut self, answered: impl Iterator<Item = (u8, Option<Format>)>) {
        for (number, _) in answered {
            if self.said.iter().all(|&(said, _)| said != number) {
                self.said.push((number, None));
            }
        }
    }
}
