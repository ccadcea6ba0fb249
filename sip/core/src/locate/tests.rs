//! Searches from the first question to the last place.

use super::*;

/// What DNS knows in a test; everything else does not exist.
type Zone<'a> = &'a [(Question, Answer)];

fn registrar(host: &str, port: Option<u16>, transport: Transport) -> Registrar {
    Registrar {
        transport,
        host: host.to_owned(),
        port,
        certificate_names: vec![host.to_owned()],
    }
}

fn search(registrar: &Registrar) -> Locator {
    Locator::new(registrar, Host::parse("example.test").as_ref())
}

/// Runs a search to its end: the rounds of questions, and the places in words.
fn run(mut locator: Locator, zone: Zone<'_>) -> (Vec<Vec<Question>>, Vec<String>) {
    let mut ids = IdSource::from_seed([8; 32]);
    let (mut rounds, mut places) = (Vec::new(), Vec::new());
    loop {
        match locator.next(&mut ids) {
            Next::Ask(questions) => {
                for question in &questions {
                    let known = zone.iter().find(|(known, _)| known == question);
                    let answer = known.map_or(Answer::Nothing, |(_, answer)| answer.clone());
                    assert!(locator.answer(question.clone(), answer));
                }
                rounds.push(questions);
            }
            Next::Try(place) => {
                let target = place.target;
                let addresses: Vec<String> =
                    target.addresses.iter().map(ToString::to_string).collect();
                let names = target.certificate_names.join("|");
                places.push(format!(
                    "{} {}:{} {} for {names}",
                    place.rank,
                    target.host,
                    target.port,
                    addresses.join(",")
                ));
            }
            Next::Exhausted => return (rounds, places),
        }
    }
}

fn addresses(host: &str, literals: &[&str]) -> (Question, Answer) {
    let parsed = literals
        .iter()
        .map(|literal| literal.parse().expect("an address"));
    (
        Question::Addresses(host.to_owned()),
        Answer::Addresses(parsed.collect()),
    )
}

fn servers(service: &str, records: &[(u16, u16, &str)]) -> (Question, Answer) {
    let records = records.iter().map(|(priority, port, target)| Srv {
        priority: *priority,
        weight: 0,
        port: *port,
        target: (*target).to_owned(),
    });
    (
        Question::Srv(service.to_owned()),
        Answer::Srv(records.collect()),
    )
}

#[test]
fn literals_and_localhost_need_no_lookup() {
    for (host, port, expected) in [
        ("192.0.2.7", None, "1 192.0.2.7:5061 192.0.2.7"),
        ("2001:db8::7", Some(443), "1 2001:db8::7:443 2001:db8::7"),
        ("localhost", Some(5071), "1 localhost:5071 127.0.0.1,::1"),
        (
            "pbx.LOCALHOST.",
            None,
            "1 pbx.LOCALHOST.:5061 127.0.0.1,::1",
        ),
    ] {
        let (rounds, places) = run(search(&registrar(host, port, Transport::Tls)), &[]);
        assert!(rounds.is_empty(), "{host}");
        assert_eq!(places.len(), 1, "{host}");
        assert!(places[0].starts_with(expected), "{places:?}");
    }
}

#[test]
fn a_name_with_a_port_is_looked_up_and_nothing_else() {
    let zone = [addresses("sip.example.test", &["192.0.2.1", "2001:db8::1"])];
    let registrar = registrar("sip.example.test", Some(5071), Transport::Tls);
    let (rounds, places) = run(search(&registrar), &zone);
    assert_eq!(
        rounds,
        [[Question::Addresses("sip.example.test".to_owned())]]
    );
    assert_eq!(
        places,
        ["1 sip.example.test:5071 192.0.2.1,2001:db8::1 for sip.example.test"]
    );
}

#[test]
fn everything_that_a_domain_may_say_is_asked_at_once() {
    let (rounds, places) = run(
        search(&registrar("example.test", None, Transport::Tls)),
        &[],
    );
    let expected = [
        Question::Naptr("example.test".to_owned()),
        Question::Srv("_sips._tcp.example.test".to_owned()),
        Question::Srv("_sipinternaltls._tcp.example.test".to_owned()),
        Question::Srv("_sip._tls.example.test".to_owned()),
        Question::Addresses("example.test".to_owned()),
    ];
    assert_eq!(rounds[0], expected);
    let guessed: Vec<_> = rounds[1..].iter().flatten().cloned().collect();
    let guesses = ["sipinternal", "sip", "sipexternal"]
        .map(|prefix| Question::Addresses(format!("{prefix}.example.test")));
    assert_eq!(guessed, guesses);
    assert!(places.is_empty());
}

