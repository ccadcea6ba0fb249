//! A web server with a certificate of a throw-away authority, for documents of settings.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::authority::{Authority, Validity};

/// Serves until the test's process ends.
pub struct HttpsServer {
    address: SocketAddr,
    authority: Authority,
}

/// What is at a place of the server.
#[derive(Debug, Clone)]
pub enum Page {
    Document(Vec<u8>),
    /// The client is sent on.
    MovedTo(String),
    /// As many bytes as the client takes.
    Endless,
}

impl HttpsServer {
    /// A server on the loopback whose certificate is for `name`.
    pub fn start(name: &str, validity: Validity, pages: &[(&str, Page)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let authority = Authority::new();
        let tls = Arc::new(authority.certify(name, validity).server_config());
        let pages: BTreeMap<String, Page> = pages
            .iter()
            .map(|(path, page)| ((*path).to_owned(), page.clone()))
            .collect();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // A client that goes away in the middle is what some tests are about.
                let _ = serve(client, &tls, &pages);
            }
        });
        Self { address, authority }
    }

    pub fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
    }

    /// What a client has to trust.
    pub fn authority(&self) -> &str {
        self.authority.pem()
    }

    /// The same as a file.
    pub fn write_authority(&self, path: &Path) {
        self.authority.write(path);
    }
}

fn serve(
    client: TcpStream,
    tls: &Arc<ServerConfig>,
    pages: &BTreeMap<String, Page>,
) -> std::io::Result<()> {
    client.set_read_timeout(Some(crate::LIMIT))?;
    client.set_write_timeout(Some(crate::LIMIT))?;
    let connection = ServerConnection::new(Arc::clone(tls)).expect("a configuration");
    let mut stream = BufReader::new(StreamOwned::new(connection, client));
    let mut request = String::new();
    stream.read_line(&mut request)?;
    let mut line = String::new();
    while stream.read_line(&mut line)? > 2 {
        line.clear();
    }
    let path = request.split(' ').nth(1).unwrap_or_default();
    let out = stream.get_mut();
    match pages.get(path) {
        Some(Page::Document(body)) => {
            write!(
                out,
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{CLOSE}",
                body.len()
            )?;
            out.write_all(body)?;
        }
        Some(Page::MovedTo(place)) => write!(
            out,
            "HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n{CLOSE}"
        )?,
        Some(Page::Endless) => {
            write!(out, "HTTP/1.1 200 OK\r\n{CLOSE}")?;
            // Ends when the client has gone.
            loop {
                out.write_all(&[b'#'; 4096])?;
            }
        }
        None => write!(
            out,
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n{CLOSE}"
        )?,
    }
    out.conn.send_close_notify();
    out.flush()
}

const CLOSE: &str = "Connection: close\r\n\r\n";
