//! The server as its users meet it: real TLS and TCP, real SRTP and RTP, real mailboxes on disk.

mod phone;

use std::io::{BufRead as _, BufReader};
use std::process::{Command as Process, Stdio};

use hark_media::Direction;
use hark_media::voice_message::Reader;
use hark_sip::Transport;
use hark_sip::call::Sensitivity;
use hark_um::{
    CallProgress, Caller, MessageChoice, PinCheck, Server, ServerConfig, ServerEvent, User,
};
use tokio::sync::broadcast;
use tokio::time::timeout;

use phone::{Address, Command, PATIENCE, Phone, PhoneEvent, SECOND};

/// Dana has the three messages of the demo, Bob has none.
async fn server(store: &std::path::Path) -> Server {
    let mut config = ServerConfig::new("example.test", store);
    config.users = vec![
        User {
            demo_messages: true,
            ..User::new("dana", "secret", "1234")
        },
        User::new("bob", "secret", "4321"),
    ];
    Server::start(config).await.unwrap()
}

async fn until<T>(
    events: &mut broadcast::Receiver<ServerEvent>,
    mut pick: impl FnMut(ServerEvent) -> Option<T>,
) -> T {
    let wait = async {
        loop {
            if let Some(picked) = pick(events.recv().await.unwrap()) {
                return picked;
            }
        }
    };
    timeout(PATIENCE, wait)
        .await
        .expect("the server tells of it in time")
}

async fn until_waiting(events: &mut broadcast::Receiver<ServerEvent>, counts: (usize, usize)) {
    until(events, |event| match event {
        ServerEvent::MessageWaiting { user, new, saved } => {
            (user == "dana" && (new, saved) == counts).then_some(())
        }
        _ => None,
    })
    .await;
}

fn spoken(prompt: &str) -> Vec<i16> {
    let prompt = hark_assets::prompts::find(prompt).unwrap();
    let samples = Reader::open(prompt.ogg, 8_000).unwrap().read_to_end();
    let start = samples
        .iter()
        .position(|sample| sample.unsigned_abs() > 500)
        .unwrap();
    samples[start..].to_vec()
}

const SKIP_PIN: (&str, &str) = ("Ms-Exchange-Command", "skip-pin");
const OWN_VOICEMAIL: &str = "sip:dana@example.test;opaque=app:voicemail";

#[tokio::test]
async fn ox6_over_tls_the_mailbox_opens_without_a_pin_and_messages_are_played_and_deleted() {
    let store = tempfile::tempdir().unwrap();
    let server = server(store.path()).await;
    let mut events = server.handle().events();
    let mut dana = Phone::sign_in(&server, "dana", Transport::Tls).await;

    dana.perform(Command::Call {
        uri: OWN_VOICEMAIL.to_owned(),
        guarded: vec![SKIP_PIN],
    });
    let in_use = dana.until_talking().await;
    assert!(in_use.srtp.is_some());
    let pin = until(&mut events, |event| match event {
        ServerEvent::MailboxOpened { pin, .. } => Some(pin),
        _ => None,
    });
    assert_eq!(pin.await, PinCheck::Skipped);
    dana.until_heard(&spoken("main.listen")).await;
    assert!(dana.has_heard(&spoken("welcome")).await);
    assert!(!dana.has_heard(&spoken("pin.ask")).await);

    dana.perform(Command::Keys("1"));
    dana.until_heard(&spoken("demo.message.1")).await;
    dana.perform(Command::Keys("3"));
    dana.until_heard(&spoken("done.deleted")).await;
    dana.perform(Command::HangUp);
    dana.until_ended().await;

    until_waiting(&mut events, (2, 0)).await;
    let waiting = dana.until(|event| match event {
        PhoneEvent::Waiting(waiting) => waiting.voice.filter(|voice| voice.new == 2),
        _ => None,
    });
    assert_eq!(waiting.await.old, 0);
}

