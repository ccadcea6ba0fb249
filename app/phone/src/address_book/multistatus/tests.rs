//! Answers of real servers, and such as nobody sends by mistake.

use std::time::{Duration, Instant};

use super::*;

fn items(body: &str) -> Vec<Item> {
    read(body.as_bytes())
        .unwrap_or_else(|error| panic!("{error:?} in {body}"))
        .items
}

#[test]
fn a_principal_and_its_address_books() {
    // The form of sabre/dav, with a property that it does not have.
    let body = "<?xml version=\"1.0\"?>\n\
        <d:multistatus xmlns:d=\"DAV:\" xmlns:card=\"urn:ietf:params:xml:ns:carddav\" xmlns:oc=\"http://owncloud.org/ns\">\
        <d:response><d:href>/dav/</d:href>\
        <d:propstat><d:prop>\
        <d:resourcetype><d:collection/></d:resourcetype>\
        <d:current-user-principal><d:href>/dav/principals/alice/</d:href></d:current-user-principal>\
        <card:addressbook-home-set><d:href>/dav/a/</d:href><d:href> /dav/b/ </d:href></card:addressbook-home-set>\
        </d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>\
        <d:propstat><d:prop><d:sync-token>lost</d:sync-token></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>\
        </d:response>\
        <d:response><d:href>/dav/a/office/</d:href><d:propstat>\
        <d:status>HTTP/1.1 200 OK</d:status><d:prop>\
        <d:resourcetype><d:collection/><card:addressbook/></d:resourcetype>\
        <d:supported-report-set><d:supported-report><d:report><d:sync-collection/></d:report></d:supported-report></d:supported-report-set>\
        </d:prop></d:propstat></d:response></d:multistatus>";
    let items = items(body);
    assert_eq!(items.len(), 2);
    let known = &items[0].known;
    assert_eq!(known.principal.as_deref(), Some("/dav/principals/alice/"));
    assert_eq!(known.home_sets, ["/dav/a/", "/dav/b/"]);
    assert!(!known.tells_changes, "a token that it does not have");
    assert_eq!(items[1].href, "/dav/a/office/");
    assert!(items[1].known.kinds.contains(&Kind::AddressBook));
    assert!(items[1].known.tells_changes);
}

#[test]
fn changes_and_cards() {
    let body = "\u{feff}<multistatus xmlns='DAV:' xmlns:C='urn:ietf:params:xml:ns:carddav'>\
        <response><href>/b/1.vcf</href><propstat><prop><getetag>&quot;7&quot;</getetag>\
        <C:address-data content-type='text/vcard'><![CDATA[BEGIN:VCARD\r\n]]>FN:A &amp; B&#13;\n\
        NOTE:&#x1F600;</C:address-data></prop><status>HTTP/1.1 200 OK</status></propstat></response>\
        <response><href>/b/2.vcf</href><href>/b/3.vcf</href><status>HTTP/1.1 404 Not Found</status></response>\
        <sync-token> http://a.test/ns/8 </sync-token></multistatus>";
    let answer = read(body.as_bytes()).unwrap();
    assert_eq!(answer.token.as_deref(), Some("http://a.test/ns/8"));
    let known = &answer.items[0].known;
    assert_eq!(known.etag.as_deref(), Some("\"7\""));
    assert_eq!(
        known.card.as_deref(),
        Some("BEGIN:VCARD\r\nFN:A & B\r\nNOTE:\u{1F600}")
    );
    let gone: Vec<_> = answer.items[1..]
        .iter()
        .map(|item| (item.href.as_str(), item.status))
        .collect();
    assert_eq!(gone, [("/b/2.vcf", Some(404)), ("/b/3.vcf", Some(404))]);
}

#[test]
fn what_stands_in_another_place_or_another_namespace_is_passed_over() {
    for body in [
        // A response in a property is no response.
        "<multistatus xmlns='DAV:'><response><propstat><prop><x><response><href>/e</href></response></x></prop></propstat></response></multistatus>",
        "<multistatus xmlns='DAV:'><r xmlns='x:y'><response/></r></multistatus>",
        "<a:multistatus xmlns:a='DAV:' xmlns:b='DAW:'><a:response><b:href>/e</b:href></a:response></a:multistatus>",
    ] {
        let hrefs: Vec<_> = items(body).into_iter().map(|item| item.href).collect();
        assert!(hrefs.iter().all(String::is_empty), "{hrefs:?} in {body}");
    }
}

/// None of them is expanded, none takes long, and each ends in a sentence.
#[test]
fn hostile_answers_are_refused() {
    let laughs = "<!DOCTYPE m [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>\
        <multistatus xmlns='DAV:'><response><href>&b;</href></response></multistatus>";
    let external = "<!DOCTYPE m SYSTEM 'file:///etc/passwd'><multistatus xmlns='DAV:'/>";
    let deep = format!("<multistatus xmlns='DAV:'>{}", "<a>".repeat(1_000_000));
    let spaces: String = (0..100_000).map(|n| format!(" xmlns:n{n}='u'")).collect();
    let wide = format!("<multistatus xmlns='DAV:'{spaces}/>");
    let many = format!(
        "<multistatus xmlns='DAV:'>{}</multistatus>",
        "<response/>".repeat(MAX_ELEMENTS + 1)
    );
    let nested: String = (0..30).map(|n| format!("<a xmlns:n{n}='u'>")).collect();
    let in_scope = format!(
        "<multistatus xmlns='DAV:'>{nested}{}",
        "<z:z/>".repeat(100_000)
    );
    let long = format!("<multistatus xmlns='DAV:'><{}", "x".repeat(5_000_000));
    let references = format!(
        "<multistatus xmlns='DAV:'>{}</multistatus",
        "&lt;".repeat(200_000)
    );
    let began = Instant::now();
    for body in [
        laughs,
        external,
        &deep,
        &wide,
        &many,
        &in_scope,
        &long,
        &references,
        "<multistatus xmlns='DAV:'><response><href>&b;</href></response></multistatus>",
        "<multistatus xmlns='DAV:'><response>&#xFFFFFFFF;</response></multistatus>",
        "<multistatus xmlns='DAV:'><response></multistatus>",
        "<multistatus xmlns='DAV:'><response>",
        "<multistatus/>",
        "<html><body>Hello</body></html>",
        "",
        "\u{0}",
    ] {
        let start: String = body.chars().take(60).collect();
        let error = read(body.as_bytes()).expect_err(&start);
        assert!(error.to_string().ends_with('.'), "{error}");
        assert!(error.problem().detail.len() < 1_000);
    }
    assert!(read(&[0xff; 100]).is_err());
    let passed = began.elapsed();
    assert!(passed < Duration::from_secs(20), "{passed:?}");
}

/// Twice the length, about twice the time: what is quadratic would take four times as long.
#[test]
fn a_long_answer_takes_time_in_proportion_to_its_length() {
    let of = |cards: usize| {
        let card = "<response><href>/b/1.vcf</href><propstat><prop><getetag>\"1\"</getetag>\
            </prop><status>HTTP/1.1 200 OK</status></propstat></response>";
        format!(
            "<multistatus xmlns='DAV:'>{}</multistatus>",
            card.repeat(cards)
        )
    };
    let took = |body: &str| {
        let tries = (0..3).map(|_| {
            let began = Instant::now();
            assert!(read(body.as_bytes()).is_ok());
            began.elapsed()
        });
        tries.min().unwrap_or_default()
    };
    let (short, long) = (took(&of(1_000)), took(&of(8_000)));
    assert!(
        long < short * 30 + Duration::from_millis(200),
        "{short:?} {long:?}"
    );
}
