//! The embedded server, on a thread of its own.

use std::path::PathBuf;
use std::sync::Mutex;
use std::thread::JoinHandle;

use hark_phone::AccountSettings;
use hark_um::{DigestOffer, Server, ServerConfig, ServerEvent, ServerHandle, User};
use tempfile::TempDir;
use tokio::sync::broadcast;

use crate::{LIMIT, account};

pub const DOMAIN: &str = "example.test";
pub const PASSWORD: &str = "correct horse";
pub const PIN: &str = "2468";

/// A running server with the users that a test wants.
pub struct Um {
    pub handle: ServerHandle,
    tls: std::net::SocketAddr,
    tcp: std::net::SocketAddr,
    ca_file: PathBuf,
    folder: TempDir,
    events: Mutex<broadcast::Receiver<ServerEvent>>,
    thread: Option<JoinHandle<()>>,
}

impl Um {
    /// Starts a server whose mailboxes are empty.
    pub fn start(users: Vec<User>) -> Self {
        Self::with_digest(users, DigestOffer::Sha256AndMd5)
    }

    /// The same with other challenges.
    pub fn with_digest(users: Vec<User>, digest: DigestOffer) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut config = ServerConfig::new(DOMAIN, folder.path().join("store"));
        config.users = users;
        config.digest = digest;
        let (ready, started) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let server = Server::start(config).await.expect("the server starts");
                let events = server.handle().events();
                let ca = server.ca_certificate_pem().to_owned();
                let addresses = (server.tls_addr(), server.tcp_addr());
                ready
                    .send((server.handle(), addresses, ca, events))
                    .expect("the test waits");
                server.wait().await;
            });
        });
        let (handle, (tls, tcp), ca, events) = started
            .recv_timeout(LIMIT)
            .expect("the server starts in time");
        let ca_file = folder.path().join("ca.pem");
        std::fs::write(&ca_file, ca).expect("a folder that can be written");
        Self {
            handle,
            tls,
            tcp,
            ca_file,
            folder,
            events: Mutex::new(events),
            thread: Some(thread),
        }
    }

    /// One user with an empty mailbox.
    pub fn user(name: &str) -> User {
        User::new(name, PASSWORD, PIN)
    }

    /// The account of a user over TLS, trusting this server's authority.
    pub fn account(&self, user: &str) -> AccountSettings {
        account::over_tls(&format!("{user}@{DOMAIN}"), self.tls, self.ca_file.clone())
    }

    /// The same over plain TCP, without encryption of the sound.
    pub fn tcp_account(&self, user: &str) -> AccountSettings {
        account::in_clear(&format!("{user}@{DOMAIN}"), self.tcp)
    }

    /// Where it listens for TLS on 127.0.0.1.
    pub fn tls_port(&self) -> u16 {
        self.tls.port()
    }

    /// A file of this test.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Waits for an event of the server.
    #[track_caller]
    pub fn until<T>(&self, what: &str, mut wanted: impl FnMut(&ServerEvent) -> Option<T>) -> T {
        let mut events = self.events.lock().expect("one test, one waiter");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        let mut told = Vec::new();
        let found = runtime.block_on(async {
            tokio::time::timeout(LIMIT, async {
                loop {
                    let event = events.recv().await.expect("the server runs");
                    if let Some(found) = wanted(&event) {
                        return found;
                    }
                    told.push(event);
                }
            })
            .await
        });
        found.unwrap_or_else(|_| panic!("not {what} in time; told: {told:#?}"))
    }
}

impl Drop for Um {
    fn drop(&mut self) {
        self.handle.shutdown();
        if let Some(thread) = self.thread.take() {
            // A panic of the server has failed the test already, by what it did not do.
            let _ = thread.join();
        }
    }
}
