//! "Why does it not work?" as a list of checks, in the order in which a phone gets to a call: a pure
//! function of the snapshot. `docs/diagnostics.md` is its manual.

use std::net::IpAddr;
use std::time::{Instant, SystemTime};

use hark_phone::snapshot::{Cause, Connection, Found, KeepAliveAgreement, KeepAliveView, Place};
use hark_phone::{AccountId, RegistrationView, Snapshot, SoundEnd};

use crate::state::is_about_certificate;
use crate::text;
use crate::views::Moment;

mod certificate;
mod report;
mod told;

pub use report::{Report, report};
pub use told::{Told, json};

/// One thing that has to be right for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub topic: Topic,
    pub verdict: Verdict,
    /// What is so, and where it is not right, what to do.
    pub text: String,
    /// More, for those who help: one fact a line.
    pub lines: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    Name,
    Server,
    Certificate,
    SignedIn,
    KeepAlive,
    Translator,
    Sound,
    Devices,
    Rest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Ok,
    NotOk,
    /// There is nothing to judge, or not yet.
    Unknown,
}

/// All checks with those of the account that is looked at, the same ones in the same order every time.
pub fn checks(snapshot: &Snapshot, moment: &Moment) -> Vec<Check> {
    let mut checks = account_checks(snapshot, moment);
    checks.extend(phone_checks(snapshot, moment));
    checks
}

/// The checks of each account, in the order of the user; nothing where there is only one.
fn each_of_several(snapshot: &Snapshot, moment: &Moment) -> Vec<(AccountId, Vec<Check>)> {
    if !snapshot.has_several_accounts() {
        return vec![];
    }
    let accounts = snapshot.accounts().into_iter();
    accounts
        .map(|account| {
            let seen = snapshot.seen_from(&account.id);
            (account.id, account_checks(&seen, moment))
        })
        .collect()
}

/// What each account has for itself: the way to its server.
fn account_checks(snapshot: &Snapshot, moment: &Moment) -> Vec<Check> {
    let of = Subject::new(snapshot, moment);
    vec![
        of.name(),
        of.server(),
        of.certificate(),
        of.signed_in(),
        of.keep_alive(),
        of.translator(),
    ]
}

/// What is the same for all accounts.
fn phone_checks(snapshot: &Snapshot, moment: &Moment) -> Vec<Check> {
    let of = Subject::new(snapshot, moment);
    vec![of.sound(), of.devices(), of.rest()]
}

/// What is looked at, and when.
struct Subject<'a> {
    snapshot: &'a Snapshot,
    connection: Option<&'a Connection>,
    cause: Option<Cause>,
    moment: &'a Moment,
}

impl<'a> Subject<'a> {
    fn new(snapshot: &'a Snapshot, moment: &'a Moment) -> Self {
        Self {
            snapshot,
            connection: snapshot.diagnosis.connection.as_deref(),
            cause: snapshot.diagnosis.cause,
            moment,
        }
    }

    fn name(&self) -> Check {
        let server = self.connection.map_or("", |connection| &connection.server);
        let (verdict, text) = match (self.cause, self.place()) {
            (Some(Cause::NameNotFound), _) => (Verdict::NotOk, text::name_not_found(server)),
            (Some(Cause::NoNameServer), _) => (Verdict::NotOk, text::no_name_server(server)),
            (_, Some(place)) if place.host.parse::<IpAddr>().is_ok() => {
                (Verdict::Ok, text::name_is_address(place.host.as_str()))
            }
            (_, Some(place)) => {
                let addresses = joined(&place.addresses);
                (
                    Verdict::Ok,
                    text::name_found(place.host.as_str(), addresses),
                )
            }
            (_, None) => (Verdict::Unknown, text::name_not_sought().to_owned()),
        };
        let lookups = self
            .connection
            .map_or(&[][..], |connection| &connection.lookups);
        Check {
            topic: Topic::Name,
            verdict,
            text,
            lines: lookups
                .iter()
                .map(|it| found(&it.name, &it.found))
                .collect(),
        }
    }

