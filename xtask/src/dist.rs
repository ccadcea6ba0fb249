//! `cargo xtask dist`: the Debian package and the archive that people install from, and a trial of the
//! package in a Debian that has nothing else.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::packages::{self, Purpose};
use crate::{process, workspace};

pub fn run(arguments: &[OsString]) -> Result<()> {
    let tries = match arguments {
        [] => false,
        [word] if word == "try" => true,
        _ => bail!("usage: cargo xtask dist [try]"),
    };
    let package = make()?;
    if tries { try_out(&package) } else { Ok(()) }
}

/// Builds and packs the program; returns the Debian package.
fn make() -> Result<PathBuf> {
    packages::ensure(&[Purpose::Build])?;
    if !process::succeeds(process::cargo().args(["deb", "--version"])) {
        bail!("cargo-deb is missing: cargo install cargo-deb");
    }
    let target = workspace::target_folder()?;
    let folder = target.join("dist");
    fs::create_dir_all(&folder)?;
    let package = folder.join("hark.deb");
    process::run(process::cargo().args(["build", "--release", "--package", "hark"]))?;
    let mut deb = process::cargo();
    deb.args(["deb", "--package", "hark", "--no-build", "--no-strip"]);
    process::run(deb.arg("--output").arg(&package))?;
    archive(&package, &folder)?;
    Ok(package)
}

/// What the package holds, without Debian around it.
fn archive(package: &Path, folder: &Path) -> Result<()> {
    let tree = folder.join("hark");
    let _ = fs::remove_dir_all(&tree);
    process::run(
        Command::new("dpkg-deb")
            .arg("--extract")
            .arg(package)
            .arg(&tree),
    )?;
    let archive = folder.join("hark-linux-x86_64.tar.gz");
    let mut tar = Command::new("tar");
    tar.args(["--owner=0", "--group=0", "--sort=name", "-czf"]);
    process::run(tar.arg(&archive).arg("-C").arg(folder).arg("hark"))?;
    for made in [package, &archive] {
        let bytes = fs::metadata(made)?.len();
        eprintln!("{} ({:.1} MB)", made.display(), bytes as f64 / 1e6);
    }
    Ok(())
}

/// Installs the package in a new Debian and starts it there, on a screen and a session bus of its own.
fn try_out(package: &Path) -> Result<()> {
    packages::ensure(&[Purpose::Dist])?;
    let root = workspace::target_folder()?.join("dist/root");
    if !root.join("etc/debian_version").exists() {
        let mut debootstrap = Command::new("debootstrap");
        debootstrap.args(["--variant=minbase", DEBIAN]);
        process::run(debootstrap.arg(&root))?;
    }
    fs::copy(package, root.join("hark.deb"))?;
    fs::write(root.join("try.sh"), TRIAL)?;
    let inside = |command: &mut Command| {
        let mut chroot = Command::new("chroot");
        chroot
            .arg(&root)
            .arg(command.get_program())
            .args(command.get_args());
        process::run(chroot.env("DEBIAN_FRONTEND", "noninteractive"))
    };
    inside(Command::new("apt-get").arg("update"))?;
    let mut install = Command::new("apt-get");
    install.args(["install", "-y", "--no-install-recommends"]);
    inside(
        install
            .args(["/hark.deb", "xvfb", "dbus-daemon"])
            .args(JUDGES),
    )?;
    inside(Command::new("sh").arg("/try.sh")).context("the installed program does not work")?;
    eprintln!("installed, started, asked, ended: all well");
    Ok(())
}

/// The release that the package has to run on.
const DEBIAN: &str = "bookworm";

/// They say whether a desktop will understand what the package tells of the program.
const JUDGES: [&str; 2] = ["appstream", "desktop-file-utils"];

/// Starts the window, asks it how it stands from another process, and ends it.
const TRIAL: &str = r#"
set -eu
export DISPLAY=:9 HOME=/root
Xvfb :9 -screen 0 800x900x24 & screen=$!
trap 'kill $screen' EXIT
desktop-file-validate /usr/share/applications/org.harkphone.Hark.desktop
appstreamcli validate --no-net /usr/share/metainfo/org.harkphone.Hark.metainfo.xml
hark --version
dbus-run-session -- sh -euc '
    hark & phone=$!
    for attempt in $(seq 300); do
        if hark status 2>/dev/null; then break; fi
        kill -0 $phone
        sleep 0.1
    done
    hark status --json
    hark quit
    wait $phone
'
"#;

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> String {
        fs::read_to_string(workspace::root().join(path)).unwrap()
    }

    #[test]
    fn the_package_depends_on_what_the_program_needs_to_run() {
        let manifest = file("app/desktop/Cargo.toml");
        let depends = manifest.lines().find(|line| line.starts_with("depends = "));
        let depends: Vec<_> = depends.unwrap().split([',', '"', ' ']).collect();
        for name in packages::names(Purpose::Run) {
            assert!(depends.contains(&name), "{name}");
        }
    }

    #[test]
    fn the_desktop_knows_the_program_by_one_name() {
        let source = file("app/desktop/src/identity.rs");
        let id = source.split('"').nth(1).unwrap();
        for (path, line) in [
            ("desktop", format!("StartupWMClass={id}\n")),
            ("service", format!("Name={id}\n")),
            ("metainfo.xml", format!("<id>{id}</id>\n")),
        ] {
            let text = file(&format!("packaging/linux/{id}.{path}"));
            assert!(text.contains(&line), "{path}");
        }
    }

    #[test]
    fn every_command_stands_in_the_manual_and_in_each_shell() {
        let program = file("app/desktop/src/arguments.rs");
        let usage = program.split("Usage:\n").nth(1).unwrap();
        let commands = usage
            .lines()
            .filter_map(|line| line.trim().strip_prefix("hark "));
        let words = commands.filter_map(|line| line.split_whitespace().next());
        for word in words.filter(|word| !word.starts_with(['[', '-'])) {
            for path in ["hark.1", "hark.bash", "hark.fish", "_hark"] {
                let text = file(&format!("packaging/linux/{path}")).replace('\\', "");
                assert!(text.contains(word), "{word} in {path}");
            }
        }
    }
}