#[tokio::test]
async fn ox7_over_tcp_the_pin_is_asked_for() {
    let store = tempfile::tempdir().unwrap();
    let server = server(store.path()).await;
    let mut events = server.handle().events();
    let mut dana = Phone::sign_in(&server, "dana", Transport::Tcp).await;

    dana.call(OWN_VOICEMAIL);
    let in_use = dana.until_talking().await;
    assert!(in_use.srtp.is_none());
    dana.until_heard(&spoken("pin.ask")).await;
    dana.perform(Command::Keys("9999#"));
    dana.until_heard(&spoken("pin.wrong")).await;
    dana.perform(Command::Keys("1234#"));
    let pin = until(&mut events, |event| match event {
        ServerEvent::MailboxOpened { pin, .. } => Some(pin),
        _ => None,
    });
    assert_eq!(pin.await, PinCheck::Keyed);
}

#[tokio::test]
async fn voicemail_is_held_and_taken_back() {
    let store = tempfile::tempdir().unwrap();
    let server = server(store.path()).await;
    let mut dana = Phone::sign_in(&server, "dana", Transport::Tls).await;
    dana.perform(Command::Call {
        uri: OWN_VOICEMAIL.to_owned(),
        guarded: vec![SKIP_PIN],
    });
    dana.until_talking().await;
    for direction in [Direction::SendOnly, Direction::SendReceive] {
        dana.perform(Command::Turn(direction));
        dana.until(|event| matches!(event, PhoneEvent::Turned).then_some(()))
            .await;
    }
    dana.perform(Command::Keys("1"));
    dana.until_heard(&spoken("demo.message.1")).await;
}

#[tokio::test]
async fn ox8_play_on_phone_calls_the_user_as_the_user_and_plays_the_message() {
    let store = tempfile::tempdir().unwrap();
    let server = server(store.path()).await;
    let handle = server.handle();
    let mut events = handle.events();
    let mut dana = Phone::sign_in(&server, "dana", Transport::Tls).await;

    let placed = handle.play_on_phone("dana", MessageChoice::Number(2));
    let facts = dana.until(|event| match event {
        PhoneEvent::Incoming(facts) => Some(facts),
        _ => None,
    });
    let facts = facts.await;
    assert!(facts.from_equals_to && facts.automata && facts.on_registrar_flow);
    assert_eq!(facts.sensitivity, Some(Sensitivity::PrivateNoDiversion));
    let subject = facts.subject.unwrap();
    assert!(
        subject.starts_with("Message from +442079460112, 0:"),
        "{subject}"
    );

    dana.perform(Command::Answer);
    dana.until_heard(&spoken("demo.message.3")).await;
    dana.perform(Command::HangUp);
    let mut told = Vec::new();
    until(&mut events, |event| match event {
        ServerEvent::Placed { call, progress } => {
            assert_eq!(call, placed);
            told.push(progress.clone());
            (progress == CallProgress::Ended).then_some(())
        }
        _ => None,
    })
    .await;
    assert_eq!(
        told,
        [
            CallProgress::Ringing,
            CallProgress::Answered,
            CallProgress::Ended
        ]
    );
}

#[tokio::test]
async fn a_demo_caller_speaks_and_hangs_up() {
    let store = tempfile::tempdir().unwrap();
    let server = server(store.path()).await;
    let mut dana = Phone::sign_in(&server, "dana", Transport::Tls).await;

    let from = Caller {
        display_name: "Priya".to_owned(),
        number: "+14255550143".to_owned(),
    };
    server.handle().place_call("dana", from);
    let facts = dana.until(|event| match event {
        PhoneEvent::Incoming(facts) => Some(facts),
        _ => None,
    });
    let facts = facts.await;
    assert_eq!(facts.from.display_name.as_deref(), Some("Priya"));
    assert_eq!(facts.from.uri.to_string(), "sip:+14255550143@example.test");
    assert!(!facts.from_equals_to && !facts.automata);
    dana.perform(Command::Answer);
    dana.until_heard(&spoken("demo.caller")).await;
    dana.until_ended().await;
}

#[tokio::test]
async fn a_demo_caller_leaves_a_message_where_nobody_answers() {
    let store = tempfile::tempdir().unwrap();
    let server = server(store.path()).await;
    let handle = server.handle();
    let mut events = handle.events();
    let from = Caller {
        display_name: "Priya".to_owned(),
        number: "+14255550143".to_owned(),
    };
    handle.place_call("bob", from);
    let duration = until(&mut events, |event| match event {
        ServerEvent::MessageStored { duration, .. } => Some(duration),
        _ => None,
    });
    assert!(duration.await.as_secs() >= 5);
    let messages = handle.mailbox("bob").await.unwrap();
    assert_eq!(messages[0].name, "Priya");
}

