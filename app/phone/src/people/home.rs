//! Which spellings of an address mean the same line: `030 90 18 20` in Berlin is `+49 30 901820`.

use hark_sip::message::Uri;
use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

use super::fold::fold;
use crate::dial;
use crate::settings::AccountSettings;

/// Where the user is at home: what numbers without a country, and without a domain, belong to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Home {
    region: Option<Region>,
    /// In small letters.
    domains: Vec<String>,
}

impl Home {
    /// The country that an account names, else the one of its own number, else that of the locale
    /// (`de_DE.UTF-8`).
    pub(crate) fn of(accounts: &[AccountSettings], locale: Option<&str>) -> Self {
        let named = |account: &AccountSettings| region(account.region.as_deref()?);
        let own = |account: &AccountSettings| region_of_number(&account.address);
        let region = accounts
            .iter()
            .find_map(named)
            .or_else(|| accounts.iter().find_map(own))
            .or_else(|| region_of_locale(locale?));
        let domain = |account: &AccountSettings| {
            let (_, host) = account.address.split_once('@')?;
            host.split([':', ';']).next().map(str::to_lowercase)
        };
        Self {
            region,
            domains: accounts.iter().filter_map(domain).collect(),
        }
    }

    /// Two homes with one spelling give the same keys.
    pub(crate) fn spelled(&self) -> String {
        let region = self.region.map(|region| format!("{region:?}"));
        format!("{} {}", region.unwrap_or_default(), self.domains.join(" "))
    }

    /// What an address is known by: a call's URI, or what stands in an address book. All spellings of
    /// one number have the same key.
    pub(crate) fn key(&self, address: &str) -> String {
        let domain = self.domains.first().map_or(NO_DOMAIN, String::as_str);
        match dial::parse(address, domain) {
            Ok(dialled) => self.key_of_uri(&dialled.uri, domain),
            Err(_) => fold(address.trim()),
        }
    }

    fn key_of_uri(&self, uri: &Uri, domain: &str) -> String {
        let host = uri.host().map(ToString::to_string).unwrap_or_default();
        let host = host.to_lowercase();
        let Some(user) = uri.user_text() else {
            return host;
        };
        // Parameters of a telephone number are part of the user part (RFC 3261 §19.1.6).
        let user = user.split(';').next().unwrap_or_default();
        let is_home = host == domain || self.domains.contains(&host);
        match line(user) {
            Some(digits) if user.starts_with('+') => {
                e164(user, None).unwrap_or_else(|| format!("+{digits}"))
            }
            // A short number means something only at its own domain.
            Some(digits) if is_home || digits.len() >= LONG_NUMBER => {
                e164(&digits, self.region).unwrap_or(digits)
            }
            Some(_) | None => format!("{}@{host}", user.to_lowercase()),
        }
    }
}

/// The digits of a user part that is a telephone number.
fn line(user: &str) -> Option<String> {
    let number = dial::number(user)?;
    let digits = number.trim_start_matches('+');
    let is_line = digits.len() <= MAX_DIGITS && digits.chars().all(|c| c.is_ascii_digit());
    is_line.then(|| digits.to_owned())
}

/// `None` for what cannot be a whole number of the country.
fn e164(number: &str, region: Option<Region>) -> Option<String> {
    let number = PHONE_NUMBER_UTIL.parse(number, region).ok()?;
    let length = PHONE_NUMBER_UTIL.is_possible_number_with_reason(&number);
    if !matches!(length, Ok(NumberLengthType::IsPossible)) {
        return None;
    }
    let text = PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164);
    Some(text.into_owned())
}

pub(super) fn region(code: &str) -> Option<Region> {
    code.trim().to_ascii_uppercase().parse().ok()
}

pub(super) fn region_of_number(address: &str) -> Option<Region> {
    let user = address.trim_start_matches("sip:").split('@').next()?;
    let number = line(user).filter(|_| user.starts_with('+'))?;
    let number = PHONE_NUMBER_UTIL.parse(format!("+{number}"), None).ok()?;
    PHONE_NUMBER_UTIL.get_region_for_number(&number)
}

