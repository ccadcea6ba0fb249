//! The loop of the media thread.

#[cfg(test)]
mod allocations;

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use hark_audio::{Audio, CallPorts};
use tokio::sync::mpsc;

use super::beat::Beat;
use super::describing::Wish;
use super::echo_test::{ECHO_TEST_FRAME, EchoTest, EchoTestReport};
use super::leg::{DigitsOut, Leg, Stage};
use super::signal::{MAX_FRAME, SignalPlayer};
use super::{MediaError, MediaReport, Order, Pace, Purpose, Signal};
use crate::recording::Tape;
use crate::settings::RecordingNotice;
use crate::snapshot::CallId;

/// Runs until the engine drops its end.
pub(super) fn run(
    audio: Arc<Audio>,
    orders: mpsc::UnboundedReceiver<Order>,
    reports: mpsc::UnboundedSender<MediaReport>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the engine's runtime was built the same way");
    runtime.block_on(MediaThread::new(audio, reports).run(orders));
}

pub(super) struct MediaThread {
    audio: Arc<Audio>,
    reports: mpsc::UnboundedSender<MediaReport>,
    pub(super) legs: BTreeMap<CallId, Leg>,
    focus: Option<CallId>,
    /// Open while something sounds.
    ports: Option<CallPorts>,
    signal: Option<SignalPlayer>,
    echo_test: Option<EchoTest>,
    beat: Beat,
    beats: u32,
    pace: Pace,
    /// Where datagrams arrive.
    buffer: Box<[u8]>,
}

impl MediaThread {
    fn new(audio: Arc<Audio>, reports: mpsc::UnboundedSender<MediaReport>) -> Self {
        Self {
            audio,
            reports,
            legs: BTreeMap::new(),
            focus: None,
            ports: None,
            signal: None,
            echo_test: None,
            beat: Beat::default(),
            beats: 0,
            pace: Pace::default(),
            buffer: vec![0; MAX_DATAGRAM].into(),
        }
    }

