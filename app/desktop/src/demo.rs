//! The built-in voicemail server: a real `hark-um` on 127.0.0.1 in a thread of its own, with a
//! throw-away authority, and an account in memory that trusts only that authority. From there on
//! everything goes the ordinary way: TLS, sockets, sound.
//!
//! This file alone knows `hark-um`.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use hark_phone::{AccountSettings, Password, PhoneConfig, Profile};
use hark_um::{Caller, MessageChoice, Server, ServerConfig, ServerHandle, User};

use crate::action::Action;
use crate::host::{Notice, Reporter};

/// A server that runs, or is about to. Dropping it ends it.
pub struct Demo {
    server: Arc<OnceLock<ServerHandle>>,
}

impl Demo {
    /// Returns at once; how it went is reported.
    pub fn start(reporter: Reporter) -> Self {
        let server = Arc::new(OnceLock::new());
        let slot = server.clone();
        let failed = reporter.clone();
        let thread = std::thread::Builder::new()
            .name("demo server".into())
            .spawn(move || {
                if let Err(error) = serve(&slot, &reporter) {
                    reporter.report(Notice::Act(Action::DemoFailed(error.to_string())));
                }
            });
        if let Err(error) = thread {
            failed.report(Notice::Act(Action::DemoFailed(error.to_string())));
        }
        Self { server }
    }

    /// The newest message of the mailbox calls its owner.
    pub fn play_on_phone(&self) {
        if let Some(server) = self.server.get() {
            server.play_on_phone(USER, MessageChoice::Newest);
        }
    }

    /// A colleague calls.
    pub fn call(&self) {
        if let Some(server) = self.server.get() {
            server.place_call(USER, colleague());
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        if let Some(server) = self.server.get() {
            server.shutdown();
        }
    }
}

fn serve(slot: &OnceLock<ServerHandle>, reporter: &Reporter) -> Result<(), DemoError> {
    let folder = tempfile::Builder::new().prefix("hark-demo-").tempdir()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let server = Server::start(config(folder.path())).await?;
        let authority = folder.path().join("authority.pem");
        std::fs::write(&authority, server.ca_certificate_pem())?;
        let phone = phone(&authority, &server.tls_addr().to_string());
        // The slot is filled once: every demo has a thread and a slot of its own.
        let _ = slot.set(server.handle());
        reporter.report(Notice::DemoReady(Box::new(phone)));
        server.wait().await;
        Ok(())
    })
}

fn config(folder: &Path) -> ServerConfig {
    let mut config = ServerConfig::new(DOMAIN, folder.join("mailboxes"));
    let mut user = User::new(USER, PASSWORD, PIN);
    user.display_name = USER_NAME.to_owned();
    user.extension = Some(EXTENSION.to_owned());
    user.demo_messages = true;
    config.users.push(user);
    config
}

fn phone(authority: &Path, server: &str) -> PhoneConfig {
    PhoneConfig {
        profile: Profile::Memory,
        account: Some(AccountSettings {
            address: format!("{USER}@{DOMAIN}"),
            display_name: Some(USER_NAME.to_owned()),
            server: Some(server.to_owned()),
            ca_file: Some(authority.to_owned()),
            ..AccountSettings::default()
        }),
        password: Some(Password::new(PASSWORD)),
        ..PhoneConfig::default()
    }
}

fn colleague() -> Caller {
    Caller {
        display_name: "Priya Raman".to_owned(),
        number: "priya".to_owned(),
    }
}

#[derive(Debug, thiserror::Error)]
enum DemoError {
    #[error("{0}")]
    Server(#[from] hark_um::ServerError),
    #[error("its files cannot be written: {0}")]
    Files(#[from] std::io::Error),
}

/// Not a secret: the server listens on 127.0.0.1 and holds nothing that is worth one.
const PASSWORD: &str = "demo";
const PIN: &str = "1234";
const USER: &str = "dana";
const USER_NAME: &str = "Dana Whitfield";
const EXTENSION: &str = "2041";
const DOMAIN: &str = "demo.test";

#[cfg(test)]
mod tests {
    use std::sync::mpsc::Receiver;
    use std::time::Duration;

    use super::*;
    use crate::host::Wake;

    /// Far longer than a server needs to start; only a broken one waits that long.
    const LIMIT: Duration = Duration::from_secs(20);

    fn start() -> (Demo, Receiver<Notice>) {
        let wake: Wake = Arc::new(|| {});
        let (reporter, inbox) = Reporter::new(wake);
        (Demo::start(reporter), inbox)
    }

    #[test]
    fn the_account_of_the_demo_trusts_the_authority_of_its_server_alone() {
        let (_demo, inbox) = start();
        let Ok(Notice::DemoReady(phone)) = inbox.recv_timeout(LIMIT) else {
            panic!("the server did not start");
        };
        let account = phone.account.expect("the demo brings an account");
        let authority = account.ca_file.expect("with an authority of its own");
        let pem = std::fs::read_to_string(authority).expect("that is on the disk");
        assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"), "{pem}");
        assert_eq!(phone.profile, Profile::Memory);
        let server = account.server.expect("and names its server");
        assert!(server.starts_with("127.0.0.1:"), "{server}");
    }

    #[test]
    fn the_files_of_the_demo_go_when_it_ends() {
        let (demo, inbox) = start();
        let Ok(Notice::DemoReady(phone)) = inbox.recv_timeout(LIMIT) else {
            panic!("the server did not start");
        };
        let authority = phone.account.and_then(|account| account.ca_file);
        let authority = authority.expect("the demo brings an authority");
        drop(demo);
        // The reporter goes with the thread, after the folder.
        assert!(inbox.recv_timeout(LIMIT).is_err());
        assert!(!authority.exists());
    }
}
