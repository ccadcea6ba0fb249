//! Every screen of the window, for whoever looks at all of them: in each language, size and colour.

use egui::Key;
use egui::accesskit::Role;
use hark_desktop::action::{Action, PeopleAction};
use hark_desktop::state::{PeoplePart, Tab};
use hark_desktop::text;
use hark_phone::snapshot::ConnectingStage;
use hark_phone::{Event, Presence, RegistrationView, Snapshot};

use crate::accounts::two_accounts;
use crate::fixtures::{
    account, diagnosed, in_call, offline, one_way_call, play_on_phone, presence, priya_rings,
    priya_talks, refused, signed_in, tom_on_hold, uneven_call, unknown_authority, voicemail_call,
    with_contacts, with_rules,
};
use crate::recording::recorded;
use crate::sound_and_network::with_relay;
use crate::stage::Stage;

/// One screen: what the engine shows, and how to get there.
pub struct Screen {
    pub name: &'static str,
    pub snapshot: Snapshot,
    pub act: fn(&mut Stage),
}

pub fn all() -> Vec<Screen> {
    [before(), tabs(), calls()].into_iter().flatten().collect()
}

fn screen(name: &'static str, snapshot: Snapshot, act: fn(&mut Stage)) -> Screen {
    Screen {
        name,
        snapshot,
        act,
    }
}

fn before() -> Vec<Screen> {
    vec![
        screen("setup", Snapshot::default(), |stage| {
            stage.fill(text::address(), "dana@example.test");
        }),
        screen("setup_refused", Snapshot::default(), |stage| {
            stage.fill(text::address(), "dana@example.test");
            stage.fill(text::password(), "wrong");
            stage.press(text::sign_in());
            let signing_in = RegistrationView::Connecting(ConnectingStage::SigningIn);
            let mut snapshot = Snapshot {
                account: Some(account()),
                registration: signing_in,
                ..Snapshot::default()
            };
            stage.show(snapshot.clone());
            snapshot.registration = refused();
            stage.show(snapshot.clone());
            stage.happens(Event::Registration(snapshot.registration));
        }),
        screen("setup_authority", Snapshot::default(), |stage| {
            stage.fill(text::address(), "dana@example.test");
            stage.fill(text::password(), "right");
            stage.press(text::sign_in());
            stage.show(unknown_authority());
            stage.happens(Event::Registration(unknown_authority().registration));
            stage.press(text::choose_ca_file());
        }),
        screen("diagnosis", in_trouble(), |stage| {
            stage.reports(Action::ShowDiagnosis);
        }),
        screen(
            "demo",
            presence(Presence::AppearOffline, signed_in()),
            |stage| {
                stage.reports(Action::DemoStarted);
            },
        ),
    ]
}

fn tabs() -> Vec<Screen> {
    vec![
        screen("home", signed_in(), |_| {}),
        screen("offline", offline(), |_| {}),
        screen(
            "presence",
            presence(Presence::AppearOffline, signed_in()),
            |stage| {
                stage.press(&text::presence_button(Presence::AppearOffline));
            },
        ),
        screen("keypad", signed_in(), |stage| stage.type_text("425 555 01")),
        screen("history", signed_in(), |stage| {
            stage.reports(Action::Show(Tab::People));
        }),
        screen("contacts", with_contacts(), show_contacts),
        screen("contact_form", with_contacts(), |stage| {
            show_contacts(stage);
            stage.press(text::new_contact());
        }),
        screen("names", with_contacts(), |stage| stage.type_text("01")),
        screen("settings", with_rules(), |stage| {
            stage.reports(Action::Show(Tab::Settings));
        }),
        screen("two_accounts", two_accounts(), |stage| {
            stage.reports(Action::Show(Tab::Settings));
        }),
        screen("account", with_relay(), |stage| {
            stage.reports(Action::Show(Tab::Settings));
            stage.press(text::edit_account());
            stage.press(text::media());
        }),
        screen("keys", signed_in(), |stage| stage.key(Key::F1)),
    ]
}

/// A phone that works, in a call of which not all is well.
fn in_trouble() -> Snapshot {
    Snapshot {
        calls: vec![uneven_call()],
        ..diagnosed(&["Tom Eriksen is busy. Try again later."])
    }
}

fn show_contacts(stage: &mut Stage) {
    stage.reports(Action::Show(Tab::People));
    stage.reports(Action::People(PeopleAction::Show(PeoplePart::Contacts)));
}

fn calls() -> Vec<Screen> {
    let with_two = |first, second| Snapshot {
        calls: vec![first, second],
        ..signed_in()
    };
    vec![
        screen("incoming", in_call(play_on_phone()), |_| {}),
        screen("waiting", with_two(priya_talks(), priya_rings()), |_| {}),
        screen("call", in_call(voicemail_call()), |_| {}),
        screen("call_keys", in_call(voicemail_call()), |stage| {
            stage.press(text::keypad());
        }),
        screen("call_recorded", in_call(recorded()), |_| {}),
        screen("call_trouble", in_call(one_way_call()), |_| {}),
        screen("call_sound", in_call(uneven_call()), |stage| {
            stage.press(text::sound_details());
        }),
        screen(
            "transfer",
            with_two(priya_talks(), tom_on_hold()),
            |stage| {
                stage.activate(Role::Button, text::transfer());
            },
        ),
    ]
}
