//! `org.freedesktop.portal.FileChooser`: the desktop's own list of files to choose from. On a
//! connection of its own, because a person asks for it once in a while.

use std::collections::HashMap;
use std::path::PathBuf;

use zbus::Connection;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use super::notifications::next;
use crate::action::Action;
use crate::host::{Notice, Reporter};

#[zbus::proxy(
    interface = "org.freedesktop.portal.FileChooser",
    default_service = "org.freedesktop.portal.Desktop",
    default_path = "/org/freedesktop/portal/desktop",
    gen_blocking = false
)]
trait FileChooser {
    fn open_file(
        &self,
        parent_window: &str,
        title: &str,
        options: HashMap<&str, Value<'_>>,
    ) -> zbus::Result<OwnedObjectPath>;
}

#[zbus::proxy(
    interface = "org.freedesktop.portal.Request",
    default_service = "org.freedesktop.portal.Desktop",
    gen_blocking = false
)]
trait Request {
    #[zbus(signal)]
    fn response(&self, response: u32, results: HashMap<String, OwnedValue>) -> zbus::Result<()>;
}

/// Asks in the background; where there is no portal, the window says how else to name a file.
pub fn ask(title: &'static str, reporter: Reporter) {
    let asking = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let chosen = match runtime {
            Ok(runtime) => runtime.block_on(async {
                let connection = Connection::session().await?;
                choose(&connection, title).await
            }),
            Err(error) => Err(error.into()),
        };
        let action = match chosen {
            Ok(Some(file)) => Action::AuthorityFileChosen(file),
            Ok(None) => return,
            Err(error) => {
                tracing::info!(%error, "no file chooser");
                Action::NoFileChooser
            }
        };
        reporter.report(Notice::Act(action));
    };
    let thread = std::thread::Builder::new()
        .name("file chooser".into())
        .spawn(asking);
    if let Err(error) = thread {
        tracing::warn!(%error, "the file chooser could not be asked");
    }
}

/// The file that the user chose; `None` where he chose none.
async fn choose(connection: &Connection, title: &str) -> zbus::Result<Option<PathBuf>> {
    let chooser = FileChooserProxy::new(connection).await?;
    // Listened to before it is asked for, or the answer could come too early.
    let path = request_path(connection);
    let request = RequestProxy::builder(connection)
        .path(path)?
        .build()
        .await?;
    let mut responses = request.receive_response().await?;
    let options = HashMap::from([("handle_token", Value::from(TOKEN))]);
    chooser.open_file("", title, options).await?;
    let Some(response) = next(&mut responses).await else {
        return Ok(None);
    };
    let response = response.args()?;
    Ok(chosen(response.response, &response.results))
}

/// Where the portal answers a request of this connection's (the portal's own rule for the name).
fn request_path(connection: &Connection) -> String {
    let name = connection.unique_name().map(|name| name.to_string());
    // Without a bus in between nobody has a name.
    let name = name.unwrap_or_else(|| "0".into());
    let sender = name.trim_start_matches(':').replace('.', "_");
    format!("/org/freedesktop/portal/desktop/request/{sender}/{TOKEN}")
}

/// 0 is a choice; 1 and 2 are none.
fn chosen(response: u32, results: &HashMap<String, OwnedValue>) -> Option<PathBuf> {
    let uris = results.get("uris").filter(|_| response == 0)?;
    let uris: Vec<String> = uris.try_clone().ok()?.try_into().ok()?;
    path(uris.first()?)
}

/// The path of a `file:` URI on this machine (RFC 8089).
fn path(uri: &str) -> Option<PathBuf> {
    let escaped = uri.strip_prefix("file://")?;
    let escaped = escaped.strip_prefix("localhost").unwrap_or(escaped);
    let mut octets = Vec::new();
    let mut rest = escaped.bytes();
    while let Some(octet) = rest.next() {
        octets.push(match octet {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            plain => plain,
        });
    }
    let path = PathBuf::from(String::from_utf8(octets).ok()?);
    path.is_absolute().then_some(path)
}

/// One request at a time is ours: a connection has one.
const TOKEN: &str = "hark";

#[cfg(test)]
mod tests {
    use super::*;

    /// The desktop's portal, in which the user chooses this.
    struct Portal(Vec<&'static str>);

    #[zbus::interface(name = "org.freedesktop.portal.FileChooser")]
    impl Portal {
        async fn open_file(
            &self,
            #[zbus(connection)] connection: &Connection,
            _parent_window: String,
            _title: String,
            options: HashMap<String, OwnedValue>,
        ) -> zbus::fdo::Result<OwnedObjectPath> {
            let token: &str = (&options["handle_token"]).try_into().expect("a text");
            let path = format!("/org/freedesktop/portal/desktop/request/0/{token}");
            let (interface, signal) = ("org.freedesktop.portal.Request", "Response");
            let results = HashMap::from([("uris", Value::from(self.0.clone()))]);
            let response = (u32::from(self.0.is_empty()), results);
            connection
                .emit_signal(None::<&str>, path.as_str(), interface, signal, &response)
                .await?;
            Ok(OwnedObjectPath::try_from(path).expect("a path"))
        }
    }

    async fn chosen_of(uris: Vec<&'static str>) -> Option<PathBuf> {
        let (ours, theirs) = tokio::net::UnixStream::pair().expect("a pair of sockets");
        let server = zbus::connection::Builder::unix_stream(theirs)
            .server(zbus::Guid::generate())
            .expect("a fresh identity")
            .p2p()
            .serve_at("/org/freedesktop/portal/desktop", Portal(uris))
            .expect("a valid path")
            .build();
        let client = zbus::connection::Builder::unix_stream(ours).p2p().build();
        let (_server, client) = tokio::try_join!(server, client).expect("both ends agree");
        choose(&client, "Choose a file")
            .await
            .expect("the portal answers")
    }

    /// The answer comes before the call itself is answered.
    #[tokio::test]
    async fn a_file_is_chosen_in_the_portal_or_none_is() {
        let file = chosen_of(vec!["file:///certs/ca.pem"]).await;
        assert_eq!(file, Some("/certs/ca.pem".into()));
        assert_eq!(chosen_of(vec![]).await, None);
    }

    #[test]
    fn a_uri_is_a_path_of_this_machine() {
        for (uri, expected) in [
            (
                "file:///certs/j%C3%B6rg/a%20b.pem",
                Some("/certs/jörg/a b.pem"),
            ),
            ("file://localhost/ca.pem", Some("/ca.pem")),
            ("file://elsewhere/ca.pem", None),
            ("https://example.test/ca.pem", None),
            ("file:///ca%2", None),
            ("file:///ca%zz", None),
            ("file:///ca%ff", None),
            ("", None),
        ] {
            assert_eq!(path(uri), expected.map(PathBuf::from), "{uri}");
        }
    }

    #[test]
    fn only_a_choice_is_one() {
        let value = |uris: Vec<&str>| OwnedValue::try_from(Value::from(uris)).unwrap();
        let results = |uris| HashMap::from([("uris".to_owned(), value(uris))]);
        let one = results(vec!["file:///ca.pem"]);
        assert_eq!(chosen(0, &one), Some("/ca.pem".into()));
        assert_eq!(chosen(1, &one), None);
        assert_eq!(chosen(0, &results(vec![])), None);
        assert_eq!(chosen(0, &HashMap::new()), None);
        let text = HashMap::from([("uris".to_owned(), Value::from("x").try_into().unwrap())]);
        assert_eq!(chosen(0, &text), None);
    }
}
