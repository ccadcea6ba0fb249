//! One flow: a task that carries bytes between a stream and the driver.

use std::io;
use std::time::Duration;

use hark_sip::{FlowError, FlowId, FlowTarget, Input};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::connect::Connector;
use crate::findings::Attempt;
use crate::listen::Accepted;
use crate::queue::Queue;
use crate::trust;

/// A TCP or TLS stream, whichever.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// What the tasks tell the driver.
pub(crate) enum Arrival {
    Accepted(Accepted),
    /// How far it came with the addresses of a flow; what became of the flow itself follows.
    Tried(FlowId, Vec<Attempt>),
    Input(Input),
}

/// Opens a flow and carries it until it ends.
pub(crate) async fn open(
    flow: FlowId,
    target: FlowTarget,
    connector: Connector,
    arrivals: mpsc::Sender<Arrival>,
    queue: Queue,
) {
    let told = arrivals.clone();
    let securing = move || {
        // A word for people: a driver that is too busy for it loses nothing.
        let _ = told.try_send(Arrival::Input(Input::FlowSecuring { flow }));
    };
    let (opened, attempts) = connector.open(&target, securing).await;
    // A driver that is gone needs no report.
    let _ = arrivals.send(Arrival::Tried(flow, attempts)).await;
    match opened {
        Ok((stream, info)) => {
            let opened = Arrival::Input(Input::FlowOpened { flow, info });
            if arrivals.send(opened).await.is_ok() {
                carry(flow, stream, arrivals, queue).await;
            }
        }
        Err(error) => tell(&arrivals, Input::FlowFailed { flow, error }).await,
    }
}

/// Carries an open stream. Reading and writing go on side by side, so that two peers that both
/// write never wait for each other.
pub(crate) async fn carry(
    flow: FlowId,
    stream: Box<dyn Duplex>,
    arrivals: mpsc::Sender<Arrival>,
    queue: Queue,
) {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let ended = tokio::select! {
        error = read_all(flow, &mut reader, &arrivals) => Err(error),
        ended = write_all(&mut writer, queue) => ended,
    };
    match ended {
        Ok(()) => hang_up(&mut reader, &mut writer).await,
        Err(error) => tell(&arrivals, Input::FlowClosed { flow, error }).await,
    }
}

async fn read_all(
    flow: FlowId,
    reader: &mut (impl AsyncRead + Unpin),
    arrivals: &mpsc::Sender<Arrival>,
) -> FlowError {
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let bytes = match reader.read(&mut buffer).await {
            Ok(0) => return FlowError::Closed,
            Ok(length) => buffer.iter().take(length).copied().collect(),
            Err(error) => return broken(&error),
        };
        tell(arrivals, Input::Received { flow, bytes }).await;
    }
}

/// Returns `Ok` when the driver has dropped its end and everything is sent.
async fn write_all(
    writer: &mut (impl AsyncWrite + Unpin),
    mut queue: Queue,
) -> Result<(), FlowError> {
    while let Some(bytes) = queue.next().await {
        match timeout(WRITE_LIMIT, write(writer, &bytes)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(broken(&error)),
            Err(_) => return Err(stuck()),
        }
    }
    Ok(())
}

async fn write(writer: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    writer.write_all(bytes).await?;
    writer.flush().await
}

/// Ends a stream in order: close_notify on TLS, then FIN, then nothing until the peer has closed
/// too. A socket that is closed with unread bytes in it resets the connection, and the peer could
/// lose our last message.
async fn hang_up(reader: &mut (impl AsyncRead + Unpin), writer: &mut (impl AsyncWrite + Unpin)) {
    let end = async {
        writer.shutdown().await?;
        tokio::io::copy(reader, &mut tokio::io::sink()).await
    };
    // Whatever goes wrong here, the flow is over.
    let _ = timeout(HANG_UP_LIMIT, end).await;
}

/// A driver that is gone needs no report.
async fn tell(arrivals: &mpsc::Sender<Arrival>, input: Input) {
    let _ = arrivals.send(Arrival::Input(input)).await;
}

/// What a peer that does not read costs: its flow.
pub(crate) fn stuck() -> FlowError {
    FlowError::Broken("the other side has stopped reading".into())
}

fn broken(error: &io::Error) -> FlowError {
    trust::tls_error(error).unwrap_or_else(|| match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => FlowError::Closed,
        kind => FlowError::Broken(kind.to_string()),
    })
}

/// One read. A TLS record carries 16 KiB at most (RFC 8446 §5.1).
const READ_BYTES: usize = 16 * 1024;
/// A message that cannot be handed to the system for this long waits for a peer that is stuck:
/// longer than a transaction lives (timer F, 32 s), it is of no use anyway.
const WRITE_LIMIT: Duration = Duration::from_secs(32);
/// How long a peer has to close its side after ours.
const HANG_UP_LIMIT: Duration = Duration::from_secs(1);
