//! One voice call in the real world: its media sockets, its clock, its conversation, its mailbox.

use std::net::SocketAddr;
use std::time::Instant;

use hark_media::{Component, Direction, MediaEvent, MediaOutput, MediaSession, Rejection};
use hark_sip::CallId;
use hark_sip_net::MediaPorts;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::interval;

use super::bridge::Bridge;
use super::clerk::{self, Job, Outcome};
use super::conversation::{Conversation, Presence, Request, TICK};
use crate::config::Secret;
use crate::event::ServerEvent;
use crate::store::{CallerId, MessageId, Store};

/// A voice call that was set up by SIP.
pub(crate) struct Line {
    pub ports: MediaPorts,
    pub media: MediaSession,
    pub part: Part,
    pub reports: Reports,
    pub commands: mpsc::UnboundedReceiver<LineCommand>,
}

/// What the server does on a line.
pub(crate) enum Part {
    /// It leads the call, for a user's mailbox.
    Voicemail {
        store: Store,
        user: String,
        opening: Opening,
    },
    /// It only carries sound: the sender who is called back.
    Sender(Bridge),
}

/// How a voicemail call begins.
#[derive(Debug, Clone)]
pub(crate) enum Opening {
    Mailbox,
    MailboxWithPin(Secret),
    /// Play on Phone.
    Message(MessageId),
    Deposit(CallerId),
    Announcement,
}

/// What the server's task tells a line.
pub(crate) enum LineCommand {
    /// The call is connected, with the answer to our offer where we made one.
    Connected(Option<Vec<u8>>),
    /// The other side changes the session; answered by [`Report::Answer`].
    Offer(Option<Vec<u8>>),
    /// A key by SIP INFO.
    Key(char),
    /// The sender who is called back has answered.
    Bridge(Bridge),
    CallBackEnded,
    /// The call is over.
    Ended,
}

/// What a line tells the server's task.
#[derive(Debug)]
pub(crate) enum Report {
    HangUp,
    /// The answer to [`LineCommand::Offer`].
    Answer(Result<Vec<u8>, Rejection>),
    CallBack(String),
    EndCallBack,
    MailboxChanged {
        user: String,
    },
    Event(ServerEvent),
}

/// The way from a line to the server's task.
#[derive(Clone)]
pub(crate) struct Reports {
    pub call: CallId,
    pub to: mpsc::UnboundedSender<(CallId, Report)>,
}

impl Reports {
    pub fn send(&self, report: Report) {
        // The server's task is gone only when the server ends.
        let _ = self.to.send((self.call, report));
    }
}

impl Line {
    /// Carries the call until it is over.
    pub async fn run(self) {
        let Self {
            ports,
            media,
            part,
            reports,
            mut commands,
        } = self;
        let mut call = Call::new(media, part, reports);
        let mut ticks = interval(TICK);
        let mut rtp = [0; DATAGRAM_BYTES];
        let mut rtcp = [0; DATAGRAM_BYTES];
        loop {
            tokio::select! {
                _ = ticks.tick() => call.tick(),
                Ok((size, from)) = ports.rtp.recv_from(&mut rtp) => {
                    call.packet(Component::Rtp, from, rtp.get_mut(..size));
                }
                Ok((size, from)) = ports.rtcp.recv_from(&mut rtcp) => {
                    call.packet(Component::Rtcp, from, rtcp.get_mut(..size));
                }
                Some(outcome) = call.outcomes.recv() => call.clerk_said(outcome),
                command = commands.recv() => match command {
                    Some(LineCommand::Ended) | None => break,
                    Some(command) => call.obey(command),
                },
            }
            call.flush(&ports);
        }
        call.end();
        call.flush(&ports);
    }
}

/// A line without its sockets.
struct Call {
    media: MediaSession,
    state: State,
    /// Who leaves a message, in call answering.
    caller: CallerId,
    user: String,
    jobs: mpsc::UnboundedSender<Job>,
    outcomes: mpsc::UnboundedReceiver<Outcome>,
    reports: Reports,
    /// Keys pressed before the mailbox was open. Programs that know their PIN press it at once.
    keyed_ahead: Vec<char>,
    /// The sound of the other party, while two parties talk.
    bridge: Option<Bridge>,
    heard: Vec<i16>,
    speak: Vec<i16>,
}

enum State {
    /// Not connected, or the mailbox is being opened.
    Waiting(Option<Opening>),
    Leading(Box<Conversation>),
    /// Sound goes to the bridge.
    Bridging,
}

impl Call {
    fn new(media: MediaSession, part: Part, reports: Reports) -> Self {
        let frame = vec![0; media.rate_hz() as usize / 100];
        let (state, bridge, (jobs, outcomes), user, caller) = match part {
            Part::Voicemail {
                store,
                user,
                opening,
            } => {
                let caller = match &opening {
                    Opening::Deposit(caller) => caller.clone(),
                    Opening::Mailbox
                    | Opening::MailboxWithPin(_)
                    | Opening::Message(_)
                    | Opening::Announcement => CallerId::default(),
                };
                let clerk = clerk::hire(store, user.clone(), reports.clone());
                (State::Waiting(Some(opening)), None, clerk, user, caller)
            }
            Part::Sender(bridge) => {
                let (jobs, _) = mpsc::unbounded_channel();
                let (_, outcomes) = mpsc::unbounded_channel();
                let no_clerk = (jobs, outcomes);
                (
                    State::Bridging,
                    Some(bridge),
                    no_clerk,
                    String::new(),
                    CallerId::default(),
                )
            }
        };
        Self {
            media,
            state,
            caller,
            user,
            jobs,
            outcomes,
            reports,
            keyed_ahead: Vec::new(),
            bridge,
            heard: frame.clone(),
            speak: frame,
        }
    }

