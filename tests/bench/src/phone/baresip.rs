//! baresip, with the buffers of its own sample configuration. Debian's package has no module for
//! PulseAudio, so it plays through ALSA's.

use std::fs;
use std::process::Command;

use anyhow::Result;

use super::{Control, Kind, Setup, Start, first_folder, free_port};
use crate::condition::Codec;
use crate::media::Encryption;
use crate::studio::Transport;

pub const KIND: Kind = Kind {
    name: "baresip",
    program: "baresip",
    package: "baresip-core",
    transport: Transport::Tcp,
    set_up,
};

fn set_up(setup: &Setup<'_>) -> Result<Start> {
    let control = free_port()?;
    let modules = first_folder(&["/usr/lib/baresip/modules", "/usr/local/lib/baresip/modules"])?;
    let codec = match setup.codec {
        Codec::Pcmu => "g711",
        Codec::Opus => "opus",
    };
    fs::write(
        setup.folder.join("config"),
        format!(
            "poll_method epoll\nsip_listen 127.0.0.1:0\naudio_player alsa,default\n\
             audio_source alsa,default\naudio_alert alsa,default\naudio_buffer 20-160\n\
             jitter_buffer_delay 5-10\nmodule_path {modules}\nmodule {codec}.so\nmodule alsa.so\n\
             module srtp.so\nmodule_tmp account.so\nmodule_app menu.so\nmodule_app ctrl_tcp.so\n\
             ctrl_tcp_listen {control}\n"
        ),
    )?;
    let encryption = match setup.encryption {
        Encryption::Off => "",
        Encryption::Srtp => ";mediaenc=srtp-mand",
    };
    fs::write(
        setup.folder.join("accounts"),
        format!(
            "<sip:alice@{};transport=tcp>;auth_pass=studio-only;regint=600{encryption}\n",
            setup.studio
        ),
    )?;
    fs::write(setup.folder.join("contacts"), "")?;
    let mut command = Command::new(setup.program);
    command.arg("-f").arg(setup.folder);
    Ok(Start {
        command,
        control: Control::Netstrings(control),
        call: format!(
            r#"{{"command":"dial","params":"sip:studio@{};transport=tcp"}}"#,
            setup.studio
        ),
        quit: r#"{"command":"quit"}"#.to_owned(),
    })
}