#[test]
fn naptr_leads_to_srv_and_srv_to_hosts_in_the_order_of_priority() {
    let naptr = Naptr {
        order: 1,
        preference: 1,
        flags: "s".to_owned(),
        service: "SIPS+D2T".to_owned(),
        replacement: "_sips._tcp.elsewhere.test.".to_owned(),
    };
    let zone = [
        (
            Question::Naptr("example.test".to_owned()),
            Answer::Naptr(vec![naptr]),
        ),
        servers(
            "_sips._tcp.elsewhere.test",
            &[(20, 443, "two.test."), (10, 5061, "one.test.")],
        ),
        servers("_sips._tcp.example.test", &[(1, 5061, "unused.test")]),
        addresses("one.test", &["192.0.2.1"]),
        addresses("two.test", &["192.0.2.2"]),
        addresses("example.test", &["192.0.2.9"]),
    ];
    let locator = search(&registrar("example.test", None, Transport::Tls));
    let (_, places) = run(locator, &zone);
    let hosts: Vec<&str> = places
        .iter()
        .filter_map(|place| place.split_once(' ').map(|(_, rest)| rest))
        .collect();
    assert_eq!(
        hosts,
        [
            "one.test:5061 192.0.2.1 for example.test",
            "two.test:443 192.0.2.2 for example.test"
        ],
        "what DNS says never becomes a name for certificates"
    );
}

#[test]
fn microsofts_services_come_after_those_of_the_rfc_and_before_guesses() {
    let zone = [
        servers(
            "_sipinternaltls._tcp.example.test",
            &[(1, 5061, "pool.test")],
        ),
        servers("_sip._tls.example.test", &[(1, 443, "edge.test")]),
        addresses("pool.test", &["192.0.2.1"]),
        addresses("example.test", &["192.0.2.9"]),
    ];
    let (_, places) = run(
        search(&registrar("example.test", None, Transport::Tls)),
        &zone,
    );
    assert_eq!(places.len(), 1);
    assert!(places[0].contains("pool.test:5061"), "{places:?}");
}

#[test]
fn without_srv_the_domain_comes_first_and_then_the_names_made_from_it() {
    let zone = [
        addresses("example.test", &["192.0.2.1"]),
        addresses("sip.example.test", &["192.0.2.2"]),
    ];
    let (_, places) = run(
        search(&registrar("example.test", None, Transport::Tls)),
        &zone,
    );
    assert_eq!(
        places,
        [
            "1 example.test:5061 192.0.2.1 for example.test",
            "3 sip.example.test:5061 192.0.2.2 for example.test|sip.example.test",
            "4 sip.example.test:443 192.0.2.2 for example.test|sip.example.test",
        ]
    );
}

#[test]
fn a_server_that_the_user_named_is_not_guessed_around() {
    let zone = [addresses("pbx.example.test", &["192.0.2.1"])];
    let (rounds, places) = run(
        search(&registrar("pbx.example.test", None, Transport::Tcp)),
        &zone,
    );
    assert_eq!(
        rounds,
        [[
            Question::Naptr("pbx.example.test".to_owned()),
            Question::Srv("_sip._tcp.pbx.example.test".to_owned()),
            Question::Addresses("pbx.example.test".to_owned()),
        ]]
    );
    assert_eq!(
        places,
        ["1 pbx.example.test:5060 192.0.2.1 for pbx.example.test"]
    );
}

#[test]
fn a_failed_lookup_is_remembered_and_passed_over() {
    let zone = [
        (
            Question::Srv("_sips._tcp.example.test".to_owned()),
            Answer::Failed,
        ),
        addresses("example.test", &["192.0.2.1"]),
    ];
    let mut locator = search(&registrar("example.test", None, Transport::Tls));
    let mut ids = IdSource::from_seed([8; 32]);
    let Next::Ask(questions) = locator.next(&mut ids) else {
        panic!("a domain is looked up");
    };
    assert_eq!(locator.next(&mut ids), Next::Ask(Vec::new()));
    for question in questions {
        let known = zone.iter().find(|(known, _)| *known == question);
        locator.answer(
            question,
            known.map_or(Answer::Nothing, |(_, known)| known.clone()),
        );
    }
    assert!(locator.dns_failed);
    assert!(matches!(locator.next(&mut ids), Next::Try(_)));
}

#[test]
fn answers_that_nobody_asked_for_or_of_another_kind_change_nothing() {
    let mut locator = search(&registrar("sip.example.test", Some(1), Transport::Tls));
    let mut ids = IdSource::from_seed([8; 32]);
    let stray = Question::Addresses("mallory.test".to_owned());
    assert!(!locator.answer(stray, Answer::Failed));
    let asked = Question::Addresses("sip.example.test".to_owned());
    assert_eq!(locator.next(&mut ids), Next::Ask(vec![asked.clone()]));
    assert!(locator.answer(asked, Answer::Srv(Vec::new())));
    assert_eq!(locator.next(&mut ids), Next::Exhausted);
    assert!(!locator.dns_failed);
}

#[test]
fn a_flood_of_answers_is_cut_off() {
    let targets: Vec<String> = (0..1_000).map(|n| format!("h{n}.test")).collect();
    let records: Vec<_> = targets
        .iter()
        .map(|target| (1, 5061, target.as_str()))
        .collect();
    let many: Vec<IpAddr> = (0..1_000_u32).map(|n| Ipv4Addr::from(n).into()).collect();
    let mut zone = vec![servers("_sips._tcp.example.test", &records)];
    zone.extend(targets.iter().map(|target| {
        (
            Question::Addresses(target.clone()),
            Answer::Addresses(many.clone()),
        )
    }));
    let (rounds, places) = run(
        search(&registrar("example.test", None, Transport::Tls)),
        &zone,
    );
    assert_eq!(places.len(), MAX_PLACES);
    assert_eq!(places[0].matches(',').count(), MAX_ADDRESSES - 1);
    assert!(rounds.len() <= MAX_PLACES + 1);
}