    async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => self.obey(order).await,
                    None => return,
                },
                () = arrival(&self.legs) => self.receive(),
                () = self.beat.wait() => self.sound(),
            }
            self.follow_need();
        }
    }

    async fn obey(&mut self, order: Order) {
        match order {
            Order::Offer { call, place } => self.begin(call, place, Wish::Offer).await,
            Order::Answer { call, place, offer } => {
                self.begin(call, place, Wish::Answer(offer)).await;
            }
            Order::AcceptAnswer { call, answer } => self.accept_answer(call, &answer),
            Order::OfferAgain { call, direction } => {
                self.change(call, |leg| {
                    Ok((Purpose::OfferAgain, leg.session.offer_again(direction)))
                });
            }
            Order::Move {
                call,
                place,
                direction,
            } => self.move_leg(call, place, direction).await,
            Order::AnswerAgain { call, offer } => self.answer_again(call, &offer),
            Order::WithdrawOffer { call } => self.with(call, |leg| leg.session.withdraw_offer()),
            Order::Answered { call } => self.answered(call),
            Order::Focus { call } => self.focus = call,
            Order::Mute { call } => self.with(call, |leg| leg.session.mute()),
            Order::Unmute { call } => self.with(call, |leg| leg.session.unmute()),
            Order::SendDigits { call, digits } => self.send_digits(call, &digits),
            Order::Record { call, tap, notice } => {
                self.with(call, |leg| leg.tape = Some(Tape::new(tap, notice)));
            }
            Order::StopRecording { call } => self.with(call, |leg| leg.tape = None),
            Order::HandRecordingOn { from, to, notice } => self.hand_recording_on(from, to, notice),
            Order::Sound { signal } => self.play_signal(signal),
            Order::StartEchoTest => self.start_echo_test(),
            Order::StopEchoTest => self.stop_echo_test(),
            Order::Report { pace } => self.pace = pace,
            Order::Close { call } => self.close(call),
        }
    }

    fn accept_answer(&mut self, call: CallId, answer: &[u8]) {
        let Some(leg) = self.legs.get_mut(&call) else {
            return;
        };
        match leg.accept_answer(answer) {
            Ok(()) => self.report_agreement(call),
            Err(rejection) => self.report(MediaReport::Failed {
                call,
                purpose: Purpose::PeerAnswer,
                error: rejection.into(),
            }),
        }
    }

    fn answer_again(&mut self, call: CallId, offer: &[u8]) {
        self.change(call, |leg| {
            Ok((Purpose::AnswerAgain, leg.session.answer_again(offer)?))
        });
        self.report_agreement(call);
    }

    /// Changes a session and reports the description that comes of it.
    fn change(
        &mut self,
        call: CallId,
        change: impl FnOnce(&mut Leg) -> Result<(Purpose, Vec<u8>), MediaError>,
    ) {
        let Some(leg) = self.legs.get_mut(&call) else {
            return;
        };
        match change(leg) {
            Ok((purpose, sdp)) => self.describe(call, purpose, Ok(sdp)),
            Err(error) => self.describe(call, Purpose::AnswerAgain, Err(error)),
        }
    }

    fn answered(&mut self, call: CallId) {
        self.with(call, |leg| leg.stage = Stage::Answered);
        self.signal = None;
        // The file of the loudspeaker begins with this answer, not with the next beat.
        self.open_ports().answered();
    }

    fn send_digits(&mut self, call: CallId, digits: &crate::command::Digits) {
        let Some(leg) = self.legs.get_mut(&call) else {
            return;
        };
        if let Err(error) = leg.session.queue_digits(digits.reveal()) {
            self.report(MediaReport::DigitsRefused(error));
        }
    }

    fn hand_recording_on(&mut self, from: CallId, to: CallId, notice: RecordingNotice) {
        let tape = self.legs.get_mut(&from).and_then(|leg| leg.tape.take());
        if let (Some(mut tape), Some(leg)) = (tape, self.legs.get_mut(&to)) {
            tape.announce_anew(notice);
            leg.tape = Some(tape);
        }
    }

    fn play_signal(&mut self, signal: Option<Signal>) {
        self.signal = signal.map(SignalPlayer::new);
    }

    fn start_echo_test(&mut self) {
        if self.legs.is_empty() {
            self.echo_test = Some(EchoTest::new());
            // Files take part as in a call that is answered.
            self.open_ports().answered();
        }
    }

    fn stop_echo_test(&mut self) {
        if self.echo_test.take().is_some() {
            self.report(MediaReport::EchoTest(EchoTestReport { view: None }));
        }
    }

    fn report_echo_test(&mut self) {
        let Some(report) = self.echo_test.as_ref().map(EchoTest::report) else {
            return;
        };
        if report.view.is_none() {
            return self.stop_echo_test();
        }
        if self.beats.is_multiple_of(beats_per_report(Pace::Often)) {
            self.report(MediaReport::EchoTest(report));
        }
    }

    fn close(&mut self, call: CallId) {
        if let Some(leg) = self.legs.remove(&call) {
            leg.close(Instant::now());
        }
        if self.focus == Some(call) {
            self.focus = None;
        }
    }

    /// Takes what has arrived for any call.
    fn receive(&mut self) {
        let now = Instant::now();
        for leg in self.legs.values_mut() {
            leg.receive(now, &mut self.buffer);
            leg.flush();
        }
        self.grant_wishes(now);
    }

    /// One beat of everything that sounds.
    fn sound(&mut self) {
        let now = Instant::now();
        self.grant_wishes(now);
        let focused = self.focus.filter(|call| self.legs.contains_key(call));
        for (&call, leg) in &mut self.legs {
            if Some(call) != focused {
                leg.beat(now, None);
                leg.watch(now, None);
                tell_of_digits(&self.reports, call, leg.flush());
            }
        }
        if let Some((call, digits)) = focused.zip(self.sound_in_focus(now, focused)) {
            tell_of_digits(&self.reports, call, digits);
        }
        self.report_news();
        self.tell_of_paths();
        self.tell_of_new_keys();
        self.beats = self.beats.wrapping_add(1);
        self.report_echo_test();
        if self.beats.is_multiple_of(beats_per_report(self.pace))
            && let Some((call, leg)) = focused.and_then(|call| Some((call, self.legs.get(&call)?)))
        {
            let stats = leg.session.stats();
            self.report(MediaReport::Stats { call, stats });
        }
    }

    /// The seconds that are over and what is wrong, of every call.
    fn report_news(&mut self) {
        for (&call, leg) in &mut self.legs {
            let (second, troubles) = leg.news();
            let second = second.map(|second| MediaReport::Second { call, second });
            let troubles = troubles.map(|change| MediaReport::Trouble { call, change });
            for report in second.into_iter().chain(troubles) {
                // As in `report`, which cannot be called while the legs are held.
                let _ = self.reports.send(report);
            }
        }
    }

    /// The call that has the loudspeaker, with the tone over it.
    fn sound_in_focus(&mut self, now: Instant, focused: Option<CallId>) -> Option<DigitsOut> {
        let ports = self.ports.as_mut()?;
        let (mut speaker, mut microphone) = ([0; MAX_FRAME], [0; MAX_FRAME]);
        let mut leg = focused.and_then(|call| self.legs.get_mut(&call));
        let without_call = match self.echo_test {
            Some(_) => ECHO_TEST_FRAME,
            None => SIGNAL_FRAME,
        };
        let length = leg.as_ref().map_or(without_call, |leg| leg.frame_length());
        let (speaker, microphone) = (&mut speaker[..length], &mut microphone[..length]);
        ports.read(microphone);
        if let Some(leg) = &mut leg {
            leg.beat(now, Some((&mut *speaker, &*microphone)));
            leg.watch(now, ports.heard());
        }
        if let Some(test) = &mut self.echo_test {
            test.beat(microphone, speaker);
        }
        if let Some(signal) = &mut self.signal {
            signal.mix_into(speaker);
        }
        ports.write(speaker);
        leg.map(Leg::flush)
    }

    /// Opens and closes the audio ports, starts and stops the beat, as calls and tones come and go.
    fn follow_need(&mut self) {
        if self.signal.as_ref().is_some_and(SignalPlayer::is_finished) {
            self.signal = None;
        }
        if !self.legs.is_empty() {
            self.stop_echo_test();
        }
        let flows = self.legs.values().any(|leg| leg.stage != Stage::Prepared);
        let sounds = self.signal.is_some() || self.echo_test.is_some();
        if flows || sounds || self.focus.is_some() {
            self.open_ports();
            self.beat.run();
        } else {
            self.ports = None;
            match self.legs.values().any(|leg| leg.wish.is_some()) {
                true => self.beat.run(),
                false => self.beat.stop(),
            }
        }
    }

    fn open_ports(&mut self) -> &mut CallPorts {
        self.ports.get_or_insert_with(|| self.audio.call_ports())
    }

    fn with(&mut self, call: CallId, change: impl FnOnce(&mut Leg)) {
        if let Some(leg) = self.legs.get_mut(&call) {
            change(leg);
            leg.flush();
        }
    }

    pub(super) fn report_agreement(&self, call: CallId) {
        let Some(leg) = self.legs.get(&call) else {
            return;
        };
        if let Some(in_use) = leg.session.in_use() {
            self.report(MediaReport::Agreed {
                call,
                in_use,
                held_by_peer: leg.session.held_by_peer(),
            });
        }
    }

    pub(super) fn report(&self, report: MediaReport) {
        // The engine is gone only when this thread is about to end as well.
        let _ = self.reports.send(report);
    }
}

fn tell_of_digits(reports: &mpsc::UnboundedSender<MediaReport>, call: CallId, digits: DigitsOut) {
    match digits {
        // The engine is gone only when this thread is about to end as well.
        DigitsOut::Yes => drop(reports.send(MediaReport::DigitsSent { call })),
        DigitsOut::No => {}
    }
}

/// Returns when something has arrived for a call.
async fn arrival(legs: &BTreeMap<CallId, Leg>) {
    poll_fn(|context| {
        let mut legs = legs.values();
        match legs.any(|leg| leg.poll_readable(context).is_ready()) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
}

/// Bigger than any packet of sound.
const MAX_DATAGRAM: usize = 2048;

/// Tones without a call are played at 8 kHz: 10 ms of it.
const SIGNAL_FRAME: usize = 80;

/// A beat takes 10 ms.
fn beats_per_report(pace: Pace) -> u32 {
    match pace {
        Pace::Often => 10,
        Pace::Seldom => 100,
    }
}

#[cfg(test)]
mod tests;
