//! Words of the settings.

use hark_phone::{EchoTestStage, EchoTestView};

pub const SETTINGS: &str = "Settings";
pub const ACCOUNT: &str = "Account";
pub const EDIT_ACCOUNT: &str = "Change";
pub const SIGN_OUT: &str = "Sign out";
pub const SIGN_OUT_ASK: &str = "Sign out and forget this account and its password?";
pub const STAY: &str = "Stay";
pub const SERVER: &str = "Server";
pub const ADDRESS: &str = "Address";
pub const STATE: &str = "State";
pub const VOICEMAIL_ADDRESS: &str = "Voicemail";
pub const OWN_MAILBOX: &str = "Own mailbox on the server";
pub const AUDIO: &str = "Audio";
pub const SPEAKER: &str = "Calls are heard on";
pub const MICROPHONE: &str = "Speak into";
pub const RINGER: &str = "Ring on";
pub const SYSTEM_DEFAULT: &str = "System default";
pub const ADD_SPEAKER: &str = "Add a device to hear calls on";
pub const ADD_MICROPHONE: &str = "Add a device to speak into";
pub const ADD_RINGER: &str = "Add a device to ring on";
pub const CHOOSE_DEVICE: &str = "Choose a device";
pub const NOT_CONNECTED: &str = "Not connected";
pub const TEST_TONE: &str = "Play a tone";
pub const RING_TEST: &str = "Play a tone where calls ring";
pub const ECHO_TEST: &str = "Hear how you sound";
pub const ECHO_TEST_RECORDS: &str = "Level of the recording";
pub const ECHO_TEST_PLAYS: &str = "Level of what is played";
pub const STOP_ECHO_TEST: &str = "Stop";
pub const ECHO_CANCELLATION: &str = "Take the echo of the loudspeaker out";
pub const NOISE_SUPPRESSION: &str = "Hold down noise around me";
pub const GAIN_CONTROL: &str = "Make my voice neither too quiet nor too loud";
pub const CHECK_MICROPHONE: &str = "Check the microphone";
pub const STOP_CHECK: &str = "Stop the check";
pub const SPEAK_NOW: &str = "Say something; the bar moves with your voice.";
pub const APPEARANCE: &str = "Appearance";
pub const NOTIFICATIONS: &str = "Notifications";
pub const NO_NOTIFICATIONS: &str =
    "This desktop shows no notifications. Calls still ring and raise this window.";

pub const CALLS: &str = "Calls";
pub const ALWAYS_RINGS: &str =
    "Play on Phone from your own voicemail always rings. Nothing here forwards or blocks it.";
pub const FORWARD_ALWAYS: &str = "Forward every call to";
pub const FORWARD_BUSY: &str = "While you are in a call, forward to";
pub const FORWARD_NO_ANSWER: &str = "When you do not answer, forward to";
pub const FORWARD_HINT: &str = "Nowhere; calls ring here";
pub const FORWARD_AFTER: &str = "Ring here first for";
pub const FORWARD_QUIET: &str = "With Do not disturb and Appear offline, callers are turned away and \
     nothing is forwarded.";
pub const BLOCKED: &str = "Blocked callers";
pub const BLOCKED_HINT: &str = "2001, *@company.com, +1555*";
pub const BLOCK: &str = "Block";
pub const REFUSE_ANONYMOUS: &str = "Turn away callers who hide their number";
pub const FLOOD: &str = "When many calls ring and hang up within a minute";
pub const FLOOD_OFF: &str = "Let every call ring";

pub const ASKS_FOR_PIN: &str = "My voicemail asks for a PIN all the same";
pub const PIN: &str = "PIN of your voicemail";
pub const PIN_HINT: &str = "Digits";
pub const PIN_WRONG: &str = "A PIN has digits, * and # only.";
pub const KEEP_PIN: &str = "Keep the PIN";
pub const PIN_KNOWN: &str = "Hark keeps the PIN in the keyring and types it for you.";
pub const FORGET_PIN: &str = "Forget the PIN";
pub const PIN_IN_CLEAR: &str = "Type it even where others could listen in";
pub const DIAGNOSTICS: &str = "Diagnostics";
pub const TRACE_LINE: &str = "For those who help you: what Hark and the server said to each other. \
     It names who called whom and when. Passwords, PINs and keys are left out.";
pub const SAVE_TRACE: &str = "Save as a file";

pub fn move_up(device: &str) -> String {
    format!("Move {device} up")
}

pub fn move_down(device: &str) -> String {
    format!("Move {device} down")
}

pub fn remove_device(device: &str) -> String {
    format!("Remove {device}")
}

pub fn echo_test(test: &EchoTestView) -> String {
    let left = seconds(test.seconds_left.into());
    match test.stage {
        EchoTestStage::Recording => format!("Say something. You hear it in {left}."),
        EchoTestStage::Playing => format!("So others hear you. {left} left."),
    }
}

/// A name that sorts by time.
pub fn trace_name(now: &jiff::Zoned) -> String {
    now.strftime("hark-%Y-%m-%d-%H%M%S.txt").to_string()
}

pub fn trace_saved(messages: usize) -> String {
    match messages {
        1 => "1 message is saved in:".to_owned(),
        messages => format!("{messages} messages are saved in:"),
    }
}

pub fn unblock(entry: &str) -> String {
    format!("Unblock {entry}")
}

pub fn seconds(seconds: u16) -> String {
    super::count(seconds.into(), "second", "seconds")
}

/// How many lost calls make the phone silent.
pub fn flood_limit(limit: u16) -> String {
    match limit {
        0 => FLOOD_OFF.to_owned(),
        limit => format!(
            "Turn callers away after {}",
            super::count(limit.into(), "such call", "such calls")
        ),
    }
}
