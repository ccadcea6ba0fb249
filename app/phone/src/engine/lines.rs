//! The accounts of the phone at work, each a line of its own: its registration, its mailbox, its secrets.
//! Calls belong to a line. `docs/adr/0018-several-accounts.md` says why one engine holds them all.

use std::sync::Arc;
use std::task::Poll;

use super::Engine;
use super::registration::Endpoint;
use super::secret::Secret;
use super::servers::Refusal;
use crate::command::{Password, Pin};
use crate::event::Event;
use crate::settings::AccountSettings;
use crate::snapshot::{
    AccountId, AccountView, CallId, Cause, MessageWaiting, RegistrationView, SkipPin, VoicemailView,
};
use crate::voicemail;

/// One account at work.
pub(super) struct Line {
    pub(super) id: AccountId,
    pub(super) settings: AccountSettings,
    pub(super) endpoint: Option<Endpoint>,
    pub(super) password: Secret<Password>,
    /// The PIN of the mailbox.
    pub(super) pin: Secret<Pin>,
    /// The password of the TURN server.
    pub(super) turn_secret: Secret<Password>,
    /// The search for the servers of ICE that counts, the last one.
    pub(super) search: u64,
    pub(super) relay_refusal: Refusal,
    /// The sign-in that counts; what was prepared for an older one is not used.
    pub(super) sign_in: u64,
    /// What has kept the last sign-in from looking for its server.
    pub(super) obstacle: Option<Cause>,
    pub(super) registration: RegistrationView,
    pub(super) message_waiting: Option<MessageWaiting>,
    pub(super) turn_password_known: bool,
}

impl Line {
    /// An account that has done nothing yet, and whose secrets may be in the keyring.
    pub(super) fn new(settings: AccountSettings) -> Self {
        Self {
            id: settings.id(),
            settings,
            endpoint: None,
            password: Secret::InKeyring,
            pin: Secret::InKeyring,
            turn_secret: Secret::InKeyring,
            search: 0,
            relay_refusal: Refusal::default(),
            sign_in: 0,
            obstacle: None,
            registration: RegistrationView::default(),
            message_waiting: None,
            turn_password_known: false,
        }
    }

    /// Whether it has never been signed in.
    pub(super) fn is_new(&self) -> bool {
        self.sign_in == 0
    }

    fn view(&self, place: usize) -> AccountView {
        AccountView {
            id: self.id.clone(),
            place,
            settings: self.settings.clone(),
            registration: self.standing(),
            message_waiting: self.message_waiting,
            voicemail: self.voicemail(),
            skip_pin: self.skip_pin(),
            pin_known: self.pin.known().is_some(),
            turn_password_known: self.turn_password_known,
            connection: self.connection().map(Arc::new),
            cause: self.cause(),
        }
    }

    /// How it stands, with its sentence in the language that is spoken.
    pub(super) fn standing(&self) -> RegistrationView {
        match &self.endpoint {
            Some(endpoint) => endpoint.say_anew(&self.registration),
            None => self.registration.clone(),
        }
    }

    pub(super) fn voicemail(&self) -> Option<VoicemailView> {
        let account = &self.endpoint.as_ref()?.account;
        Some(VoicemailView {
            address: account.voicemail.to_string(),
            origin: account.voicemail_origin,
        })
    }

    pub(super) fn skip_pin(&self) -> SkipPin {
        match &self.endpoint {
            Some(endpoint) => voicemail::skip_pin(&endpoint.account, &endpoint.trust()),
            None => SkipPin::NotRegistered,
        }
    }

    pub(super) fn is_registered(&self) -> bool {
        self.registration == RegistrationView::Registered
    }

    pub(super) fn is_signed_out(&self) -> bool {
        self.endpoint.is_none() || self.registration == RegistrationView::SignedOut
    }
}

/// All lines in the order of the user; the first one is used where nothing else is said.
#[derive(Default)]
pub(super) struct Lines {
    all: Vec<Line>,
    /// Whose events are taken first in the next turn, so that a busy server silences no other.
    turn: usize,
}

impl Lines {
    pub(super) fn first(&self) -> Option<&Line> {
        self.all.first()
    }

