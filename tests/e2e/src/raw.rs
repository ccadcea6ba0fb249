//! A SIP server written by hand, line by line, that shares no code with the product: it reads and
//! writes text over TLS or TCP and knows nothing that a test does not tell it.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;

use hark_phone::{AccountSettings, MediaEncryption};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;

use crate::authority::{Authority, Validity};
use crate::{LIMIT, account};

/// A listener with a certificate of a throw-away authority.
pub struct RawServer {
    /// `None` while the server is down.
    listener: Option<TcpListener>,
    address: SocketAddr,
    tls: Option<Arc<ServerConfig>>,
    folder: TempDir,
}

/// What a certificate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    Right,
    WrongName,
    Expired,
}

/// One connection.
pub struct RawFlow {
    stream: Box<dyn Stream>,
    /// Read, and not yet part of a message.
    ahead: Vec<u8>,
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// A message as text.
#[derive(Debug, Clone)]
pub struct Raw {
    pub start: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl RawServer {
    pub fn tls() -> Self {
        Self::with_certificate(Certificate::Right)
    }

    pub fn with_certificate(certificate: Certificate) -> Self {
        let mut server = Self::tcp();
        server.tls = Some(Arc::new(server.make_authority(certificate)));
        server
    }

    pub fn tcp() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        Self {
            address: listener.local_addr().expect("a bound socket"),
            listener: Some(listener),
            tls: None,
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Goes down: whoever connects is refused.
    pub fn stop(&mut self) {
        self.listener = None;
    }

    /// Comes back at the same address.
    pub fn start_again(&mut self) {
        self.listener = Some(TcpListener::bind(self.address).expect("the port of before"));
    }

    /// The account of `alice@contoso.com` at this server.
    pub fn account(&self) -> AccountSettings {
        let (address, server) = ("alice@contoso.com", self.address());
        let account = match self.tls {
            Some(_) => account::over_tls(address, server, self.ca_file()),
            None => account::in_clear(address, server),
        };
        AccountSettings {
            media_encryption: Some(MediaEncryption::Optional),
            ..account
        }
    }

    fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Waits for the client.
    pub fn accept(&self) -> RawFlow {
        let listener = self.listener.as_ref().expect("a server that is up");
        let (stream, _) = listener.accept().expect("a client connects");
        prepare(&stream);
        let stream: Box<dyn Stream> = match &self.tls {
            Some(config) => {
                let connection =
                    ServerConnection::new(Arc::clone(config)).expect("a configuration");
                Box::new(StreamOwned::new(connection, stream))
            }
            None => Box::new(stream),
        };
        RawFlow {
            stream,
            ahead: Vec::new(),
        }
    }

    /// Takes a connection, fails its handshake in whatever way the client wants, and lets go.
    pub fn accept_in_vain(&self) {
        let mut flow = self.accept();
        let mut byte = [0];
        // The client's alert comes as an error here; what it is, the client tells.
        let _ = flow.stream.read(&mut byte);
    }

    fn make_authority(&self, certificate: Certificate) -> ServerConfig {
        let authority = Authority::new();
        authority.write(&self.ca_file());
        let (name, validity) = match certificate {
            Certificate::Right => ("contoso.com", Validity::Now),
            Certificate::Expired => ("contoso.com", Validity::InThePast),
            Certificate::WrongName => ("fabrikam.com", Validity::Now),
        };
        authority.certify(name, validity).server_config()
    }
}

/// Nothing waits for ever, and no message for the acknowledgement of the one before.
fn prepare(stream: &TcpStream) {
    stream.set_nodelay(true).expect("a socket");
    stream.set_read_timeout(Some(LIMIT)).expect("a socket");
    stream.set_write_timeout(Some(LIMIT)).expect("a socket");
}

impl RawFlow {
    /// Connects in clear to a server, as a client.
    pub fn connect(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).expect("a server that listens");
        prepare(&stream);
        Self {
            stream: Box::new(stream),
            ahead: Vec::new(),
        }
    }

    /// Challenges the client's REGISTER and accepts its answer, as a server does that checks
    /// passwords. Returns the REGISTER that was accepted.
    pub fn register(&mut self) -> Raw {
        let first = self.expect("REGISTER");
        assert_eq!(first.header("Authorization"), None);
        self.respond(&first, "401 Unauthorized", CHALLENGE, "");
        let second = self.expect("REGISTER");
        assert!(second.header("Authorization").is_some(), "{second:#?}");
        self.accept_register(&second);
        second
    }

    /// Accepts a REGISTER and gives the client a GRUU, as the document's example has one.
    pub fn accept_register(&mut self, register: &Raw) {
        let contact = register.header("Contact").expect("a Contact");
        let epid = register.sender_param("epid").expect("an epid");
        let gruu = format!("sip:alice@contoso.com;opaque=user:epid:{epid};gruu");
        let contact = format!("Contact: {contact};expires=3600;gruu=\"{gruu}\"\r\n");
        self.respond(register, "200 OK", &contact, "");
    }

    /// The next request, which must be of this method. What a client asks for besides (the mailbox
    /// subscription, OPTIONS) is refused on the way.
    #[track_caller]
    pub fn expect(&mut self, method: &str) -> Raw {
        loop {
            let message = self.read();
            if message.start.starts_with(&format!("{method} ")) {
                return message;
            }
            assert!(self.refuses(&message), "{method} expected: {message:#?}");
        }
    }

    /// The next response.
    #[track_caller]
    pub fn expect_response(&mut self) -> Raw {
        loop {
            let message = self.read();
            if message.start.starts_with("SIP/2.0 ") {
                return message;
            }
            assert!(self.refuses(&message), "a response expected: {message:#?}");
        }
    }

    /// Refuses what a client asks of every server besides registering. False for everything else.
    pub fn refuses(&mut self, message: &Raw) -> bool {
        let known = ["SUBSCRIBE", "PUBLISH"].contains(&message.method());
        if known {
            self.respond(message, "489 Bad Event", "", "");
        }
        known
    }

    /// Answers a request.
    pub fn respond(&mut self, request: &Raw, status: &str, headers: &str, sdp: &str) {
        self.send(&request.response(status, headers, sdp));
    }

    /// Sends head lines (each with its line break) and, where there is one, a session description.
    pub fn send_with_body(&mut self, head: &str, sdp: &str) {
        self.send(&with_body(head, sdp));
    }

    pub fn send(&mut self, text: &str) {
        self.send_bytes(text.as_bytes());
    }

    pub fn send_bytes(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the client reads");
        self.stream.flush().expect("the client reads");
    }

    /// The next message. Keep-alives (RFC 5626) are answered and skipped.
    #[track_caller]
    pub fn read(&mut self) -> Raw {
        loop {
            if self.ahead.starts_with(b"\r\n\r\n") {
                self.ahead.drain(..4);
                self.send("\r\n");
            } else if let Some(message) = self.take_message() {
                return message;
            } else {
                let mut buffer = [0; 4096];
                let read = self.stream.read(&mut buffer).expect("a message in time");
                assert_ne!(read, 0, "the client closed the connection");
                self.ahead.extend_from_slice(&buffer[..read]);
            }
        }
    }

    fn take_message(&mut self) -> Option<Raw> {
        let end = self
            .ahead
            .windows(4)
            .position(|bytes| bytes == b"\r\n\r\n")?;
        let head = String::from_utf8(self.ahead[..end].to_vec()).expect("text");
        let mut lines = head.split("\r\n");
        let start = lines.next()?.to_owned();
        let headers: Vec<(String, String)> = lines
            .map(|line| {
                let (name, value) = line.split_once(':').expect("a header");
                (name.trim().to_owned(), value.trim().to_owned())
            })
            .collect();
        let mut raw = Raw {
            start,
            headers,
            body: String::new(),
        };
        let length: usize = raw.header("Content-Length")?.parse().expect("a length");
        let body = self.ahead.get(end + 4..end + 4 + length)?;
        raw.body = String::from_utf8(body.to_vec()).expect("text");
        self.ahead.drain(..end + 4 + length);
        Some(raw)
    }

    /// Whether the client closes the connection, without another word.
    pub fn ends(mut self) -> bool {
        matches!(self.stream.read(&mut [0]), Ok(0))
    }
}

impl Raw {
    /// A response to this request, with more head lines (each with its line break).
    pub fn response(&self, status: &str, headers: &str, sdp: &str) -> String {
        let mut text = format!("SIP/2.0 {status}\r\n");
        for (name, value) in &self.headers {
            let copied = ["via", "from", "to", "call-id", "cseq", "record-route"];
            if !copied.contains(&name.to_ascii_lowercase().as_str()) {
                continue;
            }
            let needs_tag = name.eq_ignore_ascii_case("to") && !value.contains("tag=");
            let tag = if needs_tag && !status.starts_with("100") {
                ";tag=raw"
            } else {
                ""
            };
            let _ = write!(text, "{name}: {value}{tag}\r\n");
        }
        text.push_str(headers);
        with_body(&text, sdp)
    }

