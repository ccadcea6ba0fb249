//! One call's media session with its two sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use hark_media::{Component, MediaConfig, MediaEvent, MediaOutput, MediaSession, Rejection};
use hark_sip_net::{MediaPorts, bind_media_ports};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::signal::MAX_FRAME;
use super::{MediaError, Place};
use crate::snapshot::CallId;

/// A datagram that arrived on a socket of a call.
#[derive(Debug)]
pub(super) struct Datagram {
    pub(super) call: CallId,
    component: Component,
    from: SocketAddr,
    packet: Vec<u8>,
}

/// Whether the peer may hear the microphone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Described, nothing flows yet.
    Prepared,
    /// The peer may be heard (early media), and hears silence.
    Early,
    Answered,
}

/// Whether the last of the digits that were queued is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DigitsOut {
    Yes,
    No,
}

/// One call's session, its sockets and the tasks that read them.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) session: MediaSession,
    pub(super) stage: Stage,
    ports: Ports,
}

impl Leg {
    /// Opens sockets and makes an offer.
    pub(super) async fn offer(
        call: CallId,
        place: Place,
        datagrams: &mpsc::Sender<Datagram>,
    ) -> Result<(Self, Vec<u8>), MediaError> {
        let (ports, config) = Ports::open(call, place, datagrams).await?;
        let (session, offer) = MediaSession::offer(config);
        Ok((Self::new(session, ports), offer))
    }

    /// Opens sockets and answers an offer.
    pub(super) async fn answer(
        call: CallId,
        place: Place,
        offer: &[u8],
        datagrams: &mpsc::Sender<Datagram>,
    ) -> Result<(Self, Vec<u8>), MediaError> {
        let (ports, config) = Ports::open(call, place, datagrams).await?;
        let (session, answer) = MediaSession::answer(config, offer)?;
        Ok((Self::new(session, ports), answer))
    }

    /// Goes on with other sockets; the next offer tells of them.
    pub(super) async fn move_to(
        &mut self,
        call: CallId,
        place: Place,
        datagrams: &mpsc::Sender<Datagram>,
    ) -> Result<(), MediaError> {
        let (ports, config) = Ports::open(call, place, datagrams).await?;
        self.session.move_to(config.local_rtp, config.local_rtcp);
        self.ports = ports;
        Ok(())
    }

    pub(super) fn accept_answer(&mut self, answer: &[u8]) -> Result<(), Rejection> {
        self.session.accept_answer(answer)?;
        if self.stage == Stage::Prepared {
            self.stage = Stage::Early;
        }
        Ok(())
    }

    pub(super) fn receive(&mut self, now: Instant, mut datagram: Datagram) {
        let packet = &mut datagram.packet;
        self.session
            .handle_packet(now, datagram.component, datagram.from, packet);
    }

    /// One beat: what the peer says goes into `speaker`, what `microphone` heard goes to the peer.
    /// `None` stands for a loudspeaker and a microphone that belong to another call.
    pub(super) fn beat(&mut self, now: Instant, sound: Option<(&mut [i16], &[i16])>) {
        if self.stage == Stage::Prepared {
            return;
        }
        let mut unheard = [0; MAX_FRAME];
        let silence = [0; MAX_FRAME];
        let length = self.frame_length();
        let (speaker, microphone) = match sound {
            Some(sound) => sound,
            None => (&mut unheard[..length], &silence[..length]),
        };
        self.session.play(now, speaker);
        let spoken = match self.stage {
            Stage::Answered => microphone,
            Stage::Prepared | Stage::Early => &silence[..length],
        };
        self.session.capture(now, spoken);
        self.session.tick(now);
    }

    /// Sends what the session wants sent. Returns whether the last digit is out now.
    pub(super) fn flush(&mut self) -> DigitsOut {
        let mut digits = DigitsOut::No;
        while let Some(output) = self.session.poll_output() {
            match output {
                MediaOutput::Transmit {
                    component,
                    to,
                    packet,
                } => self.ports.send(component, to, &packet),
                MediaOutput::Event(MediaEvent::Started) => tracing::debug!("first sound came in"),
                MediaOutput::Event(MediaEvent::DigitsSent) => digits = DigitsOut::Yes,
                // A phone shows no digits of others.
                MediaOutput::Event(MediaEvent::Digit { .. }) => {}
            }
        }
        digits
    }

