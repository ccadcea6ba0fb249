//! The first run with all its parts: the window, the engine, and a server with an authority of its
//! own that this computer does not trust.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hark_phone::{PhoneConfig, Profile, Sound, SoundEnd};

use crate::stage::Stage;
use crate::um::{LIMIT, PASSWORD, Um};

/// The engine's wake call as something to wait for.
#[derive(Default)]
struct Bell {
    rung: Mutex<bool>,
    ring: Condvar,
}

/// Somebody in front of a window, who counts what he does.
struct Newcomer {
    stage: Stage,
    bell: Arc<Bell>,
    inputs: usize,
}

impl Newcomer {
    /// A phone that knows nothing, on a computer that trusts `authority` alone if one is given.
    fn with(authority: Option<&str>) -> Self {
        let bell = Arc::new(Bell::default());
        let config = PhoneConfig {
            profile: Profile::Memory,
            only_authority: authority.map(str::to_owned),
            sound: Sound {
                microphone: SoundEnd::None,
                speaker: SoundEnd::None,
            },
            ..PhoneConfig::default()
        };
        let ringing = Arc::clone(&bell);
        let engine = hark_phone::start(config, move || {
            *ringing.rung.lock().unwrap() = true;
            ringing.ring.notify_all();
        });
        Self {
            stage: Stage::live(Box::new(engine)),
            bell,
            inputs: 0,
        }
    }

    fn fill(&mut self, field: &str, text: &str) {
        self.inputs += 1;
        self.stage.refill(field, text);
    }

    fn press(&mut self, button: &str) {
        self.inputs += 1;
        self.stage.press(button);
    }

    fn enter(&mut self) {
        self.inputs += 1;
        self.stage.key(Key::Enter);
    }

    /// The form for this account at this server, sent.
    fn sign_in(&mut self, server: &str, password: &str) {
        self.fill("Address", "dana@example.test");
        self.fill("Password", password);
        if !self.stage.has(Role::TextInput, "Server") {
            self.press("Advanced");
        }
        self.fill("Server", server);
        self.press("Sign in");
    }

    /// Draws whenever the engine has something new, until the window shows what is wanted.
    #[track_caller]
    fn until(&mut self, what: &str, wanted: impl Fn(&Stage) -> bool) {
        let deadline = Instant::now() + LIMIT;
        loop {
            self.stage.settle();
            if wanted(&self.stage) {
                return;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let rung = self.bell.rung.lock().unwrap();
            let waited = self.bell.ring.wait_timeout_while(rung, left, |rung| !*rung);
            let (mut rung, outcome) = waited.unwrap();
            *rung = false;
            assert!(!outcome.timed_out(), "{what} was not shown in time");
        }
    }

    #[track_caller]
    fn until_button(&mut self, name: &str) {
        self.until(name, |stage| stage.has(Role::Button, name));
    }

    #[track_caller]
    fn until_home(&mut self) {
        self.until_button("Call Voicemail");
    }
}

/// Whether a label has these words in it.
fn tells(stage: &Stage, words: &str) -> bool {
    let has = |value: Option<String>| value.is_some_and(|value| value.contains(words));
    let found = stage.harness.query_all_by(|node| has(node.value()));
    found.count() > 0
}

#[test]
fn from_nothing_to_the_first_call_in_four_inputs() {
    // An address of this process's own, at the port that servers have: nothing needs to be named.
    let pid = std::process::id();
    let host = format!("127.{}.{}.7", 1 + pid / 256 % 250, pid % 256);
    let um = Um::start_with(&host, |config| {
        config.listen = host.parse().unwrap();
        config.tls_port = 5061;
    });
    let mut newcomer = Newcomer::with(Some(&um.authority));
    newcomer.until("the form", |stage| stage.reads("Welcome to Hark"));
    newcomer.fill("Address", &format!("dana@{host}"));
    newcomer.fill("Password", PASSWORD);
    newcomer.enter();
    newcomer.until_home();
    newcomer.press("Call Voicemail");
    newcomer.until_button("Hang up");
    assert_eq!(newcomer.inputs, 4);
}

#[test]
fn an_unknown_authority_is_compared_and_chosen_and_never_ignored() {
    let um = Um::start();
    let mut newcomer = Newcomer::with(None);
    newcomer.sign_in(&um.tls.to_string(), PASSWORD);
    newcomer.until("the certificate", |stage| {
        tells(stage, "What the server showed")
    });
    let stage = &newcomer.stage;
    assert!(
        stage.reads("CN=Hark voicemail server, throw-away authority"),
        "the issuer"
    );
    assert!(stage.reads("SHA-256 fingerprint"));
    let buttons = stage.harness.query_all_by_role(Role::Button);
    for name in buttons.filter_map(|button| button.accesskit_node().label()) {
        let name = name.to_lowercase();
        let ways = ["ignore", "anyway", "continue", "accept", "trust"];
        assert!(!ways.iter().any(|way| name.contains(way)), "{name}");
    }
    newcomer.press("Choose the certificate authority file");
    let file = um.folder.path().join("ca.pem");
    std::fs::write(&file, &um.authority).unwrap();
    newcomer
        .stage
        .type_text(&file.with_extension("missing").display().to_string());
    newcomer.stage.field("Password").focus();
    newcomer.until("that there is no such file", |stage| {
        stage.reads("There is no file of this name that Hark can read. Choose another one.")
    });
    newcomer.press("Choose the certificate authority file");
    newcomer.stage.retype(&file.display().to_string());
    newcomer.until("what is in the file", |stage| {
        tells(
            stage,
            "In this file: CN=Hark voicemail server, throw-away authority, fingerprint ",
        )
    });
    newcomer.press("Sign in");
    newcomer.until_home();
}

#[test]
fn whatever_is_wrong_has_its_own_sentence_and_leads_to_its_field() {
    let um = Um::start();
    let right = um.tls.to_string();
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().to_string()
    };
    for (server, password, sentence, way_out, typed) in [
        (
            closed.as_str(),
            PASSWORD,
            "does not answer on this port",
            SERVER,
            right.as_str(),
        ),
        (
            &um.tcp.to_string(),
            PASSWORD,
            "No encrypted connection",
            SERVER,
            &right,
        ),
        (
            &right,
            "wrong",
            "password or the user name is wrong",
            "Type the password",
            PASSWORD,
        ),
    ] {
        let mut newcomer = Newcomer::with(Some(&um.authority));
        newcomer.sign_in(server, password);
        newcomer.until(sentence, |stage| tells(stage, sentence));
        newcomer.press(way_out);
        // The keyboard is in the field already.
        newcomer.stage.retype(typed);
        newcomer.press("Sign in");
        newcomer.until_home();
    }
}

/// A name that no name server knows, or a computer that reaches none.
#[test]
fn a_server_that_is_not_found_is_told_by_its_name() {
    let um = Um::start();
    let mut newcomer = Newcomer::with(Some(&um.authority));
    newcomer.sign_in("nowhere.invalid:5061", PASSWORD);
    newcomer.until("a failure", |stage| {
        stage.has(Role::Button, SERVER) || tells(stage, "no name server answers")
    });
    assert!(tells(&newcomer.stage, "nowhere.invalid"));
    newcomer.fill("Server", &um.tls.to_string());
    newcomer.press("Sign in");
    newcomer.until_home();
}

const SERVER: &str = "Check the server and its port";
