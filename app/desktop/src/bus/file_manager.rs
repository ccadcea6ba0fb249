//! `org.freedesktop.FileManager1`: points at a file in the desktop's file manager. On a connection of
//! its own, because a person asks for it once in a while.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use zbus::Connection;

use crate::action::Action;
use crate::host::{Notice, Reporter};

#[zbus::proxy(
    interface = "org.freedesktop.FileManager1",
    default_service = "org.freedesktop.FileManager1",
    default_path = "/org/freedesktop/FileManager1",
    gen_blocking = false
)]
trait Service {
    fn show_items(&self, uris: &[&str], startup_id: &str) -> zbus::Result<()>;
}

/// Asks in the background; where nobody answers, the window says where the file is.
pub fn show(file: PathBuf, reporter: Reporter) {
    let asking = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let shown = match runtime {
            Ok(runtime) => runtime.block_on(ask(&file)),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = shown {
            tracing::info!(%error, "no file manager");
            reporter.report(Notice::Act(Action::NoFileManager(file)));
        }
    };
    let thread = std::thread::Builder::new()
        .name("file manager".into())
        .spawn(asking);
    if let Err(error) = thread {
        tracing::warn!(%error, "the file manager could not be asked");
    }
}

async fn ask(file: &Path) -> zbus::Result<()> {
    let connection = Connection::session().await?;
    let service = ServiceProxy::new(&connection).await?;
    service.show_items(&[&uri(file)], "").await
}

/// The file as a URI (RFC 8089), with everything escaped that is more than a plain letter.
fn uri(file: &Path) -> String {
    let mut uri = "file://".to_owned();
    for &octet in file.as_os_str().as_encoded_bytes() {
        if octet.is_ascii_alphanumeric() || b"/-._~".contains(&octet) {
            uri.push(char::from(octet));
        } else {
            write!(uri, "%{octet:02X}").expect("a String takes all");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_without_doubt() {
        assert_eq!(
            uri(Path::new("/music/jörg/Hark/a b#1?.ogg")),
            "file:///music/j%C3%B6rg/Hark/a%20b%231%3F.ogg"
        );
    }
}
