//! The Subscription-State header of a NOTIFY (RFC 6665 §4.1.3, §8.2.3).

use std::time::Duration;

use crate::message::Request;
use crate::subscription::LONG_WAIT;

/// How a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SubscriptionState {
    /// Active or pending, for so much longer where the server says it.
    Active { expires: Option<Duration> },
    /// Over; worth another try after this long.
    Terminated { retry_after: Duration },
}

impl SubscriptionState {
    /// Reads a NOTIFY. One without the header, from before RFC 6665's ancestor, is active.
    pub(crate) fn read(notify: &Request) -> Self {
        let header = notify.headers.get("Subscription-State").unwrap_or("active");
        let mut parts = header.split(';').map(str::trim);
        let terminated = parts
            .next()
            .is_some_and(|it| it.eq_ignore_ascii_case("terminated"));
        let params: Vec<(&str, &str)> = parts.filter_map(|part| part.split_once('=')).collect();
        let find = |wanted: &str| {
            let found = params
                .iter()
                .find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.trim())
        };
        let seconds = |name| {
            let seconds = find(name)?.parse::<u32>().ok()?;
            Some(Duration::from_secs(seconds.into()))
        };
        if !terminated {
            return Self::Active {
                expires: seconds("expires"),
            };
        }
        let reason = find("reason").unwrap_or_default().to_ascii_lowercase();
        let floor = match reason.as_str() {
            // Worth another subscription at once; the pause keeps a confused server from a loop.
            "deactivated" | "timeout" => PAUSE,
            "probation" | "giveup" | "" => seconds("retry-after").unwrap_or(LONG_WAIT).max(PAUSE),
            _ => LONG_WAIT,
        };
        Self::Terminated {
            retry_after: floor.min(LONG_WAIT),
        }
    }
}

/// The shortest time between two subscriptions.
const PAUSE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Method;

    fn read(header: &str) -> SubscriptionState {
        let uri = "sip:alice@example.test"
            .parse()
            .expect("the URI is well-formed");
        let mut notify = Request::new(Method::Notify, uri);
        notify.headers.push("Subscription-State", header);
        SubscriptionState::read(&notify)
    }

    #[test]
    fn states_and_reasons_are_read() {
        let active = |seconds| SubscriptionState::Active {
            expires: Some(Duration::from_secs(seconds)),
        };
        let over = |seconds| SubscriptionState::Terminated {
            retry_after: Duration::from_secs(seconds),
        };
        assert_eq!(read("active;expires=600"), active(600));
        assert_eq!(read("Pending ; expires = 60"), active(60));
        assert_eq!(read("active"), SubscriptionState::Active { expires: None });
        assert_eq!(read("terminated;reason=deactivated"), over(5));
        assert_eq!(read("terminated;reason=timeout;retry-after=99"), over(5));
        assert_eq!(
            read("terminated;reason=probation;retry-after=120"),
            over(120)
        );
        assert_eq!(read("terminated;reason=rejected"), over(1800));
        assert_eq!(read("terminated;reason=noresource"), over(1800));
        assert_eq!(read("terminated;retry-after=0"), over(5));
        assert_eq!(
            read("terminated;reason=giveup;retry-after=4294967295"),
            over(1800)
        );
    }
}
