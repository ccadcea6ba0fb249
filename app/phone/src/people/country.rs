//! The countries that telephone numbers belong to.

use rlibphonenumber::{PHONE_NUMBER_UTIL, Region};

use super::home::{region, region_of_locale, region_of_number};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country {
    /// Two letters (ISO 3166), as [`crate::AccountSettings::region`] has them.
    pub code: String,
    /// What its numbers begin with behind the plus: 49 for Germany.
    pub calling_code: i32,
}

impl Country {
    /// Of two letters, in whatever case. `None` where there is no such country with a telephone.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::of(region(code)?)
    }

    /// Where the numbers of whoever has this address belong to, if it is a whole number.
    pub fn of_number(address: &str) -> Option<Self> {
        Self::of(region_of_number(address)?)
    }

    /// Of a locale such as `de_DE.UTF-8`.
    pub(crate) fn of_locale(locale: &str) -> Option<Self> {
        Self::of(region_of_locale(locale)?)
    }

    pub fn all() -> Vec<Self> {
        let regions = PHONE_NUMBER_UTIL.get_supported_regions();
        regions.filter_map(Self::of).collect()
    }

    fn of(region: Region) -> Option<Self> {
        Some(Self {
            code: format!("{region:?}"),
            calling_code: PHONE_NUMBER_UTIL.get_country_code_for_region(region)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_has_two_letters_and_a_number() {
        let told = |country: Option<Country>| {
            country.map(|country| format!("{} {}", country.code, country.calling_code))
        };
        for (country, expected) in [
            (Country::of_code(" de "), Some("DE 49")),
            (Country::of_code("GB"), Some("GB 44")),
            (Country::of_code("UK"), None),
            (Country::of_code("Germany"), None),
            (Country::of_code(""), None),
            (Country::of_number("sip:+4930901820@a.test"), Some("DE 49")),
            (Country::of_number("dana@a.test"), None),
            (Country::of_locale("en_GB.UTF-8"), Some("GB 44")),
            (Country::of_locale("C"), None),
        ] {
            assert_eq!(told(country).as_deref(), expected);
        }
        assert!(Country::all().len() > 200);
    }
}
