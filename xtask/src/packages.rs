//! The system packages that Hark needs on Debian and Ubuntu, and how they get onto the machine.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::{self, IsTerminal as _};
use std::process::Command;

use anyhow::{Result, bail};

use crate::process;

/// What a package is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Build,
    Run,
    Test,
    /// `cargo xtask bench`.
    Bench,
    /// `cargo xtask dist try`.
    Dist,
    /// Making the spoken prompts anew; nobody else needs these.
    Sounds,
}

impl Purpose {
    /// What a developer's machine needs.
    pub const ALL: &[Self] = &[Self::Build, Self::Run, Self::Test];
}

struct Package {
    name: &'static str,
    purpose: Purpose,
    /// Completes "Hark needs it, because it ...".
    why: &'static str,
}

/// The one table. Everything that installs, checks or documents packages reads it.
const PACKAGES: &[Package] = &[
    package(
        "build-essential",
        Purpose::Build,
        "compiles the C parts: SQLite, libopus, ring",
    ),
    package("cmake", Purpose::Build, "configures libopus"),
    package("pkg-config", Purpose::Build, "finds ALSA"),
    package(
        "libasound2-dev",
        Purpose::Build,
        "is ALSA, which cpal links",
    ),
    package("libxkbcommon0", Purpose::Run, "reads the keyboard"),
    package(
        "libxkbcommon-x11-0",
        Purpose::Run,
        "reads the keyboard on X11",
    ),
    package("libx11-6", Purpose::Run, "talks to X11"),
    package("libx11-xcb1", Purpose::Run, "talks to X11"),
    package("libxcursor1", Purpose::Run, "draws the pointer on X11"),
    package("libxi6", Purpose::Run, "reads mouse and touch on X11"),
    package("libxrandr2", Purpose::Run, "knows the screens on X11"),
    package("libwayland-client0", Purpose::Run, "talks to Wayland"),
    package(
        "libasound2-plugins",
        Purpose::Test,
        "leads from ALSA to a PulseAudio server, in tests and for baresip",
    ),
    package("xvfb", Purpose::Test, "is a screen in memory"),
    package(
        "at-spi2-core",
        Purpose::Test,
        "tells screen readers what is on the screen",
    ),
    package(
        "gir1.2-atspi-2.0",
        Purpose::Test,
        "lets a test listen as a screen reader does",
    ),
    package("python3-gi", Purpose::Test, "lets that test speak Python"),
    package(
        "dbus-daemon",
        Purpose::Test,
        "is the session bus that the program is reached through",
    ),
    package(
        "pulseaudio",
        Purpose::Test,
        "is the sound server that the device tests play through",
    ),
    package(
        "pulseaudio-utils",
        Purpose::Test,
        "records what that sound server plays",
    ),
    package(
        "sip-tester",
        Purpose::Test,
        "is SIPp, a peer that this project did not write",
    ),
    package(
        "kamailio",
        Purpose::Test,
        "is a registrar and proxy that this project did not write",
    ),
    package(
        "kamailio-tls-modules",
        Purpose::Test,
        "lets that registrar speak TLS",
    ),
    package(
        "kamailio-presence-modules",
        Purpose::Test,
        "lets that registrar tell of waiting messages",
    ),
    package(
        "baresip-core",
        Purpose::Test,
        "is a phone that this project did not write",
    ),
    package(
        "coturn",
        Purpose::Test,
        "is a STUN and TURN server that this project did not write",
    ),
    package(
        "radicale",
        Purpose::Test,
        "is an address book's server that this project did not write",
    ),
    package(
        "openssl",
        Purpose::Test,
        "is the other end of DTLS handshakes",
    ),
    package(
        "opus-tools",
        Purpose::Test,
        "reads recordings with code of others",
    ),
    package(
        "age",
        Purpose::Test,
        "opens encrypted recordings with code of others",
    ),
    package(
        "linphone-desktop",
        Purpose::Bench,
        "is a phone to compare with",
    ),
    package("twinkle", Purpose::Bench, "is a phone to compare with"),
    package(
        "gnome-keyring",
        Purpose::Bench,
        "keeps the password of a measured phone",
    ),
    package(
        "libsecret-tools",
        Purpose::Bench,
        "puts that password there",
    ),
    package("openbox", Purpose::Bench, "manages a measured window"),
    package("wmctrl", Purpose::Bench, "closes a measured window"),
    package("linphone-cli", Purpose::Bench, "is a phone to compare with"),
    package(
        "asterisk-core-sounds-en-wav",
        Purpose::Bench,
        "is speech to score the sound with",
    ),
    package(
        "asterisk-core-sounds-en-g722",
        Purpose::Bench,
        "is the same speech in wide band",
    ),
    package(
        "python3-venv",
        Purpose::Bench,
        "holds the score's packages apart",
    ),
    package("python3-dev", Purpose::Bench, "compiles the score"),
    package(
        "debootstrap",
        Purpose::Dist,
        "makes a clean Debian to install the package in",
    ),
    package("espeak-ng", Purpose::Sounds, "speaks the prompts"),
    package("sox", Purpose::Sounds, "trims and levels them"),
];