#[tokio::test]
async fn a_message_that_a_caller_leaves_is_heard_and_its_sender_called_back() {
    let store = tempfile::tempdir().unwrap();
    let server = server(store.path()).await;
    let mut events = server.handle().events();
    let mut bob = Phone::sign_in(&server, "bob", Transport::Tcp).await;
    let voice = spoken("demo.message.2");

    // Dana is not there, so Bob is asked for a message; a key skips the greeting.
    bob.call("sip:dana@example.test");
    bob.until_talking().await;
    bob.until_heard(&spoken("deposit.greeting")).await;
    bob.perform(Command::Keys("1"));
    bob.perform(Command::Speak(
        [vec![0; 2 * SECOND], voice[..3 * SECOND].to_vec()].concat(),
    ));
    bob.until_spoken().await;
    bob.perform(Command::Keys("#"));
    bob.until_heard(&spoken("deposit.thanks")).await;
    bob.until_ended().await;
    until_waiting(&mut events, (4, 0)).await;

    let mut dana = Phone::sign_in(&server, "dana", Transport::Tls).await;
    dana.perform(Command::Call {
        uri: OWN_VOICEMAIL.to_owned(),
        guarded: vec![SKIP_PIN],
    });
    dana.until_talking().await;
    dana.perform(Command::Keys("1"));
    dana.until_heard(&voice).await;

    dana.perform(Command::Keys("4"));
    bob.until(|event| matches!(event, PhoneEvent::Incoming(_)).then_some(()))
        .await;
    bob.perform(Command::Answer);
    bob.until_talking().await;
    let (from_bob, from_dana) = (spoken("demo.message.3"), spoken("demo.message.1"));
    let after_a_pause = |speech: &[i16]| [&[0; SECOND], speech].concat();
    bob.perform(Command::Speak(after_a_pause(&from_bob)));
    dana.perform(Command::Speak(after_a_pause(&from_dana)));
    dana.until_heard(&from_bob).await;
    bob.until_heard(&from_dana).await;
    bob.perform(Command::HangUp);
    dana.until_heard(&spoken("call-back.ended")).await;
}

#[tokio::test]
async fn a_server_that_is_killed_has_kept_what_it_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let config = folder.path().join("um.toml");
    let ca = folder.path().join("ca.pem");
    let text = format!(
        "domain = \"example.test\"\nstore = {store:?}\n\
         [[users]]\nname = \"dana\"\npassword = \"secret\"\npin = \"1234\"\n\
         [[users]]\nname = \"bob\"\npassword = \"secret\"\npin = \"1234\"\n"
    );
    std::fs::write(&config, text).unwrap();
    let mut child = Process::new(env!("CARGO_BIN_EXE_hark-um"))
        .arg("--config")
        .arg(&config)
        .arg("--ca-out")
        .arg(&ca)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let ready = lines.next().unwrap();
    let word = |name: &str| {
        let value = ready
            .split(' ')
            .find_map(|word| word.strip_prefix(name))
            .unwrap();
        value.parse().unwrap()
    };
    let ca_pem = std::fs::read_to_string(ca).unwrap();
    let address = Address {
        tls: word("tls="),
        tcp: word("tcp="),
        ca_pem,
    };

    let mut bob = Phone::sign_in(address, "bob", Transport::Tls).await;
    bob.call("sip:dana@example.test");
    bob.until_talking().await;
    bob.perform(Command::Keys("1"));
    bob.perform(Command::Speak(
        spoken("demo.message.2")[..3 * SECOND].to_vec(),
    ));
    bob.until_spoken().await;
    bob.perform(Command::Keys("#"));
    bob.until_ended().await;
    assert!(lines.any(|line| line.starts_with("message for dana from bob")));
    child.kill().unwrap();
    child.wait().unwrap();

    let server = server(&store).await;
    let messages = server.handle().mailbox("dana").await.unwrap();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].number, "bob");
    assert!(messages[0].duration.as_secs() >= 1);
}
