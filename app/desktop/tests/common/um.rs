//! The embedded server with one user, on a thread of its own.

use std::net::SocketAddr;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::Duration;

use hark_um::{Server, ServerConfig, ServerHandle, User};
use tempfile::TempDir;

/// Nothing waits for this to pass; it ends a test that would hang.
pub const LIMIT: Duration = Duration::from_secs(30);

pub const PASSWORD: &str = "correct-horse-battery";
pub const PIN: &str = "864213";

pub struct Um {
    pub handle: ServerHandle,
    pub folder: TempDir,
    pub tls: SocketAddr,
    pub tcp: SocketAddr,
    /// The certificate of its throw-away authority, as PEM.
    pub authority: String,
    thread: Option<JoinHandle<()>>,
}

impl Um {
    /// A server for `example.test`, on any free ports.
    pub fn start() -> Self {
        Self::start_with("example.test", |_| {})
    }

    /// The same for another domain, and with other settings.
    pub fn start_with(domain: &str, change: impl FnOnce(&mut ServerConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = ServerConfig::new(domain, folder.path().join("store"));
        config.users.push(User {
            demo_messages: true,
            ..User::new("dana", PASSWORD, PIN)
        });
        config.users.push(User::new("erin", PASSWORD, PIN));
        change(&mut config);
        let (ready, started) = channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let server = Server::start(config).await.unwrap();
                let authority = server.ca_certificate_pem().to_owned();
                let addresses = (server.tls_addr(), server.tcp_addr());
                ready.send((server.handle(), addresses, authority)).unwrap();
                server.wait().await;
            });
        });
        let (handle, (tls, tcp), authority) = started.recv_timeout(LIMIT).unwrap();
        Self {
            handle,
            folder,
            tls,
            tcp,
            authority,
            thread: Some(thread),
        }
    }
}

impl Drop for Um {
    fn drop(&mut self) {
        self.handle.shutdown();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
