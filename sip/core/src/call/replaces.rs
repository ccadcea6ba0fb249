//! The Replaces header: a new INVITE that takes the place of a call (RFC 3891).

use std::fmt;

use crate::dialog::DialogId;
use crate::message::{Headers, StatusCode};

/// The dialog that an INVITE replaces, as its receiver sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaces {
    pub call_id: String,
    /// The tag of the receiver of the INVITE.
    pub to_tag: String,
    /// The tag of the party that is replaced.
    pub from_tag: String,
    /// Only a call that nobody has answered may be replaced.
    pub early_only: bool,
}

impl Replaces {
    /// Reads a header value; `None` without a Call-ID and both tags.
    pub fn parse(value: &str) -> Option<Self> {
        let mut parts = value.split(';').map(str::trim);
        let call_id = parts.next().filter(|call_id| !call_id.is_empty())?;
        let (mut to_tag, mut from_tag, mut early_only) = (None, None, false);
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim().to_owned();
            match name.trim().to_ascii_lowercase().as_str() {
                "to-tag" if to_tag.is_none() => to_tag = Some(value),
                "from-tag" if from_tag.is_none() => from_tag = Some(value),
                "to-tag" | "from-tag" => return None,
                "early-only" => early_only = true,
                _ => {}
            }
        }
        Some(Self {
            call_id: call_id.to_owned(),
            to_tag: to_tag.filter(|tag| !tag.is_empty())?,
            from_tag: from_tag.filter(|tag| !tag.is_empty())?,
            early_only,
        })
    }

    /// Reads the header of an INVITE. More than one, and one that makes no sense, is a 400
    /// (RFC 3891 §3).
    pub(super) fn read(headers: &Headers) -> Result<Option<Self>, StatusCode> {
        let mut fields = headers.all("Replaces");
        let (Some(value), None) = (fields.next(), fields.next()) else {
            return match headers.get("Replaces") {
                Some(_) => Err(StatusCode::BAD_REQUEST),
                None => Ok(None),
            };
        };
        match Self::parse(value) {
            Some(replaces) => Ok(Some(replaces)),
            None => Err(StatusCode::BAD_REQUEST),
        }
    }

    /// What the other side of this dialog would have to write to replace it: its own tag is the one
    /// that the receiver calls remote.
    pub(super) fn of_dialog(dialog: &DialogId) -> Self {
        Self {
            call_id: dialog.call_id.clone(),
            to_tag: dialog.remote_tag.clone(),
            from_tag: dialog.local_tag.clone(),
            early_only: false,
        }
    }

    /// The dialog of ours that is meant. A tag of `0` stands for none (RFC 3891 §3).
    pub(super) fn dialog(&self) -> DialogId {
        let from_tag = if self.from_tag == "0" {
            ""
        } else {
            &self.from_tag
        };
        DialogId {
            call_id: self.call_id.clone(),
            local_tag: self.to_tag.clone(),
            remote_tag: from_tag.to_owned(),
        }
    }
}

impl fmt::Display for Replaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from_tag = if self.from_tag.is_empty() {
            "0"
        } else {
            &self.from_tag
        };
        write!(
            f,
            "{};to-tag={};from-tag={from_tag}",
            self.call_id, self.to_tag
        )?;
        if self.early_only {
            f.write_str(";early-only")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_read_and_written() {
        let text = "98asjd8@test;from-tag=b1 ; TO-TAG=a1;early-only;x=y";
        let read = Replaces::parse(text).expect("the header is well-formed");
        assert_eq!(
            read.to_string(),
            "98asjd8@test;to-tag=a1;from-tag=b1;early-only"
        );
        assert_eq!(Replaces::parse(&read.to_string()), Some(read));
    }

    #[test]
    fn a_dialog_without_a_tag_is_written_with_a_zero() {
        let theirs = DialogId {
            call_id: "c".to_owned(),
            local_tag: String::new(),
            remote_tag: "r".to_owned(),
        };
        let written = Replaces::of_dialog(&theirs).to_string();
        assert_eq!(written, "c;to-tag=r;from-tag=0");
        let read = Replaces::parse(&written).expect("it was just written");
        assert_eq!(read.dialog().remote_tag, "");
    }

    #[test]
    fn what_names_no_dialog_is_refused() {
        for text in [
            "",
            ";to-tag=a;from-tag=b",
            "c;to-tag=a",
            "c;from-tag=b",
            "c;to-tag=a;from-tag=",
            "c;to-tag=a;to-tag=a;from-tag=b",
        ] {
            assert_eq!(Replaces::parse(text), None, "{text:?}");
        }
        let mut twice = Headers::default();
        twice.push("Replaces", "c;to-tag=a;from-tag=b");
        assert!(matches!(Replaces::read(&twice), Ok(Some(_))));
        twice.push("Replaces", "c;to-tag=a;from-tag=b");
        assert_eq!(Replaces::read(&twice), Err(StatusCode::BAD_REQUEST));
    }
}
