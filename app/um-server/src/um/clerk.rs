//! Deals with the mailbox for one call, one job after the other, on a thread that may wait for the
//! disk. It outlives the call until its last job is done, so what was recorded is stored.

use jiff::{Timestamp, Zoned};
use tokio::sync::mpsc;

use super::conversation::{Recording, Stored};
use super::line::{Opening, Report, Reports};
use crate::dialogue::{Announcement, Deposit, Dialogue, GreetingChoice};
use crate::event::ServerEvent;
use crate::menu::{Entry, Menu};
use crate::store::{CallerId, Envelope, Mailbox, MessageId, MessageState, Store, StoreError};

/// What a line asks of its clerk.
#[derive(Debug)]
pub(super) enum Job {
    /// Prepare the dialogue; answered by [`Outcome::Ready`].
    Open(Opening),
    /// Fetch a sound; answered by [`Outcome::Loaded`].
    Load(Stored),
    StoreMessage {
        caller: CallerId,
        recording: Recording,
    },
    KeepGreeting(Recording),
    RemoveGreeting,
    Save(MessageId),
    Remove(MessageId),
}

/// What a clerk answers.
pub(super) enum Outcome {
    Ready(Box<Dialogue>),
    Loaded(Stored, Option<Vec<u8>>),
}

/// Hires a clerk for a user's mailbox. It goes when the sender is dropped and all is done.
pub(super) fn hire(
    store: Store,
    user: String,
    reports: Reports,
) -> (mpsc::UnboundedSender<Job>, mpsc::UnboundedReceiver<Outcome>) {
    let (jobs, mut inbox) = mpsc::unbounded_channel();
    let (outcomes, answers) = mpsc::unbounded_channel();
    tokio::task::spawn_blocking(move || {
        let clerk = Clerk {
            store,
            user,
            reports,
        };
        while let Some(job) = inbox.blocking_recv() {
            if let Some(outcome) = clerk.work(job) {
                // The line may be gone already; the work is done all the same.
                let _ = outcomes.send(outcome);
            }
        }
    });
    (jobs, answers)
}

struct Clerk {
    store: Store,
    user: String,
    reports: Reports,
}

impl Clerk {
    fn work(&self, job: Job) -> Option<Outcome> {
        let mut mailbox = self.store.mailbox(&self.user)?;
        let done = match job {
            Job::Open(opening) => return Some(Outcome::Ready(Box::new(open(opening, &mailbox)))),
            Job::Load(stored) => {
                let sound = match stored {
                    Stored::Message(id) => mailbox.sound(id).ok(),
                    Stored::Greeting => mailbox.greeting(),
                };
                return Some(Outcome::Loaded(stored, sound));
            }
            Job::StoreMessage { caller, recording } => {
                let stored = self.store_message(&mut mailbox, caller, recording);
                drop(mailbox);
                return self.changed(stored);
            }
            Job::KeepGreeting(recording) => mailbox.set_greeting(&recording.sound),
            Job::RemoveGreeting => mailbox.remove_greeting(),
            Job::Save(id) => {
                let saved = mailbox.set_state(id, MessageState::Saved);
                drop(mailbox);
                return self.changed(saved);
            }
            Job::Remove(id) => {
                let removed = mailbox.remove(id);
                drop(mailbox);
                return self.changed(removed);
            }
        };
        self.check(done);
        None
    }

    fn store_message(
        &self,
        mailbox: &mut Mailbox,
        caller: CallerId,
        recording: Recording,
    ) -> Result<(), StoreError> {
        let Recording { sound, duration } = recording;
        let from = caller.user_part().unwrap_or_default().to_owned();
        let envelope = Envelope {
            caller,
            received: Timestamp::now(),
            duration,
        };
        mailbox.store(envelope, &sound)?;
        let user = self.user.clone();
        self.reports.send(Report::Event(ServerEvent::MessageStored {
            user,
            from,
            duration,
        }));
        Ok(())
    }

    /// What waits in the mailbox is another than before.
    fn changed(&self, done: Result<(), StoreError>) -> Option<Outcome> {
        self.check(done);
        self.reports.send(Report::MailboxChanged {
            user: self.user.clone(),
        });
        None
    }

    fn check(&self, done: Result<(), StoreError>) {
        if let Err(error) = done {
            let (user, error) = (self.user.clone(), error.to_string());
            self.reports
                .send(Report::Event(ServerEvent::StoreFailed { user, error }));
        }
    }
}

fn open(opening: Opening, mailbox: &Mailbox) -> Dialogue {
    let greeting = match mailbox.greeting() {
        Some(_) => GreetingChoice::Own,
        None => GreetingChoice::Standard,
    };
    let menu = |entry| Dialogue::Menu(Menu::new(entry, mailbox.messages(), greeting, Zoned::now()));
    match opening {
        Opening::Mailbox => menu(Entry::Open),
        Opening::MailboxWithPin(pin) => menu(Entry::Pin(pin)),
        Opening::Message(id) => {
            let index = mailbox
                .messages()
                .iter()
                .position(|message| message.id == id);
            menu(index.map_or(Entry::Open, Entry::PlayOnPhone))
        }
        Opening::Deposit(_) => Dialogue::Deposit(Deposit::new(greeting)),
        Opening::Announcement => Dialogue::Announcement(Announcement::new()),
    }
}
