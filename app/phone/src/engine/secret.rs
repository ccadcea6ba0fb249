//! A secret of the account beside its password, as far as the engine knows it: the PIN of the mailbox,
//! the password of the TURN server. The keyring keeps them and answers late, so that what it says may
//! be older than what the user wants.

/// One secret. `T` prints redacted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Secret<T> {
    /// The keyring may know it.
    InKeyring,
    Known(T),
    /// The user wants it forgotten, whatever the keyring still says.
    Forgotten,
}

impl<T> Secret<T> {
    /// What is known of a secret that the keyring keeps under the name `now`, while it forgets the one
    /// under the name `before`: it forgets in the background, and would still tell it if it is asked
    /// under the same name.
    pub(super) fn after_leaving(before: &str, now: &str) -> Self {
        match before == now {
            true => Self::Forgotten,
            false => Self::InKeyring,
        }
    }

    pub(super) fn known(&self) -> Option<&T> {
        match self {
            Self::Known(secret) => Some(secret),
            Self::InKeyring | Self::Forgotten => None,
        }
    }

    /// Takes what the keyring knows, unless something newer has been said meanwhile.
    pub(super) fn found(&mut self, found: Option<T>) {
        match (&*self, found) {
            (Self::InKeyring, Some(found)) => *self = Self::Known(found),
            (Self::InKeyring, None) | (Self::Known(_) | Self::Forgotten, _) => {}
        }
    }
}

/// What the program was started with; what it was not given may be in the keyring.
impl<T> From<Option<T>> for Secret<T> {
    fn from(given: Option<T>) -> Self {
        given.map_or(Self::InKeyring, Self::Known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_keyring_says_counts_only_where_nothing_newer_was_said() {
        for (before, found, after) in [
            (Secret::InKeyring, Some("old"), Secret::Known("old")),
            (Secret::InKeyring, None, Secret::InKeyring),
            (Secret::Known("new"), Some("old"), Secret::Known("new")),
            (Secret::Known("new"), None, Secret::Known("new")),
            (Secret::Forgotten, Some("old"), Secret::Forgotten),
            (Secret::Forgotten, None, Secret::Forgotten),
        ] {
            let mut secret = before.clone();
            secret.found(found);
            assert_eq!(secret, after, "{before:?}, {found:?}");
        }
    }

    /// An address that moves to another server: the old PIN is being forgotten while the new login is
    /// made, and the keyring may answer in either order.
    #[test]
    fn the_secret_of_the_login_that_was_left_does_not_come_back() {
        let name = "alice@example.test voicemail PIN";
        let mut moved = Secret::after_leaving(name, name);
        moved.found(Some("4711"));
        assert_eq!(moved.known(), None);
        let mut other = Secret::after_leaving(name, "bob@example.test voicemail PIN");
        other.found(Some("2468"));
        assert_eq!(other.known(), Some(&"2468"));
    }

    #[test]
    fn what_was_not_given_may_be_in_the_keyring() {
        assert_eq!(Secret::<&str>::from(None).known(), None);
        assert_eq!(Secret::<&str>::from(None), Secret::InKeyring);
        assert_eq!(Secret::from(Some("given")).known(), Some(&"given"));
    }
}
