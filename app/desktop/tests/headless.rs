//! `hark headless` as a script sees it: the program itself, its lines, its sound file, its exit code.
#![cfg(feature = "demo")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::Instant;

use hark_um::MessageChoice;
use serde_json::{Value, json};

use um::{LIMIT, PASSWORD, PIN};

#[path = "common/um.rs"]
mod um;

/// The server, and configurations for it.
struct Um {
    um: um::Um,
    config: PathBuf,
    tcp_config: PathBuf,
}

impl Um {
    fn start() -> Self {
        let um = um::Um::start();
        std::fs::write(um.folder.path().join("ca.pem"), &um.authority).unwrap();
        let write = |name: &str, lines: &str| {
            let path = um.folder.path().join(name);
            let text = format!("[account]\naddress = 'dana@example.test'\n{lines}");
            std::fs::write(&path, text).unwrap();
            path
        };
        let tls = format!("server = '{}'\nca_file = 'ca.pem'\n", um.tls);
        let tcp = format!("server = '{}'\ntransport = 'tcp'\n", um.tcp);
        Self {
            config: write("tls.toml", &tls),
            tcp_config: write("tcp.toml", &tcp),
            um,
        }
    }
}

/// One run of the program.
struct Hark {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<Value>,
    log: JoinHandle<String>,
    told: Vec<Value>,
}

impl Hark {
    fn start(arguments: &[&str], config: &Path) -> Self {
        Self::start_in(arguments, config, &[])
    }

    fn start_in(arguments: &[&str], config: &Path, environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hark"))
            .arg("headless")
            .arg("--config")
            .arg(config)
            .args(arguments)
            .env("HARK_PASSWORD", PASSWORD)
            .env("RUST_LOG", "trace")
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines() {
                let event = serde_json::from_str(&line.unwrap()).expect("every line is JSON");
                if sender.send(event).is_err() {
                    return;
                }
            }
        });
        let mut errors = child.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            errors.read_to_string(&mut log).unwrap();
            log
        });
        Self {
            input: child.stdin.take(),
            child,
            lines,
            log,
            told: Vec::new(),
        }
    }

    fn send(&mut self, line: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(line.as_bytes()).unwrap();
        input.write_all(b"\n").unwrap();
        input.flush().unwrap();
    }

    /// Waits for an event that has these fields.
    #[track_caller]
    fn until(&mut self, wanted: &Value) -> Value {
        let deadline = Instant::now() + LIMIT;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(event) = self.lines.recv_timeout(left) else {
                panic!("no {wanted} in time; told: {:#?}", self.told);
            };
            self.told.push(event.clone());
            let mut fields = wanted.as_object().unwrap().iter();
            if fields.all(|(name, value)| event.get(name) == Some(value)) {
                return event;
            }
        }
    }

    #[track_caller]
    fn until_registered(&mut self) {
        self.until(&json!({"event": "registration", "state": "connecting"}));
        self.until(&json!({"event": "registration", "state": "registered"}));
    }

    /// Waits for the end; nothing secret may have come to the log.
    fn finish(mut self) -> ExitStatus {
        drop(self.input.take());
        let status = self.child.wait().unwrap();
        let log = self.log.join().unwrap();
        for secret in [PASSWORD, PIN, "Digest username", "inline:"] {
            assert!(!log.contains(secret), "{secret} was logged");
        }
        status
    }
}

