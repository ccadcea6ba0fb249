//! Documents as people and programs write them, and what they change.

use super::*;
use crate::snapshot::Problem;

fn account(toml: &str) -> AccountSettings {
    toml::from_str(&format!("address = 'alice@example.test'\n{toml}")).unwrap()
}

fn mine() -> Portable {
    let mut mine = Portable {
        accounts: vec![account("server = 'sip.example.test'\ncodecs = ['opus']")],
        ..Portable::default()
    };
    mine.audio.speaker = vec!["Headset".into()];
    mine.who_rings.forward_busy = Some("2002".into());
    mine
}

fn read(text: &str) -> Document {
    Document::read(text).unwrap_or_else(|error| panic!("{error}"))
}

fn told(old: &Portable, new: &Portable) -> Vec<String> {
    changes(old, new).iter().map(Change::to_string).collect()
}

#[test]
fn every_change_is_a_line_and_nothing_else_is() {
    for (document, manner, expected) in [
        ("", Manner::Keys, &[][..]),
        (
            "[audio]\nringer = 'Screen'",
            Manner::Keys,
            &["audio.ringer = [\"Screen\"] (was [])"],
        ),
        // Each table stands for all of its keys.
        (
            "[audio]\nringer = 'Screen'",
            Manner::Whole,
            &[
                "audio.ringer = [\"Screen\"] (was [])",
                "audio.speaker = [] (was [\"Headset\"])",
            ],
        ),
        (
            "[who_rings]\nflood_limit = 5",
            Manner::Whole,
            &[
                "who_rings.flood_limit = 5 (was 120)",
                "who_rings.forward_busy is unset (was \"2002\")",
            ],
        ),
        (
            "[settings]\ntheme = 'dark'\n[settings.recording]\nnotice = 'none'",
            Manner::Keys,
            &[
                "settings.recording.notice = \"none\" (was \"tone\")",
                "settings.theme = \"dark\" (was \"system\")",
            ],
        ),
        (
            "[account]\naddress = 'sip:Alice@example.test'\nvoicemail = '*97'",
            Manner::Keys,
            &[
                "account sip:Alice@example.test: address = \"sip:Alice@example.test\" (was \"alice@example.test\")",
                "account sip:Alice@example.test: voicemail = \"*97\"",
                "account sip:Alice@example.test: its password has to be typed",
            ],
        ),
        (
            "[account]\naddress = 'alice@example.test'\nserver = 'sip.other.test'",
            Manner::Keys,
            &[
                "account alice@example.test: server = \"sip.other.test\" (was \"sip.example.test\")",
                "account alice@example.test: its password has to be typed",
            ],
        ),
        (
            "[every_account]\nasks_for_pin = true\n[[account]]\naddress = 'bob@example.test'",
            Manner::Keys,
            &[
                "account alice@example.test: asks_for_pin = true",
                "account bob@example.test: added",
                "account bob@example.test: asks_for_pin = true",
                "account bob@example.test: its password has to be typed",
            ],
        ),
    ] {
        let new = read(document).put_over(&mine(), manner);
        assert_eq!(told(&mine(), &new), expected, "{document}");
    }
}

#[test]
fn accounts_that_go_and_change_places_are_told() {
    let mut two = mine();
    two.accounts.push(AccountSettings {
        address: "bob@example.test".into(),
        ..AccountSettings::default()
    });
    let mut other_way = two.clone();
    other_way.accounts.reverse();
    assert_eq!(
        told(&two, &other_way),
        ["account bob@example.test: becomes the first"]
    );
    assert_eq!(told(&two, &mine()), ["account bob@example.test: removed"]);
}

#[test]
fn an_export_comes_back_as_it_was() {
    let full = mine();
    let text = full.to_toml().unwrap();
    let document = read(&text);
    assert_eq!(document.unknown(), []);
    let mut other = Portable::default();
    other.who_rings.forward_always = Some("3003".into());
    other.audio.gain_control = Some(false);
    assert_eq!(document.put_over(&other, Manner::Whole), full);
}

