//! Settings from an https server with a real certificate, and from the machine's own file.

use hark_e2e::authority::Validity;
use hark_e2e::https::{HttpsServer, Page};
use hark_e2e::phone::Phone;
use hark_e2e::raw::RawServer;
use hark_phone::portable::{Document, Manner, Origin, Portable, load};
use hark_phone::{Command, Event, Profile, SettingsReading, Theme, Then};

const DOCUMENT: &str = "
    [settings]
    theme = 'dark'
    colour = 'blue'
    [who_rings]
    refuse_anonymous = true";

fn document() -> Page {
    Page::Document(DOCUMENT.into())
}

fn server(pages: &[(&str, Page)]) -> HttpsServer {
    HttpsServer::start("127.0.0.1", Validity::Now, pages)
}

fn fetched(server: &HttpsServer, path: &str) -> Result<Document, String> {
    let from = Origin::Url(server.url(path));
    load(&from, Some(server.authority())).map_err(|error| error.to_string())
}

#[test]
fn a_document_comes_over_https_and_redirects_to_https() {
    let target = server(&[("/hark.toml", document())]);
    let expected = Document::read(DOCUMENT).unwrap();
    assert_eq!(fetched(&target, "/hark.toml"), Ok(expected.clone()));
    let server = server(&[
        ("/there", document()),
        ("/here", Page::MovedTo("/there".into())),
        ("/loop", Page::MovedTo("/loop".into())),
        ("/clear", Page::MovedTo("http://127.0.0.1:1/there".into())),
    ]);
    assert_eq!(fetched(&server, "/here"), Ok(expected));
    for (path, words) in [
        ("/loop", "The link leads on from one address"),
        ("/clear", "The link leads on to a place without https"),
        (
            "/nowhere",
            "The link leads to nothing that Hark may read (HTTP 404).",
        ),
    ] {
        let error = fetched(&server, path).unwrap_err();
        assert!(error.starts_with(words), "{error}");
    }
}

#[test]
fn a_server_that_cannot_be_trusted_gives_nothing() {
    let pages = [("/hark.toml", document())];
    let right = server(&pages);
    let stranger = load(
        &Origin::Url(right.url("/hark.toml")),
        Some(server(&[]).authority()),
    )
    .map_err(|error| error.to_string());
    let other_name = HttpsServer::start("example.test", Validity::Now, &pages);
    let expired = HttpsServer::start("127.0.0.1", Validity::InThePast, &pages);
    for refused in [
        stranger,
        fetched(&other_name, "/hark.toml"),
        fetched(&expired, "/hark.toml"),
    ] {
        let error = refused.unwrap_err();
        let words = "The certificate of the link's server cannot be trusted";
        assert!(error.starts_with(words), "{error}");
    }
}

#[test]
fn what_is_no_document_is_refused_in_words() {
    let server = server(&[
        ("/endless", Page::Endless),
        ("/html", Page::Document("<!doctype html>\n<html>".into())),
        ("/bytes", Page::Document(vec![0xff; 64])),
        ("/key", Page::Document("[audio]\ngain_control = 3".into())),
    ]);
    for (path, words) in [
        ("/endless", "What the link leads to is too long"),
        ("/html", "Line 1: "),
        ("/bytes", "What the link leads to is not text."),
        ("/key", "Line 2, audio.gain_control: "),
    ] {
        let error = fetched(&server, path).unwrap_err();
        assert!(error.starts_with(words), "{path}: {error}");
    }
}

fn until_read(phone: &Phone) -> SettingsReading {
    phone.until("settings read", |event| match event {
        Event::SettingsRead(reading) => Some((**reading).clone()),
        _ => None,
    })
}

