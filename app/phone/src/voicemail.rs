//! The call to the user's own mailbox: the one place that spells its address and decides on
//! `Ms-Exchange-Command: skip-pin` (OX-3 to OX-5).

use hark_sip::message::Uri;
use hark_sip::{CallTarget, FlowTrust, Transport};

use crate::account::Account;
use crate::dial;
use crate::snapshot::SkipPin;

/// Where the mailbox is called, and whether the call asks to skip the PIN.
///
/// The header is a guarded one: the user agent asks again at every send whether the flow is
/// encrypted and authenticated and whether the target is still the account's own domain, so that a
/// redirect cannot carry it away (OX-4).
pub(crate) fn target(account: &Account, trust: &FlowTrust) -> (CallTarget, SkipPin) {
    let mut target = CallTarget::new(account.voicemail.clone());
    let skip_pin = skip_pin(account, trust);
    if skip_pin == SkipPin::Yes {
        target
            .guarded_headers
            .push((COMMAND.to_owned(), SKIP_PIN.to_owned()));
    }
    (target, skip_pin)
}

/// Whether a voicemail call at this moment would skip the PIN, and if not, why not.
pub(crate) fn skip_pin(account: &Account, trust: &FlowTrust) -> SkipPin {
    if !trust.registered {
        return SkipPin::NotRegistered;
    }
    if account.asks_for_pin {
        return SkipPin::AsksForPin;
    }
    match trust.transport {
        Transport::Tcp => return SkipPin::NotEncrypted,
        Transport::Tls => {}
    }
    if !trust.authenticated {
        return SkipPin::NotAuthenticated;
    }
    if account.voicemail.host() != account.address.host() {
        return SkipPin::OtherDomain;
    }
    SkipPin::Yes
}

/// Whether the PIN goes into a voicemail call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PinVerdict {
    Send,
    /// There is none, the call asked to skip it, or the call is no voicemail call.
    NotNeeded,
    /// Others could listen in, and the user has not agreed to that.
    NotEncrypted,
}

/// Decides on the PIN for a voicemail call that needs it: encrypted on both ways, by TLS and by SRTP,
/// or with the user's consent.
pub(crate) fn pin(account: &Account, trust: &FlowTrust, srtp: bool) -> PinVerdict {
    let encrypted = trust.transport == Transport::Tls && srtp;
    if encrypted || account.pin_in_clear {
        PinVerdict::Send
    } else {
        PinVerdict::NotEncrypted
    }
}

/// The default address of a mailbox: `sip:USER@DOMAIN;opaque=app:voicemail`.
pub(crate) fn default_address(address: &Uri) -> Uri {
    address.address().with_param("opaque", VOICEMAIL_GRUU)
}

/// What a `Message-Account` (RFC 3842 §5.2) teaches: the address that reaches the mailbox.
///
/// It comes from the registrar's flow and is a target and nothing else: whether skip-pin may go
/// there is asked of [`skip_pin`] as of any other target (OX-4). Some servers name the mailbox
/// instead of the way to it (FreeSWITCH, Exchange); to call that would be to call oneself, so an
/// address of one's own teaches nothing unless it says that it is voicemail.
pub(crate) fn learned(message_account: &str, account: &Account) -> Option<Uri> {
    let uri = dial::destination(message_account, &account.domain)
        .ok()?
        .uri;
    let user = uri.user_text()?;
    let opaque = uri.params().get("opaque").unwrap_or_default();
    let is_voicemail = opaque.eq_ignore_ascii_case(VOICEMAIL_GRUU);
    let is_own = account.address.user_text().as_ref() == Some(&user);
    (is_voicemail || !is_own).then_some(uri)
}

const VOICEMAIL_GRUU: &str = "app:voicemail";
const COMMAND: &str = "Ms-Exchange-Command";
const SKIP_PIN: &str = "skip-pin";

#[cfg(test)]
mod tests {
    use super::*;

    /// voicemail setting, request URI, same domain
    const ADDRESSES: &[(&str, &str, bool)] = &[
        ("", "sip:alice@contoso.com;opaque=app:voicemail", true),
        ("voicemail = '*97'", "sip:*97@contoso.com", true),
        ("voicemail = 'vm'", "sip:vm@contoso.com", true),
        (
            "voicemail = 'sip:alice@CONTOSO.com;opaque=app:voicemail'",
            "sip:alice@CONTOSO.com;opaque=app:voicemail",
            true,
        ),
        ("voicemail = 'sip:vm@pbx.test'", "sip:vm@pbx.test", false),
        (
            "voicemail = '*97@contoso.com.evil.test'",
            "sip:*97@contoso.com.evil.test",
            false,
        ),
        (
            "voicemail = 'tel:+1555'",
            "sip:+1555@contoso.com;user=phone",
            true,
        ),
    ];

    const TRUSTED: FlowTrust = FlowTrust {
        transport: Transport::Tls,
        registered: true,
        authenticated: true,
    };

    fn account(setting: &str) -> Account {
        let text = format!("address = 'alice@contoso.com'\n{setting}");
        Account::read(&toml::from_str(&text).unwrap()).unwrap()
    }

    #[test]
    fn ox5_the_mailbox_address_is_the_default_form_or_the_accounts_own() {
        for (setting, uri, _) in ADDRESSES {
            let (target, _) = target(&account(setting), &TRUSTED);
            assert_eq!(target.uri.to_string(), *uri, "{setting}");
            assert_eq!(target.headers, []);
        }
    }