    fn server(&self) -> Check {
        let attempts = self
            .connection
            .map_or(&[][..], |connection| &connection.attempts);
        let failed = attempts.iter().filter_map(|attempt| {
            let problem = attempt.problem.as_ref()?;
            Some((attempt.address, problem))
        });
        let open = self.connection.and_then(|connection| connection.open);
        let (verdict, text) = match (open, failed.clone().next_back()) {
            (Some(ends), _) => (
                Verdict::Ok,
                text::server_reached(ends.remote.to_string(), ends.local.to_string()),
            ),
            // Who shows a certificate was reached.
            (None, Some((address, _))) if self.cause.is_some_and(is_about_certificate) => {
                (Verdict::Ok, text::server_answers(address.to_string()))
            }
            (None, Some((_, problem))) => (Verdict::NotOk, problem.text.clone()),
            (None, None) => (Verdict::Unknown, text::server_not_tried().to_owned()),
        };
        Check {
            topic: Topic::Server,
            verdict,
            text,
            lines: failed
                .map(|(address, problem)| format!("{address}: {}", problem.detail))
                .collect(),
        }
    }

    fn signed_in(&self) -> Check {
        let username = self
            .connection
            .map_or("", |connection| &connection.username);
        let server = self.connection.map_or("", |connection| &connection.server);
        let (verdict, text) = match &self.snapshot.registration {
            RegistrationView::Registered => (Verdict::Ok, text::signed_in_as(username, server)),
            RegistrationView::Failed(problem) | RegistrationView::Lost { problem, .. } => {
                (Verdict::NotOk, problem.text.clone())
            }
            RegistrationView::Connecting(_) => {
                (Verdict::Unknown, text::being_signed_in().to_owned())
            }
            RegistrationView::SignedOut => (Verdict::Unknown, text::nobody_signed_in().to_owned()),
        };
        let until = self
            .connection
            .and_then(|connection| connection.registered_until);
        let until = until.map(|until| text::registered_until(self.clock(until)));
        let asked = (verdict == Verdict::Ok).then(|| match self.connection {
            Some(connection) if connection.authenticated => text::password_was_asked(),
            Some(_) | None => text::password_was_not_asked(),
        });
        Check {
            topic: Topic::SignedIn,
            verdict,
            text,
            lines: until.into_iter().chain(asked.map(str::to_owned)).collect(),
        }
    }

    fn keep_alive(&self) -> Check {
        let kept = self.connection.and_then(|connection| connection.keep_alive);
        let (verdict, text) = match kept {
            Some(kept) => self.kept(kept),
            None => (Verdict::Unknown, text::no_connection_to_keep().to_owned()),
        };
        Check {
            topic: Topic::KeepAlive,
            verdict,
            text,
            lines: vec![],
        }
    }

    fn kept(&self, kept: KeepAliveView) -> (Verdict, String) {
        let seconds = kept.interval.as_secs();
        match (kept.agreement, kept.last_answer) {
            (KeepAliveAgreement::Unanswered, _) => (Verdict::Ok, text::pings_unanswered(seconds)),
            (_, Some(last)) => (Verdict::Ok, text::pings_answered(seconds, self.clock(last))),
            (KeepAliveAgreement::Outbound, None) => (Verdict::Unknown, text::pings_agreed(seconds)),
            (KeepAliveAgreement::Unspoken, None) => {
                (Verdict::Unknown, text::pings_unspoken(seconds))
            }
        }
    }

    fn translator(&self) -> Check {
        let open = self.connection.and_then(|connection| connection.open);
        let seen = self.connection.and_then(|connection| connection.seen_from);
        let (verdict, text) = match (open, seen) {
            (Some(ends), Some(seen)) if seen == ends.local => {
                (Verdict::Ok, text::no_translator(seen.to_string()))
            }
            (Some(ends), Some(seen)) => (
                Verdict::Ok,
                text::translator(ends.local.to_string(), seen.to_string()),
            ),
            (Some(_), None) | (None, _) => {
                (Verdict::Unknown, text::translator_unknown().to_owned())
            }
        };
        let account = self.snapshot.account.as_ref();
        let looks = account.is_some_and(|account| {
            account.ice || account.stun_server.is_some() || account.turn_server.is_some()
        });
        let advice = (verdict == Verdict::Ok && seen != open.map(|ends| ends.local) && !looks)
            .then(|| text::translator_advice().to_owned());
        Check {
            topic: Topic::Translator,
            verdict,
            text,
            lines: advice.into_iter().collect(),
        }
    }

