//! What the server says, as sequences of spoken pieces.
//!
//! Every piece is one recorded prompt of `assets/prompts/en.tsv`, named by its id. Fixed sentences
//! are one piece; counts, numbers, dates and durations are put together here. A caller's name is
//! data and cannot be recorded beforehand, so callers are named by their number or spelled.

use std::time::Duration;

use jiff::civil::{Date, DateTime};

use crate::store::CallerId;

/// One thing to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Phrase {
    Fixed(Prompt),
    /// "You have two new messages and one saved message."
    Counts {
        new: usize,
        saved: usize,
    },
    /// "From extension 1 0 0 0."
    From(CallerId),
    /// "Received today at ten forty-two A M."
    Received {
        at: DateTime,
        today: Date,
    },
    /// "Length forty-eight seconds."
    Length(Duration),
}

/// Declares the fixed prompts with the ids of their pieces.
macro_rules! prompts {
    ($($name:ident = $id:literal,)*) => {
        /// A prompt that is one piece.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Prompt { $($name,)* }

        impl Prompt {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$name,)*];

            fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }
        }
    };
}

prompts! {
    Welcome = "welcome",
    Goodbye = "goodbye",
    PinAsk = "pin.ask",
    PinWrong = "pin.wrong",
    KeyUnknown = "key.unknown",
    MainListen = "main.listen",
    MainGreeting = "main.greeting",
    MainEnd = "main.end",
    MessageNew = "message.new",
    MessageSaved = "message.saved",
    MessageDeleted = "message.deleted-one",
    MessageEnd = "message.end",
    NoMoreMessages = "message.none-left",
    MailboxEmpty = "message.empty",
    OptionRepeat = "options.repeat",
    OptionSave = "options.save",
    OptionDelete = "options.delete",
    OptionUndelete = "options.undelete",
    OptionCallBack = "options.call-back",
    OptionDetails = "options.details",
    OptionNext = "options.next",
    OptionMain = "options.main",
    DoneSaved = "done.saved",
    DoneDeleted = "done.deleted",
    DoneUndeleted = "done.undeleted",
    CallBackCalling = "call-back.calling",
    CallBackFailed = "call-back.failed",
    CallBackNoNumber = "call-back.no-number",
    CallBackEnded = "call-back.ended",
    GreetingNone = "greeting.none",
    GreetingCurrent = "greeting.current",
    GreetingRecord = "greeting.record",
    GreetingStandard = "greeting.standard",
    GreetingSpeak = "greeting.speak",
    GreetingKeep = "greeting.keep",
    GreetingListen = "greeting.listen",
    GreetingAgain = "greeting.again",
    GreetingKept = "greeting.kept",
    GreetingRemoved = "greeting.removed",
    GreetingDiscarded = "greeting.discarded",
    GreetingNothing = "greeting.nothing",
    DepositGreeting = "deposit.greeting",
    DepositInstructions = "deposit.instructions",
    DepositThanks = "deposit.thanks",
    DepositNothing = "deposit.nothing",
    PlayOnPhoneIntro = "play-on-phone.intro",
    DemoCaller = "demo.caller",
}

impl Phrase {
    /// The ids of the pieces, in the order of speaking.
    pub fn pieces(&self) -> Vec<String> {
        match self {
            Self::Fixed(prompt) => vec![prompt.id().to_owned()],
            Self::Counts { new, saved } => counts(*new, *saved),
            Self::From(caller) => from(caller),
            Self::Received { at, today } => received(*at, *today),
            Self::Length(duration) => length(*duration),
        }
    }
}

impl From<Prompt> for Phrase {
    fn from(prompt: Prompt) -> Self {
        Self::Fixed(prompt)
    }
}

fn counts(new: usize, saved: usize) -> Vec<String> {
    if new == 0 && saved == 0 {
        return ids(["message.empty"]);
    }
    let mut pieces = ids(["you-have"]);
    match new {
        0 => pieces.extend(ids(["no", "new-messages"])),
        1 => pieces.extend(ids(["number.1", "new-message"])),
        _ => {
            pieces.extend(number(new));
            pieces.extend(ids(["new-messages"]));
        }
    }
    match saved {
        0 => {}
        1 => pieces.extend(ids(["and", "number.1", "saved-message"])),
        _ => {
            pieces.extend(ids(["and"]));
            pieces.extend(number(saved));
            pieces.extend(ids(["saved-messages"]));
        }
    }
    pieces
}

