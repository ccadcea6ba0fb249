//! Streams of PulseAudio, and of PipeWire in its place.
//!
//! cpal lists the devices; its streams cost more than all the rest of a call: they ask the server for
//! the time after each buffer, clear a megabyte before each read, and leave the card no more than
//! half a millisecond, so that the server wakes two thousand times a second. A stream here is a
//! connection with one thread, which waits for the server and copies between it and a ring.

use std::ffi::CString;
use std::io::{self, BufReader, Cursor, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use assert_no_alloc::assert_no_alloc;
use pulseaudio::protocol::{
    self, AuthParams, AuthReply, ChannelMap, Command, CommandReply, CreatePlaybackStreamReply,
    CreateRecordStreamReply, DESCRIPTOR_SIZE, Descriptor, DescriptorFlags, PlaybackStreamParams,
    Prop, Props, ProtocolError, RecordStreamParams, SampleFormat, SampleSpec, SetClientNameReply,
};

use crate::control::Failure;
use crate::ring::{RingReader, RingWriter};

/// An open stream. Dropping it closes its connection, which ends its thread.
pub(crate) struct Stream {
    socket: UnixStream,
    closing: Arc<AtomicBool>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Relaxed);
        // A connection that is closed already is as good.
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}

/// Opens and starts a loudspeaker by the server's name for it.
pub(crate) fn open_output(
    sink: &str,
    rate_hz: u32,
    ring: RingReader,
    failure: &Failure,
) -> Result<Stream, ProtocolError> {
    let mut connection = Connection::open()?;
    let period = period_bytes(rate_hz);
    let mut params = PlaybackStreamParams {
        sample_spec: sample_spec(rate_hz),
        channel_map: ChannelMap::mono(),
        sink_name: Some(server_name(sink)?),
        ..PlaybackStreamParams::default()
    };
    params.buffer_attr.target_length = TARGET_PERIODS * period;
    params.buffer_attr.max_length = 2 * TARGET_PERIODS * period;
    params.buffer_attr.minimum_request_length = period / 2;
    params.flags.adjust_latency = true;
    let created: CreatePlaybackStreamReply =
        connection.ask(&Command::CreatePlaybackStream(params))?;
    let mut playback = Playback {
        channel: created.channel,
        ring,
        block: Vec::new(),
    };
    connection.serve("audio-out", failure, move |connection| {
        playback.fill(connection, created.requested_bytes)?;
        loop {
            connection.receive()?;
            match connection.command() {
                Some(Command::Request(request)) => playback.fill(connection, request.length)?,
                Some(Command::PlaybackStreamKilled(_)) => return Err(taken_away()),
                // Of the rest nothing concerns a stream that only plays.
                _ => (),
            }
        }
    })
}

/// Opens and starts a microphone by the server's name for it.
pub(crate) fn open_input(
    source: &str,
    rate_hz: u32,
    mut ring: RingWriter,
    failure: &Failure,
) -> Result<Stream, ProtocolError> {
    let mut connection = Connection::open()?;
    let mut params = RecordStreamParams {
        sample_spec: sample_spec(rate_hz),
        channel_map: ChannelMap::mono(),
        source_name: Some(server_name(source)?),
        ..RecordStreamParams::default()
    };
    params.buffer_attr.fragment_size = FRAGMENT_PERIODS * period_bytes(rate_hz);
    params.flags.adjust_latency = true;
    let _: CreateRecordStreamReply = connection.ask(&Command::CreateRecordStream(params))?;
    connection.serve("audio-in", failure, move |connection| {
        loop {
            if connection.receive()? == COMMANDS {
                if let Some(Command::RecordStreamKilled(_)) = connection.command() {
                    return Err(taken_away());
                }
                continue;
            }
            let sound = connection.message.as_chunks::<SAMPLE_BYTES>().0;
            let samples = sound.iter().map(|bytes| f32::from_le_bytes(*bytes));
            assert_no_alloc(|| ring.push_from_device(Instant::now(), samples));
        }
    })
}

/// The way from the ring to the server.
struct Playback {
    channel: u32,
    ring: RingReader,
    /// A block with its head, kept so that nothing is allocated while sound plays.
    block: Vec<u8>,
}

impl Playback {
    /// Sends as many bytes as the server asked for.
    fn fill(&mut self, connection: &mut Connection, bytes: u32) -> io::Result<()> {
        let samples = bytes.min(LARGEST) as usize / SAMPLE_BYTES;
        let length = samples * SAMPLE_BYTES;
        self.block.clear();
        self.block.reserve(DESCRIPTOR_SIZE + length);
        assert_no_alloc(|| {
            self.block.resize(DESCRIPTOR_SIZE, 0);
            let block = &mut self.block;
            self.ring
                .pull_for_device(Instant::now(), samples, |sample| {
                    block.extend_from_slice(&sample.to_le_bytes());
                });
        });
        let head = Descriptor {
            length: length as u32,
            channel: self.channel,
            offset: 0,
            flags: DescriptorFlags::empty(),
        };
        if let Some(place) = self.block.first_chunk_mut() {
            protocol::encode_descriptor(place, &head);
        }
        connection.socket.get_mut().write_all(&self.block)
    }
}

