//! What the phone looks like at one moment: all that a window needs to draw itself.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

pub use hark_media::{PeerMetrics, Rating, SoundSecond, SoundTrouble};

use crate::config::Sound;
use crate::people::{Contact, Country};
use crate::portable::Locks;
use crate::settings::{AccountSettings, AudioSettings, RingRules, Settings};

mod account;
mod address_book;
mod diagnosis;
mod echo_test;
mod history;
mod mailbox;
mod names;
mod recording;

pub use account::{AccountId, AccountView};
pub use address_book::{AddressBookStage, AddressBookView};
pub use diagnosis::{
    AttemptView, Cause, Certificate, Connection, Diagnosis, Ends, Failure, Fingerprint, Found,
    KeepAliveAgreement, KeepAliveView, LookupView, Place, TlsAgreement,
};
pub use echo_test::{EchoTestStage, EchoTestView};
pub use history::{HistoryDay, HistoryEntry, HistoryFilter, HistoryList, HistoryQuestion, Outcome};
pub use mailbox::{MessageWaiting, SkipPin, VoicemailOrigin, VoicemailView};
pub use recording::RecordingView;

/// The whole visible state. What concerns one account is that of the first, which is used where nothing
/// else is said; [`Snapshot::accounts`] has all of them. Cheap to clone; the engine publishes a new one on every change.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    /// `None` before set-up.
    pub account: Option<AccountSettings>,
    /// Where it stands in the order of the user: 0, unless this is [`Snapshot::seen_from`] another.
    pub place: usize,
    /// The accounts besides it.
    pub others: Vec<AccountView>,
    pub registration: RegistrationView,
    pub presence: Presence,
    /// The user has chosen none: it follows from the calls.
    pub presence_is_automatic: bool,
    /// `None` until the server has said something about the mailbox.
    pub message_waiting: Option<MessageWaiting>,
    /// Where a voicemail call goes; `None` without an account that can be used.
    pub voicemail: Option<VoicemailView>,
    /// Live calls in the order in which they began.
    pub calls: Vec<CallView>,
    /// The last calls that are over, the newest first.
    pub history: Arc<[HistoryEntry]>,
    /// The list that [`crate::Command::ListHistory`] asked for.
    pub history_list: Option<HistoryList>,
    pub missed_unseen: u32,
    /// The country of this computer's user, where the system says it.
    pub country: Option<Country>,
    /// The address book, by name.
    pub contacts: Arc<[Contact]>,
    /// How it stands with the address book of a server.
    pub address_book: AddressBookView,
    pub audio: AudioSettings,
    pub devices: Devices,
    /// Whether these are spoken into and listened to, or files in their place.
    pub sound: Sound,
    pub settings: Settings,
    /// What of all settings the administrator has set for good.
    pub locks: Locks,
    /// Where recordings go, by the settings or without them; `None` where this user has no folder.
    pub recordings_folder: Option<PathBuf>,
    /// Who rings, and where calls are sent on.
    pub ring_rules: RingRules,
    pub skip_pin: SkipPin,
    /// Whether the PIN of the mailbox is known.
    pub pin_known: bool,
    /// Whether the password of the account's TURN server is known.
    pub turn_password_known: bool,
    /// Microphone level while the settings page watches it, 0.0 to 1.0.
    pub microphone_level: Option<f32>,
    /// The echo test, while it runs.
    pub echo_test: Option<EchoTestView>,
    /// What stands in the way at this moment and stays until it is mended, as sentences.
    pub problems: Vec<Problem>,
    /// What is known of the way to the server, and what went wrong last.
    pub diagnosis: Diagnosis,
}

/// The standing of our REGISTER.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum RegistrationView {
    /// No account, or signed out by the user.
    #[default]
    SignedOut,
    Connecting(ConnectingStage),
    Registered,
    /// The server said no, or cannot be trusted: the user has something to mend.
    Failed(Problem),
    /// The server cannot be reached; tried again at `next_try`.
    Lost {
        problem: Problem,
        next_try: Instant,
    },
}

/// How far signing in has come, for the line on the set-up screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectingStage {
    Connecting,
    CheckingCertificate,
    SigningIn,
}

/// A sentence for people and a line for administrators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What happened and what to do next, in plain words.
    pub text: String,
    /// The technical line behind a disclosure.
    pub detail: String,
}

/// What the user lets others see, and who may ring. The names of the configuration file and of
/// headless commands are those of the variants in snake case, and `dnd`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    #[default]
    Available,
    Busy,
    #[serde(rename = "dnd")]
    DoNotDisturb,
    Away,
    AppearOffline,
}

/// Our own number for a call. The header of that name is `CallIdHeader`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