fn from(caller: &CallerId) -> Vec<String> {
    let mut pieces = ids(["message.from"]);
    let name = caller.user_part().unwrap_or_default();
    let digits = name.strip_prefix('+').unwrap_or(name);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if name.is_empty() {
        pieces.extend(ids(["caller.unknown"]));
    } else if !is_number {
        pieces.extend(spelled(name));
    } else {
        if name.starts_with('+') {
            pieces.extend(ids(["caller.plus"]));
        } else if digits.len() <= EXTENSION_DIGITS {
            pieces.extend(ids(["caller.extension"]));
        }
        pieces.extend(spelled(digits));
    }
    pieces
}

fn received(at: DateTime, today: Date) -> Vec<String> {
    let mut pieces = ids(["message.received"]);
    let day = at.date();
    // A message from the future (a clock that was set back) is told by its date.
    match days_between(day, today) {
        0 => pieces.extend(ids(["time.today"])),
        1 => pieces.extend(ids(["time.yesterday"])),
        2..=6 => {
            let weekday = day.weekday().to_monday_one_offset();
            pieces.extend([s("time.on"), format!("weekday.{weekday}")]);
        }
        _ => pieces.extend([
            s("time.on"),
            format!("month.{}", day.month()),
            format!("day.{}", day.day()),
        ]),
    }
    pieces.extend(ids(["time.at"]));
    pieces.extend(clock(at));
    pieces
}

fn clock(at: DateTime) -> Vec<String> {
    let hour = match at.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let mut pieces = vec![format!("number.{hour}")];
    match at.minute() {
        0 => pieces.extend(ids(["time.o-clock"])),
        minute @ 1..=9 => pieces.extend([s("time.oh"), format!("number.{minute}")]),
        minute => pieces.push(format!("number.{minute}")),
    }
    let half = if at.hour() < 12 { "time.am" } else { "time.pm" };
    pieces.extend(ids([half]));
    pieces
}

fn length(duration: Duration) -> Vec<String> {
    let seconds = usize::try_from(duration.as_secs()).unwrap_or(usize::MAX);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let mut pieces = ids(["message.length"]);
    if minutes > 0 {
        pieces.extend(number(minutes));
        pieces.extend(ids([if minutes == 1 {
            "unit.minute"
        } else {
            "unit.minutes"
        }]));
    }
    if seconds > 0 || minutes == 0 {
        pieces.extend(number(seconds));
        pieces.extend(ids([if seconds == 1 {
            "unit.second"
        } else {
            "unit.seconds"
        }]));
    }
    pieces
}

/// A number below 1000; what is larger is said as its digits.
fn number(number: usize) -> Vec<String> {
    match number {
        0..=99 => vec![format!("number.{number}")],
        100..=999 => {
            let mut pieces = vec![format!("number.{}", number / 100), s("number.hundred")];
            if !number.is_multiple_of(100) {
                pieces.push(format!("number.{}", number % 100));
            }
            pieces
        }
        _ => spelled(&number.to_string()),
    }
}

fn spelled(name: &str) -> Vec<String> {
    let piece = |character: char| match character {
        '0'..='9' => Some(format!("number.{character}")),
        'a'..='z' | 'A'..='Z' => Some(format!("letter.{}", character.to_ascii_lowercase())),
        _ => None,
    };
    name.chars()
        .filter_map(piece)
        .take(SPELLED_CHARACTERS)
        .collect()
}

fn days_between(earlier: Date, later: Date) -> i32 {
    let day = |date: Date| {
        let span = date.since((jiff::Unit::Day, EPOCH));
        span.map_or(0, |span| span.get_days())
    };
    day(later) - day(earlier)
}

fn ids<const N: usize>(pieces: [&str; N]) -> Vec<String> {
    pieces.map(str::to_owned).into()
}

fn s(piece: &str) -> String {
    piece.to_owned()
}

const EPOCH: Date = Date::constant(1970, 1, 1);

/// Up to five digits without `+` are an extension of the same system.
const EXTENSION_DIGITS: usize = 5;

