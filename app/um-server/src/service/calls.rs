//! Calls under way: answered, changed, bridged, ended.

use hark_media::{Codec, Encryption, MediaConfig, MediaSession, Rejection};
use hark_sip::message::{Host, NameAddr, StatusCode, Uri};
use hark_sip::{CallId, EndReason};
use hark_sip_net::{MediaPorts, bind_media_ports};
use tokio::sync::mpsc;

use super::{Origin, Service, Stage, VoiceCall};
use crate::event::{CallFailure, CallProgress};
use crate::um::agent::{PinDemand, Purpose};
use crate::um::bridge::Bridge;
use crate::um::line::{Line, LineCommand, Opening, Part, Reports};

impl Service {
    /// Answers a call to voicemail.
    pub(super) async fn take_call(
        &mut self,
        call: CallId,
        purpose: Purpose,
        offer: Option<Vec<u8>>,
    ) {
        let Some((ports, config)) = self.media().await else {
            return self.reject(call, StatusCode::SERVICE_UNAVAILABLE);
        };
        let stage = match offer {
            Some(_) => Stage::Answered,
            None => Stage::AwaitsAnswer,
        };
        let answer = match offer {
            Some(offer) => MediaSession::answer(config, &offer),
            None => Ok(MediaSession::offer(config)),
        };
        let (media, sdp) = match answer {
            Ok(answer) => answer,
            Err(rejection) => {
                tracing::info!(%rejection, "a call to voicemail leads to no sound");
                return self.reject(call, StatusCode::NOT_ACCEPTABLE_HERE);
            }
        };
        let (user, opening) = match purpose {
            Purpose::Access {
                user,
                pin: PinDemand::Skip,
            } => (user, Opening::Mailbox),
            Purpose::Deposit { user, caller } => (user, Opening::Deposit(caller)),
            Purpose::Access {
                user,
                pin: PinDemand::Ask,
            } => {
                let Some(pin) = self.user(&user).map(|user| user.pin.clone()) else {
                    return self.reject(call, StatusCode::NOT_FOUND);
                };
                (user, Opening::MailboxWithPin(pin))
            }
        };
        let part = self.voicemail(&user, opening);
        self.open_line(call, &user, Origin::Incoming, stage, (ports, media), part);
        let answered = self
            .parts
            .driver
            .command(|switch, now| switch.um(now, |um, now| um.answer(now, call, sdp)));
        match answered {
            Ok(()) if stage == Stage::Answered => self.command(call, LineCommand::Connected(None)),
            Ok(()) => {}
            // The caller gave up in the meantime.
            Err(_) => self.close_line(call),
        }
    }

    /// The other side has answered our offer.
    pub(super) fn answered(&mut self, call: CallId, sdp: Vec<u8>) {
        let Some(voice) = self.calls.get_mut(&call) else {
            return;
        };
        let was = std::mem::replace(&mut voice.stage, Stage::Answered);
        let _ = voice.line.send(LineCommand::Connected(Some(sdp)));
        if was == Stage::Answered {
            return;
        }
        if let Origin::CallBack { user_call, bridge } = &mut voice.origin
            && let Some(bridge) = bridge.take()
        {
            let user_call = *user_call;
            self.command(user_call, LineCommand::Bridge(bridge));
        }
        self.tell_progress(call, CallProgress::Answered);
    }

    pub(super) fn ended(&mut self, call: CallId, reason: &EndReason) {
        let progress = match self.calls.get(&call).map(|voice| voice.stage) {
            Some(Stage::Answered) => CallProgress::Ended,
            Some(Stage::AwaitsAnswer) => CallProgress::Failed(failure(reason)),
            None => return,
        };
        self.tell_progress(call, progress);
        self.end_call_back(call);
        if let Some(VoiceCall {
            origin: Origin::CallBack { user_call, .. },
            ..
        }) = self.calls.get(&call)
        {
            self.command(*user_call, LineCommand::CallBackEnded);
        }
        self.close_line(call);
    }

    /// Calls the sender of a message and connects them with the user.
    pub(super) async fn call_back(&mut self, user_call: CallId, address: &str) {
        let placed = self.place_call_back(user_call, address).await;
        if placed.is_none() {
            self.command(user_call, LineCommand::CallBackEnded);
        }
    }

    /// Ends the call to a sender that this call has led to, if there is one.
    pub(super) fn end_call_back(&mut self, call: CallId) {
        let is_for_call = |voice: &VoiceCall| matches!(&voice.origin, Origin::CallBack { user_call, .. } if *user_call == call);
        let sender = self.calls.iter().find(|(_, voice)| is_for_call(voice));
        if let Some(sender) = sender.map(|(sender, _)| *sender) {
            self.hang_up(sender);
        }
    }

