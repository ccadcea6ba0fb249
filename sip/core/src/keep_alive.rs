//! Keeping an idle flow open, and finding out that it is dead (RFC 5626 §4.4.1, [MS-CONMGMT]
//! §2.2.1).

use std::time::Duration;

use crate::ids::IdSource;
use crate::message::Headers;

/// How the server wants the flow kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terms {
    /// Microsoft's: a ping after this long without anything sent. It is never answered.
    Quiet(Duration),
    /// RFC 5626: a ping at most this far apart. It is answered.
    Answered(Duration),
    /// The server said nothing: pings, which it may answer or not.
    Unspoken,
}

impl Terms {
    /// Reads the 200 of a REGISTER.
    pub(crate) fn read(headers: &Headers) -> Self {
        if let Some(timeout) = headers.all("ms-keep-alive").find_map(microsoft_timeout) {
            return Self::Quiet(timeout.max(SHORTEST));
        }
        if let Some(seconds) = headers.seconds("Flow-Timer").ok().flatten() {
            return Self::Answered(Duration::from_secs(seconds.into()).max(SHORTEST));
        }
        match headers.lists("Require", "outbound") {
            true => Self::Answered(DEFAULT_LONGEST),
            false => Self::Unspoken,
        }
    }

    /// The time to the next ping, counted from the last one or, for Microsoft's servers, from the
    /// last thing sent.
    pub(crate) fn interval(self, ids: &mut IdSource) -> Duration {
        match self {
            // A tenth early, so that the server's clock does not run out first.
            Self::Quiet(timeout) => timeout * 9 / 10,
            // RFC 5626 §4.4.1: 80 to 100 percent of the timer.
            Self::Answered(longest) => ids.between(longest * 8 / 10, longest),
            Self::Unspoken => ids.between(DEFAULT_SHORTEST, DEFAULT_LONGEST),
        }
    }
}

/// `UAS; tcp=no; hop-hop=yes; end-end=no; timeout=300`
fn microsoft_timeout(value: &str) -> Option<Duration> {
    let mut fields = value.split(';').filter_map(|field| field.split_once('='));
    let timeout = fields.find(|(name, _)| name.trim().eq_ignore_ascii_case("timeout"))?;
    Some(Duration::from_secs(u64::from(
        timeout.1.trim().parse::<u32>().ok()?,
    )))
}

/// Before the REGISTER is answered (what Microsoft's clients do).
pub(crate) const BEFORE_GRANT: Duration = Duration::from_secs(60);

/// RFC 5626 §4.4.1 for flows over TCP without a Flow-Timer: 95 to 120 s.
const DEFAULT_SHORTEST: Duration = Duration::from_secs(95);
const DEFAULT_LONGEST: Duration = Duration::from_secs(120);

/// No server may make us ping more often than this.
const SHORTEST: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, value: &str) -> Terms {
        let mut headers = Headers::default();
        headers.push(name, value);
        Terms::read(&headers)
    }

    #[test]
    fn the_servers_terms_are_read() {
        let secs = Duration::from_secs;
        let microsoft = "UAS; tcp=no; hop-hop=yes; end-end=no; timeout=300";
        assert_eq!(read("ms-keep-alive", microsoft), Terms::Quiet(secs(300)));
        assert_eq!(
            read("MS-Keep-Alive", "UAS;TIMEOUT = 1"),
            Terms::Quiet(SHORTEST)
        );
        assert_eq!(read("ms-keep-alive", "UAS; timeout=soon"), Terms::Unspoken);
        assert_eq!(read("Flow-Timer", "90"), Terms::Answered(secs(90)));
        assert_eq!(
            read("Require", "outbound"),
            Terms::Answered(DEFAULT_LONGEST)
        );
        assert_eq!(read("Server", "any"), Terms::Unspoken);
    }

    #[test]
    fn intervals_stay_below_what_the_server_granted() {
        let mut ids = IdSource::from_seed([9; 32]);
        for _ in 0..50 {
            assert!(
                Terms::Quiet(Duration::from_secs(300))
                    .interval(&mut ids)
                    .as_secs()
                    < 300
            );
            let answered = Terms::Answered(Duration::from_secs(100))
                .interval(&mut ids)
                .as_secs();
            assert!((80..=100).contains(&answered));
        }
    }
}
