//! The order that DNS answers ask for (RFC 2782, RFC 3263 §4.1).

use super::question::{MAX_RECORDS, Naptr, Srv, host_name};
use crate::ids::IdSource;
use crate::input::Transport;

/// The servers of one priority, in the order in which this client tries them.
pub(super) fn by_priority(records: &[Srv], ids: &mut IdSource) -> Vec<Vec<Srv>> {
    let usable = |record: &&Srv| record.port != 0 && host_name(&record.target).is_some();
    let mut records: Vec<Srv> = records
        .iter()
        .filter(usable)
        .take(MAX_RECORDS)
        .cloned()
        .collect();
    records.sort_by_key(|record| record.priority);
    let groups = records.chunk_by(|one, two| one.priority == two.priority);
    groups.map(|group| by_weight(group.to_vec(), ids)).collect()
}

/// Draws without replacement, each record with a chance in proportion to its weight. Records of
/// weight zero come first in the list, so that they have a small chance (RFC 2782, "Weight").
fn by_weight(mut left: Vec<Srv>, ids: &mut IdSource) -> Vec<Srv> {
    left.sort_by_key(|record| record.weight);
    let mut drawn = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let sum: u64 = left.iter().map(|record| u64::from(record.weight)).sum();
        let mut mark = ids.below(sum + 1);
        let at = left.iter().position(|record| {
            let weight = u64::from(record.weight);
            let hit = mark <= weight;
            mark = mark.saturating_sub(weight);
            hit
        });
        drawn.push(left.remove(at.unwrap_or_default()));
    }
    drawn
}

/// The SRV names that NAPTR records give for our transport, best first (RFC 3263 §4.1). Records of
/// other transports say nothing about this one: the user has chosen it, and DNS cannot talk us out
/// of encryption.
pub(super) fn services(records: &[Naptr], transport: Transport) -> Vec<String> {
    let wanted = match transport {
        Transport::Tcp => "SIP+D2T",
        Transport::Tls => "SIPS+D2T",
    };
    let mut records: Vec<&Naptr> = records
        .iter()
        .filter(|record| record.flags.eq_ignore_ascii_case("s"))
        .filter(|record| record.service.eq_ignore_ascii_case(wanted))
        .take(MAX_SERVICES)
        .collect();
    records.sort_by_key(|record| (record.order, record.preference));
    records
        .into_iter()
        .filter_map(|record| host_name(&record.replacement))
        .collect()
}

/// SRV names that one domain may send us on to.
const MAX_SERVICES: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn srv(priority: u16, weight: u16, target: &str) -> Srv {
        Srv {
            priority,
            weight,
            port: 5061,
            target: target.to_owned(),
        }
    }

    fn first_of(records: &[Srv], ids: &mut IdSource) -> String {
        by_priority(records, ids)[0][0].target.clone()
    }

    #[test]
    fn lower_priorities_come_first_and_unusable_records_not_at_all() {
        let mut ids = IdSource::from_seed([4; 32]);
        let mut no_port = srv(0, 0, "no-port.test");
        no_port.port = 0;
        let records = [
            srv(20, 0, "third.test"),
            srv(10, 0, "first.test."),
            no_port,
            srv(1, 0, "."),
            srv(1, 0, "192.0.2.1"),
            srv(1, 0, "not a name"),
            srv(10, 0, "second.test"),
        ];
        let groups = by_priority(&records, &mut ids);
        let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, 1]);
        assert_eq!(groups[1][0].target, "third.test");
    }

    #[test]
    fn weights_share_the_load() {
        let mut ids = IdSource::from_seed([5; 32]);
        let records = [srv(1, 30, "big"), srv(1, 10, "small"), srv(1, 0, "spare")];
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..4_000 {
            *counts.entry(first_of(&records, &mut ids)).or_insert(0_u32) += 1;
        }
        // 30/41, 10/41 and 1/41 of 4,000, give or take five standard deviations.
        assert!((2_780..=3_080).contains(&counts["big"]), "{counts:?}");
        assert!((840..=1_110).contains(&counts["small"]), "{counts:?}");
        assert!((45..=150).contains(&counts["spare"]), "{counts:?}");
    }

    #[test]
    fn a_flood_of_records_is_cut_off() {
        let mut ids = IdSource::from_seed([6; 32]);
        let records: Vec<Srv> = (0..10_000)
            .map(|n| srv(1, 1, &format!("h{n}.test")))
            .collect();
        let kept: usize = by_priority(&records, &mut ids).iter().map(Vec::len).sum();
        assert_eq!(kept, MAX_RECORDS);
    }

    #[test]
    fn naptr_records_of_our_transport_are_taken_in_their_order() {
        let naptr = |order, preference, flags: &str, service: &str, replacement: &str| Naptr {
            order,
            preference,
            flags: flags.to_owned(),
            service: service.to_owned(),
            replacement: replacement.to_owned(),
        };
        let records = [
            naptr(50, 1, "s", "SIP+D2U", "_sip._udp.example.test."),
            naptr(90, 2, "S", "sips+d2t", "_sips._tcp.b.test."),
            naptr(90, 1, "s", "SIPS+D2T", "_sips._tcp.A.test."),
            naptr(10, 1, "u", "SIPS+D2T", "_sips._tcp.regexp.test."),
            naptr(20, 1, "s", "SIP+D2T", "_sip._tcp.example.test."),
            naptr(1, 1, "s", "SIPS+D2T", "."),
        ];
        assert_eq!(
            services(&records, Transport::Tls),
            ["_sips._tcp.a.test", "_sips._tcp.b.test"]
        );
        assert_eq!(
            services(&records, Transport::Tcp),
            ["_sip._tcp.example.test"]
        );
    }
}
