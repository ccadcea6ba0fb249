//! `hark profile` and `hark provision` as an administrator sees them: the program itself, its lines, its
//! exit code. No phone runs, and none is started.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A home of its own for the program, where it finds no session and no settings.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    fn hark(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_hark"))
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.path())
            .env("XDG_RUNTIME_DIR", self.path())
            .output()
            .unwrap()
    }

    /// What is told on standard output when all goes well.
    #[track_caller]
    fn told(&self, arguments: &[&str]) -> String {
        let output = self.hark(arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What is told on standard error when it does not.
    #[track_caller]
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.hark(arguments);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

#[test]
fn settings_go_from_one_home_to_another() {
    let (here, there) = (Home::new(), Home::new());
    let document = "
        [account]
        address = 'dana@example.test'
        server = '127.0.0.1:5061'
        [audio]
        speaker = 'Headset'
        volume = 11";
    here.write("office.toml", document);
    let changes = "account dana@example.test: added\n\
         account dana@example.test: server = \"127.0.0.1:5061\"\n\
         account dana@example.test: its password has to be typed\n\
         audio.speaker = [\"Headset\"] (was [])\n";
    let provision = ["provision", "office.toml", "--dry-run"];
    assert_eq!(here.told(&provision), changes);
    let unknown = String::from_utf8(here.hark(&provision).stderr).unwrap();
    assert_eq!(
        unknown,
        "hark: Line 7, audio.volume: unknown, and left out\n"
    );
    assert!(!here.path().join(".config/hark/hark.toml").exists());
    assert_eq!(here.told(&provision[..2]), changes);
    assert_eq!(here.told(&provision), "nothing changes\n");

    let file = there.path().join("mine.toml");
    let file = file.to_str().unwrap();
    assert_eq!(here.told(&["profile", "export", file]), "");
    assert_eq!(there.told(&["profile", "import", "mine.toml"]), changes);
    let import = ["profile", "import", "mine.toml", "--dry-run"];
    assert_eq!(there.told(&import), "nothing changes\n");
}

#[test]
fn what_cannot_be_used_is_refused_in_words_and_changes_nothing() {
    let home = Home::new();
    home.write("wrong.toml", "[audio]\n\ngain_control = 'loud'\n");
    home.write(
        "country.toml",
        "[[account]]\naddress = 'a@b.test'\nregion = 'UK'",
    );
    home.write(
        "rules.toml",
        "[[account]]\naddress = 'a@b.test'\n[who_rings]\nforward_busy = 'a@b.test'",
    );
    for (arguments, words) in [
        (
            &["provision", "wrong.toml"][..],
            "hark: Line 3, audio.gain_control: ",
        ),
        (
            &["provision", "country.toml", "--dry-run"],
            "hark: Line 3, account.region: Hark does not know the country UK. Write its two letters",
        ),
        (
            &["provision", "rules.toml"],
            "hark: Calls cannot be forwarded to yourself.",
        ),
        (
            &["profile", "import", "none.toml"],
            "hark: none.toml could not be read: ",
        ),
        (
            &["profile", "export", "no/such/place.toml"],
            "hark: The settings could not be saved as ",
        ),
    ] {
        let error = home.refused(arguments);
        assert!(error.starts_with(words), "{error}");
    }
    assert!(!home.path().join(".config").exists());
}
