//! What is wrong with microphones and loudspeakers, and with the sound of calls, in words.

use std::path::Path;

use hark_audio::Role;
use hark_media::SoundTrouble;

/// No device could be opened for a role.
pub(crate) fn missing_device(role: Role) -> String {
    match role {
        Role::Speaker => {
            "No loudspeaker was found. Connect one, or choose another in the audio \
                          settings; calls go on without sound."
        }
        Role::Microphone => {
            "No microphone was found. Connect one, or choose another in the audio \
                             settings; others cannot hear you."
        }
        Role::Ringer => {
            "No device to ring on was found. Calls show in the window only; choose \
                         another device in the audio settings."
        }
    }
    .to_owned()
}

/// What is wrong with the sound of a call to `title`.
pub(crate) fn sound_trouble(trouble: SoundTrouble, title: &str) -> String {
    match trouble {
        SoundTrouble::StreamStopped => format!(
            "Nothing has been heard from {title} for 5 seconds. Ask whether you can be heard, or \
             hang up and call again."
        ),
        SoundTrouble::OneWay => format!(
            "Hark sends your voice to {title}, but nothing comes back. Hang up and call again; if \
             that does not help, ask the administrator whether a firewall stops the sound."
        ),
        SoundTrouble::SilentMicrophone => format!(
            "Your microphone is silent, so {title} hears nothing. Check its switch and its plug, or \
             choose another one under Devices."
        ),
        SoundTrouble::Clipping => format!(
            "Your microphone is too loud, so {title} hears you distorted. Turn it down, or speak \
             from further away."
        ),
        SoundTrouble::NoKeys => format!(
            "The sound of the call with {title} has to be encrypted, and its keys have not come, so \
             that neither side hears the other. Hang up and call again; if that does not help, ask \
             the administrator."
        ),
        SoundTrouble::WrongCertificate => format!(
            "Whoever answers for the sound of the call with {title} has another certificate than was \
             announced. Somebody may want to listen in, so there is no sound. Hang up and tell the \
             administrator."
        ),
    }
}

pub(crate) const ECHO_TEST_IN_CALL: &str =
    "The microphone and the loudspeaker are in a call. Test them when it is over.";

/// A device went in the middle of a call, and another one took its place.
pub(crate) fn device_replaced(role: Role, gone: &str, device: &str) -> String {
    let now = match role {
        Role::Speaker => format!("You hear the call on {device}."),
        Role::Microphone => format!("Others hear you through {device}."),
        Role::Ringer => format!("Calls ring on {device}."),
    };
    format!("{gone} is not connected any more. {now}")
}

/// A device that went in the middle of a call is used again.
pub(crate) fn device_is_back(role: Role, device: &str) -> String {
    let now = match role {
        Role::Speaker => "You hear the call on it again.",
        Role::Microphone => "Others hear you through it again.",
        Role::Ringer => "Calls ring on it again.",
    };
    format!("{device} is back. {now}")
}

pub(crate) fn sound_file(path: &Path, reason: &str) -> String {
    let path = path.display();
    format!("The sound file {path} could not be used ({reason}). The call goes on without it.")
}
