//! The far end of the measurements: a registrar and a talker, written against the RFCs and with no
//! code of Hark, so that its times are the phone's and not our own library's.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// Listens for one phone at a time.
pub struct Peer {
    listener: TcpListener,
}

/// The connection of one phone.
pub struct Connection {
    stream: TcpStream,
    requests: Receiver<Request>,
}

/// A request of the phone.
pub struct Request {
    /// When its last byte arrived.
    pub arrived: Instant,
    text: String,
}

impl Peer {
    pub fn listen() -> Result<Self> {
        Self::listen_at(SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    pub fn listen_at(address: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(address)?;
        Ok(Self { listener })
    }

    pub fn address(&self) -> Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    pub fn accept(&self) -> Result<Connection> {
        self.accept_within(PATIENCE)?.context("no phone connects")
    }

    /// `None` when nobody connects in time.
    pub fn accept_within(&self, limit: Duration) -> Result<Option<Connection>> {
        let deadline = Instant::now() + limit;
        self.listener.set_nonblocking(true)?;
        let stream = loop {
            match self.listener.accept() {
                Ok((stream, _)) => break stream,
                Err(error) if error.kind() != ErrorKind::WouldBlock => return Err(error.into()),
                Err(_) if Instant::now() > deadline => return Ok(None),
                Err(_) => thread::sleep(Duration::from_micros(200)),
            }
        };
        stream.set_nonblocking(false)?;
        stream.set_nodelay(true)?;
        let (sender, requests) = mpsc::channel();
        let mut reading = stream.try_clone()?;
        thread::spawn(move || {
            let mut pending = Vec::new();
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reading.read(&mut bytes) {
                pending.extend_from_slice(&bytes[..count]);
                while let Some(request) = cut_request(&mut pending) {
                    if sender.send(request).is_err() {
                        return;
                    }
                }
            }
        });
        Ok(Some(Connection { stream, requests }))
    }
}

impl Connection {
    /// Waits for a request of this method; everything else on the way is answered with 200.
    pub fn wait_for(&mut self, method: &str) -> Result<Request> {
        loop {
            let request = self
                .requests
                .recv_timeout(PATIENCE)
                .with_context(|| format!("no {method} from the phone"))?;
            if request.method() == method {
                return Ok(request);
            }
            // Responses to our own requests, and what ends a transaction, want no answer.
            if !matches!(request.method(), "ACK" | "SIP/2.0") {
                self.accept(&request, "")?;
            }
        }
    }

    /// Answers 200 and says when it was sent.
    pub fn accept(&mut self, request: &Request, sdp: &str) -> Result<Instant> {
        let response = request.ok(sdp);
        let sent = Instant::now();
        self.stream.write_all(response.as_bytes())?;
        Ok(sent)
    }
}

impl Connection {
    /// Calls the phone; when the INVITE was sent.
    pub fn invite(&mut self, sdp: &str) -> Result<Instant> {
        self.send(
            "INVITE",
            "Contact: <sip:peer@127.0.0.1;transport=tcp>\r\n",
            sdp,
        )
    }

    /// Gives that call up.
    pub fn cancel(&mut self) -> Result<Instant> {
        self.send("CANCEL", "", "")
    }

    fn send(&mut self, method: &str, more: &str, sdp: &str) -> Result<Instant> {
        let body = match sdp {
            "" => String::new(),
            _ => "Content-Type: application/sdp\r\n".to_owned(),
        };
        let request = format!(
            "{method} sip:alice@127.0.0.1;transport=tcp SIP/2.0\r\n\
             Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKpeer\r\nMax-Forwards: 70\r\n\
             From: <sip:bob@127.0.0.1>;tag=bench\r\nTo: <sip:alice@127.0.0.1>\r\n\
             Call-ID: bench\r\nCSeq: 1 {method}\r\n{more}{body}Content-Length: {}\r\n\r\n{sdp}",
            sdp.len()
        );
        let sent = Instant::now();
        self.stream.write_all(request.as_bytes())?;
        Ok(sent)
    }
}

impl Request {
    fn method(&self) -> &str {
        self.text.split(' ').next().unwrap_or_default()
    }

    /// The values of a header, in the order of the message.
    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let head = self.text.split("\r\n\r\n").next().unwrap_or_default();
        head.split("\r\n").skip(1).filter_map(move |line| {
            let (key, value) = line.split_once(':')?;
            key.trim()
                .eq_ignore_ascii_case(name)
                .then_some(value.trim())
        })
    }

    /// Where the phone wants to hear us, from its offer.
    pub fn sound_address(&self) -> Result<SocketAddr> {
        let media = self
            .text
            .lines()
            .find_map(|line| line.strip_prefix("m=audio "));
        let port = media
            .and_then(|rest| rest.split(' ').next())
            .context("an INVITE without audio")?;
        Ok(SocketAddr::from(([127, 0, 0, 1], port.parse()?)))
    }

    /// RFC 3261 §8.2.6: what a response takes over from its request. A registration is granted
    /// for an hour.
    fn ok(&self, sdp: &str) -> String {
        let mut head = String::from("SIP/2.0 200 OK\r\n");
        for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
            for value in self.values(name) {
                let tag = if name == "To" && !value.contains(";tag=") {
                    ";tag=peer"
                } else {
                    ""
                };
                head.push_str(&format!("{name}: {value}{tag}\r\n"));
            }
        }
        match self.method() {
            "REGISTER" => {
                for contact in self.values("Contact").filter(|value| *value != "*") {
                    let expires = if contact.contains(";expires=") {
                        ""
                    } else {
                        ";expires=3600"
                    };
                    head.push_str(&format!("Contact: {contact}{expires}\r\n"));
                }
            }
            _ => head.push_str("Contact: <sip:peer@127.0.0.1;transport=tcp>\r\n"),
        }
        if !sdp.is_empty() {
            head.push_str("Content-Type: application/sdp\r\n");
        }
        format!("{head}Content-Length: {}\r\n\r\n{sdp}", sdp.len())
    }
}

