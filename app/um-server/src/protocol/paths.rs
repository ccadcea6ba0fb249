//! Which two flows a dialog lies between, so that its requests find their way without names.
//!
//! Every INVITE that passes gets a Record-Route with a token (RFC 5626 §5.3). A request with such a
//! Route goes to the other end of the path that the token names. Tokens are random and kept here,
//! so nobody can make one up, and only the two ends of a path can use it.

use std::collections::BTreeMap;

use hark_sip::message::{Host, NameAddr, Request, Uri};
use hark_sip::{FlowId, FlowInfo, Transport};

use crate::registrar::{Device, Registrar};

/// The paths of all dialogs.
#[derive(Debug, Default)]
pub(super) struct Paths(BTreeMap<String, Path>);

#[derive(Debug)]
struct Path {
    caller: End,
    callee: End,
}

/// One end of a path.
#[derive(Debug, Clone)]
pub(super) struct End {
    pub flow: FlowId,
    /// The registered device behind the flow, which may come back on another one.
    pub device: Option<(String, Device)>,
}

impl Paths {
    pub fn open(&mut self, token: String, caller: End, callee: End) {
        self.0.insert(token, Path { caller, callee });
    }

    pub fn close(&mut self, token: &str) {
        self.0.remove(token);
    }

    pub fn is_full(&self) -> bool {
        self.0.len() >= MOST_PATHS
    }

    /// Takes our own values off the Route and returns the token that they held.
    pub fn take_route(
        &self,
        request: &mut Request,
        is_ours: impl Fn(&Uri) -> bool,
    ) -> Option<String> {
        let mut routes: Vec<_> = request.headers.values("Route").map(str::to_owned).collect();
        let mut token = None;
        let mut taken = 0;
        for route in &routes {
            let Some(route) = NameAddr::parse(route) else {
                break;
            };
            let known = route.uri.user().filter(|user| self.0.contains_key(*user));
            if known.is_none() && !is_ours(&route.uri) {
                break;
            }
            token = token.or(known.map(str::to_owned));
            taken += 1;
        }
        if taken > 0 {
            request.headers.remove("Route");
            for route in routes.split_off(taken) {
                request.headers.push("Route", route);
            }
        }
        token
    }

    /// The flow at the other end of a path, as seen from `flow`. `None` when the path does not
    /// begin there or its other end is gone.
    pub fn follow(
        &mut self,
        token: &str,
        flow: FlowId,
        registrar: &Registrar,
        is_open: impl Fn(FlowId) -> bool,
    ) -> Option<FlowId> {
        let path = self.0.get_mut(token)?;
        for end in [&mut path.caller, &mut path.callee] {
            end.find_again(registrar, &is_open);
        }
        let (caller, callee) = (path.caller.flow, path.callee.flow);
        match flow {
            _ if flow == caller => is_open(callee).then_some(callee),
            _ if flow == callee => is_open(caller).then_some(caller),
            _ => None,
        }
    }

    /// Forgets the paths that have lost both ends.
    pub fn flow_closed(&mut self, is_open: impl Fn(FlowId) -> bool) {
        self.0
            .retain(|_, path| is_open(path.caller.flow) || is_open(path.callee.flow));
    }
}

impl End {
    /// A device whose flow was lost is where it has registered since.
    fn find_again(&mut self, registrar: &Registrar, is_open: impl Fn(FlowId) -> bool) {
        if is_open(self.flow) {
            return;
        }
        let Some((user, device)) = &self.device else {
            return;
        };
        let bindings = registrar.bindings(user);
        if let Some(binding) = bindings.iter().find(|binding| binding.device == *device) {
            self.flow = binding.flow;
        }
    }
}

/// Adds the Record-Route for a path. Where its ends are reached over different transports or
/// addresses there are two, the callee's on top (RFC 5658 §5.1).
pub(super) fn record(request: &mut Request, token: &str, caller: FlowInfo, callee: FlowInfo) {
    let caller = route(token, caller);
    let callee = route(token, callee);
    if callee != caller {
        request.headers.insert_first("Record-Route", &caller);
    }
    request.headers.insert_first("Record-Route", callee);
}

fn route(token: &str, info: FlowInfo) -> NameAddr {
    let transport = match info.transport {
        Transport::Tcp => "tcp",
        Transport::Tls => "tls",
    };
    let uri = Uri::sip(token, Host::from(info.local.ip())).with_port(Some(info.local.port()));
    NameAddr::new(uri.with_param("transport", transport).with_flag("lr"))
}

/// More dialogs than a server in small has; further INVITEs are refused.
const MOST_PATHS: usize = 1024;
