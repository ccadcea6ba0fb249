//! The far end of one phone's calls: a registrar that takes everybody, and a studio that answers at
//! once and speaks.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::condition::Codec;
use crate::media::{self, Agreed, Encryption};
use crate::sip::Message;

/// How a phone speaks SIP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    Udp,
    Tcp,
}

/// Serves until it is dropped.
pub struct Studio {
    pub address: SocketAddr,
    pub sound: Sound,
    events: Receiver<Event>,
    closing: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

/// The studio's microphone and loudspeaker.
pub struct Sound {
    socket: UdpSocket,
    first_heard: Arc<OnceLock<Instant>>,
}

/// What was seen of the phone.
enum Event {
    Registered,
    Answered(Agreed),
    Trouble(anyhow::Error),
}

impl Studio {
    pub fn open(transport: Transport, codec: Codec, encryption: Encryption) -> Result<Self> {
        let (socket, control) = sound_ports()?;
        let line = Line::open(transport)?;
        let address = line.address()?;
        let (sender, events) = mpsc::channel();
        let closing = Arc::new(AtomicBool::new(false));
        let first_heard = Arc::new(OnceLock::new());
        let desk = Desk {
            codec,
            encryption,
            sound_port: socket.local_addr()?.port(),
            address,
            transport,
            events: sender,
            call: None,
        };
        let threads = vec![
            thread::spawn({
                let closing = Arc::clone(&closing);
                move || desk.serve(line, &closing)
            }),
            thread::spawn({
                let (ear, closing) = (socket.try_clone()?, Arc::clone(&closing));
                let first_heard = Arc::clone(&first_heard);
                move || listen(&ear, &control, &first_heard, &closing)
            }),
        ];
        Ok(Self {
            address,
            sound: Sound {
                socket,
                first_heard,
            },
            events,
            closing,
            threads,
        })
    }

    pub fn wait_for_registration(&self) -> Result<()> {
        self.wait_for("REGISTER", |event| {
            matches!(event, Event::Registered).then_some(())
        })
    }

    /// Waits for the INVITE, which is answered the moment it comes, and turns to the phone's port.
    pub fn wait_for_call(&self) -> Result<Agreed> {
        let agreed = self.wait_for("INVITE", |event| match event {
            Event::Answered(agreed) => Some(agreed),
            Event::Registered | Event::Trouble(_) => None,
        })?;
        self.sound.socket.connect(agreed.phone)?;
        Ok(agreed)
    }

    fn wait_for<T>(&self, what: &str, wanted: impl Fn(Event) -> Option<T>) -> Result<T> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let event = self.events.recv_timeout(left);
            match event.with_context(|| format!("no {what} from the phone"))? {
                Event::Trouble(error) => return Err(error),
                event => {
                    if let Some(found) = wanted(event) {
                        return Ok(found);
                    }
                }
            }
        }
    }
}

impl Sound {
    /// Sends one packet; `false` when the phone was not there for the one before it.
    pub fn send(&self, packet: &[u8]) -> Result<bool> {
        match self.socket.send(packet) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
                self.socket.send(packet)?;
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// When the phone's first packet came, if one has.
    pub fn first_heard(&self) -> Option<Instant> {
        self.first_heard.get().copied()
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // Its panic is on standard error already.
            let _ = thread.join();
        }
    }
}

/// Reads the phone's packets away. Those of RTCP meet an open port, so that no phone hears "refused".
fn listen(ear: &UdpSocket, _control: &UdpSocket, first: &OnceLock<Instant>, closing: &AtomicBool) {
    let mut buffer = [0; 2_048];
    while !closing.load(Ordering::Relaxed) {
        if ear.recv(&mut buffer).is_ok() {
            let _later_ones_do_not_count = first.set(Instant::now());
        }
    }
}

/// An even port for RTP and the odd one above it for RTCP (RFC 3550 §11).
fn sound_ports() -> Result<(UdpSocket, UdpSocket)> {
    for _ in 0..100 {
        let sound = UdpSocket::bind("127.0.0.1:0")?;
        let port = sound.local_addr()?.port();
        if port % 2 == 0
            && let Ok(control) = UdpSocket::bind(("127.0.0.1", port + 1))
        {
            sound.set_read_timeout(Some(GLANCE))?;
            return Ok((sound, control));
        }
    }
    bail!("no two free ports beside each other")
}

/// Answers what the phone asks.
struct Desk {
    codec: Codec,
    encryption: Encryption,
    sound_port: u16,
    address: SocketAddr,
    transport: Transport,
    events: Sender<Event>,
    /// The answered INVITE with its response, for the case that it is repeated.
    call: Option<(Message, String)>,
}

impl Desk {
    fn serve(mut self, mut line: Line, closing: &AtomicBool) {
        while !closing.load(Ordering::Relaxed) {
            let served = line.receive().and_then(|message| match message {
                Some(message) => self.answer(&message, &mut line),
                None => Ok(()),
            });
            if let Err(error) = served {
                self.tell(Event::Trouble(error));
            }
        }
    }

