//! Whether the other side of a call may send us on to somebody else: a place where toll fraud lives,
//! because the call that follows is ours, on our account.

use hark_sip::message::{Scheme, Uri};

use crate::account::Account;
use crate::policy::MAX_CALLS_AT_ONCE;

/// What happens to a REFER that asks us to call somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Called without asking.
    Follow,
    /// The user is asked first.
    Ask,
}

/// Decides where a REFER inside of a call of ours may lead. Only a colleague is called without
/// asking: a name or a short extension at the account's own domain. What may cost money (telephone
/// numbers), what may change the server's settings (codes with `*` and `#`), and every other domain
/// waits for the user's word. So does whoever has us make one call after the other.
pub(crate) fn decide(target: &Uri, account: &Account, live_calls: usize) -> Verdict {
    let at_home = target.host() == account.address.host()
        && matches!(target.scheme(), Scheme::Sip | Scheme::Sips)
        && !target.params().has("maddr");
    let by_number = target
        .params()
        .get("user")
        .is_some_and(|kind| kind.eq_ignore_ascii_case("phone"));
    let user = target.user_text().unwrap_or_default();
    let names_colleague = !user.is_empty() && !looks_like_a_number(&user);
    if at_home && !by_number && names_colleague && live_calls < MAX_CALLS_AT_ONCE {
        Verdict::Follow
    } else {
        Verdict::Ask
    }
}

/// More digits than an extension has, or signs that no name has. Separators are no disguise.
fn looks_like_a_number(user: &str) -> bool {
    let digits = user.chars().filter(char::is_ascii_digit).count();
    let others = user
        .chars()
        .filter(|c| !c.is_ascii_digit() && !"-.() ".contains(*c))
        .count();
    user.contains(['+', '*', '#', ';']) || (others == 0 && digits > LONGEST_EXTENSION)
}

/// Digits of the longest extension of a large company.
const LONGEST_EXTENSION: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colleagues_are_called_without_asking() {
        let settings = toml::from_str("address = 'alice@contoso.com'").unwrap();
        let account = Account::read(&settings).unwrap();
        for (target, verdict) in [
            ("sip:carol@contoso.com", Verdict::Follow),
            ("sips:carol@CONTOSO.com", Verdict::Follow),
            ("sip:2041@contoso.com", Verdict::Follow),
            ("sip:room2041.b@contoso.com", Verdict::Follow),
            // Other domains, and ways out of the own one.
            ("sip:carol@fabrikam.test", Verdict::Ask),
            ("sip:carol@contoso.com.evil.test", Verdict::Ask),
            ("sip:carol@contoso.com;maddr=192.0.2.66", Verdict::Ask),
            ("sip:contoso.com", Verdict::Ask),
            // Numbers that may cost money.
            ("sip:+19005550100@contoso.com", Verdict::Ask),
            ("sip:0019005550100@contoso.com", Verdict::Ask),
            ("sip:00-1900-555.0100@contoso.com", Verdict::Ask),
            ("sip:%30%30%31%39%30%30%35@contoso.com", Verdict::Ask),
            ("sip:911911@contoso.com", Verdict::Ask),
            ("sip:2041@contoso.com;user=phone", Verdict::Ask),
            ("sip:2041;phone-context=x@contoso.com", Verdict::Ask),
            ("tel:+19005550100", Verdict::Ask),
            ("tel:2041", Verdict::Ask),
            // Codes that change settings.
            ("sip:*72@contoso.com", Verdict::Ask),
            ("sip:%2372@contoso.com", Verdict::Ask),
        ] {
            let target = target.parse().unwrap();
            assert_eq!(decide(&target, &account, 1), verdict, "{target}");
            assert_eq!(decide(&target, &account, MAX_CALLS_AT_ONCE), Verdict::Ask);
        }
    }
}