    fn obey(&mut self, command: LineCommand) {
        match command {
            LineCommand::Connected(answer) => self.connected(answer),
            LineCommand::Offer(offer) => {
                let answer = match offer {
                    Some(offer) => self.media.answer_again(&offer),
                    None => Ok(self.media.offer_again(Direction::SendReceive)),
                };
                self.reports.send(Report::Answer(answer));
            }
            LineCommand::Key(key) => self.key(key),
            LineCommand::Bridge(bridge) => {
                self.bridge = Some(bridge);
                if let State::Leading(conversation) = &mut self.state {
                    conversation.call_back_answered();
                }
            }
            LineCommand::CallBackEnded => {
                self.bridge = None;
                if let State::Leading(conversation) = &mut self.state {
                    conversation.call_back_ended();
                }
            }
            // `Line::run` ends with it.
            LineCommand::Ended => {}
        }
    }

    fn connected(&mut self, answer: Option<Vec<u8>>) {
        if let Some(answer) = answer
            && let Err(error) = self.media.accept_answer(&answer)
        {
            tracing::info!(%error, "the answer leads to no sound");
            return self.reports.send(Report::HangUp);
        }
        if let State::Waiting(opening) = &mut self.state
            && let Some(opening) = opening.take()
        {
            self.job(Job::Open(opening));
        }
    }

    fn clerk_said(&mut self, outcome: Outcome) {
        match (outcome, &mut self.state) {
            (Outcome::Ready(dialogue), State::Waiting(_)) => {
                let conversation = Conversation::new(*dialogue, self.media.rate_hz());
                self.state = State::Leading(Box::new(conversation));
                let keys = std::mem::take(&mut self.keyed_ahead);
                keys.into_iter().for_each(|key| self.key(key));
            }
            (Outcome::Loaded(stored, sound), State::Leading(conversation)) => {
                conversation.provide(stored, sound.as_deref());
            }
            (Outcome::Ready(_) | Outcome::Loaded(..), _) => {}
        }
    }

    fn key(&mut self, key: char) {
        match &mut self.state {
            State::Leading(conversation) => conversation.key(key),
            State::Waiting(_) if self.keyed_ahead.len() < MAX_KEYED_AHEAD => {
                self.keyed_ahead.push(key);
            }
            State::Waiting(_) | State::Bridging => {}
        }
    }

    fn packet(&mut self, component: Component, from: SocketAddr, packet: Option<&mut [u8]>) {
        if let Some(packet) = packet {
            self.media
                .handle_packet(Instant::now(), component, from, packet);
        }
    }

    /// 10 ms of sound in both directions.
    fn tick(&mut self) {
        let now = Instant::now();
        self.media.play(now, &mut self.heard);
        self.speak.fill(0);
        if let Some(bridge) = &mut self.bridge {
            bridge.carry(&self.heard, &mut self.speak);
        }
        if let State::Leading(conversation) = &mut self.state {
            let presence = match self.media.stats().packets_received {
                0 => Presence::Silent,
                _ => Presence::Heard,
            };
            conversation.tick(&self.heard, presence, &mut self.speak);
        }
        self.media.capture(now, &self.speak);
        self.media.tick(now);
    }

    /// Sends what waits and passes on what the conversation asks for.
    fn flush(&mut self, ports: &MediaPorts) {
        while let Some(output) = self.media.poll_output() {
            match output {
                MediaOutput::Transmit {
                    component,
                    to,
                    packet,
                } => {
                    // A full socket buffer loses the packet, as the network might.
                    let _ = socket(ports, component).try_send_to(&packet, to);
                }
                MediaOutput::Event(MediaEvent::Digit { digit }) => self.key(digit),
                MediaOutput::Event(
                    MediaEvent::Started
                    | MediaEvent::DigitsSent
                    | MediaEvent::NoPath
                    | MediaEvent::RelayRefused
                    | MediaEvent::Keyed,
                ) => {}
            }
        }
        while let State::Leading(conversation) = &mut self.state
            && let Some(request) = conversation.poll_request()
        {
            self.pass_on(request);
        }
    }

    fn pass_on(&mut self, request: Request) {
        match request {
            Request::Load(stored) => self.job(Job::Load(stored)),
            Request::StoreMessage(recording) => {
                self.job(Job::StoreMessage {
                    caller: self.caller.clone(),
                    recording,
                });
            }
            Request::KeepGreeting(recording) => self.job(Job::KeepGreeting(recording)),
            Request::RemoveGreeting => self.job(Job::RemoveGreeting),
            Request::Save(id) => self.job(Job::Save(id)),
            Request::Remove(id) => self.job(Job::Remove(id)),
            Request::Opened(pin) => {
                let user = self.user.clone();
                self.reports
                    .send(Report::Event(ServerEvent::MailboxOpened { user, pin }));
            }
            Request::CallBack(address) => self.reports.send(Report::CallBack(address)),
            Request::EndCallBack => self.reports.send(Report::EndCallBack),
            Request::HangUp => self.reports.send(Report::HangUp),
        }
    }

    fn end(&mut self) {
        if let State::Leading(conversation) = &mut self.state {
            conversation.hung_up();
        }
        self.media.close(Instant::now());
    }

    fn job(&self, job: Job) {
        // The clerk goes when this sender does, so it is there.
        let _ = self.jobs.send(job);
    }
}

fn socket(ports: &MediaPorts, component: Component) -> &UdpSocket {
    match component {
        Component::Rtp => &ports.rtp,
        Component::Rtcp => &ports.rtcp,
    }
}

/// Larger than any packet of sound; what is larger is cut and then refused as malformed.
const DATAGRAM_BYTES: usize = 2048;

/// A PIN, the key that ends it, and a choice or two.
const MAX_KEYED_AHEAD: usize = 32;
