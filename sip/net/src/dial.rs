//! Reaching a server by any of its addresses (RFC 8305 without the sorting, which is done where the
//! addresses come from).

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use hark_sip::FlowError;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};

use crate::socket;

/// Tries the addresses in their order, each as soon as the one before has failed or has been
/// silent for [`STAGGER`], so that a dead address does not hide a living one. The first that is
/// ready wins. Each limits itself, to [`LIMIT`].
pub(crate) async fn first_of<T, F>(
    addresses: Vec<SocketAddr>,
    open: impl Fn(SocketAddr) -> F,
) -> Result<T, FlowError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, FlowError>> + Send + 'static,
{
    let mut waiting = addresses.into_iter();
    let mut attempts = JoinSet::new();
    let mut failure = FlowError::NameNotFound;
    loop {
        if let Some(address) = waiting.next() {
            attempts.spawn(open(address));
        }
        tokio::select! {
            ended = attempts.join_next() => match ended {
                Some(Ok(Ok(opened))) => return Ok(opened),
                Some(Ok(Err(error))) => failure = more_telling(failure, error),
                // An attempt that panicked is no answer.
                Some(Err(_)) => {}
                None => return Err(failure),
            },
            () = sleep(STAGGER), if waiting.len() > 0 => {}
        }
    }
}

pub(crate) async fn connect(
    address: SocketAddr,
    deadline: Instant,
) -> Result<TcpStream, FlowError> {
    let connected = timeout_at(deadline, TcpStream::connect(address)).await;
    let stream = connected
        .map_err(|_| FlowError::TimedOut)?
        .map_err(|error| refusal(&error))?;
    socket::tune(&stream);
    Ok(stream)
}

fn refusal(error: &io::Error) -> FlowError {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => FlowError::Refused,
        io::ErrorKind::TimedOut => FlowError::TimedOut,
        _ => FlowError::Unreachable,
    }
}

/// An answer says more than silence, and what a certificate or a refusal says, more than that
/// another address is not there.
fn more_telling(first: FlowError, second: FlowError) -> FlowError {
    let weight = |error: &FlowError| match error {
        FlowError::NameNotFound => 0,
        FlowError::Unreachable | FlowError::TimedOut => 1,
        FlowError::Refused => 2,
        _ => 3,
    };
    if weight(&second) >= weight(&first) {
        second
    } else {
        first
    }
}

/// The Connection Attempt Delay of RFC 8305 §5.
const STAGGER: Duration = Duration::from_millis(250);

/// How long one address has to answer, TLS included.
pub(crate) const LIMIT: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests {
    use tokio::net::{TcpListener, TcpSocket};

    use super::*;

    async fn connect(address: SocketAddr) -> Result<TcpStream, FlowError> {
        super::connect(address, Instant::now() + LIMIT).await
    }

    async fn listening() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("loopback has ports");
        let address = listener.local_addr().expect("it is bound");
        (listener, address)
    }

    async fn closed() -> SocketAddr {
        listening().await.1
    }

    /// A queue of one that is full: the system drops the next attempts without a word.
    async fn silent() -> (TcpListener, TcpStream, SocketAddr) {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket
            .bind("127.0.0.1:0".parse().expect("an address"))
            .expect("loopback has ports");
        let silent = socket.listen(0).expect("it is bound");
        let address = silent.local_addr().expect("it is bound");
        let filling = TcpStream::connect(address)
            .await
            .expect("the queue has room for one");
        (silent, filling, address)
    }

    #[tokio::test]
    async fn a_refusing_address_does_not_hide_a_living_one() {
        let (_listener, living) = listening().await;
        let stream = first_of(vec![closed().await, living], connect)
            .await
            .expect("one address answers");
        assert_eq!(stream.peer_addr().ok(), Some(living));
    }

    #[tokio::test]
    async fn a_silent_address_does_not_hide_a_living_one() {
        let (_listener, living) = listening().await;
        let (_silent, _filling, address) = silent().await;
        let stream = first_of(vec![address, living], connect)
            .await
            .expect("one address answers");
        assert_eq!(stream.peer_addr().ok(), Some(living));
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_given_three_seconds() {
        let (_silent, _filling, address) = silent().await;
        let started = tokio::time::Instant::now();
        let error = first_of(vec![address], connect).await.map(drop);
        assert_eq!(error, Err(FlowError::TimedOut));
        assert_eq!(started.elapsed().as_secs(), 3);
    }

    #[tokio::test]
    async fn an_address_with_the_wrong_certificate_does_not_hide_the_right_one() {
        let (one, two) = (
            SocketAddr::from(([127, 0, 0, 1], 1)),
            SocketAddr::from(([127, 0, 0, 1], 2)),
        );
        let open = move |address| async move {
            match address == one {
                true => Err(FlowError::CertificateWrongName),
                false => Ok(address),
            }
        };
        assert_eq!(first_of(vec![one, two], open).await, Ok(two));
        let error = FlowError::CertificateWrongName;
        assert_eq!(first_of(vec![one], open).await, Err(error));
    }

    #[tokio::test]
    async fn only_refusals_are_a_refusal_and_no_address_is_no_name() {
        let closed = vec![closed().await, closed().await];
        let error = first_of(closed, connect).await.map(drop);
        assert_eq!(error, Err(FlowError::Refused));
        assert_eq!(
            first_of(Vec::new(), connect).await.map(drop),
            Err(FlowError::NameNotFound)
        );
    }
}
