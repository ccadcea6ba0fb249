//! Which settings make an account, and what they come to.

use super::*;

fn read(toml: &str) -> Result<Account, AccountError> {
    Account::read(&toml::from_str(toml).unwrap())
}

#[test]
fn an_address_is_enough() {
    let account = read("address = 'alice@example.test'").unwrap();
    assert_eq!(account.address.to_string(), "sip:alice@example.test");
    assert_eq!(account.username, "alice");
    assert_eq!(account.server.host, "example.test");
    assert_eq!(account.server.port, None);
    assert_eq!(account.server.certificate_names, ["example.test"]);
    assert_eq!(account.encryption, Encryption::Required);
}

#[test]
fn every_field_is_used() {
    let account = read(
        "address = ' sip:alice@example.test '
         username = '2001'
         display_name = 'Alice A.'
         server = '[::1]:5071'
         transport = 'tcp'
         voicemail = '*97'",
    )
    .unwrap();
    assert_eq!(account.username, "2001");
    assert_eq!(
        (account.server.host.as_str(), account.server.port),
        ("::1", Some(5071))
    );
    assert_eq!(account.server.certificate_names, ["::1", "example.test"]);
    assert_eq!(account.encryption, Encryption::Optional);
    assert_eq!(account.voicemail.to_string(), "sip:*97@example.test");
}

#[test]
fn what_is_no_account() {
    for (toml, error) in [
        ("address = ''", AccountError::Address),
        ("address = 'alice'", AccountError::Address),
        ("address = 'example.test'", AccountError::Address),
        ("address = 'tel:+1555'", AccountError::Address),
        ("address = 'alice@exa mple.test'", AccountError::Address),
        (
            "address = \"alice@example.test\\r\\nX: y\"",
            AccountError::ControlCharacter("address"),
        ),
        (
            "address = 'a@b.test'\nserver = 'b.test:nn'",
            AccountError::Server,
        ),
        (
            "address = 'a@b.test'\nserver = 'c@b.test'",
            AccountError::Server,
        ),
        (
            "address = 'a@b.test'\nserver = 'b.test;x=y'",
            AccountError::Server,
        ),
        (
            "address = 'a@b.test'\nvoicemail = 'call me'",
            AccountError::Voicemail,
        ),
        ("address = 'a@b.test'\ncodecs = []", AccountError::NoCodec),
        (
            "address = 'a@b.test'\ncodecs = ['opus', 'gsm']",
            AccountError::UnknownCodec("gsm".into()),
        ),
        (
            "address = 'a@b.test'\nvoicemail = \"*97\\n\"",
            AccountError::ControlCharacter("voicemail address"),
        ),
    ] {
        assert_eq!(read(toml).map(drop), Err(error), "{toml}");
    }
}

#[test]
fn a_password_is_meant_for_one_person_at_one_server() {
    let settings = |toml: &str| toml::from_str::<AccountSettings>(toml).unwrap();
    let known = settings("address = 'alice@b.test'\nserver = 'pbx.b.test'");
    for (toml, same) in [
        ("address = 'alice@b.test'\nserver = 'pbx.b.test'", true),
        (
            "address = ' sip:alice@b.test '\nserver = 'pbx.b.test'\nusername = 'alice'
             display_name = 'Alice'\nvoicemail = '*97'\nmedia_encryption = 'optional'",
            true,
        ),
        ("address = 'alice@b.test'", false),
        ("address = 'alice@b.test'\nserver = 'pbx.evil.test'", false),
        (
            "address = 'alice@b.test'\nserver = 'pbx.b.test:5071'",
            false,
        ),
        ("address = 'bob@b.test'\nserver = 'pbx.b.test'", false),
        ("address = 'alice@c.test'\nserver = 'pbx.b.test'", false),
        (
            "address = 'alice@b.test'\nserver = 'pbx.b.test'\nusername = '2001'",
            false,
        ),
        (
            "address = 'alice@b.test'\nserver = 'pbx.b.test'\ntransport = 'tcp'",
            false,
        ),
        ("address = 'alice'\nserver = 'pbx.b.test'", false),
    ] {
        assert_eq!(known.is_same_login(&settings(toml)), same, "{toml}");
    }
}

#[test]
fn codecs_come_in_the_order_of_the_user() {
    use Codec::{G722, Opus, Pcma, Pcmu};
    let table: [(&str, &[Codec]); 4] = [
        ("", &[Opus, G722, Pcmu, Pcma]),
        ("codecs = ['pcma']", &[Pcma]),
        ("codecs = ['G722', ' opus ', 'g722']", &[G722, Opus]),
        ("codecs = ['pcma', 'pcmu', 'g722']", &[Pcma, Pcmu, G722]),
    ];
    for (key, codecs) in table {
        let account = read(&format!("address = 'a@b.test'\n{key}")).unwrap();
        assert_eq!(account.codecs, codecs, "{key}");
    }
}

#[test]
fn keys_come_by_dtls_where_the_user_or_the_other_side_wants_it() {
    for (key, used) in [
        ("", DtlsUse::WhenOffered),
        ("media_keys = 'sdes'", DtlsUse::WhenOffered),
        ("media_keys = 'dtls'", DtlsUse::Always),
    ] {
        let account = read(&format!("address = 'a@b.test'\n{key}")).unwrap();
        assert_eq!(account.dtls, used, "{key}");
    }
}

#[test]
fn encryption_follows_the_transport_until_it_is_chosen() {
    let encryption = |toml: &str| {
        read(&format!("address = 'a@b.test'\n{toml}"))
            .unwrap()
            .encryption
    };
    assert_eq!(encryption("transport = 'tls'"), Encryption::Required);
    assert_eq!(encryption("transport = 'tcp'"), Encryption::Optional);
    assert_eq!(
        encryption("media_encryption = 'optional'"),
        Encryption::Optional
    );
    assert_eq!(encryption("media_encryption = 'off'"), Encryption::Off);
    assert_eq!(
        encryption("transport = 'tcp'\nmedia_encryption = 'required'"),
        Encryption::Required
    );
}
