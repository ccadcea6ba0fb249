//! A crash at every step, simulated, and a real process that is killed.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use super::simulated::{PowerCut, SimulatedDisk};
use super::*;

fn envelope(number: u32) -> Envelope {
    Envelope {
        caller: CallerId {
            display_name: Some("Priya \"P\" Raman".to_owned()),
            uri: Some("sip:+14255550143@example.test".to_owned()),
        },
        received: Timestamp::from_second(1_715_769_720 + i64::from(number)).unwrap(),
        duration: Duration::from_millis(48_250),
    }
}

fn sound(number: u32) -> Vec<u8> {
    format!("sound of message {number}")
        .repeat(100)
        .into_bytes()
}

fn open(disk: &SimulatedDisk) -> Mailbox {
    Mailbox::open(Box::new(disk.clone()), PathBuf::from("/mail/dana")).unwrap()
}

/// Every message is whole, and those whose storing was confirmed are there.
fn check(mailbox: &Mailbox, confirmed: impl IntoIterator<Item = MessageId>) {
    for message in mailbox.messages() {
        assert_eq!(message.envelope, envelope(message.id.0));
        assert_eq!(mailbox.sound(message.id).unwrap(), sound(message.id.0));
    }
    for id in confirmed {
        assert!(mailbox.index(id).is_ok(), "message {} is lost", id.0);
    }
}

/// Runs `story` again and again, with the power cut before its first change, its second, and so
/// on until it runs through, and hands what a restart finds to `after`.
fn cut_at_every_step<T>(
    story: impl Fn(&mut Mailbox) -> Result<T, StoreError>,
    after: impl Fn(&Mailbox, Result<T, StoreError>),
) {
    for cut in [PowerCut::LosesNames, PowerCut::KeepsNames] {
        for steps in 0.. {
            let disk = SimulatedDisk::new();
            let mut mailbox = open(&disk);
            for number in 1..=2 {
                mailbox.store(envelope(number), &sound(number)).unwrap();
            }
            disk.cut_power_after(steps);
            let outcome = story(&mut mailbox);
            let was_cut = disk.is_down();
            disk.restart(cut);
            after(&open(&disk), outcome);
            if !was_cut {
                assert!(steps > 2, "the story changes nothing");
                break;
            }
        }
    }
}

#[test]
fn a_confirmed_message_survives_a_power_cut_at_any_step() {
    cut_at_every_step(
        |mailbox| mailbox.store(envelope(3), &sound(3)),
        |found, stored| {
            check(found, [MessageId(1), MessageId(2)]);
            check(found, stored);
        },
    );
}

#[test]
fn a_power_cut_while_saving_leaves_the_message_new_or_saved() {
    cut_at_every_step(
        |mailbox| mailbox.set_state(MessageId(1), MessageState::Saved),
        |found, saved| {
            check(found, [MessageId(1), MessageId(2)]);
            if saved.is_ok() {
                assert_eq!(found.messages()[0].state, MessageState::Saved);
            }
        },
    );
}

#[test]
fn a_power_cut_while_removing_never_takes_another_message() {
    cut_at_every_step(
        |mailbox| mailbox.remove(MessageId(1)),
        |found, removed| {
            check(found, [MessageId(2)]);
            if removed.is_ok() {
                assert_eq!(found.messages().len(), 1);
            }
        },
    );
}

#[test]
fn a_power_cut_while_greeting_leaves_the_old_greeting_or_the_new_one() {
    cut_at_every_step(
        |mailbox| {
            mailbox.set_greeting(b"old")?;
            mailbox.set_greeting(b"new")
        },
        |found, set| match found.greeting().as_deref() {
            Some(b"new") => {}
            Some(b"old") | None => assert!(set.is_err()),
            other => panic!("the greeting is {other:?}"),
        },
    );
}

#[test]
fn a_failed_disk_leaves_the_mailbox_usable() {
    let disk = SimulatedDisk::new();
    let mut mailbox = open(&disk);
    disk.cut_power_after(3);
    assert!(mailbox.store(envelope(1), &sound(1)).is_err());
    disk.restart(PowerCut::KeepsNames);
    assert_eq!(mailbox.counts(), Counts::default());
    let id = mailbox.store(envelope(2), &sound(2)).unwrap();
    check(&open(&disk), [id]);
}