    fn answer(&mut self, message: &Message, line: &mut Line) -> Result<()> {
        let transport = match self.transport {
            Transport::Udp => "udp",
            Transport::Tcp => "tcp",
        };
        let contact = format!("<sip:studio@{};transport={transport}>", self.address);
        match message.method() {
            "SIP/2.0" | "ACK" => Ok(()),
            "INVITE" => self.answer_call(message, &contact, line),
            "REGISTER" => {
                line.send(&message.response("200 OK", &contact, None))?;
                self.tell(Event::Registered);
                Ok(())
            }
            "BYE" | "OPTIONS" => line.send(&message.response("200 OK", &contact, None)),
            _ => line.send(&message.response("501 Not Implemented", &contact, None)),
        }
    }

    fn tell(&self, event: Event) {
        // Nobody waits for it when the studio closes.
        let _ = self.events.send(event);
    }

    fn answer_call(&mut self, invite: &Message, contact: &str, line: &mut Line) -> Result<()> {
        if let Some((first, response)) = &self.call
            && first.value("Call-ID") == invite.value("Call-ID")
        {
            return line.send(response);
        }
        let agreed = media::answer(&invite.body, self.codec, self.encryption, self.sound_port)?;
        let response = invite.response("200 OK", contact, Some(&agreed.sdp));
        line.send(&response)?;
        self.call = Some((invite.clone(), response));
        self.tell(Event::Answered(agreed));
        Ok(())
    }
}

/// The way to one phone.
enum Line {
    Udp {
        socket: UdpSocket,
        phone: Option<SocketAddr>,
    },
    Tcp {
        listener: TcpListener,
        stream: Option<TcpStream>,
        pending: Vec<u8>,
    },
}

impl Line {
    fn open(transport: Transport) -> Result<Self> {
        Ok(match transport {
            Transport::Udp => {
                let socket = UdpSocket::bind("127.0.0.1:0")?;
                socket.set_read_timeout(Some(GLANCE))?;
                Self::Udp {
                    socket,
                    phone: None,
                }
            }
            Transport::Tcp => {
                let listener = TcpListener::bind("127.0.0.1:0")?;
                listener.set_nonblocking(true)?;
                Self::Tcp {
                    listener,
                    stream: None,
                    pending: Vec::new(),
                }
            }
        })
    }

    fn address(&self) -> Result<SocketAddr> {
        Ok(match self {
            Self::Udp { socket, .. } => socket.local_addr()?,
            Self::Tcp { listener, .. } => listener.local_addr()?,
        })
    }

    /// The next message, or `None` when there is none for the moment.
    fn receive(&mut self) -> Result<Option<Message>> {
        let mut buffer = [0; 65_536];
        match self {
            Self::Udp { socket, phone } => match socket.recv_from(&mut buffer) {
                Ok((count, from)) => {
                    *phone = Some(from);
                    Ok(Message::cut(&mut buffer[..count].to_vec()))
                }
                Err(error) => none_yet(error),
            },
            Self::Tcp {
                listener,
                stream,
                pending,
            } => {
                if let Some(message) = Message::cut(pending) {
                    return Ok(Some(message));
                }
                // A phone that connects anew leaves its old connection.
                if let Ok((connected, _)) = listener.accept() {
                    connected.set_nonblocking(false)?;
                    connected.set_nodelay(true)?;
                    connected.set_read_timeout(Some(GLANCE))?;
                    *stream = Some(connected);
                    pending.clear();
                }
                let Some(open) = stream else {
                    thread::sleep(GLANCE);
                    return Ok(None);
                };
                match open.read(&mut buffer) {
                    Ok(0) => *stream = None,
                    Ok(count) => pending.extend_from_slice(&buffer[..count]),
                    Err(error) => return none_yet(error),
                }
                Ok(None)
            }
        }
    }

    fn send(&mut self, text: &str) -> Result<()> {
        match self {
            Self::Udp { socket, phone } => {
                let phone = phone.context("nobody to answer")?;
                socket.send_to(text.as_bytes(), phone)?;
            }
            Self::Tcp { stream, .. } => {
                let stream = stream.as_mut().context("nobody to answer")?;
                stream.write_all(text.as_bytes())?;
            }
        }
        Ok(())
    }
}

fn none_yet(error: std::io::Error) -> Result<Option<Message>> {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => Ok(None),
        // The phone has closed its port or its connection; it may come back.
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => Ok(None),
        _ => Err(error.into()),
    }
}

/// How long a phone may take for anything but sound.
const PATIENCE: Duration = Duration::from_secs(30);

/// How soon a thread notices that the studio closes.
const GLANCE: Duration = Duration::from_millis(5);
