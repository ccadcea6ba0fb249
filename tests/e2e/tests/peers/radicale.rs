//! Radicale as CardDAV server over TLS on loopback. Its storage is a folder, in which the test writes
//! cards as others would through the server.

use std::path::{Path, PathBuf};
use std::process::Command;

use hark_e2e::authority::{Authority, Validity};
use hark_phone::AddressBookSettings;
use tempfile::TempDir;

use crate::process::{self, Process, Program, free_port};

pub const PROGRAM: Program = Program {
    name: "radicale",
    packages: "radicale",
};

pub const USER: &str = "alice";
pub const PASSWORD: &str = "correct-horse";

/// A running Radicale with one address book of one user.
pub struct Radicale {
    _process: Process,
    port: u16,
    folder: TempDir,
    authority: Authority,
}

impl Radicale {
    /// Starts it.
    ///
    /// # Panics
    /// Where it is not installed: nothing else proves that the address book works.
    pub fn start() -> Self {
        Self::start_as("True")
    }

    /// The same without TLS, as a server that is for this computer alone.
    pub fn in_clear() -> Self {
        Self::start_as("False")
    }

    fn start_as(ssl: &str) -> Self {
        let program =
            process::find(PROGRAM).expect("radicale is installed (apt-get install radicale)");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let authority = Authority::new();
        authority
            .certify("127.0.0.1", Validity::Now)
            .write(folder.path());
        authority.write(&folder.path().join("ca.pem"));
        write_configuration(folder.path(), ssl);
        loop {
            let port = free_port();
            let mut command = Command::new(&program);
            command
                .arg("--config")
                .arg(folder.path().join("config"))
                .arg(format!("--server-hosts=127.0.0.1:{port}"));
            let process = Process::start(&mut command);
            if process.listens(port) {
                return Self {
                    _process: process,
                    port,
                    folder,
                    authority,
                };
            }
            let story = process.story();
            assert!(story.contains("Address already in use"), "{story}");
        }
    }

    /// Settings that name the server and nothing on it.
    pub fn settings(&self) -> AddressBookSettings {
        AddressBookSettings {
            on: true,
            url: format!("127.0.0.1:{}", self.port),
            username: USER.into(),
            ca_file: Some(self.folder.path().join("ca.pem")),
        }
    }

    /// The one book by its whole address.
    pub fn book_url(&self) -> String {
        format!("https://127.0.0.1:{}/{USER}/friends/", self.port)
    }

    pub fn authority(&self) -> &str {
        self.authority.pem()
    }

    pub fn write_card(&self, name: &str, card: &str) {
        std::fs::write(self.book().join(name), card).expect("the storage");
    }

    pub fn remove_card(&self, name: &str) {
        std::fs::remove_file(self.book().join(name)).expect("a card");
    }

    fn book(&self) -> PathBuf {
        book(self.folder.path())
    }
}

fn book(folder: &Path) -> PathBuf {
    folder
        .join("storage/collection-root")
        .join(USER)
        .join("friends")
}

/// `ssl` is `True` or `False`.
fn write_configuration(folder: &Path, ssl: &str) {
    let write = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).expect("a folder to write in");
    };
    let place = folder.display();
    write("users", &format!("{USER}:{PASSWORD}\n"));
    write(
        "config",
        &format!(
            "[server]\nssl = {ssl}\ncertificate = {place}/cert.pem\nkey = {place}/key.pem\n\
             [auth]\ntype = htpasswd\nhtpasswd_filename = {place}/users\nhtpasswd_encryption = plain\n\
             delay = 0\n[rights]\ntype = owner_only\n[storage]\nfilesystem_folder = {place}/storage\n"
        ),
    );
    let book = book(folder);
    std::fs::create_dir_all(&book).expect("a folder to write in");
    let properties = "{\"tag\": \"VADDRESSBOOK\", \"D:displayname\": \"Friends\"}";
    std::fs::write(book.join(".Radicale.props"), properties).expect("the storage");
}
