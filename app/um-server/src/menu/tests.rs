//! Walks through the menu. Each test is one call, told as what the caller does and what is heard:
//! `->` is the caller, `<-` the server.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::date;

use super::*;
use crate::prompts::Phrase;
use crate::store::{CallerId, Envelope, MessageId, MessageState};

/// Plays the caller's lines of a script to a menu and compares the whole of it.
fn check(entry: Entry, mailbox: &[Message], script: &str) {
    check_greeted(entry, mailbox, GreetingChoice::Standard, script);
}

fn check_greeted(entry: Entry, mailbox: &[Message], greeting: GreetingChoice, script: &str) {
    let clock = date(2024, 5, 15).at(12, 0, 0, 0).in_tz("UTC").unwrap();
    let mut menu = Menu::new(entry, mailbox, greeting, clock);
    let mut transcript = String::new();
    for line in script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        let Some(action) = line.strip_prefix("-> ") else {
            continue;
        };
        transcript.push_str(&format!("{line}\n"));
        for input in inputs(action) {
            for effect in menu.step(input) {
                transcript.push_str(&format!("<- {}\n", told(&effect)));
            }
        }
    }
    let expected: Vec<_> = script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(transcript.trim_end(), expected.join("\n"));
}

fn inputs(action: &str) -> Vec<Input> {
    match action {
        "connected" => vec![Input::Connected],
        "hears all" => vec![Input::Played],
        "waits" => vec![Input::Silence],
        "hangs up" => vec![Input::HungUp],
        "(recorded)" => vec![Input::Recorded(Take::Sound)],
        "(recorded nothing)" => vec![Input::Recorded(Take::Empty)],
        "(talked)" => vec![Input::CallBackEnded(CallBackOutcome::Talked)],
        "(not reached)" => vec![Input::CallBackEnded(CallBackOutcome::NotReached)],
        keys => keys.chars().map(Input::Key).collect(),
    }
}

/// Long runs of options are told by their name: `main?`, `options?`, `review?`.
fn told(effect: &Effect) -> String {
    let Effect::Play(sounds) = effect else {
        return format!("{effect:?}");
    };
    let text = sounds.iter().map(sound).collect::<Vec<_>>().join(" ");
    let text = text
        .replace("MainListen MainGreeting MainEnd", "main?")
        .replace("OptionRepeat OptionSave OptionDelete OptionCallBack OptionDetails OptionNext OptionMain", "options?")
        .replace("OptionRepeat OptionSave OptionUndelete OptionCallBack OptionDetails OptionNext OptionMain", "options-undelete?")
        .replace("GreetingKeep GreetingListen GreetingAgain OptionMain", "review?");
    match text.as_str() {
        "" => "(silence)".to_owned(),
        text => text.to_owned(),
    }
}

fn sound(sound: &Sound) -> String {
    match sound {
        Sound::Say(Phrase::Fixed(prompt)) => format!("{prompt:?}"),
        Sound::Say(Phrase::Counts { new, saved }) => format!("{new} new {saved} saved"),
        Sound::Say(Phrase::From(caller)) => {
            format!("from {}", caller.user_part().unwrap_or("unknown"))
        }
        Sound::Say(Phrase::Received { at, today }) => format!("received {at} on {today}"),
        Sound::Say(Phrase::Length(duration)) => format!("length {}", duration.as_secs()),
        Sound::Message(id) => format!("[{id:?}]"),
        Sound::Greeting => "[greeting]".to_owned(),
        Sound::Recording => "[recording]".to_owned(),
        Sound::Tone => "[tone]".to_owned(),
    }
}

fn message(number: u32, uri: Option<&str>, state: MessageState) -> Message {
    Message {
        id: MessageId::numbered(number),
        envelope: Envelope {
            caller: CallerId {
                display_name: None,
                uri: uri.map(str::to_owned),
            },
            received: Timestamp::from_second(1_715_769_720 + i64::from(number)).unwrap(),
            duration: Duration::from_secs(48),
        },
        state,
    }
}

/// One saved message and two new ones; the middle one is anonymous.
fn mailbox() -> Vec<Message> {
    vec![
        message(1, Some("sip:1000@example.test"), MessageState::Saved),
        message(2, None, MessageState::New),
        message(3, Some("sip:priya@example.test"), MessageState::New),
    ]
}

fn pin() -> Entry {
    Entry::Pin(Secret::new("1234"))
}

#[test]
fn ox6_a_skipped_pin_is_not_asked_for() {
    check(
        Entry::Open,
        &mailbox(),
        "-> connected
         <- Opened(Skipped)
         <- Welcome 2 new 1 saved main?",
    );
}

#[test]
fn ox7_the_right_pin_opens_the_mailbox() {
    check(
        pin(),
        &mailbox(),
        "-> connected
         <- Welcome PinAsk
         -> 12
         <- (silence)
         <- (silence)
         -> 34#
         <- (silence)
         <- (silence)
         <- Opened(Keyed)
         <- 2 new 1 saved main?",
    );
}

