//! Words of settings that travel.

use hark_phone::Snapshot;
use hark_phone::portable::{Change, Place, Value};
use hark_words::{say, words};

words! {
    pub set_by_administrator;
    pub save_and_load;
    pub save_and_load_about;
    pub save_settings;
    pub settings_saved;
    pub load_settings;
    pub settings_source;
    pub settings_source_hint;
    pub administrators_link;
    pub link_field;
    pub link_hint;
    pub see_changes;
    pub fetching;
    pub changes_title;
    pub changes_none;
    pub changes_unknown;
    pub changes_make;
    pub changes_leave;
}

/// A name that sorts by time.
pub fn settings_name(now: &jiff::Zoned) -> String {
    now.strftime("hark-settings-%Y-%m-%d.toml").to_string()
}

/// One line of the page that says what would change.
pub fn change(change: &Change) -> String {
    match change {
        Change::AccountAdded(address) => say!(change_account_added, address = address.as_str()),
        Change::AccountRemoved(address) => say!(change_account_removed, address = address.as_str()),
        Change::PasswordNeeded(address) => say!(change_password, address = address.as_str()),
        Change::DefaultAccount(address) => say!(change_default, address = address.as_str()),
        Change::Set {
            place,
            key,
            before,
            after,
        } => {
            let name = setting(&format!("{}.{key}", place.table())).unwrap_or(key);
            let line = set(name, before.as_ref(), after.as_ref());
            match place {
                Place::Account(address) => {
                    say!(change_of_account, address = address.as_str(), line)
                }
                Place::Audio | Place::WhoRings | Place::Settings => line,
            }
        }
    }
}

fn set(name: &str, before: Option<&Value>, after: Option<&Value>) -> String {
    match (before, after) {
        (None, after) => say!(change_set, name, after = value(after)),
        (before, after) => say!(
            change_set_anew,
            name,
            before = value(before),
            after = value(after)
        ),
    }
}

fn value(value: Option<&Value>) -> String {
    match value {
        None => say!(value_unset).to_owned(),
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Switch(true)) => say!(value_on).to_owned(),
        Some(Value::Switch(false)) => say!(value_off).to_owned(),
        Some(Value::List(items)) if items.is_empty() => say!(value_nothing).to_owned(),
        Some(Value::List(items)) => items.join(", "),
    }
}

/// What a change has done, for the line below the control.
pub fn change_done(key: &str, after: Option<&Value>, snapshot: &Snapshot) -> String {
    let outputs = &snapshot.devices.outputs;
    match (key, after) {
        ("audio.speaker", after) => say!(answer_speaker, device = device(after, outputs)),
        ("audio.ringer", after) => say!(answer_ringer, device = device(after, outputs)),
        ("audio.microphone", after) => {
            say!(
                answer_microphone,
                device = device(after, &snapshot.devices.inputs)
            )
        }
        ("who_rings.blocked", Some(Value::List(entries))) => {
            say!(answer_blocked, count = entries.len())
        }
        (
            "who_rings.forward_always" | "who_rings.forward_busy" | "who_rings.forward_no_answer",
            after,
        ) => match after {
            Some(to) => say!(answer_forward, to = value(Some(to))),
            None => say!(answer_no_forward).to_owned(),
        },
        (_, Some(Value::Switch(true))) => say!(answer_on).to_owned(),
        (_, Some(Value::Switch(false))) => say!(answer_off).to_owned(),
        ("settings.recording.folder", Some(folder)) => {
            say!(answer_folder, folder = value(Some(folder)))
        }
        // The control itself shows what was chosen, in its own words.
        (_, Some(_) | None) => say!(answer_done).to_owned(),
    }
}

/// The device of a list that is used: the first one that is there.
fn device(wanted: Option<&Value>, present: &[String]) -> String {
    let wanted = match wanted {
        Some(Value::List(names)) => names.as_slice(),
        Some(Value::Text(_) | Value::Number(_) | Value::Switch(_)) | None => &[],
    };
    let used = wanted.iter().find(|name| present.contains(name));
    used.cloned()
        .unwrap_or_else(|| super::system_default().to_owned())
}

