//! The three messages that a mailbox starts with in the demo.

use std::time::Duration;

use hark_media::voice_message::Reader;
use jiff::Timestamp;

use crate::store::{CallerId, Envelope, Mailbox, StoreError};

/// Puts the messages into a mailbox that has just been made, the oldest first.
pub(crate) fn fill(mailbox: &mut Mailbox, domain: &str, now: Timestamp) -> Result<(), StoreError> {
    if !mailbox.is_new() {
        return Ok(());
    }
    for (prompt, name, number, age) in MESSAGES {
        let Some(prompt) = hark_assets::prompts::find(prompt) else {
            continue;
        };
        let Ok(sound) = Reader::open(prompt.ogg, 48_000) else {
            continue;
        };
        let caller = CallerId {
            display_name: (!name.is_empty()).then(|| name.to_owned()),
            uri: Some(format!("sip:{number}@{domain}")),
        };
        let received = now.checked_sub(age).unwrap_or(now);
        let envelope = Envelope {
            caller,
            received,
            duration: sound.duration(),
        };
        mailbox.store(envelope, prompt.ogg)?;
    }
    Ok(())
}

/// Prompt, caller's name, caller's number, age.
const MESSAGES: [(&str, &str, &str, Duration); 3] = [
    (
        "demo.message.2",
        "Front desk",
        "1000",
        Duration::from_secs(26 * 3600),
    ),
    (
        "demo.message.3",
        "",
        "+442079460112",
        Duration::from_secs(105 * 60),
    ),
    (
        "demo.message.1",
        "Priya Raman",
        "+14255550143",
        Duration::from_secs(18 * 60),
    ),
];

#[cfg(test)]
mod tests {
    use crate::store::{Counts, Store};

    use super::*;

    #[test]
    fn a_new_mailbox_gets_three_messages_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), ["dana"]).unwrap();
        let now = "2024-05-15T11:00:00Z".parse().unwrap();
        let mut mailbox = store.mailbox("dana").unwrap();
        fill(&mut mailbox, "example.test", now).unwrap();
        assert_eq!(mailbox.counts(), Counts { new: 3, saved: 0 });
        let newest = mailbox.messages().last().unwrap();
        assert_eq!(
            newest.envelope.caller.display_name.as_deref(),
            Some("Priya Raman")
        );
        assert_eq!(newest.envelope.received.to_string(), "2024-05-15T10:42:00Z");
        assert!(newest.envelope.duration > Duration::from_secs(5));

        for id in mailbox
            .messages()
            .iter()
            .map(|message| message.id)
            .collect::<Vec<_>>()
        {
            mailbox.remove(id).unwrap();
        }
        drop(mailbox);
        let store = Store::open(folder.path(), ["dana"]).unwrap();
        let mut mailbox = store.mailbox("dana").unwrap();
        fill(&mut mailbox, "example.test", now).unwrap();
        assert_eq!(mailbox.counts(), Counts::default());
    }
}
