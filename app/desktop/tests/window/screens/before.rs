//! Screens before the phone works, and where it does not.

use hark_desktop::action::Action;
use hark_desktop::text;
use hark_phone::snapshot::{Cause, ConnectingStage};
use hark_phone::{Event, Presence, RegistrationView, Snapshot};

use super::{Screen, screen};
use crate::fixtures::{
    account, diagnosed, presence, refused, signed_in, uneven_call, unknown_authority,
};
use crate::stage::Stage;

pub fn all() -> Vec<Screen> {
    vec![
        screen(("setup", "First start"), Snapshot::default(), |stage| {
            stage.fill(text::address(), "dana@example.test");
        }),
        screen(
            ("setup_wrong", "A form with mistakes"),
            Snapshot::default(),
            |stage| {
                stage.press(text::media());
                stage.fill(text::address(), "dana@example.test");
                stage.fill(text::password(), "right");
                stage.fill(text::stun_server(), "two words");
                stage.fill(text::ports(), "30100-30000");
                stage.press(text::sign_in());
            },
        )
        .of_height(1560.0),
        screen(
            ("setup_signing_in", "Signing in"),
            Snapshot::default(),
            |stage| {
                sign_in(stage);
                stage.show(connecting(ConnectingStage::CheckingCertificate));
            },
        ),
        screen(
            ("setup_refused", "A wrong password"),
            Snapshot::default(),
            |stage| {
                sign_in(stage);
                stage.show(connecting(ConnectingStage::SigningIn));
                let mut snapshot = connecting(ConnectingStage::SigningIn);
                snapshot.registration = refused();
                snapshot.diagnosis.cause = Some(Cause::WrongPassword);
                stage.show(snapshot.clone());
                stage.happens(Event::Registration(snapshot.registration));
                stage.press(text::details());
            },
        ),
        screen(
            ("setup_authority", "An unknown authority"),
            Snapshot::default(),
            |stage| {
                sign_in(stage);
                stage.show(unknown_authority());
                stage.happens(Event::Registration(unknown_authority().registration));
                stage.press(text::choose_ca_file());
            },
        )
        .of_height(1000.0),
        screen(
            (
                "diagnosis",
                "Why does it not work? A call of which not all is well",
            ),
            in_trouble(),
            |stage| {
                stage.reports(Action::ShowDiagnosis);
            },
        )
        .of_height(1500.0),
        screen(
            (
                "diagnosis_authority",
                "Why does it not work? A certificate that is refused",
            ),
            authority(),
            |stage| {
                stage.reports(Action::ShowDiagnosis);
            },
        )
        .of_height(1500.0),
        screen(
            ("demo", "The demo"),
            presence(Presence::AppearOffline, signed_in()),
            |stage| {
                stage.reports(Action::DemoStarted);
            },
        ),
    ]
}

fn sign_in(stage: &mut Stage) {
    stage.fill(text::address(), "dana@example.test");
    stage.fill(text::password(), "secret");
    stage.press(text::sign_in());
}

fn connecting(reached: ConnectingStage) -> Snapshot {
    Snapshot {
        account: Some(account()),
        registration: RegistrationView::Connecting(reached),
        ..Snapshot::default()
    }
}

/// A phone that works, in a call of which not all is well.
fn in_trouble() -> Snapshot {
    Snapshot {
        calls: vec![uneven_call()],
        ..diagnosed(&["Tom Eriksen is busy. Try again later."])
    }
}

fn authority() -> Snapshot {
    Snapshot {
        devices: signed_in().devices,
        ..unknown_authority()
    }
}
