//! Who the user agent of a script is.

use hark_sip::auth::{Credentials, Password};
use hark_sip::identity::Epid;
use hark_sip::message::Uri;
use hark_sip::{Account, Registrar, Transport};

/// `NAME`, `NAME:PORT`, or `NAME:` with the usual port, so that nothing has to be found.
pub(crate) fn registrar(text: &str, transport: Transport) -> Registrar {
    let usual = match transport {
        Transport::Tcp => 5060,
        Transport::Tls => 5061,
    };
    let (host, port) = match text.split_once(':') {
        Some((host, "")) => (host, Some(usual)),
        Some((host, port)) => (host, Some(port.parse().expect("a port"))),
        None => (text, None),
    };
    Registrar {
        transport,
        host: host.to_owned(),
        port,
        certificate_names: vec![host.to_owned()],
    }
}

/// The user of a script.
pub(crate) fn user(address: Uri, registrar: Registrar) -> Account {
    let username = address.user_text().unwrap_or_default();
    Account {
        display_name: None,
        credentials: Credentials {
            username,
            password: Password::new("secret"),
        },
        registrar,
        epid: Epid::new("6b5d10e663").expect("the epid is well-formed"),
        product: "Hark/test".to_owned(),
        address,
    }
}