/// Sees to it that the packages for these purposes are there.
///
/// # Errors
/// On Debian and Ubuntu, when something is missing and cannot be installed. Other systems get a
/// line that says what is needed, and go on.
pub fn ensure(purposes: &[Purpose]) -> Result<()> {
    let wanted: Vec<&Package> = PACKAGES
        .iter()
        .filter(|package| purposes.contains(&package.purpose))
        .collect();
    if !cfg!(target_os = "linux") {
        eprintln!("Hark needs a C compiler and cmake here; going on.");
        return Ok(());
    }
    let Some(installed) = installed_packages() else {
        eprintln!("This is not Debian or Ubuntu. Hark needs what these packages hold there:");
        list(&wanted);
        return Ok(());
    };
    let missing: Vec<&Package> = wanted
        .into_iter()
        .filter(|package| !installed.contains(package.name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("These system packages are missing:");
    list(&missing);
    install(&missing)
}

/// The packages for a purpose.
#[cfg(test)]
pub fn names(purpose: Purpose) -> impl Iterator<Item = &'static str> {
    let wanted = PACKAGES
        .iter()
        .filter(move |package| package.purpose == purpose);
    wanted.map(|package| package.name)
}

/// What dpkg holds, or `None` on a system without dpkg or apt-get.
fn installed_packages() -> Option<BTreeSet<String>> {
    if !process::is_installed("dpkg-query") || !process::is_installed("apt-get") {
        return None;
    }
    let listing = process::output(Command::new("dpkg-query").args([
        "-W",
        "-f",
        "${db:Status-Status} ${Package}\n",
    ]));
    listing.ok().map(|text| parse_listing(&text))
}

fn parse_listing(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter_map(|line| line.strip_prefix("installed "))
        .map(str::to_owned)
        .collect()
}

fn list(packages: &[&Package]) {
    for package in packages {
        eprintln!("  {:<20} {}", package.name, package.why);
    }
}

fn install(missing: &[&Package]) -> Result<()> {
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    match Rights::find() {
        Rights::Root => apt_get(&[], &names),
        Rights::Sudo => apt_get(&["sudo"], &names),
        Rights::SudoWithoutPassword => apt_get(&["sudo", "--non-interactive"], &names),
        Rights::None => bail!(
            "please install them and try again:\n\n  {}\n",
            by_hand(&names)
        ),
    }
}

fn by_hand(names: &[&str]) -> String {
    format!(
        "sudo apt-get update && sudo apt-get install {}",
        names.join(" ")
    )
}

/// How this run may install packages.
enum Rights {
    Root,
    /// Asks for a password, so only where someone sits at a terminal.
    Sudo,
    SudoWithoutPassword,
    None,
}

impl Rights {
    fn find() -> Self {
        if is_root() {
            return Self::Root;
        }
        if !process::is_installed("sudo") {
            return Self::None;
        }
        if process::succeeds(Command::new("sudo").args(["--non-interactive", "true"])) {
            return Self::SudoWithoutPassword;
        }
        let attended = io::stdin().is_terminal() && env::var_os("CI").is_none();
        if attended { Self::Sudo } else { Self::None }
    }
}

/// Read from /proc, because asking the system is `unsafe` in std's terms or a crate in ours.
fn is_root() -> bool {
    fs::read_to_string("/proc/self/status").is_ok_and(|status| effective_user(&status) == Some(0))
}

/// The second number of the `Uid:` line is the effective user (proc(5)).
fn effective_user(status: &str) -> Option<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn apt_get(prefix: &[&str], names: &[&str]) -> Result<()> {
    // A machine whose lists are old but good enough may be offline: only the install decides.
    if let Err(error) = process::run(&mut apt_command(prefix, &["update", "-q"])) {
        eprintln!("going on with the package lists of before: {error:#}");
    }
    let mut arguments = vec!["install", "-q", "-y", "--no-install-recommends"];
    arguments.extend(names);
    process::run(&mut apt_command(prefix, &arguments))
        .map_err(|error| error.context(format!("please try by hand: {}", by_hand(names))))
}

fn apt_command(prefix: &[&str], arguments: &[&str]) -> Command {
    let mut words = prefix.to_vec();
    // Through env(1), since sudo does not pass variables on.
    words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    words.extend(arguments);
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    command
}

const fn package(name: &'static str, purpose: Purpose, why: &'static str) -> Package {
    Package { name, purpose, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fully_installed_packages_count() {
        let listing =
            "installed cmake\nconfig-files sox\nnot-installed libx11-6\ninstalled libxi6\n";
        let expected = ["cmake", "libxi6"].map(str::to_owned);
        assert_eq!(parse_listing(listing), BTreeSet::from(expected));
    }

    #[test]
    fn effective_user_is_the_second_number() {
        assert_eq!(effective_user("Name:\tx\nUid:\t1000\t0\t0\t0\n"), Some(0));
        assert_eq!(
            effective_user("Name:\tx\nUid:\t0\t1000\t0\t0\n"),
            Some(1000)
        );
        assert_eq!(effective_user("Name:\tx\n"), None);
    }

    #[test]
    fn no_package_stands_in_the_table_twice() {
        let names: BTreeSet<&str> = PACKAGES.iter().map(|package| package.name).collect();
        assert_eq!(names.len(), PACKAGES.len());
    }

    #[test]
    fn the_line_to_copy_names_every_package() {
        let line = by_hand(&["cmake", "sox"]);
        assert_eq!(
            line,
            "sudo apt-get update && sudo apt-get install cmake sox"
        );
    }

    #[test]
    fn sudo_gets_the_variable_through_env() {
        let command = apt_command(&["sudo"], &["install", "cmake"]);
        let arguments: Vec<_> = command.get_args().collect();
        assert_eq!(command.get_program(), "sudo");
        assert_eq!(
            arguments,
            [
                "env",
                "DEBIAN_FRONTEND=noninteractive",
                "apt-get",
                "install",
                "cmake"
            ]
        );
    }
}
