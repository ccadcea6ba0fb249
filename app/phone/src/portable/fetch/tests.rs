//! What needs no certificate; the rest is tested end to end with one.

use std::net::TcpListener;
use std::time::Duration;

use super::*;

#[test]
fn nothing_is_fetched_without_https() {
    for url in ["http://127.0.0.1:1/", "ftp://127.0.0.1/"] {
        let FetchError(fault) = fetch(url, None).unwrap_err();
        assert_eq!(fault, Fault::NotSecure, "{url}");
    }
}

/// It takes the connection and says nothing.
#[test]
fn a_silent_server_is_given_up() {
    let server = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("https://{}/", server.local_addr().unwrap());
    let error = fetch_within(Duration::from_millis(100), &url, None).unwrap_err();
    assert_eq!(Fault::from(error), Fault::TooSlow);
}

#[test]
fn what_is_no_link_is_an_error() {
    for url in [
        "",
        "https://",
        "https:///x",
        "https://a b/",
        "https://[::1",
        "\u{0}",
    ] {
        assert!(fetch(url, None).is_err(), "{url:?}");
    }
}