#[test]
fn ox7_three_wrong_pins_end_the_call() {
    check(
        pin(),
        &mailbox(),
        "-> connected
         <- Welcome PinAsk
         -> #
         <- PinWrong PinAsk
         -> 0#
         <- (silence)
         <- PinWrong PinAsk
         -> 1*
         <- (silence)
         <- PinAsk
         -> 2#
         <- (silence)
         <- PinWrong Goodbye
         -> 1234#
         -> hears all
         <- HangUp
         -> hangs up",
    );
}

#[test]
fn ox7_a_pin_with_digits_too_many_is_wrong() {
    check(
        pin(),
        &mailbox(),
        "-> connected
         <- Welcome PinAsk
         -> 1
         <- (silence)
         -> 2
         <- (silence)
         -> 3
         <- (silence)
         -> 4
         <- (silence)
         -> 5
         <- (silence)
         -> 6
         <- (silence)
         -> #
         <- PinWrong PinAsk",
    );
}

#[test]
fn ox7_nothing_but_the_pin_leads_on() {
    check(
        pin(),
        &mailbox(),
        "-> connected
         <- Welcome PinAsk
         -> hears all
         -> (recorded)
         -> (talked)
         -> connected
         <- Welcome PinAsk
         -> waits
         <- PinAsk
         -> 12
         <- (silence)
         <- (silence)
         -> waits
         <- PinWrong PinAsk
         -> waits
         <- PinAsk
         -> waits
         <- PinAsk
         -> waits
         <- Goodbye
         -> hears all
         <- HangUp",
    );
}

#[test]
fn messages_play_new_ones_first_and_count_as_heard_at_their_end() {
    check(
        Entry::Open,
        &mailbox(),
        "-> connected
         <- Opened(Skipped)
         <- Welcome 2 new 1 saved main?
         -> 1
         <- MessageNew from priya [MessageId(3)]
         -> hears all
         <- Save(MessageId(3))
         <- MessageEnd options?
         -> 1
         <- MessageSaved from priya [MessageId(3)]
         -> 6
         <- MessageNew from unknown [MessageId(2)]
         -> 6
         <- MessageSaved from 1000 [MessageId(1)]
         -> hears all
         <- MessageEnd options?
         -> 6
         <- NoMoreMessages main?
         -> hangs up",
    );
}

#[test]
fn deleting_is_undone_by_the_same_key_and_done_at_the_end() {
    check(
        Entry::Open,
        &mailbox(),
        "-> connected
         <- Opened(Skipped)
         <- Welcome 2 new 1 saved main?
         -> 1
         <- MessageNew from priya [MessageId(3)]
         -> 3
         <- DoneDeleted options-undelete?
         -> 1
         <- MessageDeleted from priya [MessageId(3)]
         -> 3
         <- DoneUndeleted options?
         -> 6
         <- MessageNew from unknown [MessageId(2)]
         -> 3
         <- DoneDeleted options-undelete?
         -> 6
         <- MessageSaved from 1000 [MessageId(1)]
         -> 3
         <- DoneDeleted options-undelete?
         -> 2
         <- DoneSaved options?
         -> hangs up
         <- Remove(MessageId(2))
         -> hangs up",
    );
}

#[test]
fn deleted_messages_go_when_the_user_ends_the_call_too() {
    check(
        Entry::Open,
        &mailbox()[..1],
        "-> connected
         <- Opened(Skipped)
         <- Welcome 0 new 1 saved main?
         -> 1
         <- MessageSaved from 1000 [MessageId(1)]
         -> 3
         <- DoneDeleted options-undelete?
         -> *
         <- main?
         -> *
         <- Goodbye
         -> hears all
         <- HangUp
         -> hangs up
         <- Remove(MessageId(1))",
    );
}

#[test]
fn saving_keeps_a_message_that_was_not_heard() {
    check(
        Entry::Open,
        &mailbox(),
        "-> connected
         <- Opened(Skipped)
         <- Welcome 2 new 1 saved main?
         -> 1
         <- MessageNew from priya [MessageId(3)]
         -> 2
         <- Save(MessageId(3))
         <- DoneSaved options?
         -> 2
         <- DoneSaved options?",
    );
}

#[test]
fn details_tell_date_caller_and_length() {
    check(
        Entry::Open,
        &mailbox(),
        "-> connected
         <- Opened(Skipped)
         <- Welcome 2 new 1 saved main?
         -> 1
         <- MessageNew from priya [MessageId(3)]
         -> 5
         <- received 2024-05-15T10:42:03 on 2024-05-15 from priya length 48 options?",
    );
}