/// A name that is longer is cut: nobody listens to more, and a hostile caller chooses it.
const SPELLED_CHARACTERS: usize = 20;

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime};

    use super::*;

    fn said(phrase: Phrase) -> String {
        phrase.pieces().join(" ")
    }

    fn caller(uri: &str) -> Phrase {
        Phrase::From(CallerId {
            display_name: Some("Somebody".to_owned()),
            uri: Some(uri.to_owned()),
        })
    }

    #[test]
    fn counts_speak_english() {
        let table = [
            (0, 0, "message.empty"),
            (1, 0, "you-have number.1 new-message"),
            (0, 1, "you-have no new-messages and number.1 saved-message"),
            (
                3,
                12,
                "you-have number.3 new-messages and number.12 saved-messages",
            ),
            (
                105,
                0,
                "you-have number.1 number.hundred number.5 new-messages",
            ),
            (200, 0, "you-have number.2 number.hundred new-messages"),
            (
                1234,
                0,
                "you-have number.1 number.2 number.3 number.4 new-messages",
            ),
        ];
        for (new, saved, expected) in table {
            assert_eq!(said(Phrase::Counts { new, saved }), expected);
        }
    }

    #[test]
    fn callers_are_numbers_extensions_or_spelled() {
        let table = [
            (
                "sip:1000@example.test",
                "caller.extension number.1 number.0 number.0 number.0",
            ),
            (
                "sip:+4420@example.test",
                "caller.plus number.4 number.4 number.2 number.0",
            ),
            (
                "tel:030123456",
                "number.0 number.3 number.0 number.1 number.2 number.3 number.4 number.5 number.6",
            ),
            (
                "sip:Bo.b7@example.test",
                "letter.b letter.o letter.b number.7",
            ),
        ];
        for (uri, expected) in table {
            assert_eq!(said(caller(uri)), format!("message.from {expected}"));
        }
        let unknown = Phrase::From(CallerId::default());
        assert_eq!(said(unknown), "message.from caller.unknown");
        let long = caller(&format!("sip:{}@example.test", "x".repeat(5000)));
        assert_eq!(long.pieces().len(), 1 + SPELLED_CHARACTERS);
    }

    #[test]
    fn dates_are_told_as_people_tell_them() {
        let today = date(2024, 5, 15);
        let table = [
            (
                datetime(2024, 5, 15, 10, 42, 0, 0),
                "time.today time.at number.10 number.42 time.am",
            ),
            (
                datetime(2024, 5, 15, 0, 0, 0, 0),
                "time.today time.at number.12 time.o-clock time.am",
            ),
            (
                datetime(2024, 5, 14, 12, 5, 0, 0),
                "time.yesterday time.at number.12 time.oh number.5 time.pm",
            ),
            (
                datetime(2024, 5, 9, 23, 59, 0, 0),
                "time.on weekday.4 time.at number.11 number.59 time.pm",
            ),
            (
                datetime(2024, 5, 8, 9, 15, 0, 0),
                "time.on month.5 day.8 time.at number.9 number.15 time.am",
            ),
            (
                datetime(2024, 5, 16, 9, 15, 0, 0),
                "time.on month.5 day.16 time.at number.9 number.15 time.am",
            ),
        ];
        for (at, expected) in table {
            let phrase = Phrase::Received { at, today };
            assert_eq!(said(phrase), format!("message.received {expected}"));
        }
    }

    #[test]
    fn lengths_have_minutes_and_seconds() {
        let table = [
            (0, "number.0 unit.seconds"),
            (1, "number.1 unit.second"),
            (48, "number.48 unit.seconds"),
            (60, "number.1 unit.minute"),
            (155, "number.2 unit.minutes number.35 unit.seconds"),
        ];
        for (seconds, expected) in table {
            let phrase = Phrase::Length(Duration::from_secs(seconds));
            assert_eq!(said(phrase), format!("message.length {expected}"));
        }
    }

    #[test]
    fn every_piece_that_can_be_said_is_recorded() {
        let today = date(2024, 2, 29);
        let midnight = datetime(2023, 1, 1, 0, 0, 0, 0);
        let mut phrases: Vec<_> = Prompt::ALL
            .iter()
            .map(|prompt| Phrase::from(*prompt))
            .collect();
        phrases.extend((0..1100).map(|new| Phrase::Counts { new, saved: new }));
        phrases.extend((0..7200).map(|seconds| Phrase::Length(Duration::from_secs(seconds))));
        phrases.extend((0..425).map(|day| {
            // Another minute of the day for every day.
            let at = midnight + jiff::Span::new().days(day).minutes(day * 7);
            Phrase::Received { at, today }
        }));
        phrases.extend([
            caller("sip:The-Quick_Brown.Fox@x"),
            caller("sip:jumps-over@x"),
        ]);
        phrases.extend([caller("sip:thelazydog@x"), caller("sip:+1234567890@x")]);
        phrases.extend([caller("sip:12345@x"), Phrase::From(CallerId::default())]);
        for phrase in phrases {
            for piece in phrase.pieces() {
                assert!(
                    hark_assets::prompts::find(&piece).is_some(),
                    "{piece} is missing"
                );
            }
        }
    }
}
