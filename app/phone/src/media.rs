//! The media thread and the engine's end of it.
//!
//! The engine sends [`Order`]s and gets [`MediaReport`]s; it never touches a packet or a sample. The
//! thread owns every media session, its sockets and the audio ports, and beats every 10 ms while
//! something sounds. Without a call it waits for an order and nothing else.

use std::net::IpAddr;
use std::sync::Arc;

use hark_audio::Audio;
use hark_media::{
    Codec, DigitsError, Direction, DtlsConfig, Encryption, IceConfig, InUse, MediaStats, Rejection,
    SoundSecond, TroubleChange,
};
use tokio::sync::mpsc;

use crate::command::Digits;
use crate::recording::Tap;
use crate::settings::{PortRange, RecordingNotice};
use crate::snapshot::CallId;

mod beat;
mod describing;
mod echo_test;
pub(crate) mod identity;
mod leg;
mod ports;
mod relay_stream;
mod signal;
mod thread;

pub(crate) use echo_test::EchoTestReport;
pub(crate) use signal::{MAX_FRAME, Signal};

/// What the engine wants of the media thread.
#[derive(Debug)]
pub(crate) enum Order {
    /// Open sockets and make an offer; answered by [`MediaReport::Described`].
    Offer {
        call: CallId,
        place: Place,
    },
    /// Open sockets and answer an offer; answered by [`MediaReport::Described`] or a refusal.
    Answer {
        call: CallId,
        place: Place,
        offer: Vec<u8>,
    },
    /// The peer's answer to our last offer, early or final.
    AcceptAnswer {
        call: CallId,
        answer: Vec<u8>,
    },
    /// Offer again in an established call: hold it, or take it back.
    OfferAgain {
        call: CallId,
        direction: Direction,
    },
    /// Open sockets elsewhere and offer again in an established call.
    Move {
        call: CallId,
        place: Place,
        direction: Direction,
    },
    /// The peer offers again.
    AnswerAgain {
        call: CallId,
        offer: Vec<u8>,
    },
    /// The peer refused what [`Order::OfferAgain`] made.
    WithdrawOffer {
        call: CallId,
    },
    /// The call is answered: the microphone is heard and the sound files begin.
    Answered {
        call: CallId,
    },
    /// This call has the loudspeaker and the microphone; the others go on in silence.
    Focus {
        call: Option<CallId>,
    },
    Mute {
        call: CallId,
    },
    Unmute {
        call: CallId,
    },
    SendDigits {
        call: CallId,
        digits: Digits,
    },
    /// Both sides of this call go into a recording, and hear that they do.
    Record {
        call: CallId,
        tap: Tap,
        notice: RecordingNotice,
    },
    StopRecording {
        call: CallId,
    },
    /// Another call takes the place of one: its recording goes on, and whoever is there is told.
    HandRecordingOn {
        from: CallId,
        to: CallId,
        notice: RecordingNotice,
    },
    /// A tone on the loudspeaker of the calls; replaces the one that plays.
    Sound {
        signal: Option<Signal>,
    },
    /// Begin to record the microphone, to be played back; answered by
    /// [`MediaReport::EchoTest`] until it is over. A call ends it.
    StartEchoTest,
    StopEchoTest,
    /// How often to tell how the sound is.
    Report {
        pace: Pace,
    },
    Close {
        call: CallId,
    },
}

/// How often [`MediaReport::Stats`] comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Pace {
    /// Ten times a second: somebody looks at the meters.
    Often,
    /// Once a second: enough for figures that are shown later.
    #[default]
    Seldom,
}

/// Where the media of a call shall be.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The address from which the registrar's flow leaves, so that media takes the same way.
    pub(crate) local: IpAddr,
    pub(crate) encryption: Encryption,
    /// How keys come by a handshake.
    pub(crate) dtls: Option<DtlsConfig>,
    /// What may be spoken, the best first.
    pub(crate) codecs: Vec<Codec>,
    /// The UDP ports to take from; the system's choice where there is none.
    pub(crate) ports: Option<PortRange>,
    /// How ways through translators are looked for.
    pub(crate) ice: Option<IceConfig>,
}

/// What the media thread tells the engine.
#[derive(Debug)]
pub(crate) enum MediaReport {
    /// A description of ours is ready to be sent.
    Described {
        call: CallId,
        purpose: Purpose,
        sdp: Vec<u8>,
    },
    /// An order came to nothing.
    Failed {
        call: CallId,
        purpose: Purpose,
        error: MediaError,
    },
    /// Both sides agreed, for the first time or anew.
    Agreed {
        call: CallId,
        in_use: InUse,
        held_by_peer: bool,
    },
    /// For the call in focus, as often as [`Order::Report`] says.
    Stats { call: CallId, stats: MediaStats },
    /// A second of a call is over.
    Second { call: CallId, second: SoundSecond },
    /// Something that the user should know about the sound of a call, or need not know any more.
    Trouble { call: CallId, change: TroubleChange },
    /// How far the echo test is, ten times a second while it runs and once when it is over.
    EchoTest(EchoTestReport),
    /// The last digit that was ordered is out.
    DigitsSent { call: CallId },
    /// ICE finds no way to the other side, or has lost the one it had.
    NoPath { call: CallId },
    /// The TURN server of the account wants nothing of us; the call goes on without it.
    RelayRefused { call: CallId },
    /// Digits that were not sent.
    DigitsRefused(DigitsError),
}

/// Which exchange a description belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Our first offer.
    Offer,
    /// Our answer to the first offer.
    Answer,
    /// The peer's answer to an offer of ours; nothing to send.
    PeerAnswer,
    /// Our later offer.
    OfferAgain,
    /// Our answer to a later offer.
    AnswerAgain,
}

/// Why there is no sound.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MediaError {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("no network port for sound: {0}")]
    NoPort(#[from] std::io::Error),
    #[error("no free pair of ports in {0}")]
    PortsInUse(PortRange),
    #[error("the system gives no random numbers: {0}")]
    NoRandomness(#[from] getrandom::Error),
}

/// The engine's end. Dropping it ends the thread.
#[derive(Debug)]
pub(crate) struct Media {
    orders: mpsc::UnboundedSender<Order>,
}

impl Media {
    /// Starts the thread. `audio` gives the loudspeaker and the microphone of calls.
    pub(crate) fn start(audio: Arc<Audio>) -> (Self, mpsc::UnboundedReceiver<MediaReport>) {
        // Unbounded both ways: orders come from people and peers, reports at most ten times a second, and a
        // lost order or report would leave a call half open.
        let (orders, queue) = mpsc::unbounded_channel();
        let (reports, receiver) = mpsc::unbounded_channel();
        std::thread::Builder::new()
            .name("media".into())
            .spawn(move || thread::run(audio, queue, reports))
            .expect("the system can start one more thread");
        (Self { orders }, receiver)
    }

    pub(crate) fn order(&self, order: Order) {
        if self.orders.send(order).is_err() {
            tracing::error!("the media thread has stopped; calls have no sound");
        }
    }
}
