//! Names of the address book: whom they are given to, and whom not.

use hark_phone::{
    AccountSettings, AddressLabel, CallKind, CallView, Command, ContactAddress, ContactCard,
};

use hark_e2e::phone::Phone;
use hark_e2e::raw::{RawFlow, RawServer, sdp};

/// A phone at home in Germany that knows Priya and the front desk.
fn phone() -> (Phone, RawFlow) {
    let server = RawServer::tls();
    let account = AccountSettings {
        region: Some("DE".into()),
        ..server.account()
    };
    let (phone, flow, _) = Phone::signed_in(&server, account);
    for (name, address) in [("Priya Raman", "030 / 90 18 20"), ("Front desk", "2001")] {
        let card = ContactCard {
            name: name.into(),
            addresses: vec![ContactAddress {
                label: AddressLabel::Work,
                address: address.into(),
            }],
            favourite: false,
        };
        phone.send(Command::KeepContact { id: None, card });
    }
    phone.shows("the contacts", |shown| {
        (shown.contacts.len() == 2).then_some(())
    });
    (phone, flow)
}

/// Lets somebody call, and the caller give up again.
fn call_from(phone: &Phone, flow: &mut RawFlow, n: usize, from: &str, more: &str) -> CallView {
    let head = |method: &str| {
        format!(
            "{method} sip:alice@127.0.0.1;transport=tls SIP/2.0\r\n\
             Via: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bKp{n}\r\n\
             Max-Forwards: 70\r\n\
             From: {from};tag=p{n}\r\n\
             To: <sip:alice@contoso.com>\r\n\
             Call-ID: people-{n}\r\n\
             CSeq: 1 {method}\r\n"
        )
    };
    let contact = "Contact: <sip:x@127.0.0.1;transport=tls>";
    flow.send_with_body(&format!("{}{contact}{more}\r\n", head("INVITE")), &sdp("0"));
    let (call, ..) = phone.until_incoming();
    let calls = phone.snapshot().calls.clone();
    let shown = calls.into_iter().find(|shown| shown.id == call);
    flow.send(&format!("{}Content-Length: 0\r\n\r\n", head("CANCEL")));
    phone.until_call(hark_phone::CallState::Ended);
    shown.expect("a call that rings is shown")
}

#[test]
fn ox16_contacts_have_their_names_and_nobody_else_gets_one() {
    let (phone, mut flow) = phone();
    let priya = "<sip:+4930901820@gateway.test;user=phone>";
    let desk = "\"Desk\" <sip:2001@contoso.com>";
    for (n, (from, more, title, subtitle)) in [
        (priya, "", "Priya Raman", "+4930901820@gateway.test"),
        (desk, "", "Front desk", "2001"),
        // An extension of another domain is somebody else's.
        ("\"Desk\" <sip:2001@far.test>", "", "Desk", "2001@far.test"),
        // Whom the server vouches for decides: a claimed number earns no name.
        (
            desk,
            "\r\nP-Asserted-Identity: <sip:mallory@far.test>",
            "Desk",
            "2001",
        ),
        (
            "\"Anonymous\" <sip:anonymous@anonymous.invalid>",
            "\r\nP-Asserted-Identity: <sip:+4930901820@contoso.com>",
            "Priya Raman",
            "anonymous@anonymous.invalid",
        ),
        (desk, ";automata", "Desk", "2001"),
    ]
    .into_iter()
    .enumerate()
    {
        let shown = call_from(&phone, &mut flow, n, from, more);
        assert_eq!((&*shown.title, &*shown.subtitle), (title, subtitle), "{n}");
        let vouched = more.contains("Asserted");
        assert_eq!(shown.asserted.is_some(), vouched, "{n}");
        let listed = phone.shows("the call in the history", |shown| {
            (shown.history.len() == n + 1).then(|| shown.history[0].title.clone())
        });
        assert_eq!(listed, title, "{n}");
    }
    let own = call_from(&phone, &mut flow, 9, "<sip:alice@contoso.com>", "");
    assert_eq!(own.kind, CallKind::PlayOnPhone);
    assert_eq!(own.title, "Voicemail \u{2013} Play on Phone");
}

#[test]
fn a_name_that_is_typed_is_called_and_shown() {
    let (phone, mut flow) = phone();
    let to = "priya raman".to_owned();
    phone.send(Command::Dial { to });
    let invite = flow.expect("INVITE");
    assert!(
        invite
            .start
            .starts_with("INVITE sip:030901820@contoso.com ")
    );
    let shown = phone.snapshot().calls[0].clone();
    let words = (shown.title.as_str(), shown.subtitle.as_str());
    assert_eq!(words, ("Priya Raman", "030901820"));
}
