//! The early dialogs of one INVITE, one for each branch that a proxy rings (RFC 3261 §12.1,
//! §13.2.2.1).

use crate::call::Fork;
use crate::dialog::{Dialog, DialogId};
use crate::message::{Request, Response};

#[derive(Debug, Default)]
pub(super) struct Forks {
    early: Vec<EarlyDialog>,
    /// Numbers go on when the INVITE is sent anew, so that no two forks of a call share one.
    next: u32,
}

/// What one branch has told before it answers.
#[derive(Debug)]
pub(super) struct EarlyDialog {
    pub(super) dialog: Dialog,
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
            .position(|early| early.dialog.id == dialog.id);
        let at = match known {
            Some(at) => at,
            None if self.early.len() < MAX_FORKS => {
                let fork = Fork(self.next);
                self.next += 1;
                self.early.push(EarlyDialog {
                    dialog,
                    fork,
                    last_rseq: None,
                    sdp: None,
                });
                self.early.len() - 1
            }
            None => return None,
        };
        let early = self.early.get_mut(at)?;
        early.dialog.refresh_target(&response.headers);
        if let Some(sdp) = response.session_description() {
            early.sdp = Some(sdp.to_vec());
        }
        Some(early)
    }

    /// The dialog of the branch that answered, and the SDP that it sent before the answer.
    pub(super) fn confirm(
        &mut self,
        invite: &Request,
        response: &Response,
    ) -> Option<(Dialog, Option<Vec<u8>>)> {
        let new = Dialog::of_client(invite, response)?;
        let known = self
            .early
            .iter()
            .position(|early| early.dialog.id == new.id);
        let Some(at) = known else {
            return Some((new, None));
        };
        let mut early = self.early.swap_remove(at);
        early.dialog.confirm(response);
        Some((early.dialog, early.sdp))
    }

    /// Forgets the branches of an INVITE that is sent anew.
    pub(super) fn clear(&mut self) {
        self.early.clear();
    }

    pub(super) fn owns(&self, dialog: &DialogId) -> bool {
        self.early.iter().any(|early| early.dialog.id == *dialog)
    }
}

/// More branches than any proxy rings at once.
const MAX_FORKS: usize = 16;