    fn sound(&self) -> Check {
        let calls = self.snapshot.calls.iter();
        let call = calls
            .filter_map(|call| Some((call, call.media.as_ref()?)))
            .next();
        let (verdict, text) = match call {
            None => (Verdict::Unknown, text::no_call_to_hear().to_owned()),
            Some((call, media)) => match call.troubles.first() {
                Some(trouble) => (Verdict::NotOk, trouble.text.clone()),
                None if media.keys.is_some() && media.srtp.is_none() => {
                    (Verdict::Unknown, text::sound_of_call(media))
                }
                None => (Verdict::Ok, text::sound_of_call(media)),
            },
        };
        let figures = call.map(|(call, media)| text::quality_figures(call, media));
        let lines = figures.into_iter().flatten();
        Check {
            topic: Topic::Sound,
            verdict,
            text,
            lines: lines
                .map(|(name, figure)| format!("{name}: {figure}"))
                .collect(),
        }
    }

    fn devices(&self) -> Check {
        let devices = &self.snapshot.devices;
        let audio = &self.snapshot.audio;
        let sound = &self.snapshot.sound;
        let speaker = in_use(&sound.speaker, &audio.speaker, &devices.outputs);
        let microphone = in_use(&sound.microphone, &audio.microphone, &devices.inputs);
        let (verdict, text) = match (speaker, microphone) {
            (None, None) => (Verdict::NotOk, text::no_devices().to_owned()),
            (None, Some(_)) => (Verdict::NotOk, text::found_no_loudspeaker().to_owned()),
            (Some(_), None) => (Verdict::NotOk, text::found_no_microphone().to_owned()),
            (Some(speaker), Some(microphone)) => {
                (Verdict::Ok, text::devices_in_use(speaker, microphone))
            }
        };
        let there = [
            (text::loudspeakers(), &devices.outputs),
            (text::microphones(), &devices.inputs),
        ];
        Check {
            topic: Topic::Devices,
            verdict,
            text,
            lines: there
                .into_iter()
                .filter(|(_, names)| !names.is_empty())
                .map(|(kind, names)| format!("{kind}: {}", names.join(", ")))
                .collect(),
        }
    }

    /// What stands in the way besides: settings that cannot be saved, a keyring that is closed.
    fn rest(&self) -> Check {
        let problems = &self.snapshot.problems;
        let (verdict, text) = match problems.first() {
            Some(problem) => (Verdict::NotOk, problem.text.clone()),
            None => (Verdict::Ok, text::nothing_else().to_owned()),
        };
        let others = problems.iter().skip(1).map(|problem| problem.text.clone());
        Check {
            topic: Topic::Rest,
            verdict,
            text,
            lines: others.collect(),
        }
    }

    fn place(&self) -> Option<&Place> {
        let place = self.connection?.place.as_ref();
        place.filter(|place| !place.addresses.is_empty())
    }

    /// The time of day of an instant.
    fn clock(&self, instant: Instant) -> String {
        let wall = SystemTime::from(self.moment.wall.timestamp());
        let time = match instant.checked_duration_since(self.moment.now) {
            Some(ahead) => wall + ahead,
            None => wall - self.moment.now.duration_since(instant),
        };
        text::recent_time(time, &self.moment.wall)
    }
}

/// What a lookup came to, for those who help.
fn found(name: &str, found: &Found) -> String {
    let result = match found {
        Found::Addresses(addresses) => joined(addresses),
        Found::Servers(servers) => servers.join(", "),
        Found::Services(services) => services.join(", "),
        Found::Nothing => text::found_nothing().to_owned(),
        Found::NoAnswer => text::found_no_answer().to_owned(),
    };
    format!("{name}: {result}")
}

fn joined(addresses: &[IpAddr]) -> String {
    let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    addresses.join(", ")
}

/// What one end of the sound is: the first of the wanted devices that is there, else the system's choice,
/// or what was asked for in place of a device. `None` where it is missing.
fn in_use(end: &SoundEnd, wanted: &[String], there: &[String]) -> Option<String> {
    match end {
        SoundEnd::File(path) => Some(text::device_file(path.display().to_string())),
        SoundEnd::None => Some(text::device_none().to_owned()),
        SoundEnd::Device if there.is_empty() => None,
        SoundEnd::Device => {
            let first = wanted.iter().find(|name| there.contains(name));
            Some(first.map_or_else(|| text::system_default().to_owned(), String::clone))
        }
    }
}

#[cfg(test)]
mod tests;