/// A connection that has signed in.
pub(crate) struct Connection {
    socket: BufReader<UnixStream>,
    version: u16,
    /// What came last, without its head.
    message: Vec<u8>,
}

impl Connection {
    pub fn open() -> Result<Self, ProtocolError> {
        let path = pulseaudio::socket_path_from_env();
        let path = path.ok_or(io::Error::from(io::ErrorKind::NotFound))?;
        let socket = UnixStream::connect(path)?;
        // A server that hangs must not hold the audio-control thread for ever.
        socket.set_read_timeout(Some(OPEN_TIMEOUT))?;
        let mut connection = Self {
            socket: BufReader::new(socket),
            version: protocol::MAX_VERSION,
            message: Vec::new(),
        };
        let cookie = pulseaudio::cookie_path_from_env().and_then(|path| std::fs::read(path).ok());
        let auth: AuthReply = connection.ask(&Command::Auth(AuthParams {
            version: protocol::MAX_VERSION,
            supports_shm: false,
            supports_memfd: false,
            cookie: cookie.unwrap_or_default(),
        }))?;
        connection.version = protocol::MAX_VERSION.min(auth.version);
        let mut properties = Props::new();
        properties.set(Prop::ApplicationName, CString::from(c"Hark"));
        let _: SetClientNameReply = connection.ask(&Command::SetClientName(properties))?;
        Ok(connection)
    }

    fn ask<R: CommandReply>(&mut self, command: &Command) -> Result<R, ProtocolError> {
        protocol::write_command_message(self.socket.get_mut(), 0, command, self.version)?;
        let (_, reply) = protocol::read_reply_message(&mut self.socket, self.version)?;
        Ok(reply)
    }

    /// For a command that has no reply but that it was heard.
    pub fn order(&mut self, command: &Command) -> Result<(), ProtocolError> {
        protocol::write_command_message(self.socket.get_mut(), 0, command, self.version)?;
        protocol::read_ack_message(&mut self.socket)?;
        Ok(())
    }

    /// From here on messages may be long in coming. Gives a handle that ends the waiting.
    pub fn wait_for_ever(&self) -> io::Result<UnixStream> {
        self.socket.get_ref().set_read_timeout(None)?;
        self.socket.get_ref().try_clone()
    }

    /// Takes the next message in, and says on which channel it came.
    pub fn receive(&mut self) -> Result<u32, ProtocolError> {
        let head = protocol::read_descriptor(&mut self.socket)?;
        if head.length > LARGEST {
            return Err(io::Error::from(io::ErrorKind::InvalidData).into());
        }
        self.message.resize(head.length as usize, 0);
        self.socket.read_exact(&mut self.message)?;
        Ok(head.channel)
    }

    /// The message as a command; those that the library does not know concern nobody here.
    pub fn command(&self) -> Option<Command> {
        let mut message = Cursor::new(&self.message);
        let (_, command) = Command::read_tag_prefixed(&mut message, self.version).ok()?;
        Some(command)
    }

    /// Hands the connection to a thread that works until it fails or the stream is dropped.
    fn serve(
        mut self,
        name: &str,
        failure: &Failure,
        mut work: impl FnMut(&mut Self) -> Result<(), ProtocolError> + Send + 'static,
    ) -> Result<Stream, ProtocolError> {
        let stream = Stream {
            socket: self.wait_for_ever()?,
            closing: Arc::default(),
        };
        let (failure, closing) = (failure.clone(), Arc::clone(&stream.closing));
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                if let Err(error) = work(&mut self)
                    && !closing.load(Ordering::Relaxed)
                {
                    failure.set(|| error.to_string());
                }
            })?;
        Ok(stream)
    }
}

fn server_name(device: &str) -> Result<CString, ProtocolError> {
    CString::new(device).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput).into())
}

/// Mono: the server spreads it over a loudspeaker's channels and mixes a microphone's.
fn sample_spec(rate_hz: u32) -> SampleSpec {
    SampleSpec {
        format: SampleFormat::Float32Le,
        channels: 1,
        sample_rate: rate_hz,
    }
}

fn period_bytes(rate_hz: u32) -> u32 {
    rate_hz / PERIODS_A_SECOND * SAMPLE_BYTES as u32
}

fn taken_away() -> ProtocolError {
    io::Error::other("the sound server has closed the stream").into()
}

/// The channel of what is no sound.
const COMMANDS: u32 = u32::MAX;

const SAMPLE_BYTES: usize = 4;

/// Sound moves in steps of 10 ms.
const PERIODS_A_SECOND: u32 = 100;

/// What the server holds of a loudspeaker's sound, the card's buffer included. It gives the card
/// half of what is above two of the smallest requests: with those at half a period, a period.
const TARGET_PERIODS: u32 = 3;

/// Half of it is the card's.
const FRAGMENT_PERIODS: u32 = 2;

/// Far more than the server ever asks for or sends at once, in bytes.
const LARGEST: u32 = 1 << 20;

const OPEN_TIMEOUT: Duration = Duration::from_secs(3);