    pub(super) fn first_mut(&mut self) -> Option<&mut Line> {
        self.all.first_mut()
    }

    pub(super) fn get(&self, id: &AccountId) -> Option<&Line> {
        self.all.iter().find(|line| line.id == *id)
    }

    pub(super) fn get_mut(&mut self, id: &AccountId) -> Option<&mut Line> {
        self.all.iter_mut().find(|line| line.id == *id)
    }

    pub(super) fn endpoint(&self, id: &AccountId) -> Option<&Endpoint> {
        self.get(id)?.endpoint.as_ref()
    }

    pub(super) fn endpoint_mut(&mut self, id: &AccountId) -> Option<&mut Endpoint> {
        self.get_mut(id)?.endpoint.as_mut()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Line> {
        self.all.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Line> {
        self.all.iter_mut()
    }

    pub(super) fn ids(&self) -> Vec<AccountId> {
        self.all.iter().map(|line| line.id.clone()).collect()
    }

    pub(super) fn by_sign_in(&mut self, sign_in: u64) -> Option<&mut Line> {
        self.all.iter_mut().find(|line| line.sign_in == sign_in)
    }

    pub(super) fn by_search(&mut self, search: u64) -> Option<&mut Line> {
        self.all.iter_mut().find(|line| line.search == search)
    }

    pub(super) fn push(&mut self, line: Line) {
        self.all.push(line);
    }

    pub(super) fn remove(&mut self, id: &AccountId) -> Option<Line> {
        let place = self.all.iter().position(|line| line.id == *id)?;
        Some(self.all.remove(place))
    }

    /// Brings the lines into this order; those that are not named keep theirs behind it.
    pub(super) fn put_in_order(&mut self, order: &[AccountId]) {
        let place = |line: &Line| order.iter().position(|id| *id == line.id);
        self.all
            .sort_by_key(|line| place(line).unwrap_or(order.len()));
    }

    pub(super) fn views(&self) -> Vec<AccountView> {
        let lines = self.all.iter().enumerate();
        lines.map(|(place, line)| line.view(place)).collect()
    }

    pub(super) fn settings(&self) -> Vec<AccountSettings> {
        self.all.iter().map(|line| line.settings.clone()).collect()
    }

    /// The next event of whichever user agent has one.
    pub(super) async fn next(&mut self) -> (AccountId, hark_sip::Event) {
        self.turn = self.turn.wrapping_add(1);
        let first = self.turn % self.all.len().max(1);
        let (before, from) = self.all.split_at_mut(first);
        let lines = from.iter_mut().chain(before);
        let mut waiting: Vec<_> = lines
            .filter_map(|line| {
                let endpoint = line.endpoint.as_mut()?;
                Some((&line.id, Box::pin(endpoint.driver.next())))
            })
            .collect();
        std::future::poll_fn(|context| {
            for (id, event) in &mut waiting {
                if let Poll::Ready(event) = event.as_mut().poll(context) {
                    return Poll::Ready(((*id).clone(), event));
                }
            }
            Poll::Pending
        })
        .await
    }
}

impl Engine {
    pub(super) fn is_signed_out(&self) -> bool {
        self.lines.iter().all(Line::is_signed_out)
    }

    pub(super) fn calls_of(&self, account: &AccountId) -> Vec<CallId> {
        let calls = self.calls.values().map(|call| &call.view);
        calls
            .filter(|call| call.account == *account)
            .map(|call| call.id)
            .collect()
    }

    /// Tells what concerns an account. Of the first one it is told as if there were no other.
    pub(super) fn tell_of(&mut self, id: &AccountId, event: Event) {
        let is_first = self.lines.first().is_some_and(|line| line.id == *id);
        self.face.tell(match is_first {
            true => event,
            false => Event::Of(id.clone(), Box::new(event)),
        });
    }

    /// Brings what is shown of the accounts up to date.
    pub(super) fn show_lines(&mut self) {
        let mut views = self.lines.views();
        let others = views.split_off(views.len().min(1));
        self.shown.others = others;
        self.shown.show_account(views.pop());
    }
}
