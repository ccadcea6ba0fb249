//! What other programs of the desktop may ask for: `org.freedesktop.Application`, which links and
//! launchers use, and an interface of our own for `hark call` and its like.

use std::collections::HashMap;

use hark_phone::Then;
use hark_phone::portable::{Manner, Origin, OriginError};
use zbus::Connection;
use zbus::fdo::{RequestNameFlags, RequestNameReply};
use zbus::zvariant::OwnedValue;

use crate::action::Action;
use crate::host::{Answer, Notice, Question, Reporter};
use crate::identity::{APP_ID, OBJECT_PATH};

/// Takes the program's name on the bus and answers under it. A program that has the name already is
/// brought up, and this one ends.
pub async fn offer(connection: &Connection, reporter: &Reporter) -> zbus::Result<()> {
    let server = connection.object_server();
    let (application, phone) = (Application(reporter.clone()), Phone(reporter.clone()));
    server.at(OBJECT_PATH, application).await?;
    server.at(OBJECT_PATH, phone).await?;
    let flags = RequestNameFlags::DoNotQueue.into();
    match connection.request_name_with_flags(APP_ID, flags).await {
        Ok(RequestNameReply::Exists) | Err(zbus::Error::NameTaken) => {
            super::instance::raise(connection).await?;
            reporter.report(Notice::Act(Action::Quit));
            Ok(())
        }
        Ok(_) => Ok(()),
        Err(error) => Err(error),
    }
}

/// What a platform has to say of a launch: activation tokens, of which a window that is open takes none.
type PlatformData = HashMap<String, OwnedValue>;

struct Application(Reporter);

#[zbus::interface(name = "org.freedesktop.Application")]
impl Application {
    fn activate(&self, _platform_data: PlatformData) {
        act(&self.0, Action::Raise);
    }

    /// A link is put on the keypad and not called: web pages may open links.
    fn open(&self, uris: Vec<String>, _platform_data: PlatformData) {
        match uris.into_iter().next() {
            Some(uri) => act(&self.0, Action::PutOnKeypad(uri)),
            None => act(&self.0, Action::Raise),
        }
    }

    /// The `.desktop` file names these.
    fn activate_action(
        &self,
        name: &str,
        _parameter: Vec<OwnedValue>,
        _platform_data: PlatformData,
    ) -> zbus::fdo::Result<()> {
        match name {
            "voicemail" => call_voicemail(&self.0),
            "quit" => act(&self.0, Action::Quit),
            unknown => {
                let error = format!("there is no action {unknown}");
                return Err(zbus::fdo::Error::InvalidArgs(error));
            }
        }
        Ok(())
    }
}

struct Phone(Reporter);

/// `docs/desktop.md` is its manual.
#[zbus::interface(name = "org.harkphone.Hark1")]
impl Phone {
    fn call(&self, address: String) {
        let call = Action::Call(address);
        act(&self.0, Action::WhenSignedIn(Box::new(call)));
    }

    fn voicemail(&self) {
        call_voicemail(&self.0);
    }

    fn hang_up(&self) {
        act(&self.0, Action::HangUpCurrent);
    }

    fn import_profile(&self, from: &str) -> zbus::fdo::Result<()> {
        read_settings(&self.0, from, Manner::Whole)
    }

    fn provision(&self, from: &str) -> zbus::fdo::Result<()> {
        read_settings(&self.0, from, Manner::Keys)
    }

    fn quit(&self) {
        act(&self.0, Action::Quit);
    }

    async fn status(&self) -> zbus::fdo::Result<String> {
        self.ask(Question::Status).await
    }

    async fn diagnose(&self) -> zbus::fdo::Result<String> {
        self.ask(Question::Diagnosis).await
    }
}

/// The user has seen on the command line what they change.
fn read_settings(reporter: &Reporter, from: &str, manner: Manner) -> zbus::fdo::Result<()> {
    let from: Origin = from
        .parse()
        .map_err(|error: OriginError| zbus::fdo::Error::InvalidArgs(error.to_string()))?;
    act(
        reporter,
        Action::ReadSettings {
            from,
            manner,
            then: Then::Apply,
        },
    );
    Ok(())
}

impl Phone {
    async fn ask(&self, question: Question) -> zbus::fdo::Result<String> {
        let (answer, asked) = Answer::new();
        self.0.report(Notice::Ask(question, answer));
        let ends = |_| zbus::fdo::Error::Failed("the program is about to end".into());
        asked.await.map_err(ends)
    }
}

fn call_voicemail(reporter: &Reporter) {
    let call = Action::WhenSignedIn(Box::new(Action::CallVoicemail));
    act(reporter, call);
    act(reporter, Action::Raise);
}

fn act(reporter: &Reporter, action: Action) {
    reporter.report(Notice::Act(action));
}
