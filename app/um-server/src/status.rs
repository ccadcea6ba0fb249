//! What the server's owner may know of users and messages.

use std::time::Duration;

use jiff::Timestamp;

use crate::store::{Message, MessageState};

/// One line of [`crate::ServerHandle::users`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserStatus {
    pub name: String,
    pub display_name: String,
    /// How many devices are registered.
    pub devices: usize,
    pub new: usize,
    pub saved: usize,
}

/// One line of [`crate::ServerHandle::mailbox`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageStatus {
    /// The caller's name; empty when it is not known.
    pub name: String,
    /// The user part of the caller's address: a name or a number; empty when it is not known.
    pub number: String,
    pub received: Timestamp,
    pub duration: Duration,
    pub is_new: bool,
}

impl MessageStatus {
    pub(crate) fn new(message: &Message) -> Self {
        let caller = &message.envelope.caller;
        Self {
            name: caller.display_name.clone().unwrap_or_default(),
            number: caller.user_part().unwrap_or_default().to_owned(),
            received: message.envelope.received,
            duration: message.envelope.duration,
            is_new: message.state == MessageState::New,
        }
    }

    /// What a Play-On-Phone call says about the message it will play.
    pub(crate) fn subject(&self) -> String {
        let seconds = self.duration.as_secs();
        let length = format!("{}:{:02}", seconds / 60, seconds % 60);
        let caller = if self.name.is_empty() {
            &self.number
        } else {
            &self.name
        };
        match caller.as_str() {
            "" => format!("Message from an unknown caller, {length}"),
            caller => format!("Message from {caller}, {length}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subject_names_caller_and_length() {
        let subject = |name: &str, number: &str, seconds| {
            let status = MessageStatus {
                name: name.to_owned(),
                number: number.to_owned(),
                received: Timestamp::UNIX_EPOCH,
                duration: Duration::from_secs(seconds),
                is_new: true,
            };
            status.subject()
        };
        assert_eq!(
            subject("Priya Raman", "+1425", 48),
            "Message from Priya Raman, 0:48"
        );
        assert_eq!(subject("", "+1425", 125), "Message from +1425, 2:05");
        assert_eq!(subject("", "", 0), "Message from an unknown caller, 0:00");
    }
}
