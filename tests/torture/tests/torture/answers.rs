//! What a user agent answers to every torture message of RFC 4475 and RFC 5118, in the place of an
//! endpoint that is no registrar and has no call.

use std::time::Instant;

use hark_sip::auth::{Credentials, Password};
use hark_sip::identity::Epid;
use hark_sip::user_agent::Visibility;
use hark_sip::{
    Account, Core as _, Event, FlowId, FlowInfo, FlowTarget, IdSource, Input, Output, Transport,
    UserAgent,
};

use crate::corpus::{self, Verdict, check};

/// Name of the message and what comes of it: the status lines that go out (without 100), `call` for
/// one that may ring, `dropped` for what is counted and not processed.
const VERDICTS: &[Verdict] = &[
    // 3.1.1: valid.
    ("wsinv", &["481"]),
    ("intmeth", &["501"]),
    ("esc01", &["call"]),
    ("escnull", &["405"]),
    ("esc02", &["501"]),
    ("lwsdisp", &["200"]),
    ("longreq", &["call"]),
    // The octets behind the REGISTER are an INVITE on a stream, and its Via is broken.
    ("dblreq", &["405", "400", "dropped"]),
    ("semiuri", &["200"]),
    ("transports", &["200"]),
    ("mpart01", &["405"]),
    ("unreason", &["dropped"]),
    ("noreason", &["dropped"]),
    // 3.1.2: invalid.
    ("badinv01", &["400", "dropped"]),
    ("clerr", &[]),
    ("ncl", &["400", "dropped"]),
    ("scalar02", &["400", "dropped"]),
    ("scalarlg", &["dropped"]),
    ("quotbal", &["400", "dropped"]),
    ("ltgtruri", &["400", "dropped"]),
    ("lwsruri", &["400", "dropped"]),
    ("lwsstart", &["400", "dropped"]),
    ("trws", &["400", "dropped"]),
    ("escruri", &["call"]),
    ("baddate", &["call"]),
    ("regbadct", &["400", "dropped"]),
    ("badaspec", &["200"]),
    ("baddn", &["200"]),
    ("badvers", &["505", "dropped"]),
    ("mismatch01", &["400", "dropped"]),
    ("mismatch02", &["400", "dropped"]),
    ("bigcode", &["dropped"]),
    // 3.2 and 3.3: for the layers above the parser.
    ("badbranch", &["200"]),
    ("insuf", &["400", "dropped"]),
    ("unkscm", &["416"]),
    ("novelsc", &["416"]),
    ("unksm2", &["405"]),
    ("bext01", &["420"]),
    ("invut", &["415"]),
    ("regaut01", &["405"]),
    ("multi01", &["400", "dropped"]),
    ("mcl01", &["400", "dropped"]),
    ("bcast", &["dropped"]),
    ("zeromf", &["200"]),
    ("cparam01", &["405"]),
    ("cparam02", &["405"]),
    ("regescrt", &["405"]),
    ("sdp01", &["406"]),
    // 3.4, and what no section mentions.
    ("inv2543", &["400", "dropped"]),
    ("test", &["dropped"]),
    // RFC 5118.
    ("ipv6-good", &["405"]),
    ("ipv6-bad", &["400", "dropped"]),
    ("port-ambiguous", &["405"]),
    ("port-unambiguous", &["405"]),
    ("via-received-param-with-delim", &["481"]),
    ("via-received-param-no-delim", &["200"]),
    ("ipv6-in-sdp", &["call"]),
    ("mult-ip-in-header", &["481"]),
    ("mult-ip-in-sdp", &["call"]),
    ("ipv4-mapped-ipv6", &["call"]),
    ("ipv6-bug-abnf-3-colons", &["200"]),
    ("ipv6-correct-abnf-2-colons", &["200"]),
];

#[test]
fn rfc4475_rfc5118_answers() {
    check(VERDICTS, |message| {
        let (mut agent, flow) = signed_in(Visibility::Visible);
        tell(&mut agent, flow, message)
    });
}

/// Whatever is wrong with a new call or with OPTIONS, its sender must not learn that somebody is
/// there.
#[test]
fn ox10_objections_do_not_give_away_who_appears_offline() {
    for name in [
        "unkscm", "novelsc", "bext01", "invut", "sdp01", "lwsdisp", "zeromf",
    ] {
        let (mut agent, flow) = signed_in(Visibility::Hidden);
        let message = corpus::message(name);
        assert_eq!(tell(&mut agent, flow, &message), ["480"], "{name}");
    }
}

/// A user agent whose flow is open.
fn signed_in(visibility: Visibility) -> (UserAgent, FlowId) {
    let mut agent = UserAgent::new(account(), IdSource::from_seed([1; 32]));
    agent.set_visibility(visibility);
    agent.register(an_instant());
    let outputs = std::iter::from_fn(|| Some(agent.poll_output()));
    let flow = outputs
        .take_while(|output| !matches!(output, Output::Timeout(_)))
        .find_map(|output| match output {
            Output::OpenFlow { flow, .. } => Some(flow),
            Output::Transmit { .. }
            | Output::CloseFlow { .. }
            | Output::Event(_)
            | Output::Timeout(_) => None,
        })
        .expect("signing in opens a flow");
    let info = FlowInfo {
        transport: Transport::Tls,
        local: ([192, 0, 2, 1], 5000).into(),
        remote: ([192, 0, 2, 2], 5061).into(),
    };
    agent.handle_input(an_instant(), Input::FlowOpened { flow, info });
    while !matches!(agent.poll_output(), Output::Timeout(_)) {}
    (agent, flow)
}

/// Hands a message to the user agent and tells what comes of it.
fn tell(agent: &mut UserAgent, flow: FlowId, message: &[u8]) -> Vec<String> {
    let bytes = message.to_vec();
    agent.handle_input(an_instant(), Input::Received { flow, bytes });
    let mut told = Vec::new();
    loop {
        match agent.poll_output() {
            Output::Transmit { bytes, .. } => told.extend(status_of(&bytes)),
            Output::Event(Event::IncomingCall { .. }) => told.push("call".to_owned()),
            Output::Event(Event::Dropped(_)) => told.push("dropped".to_owned()),
            Output::Event(other) => panic!("nothing else happens, but {other:?} did"),
            Output::OpenFlow { .. } | Output::CloseFlow { .. } => panic!("the flow lives on"),
            Output::Timeout(_) => return told,
        }
    }
}

/// The status of a response, read without the code under test. A CRLF that answers a ping and the
/// 100 of a transaction say nothing.
fn status_of(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let status = text.strip_prefix("SIP/2.0 ")?.split(' ').next()?;
    (status != "100").then(|| status.to_owned())
}

fn account() -> Account {
    Account {
        address: "sip:alice@example.test".parse().expect("an address"),
        display_name: None,
        credentials: Credentials {
            username: "alice".to_owned(),
            password: Password::new("secret"),
        },
        registrar: FlowTarget {
            transport: Transport::Tls,
            host: "example.test".to_owned(),
            port: 5061,
            certificate_names: vec!["example.test".to_owned()],
        },
        epid: Epid::new("0123456789").expect("an epid"),
        product: "Hark".to_owned(),
    }
}

/// No time passes in these tests.
fn an_instant() -> Instant {
    Instant::now()
}
