//! How the registration and its flow stand, for people who ask why something does not work.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::UserAgent;
use crate::input::{FlowId, FlowInfo};
use crate::keep_alive::Terms;

/// What holds at one moment. Nothing of it outlives the flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// The flow to the registrar that was asked for last, open or not.
    pub flow: Option<FlowId>,
    /// Both ends of it, once it is open.
    pub info: Option<FlowInfo>,
    /// Where the server sees us: `received` and `rport` of its responses (RFC 3581 §4). Another
    /// address than ours means that a translator stands between.
    pub seen_from: Option<SocketAddr>,
    /// The server challenged us on this flow and took our answer.
    pub authenticated: bool,
    /// When the registration ends unless it is refreshed.
    pub registered_until: Option<Instant>,
    /// How the open flow is kept.
    pub keep_alive: Option<KeepAlive>,
}

/// How an open flow is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepAlive {
    pub terms: Terms,
    /// From one ping to the next. Pings of [`Terms::Quiet`] are left out while something else is sent.
    pub interval: Duration,
    /// When the server last answered a ping.
    pub last_pong: Option<Instant>,
}

impl UserAgent {
    /// How the registration stands at this moment.
    pub fn standing(&self) -> Standing {
        let flow = &self.flow;
        let keep_alive = flow.info.map(|_| KeepAlive {
            terms: flow.terms,
            interval: flow.ping_interval,
            last_pong: flow.last_pong,
        });
        Standing {
            flow: flow.id,
            info: flow.info,
            seen_from: flow.seen_from,
            authenticated: flow.authenticated,
            registered_until: self.registration.ends_at(),
            keep_alive,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{Credentials, Password};
    use crate::framing::{Frame, Framer};
    use crate::identity::Epid;
    use crate::message::{Message, Response, StatusCode};
    use crate::{Account, Core as _, Event, IdSource, Input, Output, Registrar, Transport};

    fn agent() -> UserAgent {
        let account = Account {
            address: "sip:alice@example.test".parse().unwrap(),
            display_name: None,
            credentials: Credentials {
                username: "alice".into(),
                password: Password::new("secret"),
            },
            registrar: Registrar {
                transport: Transport::Tls,
                host: "192.0.2.1".into(),
                port: Some(5061),
                certificate_names: vec!["example.test".into()],
            },
            epid: Epid::from_random([1, 2, 3, 4, 5]),
            product: "Hark/test".into(),
        };
        UserAgent::new(account, IdSource::from_seed([7; 32]))
    }

    /// What goes out, and what is told, until the agent waits.
    fn drain(agent: &mut UserAgent) -> (Vec<u8>, Vec<Event>) {
        let (mut sent, mut told) = (Vec::new(), Vec::new());
        loop {
            match agent.poll_output() {
                Output::Transmit { bytes, .. } => sent.extend(bytes),
                Output::Event(event) => told.push(event),
                Output::Timeout(_) => return (sent, told),
                Output::Lookup(_) | Output::OpenFlow { .. } | Output::CloseFlow { .. } => {}
            }
        }
    }

    fn granted(register: &[u8]) -> Vec<u8> {
        let mut framer = Framer::default();
        framer.push(register);
        let Some(Frame::Message(Message::Request(request))) = framer.next() else {
            panic!("no request: {}", String::from_utf8_lossy(register));
        };
        let mut response = Response::to(&request, StatusCode::OK).with_to_tag("t");
        let via = request.headers.get("Via").unwrap();
        let seen = via.replace(";rport", ";received=198.51.100.7;rport=40000");
        response.headers.set("Via", seen);
        response.headers.set("Expires", "600");
        response.headers.set("Flow-Timer", "50");
        response.to_bytes()
    }

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "an Instant cannot be made from nothing"
    )]
    fn what_holds_for_a_flow_is_told_and_goes_with_it() {
        let mut agent = agent();
        let start = Instant::now();
        agent.register(start);
        drain(&mut agent);
        let flow = agent.standing().flow.expect("a flow is being opened");
        assert_eq!(
            agent.standing(),
            Standing {
                flow: Some(flow),
                ..Standing::default()
            }
        );

        let info = FlowInfo {
            transport: Transport::Tls,
            local: "10.0.0.2:50000".parse().unwrap(),
            remote: "192.0.2.1:5061".parse().unwrap(),
        };
        agent.handle_input(start, Input::FlowOpened { flow, info });
        let (register, _) = drain(&mut agent);
        let bytes = granted(&register);
        agent.handle_input(start, Input::Received { flow, bytes });
        drain(&mut agent);
        let standing = agent.standing();
        let keep_alive = standing.keep_alive.expect("an open flow is kept");
        assert_eq!(standing.info, Some(info));
        assert_eq!(standing.seen_from, "198.51.100.7:40000".parse().ok());
        assert_eq!(
            standing.registered_until,
            Some(start + Duration::from_secs(600))
        );
        assert_eq!(keep_alive.terms, Terms::Answered(Duration::from_secs(50)));
        assert_eq!(keep_alive.last_pong, None);

        let ping = start + keep_alive.interval;
        agent.handle_input(ping, Input::Timeout);
        let (sent, _) = drain(&mut agent);
        assert_eq!(sent, b"\r\n\r\n");
        let later = ping + Duration::from_secs(1);
        for expected in [1, 0] {
            let bytes = b"\r\n".to_vec();
            agent.handle_input(later, Input::Received { flow, bytes });
            let (_, told) = drain(&mut agent);
            let pongs = told.iter().filter(|event| matches!(event, Event::Pong));
            assert_eq!(pongs.count(), expected, "one answer for one ping");
        }
        let last_pong = agent.standing().keep_alive.and_then(|kept| kept.last_pong);
        assert_eq!(last_pong, Some(later));

        let error = crate::FlowError::NetworkChanged;
        agent.handle_input(later, Input::FlowClosed { flow, error });
        let standing = agent.standing();
        assert_eq!(
            (standing.info, standing.seen_from, standing.keep_alive),
            (None, None, None)
        );
        assert_eq!(standing.registered_until, None);
    }
}
