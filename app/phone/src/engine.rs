//! The engine thread: owns the user agent, the policy and the calls, and keeps the snapshot true.
//!
//! One loop over one closed enum, [`Happening`]. Each happening changes the state by a method of its
//! own; afterwards [`Engine::settle`] derives what follows from the state (which call is heard, what
//! rings, what the window shows). Nothing here waits: media, disk and keyring answer by happenings.
//!
//! - [`lines`]: the accounts, each with what belongs to it alone
//! - [`registration`]: from settings to a registered user agent, and out again
//! - [`outgoing`], [`incoming`]: calls up to the answer; [`deflecting`]: calls that are sent on;
//!   [`agreement`]: their sound;
//!   [`established`]: hold, mute; [`dialling`]: digits; [`transferring`]: one call sends another on; [`ending`]: every way to end
//! - [`hearing`]: how calls sound, and what is wrong with it
//! - [`presence`]: what others see; [`mailbox`]: what the server says about the mailbox
//! - [`servers`]: names of STUN and TURN servers, and the password of the latter;
//!   [`secret`]: what is known of what the keyring keeps
//! - [`obstacles`]: what stands in the way until it is mended
//! - [`diagnosis`]: what can be said of all that does not work; [`people`]: the contacts; [`address_book`]:
//!   those of a server
//! - [`kept`]: what the profile keeps; [`travelling`]: settings from a file and into one;
//!   [`accounts`], [`profile`]: what the user changes; [`devices`]: what is spoken into and listened to;
//!   [`recording`]: calls on file
//! - [`sounding`]: what follows for loudspeaker and ringer, a pure function

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use hark_audio::{Audio, AudioEvent};
use hark_media::DtlsIdentity;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::command::{Command, Pin, UserIs};
use crate::config::{PhoneConfig, Profile, Sound};
use crate::device_news::DeviceNews;
use crate::event::Event;
use crate::media::{Media, MediaReport, Signal, identity};
use crate::policy::GivenUp;
use crate::portable::Document;
use crate::recording::{RecordingId, RecordingReport};
use crate::snapshot::{AccountId, CallId, Problem, Snapshot};
use crate::store::{Keeper, Kept, Keyring, StoreReport};
use crate::trace::Trace;

mod accounts;
mod address_book;
mod agreement;
mod call;
mod deflecting;
mod devices;
mod diagnosis;
mod dialling;
mod ending;
mod established;
mod face;
mod hearing;
mod incoming;
mod kept;
mod lines;
mod mailbox;
mod moving;
mod obstacles;
mod outgoing;
mod people;
mod presence;
mod profile;
mod recording;
mod registration;
mod routing;
mod secret;
mod servers;
mod sounding;
mod sources;
mod transferring;
mod travelling;

pub(crate) use face::Face;

use address_book::{AddressBook, Asked};
use call::Call;
use diagnosis::Notes;
use kept::{Aside, Given, ProfileStage};
use lines::Lines;
use obstacles::Obstacle;
use people::People;
use recording::Recordings;
use registration::Prepared;
use servers::Servers;
use sounding::Sounding;
use sources::Sources;
use travelling::Loaded;

/// Runs an engine until it is told to quit or its handle is gone.
pub(crate) fn run(config: PhoneConfig, commands: mpsc::Receiver<Command>, mut face: Face) {
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            let text = hark_words::say!(network_part_failed, error = error.to_string());
            face.tell(Event::Error { text });
            return face.show(&Snapshot::default());
        }
    };
    runtime.block_on(async {
        let (engine, sources) = Engine::start(config, commands, face);
        engine.run(sources).await;
    });
    // Saving settings and history is a matter of milliseconds; a locked keyring is not waited for.
    runtime.shutdown_timeout(STORE_LIMIT);
}