/// What a key is called in the window; a test finds one that is called nothing.
pub fn setting(key: &str) -> Option<&'static str> {
    Some(match key {
        "account.address" => super::address(),
        "account.username" => super::username(),
        "account.display_name" => super::display_name(),
        "account.server" => super::server(),
        "account.transport" => super::transport_label(),
        "account.ca_file" => super::ca_file(),
        "account.voicemail" => super::voicemail_address(),
        "account.media_encryption" => super::encryption(),
        "account.media_keys" => super::media_keys_label(),
        "account.codecs" => super::codecs(),
        "account.asks_for_pin" => super::asks_for_pin(),
        "account.pin_in_clear" => super::pin_in_clear(),
        "account.media_ports" => super::ports(),
        "account.ice" => super::ice(),
        "account.stun_server" => super::stun_server(),
        "account.turn_server" => super::turn_server(),
        "account.turn_username" => super::turn_username(),
        "account.region" => say!(account_region),
        "account.encrypt_recordings" => super::encrypt_recordings(),
        "audio.speaker" => super::speaker(),
        "audio.microphone" => super::microphone(),
        "audio.ringer" => super::ringer(),
        "audio.echo_cancellation" => super::echo_cancellation(),
        "audio.noise_suppression" => super::noise_suppression(),
        "audio.gain_control" => super::gain_control(),
        "who_rings.forward_always" => super::forward_always(),
        "who_rings.forward_busy" => super::forward_busy(),
        "who_rings.forward_no_answer" => super::forward_no_answer(),
        "who_rings.no_answer_seconds" => super::forward_after(),
        "who_rings.blocked" => super::blocked(),
        "who_rings.refuse_anonymous" => super::refuse_anonymous(),
        "who_rings.flood_limit" => super::flood(),
        "settings.theme" => super::colours(),
        "settings.text_size" => super::text_size(),
        "settings.language" => super::language_label(),
        "settings.recording.folder" => super::recordings_folder(),
        "settings.recording.notice" => super::notice_caption(),
        "settings.address_book.on" => super::address_book_on(),
        "settings.address_book.url" => super::address_book_url(),
        "settings.address_book.username" => super::address_book_username(),
        "settings.address_book.ca_file" => super::address_book_ca_file(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_that_can_change_has_a_name_in_the_window() {
        for key in hark_phone::portable::keys() {
            assert!(setting(&key).is_some(), "{key} is called nothing");
        }
    }

    #[test]
    fn a_change_is_answered_by_what_it_has_done() {
        let snapshot = Snapshot {
            devices: hark_phone::snapshot::Devices {
                outputs: vec!["Screen".into()],
                inputs: vec![],
            },
            ..Snapshot::default()
        };
        let list = |items: &[&str]| Value::List(items.iter().map(|&item| item.into()).collect());
        let text = |text: &str| Value::Text(text.into());
        for (key, after, words) in [
            (
                "audio.ringer",
                Some(list(&["Desk", "Screen"])),
                "Calls ring on Screen from now on.",
            ),
            (
                "audio.speaker",
                Some(list(&["Desk"])),
                "Calls are heard on System default from now on.",
            ),
            (
                "audio.gain_control",
                Some(Value::Switch(true)),
                "Switched on.",
            ),
            ("account.ice", Some(Value::Switch(false)), "Switched off."),
            // What is off where it stands in no file.
            (
                "account.asks_for_pin",
                None,
                "Done. It applies from now on.",
            ),
            (
                "who_rings.forward_busy",
                Some(text("2002")),
                "Calls are forwarded to 2002 from now on.",
            ),
            (
                "who_rings.forward_busy",
                None,
                "Calls are not forwarded from now on.",
            ),
            (
                "who_rings.blocked",
                Some(list(&["2001"])),
                "1 entry is blocked from now on.",
            ),
            (
                "settings.theme",
                Some(text("dark")),
                "Done. It applies from now on.",
            ),
        ] {
            assert_eq!(change_done(key, after.as_ref(), &snapshot), words, "{key}");
        }
    }

    #[test]
    fn a_change_is_a_line() {
        let set = |place, key: &str, before, after| Change::Set {
            place,
            key: key.into(),
            before,
            after,
        };
        let text = |text: &str| Some(Value::Text(text.into()));
        let list =
            |items: &[&str]| Some(Value::List(items.iter().map(|&item| item.into()).collect()));
        let alice = || "alice@example.test".to_owned();
        for (given, line) in [
            (Change::AccountAdded(alice()), "alice@example.test is added"),
            (
                Change::PasswordNeeded(alice()),
                "The password of alice@example.test has to be typed",
            ),
            (
                set(Place::Account(alice()), "server", None, text("sip.a.test")),
                "alice@example.test: Server: sip.a.test",
            ),
            (
                set(Place::Audio, "ringer", list(&[]), list(&["Desk", "Screen"])),
                "Ring on: Desk, Screen (before: nothing)",
            ),
            (
                set(
                    Place::WhoRings,
                    "refuse_anonymous",
                    Some(Value::Switch(false)),
                    Some(Value::Switch(true)),
                ),
                "Turn away callers who hide their number: on (before: off)",
            ),
            (
                set(Place::WhoRings, "forward_busy", text("2002"), None),
                "While you are in a call, forward to: not set (before: 2002)",
            ),
            (
                set(
                    Place::Settings,
                    "of.the.future",
                    None,
                    Some(Value::Number(3)),
                ),
                "of.the.future: 3",
            ),
        ] {
            assert_eq!(change(&given), line);
        }
    }
}