    /// Samples in 10 ms.
    pub(super) fn frame_length(&self) -> usize {
        (self.session.rate_hz() as usize / 100).min(MAX_FRAME)
    }

    pub(super) fn close(mut self, now: Instant) {
        self.session.close(now);
        self.flush();
    }

    fn new(session: MediaSession, ports: Ports) -> Self {
        Self {
            session,
            stage: Stage::Prepared,
            ports,
        }
    }
}

/// The RTP and the RTCP socket. Dropping them ends their readers.
#[derive(Debug)]
struct Ports {
    rtp: Arc<UdpSocket>,
    rtcp: Arc<UdpSocket>,
    readers: [AbortHandle; 2],
}

impl Ports {
    async fn open(
        call: CallId,
        place: Place,
        datagrams: &mpsc::Sender<Datagram>,
    ) -> Result<(Self, MediaConfig), MediaError> {
        let MediaPorts { rtp, rtcp } = bind_media_ports(place.local).await?;
        let (rtp, rtcp) = (Arc::new(rtp), Arc::new(rtcp));
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)?;
        let config = MediaConfig {
            codecs: place.codecs,
            encryption: place.encryption,
            local_rtp: rtp.local_addr()?,
            local_rtcp: rtcp.local_addr()?,
            cname: random_name()?,
            seed,
        };
        let reader = |socket: &Arc<UdpSocket>, component| {
            let reading = read(call, component, Arc::clone(socket), datagrams.clone());
            tokio::spawn(reading).abort_handle()
        };
        let readers = [reader(&rtp, Component::Rtp), reader(&rtcp, Component::Rtcp)];
        Ok((Self { rtp, rtcp, readers }, config))
    }

    /// A full send buffer drops the packet, as the network would.
    fn send(&self, component: Component, to: SocketAddr, packet: &[u8]) {
        let socket = match component {
            Component::Rtp => &self.rtp,
            Component::Rtcp => &self.rtcp,
        };
        if let Err(error) = socket.try_send_to(packet, to) {
            tracing::trace!("a media packet was not sent: {error}");
        }
    }
}

impl Drop for Ports {
    fn drop(&mut self) {
        self.readers.iter().for_each(AbortHandle::abort);
    }
}

/// Reads one socket until it is closed. A thread that cannot keep up loses packets here, where the
/// jitter buffer expects losses, instead of growing a queue of old sound.
async fn read(
    call: CallId,
    component: Component,
    socket: Arc<UdpSocket>,
    datagrams: mpsc::Sender<Datagram>,
) {
    let mut buffer = vec![0; MAX_DATAGRAM];
    loop {
        let (length, from) = match socket.recv_from(&mut buffer).await {
            Ok(received) => received,
            // The ICMP error of a packet that we sent; the socket itself goes on.
            Err(error) if is_about_the_peer(&error) => continue,
            Err(error) => {
                tracing::warn!("a media socket failed: {error}");
                return;
            }
        };
        let Some(packet) = buffer.get(..length) else {
            continue;
        };
        let datagram = Datagram {
            call,
            component,
            from,
            packet: packet.to_vec(),
        };
        if let Err(mpsc::error::TrySendError::Closed(_)) = datagrams.try_send(datagram) {
            return;
        }
    }
}

fn is_about_the_peer(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionRefused | ConnectionReset)
}

/// A random CNAME for the length of one call (RFC 7022 §5), 96 bits in hex.
fn random_name() -> Result<String, getrandom::Error> {
    let mut octets = [0; 12];
    getrandom::fill(&mut octets)?;
    Ok(octets.iter().map(|octet| format!("{octet:02x}")).collect())
}

/// Bigger than any packet of sound; longer ones are cut, and then fail their checks.
const MAX_DATAGRAM: usize = 2048;