    /// The method of a request.
    pub fn method(&self) -> &str {
        self.start.split(' ').next().unwrap_or_default()
    }

    /// The value of the one header of this name.
    #[track_caller]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self
            .headers
            .iter()
            .filter(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str());
        let first = values.next();
        assert_eq!(values.next(), None, "{name} twice: {self:#?}");
        first
    }

    /// A header parameter of From.
    pub fn sender_param(&self, name: &str) -> Option<&str> {
        let (_, parameters) = self.header("From")?.rsplit_once('>')?;
        let mut parameters = parameters
            .split(';')
            .filter_map(|text| text.split_once('='));
        parameters
            .find(|(own, _)| *own == name)
            .map(|(_, value)| value)
    }

    pub fn status(&self) -> &str {
        self.start.strip_prefix("SIP/2.0 ").unwrap_or_default()
    }
}

/// Head lines and, where there is one, a session description as a whole message.
pub fn with_body(head: &str, sdp: &str) -> String {
    let kind = if sdp.is_empty() {
        ""
    } else {
        "Content-Type: application/sdp\r\n"
    };
    let length = sdp.len();
    format!("{head}{kind}Content-Length: {length}\r\n\r\n{sdp}")
}

/// A Digest challenge (RFC 8760: SHA-256 first, MD5 after it).
pub const CHALLENGE: &str = "\
WWW-Authenticate: Digest realm=\"contoso.com\", nonce=\"n1\", algorithm=SHA-256, qop=\"auth\"\r\n\
WWW-Authenticate: Digest realm=\"contoso.com\", nonce=\"n2\", algorithm=MD5, qop=\"auth\"\r\n";

/// A description of sound in the clear, as simple phones send it.
pub fn sdp(codec: &str) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio 40000 RTP/AVP {codec}\r\na=sendrecv\r\n"
    )
}
