//! Calls as the caller hears them: time is counted in ticks, sound is compared sample by sample.

use hark_media::tones::{Tone, ToneGenerator};
use hark_media::voice_message::{Reader, Writer};

use super::*;
use crate::config::Secret;
use crate::dialogue::{Announcement, Deposit, GreetingChoice};
use crate::menu::{Entry, Menu};
use crate::prompts::{Phrase, Prompt};
use crate::store::{CallerId, Envelope, Message, MessageId, MessageState};

const RATE_HZ: u32 = 8_000;
const FRAME: usize = 80;

struct Call {
    conversation: Conversation,
    /// All that the caller heard since it was last taken.
    heard: Vec<i16>,
    requests: Vec<Request>,
    ticks: u32,
}

impl Call {
    fn new(dialogue: Dialogue) -> Self {
        let conversation = Conversation::new(dialogue, RATE_HZ);
        let mut call = Self {
            conversation,
            heard: Vec::new(),
            requests: Vec::new(),
            ticks: 0,
        };
        call.collect();
        call
    }

    fn menu(entry: Entry) -> Self {
        let clock = "2024-05-15T12:00[UTC]".parse().unwrap();
        let messages = [message(1), message(2)];
        let menu = Menu::new(entry, &messages, GreetingChoice::Standard, clock);
        Self::new(Dialogue::Menu(menu))
    }

    fn tick(&mut self, voice: &[i16], presence: Presence) {
        let mut frame = [0; FRAME];
        self.conversation.tick(voice, presence, &mut frame);
        self.heard.extend(frame);
        self.ticks += 1;
        self.collect();
    }

    fn listen(&mut self, ticks: u32) {
        for _ in 0..ticks {
            self.tick(&[0; FRAME], Presence::Heard);
        }
    }

    fn key(&mut self, key: char) {
        self.conversation.key(key);
        self.collect();
    }

    fn collect(&mut self) {
        while let Some(request) = self.conversation.poll_request() {
            self.requests.push(request);
        }
    }

    /// Listens until something is asked for, and returns it.
    fn until_request(&mut self) -> Request {
        for _ in 0..60_000 {
            if !self.requests.is_empty() {
                return self.requests.remove(0);
            }
            self.listen(1);
        }
        panic!("nothing is asked for within ten minutes");
    }

    /// What was heard, without the silence at its end.
    fn take_heard(&mut self) -> Vec<i16> {
        let mut heard = std::mem::take(&mut self.heard);
        let end = heard
            .iter()
            .rposition(|sample| *sample != 0)
            .map_or(0, |last| last + 1);
        heard.truncate(end);
        heard
    }
}

fn message(number: u32) -> Message {
    Message {
        id: MessageId::numbered(number),
        envelope: Envelope {
            caller: CallerId {
                display_name: None,
                uri: Some("sip:1000@example.test".to_owned()),
            },
            received: "2024-05-15T10:42:00Z".parse().unwrap(),
            duration: Duration::from_secs(2),
        },
        state: MessageState::New,
    }
}

fn file(seconds: usize) -> Vec<u8> {
    let mut samples = vec![0; seconds * RATE_HZ as usize];
    ToneGenerator::new(Tone::Busy, RATE_HZ).fill(&mut samples);
    let mut writer = Writer::new(RATE_HZ).unwrap();
    writer.write(&samples).unwrap();
    writer.finish().unwrap()
}

fn decoded(file: &[u8]) -> Vec<i16> {
    Reader::open(file, RATE_HZ).unwrap().read_to_end()
}

fn spoken(phrases: &[Phrase]) -> Vec<i16> {
    let pieces = phrases.iter().flat_map(Phrase::pieces);
    pieces
        .flat_map(|id| decoded(hark_assets::prompts::find(&id).unwrap().ogg))
        .collect()
}

fn beep() -> Vec<i16> {
    let mut tone = ToneGenerator::new(Tone::Beep, RATE_HZ);
    let mut samples = Vec::new();
    while !tone.is_finished() {
        let mut frame = [0; 1];
        tone.fill(&mut frame);
        samples.extend(frame);
    }
    samples
}

#[track_caller]
fn assert_same_sound(mut heard: Vec<i16>, mut expected: Vec<i16>) {
    for sound in [&mut heard, &mut expected] {
        while sound.last() == Some(&0) {
            sound.pop();
        }
    }
    assert!(!expected.is_empty());
    assert_eq!(heard.len(), expected.len());
    assert!(heard == expected, "as long, but different");
}

