//! Sending a held request on, to devices or to voicemail.

use std::time::Instant;

use hark_sip::FlowId;
use hark_sip::message::{Method, NameAddr, Request, Uri};
use hark_sip::transaction::ServerTransactionId;

use super::paths::{self, End};
use super::{ProtocolServer, Sent, UM_FLOW};
use crate::registrar::Device;
use crate::routing::Cause;

/// Where one branch goes.
pub(super) struct Goal {
    pub uri: Uri,
    pub flow: FlowId,
    pub device: Option<(String, Device)>,
}

impl ProtocolServer {
    /// Sends the request to the UM server: with a cause as call answering, without one as
    /// subscriber access (MS-EUMR §3.1.5).
    pub(super) fn send_to_voicemail(
        &mut self,
        now: Instant,
        id: ServerTransactionId,
        user: &str,
        cause: Option<Cause>,
    ) {
        let address = Uri::sip(user, self.settings.domain.clone());
        if let Some(forwarded) = self.forwarded.get_mut(&id) {
            let headers = &mut forwarded.request.headers;
            headers.remove("Diversion");
            if let Some(cause) = cause {
                let diversion = NameAddr::new(address.clone()).with_param("reason", cause.reason());
                headers.push("Diversion", diversion.with_param("counter", "1"));
            }
        }
        let uri = address.with_param("opaque", "app:voicemail");
        self.fan_out(
            now,
            id,
            vec![Goal {
                uri,
                flow: UM_FLOW,
                device: None,
            }],
        );
    }

    /// Sends the request to every goal.
    pub(super) fn fan_out(&mut self, now: Instant, id: ServerTransactionId, goals: Vec<Goal>) {
        let mut is_sent = false;
        for goal in goals {
            is_sent |= self.send_branch(now, id, goal).is_some();
        }
        if !is_sent && let Some(forwarded) = self.forwarded.get_mut(&id) {
            let actions = forwarded.fork.nowhere();
            self.act(now, id, actions);
        }
    }

    fn send_branch(&mut self, now: Instant, id: ServerTransactionId, goal: Goal) -> Option<()> {
        let forwarded = self.forwarded.get_mut(&id)?;
        let callee = self.transactions.flow_info(goal.flow)?;
        let mut request = forwarded.request.clone();
        request.uri = goal.uri;
        if !spend_hop(&mut request) {
            return None;
        }
        let mut token = None;
        if request.method == Method::Invite && forwarded.in_dialog.is_none() {
            let caller = self.transactions.flow_info(forwarded.flow)?;
            let new = self.transactions.ids.hex(8);
            paths::record(&mut request, &new, caller, callee);
            let near = End {
                flow: forwarded.flow,
                device: forwarded.sender.clone(),
            };
            self.paths.open(
                new.clone(),
                near,
                End {
                    flow: goal.flow,
                    device: goal.device,
                },
            );
            token = Some(new);
        }
        let branch = self.transactions.request(now, goal.flow, request)?;
        forwarded.fork.add(branch);
        forwarded.tokens.extend(token.map(|token| (branch, token)));
        self.sent.insert(branch, Sent::Branch(id));
        Some(())
    }
}

/// Counts the hop (RFC 3261 §16.6, 3); `false` when none is left.
pub(super) fn spend_hop(request: &mut Request) -> bool {
    let left = request
        .headers
        .max_forwards()
        .ok()
        .flatten()
        .unwrap_or(MAX_FORWARDS);
    let Some(left) = left.checked_sub(1) else {
        return false;
    };
    request.headers.set("Max-Forwards", left);
    true
}

/// For a request that came without Max-Forwards (RFC 3261 §16.6, 3).
const MAX_FORWARDS: u8 = 70;
