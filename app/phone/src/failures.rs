//! The last things that went wrong, as sentences, for those who look later.

use std::sync::Arc;
use std::time::SystemTime;

use crate::event::{Event, RecordingState, TransferState};
use crate::snapshot::{Failure, RegistrationView};

/// A list that never grows beyond [`MAX_FAILURES`].
#[derive(Debug, Default)]
pub(crate) struct Failures {
    newest_first: Arc<[Failure]>,
}

impl Failures {
    pub(crate) fn list(&self) -> Arc<[Failure]> {
        Arc::clone(&self.newest_first)
    }

    pub(crate) fn note(&mut self, at: SystemTime, text: &str, names: &Arc<[String]>) {
        self.add(Failure {
            at,
            text: text.to_owned(),
            times: 1,
            names: Arc::clone(names),
        });
    }

    /// Puts those of earlier runs behind those of this one.
    pub(crate) fn recall(&mut self, older: &[Failure]) {
        let of_this_run = std::mem::replace(&mut self.newest_first, older.into());
        for failure in of_this_run.iter().rev() {
            self.add(failure.clone());
        }
    }

    /// In the language that is spoken, whatever it was when they were met.
    pub(crate) fn say_anew(&mut self) {
        let said = self.newest_first.iter().map(|failure| Failure {
            text: hark_words::said_anew(&failure.text),
            ..failure.clone()
        });
        self.newest_first = said.collect();
    }

    /// The same again counts up: a server that stays away must not push out the rest.
    fn add(&mut self, mut failure: Failure) {
        let before = self.newest_first.first();
        let again = before.filter(|before| before.text == failure.text);
        failure.times = failure
            .times
            .saturating_add(again.map_or(0, |again| again.times));
        let older = self.newest_first.iter().skip(usize::from(again.is_some()));
        let older = older.take(MAX_FAILURES - 1).cloned();
        self.newest_first = std::iter::once(failure).chain(older).collect();
    }
}

/// The sentence about what went wrong, where an event tells of such a thing.
pub(crate) fn sentence(event: &Event) -> Option<&str> {
    match event {
        Event::Of(_, event) => sentence(event),
        Event::Error { text } | Event::AddressBook(Err(text)) => Some(text),
        Event::Registration(
            RegistrationView::Failed(problem) | RegistrationView::Lost { problem, .. },
        ) => Some(&problem.text),
        Event::SoundTrouble { text, .. } => text.as_deref(),
        Event::Transfer {
            state: TransferState::Failed,
            reason,
            ..
        } => reason.as_deref(),
        Event::Recording {
            state: RecordingState::Failed { reason, .. },
            ..
        } => Some(reason),
        // A call that ends is told with a reason where nothing went wrong as well: see `Engine::finish`.
        Event::Call { .. }
        | Event::Registration(
            RegistrationView::SignedOut
            | RegistrationView::Connecting(_)
            | RegistrationView::Registered,
        )
        | Event::Transfer {
            state: TransferState::Trying | TransferState::Succeeded,
            ..
        }
        | Event::Recording {
            state: RecordingState::Began { .. } | RecordingState::Saved { .. },
            ..
        }
        | Event::Accounts(_)
        | Event::Incoming { .. }
        | Event::Hold { .. }
        | Event::RecordingOpened { .. }
        | Event::TransferRequested { .. }
        | Event::WaitsForPress { .. }
        | Event::Trace(_)
        | Event::History(_)
        | Event::ContactsImported { .. }
        | Event::ContactsExported { .. }
        | Event::AddressBook(Ok(_))
        | Event::Authorities { .. }
        | Event::Status
        | Event::Diagnosis
        | Event::ReportSaved { .. }
        | Event::SettingsExported { .. }
        | Event::SettingsRead(_)
        | Event::Media { .. }
        | Event::Quality { .. }
        | Event::MessageWaiting { .. }
        | Event::EchoTest { .. }
        | Event::Notice { .. }
        | Event::Stopped => None,
    }
}

