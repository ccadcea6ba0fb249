//! SIPp as the far end of one journey, over TCP: Debian's has no TLS.

use std::path::PathBuf;
use std::process::Command;

use hark_e2e::account;
use hark_e2e::phone::Phone;
use hark_phone::AccountSettings;
use tempfile::TempDir;

use crate::process::{self, Process, Program, free_port};

pub const PROGRAM: Program = Program {
    name: "sipp",
    packages: "sip-tester",
};

/// Alice's, as in `register.xml`.
pub const PASSWORD: &str = "secret";

/// A running SIPp, which echoes sound.
pub struct Sipp {
    process: Process,
    port: u16,
    folder: TempDir,
}

impl Sipp {
    /// Starts it with a journey of `peers/sipp`, or says why the test is skipped.
    pub fn start(journey: &str) -> Option<Self> {
        let program = process::find(PROGRAM)?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let scenario = spelled_out(journey);
        std::fs::write(folder.path().join(SCENARIO_FILE), scenario).expect("a folder to write in");
        loop {
            let port = free_port();
            let mut command = Command::new(&program);
            command
                .args(ARGUMENTS)
                .args(["-p", &port.to_string()])
                .args(["-mp", &free_port().to_string()])
                .current_dir(folder.path());
            let process = Process::start(&mut command);
            if process.listens(port) {
                return Some(Self {
                    process,
                    port,
                    folder,
                });
            }
            let story = process.story();
            assert!(story.contains("Address already in use"), "{story}");
        }
    }

    pub fn account(&self) -> AccountSettings {
        account::in_clear("alice@example.test", ([127, 0, 0, 1], self.port).into())
    }

    /// A phone that is registered here.
    pub fn phone(&self) -> Phone {
        Phone::registered(self.account(), PASSWORD)
    }

    /// A file of this test.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Waits until the journey has come to its end.
    #[track_caller]
    pub fn until_done(&self) {
        self.process.until_line(DONE);
    }

    fn story(&self) -> String {
        let read = |name| std::fs::read_to_string(self.path(name)).unwrap_or_default();
        format!(
            "SIPp's errors:\n{}\n{}",
            read(ERROR_FILE),
            read(MESSAGE_FILE)
        )
    }
}

impl Drop for Sipp {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.process.end();
            eprintln!("{}", self.story());
        }
    }
}

/// Puts a journey into the scenario and writes its abbreviations out.
fn spelled_out(journey: &str) -> String {
    let mut text = SCENARIO.replace("{journey}", journey);
    for (abbreviation, meaning) in ABBREVIATIONS {
        text = text.replace(abbreviation, meaning);
    }
    text
}

const SCENARIO: &str = include_str!("../../peers/sipp/scenario.xml");

/// What stands in braces in the scenario and in the journeys, those that hold others first.
const ABBREVIATIONS: &[(&str, &str)] = &[
    (
        "{registered}",
        include_str!("../../peers/sipp/registered.xml"),
    ),
    (
        "{registering}",
        r#"<recv request="REGISTER" optional="true" next="register"/>"#,
    ),
    ("{done}", r#"<exec command="echo the journey is done"/>"#),
    // RFC 3261 §8.2.6.2: what a response repeats. The first one adds our tag.
    (
        "{reply}",
        "{via_and_from}\n[last_To:];tag=sipp\n{call}\n[last_CSeq:]",
    ),
    (
        "{reply_of_a}",
        "{via_and_from}\n[last_To:];tag=a\n{call}\n[last_CSeq:]",
    ),
    (
        "{reply_of_b}",
        "{via_and_from}\n[last_To:];tag=b\n{call}\n[last_CSeq:]",
    ),
    // To an INVITE when the last request was its CANCEL.
    (
        "{reply_to_invite}",
        "{via_and_from}\n[last_To:];tag=sipp\n{call}\nCSeq: [last_cseq_number] INVITE",
    ),
    (
        "{reply_in_dialog}",
        "{via_and_from}\n[last_To:]\n{call}\n[last_CSeq:]",
    ),
    ("{via_and_from}", "[last_Via:]\n[last_From:]"),
    ("{call}", "[last_Call-ID:]"),
    (
        "{contact}",
        "Contact: <sip:sipp@[local_ip]:[local_port];transport=tcp>",
    ),
    ("{sound}", "{sdp}\na=sendrecv"),
    ("{sound_sendonly}", "{sdp}\na=sendonly"),
    ("{sound_recvonly}", "{sdp}\na=recvonly"),
    ("{sound_inactive}", "{sdp}\na=inactive"),
    // RFC 2543 §B.5: hold as old peers know it.
    (
        "{sound_nowhere}",
        "{sdp_head}\nc=IN IP4 0.0.0.0\n{sdp_media}",
    ),
    ("{sdp}", "{sdp_head}\nc=IN IP4 [media_ip]\n{sdp_media}"),
    (
        "{sdp_head}",
        "Content-Type: application/sdp\nContent-Length: [len]\n\nv=0\n\
         o=sipp 1 [cseq] IN IP4 [local_ip]\ns=-",
    ),
    (
        "{sdp_media}",
        "t=0 0\nm=audio [media_port] RTP/AVP 0\na=rtpmap:0 PCMU/8000",
    ),
];

/// One TCP connection for everything, no screen, no keys, and no requests of its own.
const ARGUMENTS: &[&str] = &[
    "-sf",
    SCENARIO_FILE,
    "-t",
    "t1",
    "-i",
    "127.0.0.1",
    "-rtp_echo",
    "-nostdin",
    "-default_behaviors",
    "none",
    "-trace_err",
    "-error_file",
    ERROR_FILE,
    "-trace_msg",
    "-message_file",
    MESSAGE_FILE,
];
const SCENARIO_FILE: &str = "scenario.xml";
const ERROR_FILE: &str = "errors.log";
const MESSAGE_FILE: &str = "messages.log";
/// What the scenario says at the journey's end.
const DONE: &str = "the journey is done";
