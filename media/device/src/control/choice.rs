//! In which order the devices of a role are tried: a pure function.

/// The devices of one direction that are there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Present {
    /// Each name once.
    pub names: Vec<String>,
    /// The one that the system would use; one of the names.
    pub default: Option<String>,
}

impl Present {
    /// The preferred devices that are there, in the order of the list; then the system's default;
    /// then any other, because a call on the wrong device is better than none.
    pub fn candidates(&self, preferred: &[String]) -> Vec<String> {
        let preferred = preferred.iter().filter(|name| self.names.contains(name));
        let mut candidates: Vec<String> = Vec::new();
        for name in preferred.chain(&self.default).chain(&self.names) {
            if !candidates.contains(name) {
                candidates.push(name.clone());
            }
        }
        candidates
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferred_devices_come_first_then_the_default_then_the_rest() {
        type Names = &'static [&'static str];
        let table: [(Names, Names, Option<&str>, Names); 8] = [
            (&[], &[], None, &[]),
            (&["Headset"], &[], None, &[]),
            (&[], &["Speakers", "Screen"], None, &["Speakers", "Screen"]),
            (
                &[],
                &["Speakers", "Screen"],
                Some("Screen"),
                &["Screen", "Speakers"],
            ),
            (
                &["Headset"],
                &["Speakers", "Headset"],
                Some("Speakers"),
                &["Headset", "Speakers"],
            ),
            (
                &["Headset", "Screen"],
                &["Speakers", "Screen"],
                Some("Speakers"),
                &["Screen", "Speakers"],
            ),
            (
                &["Screen", "Headset"],
                &["Speakers", "Headset", "Screen"],
                Some("Headset"),
                &["Screen", "Headset", "Speakers"],
            ),
            (
                &["Headset", "Headset"],
                &["Headset"],
                Some("Headset"),
                &["Headset"],
            ),
        ];
        let owned = |names: Names| names.iter().map(|&name| name.to_owned()).collect();
        for (preferred, names, default, expected) in table {
            let (preferred, names): (Vec<String>, Vec<String>) = (owned(preferred), owned(names));
            let default = default.map(str::to_owned);
            let candidates = Present { names, default }.candidates(&preferred);
            assert_eq!(candidates, expected, "{preferred:?}");
        }
    }
}
