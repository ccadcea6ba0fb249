//! Linphone's daemon, which needs no terminal; its voice processing is off.

use std::fs;
use std::process::Command;

use anyhow::Result;

use super::{Control, Kind, Setup, Start};
use crate::media::Encryption;
use crate::studio::Transport;

pub const KIND: Kind = Kind {
    name: "linphone",
    program: "linphone-daemon",
    package: "linphone-cli",
    transport: Transport::Udp,
    set_up,
};

fn set_up(setup: &Setup<'_>) -> Result<Start> {
    let encryption = match setup.encryption {
        Encryption::Off => "media_encryption=none\n",
        Encryption::Srtp => "media_encryption=srtp\nmedia_encryption_mandatory=1\n",
    };
    let config = setup.folder.join("linphonerc");
    fs::write(
        &config,
        format!(
            "[sip]\ndefault_proxy=0\nsip_port=-1\nsip_tcp_port=0\nsip_tls_port=0\n{encryption}\
             [rtp]\naudio_rtp_port=-1\n[video]\nenabled=0\n\
             [sound]\nechocancellation=0\nnoisegate=0\nagc=0\n\
             playback_dev_id=PulseAudio: default\ncapture_dev_id=PulseAudio: default\n\
             ringer_dev_id=PulseAudio: default\n\
             [proxy_0]\nreg_proxy=<sip:{studio}>\nreg_identity=sip:alice@{studio}\nreg_expires=600\n\
             reg_sendregister=1\n",
            studio = setup.studio
        ),
    )?;
    // It keeps its address book in its home, and does not start without the folder.
    fs::create_dir_all(setup.folder.join(".local/share/linphone"))?;
    let mut command = Command::new(setup.program);
    command.arg("--config").arg(config);
    Ok(Start {
        command,
        control: Control::Stdin,
        call: format!("call sip:studio@{}", setup.studio),
        quit: "quit".to_owned(),
    })
}
