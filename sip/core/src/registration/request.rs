//! Writes a REGISTER, in the form that Microsoft's servers and everybody else's take
//! ([MS-SIPREGE] §3.1.2.5, RFC 3261 §10.2, RFC 5626 §4.2).

use std::time::Duration;

use crate::account::Account;
use crate::call::ALLOW;
use crate::dialog;
use crate::input::{FlowInfo, Transport};
use crate::message::{Host, Method, NameAddr, Request, Uri};
use crate::registration::Registration;

/// What a REGISTER is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    SignIn,
    SignOut,
}

/// The next REGISTER of this registration.
pub(crate) fn write(
    account: &Account,
    registration: &mut Registration,
    contact: &Uri,
    purpose: Purpose,
) -> Request {
    let domain = account
        .address
        .host()
        .cloned()
        .unwrap_or_else(|| Host::Name(String::new()));
    let mut request = Request::new(Method::Register, Uri::sip("", domain));
    let from = dialog::tagged(&account.from(), &registration.tag);
    let asked = match purpose {
        Purpose::SignIn => registration.asked,
        Purpose::SignOut => Duration::ZERO,
    };
    let headers = &mut request.headers;
    headers.push("From", from);
    headers.push("To", NameAddr::new(account.address.clone()));
    headers.push("Call-ID", &registration.call_id);
    headers.push("CSeq", format!("{} REGISTER", registration.next_cseq()));
    headers.push("Contact", binding(account, registration, contact));
    headers.push("Expires", asked.as_secs());
    headers.push("User-Agent", &account.product);
    headers.push("Allow", ALLOW);
    // Without gruu-10 beside msrtc-event-categories Microsoft's registrar answers 421.
    headers.push("Supported", "gruu-10, adhoclist, msrtc-event-categories");
    headers.push("Supported", "ms-forking");
    headers.push(
        "Supported",
        if registration.outbound {
            "gruu, path, outbound"
        } else {
            "gruu, path"
        },
    );
    // Without this one it answers 489.
    headers.push("Event", "registration");
    headers.push("ms-keep-alive", "UAC;hop-hop=yes");
    headers.push("Allow-Events", "message-summary");
    request
}

/// The URI under which this flow's end is known to the registrar.
pub(crate) fn registered_contact(account: &Account, flow: FlowInfo, opaque: &str) -> Uri {
    let transport = match flow.transport {
        Transport::Tcp => "tcp",
        Transport::Tls => "tls",
    };
    let user = account.address.user_text().unwrap_or_default();
    Uri::sip(&user, Host::from(flow.local.ip()))
        .with_port(Some(flow.local.port()))
        .with_param("transport", transport)
        .with_param("ms-opaque", opaque)
}

/// `proxy=replace` asks Microsoft's proxy to put its own address in, so that requests come back on
/// this flow; `reg-id` asks everybody else's for the same (RFC 5626 §4.2.1).
fn binding(account: &Account, registration: &Registration, contact: &Uri) -> NameAddr {
    let mut binding = NameAddr::new(contact.clone());
    binding.params.set_quoted("methods", ALLOW);
    binding.params.set("proxy", "replace");
    binding
        .params
        .set_quoted("+sip.instance", &account.epid.instance().urn());
    if registration.outbound {
        binding.params.set("reg-id", "1");
    }
    binding
}
