//! Reaching a host by any of its addresses (RFC 8305 without the sorting, which the system's
//! resolver does).

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use hark_sip::FlowError;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::socket;

/// Resolves the name and connects to the first of its addresses that answers.
pub(crate) async fn dial(host: &str, port: u16) -> Result<TcpStream, FlowError> {
    let addresses = tokio::net::lookup_host((host, port)).await;
    let addresses = addresses.map_err(|_| FlowError::NameNotFound)?.collect();
    first_of(addresses).await
}

/// Tries the addresses in their order, each as soon as the one before has failed or has been
/// silent for [`STAGGER`], so that a dead address does not hide a living one.
async fn first_of(addresses: Vec<SocketAddr>) -> Result<TcpStream, FlowError> {
    let mut waiting = addresses.into_iter();
    let mut attempts = JoinSet::new();
    let mut failure = FlowError::NameNotFound;
    loop {
        if let Some(address) = waiting.next() {
            attempts.spawn(connect(address));
        }
        tokio::select! {
            ended = attempts.join_next() => match ended {
                Some(Ok(Ok(stream))) => return Ok(stream),
                Some(Ok(Err(error))) => failure = more_telling(failure, error),
                // An attempt that panicked is no answer.
                Some(Err(_)) => {}
                None => return Err(failure),
            },
            () = sleep(STAGGER), if waiting.len() > 0 => {}
        }
    }
}

async fn connect(address: SocketAddr) -> Result<TcpStream, FlowError> {
    let stream = TcpStream::connect(address)
        .await
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

/// A refusal says that the machine is there, which helps more than that another address is not.
fn more_telling(first: FlowError, second: FlowError) -> FlowError {
    if first == FlowError::Refused {
        first
    } else {
        second
    }
}

/// The Connection Attempt Delay of RFC 8305 §5.
const STAGGER: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use tokio::net::{TcpListener, TcpSocket};

    use super::*;

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

    #[tokio::test]
    async fn a_refusing_address_does_not_hide_a_living_one() {
        let (_listener, living) = listening().await;
        let stream = first_of(vec![closed().await, living])
            .await
            .expect("one address answers");
        assert_eq!(stream.peer_addr().ok(), Some(living));
    }

    #[tokio::test]
    async fn a_silent_address_does_not_hide_a_living_one() {
        let (_listener, living) = listening().await;
        // A queue of one that is full: the system drops the next attempts without a word.
        let silent = TcpSocket::new_v4().expect("a socket");
        silent
            .bind("127.0.0.1:0".parse().expect("an address"))
            .expect("loopback has ports");
        let silent = silent.listen(0).expect("it is bound");
        let address = silent.local_addr().expect("it is bound");
        let _filling = TcpStream::connect(address)
            .await
            .expect("the queue has room for one");
        let stream = first_of(vec![address, living])
            .await
            .expect("one address answers");
        assert_eq!(stream.peer_addr().ok(), Some(living));
    }

    #[tokio::test]
    async fn only_refusals_are_a_refusal_and_no_address_is_no_name() {
        let error = first_of(vec![closed().await, closed().await])
            .await
            .map(drop);
        assert_eq!(error, Err(FlowError::Refused));
        assert_eq!(
            first_of(Vec::new()).await.map(drop),
            Err(FlowError::NameNotFound)
        );
    }
}
