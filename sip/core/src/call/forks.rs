//! The early dialogs of one INVITE, one for each branch that a proxy rings (RFC 3261 §12.1,
//! §13.2.2.1).

use crate::call::Fork;
use crate::call::scope::Scope;
use crate::call::session::Session;
use crate::call::turn::Turn;
use crate::dialog::{Dialog, DialogId};
use crate::message::{Request, Response};
use crate::transaction::ClientTransactionId;

#[derive(Debug, Default)]
pub(super) struct Forks {
    early: Vec<EarlyDialog>,
    /// Numbers go on when the INVITE is sent anew, so that no two forks of a call share one.
    next: u32,
}

/// What one branch has told before it answers.
#[derive(Debug)]
pub(super) struct EarlyDialog {
    pub(super) session: Session,
    pub(super) fork: Fork,
    /// The last reliable provisional response of this branch (RFC 3262 §4).
    pub(super) last_rseq: Option<u32>,
    pub(super) sdp: Option<Vec<u8>>,
}

impl Forks {
    /// The early dialog that a provisional response belongs to; `None` beyond the limit.
    pub(super) fn hear(
        &mut self,
        invite: &Request,
        response: &Response,
    ) -> Option<&mut EarlyDialog> {
        let dialog = Dialog::of_client(invite, response)?;
        let known = self
            .early
            .iter()
            .position(|early| early.session.dialog.id == dialog.id);
        let at = match known {
            Some(at) => at,
            None if self.early.len() < MAX_FORKS => {
                let fork = Fork(self.next);
                self.next += 1;
                self.early.push(EarlyDialog {
                    session: Session::early(dialog, Turn::Theirs),
                    fork,
                    last_rseq: None,
                    sdp: None,
                });
                self.early.len() - 1
            }
            None => return None,
        };
        let early = self.early.get_mut(at)?;
        early.session.dialog.refresh_target(&response.headers);
        if let Some(sdp) = response.session_description() {
            early.sdp = Some(sdp.to_vec());
        }
        Some(early)
    }

    /// The branch that answered, and the SDP that it sent before the answer.
    pub(super) fn confirm(
        &mut self,
        invite: &Request,
        response: &Response,
    ) -> Option<(Session, Option<Vec<u8>>)> {
        let new = Dialog::of_client(invite, response)?;
        let known = self
            .early
            .iter()
            .position(|early| early.session.dialog.id == new.id);
        let Some(at) = known else {
            return Some((Session::early(new, Turn::Theirs), None));
        };
        let mut early = self.early.swap_remove(at);
        early.session.dialog.confirm(response);
        Some((early.session, early.sdp))
    }

    /// Forgets the branches of an INVITE that is over or sent anew, and leaves no request of theirs
    /// unanswered.
    pub(super) fn clear(&mut self, scope: &mut Scope<'_>) {
        for early in self.early.drain(..) {
            if let Some(offer) = early.session.offer {
                offer.withdraw(scope);
            }
        }
    }

    /// The branch of this dialog.
    pub(super) fn of_dialog(&mut self, dialog: &DialogId) -> Option<&mut Session> {
        let mut sessions = self.early.iter_mut().map(|early| &mut early.session);
        sessions.find(|session| session.dialog.id == *dialog)
    }

    /// The branch that asked for this change.
    pub(super) fn of_change(&mut self, transaction: ClientTransactionId) -> Option<&mut Session> {
        let mut sessions = self.early.iter_mut().map(|early| &mut early.session);
        sessions.find(|session| session.has_sent(transaction))
    }

    /// The branch in which we have asked for a change.
    pub(super) fn changing(&mut self) -> Option<&mut Session> {
        let mut sessions = self.early.iter_mut().map(|early| &mut early.session);
        sessions.find(|session| session.change.is_some())
    }

    /// The branch whose first offer is answered, so that its session can change: the one that asks
    /// for a change, otherwise the last.
    pub(super) fn agreed(&mut self) -> Option<&mut Session> {
        let asks = |early: &EarlyDialog| early.session.offer.is_some();
        let free = |early: &EarlyDialog| early.session.opening == Turn::Free;
        let at = self.early.iter().position(asks);
        let at = at.or_else(|| self.early.iter().rposition(free))?;
        self.early.get_mut(at).map(|early| &mut early.session)
    }

    pub(super) fn owns(&self, dialog: &DialogId) -> bool {
        self.early
            .iter()
            .any(|early| early.session.dialog.id == *dialog)
    }
}

/// More branches than any proxy rings at once.
const MAX_FORKS: usize = 16;
