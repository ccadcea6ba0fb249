//! One flow: a task that carries bytes between a stream and the driver.

use hark_sip::{FlowError, FlowId, FlowInfo, FlowTarget, Input};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;

use crate::connect::Connector;

/// A TCP or TLS stream, whichever.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// What the tasks tell the driver.
pub(crate) enum Arrival {
    Accepted {
        flow: FlowId,
        info: FlowInfo,
        stream: Box<dyn Duplex>,
    },
    Input(Input),
}

pub(crate) type Outgoing = mpsc::Sender<Vec<u8>>;

/// The write queue of a flow. Dropping the sender closes the flow once the queue is sent.
pub(crate) fn queue() -> (Outgoing, mpsc::Receiver<Vec<u8>>) {
    mpsc::channel(OUTGOING)
}

/// Opens a flow and carries it until it ends.
pub(crate) async fn open(
    flow: FlowId,
    target: FlowTarget,
    connector: Connector,
    arrivals: mpsc::Sender<Arrival>,
    outgoing: mpsc::Receiver<Vec<u8>>,
) {
    match connector.open(&target).await {
        Ok((stream, info)) => {
            let opened = Arrival::Input(Input::FlowOpened { flow, info });
            if arrivals.send(opened).await.is_ok() {
                carry(flow, stream, arrivals, outgoing).await;
            }
        }
        Err(error) => {
            // A driver that is gone needs no report.
            let _ = arrivals
                .send(Arrival::Input(Input::FlowFailed { flow, error }))
                .await;
        }
    }
}

/// Carries an open stream. Reading and writing go on side by side, so that two peers that both
/// write never wait for each other.
pub(crate) async fn carry(
    flow: FlowId,
    stream: Box<dyn Duplex>,
    arrivals: mpsc::Sender<Arrival>,
    outgoing: mpsc::Receiver<Vec<u8>>,
) {
    let (reader, writer) = tokio::io::split(stream);
    let error = tokio::select! {
        error = read_all(flow, reader, &arrivals) => error,
        ended = write_all(writer, outgoing) => match ended {
            Ok(()) => return,
            Err(error) => error,
        },
    };
    let _ = arrivals
        .send(Arrival::Input(Input::FlowClosed { flow, error }))
        .await;
}

async fn read_all(
    flow: FlowId,
    mut reader: impl AsyncRead + Unpin,
    arrivals: &mpsc::Sender<Arrival>,
) -> FlowError {
    let mut buffer = vec![0; READ_BYTES];
    loop {
        match reader.read(&mut buffer).await {
            Ok(0) => return FlowError::Closed,
            Ok(length) => {
                let bytes = buffer.iter().take(length).copied().collect();
                if arrivals
                    .send(Arrival::Input(Input::Received { flow, bytes }))
                    .await
                    .is_err()
                {
                    return FlowError::Closed;
                }
            }
            Err(error) => return broken(&error),
        }
    }
}

/// Returns `Ok` when the driver has dropped its end and everything is sent.
async fn write_all(
    mut writer: impl AsyncWrite + Unpin,
    mut outgoing: mpsc::Receiver<Vec<u8>>,
) -> Result<(), FlowError> {
    while let Some(bytes) = outgoing.recv().await {
        writer
            .write_all(&bytes)
            .await
            .map_err(|error| broken(&error))?;
        writer.flush().await.map_err(|error| broken(&error))?;
    }
    // Says close_notify on TLS; a peer that has gone already cannot be told.
    let _ = writer.shutdown().await;
    Ok(())
}

fn broken(error: &std::io::Error) -> FlowError {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::ConnectionReset => {
            FlowError::Closed
        }
        kind => FlowError::Broken(kind.to_string()),
    }
}

/// Messages waiting to be written on one flow before the peer counts as stuck.
const OUTGOING: usize = 1024;
/// One read. A TLS record carries 16 KiB at most (RFC 8446 §5.1).
const READ_BYTES: usize = 16 * 1024;