#[test]
fn phrases_are_spoken_without_a_gap() {
    let mut call = Call::menu(Entry::Open);
    call.listen(6_00);
    let expected = spoken(&[
        Prompt::Welcome.into(),
        Phrase::Counts { new: 2, saved: 0 },
        Prompt::MainListen.into(),
        Prompt::MainGreeting.into(),
        Prompt::MainEnd.into(),
    ]);
    let heard = call.take_heard();
    let common = heard.len().min(expected.len());
    assert!(common > 4 * RATE_HZ as usize);
    assert!(heard[..common] == expected[..common]);
}

#[test]
fn ox6_no_prompt_for_the_pin_is_heard_when_it_is_skipped() {
    let mut call = Call::menu(Entry::Open);
    assert_eq!(call.requests, [Request::Opened(PinCheck::Skipped)]);
    call.listen(300);
    let heard = call.take_heard();
    let question = spoken(&[Prompt::Welcome.into(), Prompt::PinAsk.into()]);
    let counts = spoken(&[Prompt::Welcome.into(), Phrase::Counts { new: 2, saved: 0 }]);
    assert!(heard[..20_000] != question[..20_000]);
    assert!(heard[..20_000] == counts[..20_000]);
}

#[test]
fn ox7_a_key_interrupts_the_question_for_the_pin() {
    let mut call = Call::menu(Entry::Pin(Secret::new("12")));
    call.listen(50);
    assert!(!call.take_heard().is_empty());
    call.key('1');
    call.listen(50);
    assert!(call.take_heard().is_empty());
    call.key('2');
    assert!(call.requests.is_empty());
    call.key('#');
    assert_eq!(call.requests, [Request::Opened(PinCheck::Keyed)]);
}

#[test]
fn a_message_is_fetched_from_the_mailbox_and_played_whole() {
    let mut call = Call::menu(Entry::Open);
    call.requests.clear();
    call.key('1');
    call.take_heard();
    assert_eq!(
        call.until_request(),
        Request::Load(Stored::Message(MessageId::numbered(2)))
    );
    call.take_heard();
    let file = file(2);
    // The disk takes its time.
    call.listen(7);
    assert!(call.take_heard().is_empty());
    call.conversation.provide(Stored::Greeting, Some(&file));
    call.conversation
        .provide(Stored::Message(MessageId::numbered(2)), Some(&file));
    assert_eq!(call.until_request(), Request::Save(MessageId::numbered(2)));
    assert_same_sound(call.take_heard(), decoded(&file));
}

#[test]
fn a_message_that_cannot_be_read_does_not_hold_up_the_call() {
    for broken in [None, Some(&b"no sound"[..])] {
        let mut call = Call::menu(Entry::Open);
        call.requests.clear();
        call.key('1');
        call.until_request();
        call.conversation
            .provide(Stored::Message(MessageId::numbered(2)), broken);
        assert_eq!(call.until_request(), Request::Save(MessageId::numbered(2)));
    }
}

#[test]
fn five_seconds_of_silence_bring_the_question_again() {
    let mut call = Call::menu(Entry::Pin(Secret::new("12")));
    let asked = spoken(&[Prompt::Welcome.into(), Prompt::PinAsk.into()]);
    let question_ticks = u32::try_from(asked.len().div_ceil(FRAME)).unwrap();
    call.listen(question_ticks);
    assert_same_sound(call.take_heard(), asked);
    call.listen(501);
    assert!(call.take_heard().is_empty());
    call.listen(question_ticks);
    assert_same_sound(call.take_heard(), spoken(&[Prompt::PinAsk.into()]));
}

#[test]
fn a_caller_leaves_a_message_of_what_was_said_between_tone_and_pound() {
    let mut call = Call::new(Dialogue::Deposit(Deposit::new(GreetingChoice::Standard)));
    let mut greeting = spoken(&[
        Prompt::DepositGreeting.into(),
        Prompt::DepositInstructions.into(),
    ]);
    greeting.extend(beep());
    call.listen(u32::try_from(greeting.len().div_ceil(FRAME)).unwrap() + 1);
    assert_same_sound(call.take_heard(), greeting);

    let mut voice = ToneGenerator::new(Tone::Ringback, RATE_HZ);
    for _ in 0..150 {
        let mut frame = [0; FRAME];
        voice.fill(&mut frame);
        call.tick(&frame, Presence::Heard);
    }
    assert!(call.take_heard().is_empty());
    call.key('#');
    let Request::StoreMessage(recording) = call.until_request() else {
        panic!("no message")
    };
    assert_eq!(recording.duration, Duration::from_millis(1_500));
    let recorded = decoded(&recording.sound);
    assert_eq!(recorded.len(), 12_000);
    assert!(recorded.iter().any(|sample| sample.unsigned_abs() > 1_000));

    assert_eq!(call.until_request(), Request::HangUp);
    assert_same_sound(
        call.take_heard(),
        spoken(&[Prompt::DepositThanks.into(), Prompt::Goodbye.into()]),
    );
}