const MAX_FAILURES: usize = 20;

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::snapshot::{CallId, Problem, SoundTrouble};

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn the_last_twenty_stay_newest_first() {
        let mut failures = Failures::default();
        for n in 0..50 {
            failures.note(at(n), &format!("{n}"), &Arc::default());
        }
        let list = failures.list();
        let texts: Vec<&str> = list.iter().map(|failure| failure.text.as_str()).collect();
        let expected: Vec<String> = (30..50).rev().map(|n| n.to_string()).collect();
        assert_eq!(texts, expected);
    }

    #[test]
    fn they_are_said_in_the_language_that_is_spoken_and_counted_on() {
        use hark_words::{Language, speak_here};
        let mut failures = Failures::default();
        failures.note(
            at(1),
            "Tom did not answer. Try again later.",
            &Arc::default(),
        );
        let _spoken = speak_here(Language::German);
        failures.say_anew();
        let german = "Tom hat nicht abgehoben. Versuchen Sie es später noch einmal.";
        failures.note(at(2), german, &Arc::default());
        let [both] = &failures.list()[..] else {
            panic!("{:?}", failures.list());
        };
        assert_eq!((both.text.as_str(), both.times), (german, 2));
    }

    #[test]
    fn the_same_in_a_row_is_one_with_a_count() {
        let mut failures = Failures::default();
        failures.note(at(1), "busy", &Arc::default());
        for n in 2..5 {
            failures.note(at(n), "away", &Arc::default());
        }
        failures.note(at(9), "busy", &Arc::default());
        let told: Vec<_> = failures
            .list()
            .iter()
            .map(|failure| (failure.text.clone(), failure.times, failure.at))
            .collect();
        let expected = [("busy", 1, at(9)), ("away", 3, at(4)), ("busy", 1, at(1))];
        assert_eq!(
            told,
            expected.map(|(text, times, at)| (text.to_owned(), times, at))
        );
    }

    #[test]
    fn those_of_earlier_runs_stand_behind_and_count_on() {
        let mut before = Failures::default();
        for (n, text) in [(1, "busy"), (2, "away"), (3, "away")] {
            before.note(at(n), text, &Arc::default());
        }
        let mut failures = Failures::default();
        failures.note(at(7), "away", &Arc::default());
        failures.note(at(8), "no sound", &Arc::default());
        failures.recall(&before.list());
        let told: Vec<_> = failures
            .list()
            .iter()
            .map(|it| (it.text.clone(), it.times, it.at))
            .collect();
        let expected = [
            ("no sound", 1, at(8)),
            ("away", 3, at(7)),
            ("busy", 1, at(1)),
        ];
        assert_eq!(
            told,
            expected.map(|(text, times, at)| (text.to_owned(), times, at))
        );
        (0..50).for_each(|n| failures.note(at(n), &format!("{n}"), &Arc::default()));
        failures.recall(&before.list());
        assert_eq!(failures.list().len(), MAX_FAILURES);
        assert_eq!(failures.list()[0].text, "49");
    }

    #[test]
    fn failures_are_told_from_news() {
        let problem = || Problem {
            text: "No.".into(),
            detail: "403".into(),
        };
        let trouble = |text: Option<&str>| Event::SoundTrouble {
            call: CallId(1),
            trouble: SoundTrouble::OneWay,
            text: text.map(str::to_owned),
        };
        let next_try = std::time::Instant::now();
        for (event, expected) in [
            (Event::Error { text: "No.".into() }, Some("No.")),
            (Event::Notice { text: "So.".into() }, None),
            (
                Event::Registration(RegistrationView::Failed(problem())),
                Some("No."),
            ),
            (
                Event::Registration(RegistrationView::Lost {
                    problem: problem(),
                    next_try,
                }),
                Some("No."),
            ),
            (Event::Registration(RegistrationView::Registered), None),
            (trouble(Some("One way.")), Some("One way.")),
            (trouble(None), None),
        ] {
            assert_eq!(sentence(&event), expected, "{event:?}");
        }
    }
}
