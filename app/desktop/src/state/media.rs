//! The fields of "Sound and network" in the set-up form. What cannot be used stays in its field,
//! beside the engine's own sentence about it, and keeps the form from being sent.

use hark_phone::{AccountSettings, MediaKeys, NotAPortRange, Password, PortRange, TurnPassword};

use super::given;
use crate::widgets::Content;

/// What the fields hold, as typed. An empty field means "not set".
#[derive(Debug)]
pub struct MediaForm {
    /// Every codec, the most wanted first.
    pub codecs: Vec<CodecChoice>,
    /// How calls come to keys, where they are encrypted at all.
    pub keys: MediaKeys,
    pub ports: String,
    pub ice: bool,
    pub stun_server: String,
    pub turn_server: String,
    pub turn_username: String,
    pub turn_password: SecretField,
    pub encrypt_recordings: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodecChoice {
    pub name: &'static str,
    pub on: bool,
}

/// A password that the keyring may know already; it never comes back out of there.
#[derive(Default)]
pub struct SecretField {
    pub typed: String,
    pub view: Content,
    /// The user wants the keyring to forget it.
    pub forget: bool,
}

/// The fields that can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaField {
    Codecs,
    Ports,
    StunServer,
    TurnServer,
}

impl MediaField {
    const ALL: [Self; 4] = [
        Self::Codecs,
        Self::Ports,
        Self::StunServer,
        Self::TurnServer,
    ];
}

impl MediaForm {
    /// The fields of an account that exists.
    pub fn of(account: &AccountSettings) -> Self {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        Self {
            codecs: codec_choices(account.codecs.as_deref()),
            keys: account.media_keys,
            ports: account
                .media_ports
                .map(|ports| ports.to_string())
                .unwrap_or_default(),
            ice: account.ice,
            stun_server: text(&account.stun_server),
            turn_server: text(&account.turn_server),
            turn_username: text(&account.turn_username),
            turn_password: SecretField::default(),
            encrypt_recordings: account.encrypt_recordings,
        }
    }

    /// `account` with what these fields say.
    pub fn put_into(&self, account: AccountSettings) -> AccountSettings {
        AccountSettings {
            codecs: self.codec_names(),
            media_keys: self.keys,
            media_ports: self.ports().unwrap_or_default(),
            ice: self.ice,
            stun_server: given(&self.stun_server),
            turn_server: given(&self.turn_server),
            turn_username: given(&self.turn_username),
            encrypt_recordings: self.encrypt_recordings,
            ..account
        }
    }

    /// Whether a server is named, which turns ICE on.
    pub fn names_a_server(&self) -> bool {
        given(&self.stun_server).is_some() || given(&self.turn_server).is_some()
    }

    /// What shall become of the password of the TURN server.
    pub fn turn_password(&self) -> TurnPassword {
        let SecretField { typed, forget, .. } = &self.turn_password;
        match (typed.is_empty(), forget) {
            (false, _) => TurnPassword::New(Password::new(typed.clone())),
            (true, true) => TurnPassword::Forgotten,
            (true, false) => TurnPassword::Kept,
        }
    }

    pub fn can_be_used(&self) -> bool {
        MediaField::ALL
            .into_iter()
            .all(|field| self.error(field).is_none())
    }

    /// What is wrong with a field: the sentence with which the engine would refuse it.
    pub fn error(&self, field: MediaField) -> Option<String> {
        let mut alone = AccountSettings {
            address: "name@example.com".to_owned(),
            ..AccountSettings::default()
        };
        match field {
            MediaField::Ports => return self.ports().err().map(|error| error.to_string()),
            MediaField::Codecs => alone.codecs = self.codec_names(),
            MediaField::StunServer => alone.stun_server = given(&self.stun_server),
            MediaField::TurnServer => alone.turn_server = given(&self.turn_server),
        }
        alone.check().err().map(|error| error.to_string())
    }

    fn ports(&self) -> Result<Option<PortRange>, NotAPortRange> {
        given(&self.ports).map(|text| text.parse()).transpose()
    }

    /// `None` while all are on in the usual order, so that codecs of later versions join them.
    fn codec_names(&self) -> Option<Vec<String>> {
        let on = self.codecs.iter().filter(|codec| codec.on);
        let names: Vec<String> = on.map(|codec| codec.name.to_lowercase()).collect();
        let is_usual = self.codecs == codec_choices(None);
        (!is_usual).then_some(names)
    }
}