/// Keys that are written must be keys that are read, however deep they stand.
#[test]
fn every_key_of_an_export_is_known() {
    let account: AccountSettings = account(
        "username = 'a'\ndisplay_name = 'A'\nserver = 's.test'\nca_file = '/ca.pem'
         voicemail = '1'\nmedia_encryption = 'off'\nmedia_keys = 'dtls'\ncodecs = ['pcma']
         asks_for_pin = true\npin_in_clear = true\nmedia_ports = '30000-30100'\nice = true
         stun_server = 's.test'\nturn_server = 't.test'\nturn_username = 'a'
         encrypt_recordings = true\nregion = 'DE'",
    );
    let mut full = mine();
    full.accounts = vec![account];
    full.settings.recording.folder = Some("/calls".into());
    full.settings.address_book = crate::AddressBookSettings {
        on: true,
        url: "https://dav.example.test".into(),
        username: "alice".into(),
        ca_file: Some("/ca.pem".into()),
    };
    let text = full.to_toml().unwrap();
    let document = read(&text);
    assert_eq!(document.unknown(), []);
    assert_eq!(document.put_over(&Portable::default(), Manner::Keys), full);
}

#[test]
fn what_is_wrong_is_named_with_its_key_and_line() {
    for (document, expected) in [
        ("[audio\n", "Line 1: "),
        (
            "version = 2",
            "The file was written for a newer version of Hark",
        ),
        ("version = 'x'", "Line 1, version: invalid type: string"),
        ("\naudio = 3", "Line 2, audio: this is a table"),
        ("account = [1]", "Line 1, account: this is a table"),
        (
            "[audio]\n\ngain_control = 'yes'",
            "Line 3, audio.gain_control: invalid type",
        ),
        (
            "[[account]]\naddress = 'a@b.test'\n[[account]]\ntransport = 'tls'",
            "Line 3, account: missing field `address`",
        ),
        (
            "[account]\naddress = 'a@b.test'\ntransport = 'udp'",
            "Line 3, account.transport: unknown variant `udp`",
        ),
        (
            "[account]\naddress = 'alice'",
            "Line 2, account.address: The address is not complete.",
        ),
        (
            "[account]\naddress = 'a@b.test'\nserver = 'a b'",
            "Line 3, account.server: The server name is not right.",
        ),
        (
            "[account]\naddress = 'a@b.test'\ndisplay_name = \"a\\nb\"",
            "Line 1, account: The display name holds a line break",
        ),
        (
            "[[account]]\naddress = 'a@b.test'\n[[account]]\naddress = 'sip:A@b.test'",
            "Line 3, account: this address stands here twice",
        ),
        (
            "[every_account]\ncodecs = ['mp3']",
            "Line 2, every_account.codecs: Hark does not know the codec mp3.",
        ),
        (
            "[account]\naddress = 'a@b.test'\nregion = 'UK'",
            "Line 3, account.region: Hark does not know the country UK.",
        ),
        (
            "[every_account]\nregion = 'Germany'",
            "Line 2, every_account.region: Hark does not know the country Germany.",
        ),
        (
            "[every_account]\nmedia_ports = '9-1'",
            "Line 2, every_account.media_ports: The ports for sound",
        ),
        (
            "[who_rings]\nflood_limit = 1\nblocked = ['']",
            "Line 3, who_rings.blocked:  cannot be blocked.",
        ),
        (
            "[who_rings]\nflood_limit = 70000",
            "Line 2, who_rings.flood_limit: invalid value",
        ),
        (
            "[settings.recording]\nnotice = 'gong'",
            "Line 2, settings.recording.notice: unknown variant `gong`",
        ),
        ("locked = 'audio'", "Line 1, locked: invalid type"),
        ("locked = [\n'audio',\n3]", "Line 3, locked: invalid type"),
    ] {
        let error = Document::read(document).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{document}\n{error}");
    }
}

#[test]
fn what_nobody_knows_is_told_and_left_out() {
    let document = read(
        "locked = ['audio.volume', 'who_rings']\ncolour = 'blue'\n[audio]\nvolume = 11\nringer = 'X'\n\
         [every_account]\naddress = 'a@b.test'\nice = true\nteleport = true\n[settings.recording]\n\
         tape = 'C90'\n[theme]\ncolour = 'blue'",
    );
    let told: Vec<_> = document.unknown().iter().map(KeyAt::to_string).collect();
    assert_eq!(
        told,
        [
            "Line 1, locked: audio.volume",
            "Line 2, colour",
            "Line 4, audio.volume",
            "Line 6, every_account.address",
            "Line 9, every_account.teleport",
            "Line 11, settings.recording.tape",
            "Line 12, theme",
        ]
    );
    let new = document.put_over(&mine(), Manner::Keys);
    assert_eq!(new.audio.ringer, ["X"]);
    assert!(new.accounts[0].ice);
    assert_eq!(new.accounts[0].address, "alice@example.test");
}

