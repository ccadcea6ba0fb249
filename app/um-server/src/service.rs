//! The server's task: owns the switch, the voice lines and what connects them.

mod calls;
mod requests;

use std::collections::BTreeMap;
use std::time::Duration;

use hark_sip::CallId;
use hark_sip::message::Host;
use hark_sip_net::Driver;
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinSet;

use crate::config::{ServerConfig, User};
use crate::event::{CallProgress, PlacedCall, ServerEvent};
use crate::protocol::ProtocolEvent;
use crate::server::Request;
use crate::store::Store;
use crate::switch::{Switch, SwitchEvent};
use crate::um::agent::AgentEvent;
use crate::um::bridge::Bridge;
use crate::um::line::{LineCommand, Report};

/// What the server's task is made of.
pub(crate) struct Parts {
    pub config: ServerConfig,
    pub domain: Host,
    pub store: Store,
    pub driver: Driver<Switch>,
    pub requests: mpsc::UnboundedReceiver<Request>,
    pub events: broadcast::Sender<ServerEvent>,
}

/// The server's task.
pub(crate) struct Service {
    parts: Parts,
    calls: BTreeMap<CallId, VoiceCall>,
    /// The tasks of the lines.
    lines: JoinSet<()>,
    reports: mpsc::UnboundedReceiver<(CallId, Report)>,
    reports_in: mpsc::UnboundedSender<(CallId, Report)>,
}

/// A call of the UM server.
struct VoiceCall {
    line: mpsc::UnboundedSender<LineCommand>,
    /// Whose mailbox it is for, or for a called sender, whom the sender is called by.
    user: String,
    origin: Origin,
    stage: Stage,
}

/// How a call came about.
enum Origin {
    /// Somebody called voicemail.
    Incoming,
    /// The owner of the server asked for it.
    Placed(PlacedCall),
    /// A user wants to talk with the sender of a message. The bridge's end goes to the user's call
    /// once the sender has answered.
    CallBack {
        user_call: CallId,
        bridge: Option<Bridge>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The other side's answer to our offer is awaited.
    AwaitsAnswer,
    Answered,
}

impl Service {
    pub fn new(parts: Parts) -> Self {
        let (reports_in, reports) = mpsc::unbounded_channel();
        Self {
            parts,
            calls: BTreeMap::new(),
            lines: JoinSet::new(),
            reports,
            reports_in,
        }
    }

    /// Serves until it is told to stop.
    pub async fn run(mut self) {
        for user in self.parts.config.users.clone() {
            self.tell_counts(&user.name);
        }
        loop {
            tokio::select! {
                event = self.parts.driver.next() => self.switch_said(event).await,
                Some((call, report)) = self.reports.recv() => self.line_said(call, report).await,
                request = self.parts.requests.recv() => match request {
                    Some(Request::Shutdown) | None => break,
                    Some(request) => self.serve(request).await,
                },
            }
            while self.lines.try_join_next().is_some() {}
        }
        self.stop().await;
    }

    /// Hangs up, lets every line put away what it has recorded, and closes the flows.
    async fn stop(mut self) {
        for (call, voice) in std::mem::take(&mut self.calls) {
            self.hang_up(call);
            let _ = voice.line.send(LineCommand::Ended);
        }
        let all_ended = async { while self.lines.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(GOODBYE, all_ended).await;
        self.parts.driver.close(GOODBYE).await;
    }

    async fn switch_said(&mut self, event: SwitchEvent) {
        match event {
            SwitchEvent::Protocol(ProtocolEvent::SignedIn { user, transport }) => {
                self.tell(ServerEvent::SignedIn { user, transport });
            }
            SwitchEvent::Protocol(ProtocolEvent::SignedOut { user }) => {
                self.tell(ServerEvent::SignedOut { user });
            }
            SwitchEvent::Call(AgentEvent::Incoming {
                call,
                purpose,
                offer,
            }) => {
                self.take_call(call, purpose, offer).await;
            }
            SwitchEvent::Call(AgentEvent::Ringing { call }) => {
                self.tell_progress(call, CallProgress::Ringing);
            }
            SwitchEvent::Call(AgentEvent::Answered { call, sdp }) => self.answered(call, sdp),
            SwitchEvent::Call(AgentEvent::Offer { call, sdp }) => {
                self.command(call, LineCommand::Offer(sdp));
            }
            SwitchEvent::Call(AgentEvent::Digit { call, digit }) => {
                self.command(call, LineCommand::Key(digit));
            }
            SwitchEvent::Call(AgentEvent::Ended { call, reason }) => self.ended(call, &reason),
        }
    }

    async fn line_said(&mut self, call: CallId, report: Report) {
        match report {
            Report::HangUp => self.hang_up(call),
            Report::Answer(answer) => self.answer_offer(call, answer),
            Report::CallBack(address) => self.call_back(call, &address).await,
            Report::EndCallBack => self.end_call_back(call),
            Report::MailboxChanged { user } => self.tell_counts(&user),
            Report::Event(event) => self.tell(event),
        }
    }

    /// Tells the user's devices, and whoever listens, what waits in a mailbox.
    fn tell_counts(&mut self, user: &str) {
        let counts = self.parts.store.counts(user);
        self.parts
            .driver
            .command(|switch, now| switch.set_message_counts(now, user, counts));
        let (new, saved) = (counts.new, counts.saved);
        self.tell(ServerEvent::MessageWaiting {
            user: user.to_owned(),
            new,
            saved,
        });
    }

    /// Tells how a call that was asked for goes on.
    fn tell_progress(&self, call: CallId, progress: CallProgress) {
        if let Some(VoiceCall {
            origin: Origin::Placed(placed),
            ..
        }) = self.calls.get(&call)
        {
            self.tell(ServerEvent::Placed {
                call: *placed,
                progress,
            });
        }
    }

    fn tell(&self, event: ServerEvent) {
        // Nobody needs to listen.
        let _ = self.parts.events.send(event);
    }

    fn command(&self, call: CallId, command: LineCommand) {
        if let Some(voice) = self.calls.get(&call) {
            // A line that has ended has said so.
            let _ = voice.line.send(command);
        }
    }

    fn user(&self, name: &str) -> Option<&User> {
        self.parts
            .config
            .users
            .iter()
            .find(|user| user.answers_to(name))
    }
}

/// How long the server waits at its end for what is on the way.
const GOODBYE: Duration = Duration::from_secs(2);