/// Takes the first whole request out of what has arrived. Pings between messages are skipped.
fn cut_request(pending: &mut Vec<u8>) -> Option<Request> {
    let pings = pending
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .count();
    pending.drain(..pings);
    let head = pending.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&pending[..head]).into_owned();
    let request = Request {
        arrived: Instant::now(),
        text,
    };
    let length = request
        .values("Content-Length")
        .next()
        .and_then(|value| value.parse().ok());
    let end = head + length.unwrap_or(0);
    if pending.len() < end {
        return None;
    }
    let whole: Vec<u8> = pending.drain(..end).collect();
    Some(Request {
        text: String::from_utf8_lossy(&whole).into_owned(),
        ..request
    })
}

/// An answer that takes PCMU in clear and sends from this port.
pub fn answer(sound: &UdpSocket) -> Result<String> {
    let port = sound.local_addr()?.port();
    Ok(format!(
        "v=0\r\no=peer 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n"
    ))
}

/// An RTP packet with 20 ms of PCMU (RFC 3550 §5.1, RFC 3551 §6).
pub fn rtp_packet(number: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, 0];
    packet.extend_from_slice(&number.to_be_bytes());
    packet.extend_from_slice(&(u32::from(number) * PACKET_SAMPLES as u32).to_be_bytes());
    packet.extend_from_slice(b"Peer");
    packet.extend_from_slice(payload);
    packet
}

/// 20 ms at 8 kHz.
pub const PACKET_SAMPLES: usize = 160;
pub const PACKET_TIME: Duration = Duration::from_millis(20);

const PATIENCE: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTER: &str = "REGISTER sip:example.test SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\n\
        From: <sip:a@example.test>;tag=1\r\nTo: <sip:a@example.test>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n\
        Contact: <sip:a@127.0.0.1>\r\nContent-Length: 2\r\n\r\n";

    #[test]
    fn requests_are_cut_where_they_end() {
        let mut pending = format!("\r\n\r\n{REGISTER}x").into_bytes();
        assert!(cut_request(&mut pending).is_none());
        pending.extend_from_slice(b"yOPTIONS");
        let request = cut_request(&mut pending).unwrap();
        assert_eq!(request.method(), "REGISTER");
        assert!(request.text.ends_with("\r\n\r\nxy"));
        assert_eq!(pending, b"OPTIONS");
    }

    #[test]
    fn a_registration_is_granted_for_an_hour() {
        let request = Request {
            arrived: Instant::now(),
            text: REGISTER.to_owned(),
        };
        let response = request.ok("");
        assert!(response.starts_with("SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\n"));
        assert!(response.contains("To: <sip:a@example.test>;tag=peer\r\n"));
        assert!(response.contains("Contact: <sip:a@127.0.0.1>;expires=3600\r\n"));
        assert!(response.ends_with("Content-Length: 0\r\n\r\n"));
    }
}
