//! What the user is told of devices that go and come back in the middle of a call.
//!
//! Pure: the sound side says what happened, sentences come out. A plug with a bad contact says the
//! same thing over and over, and is heard once.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hark_audio::Role;

use crate::words;

/// The devices of one call.
#[derive(Debug, Default)]
pub(crate) struct DeviceNews {
    roles: BTreeMap<Role, RoleNews>,
}

#[derive(Debug, Default)]
struct RoleNews {
    /// What the user wanted to use, and has lost.
    missed: Option<String>,
    /// The sound goes on with another device, and the user may know.
    replaced: bool,
    told_at: Option<Instant>,
}

impl DeviceNews {
    /// A device of the call has gone.
    pub(crate) fn lost(&mut self, role: Role, device: String) {
        let news = self.roles.entry(role).or_default();
        news.missed.get_or_insert(device);
        news.replaced = false;
    }

    /// The call goes on with this device. Gives what to say about it.
    pub(crate) fn opened(&mut self, now: Instant, role: Role, device: &str) -> Option<String> {
        let news = self.roles.get_mut(&role)?;
        let missed = news.missed.clone()?;
        let is_back = missed == device;
        let was_replaced = std::mem::replace(&mut news.replaced, true);
        if is_back {
            news.missed = None;
            news.replaced = false;
        }
        // What is back before anything took its place was hardly noticed, and what has been told
        // needs no second telling when the replacement is replaced in turn.
        if is_back && !was_replaced {
            return None;
        }
        let recently = |at: Instant| now.saturating_duration_since(at) < QUIET;
        if news.told_at.is_some_and(recently) {
            return None;
        }
        news.told_at = Some(now);
        Some(match is_back {
            true => words::device_is_back(role, device),
            false => words::device_replaced(role, &missed, device),
        })
    }
}

/// How long nothing more is said of the same role.
const QUIET: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays `(second, "-device" or "+device")` for the loudspeaker and gives what is said.
    fn told(happenings: &[(u64, &str)]) -> Vec<String> {
        let start = Instant::now();
        let mut news = DeviceNews::default();
        let mut said = Vec::new();
        for (second, happening) in happenings {
            let (sign, device) = happening.split_at(1);
            if sign == "-" {
                news.lost(Role::Speaker, device.to_owned());
            } else {
                let now = start + Duration::from_secs(*second);
                said.extend(news.opened(now, Role::Speaker, device));
            }
        }
        said
    }

    const GONE: &str = "Headset is not connected any more. You hear the call on Screen.";
    const BACK: &str = "Headset is back. You hear the call on it again.";

    #[test]
    fn a_headset_that_goes_and_comes_back_is_told_both_times() {
        let story = [
            (0, "+Headset"),
            (10, "-Headset"),
            (10, "+Screen"),
            (20, "+Headset"),
        ];
        assert_eq!(told(&story), [GONE, BACK]);
        let again = [(60, "-Headset"), (60, "+Screen")];
        assert_eq!(told(&[&story[..], &again].concat()), [GONE, BACK, GONE]);
    }

    #[test]
    fn a_bad_contact_is_told_once() {
        let flutter = (0..40).flat_map(|n| {
            let second = n / 10;
            [
                (second, "-Headset"),
                (second, "+Screen"),
                (second, "+Headset"),
            ]
        });
        assert_eq!(told(&flutter.collect::<Vec<_>>()), [GONE]);
    }

    #[test]
    fn a_glitch_after_which_the_same_device_goes_on_is_not_told() {
        assert!(told(&[(0, "+Headset"), (1, "-Headset"), (1, "+Headset")]).is_empty());
        assert!(
            told(&[(0, "+Headset"), (9, "+Screen")]).is_empty(),
            "chosen by hand"
        );
    }

    #[test]
    fn each_role_has_words_of_its_own() {
        let now = Instant::now();
        let mut news = DeviceNews::default();
        let said: Vec<_> = [Role::Speaker, Role::Microphone, Role::Ringer]
            .map(|role| {
                news.lost(role, "Headset".into());
                news.opened(now, role, "Screen").expect("it is told")
            })
            .into();
        assert_eq!(
            said,
            [
                GONE,
                "Headset is not connected any more. Others hear you through Screen.",
                "Headset is not connected any more. Calls ring on Screen.",
            ]
        );
    }
}