    /// Ends a call; its end is told by the switch.
    pub(super) fn hang_up(&mut self, call: CallId) {
        let done = self
            .parts
            .driver
            .command(|switch, now| switch.um(now, |um, now| um.hang_up(now, call)));
        if let Err(error) = done {
            tracing::debug!(%error, "a call was over already");
        }
    }

    /// Accepts or refuses a change of the session.
    pub(super) fn answer_offer(&mut self, call: CallId, answer: Result<Vec<u8>, Rejection>) {
        let done = self.parts.driver.command(|switch, now| {
            switch.um(now, |um, now| match answer {
                Ok(sdp) => um.accept_offer(now, call, sdp),
                Err(_) => um.refuse_offer(now, call),
            })
        });
        if let Err(error) = done {
            tracing::debug!(%error, "a change of a call was over already");
        }
    }

    /// Sockets and settings for one more call; `None` when the machine has no more.
    pub(super) async fn media(&self) -> Option<(MediaPorts, MediaConfig)> {
        let mut seed = [0; 32];
        let mut cname = [0; 12];
        getrandom::fill(&mut seed).ok()?;
        getrandom::fill(&mut cname).ok()?;
        let ports = bind_media_ports(self.parts.config.listen).await;
        let ports = ports
            .inspect_err(|error| tracing::warn!(%error, "no ports for sound"))
            .ok()?;
        let config = MediaConfig {
            codecs: Codec::G711.to_vec(),
            encryption: Encryption::Optional,
            local_rtp: ports.rtp.local_addr().ok()?,
            local_rtcp: ports.rtcp.local_addr().ok()?,
            dtls: None,
            ice: None,
            cname: cname.iter().map(|byte| format!("{byte:02x}")).collect(),
            seed,
        };
        Some((ports, config))
    }

    pub(super) fn voicemail(&self, user: &str, opening: Opening) -> Part {
        Part::Voicemail {
            store: self.parts.store.clone(),
            user: user.to_owned(),
            opening,
        }
    }

    /// Starts the task of a call's line.
    pub(super) fn open_line(
        &mut self,
        call: CallId,
        user: &str,
        origin: Origin,
        stage: Stage,
        (ports, media): (MediaPorts, MediaSession),
        part: Part,
    ) {
        let (line, commands) = mpsc::unbounded_channel();
        let reports = Reports {
            call,
            to: self.reports_in.clone(),
        };
        self.lines.spawn(
            Line {
                ports,
                media,
                part,
                reports,
                commands,
            }
            .run(),
        );
        let user = user.to_owned();
        self.calls.insert(
            call,
            VoiceCall {
                line,
                user,
                origin,
                stage,
            },
        );
    }

    async fn place_call_back(&mut self, user_call: CallId, address: &str) -> Option<CallId> {
        let to: Uri = address.parse().ok()?;
        let user = self.calls.get(&user_call)?.user.clone();
        let (ports, config) = self.media().await?;
        let (media, offer) = MediaSession::offer(config);
        let from = self.address(&user, &self.user(&user)?.display_name);
        let call = self
            .parts
            .driver
            .command(|switch, now| switch.um(now, |um, now| um.call(now, from, to, offer)));
        let (near, far) = Bridge::pair();
        let origin = Origin::CallBack {
            user_call,
            bridge: Some(near),
        };
        let part = Part::Sender(far);
        self.open_line(
            call,
            &user,
            origin,
            Stage::AwaitsAnswer,
            (ports, media),
            part,
        );
        Some(call)
    }

    /// The address of a user or of a number in our domain.
    pub(super) fn address(&self, name: &str, display_name: &str) -> NameAddr {
        let domain: Host = self.parts.domain.clone();
        NameAddr::new(Uri::sip(name, domain)).with_display_name(display_name)
    }

    fn reject(&mut self, call: CallId, status: StatusCode) {
        let done = self
            .parts
            .driver
            .command(|switch, now| switch.um(now, |um, now| um.reject(now, call, status)));
        if let Err(error) = done {
            tracing::debug!(%error, "a call was over already");
        }
    }

    fn close_line(&mut self, call: CallId) {
        if let Some(voice) = self.calls.remove(&call) {
            let _ = voice.line.send(LineCommand::Ended);
        }
    }
}

fn failure(reason: &EndReason) -> CallFailure {
    match reason {
        EndReason::Refused { status, .. } => CallFailure::Refused {
            status: status.code(),
            reason: status.default_reason().to_owned(),
        },
        EndReason::NoSessionDescription => CallFailure::NoMedia,
        EndReason::Local
        | EndReason::HungUp { .. }
        | EndReason::Cancelled { .. }
        | EndReason::Forgotten { .. }
        | EndReason::SessionExpired
        | EndReason::Replaced { .. }
        | EndReason::TimedOut
        | EndReason::FlowLost
        | EndReason::TooManyRedirects
        | EndReason::NotAuthorized
        | EndReason::TooManyCalls => CallFailure::Unanswered,
    }
}
