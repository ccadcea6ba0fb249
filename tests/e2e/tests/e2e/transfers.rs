//! Calls that are sent on to others, through the embedded server.

use hark_phone::{CallId, CallState, Command, Event, Naming, TransferState, TransferView};
use hark_um::{Forwarding, User};

use hark_e2e::phone::Phone;
use hark_e2e::um::{PASSWORD, Um};

/// Dana, Erik and Fay, none of whom has voicemail.
fn three() -> (Um, [Phone; 3]) {
    let names = ["dana", "erik", "fay"];
    let user = |name| User {
        forwarding: Forwarding::Off,
        ..Um::user(name)
    };
    let um = Um::start(names.map(user).into());
    let phones = names.map(|name| Phone::registered(um.account(name), PASSWORD));
    (um, phones)
}

/// Dana calls somebody, who answers; Dana's number of the call.
fn talks_to(dana: &Phone, other: &Phone, name: &str) -> CallId {
    dana.send(Command::Dial { to: name.into() });
    let (call, ..) = other.until_incoming();
    other.send(Command::Answer { call });
    other.until_call(CallState::Connected);
    dana.until_call(CallState::Connected).0
}

fn until_transfer(phone: &Phone, wanted: TransferState) -> Option<String> {
    phone.until("a transfer", |event| match event {
        Event::Transfer { state, reason, .. } if *state == wanted => Some(reason.clone()),
        _ => None,
    })
}

#[test]
fn a_colleague_is_called_without_asking_and_the_transferor_is_free() {
    let (_um, [dana, erik, fay]) = three();
    let call = talks_to(&dana, &erik, "erik");
    dana.send(Command::Transfer {
        call,
        to: "fay".into(),
    });
    let (at_fay, _, from) = fay.until_incoming();
    assert_eq!(from, "sip:erik@example.test");
    fay.send(Command::Answer { call: at_fay });
    until_transfer(&dana, TransferState::Succeeded);
    dana.shows("no call", |shown| shown.calls.is_empty().then_some(()));
    // Erik's first call has ended and the one with Fay is left.
    erik.shows("the new call", |shown| {
        let [call] = shown.calls.as_slice() else {
            return None;
        };
        (call.title == "fay" && call.state == CallState::Connected).then_some(())
    });
}

#[test]
fn a_number_is_called_only_when_the_user_says_so() {
    let (_um, [dana, erik, _fay]) = three();
    let call = talks_to(&dana, &erik, "erik");
    dana.send(Command::Transfer {
        call,
        to: "+19005550100".into(),
    });
    let (at_erik, to) = erik.until("a question", |event| match event {
        Event::TransferRequested { call, to } => Some((*call, to.clone())),
        _ => None,
    });
    assert_eq!(to, "sip:+19005550100@example.test;user=phone");
    let asked = TransferView::Asked {
        to: "+19005550100".into(),
        address: to,
    };
    assert_eq!(erik.snapshot().calls[0].transfer, Some(asked));
    erik.send(Command::RefuseTransfer { call: at_erik });
    let reason = until_transfer(&dana, TransferState::Failed);
    assert!(reason.is_some_and(|text| text.contains("still connected")));
    assert_eq!(dana.snapshot().calls.len(), 1);
    assert_eq!(erik.snapshot().calls[0].transfer, None);
}

#[test]
fn two_calls_are_connected_with_each_other() {
    let (_um, [dana, erik, fay]) = three();
    let first = talks_to(&dana, &erik, "erik");
    let second = talks_to(&dana, &fay, "fay");
    dana.shows("the first one held", |shown| {
        let held = shown.calls.iter().find(|call| call.id == first)?.held;
        held.then_some(())
    });
    dana.send(Command::TransferToCall {
        call: first,
        to_call: second,
    });
    until_transfer(&dana, TransferState::Succeeded);
    dana.shows("no call", |shown| shown.calls.is_empty().then_some(()));
    // Fay is asked nothing: she talks already.
    for (phone, other) in [(&erik, "fay"), (&fay, "erik")] {
        phone.shows("the joined call", |shown| {
            let [call] = shown.calls.as_slice() else {
                return None;
            };
            (call.title == other && call.state == CallState::Connected).then_some(())
        });
    }
}

#[test]
fn swapping_turns_to_the_call_that_was_held() {
    let (_um, [dana, erik, fay]) = three();
    let first = talks_to(&dana, &erik, "erik");
    let second = talks_to(&dana, &fay, "fay");
    let shows_held = |held| {
        dana.shows("the held one", |shown| {
            let calls = shown.calls.iter();
            let all: Vec<CallId> = calls.filter(|call| call.held).map(|call| call.id).collect();
            (all == [held]).then_some(())
        });
    };
    shows_held(first);
    for held in [second, first, second] {
        dana.send(Command::Swap);
        shows_held(held);
        dana.until("the hold", |event| match event {
            Event::Hold {
                call, held: true, ..
            } if *call == held => Some(()),
            _ => None,
        });
    }
}

#[test]
fn the_trace_shows_the_call_and_nothing_secret() {
    let (_um, [dana, erik, _fay]) = three();
    talks_to(&dana, &erik, "erik");
    dana.send(Command::ExportTrace {
        file: None,
        naming: Naming::AsSent,
    });
    let (messages, text) = dana.until("the trace", |event| match event {
        Event::Trace(hark_phone::TraceExport::Text { messages, text }) => {
            Some((*messages, text.clone()))
        }
        _ => None,
    });
    assert!(messages > 8, "{text}");
    for line in [
        "\r\nREGISTER sip:example.test SIP/2.0\r\n",
        "\r\nSIP/2.0 401 Unauthorized\r\n",
        "\r\nAuthorization: Digest (redacted)\r\n",
        "\r\nINVITE sip:erik@example.test SIP/2.0\r\n",
        "AES_CM_128_HMAC_SHA1_80 (redacted)\r\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    for secret in [PASSWORD, "response=", "inline:"] {
        assert!(!text.contains(secret), "{secret}\n{text}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace.txt");
    dana.send(Command::ExportTrace {
        file: Some(file.clone()),
        naming: Naming::AsSent,
    });
    let path = dana.until("the file", |event| match event {
        Event::Trace(hark_phone::TraceExport::File { path, .. }) => Some(path.clone()),
        _ => None,
    });
    assert_eq!(path, file);
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(written.starts_with(&text), "{written}");
}