#[derive(Debug, Clone, PartialEq)]
pub struct CallView {
    pub id: CallId,
    /// Whose call it is.
    pub account: AccountId,
    pub direction: CallDirection,
    pub kind: CallKind,
    pub state: CallState,
    /// Who is at the other end, as words: a name, a number, "Voicemail".
    pub title: String,
    /// The address under the title; empty where it would repeat it.
    pub subtitle: String,
    /// Since when it is connected; the window draws the timer.
    pub connected_at: Option<Instant>,
    /// Outgoing voicemail calls: whether skip-pin went out.
    pub skip_pin: Option<bool>,
    pub muted: bool,
    pub held: bool,
    /// The other side holds the call.
    pub held_by_peer: bool,
    /// Incoming calls that ring: whether [`crate::Command::Deflect`] may send them on (OX-11).
    pub may_deflect: bool,
    /// Incoming calls that were sent on to us: from whom, as words.
    pub diverted_from: Option<String>,
    /// Who calls by the server's own word, as words, where that is not what the caller says.
    pub asserted: Option<String>,
    /// How digits reach the other side, once that is agreed on.
    pub digits_by: Option<DigitsBy>,
    /// A dial string waits at a `;` for [`crate::Command::Continue`].
    pub waits_for_press: bool,
    /// A transfer that is under way, or that the other side asks for.
    pub transfer: Option<TransferView>,
    /// While it is recorded.
    pub recording: Option<RecordingView>,
    pub media: Option<MediaView>,
    /// What is wrong with its sound at this moment, the oldest first.
    pub troubles: Vec<TroubleView>,
}

/// Something that is wrong with the sound of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TroubleView {
    pub trouble: SoundTrouble,
    /// What happened and what to do next, in plain words.
    pub text: String,
}

/// The way of digits into a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigitsBy {
    /// In the media (RFC 4733).
    Media,
    /// By SIP INFO, because the other side takes none in the media.
    Info,
}

/// A transfer of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferView {
    /// We have asked the other side to call somebody else.
    UnderWay,
    /// The other side wants us to call `to` in its place; the user is asked.
    Asked {
        /// Who, as a person would say it.
        to: String,
        /// The same as a URI.
        address: String,
    },
}

impl CallView {
    /// A call of which nothing has happened yet but that it is there.
    pub fn new(id: CallId, direction: CallDirection, kind: CallKind) -> Self {
        let state = match direction {
            CallDirection::Outgoing => CallState::Calling,
            CallDirection::Incoming => CallState::Ringing,
        };
        Self {
            id,
            account: AccountId::default(),
            direction,
            kind,
            state,
            title: String::new(),
            subtitle: String::new(),
            connected_at: None,
            skip_pin: None,
            muted: false,
            held: false,
            held_by_peer: false,
            may_deflect: false,
            diverted_from: None,
            asserted: None,
            digits_by: None,
            waits_for_press: false,
            transfer: None,
            recording: None,
            media: None,
            troubles: Vec::new(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallDirection {
    Outgoing,
    Incoming,
}

/// What calls, or what is called (OX-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallKind {
    /// From equals To (OX-9).
    PlayOnPhone,
    /// A person, as far as anyone can tell.
    Person,
    /// The Contact carries `automata`.
    Automatic,
    /// Our own call to our own mailbox.
    Voicemail,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallState {
    /// INVITE sent, nothing heard.
    Calling,
    /// Outgoing: 180 received. Incoming: rings here.
    Ringing,
    /// Outgoing: the server plays something before the answer.
    Early,
    Connected,
    Ended,
}

/// The sound of a call, refreshed once a second; ten times while a face asks for that with
/// [`crate::Command::WatchMeters`].
#[derive(Debug, Clone, PartialEq)]
pub struct MediaView {
    pub codec: &'static str,
    /// The SRTP suite in use. `None` with [`Self::keys`]: keys have not come, and nothing sounds yet.
    pub srtp: Option<&'static str>,
    /// How keys are exchanged, `SDES` or `DTLS`; `None` when the call is not encrypted.
    pub keys: Option<&'static str>,
    /// Of the last seconds: packets that never came, and that came too late to be played.
    pub loss_percent: f32,
    pub late_percent: f32,
    pub jitter: Duration,
    pub playout_delay: Duration,
    /// From the other side's mouth to the user's ear, as far as it is known.
    pub delay: Duration,
    pub round_trip: Option<Duration>,
    /// R and MOS of the last seconds (ITU-T G.107); `None` until something was heard.
    pub rating: Option<Rating>,
    pub quality: Quality,
    /// What the other side misses of our packets, once it has reported.
    pub peer_loss_percent: Option<f32>,
    /// How the call sounds there, where the other side tells it (RFC 3611).
    pub peer: Option<PeerMetrics>,
    /// Since the call began.
    pub totals: MediaTotals,
    /// The last minute, the oldest second first.
    pub seconds: Arc<[SoundSecond]>,
    /// 0.0 to 1.0, for the meters.
    pub speaker_level: f32,
    pub microphone_level: f32,
}

impl MediaView {
    /// Sound that is agreed on and of which nothing has been heard yet.
    pub fn new(
        codec: &'static str,
        srtp: Option<&'static str>,
        keys: Option<&'static str>,
    ) -> Self {
        Self {
            codec,
            srtp,
            keys,
            loss_percent: 0.0,
            late_percent: 0.0,
            jitter: Duration::ZERO,
            playout_delay: Duration::ZERO,
            delay: Duration::ZERO,
            round_trip: None,
            rating: None,
            quality: Quality::Good,
            peer_loss_percent: None,
            peer: None,
            totals: MediaTotals::default(),
            seconds: Arc::default(),
            speaker_level: 0.0,
            microphone_level: 0.0,
        }
    }
}

/// Packets of a whole call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MediaTotals {
    pub received: u64,
    pub lost: u64,
    /// Came too late to be played.
    pub late: u64,
    pub sent: u64,
    /// How much sound had to be made up.
    pub concealed: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quality {
    Bad,
    Poor,
    Fair,
    Good,
}

/// Devices that are there now, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Devices {
    pub outputs: Vec<String>,
    pub inputs: Vec<String>,
}
