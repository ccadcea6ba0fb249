//! The running server: its listeners, its one task and the handle that commands it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use hark_sip::message::Host;
use hark_sip::{FlowInfo, Transport};
use hark_sip_net::{Connector, Driver, Listener};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::authority::{Authority, AuthorityError};
use crate::config::{ConfigError, ServerConfig};
use crate::demo;
use crate::event::{PlacedCall, ServerEvent};
use crate::protocol::Settings;
use crate::service::{Parts, Service};
use crate::status::{MessageStatus, UserStatus};
use crate::store::{Store, StoreError};
use crate::switch::Switch;

/// A server that runs. Dropping it ends it.
pub struct Server {
    tls_addr: SocketAddr,
    tcp_addr: SocketAddr,
    ca_certificate_pem: String,
    handle: ServerHandle,
    task: JoinHandle<()>,
}

/// Commands a running server from any thread; no method blocks.
///
/// Requests after the end of the server do nothing, as there is nobody left to tell.
#[derive(Debug, Clone)]
pub struct ServerHandle {
    requests: mpsc::UnboundedSender<Request>,
    events: broadcast::Sender<ServerEvent>,
    placed: Arc<AtomicU64>,
}

/// Which message Play on Phone plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageChoice {
    Newest,
    /// Counted from 1, in the order of [`ServerHandle::mailbox`].
    Number(usize),
}

/// Who a placed call claims to come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub display_name: String,
    /// The user part of the From URI: a name or a number.
    pub number: String,
}

impl Server {
    /// Opens the store, binds the ports and serves on the current tokio runtime.
    ///
    /// # Errors
    /// The configuration cannot work, or a port or the store cannot be opened.
    pub async fn start(config: ServerConfig) -> Result<Self, ServerError> {
        config.check()?;
        let domain = Host::parse(&config.domain).ok_or(ConfigError::NoDomain)?;
        let authority = Authority::new(&config.domain, config.listen)?;
        let tls = bind(config.listen, config.tls_port).await?;
        let tcp = bind(config.listen, config.tcp_port).await?;
        let (tls_addr, tcp_addr) = (tls.local_addr()?, tcp.local_addr()?);
        let store = open_store(config.clone()).await?;

        let mut driver = Driver::new(switch(&config, &domain, tls_addr)?, Connector::none());
        driver.listen(Listener {
            socket: tls,
            tls: Some(authority.tls),
        });
        driver.listen(Listener {
            socket: tcp,
            tls: None,
        });
        let (requests, inbox) = mpsc::unbounded_channel();
        let (events, _) = broadcast::channel(EVENTS_KEPT);
        let handle = ServerHandle {
            requests,
            events: events.clone(),
            placed: Arc::default(),
        };
        let parts = Parts {
            config,
            domain,
            store,
            driver,
            requests: inbox,
            events,
        };
        Ok(Self {
            tls_addr,
            tcp_addr,
            ca_certificate_pem: authority.certificate_pem,
            task: tokio::spawn(Service::new(parts).run()),
            handle,
        })
    }

    /// Where TLS clients connect to.
    pub fn tls_addr(&self) -> SocketAddr {
        self.tls_addr
    }

    /// Where plain TCP clients connect to.
    pub fn tcp_addr(&self) -> SocketAddr {
        self.tcp_addr
    }

    /// The throw-away authority that TLS clients must trust, as PEM.
    pub fn ca_certificate_pem(&self) -> &str {
        &self.ca_certificate_pem
    }

    pub fn handle(&self) -> ServerHandle {
        self.handle.clone()
    }