/// Those that are wanted in their order, and the others behind them.
fn codec_choices(wanted: Option<&[String]>) -> Vec<CodecChoice> {
    let known = || AccountSettings::known_codecs();
    let Some(wanted) = wanted else {
        return known().map(|name| CodecChoice { name, on: true }).collect();
    };
    let named = |text: &String| known().find(|name| name.eq_ignore_ascii_case(text.trim()));
    let mut choices: Vec<CodecChoice> = Vec::new();
    let on = wanted.iter().filter_map(named).map(|name| (name, true));
    for (name, on) in on.chain(known().map(|name| (name, false))) {
        if choices.iter().all(|choice| choice.name != name) {
            choices.push(CodecChoice { name, on });
        }
    }
    choices
}

impl Default for MediaForm {
    fn default() -> Self {
        Self::of(&AccountSettings::default())
    }
}

/// The password stays out of logs and panics.
impl std::fmt::Debug for SecretField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretField").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Spoil = fn(&mut MediaForm);

    fn choices(form: &MediaForm) -> Vec<(&str, bool)> {
        let pairs = form.codecs.iter().map(|codec| (codec.name, codec.on));
        pairs.collect()
    }

    #[test]
    fn an_account_comes_out_of_its_form_as_it_went_in() {
        let full = AccountSettings {
            codecs: Some(vec!["pcma".into(), "opus".into()]),
            media_keys: MediaKeys::Dtls,
            media_ports: "30000-30100".parse().ok(),
            ice: true,
            stun_server: Some("stun.example.test".into()),
            turn_server: Some("turn.example.test:5349".into()),
            turn_username: Some("dana".into()),
            encrypt_recordings: true,
            ..AccountSettings::default()
        };
        for account in [full, AccountSettings::default()] {
            let form = MediaForm::of(&account);
            assert!(form.can_be_used());
            assert_eq!(form.put_into(AccountSettings::default()), account);
        }
    }

    #[test]
    fn codecs_that_are_off_stand_behind_the_others() {
        let account = AccountSettings {
            codecs: Some(vec!["PCMA".into(), "opus".into(), "pcma".into()]),
            ..AccountSettings::default()
        };
        let form = MediaForm::of(&account);
        let expected = [
            ("PCMA", true),
            ("opus", true),
            ("G722", false),
            ("PCMU", false),
        ];
        assert_eq!(choices(&form), expected);
    }

    #[test]
    fn each_field_that_is_wrong_has_a_sentence_of_its_own() {
        let wrong: [(MediaField, Spoil, &str); 4] = [
            (
                MediaField::Codecs,
                |form| form.codecs.iter_mut().for_each(|codec| codec.on = false),
                "No codec is chosen",
            ),
            (
                MediaField::Ports,
                |form| form.ports = "30100-30000".into(),
                "The ports for sound are not right.",
            ),
            (
                MediaField::StunServer,
                |form| form.stun_server = "two words".into(),
                "The STUN server is not right.",
            ),
            (
                MediaField::TurnServer,
                |form| form.turn_server = "turn.example.test:x".into(),
                "The TURN server is not right.",
            ),
        ];
        for (field, spoil, sentence) in wrong {
            let mut form = MediaForm::default();
            assert!(form.can_be_used());
            spoil(&mut form);
            assert!(!form.can_be_used());
            let error = form.error(field).unwrap();
            assert!(error.starts_with(sentence), "{error}");
            let others = MediaField::ALL.into_iter().filter(|other| *other != field);
            assert!(others.into_iter().all(|other| form.error(other).is_none()));
        }
    }

    #[test]
    fn a_password_is_kept_replaced_or_forgotten() {
        let mut form = MediaForm::default();
        assert_eq!(form.turn_password(), TurnPassword::Kept);
        form.turn_password.forget = true;
        assert_eq!(form.turn_password(), TurnPassword::Forgotten);
        form.turn_password.typed = "sesame".into();
        let new = TurnPassword::New(Password::new("sesame"));
        assert_eq!(form.turn_password(), new);
        assert!(!format!("{form:?}").contains("sesame"));
    }
}
