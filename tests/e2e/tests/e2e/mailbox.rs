//! What the server says of the mailbox and of callers, at a hand-written server.

use std::path::Path;

use hark_phone::snapshot::MessageWaiting;
use hark_phone::{CallState, Command, Event, Profile, VoicemailOrigin, VoicemailView};

use hark_e2e::phone::Phone;
use hark_e2e::raw::{RawFlow, RawServer, sdp};

fn phone(server: &RawServer, folder: &Path) -> (Phone, RawFlow) {
    let (phone, flow, _) = Phone::signed_in_with(server, server.account(), |config| {
        config.profile = Profile::Folder(folder.to_owned());
    });
    (phone, flow)
}

/// An unsolicited NOTIFY of `message-summary`, its lines ended by LF alone.
fn notify(flow: &mut RawFlow, n: u32, body: &str) {
    flow.send(&format!(
        "NOTIFY sip:alice@127.0.0.1;transport=tls SIP/2.0\r\n\
         Via: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bKn{n}\r\n\
         From: <sip:asterisk@contoso.com>;tag=n{n}\r\n\
         To: <sip:alice@contoso.com>\r\n\
         Call-ID: notify-{n}\r\n\
         CSeq: 1 NOTIFY\r\n\
         Contact: <sip:asterisk@127.0.0.1;transport=tls>\r\n\
         Event: message-summary\r\n\
         Subscription-State: terminated\r\n\
         Content-Type: application/simple-message-summary\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    assert_eq!(flow.expect_response().status(), "200 OK");
}

#[test]
fn message_account_teaches_the_mailbox_for_good() {
    let (server, folder) = (RawServer::tls(), tempfile::tempdir().unwrap());
    let (phone, mut flow) = phone(&server, folder.path());
    let learned = VoicemailView {
        address: "sip:8500@contoso.com".into(),
        origin: VoicemailOrigin::Learned,
    };
    let body = "Messages-Waiting: yes\nMessage-Account: sip:8500@contoso.com\n\
                Voice-Message: 2/8 (1/0)\n";
    notify(&mut flow, 1, body);
    let told = phone.until("the counts", |event| match event {
        Event::MessageWaiting { new, old, urgent } => Some((*new, *old, *urgent)),
        _ => None,
    });
    assert_eq!(told, (2, 8, 1));
    assert_eq!(phone.snapshot().voicemail, Some(learned.clone()));
    // The mailbox itself is no way to it, and no body changes nothing.
    notify(
        &mut flow,
        2,
        "Message-Account: sip:alice@contoso.com\nVoice-Message: 1/9\n",
    );
    notify(&mut flow, 3, "");
    let expected = MessageWaiting {
        new: 1,
        old: 9,
        urgent_new: 0,
    };
    phone.shows("the counts", |shown| {
        (shown.message_waiting == Some(expected)).then_some(())
    });
    assert_eq!(phone.snapshot().voicemail, Some(learned.clone()));
    phone.send(Command::CallVoicemail);
    let invite = flow.expect("INVITE");
    assert!(invite.start.starts_with("INVITE sip:8500@contoso.com "));
    assert_eq!(invite.header("Ms-Exchange-Command"), Some("skip-pin"));
    // What is kept is on the disk once the engine has ended.
    phone.quit();
    drop(flow);

    let (phone, _flow) = self::phone(&server, folder.path());
    phone.shows("what was learned", |shown| {
        (shown.voicemail.as_ref() == Some(&learned)).then_some(())
    });
}

#[test]
fn who_sent_a_call_on_and_who_took_it_is_told() {
    let (server, folder) = (RawServer::tls(), tempfile::tempdir().unwrap());
    let (phone, mut flow) = phone(&server, folder.path());
    let head = |method: &str| {
        format!(
            "{method} sip:alice@127.0.0.1;transport=tls SIP/2.0\r\n\
             Via: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bKd1\r\n\
             Max-Forwards: 70\r\n\
             From: <sip:bob@far.test>;tag=b1\r\n\
             To: <sip:alice@contoso.com>\r\n\
             Call-ID: diverted-1\r\n\
             CSeq: 1 {method}\r\n"
        )
    };
    let invite = format!(
        "{}Contact: <sip:bob@127.0.0.1;transport=tls>\r\n\
         Diversion: <sip:carol@contoso.com>;reason=no-answer\r\n\
         P-Asserted-Identity: <sip:+15550100@contoso.com>\r\n",
        head("INVITE")
    );
    flow.send_with_body(&invite, &sdp("0"));
    let notes = phone.until("the call", |event| match event {
        Event::Incoming { notes, .. } => Some(notes.clone()),
        _ => None,
    });
    assert_eq!(
        notes.diverted_from.as_deref(),
        Some("sip:carol@contoso.com")
    );
    assert_eq!(notes.asserted.as_deref(), Some("sip:+15550100@contoso.com"));
    let shown = phone.snapshot().calls[0].clone();
    assert_eq!(shown.diverted_from.as_deref(), Some("carol"));
    assert_eq!(shown.asserted.as_deref(), Some("+15550100"));
    let reason = "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n";
    flow.send(&format!(
        "{}{reason}Content-Length: 0\r\n\r\n",
        head("CANCEL")
    ));
    let elsewhere = phone.until("the end", |event| match event {
        Event::Call {
            state: CallState::Ended,
            notes,
            ..
        } => Some(notes.answered_elsewhere),
        _ => None,
    });
    assert!(elsewhere);
}