#[test]
fn states_counts_and_numbers_follow_the_messages() {
    let disk = SimulatedDisk::new();
    let mut mailbox = open(&disk);
    assert!(mailbox.is_new());
    for number in 1..=3 {
        mailbox.store(envelope(number), &sound(number)).unwrap();
    }
    mailbox
        .set_state(MessageId(2), MessageState::Saved)
        .unwrap();
    assert_eq!(mailbox.counts(), Counts { new: 2, saved: 1 });
    mailbox.remove(MessageId(1)).unwrap();
    assert!(mailbox.remove(MessageId(1)).is_err());
    assert!(mailbox.sound(MessageId(1)).is_err());
    assert_eq!(mailbox.store(envelope(4), &sound(4)).unwrap(), MessageId(4));

    let found = open(&disk);
    assert!(!found.is_new());
    assert_eq!(found.counts(), Counts { new: 2, saved: 1 });
    check(&found, [MessageId(2), MessageId(3), MessageId(4)]);
}

#[test]
fn a_damaged_message_hides_only_itself_and_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), ["d.ana"]).unwrap();
    let mut mailbox = store.mailbox("d.ana").unwrap();
    for number in 1..=2 {
        mailbox.store(envelope(number), &sound(number)).unwrap();
    }
    let record = mailbox.path(MessageId(1)).join(RECORD);
    std::fs::write(&record, "state = 7").unwrap();
    std::fs::create_dir(mailbox.folder.join("new-00000009")).unwrap();
    drop(mailbox);

    let store = Store::open(folder.path(), ["d.ana"]).unwrap();
    let mut mailbox = store.mailbox("d.ana").unwrap();
    check(&mailbox, [MessageId(2)]);
    assert_eq!(mailbox.messages().len(), 1);
    assert!(record.exists());
    assert!(!mailbox.folder.join("new-00000009").exists());
    assert_eq!(mailbox.store(envelope(3), &sound(3)).unwrap(), MessageId(3));
    assert!(store.mailbox("nobody").is_none());
}

#[test]
fn a_greeting_is_set_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), ["dana"]).unwrap();
    let mut mailbox = store.mailbox("dana").unwrap();
    mailbox.remove_greeting().unwrap();
    assert_eq!(mailbox.greeting(), None);
    mailbox.set_greeting(b"hello").unwrap();
    assert_eq!(mailbox.greeting().unwrap(), b"hello");
    mailbox.remove_greeting().unwrap();
    assert_eq!(mailbox.greeting(), None);
}

/// The folder that the process of [`a_killed_server_loses_no_stored_message`] writes to.
const STORE_OF_CHILD: &str = "HARK_UM_TEST_STORE";

#[test]
fn a_killed_server_loses_no_stored_message() {
    for confirmations in [1, 7, 20] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "store::tests::stores_until_killed",
                "--ignored",
                "--nocapture",
            ])
            .env(STORE_OF_CHILD, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let stored = |line: std::io::Result<String>| {
            let line = line.unwrap();
            line.strip_prefix("stored ")
                .map(|number| MessageId(number.parse().unwrap()))
        };
        let confirmed: Vec<_> = lines.filter_map(stored).take(confirmations).collect();
        // Anywhere in the midst of the next message.
        child.kill().unwrap();
        child.wait().unwrap();

        assert_eq!(confirmed.len(), confirmations);
        let store = Store::open(folder.path(), ["dana"]).unwrap();
        check(&store.mailbox("dana").unwrap(), confirmed);
    }
}

/// The child of the test above: stores messages for ever and confirms each on standard output.
#[test]
#[ignore = "runs as a child process only, and never ends by itself"]
fn stores_until_killed() {
    let folder = std::env::var_os(STORE_OF_CHILD).expect("the parent names a folder");
    let store = Store::open(Path::new(&folder), ["dana"]).unwrap();
    let mut mailbox = store.mailbox("dana").unwrap();
    for number in 1.. {
        let id = mailbox.store(envelope(number), &sound(number)).unwrap();
        // On a line of its own, whatever the test harness has written before.
        writeln!(std::io::stdout(), "\nstored {}", id.0).unwrap();
    }
}
