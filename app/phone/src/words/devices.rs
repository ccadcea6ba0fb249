//! What is wrong with microphones and loudspeakers, and with the sound of calls, in words.

use std::path::Path;

use hark_audio::Role;
use hark_media::SoundTrouble;
use hark_words::{say, words};

/// No device could be opened for a role.
pub(crate) fn missing_device(role: Role) -> String {
    match role {
        Role::Speaker => {
            say!(no_loudspeaker)
        }
        Role::Microphone => {
            say!(no_microphone)
        }
        Role::Ringer => {
            say!(no_ringer)
        }
    }
    .to_owned()
}

/// What is wrong with the sound of a call to `title`.
pub(crate) fn sound_trouble(trouble: SoundTrouble, title: &str) -> String {
    match trouble {
        SoundTrouble::StreamStopped => say!(stream_stopped, title),
        SoundTrouble::OneWay => say!(sound_one_way, title),
        SoundTrouble::SilentMicrophone => say!(microphone_silent, title),
        SoundTrouble::Clipping => say!(microphone_too_loud, title),
        SoundTrouble::NoKeys => say!(keys_missing, title),
        SoundTrouble::WrongCertificate => say!(wrong_certificate, title),
    }
}

words! {
    pub(crate) echo_test_in_call;
}

/// A device went in the middle of a call, and another one took its place.
pub(crate) fn device_replaced(role: Role, gone: &str, device: &str) -> String {
    let now = match role {
        Role::Speaker => say!(call_heard_on, device),
        Role::Microphone => say!(call_spoken_into, device),
        Role::Ringer => say!(calls_ring_on, device),
    };
    say!(device_gone, gone, now)
}

/// A device that went in the middle of a call is used again.
pub(crate) fn device_is_back(role: Role, device: &str) -> String {
    let now = match role {
        Role::Speaker => say!(call_heard_again),
        Role::Microphone => say!(call_spoken_again),
        Role::Ringer => say!(calls_ring_again),
    };
    say!(device_back, device, now)
}

pub(crate) fn sound_file(path: &Path, reason: &str) -> String {
    let path = path.display().to_string();
    say!(sound_file_unusable, path, reason)
}
