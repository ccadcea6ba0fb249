//! Hark without its window; its voice processing is off.

use std::fs;
use std::process::Command;

use anyhow::Result;

use super::{Control, Kind, Setup, Start};
use crate::media::Encryption;
use crate::studio::Transport;

pub const KIND: Kind = Kind {
    name: "hark",
    program: "hark",
    package: "hark",
    transport: Transport::Tcp,
    set_up,
};

fn set_up(setup: &Setup<'_>) -> Result<Start> {
    let config = setup.folder.join("phone.toml");
    let encryption = match setup.encryption {
        Encryption::Off => "off",
        Encryption::Srtp => "required",
    };
    fs::write(
        &config,
        format!(
            "[account]\naddress = \"alice@127.0.0.1\"\nserver = \"{}\"\ntransport = \"tcp\"\n\
             media_encryption = \"{encryption}\"\n[audio]\necho_cancellation = false\n\
             noise_suppression = false\ngain_control = false\n",
            setup.studio
        ),
    )?;
    let mut command = Command::new(setup.program);
    command
        .args(["headless", "--config"])
        .arg(config)
        .env("HARK_PASSWORD", "studio-only");
    Ok(Start {
        command,
        control: Control::Stdin,
        call: r#"{"cmd":"dial","to":"sip:studio@127.0.0.1"}"#.to_owned(),
        quit: r#"{"cmd":"quit"}"#.to_owned(),
    })
}
