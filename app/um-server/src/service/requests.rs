//! What the owner of the server asks for: Play on Phone, calls of a demo caller, lists.

use hark_media::MediaSession;
use hark_sip::message::Uri;

use super::{Origin, Service, Stage};
use crate::event::{CallFailure, CallProgress, PlacedCall, ServerEvent};
use crate::server::{Caller, MessageChoice, Request};
use crate::status::{MessageStatus, UserStatus};
use crate::store::Message;
use crate::um::line::Opening;

impl Service {
    pub(super) async fn serve(&mut self, request: Request) {
        match request {
            Request::PlayOnPhone {
                call,
                user,
                message,
            } => {
                let done = self.play_on_phone(call, &user, message).await;
                self.tell_failure(call, done);
            }
            Request::PlaceCall { call, to, from } => {
                let done = self.place_call(call, &to, &from).await;
                self.tell_failure(call, done);
            }
            Request::Users { reply } => {
                let _ = reply.send(self.users());
            }
            Request::Mailbox { user, reply } => {
                let _ = reply.send(self.mailbox(&user));
            }
            // `Service::run` ends with it.
            Request::Shutdown => {}
        }
    }

    /// OX-8.
    async fn play_on_phone(
        &mut self,
        placed: PlacedCall,
        user: &str,
        choice: MessageChoice,
    ) -> Result<(), CallFailure> {
        let user = self.user(user).ok_or(CallFailure::NoSuchUser)?.name.clone();
        let message = self
            .choose(&user, choice)
            .ok_or(CallFailure::NoSuchMessage)?;
        let (ports, config) = self.media().await.ok_or(CallFailure::NoMedia)?;
        let (media, offer) = MediaSession::offer(config);
        let subject = MessageStatus::new(&message).subject();
        let call = self.parts.driver.command(|switch, now| {
            switch.um(now, |um, now| um.play_on_phone(now, &user, &subject, offer))
        });
        let part = self.voicemail(&user, Opening::Message(message.id));
        let origin = Origin::Placed(placed);
        self.open_line(
            call,
            &user,
            origin,
            Stage::AwaitsAnswer,
            (ports, media),
            part,
        );
        Ok(())
    }

    async fn place_call(
        &mut self,
        placed: PlacedCall,
        to: &str,
        from: &Caller,
    ) -> Result<(), CallFailure> {
        let user = self.user(to).ok_or(CallFailure::NoSuchUser)?.name.clone();
        let (ports, config) = self.media().await.ok_or(CallFailure::NoMedia)?;
        let (media, offer) = MediaSession::offer(config);
        let from = self.address(&from.number, &from.display_name);
        let uri = Uri::sip(&user, self.parts.domain.clone());
        let call = self
            .parts
            .driver
            .command(|switch, now| switch.um(now, |um, now| um.call(now, from, uri, offer)));
        let part = self.voicemail(&user, Opening::Announcement);
        let origin = Origin::Placed(placed);
        self.open_line(
            call,
            &user,
            origin,
            Stage::AwaitsAnswer,
            (ports, media),
            part,
        );
        Ok(())
    }

    fn tell_failure(&self, call: PlacedCall, done: Result<(), CallFailure>) {
        if let Err(failure) = done {
            let progress = CallProgress::Failed(failure);
            self.tell(ServerEvent::Placed { call, progress });
        }
    }

    fn choose(&self, user: &str, choice: MessageChoice) -> Option<Message> {
        let mailbox = self.parts.store.mailbox(user)?;
        let mut newest_first = mailbox.messages().iter().rev();
        match choice {
            MessageChoice::Newest => newest_first.next().cloned(),
            MessageChoice::Number(number) => newest_first.nth(number.checked_sub(1)?).cloned(),
        }
    }

    fn users(&self) -> Vec<UserStatus> {
        let status = |user: &crate::config::User| {
            let counts = self.parts.store.counts(&user.name);
            UserStatus {
                name: user.name.clone(),
                display_name: user.display_name.clone(),
                devices: self.parts.driver.core().device_count(&user.name),
                new: counts.new,
                saved: counts.saved,
            }
        };
        self.parts.config.users.iter().map(status).collect()
    }

    fn mailbox(&self, user: &str) -> Option<Vec<MessageStatus>> {
        let user = &self.user(user)?.name;
        let mailbox = self.parts.store.mailbox(user)?;
        Some(
            mailbox
                .messages()
                .iter()
                .rev()
                .map(MessageStatus::new)
                .collect(),
        )
    }
}
