//! Calls that are sent on, by rule or by hand, and the rules themselves.

use std::time::Duration;

use super::Engine;
use super::call::Stage;
use crate::account::Account;
use crate::policy::{Divert, DivertReason, Treatment, Wishes};
use crate::portable::Portable;
use crate::settings::RingRules;
use crate::snapshot::{AccountId, CallId, Outcome};
use crate::{dial, words};

impl Engine {
    /// What the settings ask for, read for an account. Rules that fit no longer, because the account
    /// is another one, are told and ring everything.
    pub(super) fn wishes(&mut self, account: &Account) -> Wishes {
        Wishes::read(&self.shown.ring_rules, account).unwrap_or_else(|error| {
            self.complain(error.to_string());
            Wishes::default()
        })
    }

    /// The rules, or the account that they are read for, are others.
    pub(super) fn reread_rules(&mut self) {
        for id in self.lines.ids() {
            let Some(account) = self.lines.endpoint(&id).map(|it| it.account.clone()) else {
                continue;
            };
            let wishes = self.wishes(&account);
            if let Some(endpoint) = self.lines.endpoint_mut(&id) {
                endpoint.wishes = wishes;
            }
        }
    }

    pub(super) fn set_ring_rules(&mut self, rules: RingRules) {
        let who_rings = rules;
        let rules = self
            .hold(Portable {
                who_rings,
                ..self.kept.portable()
            })
            .who_rings;
        let endpoints = self.lines.iter().filter_map(|line| line.endpoint.as_ref());
        let read: Result<Vec<_>, _> = endpoints
            .map(|endpoint| Wishes::read(&rules, &endpoint.account))
            .collect();
        match read {
            Ok(wishes) => {
                let endpoints = self
                    .lines
                    .iter_mut()
                    .filter_map(|line| line.endpoint.as_mut());
                for (endpoint, wishes) in endpoints.zip(wishes) {
                    endpoint.wishes = wishes;
                }
            }
            Err(error) => return self.complain(error.to_string()),
        }
        self.shown.ring_rules = rules.clone();
        self.kept.who_rings = rules;
        self.aside.rules = None;
        self.save();
    }

    /// The user sends one ringing call on.
    pub(super) fn deflect_by_hand(&mut self, id: CallId, to: &str) {
        let call = self.calls.get(&id);
        let endpoint = call.and_then(|call| self.lines.endpoint(&call.view.account));
        let (Some(call), Some(endpoint)) = (call, endpoint) else {
            return self.complain(words::no_such_call(id));
        };
        if !matches!(call.stage, Stage::Ringing { .. }) {
            return self.complain(words::nothing_to_answer().into());
        }
        if !call.view.may_deflect {
            return self.complain(words::never_sent_on().into());
        }
        match dial::destination(self.meant(to), &endpoint.account.domain) {
            Ok(dialled) => self.deflect(
                id,
                &Divert {
                    to: dialled.uri,
                    reason: DivertReason::Deflection,
                    after: Duration::ZERO,
                },
            ),
            Err(error) => self.complain(error.to_string()),
        }
    }

    /// Nobody has answered in time.
    pub(super) fn divert_unanswered(&mut self, id: CallId, now: tokio::time::Instant) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        if call.divert_at.take_if(|due| *due <= now).is_none() {
            return;
        }
        if let Treatment::Ring {
            unanswered: Some(divert),
        } = &call.treatment
        {
            let divert = divert.clone();
            self.deflect(id, &divert);
        }
    }

    pub(super) fn deflect_sip(
        &mut self,
        account: &AccountId,
        sip: hark_sip::CallId,
        divert: &Divert,
    ) {
        if let Some(endpoint) = self.lines.endpoint_mut(account) {
            let (to, reason) = (&divert.to, divert.reason.name());
            let sent = endpoint
                .driver
                .command(|agent, now| agent.deflect(now, sip, to, reason));
            if let Err(error) = sent {
                tracing::debug!(%error, "a call was over before it was sent on");
            }
        }
    }

    fn deflect(&mut self, id: CallId, divert: &Divert) {
        let call = self.calls.get(&id);
        if let Some((sip, account)) = call.and_then(|it| Some((it.sip?, it.view.account.clone()))) {
            self.deflect_sip(&account, sip, divert);
            self.finish(id, Outcome::Forwarded, Some(words::sent_on().into()));
        }
    }
}