#[test]
fn a_caller_who_hangs_up_has_left_the_message_all_the_same() {
    let mut call = Call::new(Dialogue::Deposit(Deposit::new(GreetingChoice::Own)));
    assert_eq!(call.until_request(), Request::Load(Stored::Greeting));
    call.conversation.provide(Stored::Greeting, None);
    call.listen(200);
    call.conversation.hung_up();
    call.collect();
    let [Request::StoreMessage(recording)] = &call.requests[..] else {
        panic!("no message")
    };
    assert!(recording.duration > Duration::from_secs(1));
}

#[test]
fn a_caller_without_sound_or_words_leaves_no_message() {
    for (ticks, presence) in [(200, Presence::Silent), (40, Presence::Heard)] {
        let mut call = Call::new(Dialogue::Deposit(Deposit::new(GreetingChoice::Standard)));
        call.key('1');
        call.listen(u32::try_from(beep().len().div_ceil(FRAME)).unwrap() + 1);
        for _ in 0..ticks {
            call.tick(&[0; FRAME], presence);
        }
        call.conversation.hung_up();
        call.collect();
        assert_eq!(call.requests, []);
    }
}

#[test]
fn a_message_ends_at_three_minutes() {
    let mut call = Call::new(Dialogue::Deposit(Deposit::new(GreetingChoice::Standard)));
    call.key('1');
    let Request::StoreMessage(recording) = call.until_request() else {
        panic!("no message")
    };
    assert_eq!(recording.duration, Duration::from_secs(180));
}

#[test]
fn a_new_greeting_is_heard_before_it_is_kept() {
    let mut call = Call::menu(Entry::Open);
    call.requests.clear();
    call.key('2');
    call.key('1');
    // The first key skips the instructions, the tone follows.
    call.key('1');
    call.listen(u32::try_from(beep().len().div_ceil(FRAME)).unwrap() + 1);
    call.listen(100);
    call.key('#');
    call.take_heard();
    call.key('2');
    call.listen(100);
    let loudest = call.heard.iter().map(|sample| sample.unsigned_abs()).max();
    assert!(loudest < Some(100), "silence was recorded, not {loudest:?}");
    call.key('1');
    let Request::KeepGreeting(recording) = call.until_request() else {
        panic!("no greeting")
    };
    assert_eq!(recording.duration, Duration::from_secs(1));
}

#[test]
fn the_sender_is_heard_from_answer_to_hang_up() {
    let mut call = Call::menu(Entry::Open);
    call.requests.clear();
    call.key('1');
    call.key('4');
    assert_eq!(
        call.until_request(),
        Request::CallBack("sip:1000@example.test".to_owned())
    );
    call.listen(400);
    assert!(!call.take_heard().is_empty(), "ringback is heard");
    call.conversation.call_back_answered();
    let mut frame = [7; FRAME];
    call.conversation
        .tick(&[0; FRAME], Presence::Heard, &mut frame);
    assert_eq!(frame, [7; FRAME], "the sender's voice stays as it is");
    call.conversation.call_back_ended();
    call.listen(50);
    let ended = spoken(&[Prompt::CallBackEnded.into()]);
    assert!(ended.starts_with(&call.take_heard()[..2_000]));
}

#[test]
fn an_announcement_waits_until_nobody_speaks_and_hangs_up_at_its_end() {
    let mut call = Call::new(Dialogue::Announcement(Announcement::new()));
    let mut voice = ToneGenerator::new(Tone::Busy, RATE_HZ);
    // The tone is on as the loop ends.
    for _ in 0..425 {
        let mut frame = [0; FRAME];
        voice.fill(&mut frame);
        call.tick(&frame, Presence::Heard);
    }
    assert!(call.take_heard().is_empty());
    call.listen(140);
    assert!(call.take_heard().is_empty());
    assert_eq!(call.until_request(), Request::HangUp);
    // The rest of a second and a half of quiet comes first.
    let heard = call.take_heard()[9 * FRAME..].to_vec();
    assert_same_sound(heard, spoken(&[Prompt::DemoCaller.into()]));
}