/// `language_REGION.charset@modifier` (setlocale(3)).
pub(super) fn region_of_locale(locale: &str) -> Option<Region> {
    let (_, rest) = locale.split_once('_')?;
    region(rest.split(['.', '@']).next()?)
}

/// Stands for the domain of a user who has no account; nobody else's can be like it (RFC 6761).
const NO_DOMAIN: &str = "home.invalid";

/// From here on a number is more than an extension.
const LONG_NUMBER: usize = 7;

/// An E.164 number has 15; more are no number of anybody.
const MAX_DIGITS: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    fn account(address: &str, region: Option<&str>) -> AccountSettings {
        AccountSettings {
            address: address.into(),
            region: region.map(str::to_owned),
            ..AccountSettings::default()
        }
    }

    #[test]
    fn all_spellings_of_a_number_have_one_key() {
        let berlin = Home::of(&[account("dana@Example.test", Some("de"))], None);
        let nowhere = Home::of(&[account("dana@example.test", None)], None);
        for (home, address, key) in [
            (&berlin, "+49 30 901820", "+4930901820"),
            (&berlin, "030 / 90 18 - 20", "+4930901820"),
            (&berlin, "0049 30 901820", "+4930901820"),
            (&berlin, "+49 (0)30 901820", "+4930901820"),
            (&berlin, "tel:+49-30-901820", "+4930901820"),
            (
                &berlin,
                "sip:+4930901820@gateway.test;user=phone",
                "+4930901820",
            ),
            (&berlin, "sip:030901820@192.0.2.7", "+4930901820"),
            (
                &berlin,
                "\"Dana\" <sip:%2B4930901820@example.test>",
                "+4930901820",
            ),
            (&nowhere, "030 901820", "030901820"),
            (&nowhere, "sip:030901820@example.test", "030901820"),
            // A number that no country has is still itself.
            (&berlin, "+15550100", "+15550100"),
            (&berlin, "sip:+15550100@example.test", "+15550100"),
            // An extension is one of its own domain's.
            (&nowhere, "2001", "2001"),
            (&nowhere, "sip:2001@EXAMPLE.test:5061", "2001"),
            (&nowhere, "sip:2001@other.test", "2001@other.test"),
            (&berlin, "*97", "*97@example.test"),
            (&berlin, "Bob@Other.test", "bob@other.test"),
            (
                &berlin,
                "sip:bob@other.test;transport=tcp",
                "bob@other.test",
            ),
            (&berlin, "bob", "bob@example.test"),
            (&berlin, "not an address", "not an address"),
            (&berlin, "", ""),
        ] {
            assert_eq!(home.key(address), key, "{address}");
        }
        let long = "9".repeat(500);
        assert_eq!(berlin.key(&long), format!("{long}@example.test"));
    }

    #[test]
    fn the_country_is_the_accounts_or_its_numbers_or_the_locales() {
        let key = |account: &AccountSettings, locale| {
            Home::of(std::slice::from_ref(account), locale).key("020 7946 0018")
        };
        let plain = account("dana@example.test", None);
        for (account, locale, expected) in [
            (
                &account("dana@example.test", Some("gb")),
                Some("de_DE"),
                "+442079460018",
            ),
            (
                &account("sip:+442079460018@example.test", None),
                Some("de_DE"),
                "+442079460018",
            ),
            (&plain, Some("en_GB.UTF-8"), "+442079460018"),
            (&plain, Some("C.UTF-8"), "02079460018"),
            (&plain, Some("en_ZZ@euro"), "02079460018"),
            (
                &account("dana@example.test", Some("Atlantis")),
                None,
                "02079460018",
            ),
        ] {
            assert_eq!(key(account, locale), expected, "{account:?} {locale:?}");
        }
    }
}
