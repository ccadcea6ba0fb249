//! The program that runs already, as another start of it sees it.

use std::collections::HashMap;

use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;
use zbus::zvariant::Value;

use crate::identity::APP_ID;

/// What the command line wants of the program that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Come up.
    Raise,
    /// Put this link or number on the keypad.
    Open(String),
    Call(String),
    Voicemail,
    HangUp,
    Status,
    /// Say why something does not work.
    Diagnose,
    /// Take settings from this file or link, as `hark profile import` does.
    ImportProfile(String),
    /// The same as `hark provision`.
    Provision(String),
    Quit,
}

/// What came of a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken; with the answer, where there is one.
    Taken(Option<String>),
    /// No program runs that could take it.
    NobodyThere,
}

/// Hands a request to the program that runs, if one does.
///
/// # Errors
/// The program that runs does not take it.
pub fn hand_over(request: &Request) -> zbus::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        // Without a bus there is no other instance to be found.
        let Ok(connection) = Connection::session().await else {
            return Ok(Outcome::NobodyThere);
        };
        ask(&connection, request).await
    })
}

async fn ask(connection: &Connection, request: &Request) -> zbus::Result<Outcome> {
    let bus = DBusProxy::new(connection).await?;
    if !bus.name_has_owner(BusName::try_from(APP_ID)?).await? {
        return Ok(Outcome::NobodyThere);
    }
    let phone = PhoneProxy::new(connection).await?;
    match request {
        Request::Raise => raise(connection).await?,
        Request::Open(uri) => {
            let application = ApplicationProxy::new(connection).await?;
            application.open(&[uri], HashMap::new()).await?;
        }
        Request::Call(address) => phone.call(address).await?,
        Request::Voicemail => phone.voicemail().await?,
        Request::HangUp => phone.hang_up().await?,
        Request::Status => return Ok(Outcome::Taken(Some(phone.status().await?))),
        Request::Diagnose => return Ok(Outcome::Taken(Some(phone.diagnose().await?))),
        Request::ImportProfile(from) => phone.import_profile(from).await?,
        Request::Provision(from) => phone.provision(from).await?,
        Request::Quit => phone.quit().await?,
    }
    Ok(Outcome::Taken(None))
}

/// Brings the window of the program that runs up.
pub async fn raise(connection: &Connection) -> zbus::Result<()> {
    let application = ApplicationProxy::new(connection).await?;
    application.activate(HashMap::new()).await
}

#[zbus::proxy(
    interface = "org.freedesktop.Application",
    default_service = "org.harkphone.Hark",
    default_path = "/org/harkphone/Hark",
    gen_blocking = false
)]
trait Application {
    fn activate(&self, platform_data: HashMap<&str, Value<'_>>) -> zbus::Result<()>;
    fn open(&self, uris: &[&String], platform_data: HashMap<&str, Value<'_>>) -> zbus::Result<()>;
}

#[zbus::proxy(
    interface = "org.harkphone.Hark1",
    default_service = "org.harkphone.Hark",
    default_path = "/org/harkphone/Hark",
    gen_blocking = false
)]
trait Phone {
    fn call(&self, address: &str) -> zbus::Result<()>;
    fn voicemail(&self) -> zbus::Result<()>;
    fn hang_up(&self) -> zbus::Result<()>;
    fn import_profile(&self, from: &str) -> zbus::Result<()>;
    fn provision(&self, from: &str) -> zbus::Result<()>;
    fn quit(&self) -> zbus::Result<()>;
    fn status(&self) -> zbus::Result<String>;
    fn diagnose(&self) -> zbus::Result<String>;
}