/// The engine's state. What the user sees is [`Engine::shown`]; the rest is what stands behind it.
struct Engine {
    face: Face,
    shown: Snapshot,
    kept: Kept,
    keeper: Keeper,
    keyring: Keyring,
    /// Whether passwords may be written to the keyring.
    keeps_secrets: bool,
    given: Given,
    aside: Aside,
    /// What holds for every user of this machine.
    administrator: Document,
    recordings: Recordings,
    people: People,
    address_book: AddressBook,
    /// Calls that rang and were given up.
    given_up: GivenUp,
    /// Whether somebody is there to see the phone.
    user: UserIs,
    /// Counts searches for the servers of ICE, over all lines.
    searches: u64,
    only_authority: Option<String>,
    trace: Trace,
    audio: Arc<Audio>,
    sound_ends: Sound,
    device_news: DeviceNews,
    media: Media,
    /// Who this phone is in the handshakes of encrypted sound.
    identity: Option<Arc<DtlsIdentity>>,
    lines: Lines,
    /// Counts sign-ins, over all lines.
    sign_ins: u64,
    calls: BTreeMap<CallId, Call>,
    last_call: u64,
    /// Counts the user's turns of attention from call to call.
    attention: u64,
    sounding: Sounding,
    /// A tone that tells of the end of a call, to be played once.
    farewell: Option<Signal>,
    outcomes: mpsc::UnboundedSender<Outcome>,
    quitting: Option<Instant>,
    profile: ProfileStage,
    notes: Notes,
    /// In the order in which they were met.
    obstacles: Vec<Obstacle>,
}

/// What can happen to an engine. Closed: the loop names every case.
enum Happening {
    Command(Command),
    Sip(AccountId, hark_sip::Event),
    Media(MediaReport),
    Store(StoreReport),
    Audio(AudioEvent),
    Outcome(Outcome),
    /// The time has come for something that a call waits for, or that quitting does.
    Due,
}

/// What came of work that the engine gave to the blocking pool.
enum Outcome {
    Prepared(Box<Prepared>),
    /// The settings of the account that is signed in name these.
    Servers(Servers),
    /// The keyring was asked for the PIN of the mailbox.
    Pin {
        sign_in: u64,
        pin: Option<Pin>,
    },
    /// The keyring did not do what it was asked for.
    KeyringFailed(Problem),
    Recording(RecordingId, RecordingReport),
    /// A document of settings was read.
    Loaded(Box<Loaded>),
    /// The server of the address book was asked.
    AddressBook(Box<Asked>),
    /// What came of reading a file, or why nothing did, in words.
    Told(Result<Event, String>),
}

impl Engine {
    fn start(
        config: PhoneConfig,
        commands: mpsc::Receiver<Command>,
        face: Face,
    ) -> (Self, Sources) {
        let (audio_events, audio_queue) = mpsc::unbounded_channel();
        let audio = Arc::new(Audio::start(
            devices::audio_config(&config.sound),
            move |event| {
                // The engine is gone only when the program ends.
                let _ = audio_events.send(event);
            },
        ));
        let (media, media_reports) = Media::start(Arc::clone(&audio));
        let keeps_secrets = config.profile != Profile::Memory;
        let given = Given::of(&config);
        let (keeper, store) = Keeper::open(config.profile);
        let (outcomes, outcome_queue) = mpsc::unbounded_channel();
        let engine = Self {
            face,
            shown: Snapshot {
                sound: config.sound.clone(),
                ..Snapshot::default()
            },
            kept: Kept::default(),
            keeper,
            keyring: Keyring::open(),
            keeps_secrets,
            given,
            aside: Aside::default(),
            administrator: Document::default(),
            recordings: Recordings::new(config.recording_key),
            people: People::default(),
            address_book: AddressBook::default(),
            given_up: GivenUp::default(),
            user: UserIs::default(),
            searches: 0,
            only_authority: config.only_authority,
            trace: Trace::new(),
            audio,
            sound_ends: config.sound,
            device_news: DeviceNews::default(),
            media,
            identity: identity::fresh(),
            lines: Lines::default(),
            sign_ins: 0,
            calls: BTreeMap::new(),
            last_call: 0,
            attention: 0,
            sounding: Sounding::default(),
            farewell: None,
            outcomes,
            quitting: None,
            profile: ProfileStage::BeingRead,
            notes: Notes::default(),
            obstacles: Vec::new(),
        };
        let sources = Sources {
            commands,
            media: media_reports,
            store,
            audio: audio_queue,
            outcomes: outcome_queue,
        };
        (engine, sources)
    }