#[test]
fn ox3_a_script_calls_voicemail_and_hears_it() {
    let um = Um::start();
    let heard = um.um.folder.path().join("heard.wav");
    let audio_out = heard.to_str().unwrap();
    let mut hark = Hark::start(
        &["--audio-out", audio_out, "--audio-in", "none"],
        &um.config,
    );
    hark.until_registered();
    hark.until(&json!({"event": "message_waiting", "new": 3, "old": 0, "urgent": 0}));
    hark.send(r#"{"cmd":"call_voicemail"}"#);
    hark.until(&json!({"event": "call", "call": 1, "state": "calling", "skip_pin": true}));
    hark.until(&json!({"event": "call", "call": 1, "state": "connected"}));
    let suite = "AEAD_AES_256_GCM";
    hark.until(&json!({"event": "media", "call": 1, "codec": "PCMU", "srtp": suite}));
    hark.send(r#"{"cmd":"dtmf","call":1,"digits":"1"}"#);
    hark.send(r#"{"cmd":"hang_up","call":1}"#);
    hark.until(&json!({"event": "call", "call": 1, "state": "ended"}));
    hark.send(r#"{"cmd":"quit"}"#);
    assert_eq!(hark.finish().code(), Some(0));
    let wav = std::fs::read(heard).unwrap();
    assert_eq!(wav.get(..4), Some(b"RIFF".as_slice()));
    assert_eq!(wav.get(22..24), Some([1, 0].as_slice()), "mono");
    assert_eq!(wav.get(34..36), Some([16, 0].as_slice()), "16 bit");
}

#[test]
fn ox7_over_tcp_the_pin_is_keyed_and_not_logged() {
    let um = Um::start();
    let mut hark = Hark::start(
        &["--audio-in", "none", "--audio-out", "none"],
        &um.tcp_config,
    );
    hark.until_registered();
    hark.send(r#"{"cmd":"call_voicemail"}"#);
    hark.until(&json!({"event": "call", "call": 1, "state": "connected", "skip_pin": false}));
    hark.send(&format!(r##"{{"cmd":"dtmf","call":1,"digits":"{PIN}#"}}"##));
    hark.send(&format!(r#"{{"cmd":"dtmf","call":9,"digits":"{PIN}"}}"#));
    hark.until(&json!({"event": "error"}));
    assert_eq!(hark.finish().code(), Some(0));
}

#[test]
fn a_script_hands_over_the_pin_holds_the_call_and_reads_the_trace() {
    let um = Um::start();
    let mut config = std::fs::read_to_string(&um.tcp_config).unwrap();
    config.push_str("pin_in_clear = true\n");
    std::fs::write(&um.tcp_config, config).unwrap();
    let silent = ["--audio-in", "none", "--audio-out", "none"];
    let mut hark = Hark::start_in(&silent, &um.tcp_config, &[("HARK_PIN", PIN)]);
    hark.until_registered();
    hark.send(r#"{"cmd":"call_voicemail"}"#);
    hark.until(&json!({"event": "call", "call": 1, "state": "connected", "skip_pin": false}));
    for (command, held) in [("hold", true), ("resume", false)] {
        hark.send(&format!(r#"{{"cmd":"{command}","call":1}}"#));
        hark.until(&json!({"event": "hold", "call": 1, "held": held}));
    }
    hark.send(r#"{"cmd":"trace"}"#);
    let trace = hark.until(&json!({"event": "trace"}));
    let text = trace["text"].as_str().unwrap();
    assert!(text.contains("\r\nINVITE sip:dana@example.test;opaque=app:voicemail SIP/2.0\r\n"));
    for secret in [PASSWORD, PIN, "response=", "inline:"] {
        assert!(!text.contains(secret), "{secret} is in the trace");
    }
    // A PIN that cannot be sent would be an error.
    let is_error = |line: &&Value| line["event"] == "error";
    assert_eq!(hark.told.iter().find(is_error), None);
    assert_eq!(hark.finish().code(), Some(0));
}

#[test]
fn ox9_a_script_answers_a_play_on_phone_call() {
    let um = Um::start();
    let mut hark = Hark::start(&["--audio-in", "none", "--audio-out", "none"], &um.config);
    hark.until_registered();
    hark.send(r#"{"cmd":"presence","state":"appear_offline"}"#);
    um.um.handle.play_on_phone("dana", MessageChoice::Newest);
    let from = "sip:dana@example.test";
    let kind = "play_on_phone";
    hark.until(&json!({"event": "incoming", "call": 1, "kind": kind, "from": from}));
    hark.send(r#"{"cmd":"answer","call":1}"#);
    hark.until(&json!({"event": "call", "call": 1, "state": "connected"}));
    assert_eq!(hark.finish().code(), Some(0));
}

#[test]
fn a_script_looks_through_its_calls_and_takes_one_back() {
    let um = Um::start();
    let mut hark = Hark::start(&["--audio-in", "none", "--audio-out", "none"], &um.config);
    hark.until_registered();
    for call in 1..=2 {
        hark.send(r#"{"cmd":"call_voicemail"}"#);
        hark.until(&json!({"event": "call", "call": call, "state": "connected"}));
        hark.send(&format!(r#"{{"cmd":"hang_up","call":{call}}}"#));
        hark.until(&json!({"event": "call", "call": call, "state": "ended"}));
    }
    hark.send(r#"{"cmd":"history","filter":"voicemail","search":"VOICE"}"#);
    let found = hark.until(&json!({"event": "history", "calls": 2}));
    let last = &found["entries"][0];
    let facts = ["kind", "direction", "outcome"].map(|fact| last[fact].as_str().unwrap());
    assert_eq!(facts, ["voicemail", "outgoing", "answered"]);
    for (command, calls) in [
        (
            format!(r#"{{"cmd":"remove_from_history","id":{}}}"#, last["id"]),
            1,
        ),
        (r#"{"cmd":"restore_to_history"}"#.to_owned(), 2),
        (r#"{"cmd":"clear_history"}"#.to_owned(), 0),
    ] {
        hark.send(&command);
        hark.send(r#"{"cmd":"history"}"#);
        hark.until(&json!({"event": "history", "calls": calls}));
    }
    assert_eq!(hark.finish().code(), Some(0));
}

#[test]
fn a_script_takes_contacts_from_a_file_calls_one_by_name_and_writes_them_to_another() {
    let um = Um::start();
    let place = |name: &str| um.um.folder.path().join(name).display().to_string();
    let (from, to) = (place("phone.vcf"), place("all.vcf"));
    let cards = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u1\r\nFN:Front desk\r\nTEL:2001\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Zo\u{eb}\r\nTEL:2003\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Mail\r\nEMAIL:m@a.test\r\nEND:VCARD\r\n";
    std::fs::write(&from, cards).unwrap();
    let mut hark = Hark::start(&["--audio-in", "none", "--audio-out", "none"], &um.config);
    hark.until_registered();
    let import = json!({"cmd": "import_contacts", "file": from}).to_string();
    for added in [2, 0] {
        hark.send(&import);
        let told =
            json!({"event": "contacts_imported", "added": added, "changed": 0, "skipped": 1});
        hark.until(&told);
    }
    hark.send(r#"{"cmd":"dial","to":"front desk"}"#);
    hark.until(&json!({"event": "call", "call": 1, "contact": "Front desk"}));
    // What is there is replaced: the script has named it.
    std::fs::write(&to, "old").unwrap();
    hark.send(&json!({"cmd": "export_contacts", "file": to, "version": "4.0"}).to_string());
    hark.until(&json!({"event": "contacts_exported", "file": to, "contacts": 2}));
    let written = std::fs::read_to_string(&to).unwrap();
    assert!(
        written.contains("UID:u1\r\n") && written.contains("FN:Zo\u{eb}\r\n"),
        "{written}"
    );
    hark.send(r#"{"cmd":"import_contacts","file":"/no/such.vcf"}"#);
    let error = hark.until(&json!({"event": "error"}));
    let text = error["text"].as_str().unwrap();
    assert!(text.starts_with("There is no file /no/such.vcf"), "{text}");
    assert_eq!(hark.finish().code(), Some(0));
}

#[test]
fn a_script_signs_in_with_a_second_account_and_calls_from_it() {
    let um = Um::start();
    let silent = ["--audio-in", "none", "--audio-out", "none"];
    let mut hark = Hark::start(&silent, &um.config);
    hark.until_registered();
    let config: toml::Table = std::fs::read_to_string(&um.config)
        .unwrap()
        .parse()
        .unwrap();
    let mut account = serde_json::to_value(&config["account"]).unwrap();
    account["address"] = "erin@example.test".into();
    account["ca_file"] = um.um.folder.path().join("ca.pem").to_str().unwrap().into();
    let add = json!({"cmd": "account_add", "account": account, "password": PASSWORD});
    hark.send(&add.to_string());
    let erin = "erin@example.test";
    hark.until(&json!({"event": "registration", "account": erin, "state": "registered"}));
    hark.send(r#"{"cmd":"account_list"}"#);
    let told = hark.until(&json!({"event": "accounts"}));
    assert_eq!(told["accounts"][0]["account"], "dana@example.test");
    assert_eq!(told["accounts"][1]["state"], "registered");
    hark.send(r#"{"cmd":"call_voicemail","account":"erin@example.test"}"#);
    hark.until(&json!({"event": "call", "call": 1, "state": "connected", "account": erin}));
    hark.send(r#"{"cmd":"status"}"#);
    let status = hark.until(&json!({"event": "status", "account": "dana@example.test"}));
    assert_eq!(status["accounts"][1]["address"], erin);
    assert_eq!(status["accounts"][1]["registration"], "registered");
    assert_eq!(status["calls"][0]["account"], erin);
    hark.send(r#"{"cmd":"hang_up","call":1}"#);
    hark.until(&json!({"event": "call", "call": 1, "state": "ended"}));
    hark.send(r#"{"cmd":"account_use","account":"erin@example.test"}"#);
    hark.until(&json!({"event": "registration", "state": "registered"}));
    hark.send(r#"{"cmd":"account_remove","account":"dana@example.test"}"#);
    hark.send(r#"{"cmd":"account_list"}"#);
    let told = hark.until(&json!({"event": "accounts"}));
    let left = told["accounts"].as_array().unwrap();
    assert_eq!((left.len(), &left[0]["account"]), (1, &json!(erin)));
    assert_eq!(hark.finish().code(), Some(0));
}

#[test]
fn what_is_no_command_gets_an_error_and_changes_nothing() {
    let um = Um::start();
    let mut hark = Hark::start(&["--audio-in", "none", "--audio-out", "none"], &um.config);
    hark.until_registered();
    for line in [
        "hello",
        "{}",
        r#"{"cmd":"fly"}"#,
        r#"{"cmd":"answer","call":4}"#,
        "[]",
        "\u{7}",
    ] {
        hark.send(line);
        hark.until(&json!({"event": "error"}));
    }
    hark.send("");
    hark.send(r#"{"cmd":"call_voicemail"}"#);
    hark.until(&json!({"event": "call", "call": 1, "state": "connected"}));
    assert_eq!(hark.finish().code(), Some(0));
}

#[test]
fn a_script_asks_why() {
    let um = Um::start();
    let mut hark = Hark::start(&["--audio-in", "none", "--audio-out", "none"], &um.config);
    hark.until_registered();
    hark.send(r#"{"cmd":"dial","to":"nobody@example.test"}"#);
    let ended = hark.until(&json!({"event": "call", "call": 1, "state": "ended"}));
    hark.send(r#"{"cmd":"diagnose"}"#);
    let told = hark.until(&json!({"event": "diagnosis"}));
    let checks = told["checks"].as_array().unwrap();
    let verdicts: Vec<_> = checks
        .iter()
        .map(|check| {
            (
                check["check"].as_str().unwrap(),
                check["verdict"].as_str().unwrap(),
            )
        })
        .filter(|(check, _)| *check != "keep_alive")
        .collect();
    let expected = [
        ("name", "ok"),
        ("server", "ok"),
        ("certificate", "ok"),
        ("signed_in", "ok"),
        ("nat", "ok"),
        ("sound", "unknown"),
        // No sound was asked for, so that no device is missing.
        ("devices", "ok"),
        ("rest", "ok"),
    ];
    assert_eq!(verdicts, expected, "{told:#}");
    assert_eq!(told["failures"][0]["text"], ended["reason"]);
    assert!(
        told["text"]
            .as_str()
            .unwrap()
            .starts_with("Name of the server: OK. ")
    );
    assert_eq!(hark.finish().code(), Some(0));
}

/// The phone works without it, and finds fewer names.
#[test]
fn a_country_that_is_none_is_told_and_stays_among_what_stands_in_the_way() {
    let um = Um::start();
    let config = um.config.with_file_name("country.toml");
    let mut text = std::fs::read_to_string(&um.config).unwrap();
    text.push_str("region = 'UK'\n");
    std::fs::write(&config, text).unwrap();
    let mut hark = Hark::start(&["--audio-in", "none", "--audio-out", "none"], &config);
    let told = hark.until(&json!({"event": "error"}));
    let words = "Hark does not know the country UK.";
    assert!(told["text"].as_str().unwrap().starts_with(words), "{told}");
    hark.until_registered();
    hark.send(r#"{"cmd":"diagnose"}"#);
    let told = hark.until(&json!({"event": "diagnosis"}));
    assert_eq!(told["checks"][8]["verdict"], "not_ok", "{told:#}");
    assert_eq!(hark.finish().code(), Some(0));
}

#[test]
fn a_configuration_that_does_not_fit_ends_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("bad.toml");
    std::fs::write(&config, "[account]\nadress = 'a@b.test'\n").unwrap();
    let mut hark = Hark::start(&[], &config);
    let error = hark.until(&json!({"event": "error"}));
    assert!(
        error["text"].as_str().unwrap().contains("adress"),
        "{error}"
    );
    assert_eq!(hark.finish().code(), Some(1));
}

#[test]
fn a_command_line_that_does_not_fit_is_told_from_a_failure() {
    let status = Command::new(env!("CARGO_BIN_EXE_hark"))
        .args(["headless", "--colour", "blue"])
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn a_signal_signs_out() {
    let um = Um::start();
    let mut hark = Hark::start(&["--audio-in", "none", "--audio-out", "none"], &um.config);
    hark.until_registered();
    let pid = hark.child.id().to_string();
    let sent = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    assert!(sent.success());
    assert_eq!(hark.child.wait().unwrap().code(), Some(0));
    assert_eq!(hark.finish().code(), Some(0));
}