    /// Message-Account, what is called
    const LESSONS: &[(&str, Option<&str>)] = &[
        ("sip:8500@contoso.com", Some("sip:8500@contoso.com")),
        ("<sip:*97@pbx.test>", Some("sip:*97@pbx.test")),
        ("*97", Some("sip:*97@contoso.com")),
        (
            "sip:alice@contoso.com;opaque=app:voicemail",
            Some("sip:alice@contoso.com;opaque=app:voicemail"),
        ),
        (
            "sip:vm@pbx.test?Ms-Exchange-Command=skip-pin",
            Some("sip:vm@pbx.test"),
        ),
        ("sip:vm:secret@pbx.test;method=BYE", Some("sip:vm@pbx.test")),
        // The mailbox, not the way to it.
        ("sip:alice@contoso.com", None),
        ("sip:alice@contoso.com:5061", None),
        ("sip:alice@192.0.2.1", None),
        // No address of anybody.
        ("sip:pbx.test", None),
        ("mailto:alice@contoso.com", None),
        ("*97,1234", None),
        ("", None),
        ("sip:vm@pbx.test\u{7}", None),
    ];

    #[test]
    fn message_account_teaches_where_the_mailbox_is() {
        for (said, expected) in LESSONS {
            let learned = learned(said, &account("")).map(|uri| uri.to_string());
            assert_eq!(learned.as_deref(), *expected, "{said}");
        }
    }

    #[test]
    fn ox4_what_the_server_taught_gets_skip_pin_at_the_own_domain_only() {
        for (said, expected) in [
            ("sip:8500@contoso.com", SkipPin::Yes),
            ("sip:8500@192.0.2.1", SkipPin::OtherDomain),
            ("sip:8500@contoso.com.evil.test", SkipPin::OtherDomain),
        ] {
            let mut account = account("");
            assert!(account.learn_voicemail(said));
            assert!(!account.learn_voicemail(said));
            assert_eq!(skip_pin(&account, &TRUSTED), expected, "{said}");
        }
    }

    #[test]
    fn a_configured_mailbox_is_not_unlearned() {
        let mut account = account("voicemail = '*97'");
        assert!(!account.learn_voicemail("sip:8500@contoso.com"));
        assert_eq!(account.voicemail.to_string(), "sip:*97@contoso.com");
    }

    #[test]
    fn ox3_a_trusted_flow_carries_skip_pin_to_the_own_domain() {
        let header = [("Ms-Exchange-Command".to_owned(), "skip-pin".to_owned())];
        for (setting, _, own_domain) in ADDRESSES {
            let (target, skip_pin) = target(&account(setting), &TRUSTED);
            let expected = if *own_domain {
                SkipPin::Yes
            } else {
                SkipPin::OtherDomain
            };
            assert_eq!(skip_pin, expected, "{setting}");
            let expected: &[_] = if *own_domain { &header } else { &[] };
            assert_eq!(target.guarded_headers, expected, "{setting}");
        }
    }

    #[test]
    fn the_pin_goes_where_nobody_listens_in_or_where_the_user_agreed() {
        let tcp = FlowTrust {
            transport: Transport::Tcp,
            ..TRUSTED
        };
        let agreed = "pin_in_clear = true";
        for (trust, srtp, setting, verdict) in [
            (TRUSTED, true, "", PinVerdict::Send),
            (TRUSTED, false, "", PinVerdict::NotEncrypted),
            (tcp, true, "", PinVerdict::NotEncrypted),
            (tcp, false, "", PinVerdict::NotEncrypted),
            (TRUSTED, false, agreed, PinVerdict::Send),
            (tcp, true, agreed, PinVerdict::Send),
            (tcp, false, agreed, PinVerdict::Send),
        ] {
            assert_eq!(
                pin(&account(setting), &trust, srtp),
                verdict,
                "{trust:?} {srtp}"
            );
        }
    }

    #[test]
    fn a_server_that_asks_for_the_pin_is_not_asked_to_skip_it() {
        let (target, skip_pin) = target(&account("asks_for_pin = true"), &TRUSTED);
        assert_eq!(skip_pin, SkipPin::AsksForPin);
        assert_eq!(target.guarded_headers, []);
    }

    #[test]
    fn ox4_an_untrusted_flow_never_carries_skip_pin() {
        let tcp = |trust| FlowTrust {
            transport: Transport::Tcp,
            ..trust
        };
        let not_authenticated = FlowTrust {
            authenticated: false,
            ..TRUSTED
        };
        let not_registered = FlowTrust {
            registered: false,
            ..TRUSTED
        };
        for (trust, expected) in [
            (tcp(TRUSTED), SkipPin::NotEncrypted),
            (tcp(not_authenticated), SkipPin::NotEncrypted),
            (not_authenticated, SkipPin::NotAuthenticated),
            (not_registered, SkipPin::NotRegistered),
            (tcp(not_registered), SkipPin::NotRegistered),
        ] {
            for (setting, ..) in ADDRESSES {
                let (target, skip_pin) = target(&account(setting), &trust);
                assert_eq!(skip_pin, expected, "{setting} {trust:?}");
                assert_eq!(target.guarded_headers, [], "{setting} {trust:?}");
            }
        }
    }
}