#[test]
fn the_sender_is_called_back_and_the_menu_goes_on_after() {
    check(
        Entry::Open,
        &mailbox(),
        "-> connected
         <- Opened(Skipped)
         <- Welcome 2 new 1 saved main?
         -> 1
         <- MessageNew from priya [MessageId(3)]
         -> 4
         <- CallBackCalling
         <- CallBack(\"sip:priya@example.test\")
         -> hears all
         -> 12
         -> (talked)
         <- CallBackEnded options?
         -> 4
         <- CallBackCalling
         <- CallBack(\"sip:priya@example.test\")
         -> (not reached)
         <- CallBackFailed options?
         -> 4
         <- CallBackCalling
         <- CallBack(\"sip:priya@example.test\")
         -> *
         <- EndCallBack
         -> (talked)
         <- CallBackEnded options?
         -> 6
         <- MessageNew from unknown [MessageId(2)]
         -> 4
         <- CallBackNoNumber options?",
    );
}

#[test]
fn hanging_up_ends_a_call_back() {
    check(
        Entry::Open,
        &mailbox(),
        "-> connected
         <- Opened(Skipped)
         <- Welcome 2 new 1 saved main?
         -> 1
         <- MessageNew from priya [MessageId(3)]
         -> 4
         <- CallBackCalling
         <- CallBack(\"sip:priya@example.test\")
         -> hangs up
         <- EndCallBack
         -> (talked)",
    );
}

#[test]
fn a_greeting_is_recorded_listened_to_recorded_again_and_kept() {
    check(
        Entry::Open,
        &[],
        "-> connected
         <- Opened(Skipped)
         <- Welcome 0 new 0 saved MainGreeting MainEnd
         -> 2
         <- GreetingNone GreetingRecord OptionMain
         -> 1
         <- GreetingSpeak [tone]
         -> 9
         <- [tone]
         -> hears all
         <- StartRecording
         -> #
         <- StopRecording
         -> (recorded)
         <- review?
         -> 2
         <- [recording] review?
         -> 3
         <- GreetingSpeak [tone]
         -> hears all
         <- StartRecording
         -> (recorded)
         <- review?
         -> 1
         <- KeepGreeting
         <- GreetingKept MainGreeting MainEnd
         -> 2
         <- GreetingCurrent [greeting] GreetingRecord GreetingStandard OptionMain
         -> 2
         <- RemoveGreeting
         <- GreetingRemoved MainGreeting MainEnd",
    );
}

#[test]
fn an_empty_or_discarded_recording_changes_nothing() {
    check_greeted(
        Entry::Open,
        &[],
        GreetingChoice::Own,
        "-> connected
         <- Opened(Skipped)
         <- Welcome 0 new 0 saved MainGreeting MainEnd
         -> 2
         <- GreetingCurrent [greeting] GreetingRecord GreetingStandard OptionMain
         -> 1
         <- GreetingSpeak [tone]
         -> hears all
         <- StartRecording
         -> #
         <- StopRecording
         -> (recorded nothing)
         <- GreetingNothing GreetingRecord GreetingStandard OptionMain
         -> 1
         <- GreetingSpeak [tone]
         -> hears all
         <- StartRecording
         -> #
         <- StopRecording
         -> (recorded)
         <- review?
         -> *
         <- GreetingDiscarded MainGreeting MainEnd",
    );
}

#[test]
fn hanging_up_while_recording_a_greeting_discards_it() {
    check(
        Entry::Open,
        &[],
        "-> connected
         <- Opened(Skipped)
         <- Welcome 0 new 0 saved MainGreeting MainEnd
         -> 2
         <- GreetingNone GreetingRecord OptionMain
         -> 1
         <- GreetingSpeak [tone]
         -> hears all
         <- StartRecording
         -> hangs up
         <- StopRecording
         -> (recorded)",
    );
}

#[test]
fn keys_without_meaning_are_told_and_the_choices_repeated() {
    check(
        Entry::Open,
        &mailbox(),
        "-> connected
         <- Opened(Skipped)
         <- Welcome 2 new 1 saved main?
         -> 9
         <- KeyUnknown main?
         -> 1
         <- MessageNew from priya [MessageId(3)]
         -> 0
         <- KeyUnknown options?
         -> *
         <- main?
         -> 2
         <- GreetingNone GreetingRecord OptionMain
         -> 7
         <- KeyUnknown GreetingRecord OptionMain
         -> *
         <- main?",
    );
}

#[test]
fn an_empty_mailbox_has_nothing_to_listen_to() {
    check(
        Entry::Open,
        &[],
        "-> connected
         <- Opened(Skipped)
         <- Welcome 0 new 0 saved MainGreeting MainEnd
         -> 1
         <- MailboxEmpty MainGreeting MainEnd",
    );
}

#[test]
fn three_unanswered_questions_in_a_row_end_the_call() {
    check(
        Entry::Open,
        &mailbox(),
        "-> connected
         <- Opened(Skipped)
         <- Welcome 2 new 1 saved main?
         -> hears all
         -> waits
         <- main?
         -> hears all
         -> waits
         <- main?
         -> 1
         <- MessageNew from priya [MessageId(3)]
         -> hears all
         <- Save(MessageId(3))
         <- MessageEnd options?
         -> waits
         <- options?
         -> hears all
         -> waits
         <- options?
         -> waits
         <- Goodbye
         -> hears all
         <- HangUp",
    );
}

#[test]
fn ox8_play_on_phone_begins_with_its_message() {
    check(
        Entry::PlayOnPhone(1),
        &mailbox(),
        "-> connected
         <- PlayOnPhoneIntro MessageNew from unknown [MessageId(2)]
         -> hears all
         <- Save(MessageId(2))
         <- MessageEnd options?
         -> 6
         <- MessageNew from priya [MessageId(3)]",
    );
}