    async fn run(mut self, mut sources: Sources) {
        loop {
            let due = self.next_due();
            let happening = sources.next(&mut self.lines, due, self.profile).await;
            let flow = self.take(happening);
            self.settle();
            if flow.is_break() {
                break;
            }
        }
        let endpoints = self
            .lines
            .iter_mut()
            .filter_map(|line| line.endpoint.take());
        let closing: Vec<_> = endpoints
            .map(|endpoint| tokio::spawn(endpoint.driver.close(CLOSE_LIMIT)))
            .collect();
        for closed in closing {
            if closed.await.is_err() {
                tracing::error!("a connection was not closed in good order");
            }
        }
    }

    fn take(&mut self, happening: Happening) -> ControlFlow<()> {
        match happening {
            Happening::Command(command) => self.obey(command),
            Happening::Sip(account, event) => self.on_sip(&account, event),
            Happening::Media(report) => self.on_media(report),
            Happening::Store(report) => self.on_store(report),
            Happening::Audio(event) => self.on_audio(event),
            Happening::Outcome(Outcome::Prepared(prepared)) => self.on_prepared(*prepared),
            Happening::Outcome(Outcome::Servers(servers)) => self.on_servers_again(servers),
            Happening::Outcome(Outcome::Pin { sign_in, pin }) => self.on_pin(sign_in, pin),
            Happening::Outcome(Outcome::KeyringFailed(problem)) => {
                self.stands_in_the_way(Obstacle::Told(problem));
            }
            Happening::Outcome(Outcome::Recording(recording, report)) => {
                self.on_recording(recording, report);
            }
            Happening::Outcome(Outcome::Loaded(loaded)) => self.on_settings_loaded(*loaded),
            Happening::Outcome(Outcome::AddressBook(asked)) => self.on_asked(*asked),
            Happening::Outcome(Outcome::Told(Ok(event))) => self.face.tell(event),
            Happening::Outcome(Outcome::Told(Err(text))) => self.complain(text),
            Happening::Due => return self.on_due(Instant::now()),
        }
        if self.quitting.is_some() && self.is_signed_out() && self.recordings.are_over() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    /// When [`Happening::Due`] comes at the latest.
    fn next_due(&self) -> Option<Instant> {
        let calls = self.calls.values().filter_map(Call::next_due);
        let address_book = self.address_book.due();
        calls.chain(self.quitting).chain(address_book).min()
    }

    fn on_due(&mut self, now: Instant) -> ControlFlow<()> {
        if self.quitting.is_some_and(|limit| limit <= now) {
            tracing::info!("the server did not confirm the sign-out in time");
            return ControlFlow::Break(());
        }
        let is_due = |call: &&Call| call.next_due().is_some_and(|due| due <= now);
        let due: Vec<CallId> = self
            .calls
            .values()
            .filter(is_due)
            .map(|call| call.view.id)
            .collect();
        for call in due {
            self.divert_unanswered(call, now);
            self.dialling_due(call, now);
        }
        self.address_book_due(now);
        ControlFlow::Continue(())
    }

    /// Brings everything that follows from the state up to date.
    fn settle(&mut self) {
        self.derive_presence();
        self.note_failures();
        let wanted = Sounding::of(self.calls.values());
        self.sound(wanted);
        let known = self.calls.values().filter(|call| call.is_known());
        self.shown.calls = known.map(Call::said).collect();
        self.show_lines();
        self.show_obstacles();
        self.say_address_book();
        self.face.show(&self.shown);
    }

    /// Hangs up and signs out; the loop ends when the server has confirmed, or at the limit.
    fn quit(&mut self) {
        if self.quitting.is_some() {
            return;
        }
        let calls: Vec<CallId> = self.calls.keys().copied().collect();
        calls.into_iter().for_each(|call| self.hang_up(call));
        for line in self.lines.ids() {
            self.sign_out(&line);
        }
        self.quitting = Some(Instant::now() + SIGN_OUT_LIMIT);
    }
}

/// How long the server may take to confirm the sign-out. With the two limits below it keeps
/// [`crate::QUIT_LIMIT`].
const SIGN_OUT_LIMIT: Duration = Duration::from_millis(1_300);
/// How long closing the connection may take.
const CLOSE_LIMIT: Duration = Duration::from_millis(200);
/// How long saving may take.
const STORE_LIMIT: Duration = Duration::from_millis(500);