/// In linear time, and without a panic.
#[test]
fn hostile_documents_are_errors_or_nothing() {
    let deep =
        |open: &str, close: &str| format!("x = {}{}", open.repeat(50_000), close.repeat(50_000));
    let many = (0..20_000).fold(String::new(), |text, n| format!("{text}x{n} = 1\n"));
    let document = read(&many);
    assert_eq!(document.unknown().len(), 20);
    for document in [
        deep("[", "]"),
        deep("{a=", "}"),
        format!("{} = 1", ["a"; 50_000].join(".")),
        format!("[audio]\nspeaker = '{}", "x".repeat(200_000)),
        "\u{0}".into(),
        "\u{feff}[audio]\n=".into(),
        "x".repeat(MAX_BYTES + 1),
        "[audio]\n[audio]".into(),
        "[audio.speaker]\na = 1".into(),
        "[settings]\nrecording = 1\n[settings.recording]\nnotice = 'none'".into(),
        "account = []\n[[account]]".into(),
        "[account]\naddress = 'a@b.test'\n[account.server]\nx = 1".into(),
    ] {
        let error = Document::read(&document).unwrap_err().to_string();
        assert!(error.len() < 500, "{}", error.len());
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn locked_keys_hold_what_the_administrator_says() {
    let document = read(
        "locked = ['account.transport', 'account.voicemail', 'audio.gain_control', 'who_rings', 'settings.recording.notice']
         [every_account]\nvoicemail = '*97'
         [who_rings]\nrefuse_anonymous = true
         [settings]\ntheme = 'dark'\n[settings.recording]\nnotice = 'announcement'",
    );
    let locks = document.locks();
    for (key, locked) in [
        ("audio.gain_control", true),
        ("audio.speaker", false),
        ("who_rings.blocked", true),
        ("who_rings", true),
        ("settings.recording.notice", true),
        ("settings.recording", false),
        ("settings.theme", false),
        ("account.voicemail", true),
        ("account.voicemail_x", false),
    ] {
        assert_eq!(locks.holds(key), locked, "{key}");
    }
    let mut wanted = mine();
    wanted.accounts[0].transport = crate::Transport::Tcp;
    wanted.accounts[0].voicemail = Some("666".into());
    wanted.audio.gain_control = Some(false);
    let held = document.hold(&wanted);
    assert_eq!(
        told(&wanted, &held),
        [
            "account alice@example.test: transport = \"tls\" (was \"tcp\")",
            "account alice@example.test: voicemail = \"*97\" (was \"666\")",
            "account alice@example.test: its password has to be typed",
            "audio.gain_control is unset (was false)",
            "who_rings.forward_busy is unset (was \"2002\")",
            "who_rings.refuse_anonymous = true (was false)",
            "settings.recording.notice = \"announcement\" (was \"tone\")",
        ]
    );
    // What is not locked is the user's.
    assert_eq!(held.settings.theme, wanted.settings.theme);
    assert_eq!(document.hold(&held), held);
}

#[test]
fn only_what_is_new_in_the_administrators_file_reaches_the_user_again() {
    let first = read(
        "[audio]\nringer = 'A'\nspeaker = 'B'\n[settings.recording]\nnotice = 'none'\n[[account]]\naddress = 'a@b.test'",
    );
    let second = read(
        "[audio]\nringer = 'A'\nspeaker = 'C'\n[settings]\ntheme = 'dark'\n[settings.recording]\nnotice = 'none'\n[[account]]\naddress = 'a@b.test'",
    );
    let news = second.since(&first);
    let new = news.put_over(&mine(), Manner::Keys);
    assert_eq!(
        told(&mine(), &new),
        [
            "audio.speaker = [\"C\"] (was [\"Headset\"])",
            "settings.theme = \"dark\" (was \"system\")",
        ]
    );
    let nothing = second.since(&second).put_over(&mine(), Manner::Keys);
    assert_eq!(nothing, mine());
}

#[test]
fn a_new_account_begins_with_what_the_administrator_says_of_every_one() {
    let document =
        read("[every_account]\nserver = 'sip.example.test'\ntransport = 'tcp'\nice = true");
    let typed = AccountSettings {
        address: "bob@example.test".into(),
        server: Some("sip.other.test".into()),
        ..AccountSettings::default()
    };
    let filled = document.fill(&typed);
    let expected = AccountSettings {
        transport: crate::Transport::Tcp,
        ice: true,
        ..typed
    };
    assert_eq!(filled, expected);
}

#[test]
fn the_address_book_is_the_administrators_and_the_name_in_it_the_users() {
    let document = read(
        "locked = ['settings.address_book.on', 'settings.address_book.url']
         [settings.address_book]\non = true\nurl = 'https://dav.example.test'",
    );
    let mut wanted = mine();
    wanted.settings.address_book.url = "https://dav.other.test".into();
    wanted.settings.address_book.username = "alice".into();
    let held = document.hold(&wanted).settings.address_book;
    assert_eq!(
        (held.on, &*held.url, &*held.username),
        (true, "https://dav.example.test", "alice")
    );
    wanted.settings.address_book.on = true;
    wanted.settings.address_book.url = "http://dav.other.test".into();
    let error = wanted.check().unwrap_err().to_string();
    assert!(
        error.starts_with("Your password would go to this server without"),
        "{error}"
    );
}

/// Another place on the same server is the same login.
#[test]
fn an_address_book_on_another_server_leaves_its_password_behind() {
    let folder = tempfile::tempdir().unwrap();
    let profile = crate::Profile::Folder(folder.path().into());
    for (url, left) in [
        ("a.test/x", None),
        ("https://a.test/y", None),
        (
            "b.test",
            Some("outdated_secrets = [\"address book alice@https://a.test\"]"),
        ),
    ] {
        let mut kept = Kept::open(&profile).unwrap();
        let table = format!("[settings.address_book]\nusername = 'alice'\nurl = '{url}'");
        kept.take(&read(&table), Manner::Keys).unwrap();
        let file = std::fs::read_to_string(folder.path().join("hark.toml")).unwrap();
        let found = file.lines().find(|line| line.starts_with("outdated"));
        assert_eq!(found, left, "{url}");
    }
}

#[test]
fn settings_that_no_phone_can_use_are_refused() {
    let mut two = mine();
    two.who_rings.forward_always = Some("alice@example.test".into());
    let error = two.check().unwrap_err().to_string();
    assert!(error.contains("forwarded to yourself"), "{error}");
    two.who_rings.forward_always = None;
    two.accounts[0].server = Some("a b".into());
    let error = two.check().unwrap_err().to_string();
    assert!(
        error.starts_with("alice@example.test: The server name"),
        "{error}"
    );
}

/// The command line's end of it, on a real folder.
#[test]
fn a_profile_at_rest_takes_a_document_and_its_secrets_stay_behind() {
    let folder = tempfile::tempdir().unwrap();
    let profile = crate::Profile::Folder(folder.path().into());
    let mut kept = Kept::open(&profile).unwrap();
    assert_eq!(kept.portable(), Portable::default());
    kept.take(&read(&mine().to_toml().unwrap()), Manner::Whole)
        .unwrap();
    let mut again = Kept::open(&profile).unwrap();
    assert_eq!(again.portable(), mine());
    let elsewhere = "[account]\naddress = 'alice@example.test'\nserver = 'sip.other.test'";
    again.take(&read(elsewhere), Manner::Keys).unwrap();
    let file = std::fs::read_to_string(folder.path().join("hark.toml")).unwrap();
    let outdated = "outdated_secrets = [\n    \"alice@example.test\",\n    \"alice@example.test voicemail PIN\",\n    \"alice@example.test TURN\",\n]";
    assert!(file.contains(outdated), "{file}");
    std::fs::write(folder.path().join("hark.toml"), "version = [").unwrap();
    let Problem { text, .. } = Kept::open(&profile).unwrap_err();
    assert!(text.contains("hark.toml.broken-1"), "{text}");
}
