//! What the owner of the user agent does in a script.

use std::time::{Duration, Instant};

use hark_sip::call::CallError;
use hark_sip::event::FlowTrust;
use hark_sip::message::StatusCode;
use hark_sip::user_agent::Visibility;
use hark_sip::{CallId, CallTarget, EventPackage, Presence, UserAgent};

use crate::script::Line;

/// Carries out an `app` line. Returns what it has to say at once, if anything.
pub(crate) fn command(now: Instant, agent: &mut UserAgent, line: &Line) -> Option<String> {
    let word = |at: usize| line.words.get(at).map(String::as_str).unwrap_or_default();
    let call = || CallId(word(1).parse().expect("the command names a call"));
    let sdp = || word(2).as_bytes().to_vec();
    let package = EventPackage::MessageSummary;
    match word(0) {
        "register" => agent.register(now),
        "unregister" => agent.unregister(now),
        "retry" => agent.retry_now(now),
        "subscribe" => agent.subscribe(now, package),
        "unsubscribe" => agent.unsubscribe(now, package),
        "publish" => agent.publish(now, presence(word(1))),
        "hidden" => agent.set_visibility(Visibility::Hidden),
        "trust" => return Some(trust(agent.flow_trust())),
        "invite" => {
            agent.invite(now, target(line), sdp_word(line));
        }
        "ring" => return said(agent.ring(now, call())),
        "answer" => return said(agent.answer(now, call(), sdp())),
        "reject" => {
            let code = word(2).parse().ok().and_then(StatusCode::new);
            return said(agent.reject(now, call(), code.expect("the command names a status")));
        }
        "cancel" => return said(agent.cancel(now, call())),
        "hang-up" => return said(agent.hang_up(now, call())),
        "modify" => return said(agent.modify(now, call(), sdp())),
        "accept" => return said(agent.accept_offer(now, call(), sdp())),
        "deflect" => {
            let target = word(2).parse().expect("the command names a URI");
            return said(agent.deflect(now, call(), &target, word(3)));
        }
        "digit" => {
            let digit = word(2).chars().next().expect("the command names a digit");
            let duration = Duration::from_millis(160);
            return said(agent.send_digit(now, call(), digit, duration));
        }
        "transfer" => {
            let target = word(2).parse().expect("the command names a URI");
            return said(agent.transfer(now, call(), target));
        }
        "transfer-to" => {
            let other = CallId(word(2).parse().expect("the command names two calls"));
            return said(agent.transfer_to_call(now, call(), other));
        }
        "follow" => return said(agent.follow_transfer(now, call(), sdp()).map(drop)),
        "refuse-transfer" => return said(agent.refuse_transfer(now, call())),
        "refuse" => return said(agent.refuse_offer(now, call())),
        other => panic!("line {}: there is no command {other}", line.number),
    }
    None
}

fn presence(word: &str) -> Presence {
    match word {
        "available" => Presence::Available,
        "busy" => Presence::Busy,
        "away" => Presence::Away,
        "offline" => Presence::Offline,
        other => panic!("there is no presence {other}"),
    }
}

fn target(line: &Line) -> CallTarget {
    let uri = line.words.get(1).and_then(|uri| uri.parse().ok());
    let mut target = CallTarget::new(uri.expect("the command names a URI"));
    for (name, value) in &line.headers {
        let (headers, name) = match name.strip_prefix("! ") {
            Some(name) => (&mut target.guarded_headers, name),
            None => (&mut target.headers, name.as_str()),
        };
        headers.push((name.to_owned(), value.clone()));
    }
    target
}

fn sdp_word(line: &Line) -> Vec<u8> {
    line.value("sdp").unwrap_or("offer").as_bytes().to_vec()
}

fn said(outcome: Result<(), CallError>) -> Option<String> {
    outcome.err().map(|error| format!("error {error}"))
}

fn trust(trust: FlowTrust) -> String {
    let FlowTrust {
        transport,
        registered,
        authenticated,
    } = trust;
    format!("trust {transport:?} registered={registered} authenticated={authenticated}")
}