#[test]
fn a_phone_says_what_a_link_would_change_before_it_does() {
    let web = server(&[("/hark.toml", document())]);
    let sip = RawServer::tcp();
    let (phone, ..) = Phone::signed_in_with(&sip, sip.account(), |config| {
        config.only_authority = Some(web.authority().to_owned());
    });
    let read = |then| {
        phone.send(Command::ReadSettings {
            from: Origin::Url(web.url("/hark.toml")),
            manner: Manner::Keys,
            then,
        });
        until_read(&phone)
    };
    let shown = read(Then::Show);
    let lines: Vec<_> = shown.changes.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "who_rings.refuse_anonymous = true (was false)",
            "settings.theme = \"dark\" (was \"system\")"
        ]
    );
    assert_eq!(
        shown.document.unknown()[0].to_string(),
        "Line 4, settings.colour"
    );
    assert_eq!(phone.snapshot().settings.theme, Theme::System);
    assert_eq!(read(Then::Apply).changes, shown.changes);
    let snapshot = phone.snapshot();
    assert_eq!(snapshot.settings.theme, Theme::Dark);
    assert!(snapshot.ring_rules.refuse_anonymous);
    assert_eq!(read(Then::Apply).changes, []);
}

/// The keyring knows passwords by address: a document must not lead them to another server.
#[test]
fn a_document_that_moves_an_account_leaves_its_password_behind() {
    let (own, other) = (RawServer::tcp(), RawServer::tcp());
    let (phone, ..) = Phone::signed_in(&own, own.account());
    let portable = Portable {
        accounts: vec![other.account()],
        ..Portable::default()
    };
    let document = Document::read(&portable.to_toml().unwrap()).unwrap();
    phone.send(Command::TakeSettings {
        document: Box::new(document),
        manner: Manner::Keys,
    });
    let lines: Vec<_> = until_read(&phone)
        .changes
        .iter()
        .map(ToString::to_string)
        .collect();
    let words = "account alice@contoso.com: its password has to be typed";
    assert!(lines.contains(&words.to_owned()), "{lines:?}");
    let failed = phone.until("failed", |event| match event {
        Event::Registration(hark_phone::RegistrationView::Failed(problem)) => Some(problem.clone()),
        _ => None,
    });
    assert!(failed.text.contains("password"), "{failed:?}");
}

#[test]
fn the_machines_file_is_taken_in_at_the_start_and_its_locks_hold() {
    let folder = tempfile::tempdir().unwrap();
    let machine = folder.path().join("provision.toml");
    let write = |text: &str| std::fs::write(&machine, text).unwrap();
    let sip = RawServer::tcp();
    let start = || {
        let (phone, ..) = Phone::signed_in_with(&sip, sip.account(), |config| {
            config.profile = Profile::Folder(folder.path().to_owned());
        });
        phone
    };
    let set_theme = |phone: &Phone, theme| {
        let mut settings = phone.snapshot().settings.clone();
        settings.theme = theme;
        phone.send(Command::SetPreferences(settings));
    };
    write(
        "locked = ['audio.gain_control']\n[audio]\ngain_control = false\n[settings]\ntheme = 'dark'",
    );
    let phone = start();
    let snapshot = phone.snapshot();
    assert_eq!(snapshot.settings.theme, Theme::Dark);
    assert_eq!(snapshot.audio.gain_control, Some(false));
    assert!(snapshot.locks.holds("audio.gain_control"));

    // What is not locked is the user's from here on.
    set_theme(&phone, Theme::Light);
    phone.shows("light", |shown| {
        (shown.settings.theme == Theme::Light).then_some(())
    });
    let mut audio = snapshot.audio.clone();
    audio.gain_control = Some(true);
    audio.ringer = vec!["Screen".into()];
    phone.send(Command::SetAudio(audio));
    let words = phone.until_error();
    assert!(
        words.starts_with("Your administrator has set this"),
        "{words}"
    );
    let audio = phone.snapshot().audio.clone();
    assert_eq!(
        (audio.gain_control, &*audio.ringer[0]),
        (Some(false), "Screen")
    );
    phone.quit();

    // A file that is the same changes nothing anew; one that is broken, nothing at all.
    let phone = start();
    assert_eq!(phone.snapshot().settings.theme, Theme::Light);
    phone.quit();
    write("locked = 3");
    let phone = start();
    let problem = phone.snapshot().problems[0].clone();
    assert!(problem.text.contains("administrator"), "{problem:?}");
    assert!(
        problem.detail.starts_with("Line 1, locked: "),
        "{problem:?}"
    );
    assert!(phone.snapshot().locks.is_empty());
}
