//! A registrar by hand: it takes everybody in, or nobody for a while.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Listens until it is dropped; its connections end with it.
pub struct TakesAll {
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl TakesAll {
    pub async fn start() -> Self {
        Self::start_at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
    }

    pub async fn start_at(address: SocketAddr) -> Self {
        Self::answering(address, "200 OK\r\n").await
    }

    /// One that is busy, and says for how long.
    pub async fn busy_for(time: Duration) -> Self {
        let seconds = time.as_secs();
        let answer = format!("503 Service Unavailable\r\nRetry-After: {seconds}\r\n");
        Self::answering(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), answer).await
    }

    async fn answering(address: SocketAddr, answer: impl Into<String>) -> Self {
        let answer = answer.into();
        let listener = TcpListener::bind(address).await.expect("the port is free");
        let address = listener.local_addr().expect("it is bound");
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, answer.clone()));
            }
        });
        Self { address, task }
    }

    /// Ends it as a crash would, and waits until its port is free.
    pub async fn crash(self) -> SocketAddr {
        self.task.abort();
        // The task ends by the abort, which is no success.
        let _ = self.task.await;
        self.address
    }
}

/// Answers each request with this and its own headers.
async fn serve(stream: TcpStream, answer: String) {
    let mut stream = BufReader::new(stream);
    let (mut line, mut echoed) = (String::new(), String::new());
    while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
        if line.trim().is_empty() && !echoed.is_empty() {
            let answer = format!("SIP/2.0 {answer}{echoed}Content-Length: 0\r\n\r\n");
            echoed.clear();
            if stream.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        } else if ECHOED.iter().any(|name| line.starts_with(name)) {
            echoed.push_str(&line);
        }
        line.clear();
    }
}

const ECHOED: [&str; 6] = ["Via:", "From:", "To:", "Call-ID:", "CSeq:", "Contact:"];