    /// Waits until [`ServerHandle::shutdown`] has ended the server.
    pub async fn wait(mut self) {
        // A panic of the task was reported where it happened; either way the server is over.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl ServerHandle {
    /// Calls `user` on all registered devices and plays a message there (OX-8). How it goes on is
    /// told as [`ServerEvent::Placed`].
    pub fn play_on_phone(&self, user: &str, message: MessageChoice) -> PlacedCall {
        let call = self.number();
        self.request(Request::PlayOnPhone {
            call,
            user: user.to_owned(),
            message,
        });
        call
    }

    /// Calls `to` as an ordinary caller, who speaks a sentence and hangs up. How it goes on is
    /// told as [`ServerEvent::Placed`].
    pub fn place_call(&self, to: &str, from: Caller) -> PlacedCall {
        let call = self.number();
        self.request(Request::PlaceCall {
            call,
            to: to.to_owned(),
            from,
        });
        call
    }

    /// All users with their devices and message counts. Empty once the server has ended.
    pub async fn users(&self) -> Vec<UserStatus> {
        let (reply, answer) = oneshot::channel();
        self.request(Request::Users { reply });
        answer.await.unwrap_or_default()
    }

    /// A user's messages, the newest first; `None` when there is no such user.
    pub async fn mailbox(&self, user: &str) -> Option<Vec<MessageStatus>> {
        let (reply, answer) = oneshot::channel();
        let user = user.to_owned();
        self.request(Request::Mailbox { user, reply });
        answer.await.ok().flatten()
    }

    /// Everything that happens from now on. A receiver that falls far behind misses the oldest.
    pub fn events(&self) -> broadcast::Receiver<ServerEvent> {
        self.events.subscribe()
    }

    /// Ends calls and connections, then the server.
    pub fn shutdown(&self) {
        self.request(Request::Shutdown);
    }

    fn number(&self) -> PlacedCall {
        PlacedCall(self.placed.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn request(&self, request: Request) {
        // The receiver is gone only after the end of the server.
        let _ = self.requests.send(request);
    }
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("no certificate could be made: {0}")]
    Authority(#[from] AuthorityError),
    #[error("{address} cannot be listened on: {error}")]
    Listen {
        address: SocketAddr,
        error: std::io::Error,
    },
    #[error("the store cannot be used: {0}")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// What a handle asks of the server's task.
#[derive(Debug)]
pub(crate) enum Request {
    PlayOnPhone {
        call: PlacedCall,
        user: String,
        message: MessageChoice,
    },
    PlaceCall {
        call: PlacedCall,
        to: String,
        from: Caller,
    },
    Users {
        reply: oneshot::Sender<Vec<UserStatus>>,
    },
    Mailbox {
        user: String,
        reply: oneshot::Sender<Option<Vec<MessageStatus>>>,
    },
    Shutdown,
}

/// How many events wait for a slow receiver.
const EVENTS_KEPT: usize = 256;

async fn bind(listen: IpAddr, port: u16) -> Result<TcpListener, ServerError> {
    let address = SocketAddr::new(listen, port);
    TcpListener::bind(address)
        .await
        .map_err(|error| ServerError::Listen { address, error })
}

/// Opens the mailboxes and fills new ones where that is wanted. The disk may take its time.
async fn open_store(config: ServerConfig) -> Result<Store, ServerError> {
    let open = move || {
        let names = config.users.iter().map(|user| user.name.as_str());
        let store = Store::open(&config.store, names)?;
        for user in config.users.iter().filter(|user| user.demo_messages) {
            if let Some(mut mailbox) = store.mailbox(&user.name) {
                demo::fill(&mut mailbox, &config.domain, Timestamp::now())?;
            }
        }
        Ok::<_, StoreError>(store)
    };
    let opened = tokio::task::spawn_blocking(open).await;
    Ok(opened.map_err(std::io::Error::other)??)
}

fn switch(config: &ServerConfig, domain: &Host, um: SocketAddr) -> Result<Switch, ServerError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(std::io::Error::other)?;
    let settings = Settings {
        domain: domain.clone(),
        users: config.users.clone(),
        voicemail_number: config.voicemail_number.clone(),
        digest: config.digest,
    };
    let um = FlowInfo {
        transport: Transport::Tls,
        local: um,
        remote: um,
    };
    Ok(Switch::new(Instant::now(), settings, um, seed))
}
