//! What the server says about the mailbox: how many messages wait, and where the mailbox is.

use hark_sip::EventPackage;
use hark_sip::message_summary::MessageWaiting as Summary;

use super::Engine;
use crate::account::Account;
use crate::event::Event;
use crate::settings::AccountSettings;
use crate::snapshot::{AccountId, MessageWaiting};
use crate::store::LearnedVoicemail;

impl Engine {
    /// Asks for the counts of the mailbox. Servers that tell them without being asked do so anyway.
    pub(super) fn watch_mailbox(&mut self, account: &AccountId) {
        if let Some(endpoint) = self.lines.endpoint_mut(account) {
            endpoint
                .driver
                .command(|agent, now| agent.subscribe(now, EventPackage::MessageSummary));
        }
    }

    /// The user agent lets notifications through that came from the registrar, and no others.
    pub(super) fn on_notified(
        &mut self,
        account: &AccountId,
        package: &str,
        content_type: &str,
        body: &[u8],
    ) {
        if !is_summary(package, content_type, body) {
            return;
        }
        let summary = Summary::parse(body);
        if let Some(message_account) = &summary.account {
            self.learn_voicemail(account, message_account);
        }
        let waiting = waiting(&summary);
        let Some(line) = self.lines.get_mut(account) else {
            return;
        };
        if line.message_waiting.replace(waiting) != Some(waiting) {
            let event = Event::MessageWaiting {
                new: waiting.new,
                old: waiting.old,
                urgent: waiting.urgent_new,
            };
            self.tell_of(account, event);
        }
    }

    /// Takes over what was learned in an earlier run.
    pub(super) fn recall_voicemail(&self, account: &mut Account, settings: &AccountSettings) {
        let mut learned = self.kept.learned_voicemail.iter();
        if let Some(learned) = learned.find(|it| settings.has_address(&it.account)) {
            account.learn_voicemail(&learned.voicemail);
        }
    }

    fn learn_voicemail(&mut self, account: &AccountId, message_account: &str) {
        let Some(line) = self.lines.get_mut(account) else {
            return;
        };
        let (Some(endpoint), settings) = (&mut line.endpoint, &line.settings) else {
            return;
        };
        if endpoint.account.learn_voicemail(message_account) {
            let learned = LearnedVoicemail {
                account: settings.bare_address().to_owned(),
                voicemail: endpoint.account.voicemail.to_string(),
            };
            let all = &mut self.kept.learned_voicemail;
            all.retain(|it| !settings.has_address(&it.account));
            all.push(learned);
            self.save();
        }
    }
}

/// A NOTIFY without a body tells the state of the subscription and nothing of the mailbox
/// (RFC 6665 §4.2.2), so the lamp stays as it is.
fn is_summary(package: &str, content_type: &str, body: &[u8]) -> bool {
    let content_type = content_type.to_ascii_lowercase();
    package.eq_ignore_ascii_case("message-summary")
        && (content_type.is_empty() || content_type.starts_with(Summary::CONTENT_TYPE))
        && !body.trim_ascii().is_empty()
}

fn waiting(summary: &Summary) -> MessageWaiting {
    match summary.voice {
        Some(counts) => MessageWaiting {
            new: counts.new,
            old: counts.old,
            urgent_new: counts.urgent_new,
        },
        // A server that gives no counts says at least whether there is something.
        None => MessageWaiting {
            new: summary.waiting.into(),
            ..MessageWaiting::default()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_shown_as_far_as_the_server_gives_them() {
        for (body, new, old, urgent_new) in [
            (
                "Messages-Waiting: yes\r\nVoice-Message: 2/8 (1/0)\r\n",
                2,
                8,
                1,
            ),
            ("Messages-Waiting: no\nVoice-Message: 0/3\n", 0, 3, 0),
            ("Messages-Waiting: yes", 1, 0, 0),
            ("Messages-Waiting: no", 0, 0, 0),
            ("Fax-Message: 3/0", 0, 0, 0),
        ] {
            let expected = MessageWaiting {
                new,
                old,
                urgent_new,
            };
            assert_eq!(
                waiting(&Summary::parse(body.as_bytes())),
                expected,
                "{body}"
            );
        }
    }

    #[test]
    fn what_tells_nothing_of_the_mailbox_changes_nothing() {
        let body = b"Messages-Waiting: yes";
        let simple = "application/simple-message-summary";
        assert!(is_summary("message-summary", simple, body));
        assert!(is_summary(
            "Message-Summary",
            "Application/Simple-Message-Summary;x=y",
            body
        ));
        assert!(is_summary("message-summary", "", body));
        assert!(!is_summary("message-summary", simple, b""));
        assert!(!is_summary("message-summary", "", b"\r\n"));
        assert!(!is_summary("message-summary", "text/html", body));
        assert!(!is_summary("dialog", simple, body));
    }
}
