//! What the set-up form knows about its fields while they are typed, and where what went wrong is
//! mended.

use std::path::{Path, PathBuf};

use hark_phone::snapshot::{Cause, Certificate, Problem};
use hark_phone::{AccountSettings, FileFault};

use super::{FieldError, SetupForm, SetupState, given, region};

/// The fields that a person may have to mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetupField {
    Address,
    Password,
    Username,
    Server,
    Voicemail,
    CaFile,
    Region,
}

/// What stands around the fields.
#[derive(Debug, Default)]
pub struct SetupHelp {
    /// The field that wants the keyboard in the next frame.
    pub focus: Option<SetupField>,
    /// What the last file of authorities was found to hold.
    pub authorities: Option<LookedInto>,
    /// Nobody could show a list of files to choose from.
    pub no_chooser: bool,
    /// Why signing in failed last: it stays in sight while the phone tries again by itself.
    pub problem: Option<Problem>,
}

/// A file of authorities that was looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookedInto {
    pub file: PathBuf,
    pub content: Result<Vec<Certificate>, FileFault>,
}

/// What is wrong with a field as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It may become right by typing on.
    Unfinished(FieldError),
    Wrong(FieldError),
}

impl SetupField {
    /// Whether it stands behind "Advanced".
    pub fn is_advanced(self) -> bool {
        match self {
            Self::Address | Self::Password => false,
            Self::Username | Self::Server | Self::Voicemail | Self::CaFile | Self::Region => true,
        }
    }
}

/// Whether the keyboard is in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyboard {
    Here,
    Elsewhere,
}

impl FieldError {
    /// The field of which it is said; `None` for those under "Sound and network".
    pub fn field(self) -> Option<SetupField> {
        match self {
            Self::AddressMissing | Self::AddressWithoutDomain | Self::Address => {
                Some(SetupField::Address)
            }
            Self::PasswordMissing => Some(SetupField::Password),
            Self::Server => Some(SetupField::Server),
            Self::Voicemail => Some(SetupField::Voicemail),
            Self::CaFileUnreadable | Self::CaFileEmpty => Some(SetupField::CaFile),
            Self::Region => Some(SetupField::Region),
            Self::Media => None,
        }
    }
}

impl SetupForm {
    /// What stands in a field.
    pub fn text(&mut self, field: SetupField) -> &mut String {
        match field {
            SetupField::Address => &mut self.address,
            SetupField::Password => &mut self.password,
            SetupField::Username => &mut self.username,
            SetupField::Server => &mut self.server,
            SetupField::Voicemail => &mut self.voicemail,
            SetupField::CaFile => &mut self.ca_file,
            SetupField::Region => &mut self.region,
        }
    }
}

impl SetupState {
    /// The account in the form, or what has to be mended first.
    ///
    /// # Errors
    /// With the first thing that cannot be used.
    pub fn account(&self) -> Result<AccountSettings, FieldError> {
        let checked = [
            SetupField::Address,
            SetupField::Server,
            SetupField::Voicemail,
            SetupField::CaFile,
            SetupField::Region,
        ];
        let faults = checked
            .into_iter()
            .filter_map(|field| fault(&self.form, &self.help, field));
        match faults.map(Fault::error).next() {
            Some(error) => Err(error),
            None => self.form.account(self.known.as_ref()),
        }
    }

    /// What is to be said at a field. What may become right by typing on is said once the keyboard
    /// has left the field, or the button was pressed.
    pub fn error_at(&self, field: SetupField, keyboard: Keyboard) -> Option<FieldError> {
        let pressed = self
            .field_error
            .filter(|error| error.field() == Some(field));
        let is_missing = |error: &FieldError| {
            let address = self.form.address.trim().is_empty();
            let password = self.form.password.is_empty();
            (address && *error == FieldError::AddressMissing)
                || (password && *error == FieldError::PasswordMissing)
        };
        match fault(&self.form, &self.help, field) {
            Some(Fault::Wrong(error)) => Some(error),
            Some(Fault::Unfinished(error)) => {
                let is_told = keyboard == Keyboard::Elsewhere || pressed.is_some();
                is_told.then_some(error)
            }
            None => pressed.filter(is_missing),
        }
    }

    /// Leads to a field, wherever it stands.
    pub fn lead_to(&mut self, field: SetupField) {
        self.advanced |= field.is_advanced();
        self.help.focus = Some(field);
    }
}

impl Fault {
    fn error(self) -> FieldError {
        match self {
            Self::Unfinished(error) | Self::Wrong(error) => error,
        }
    }
}

impl SetupHelp {
    /// What the file that is typed holds, once it was looked into.
    pub fn content(&self, typed: &str) -> Option<Result<&[Certificate], FileFault>> {
        let looked = self.authorities.as_ref()?;
        let is_typed = given(typed).is_some_and(|typed| looked.file == Path::new(&typed));
        is_typed.then(|| match &looked.content {
            Ok(certificates) => Ok(&certificates[..]),
            Err(fault) => Err(*fault),
        })
    }
}

/// What is wrong with a field as it stands. An empty one is left for the press on the button.
pub fn fault(form: &SetupForm, help: &SetupHelp, field: SetupField) -> Option<Fault> {
    match field {
        SetupField::Address => address(form.address.trim()),
        SetupField::Server => server(&form.server),
        SetupField::Voicemail => voicemail(&form.voicemail),
        SetupField::Region => region::fault(form),
        SetupField::CaFile => match help.content(&form.ca_file)? {
            Ok(_) => None,
            Err(FileFault::Unreadable) => Some(Fault::Unfinished(FieldError::CaFileUnreadable)),
            Err(FileFault::NoCertificate) => Some(Fault::Wrong(FieldError::CaFileEmpty)),
        },
        // Anything is a password, and a name.
        SetupField::Password | SetupField::Username => None,
    }
}

fn address(typed: &str) -> Option<Fault> {
    let bare = typed.strip_prefix("sip:").unwrap_or(typed);
    match bare.split_once('@') {
        Some(("", _)) => Some(Fault::Wrong(FieldError::AddressWithoutDomain)),
        None if typed.is_empty() => None,
        None if !bare.contains(char::is_whitespace) => {
            Some(Fault::Unfinished(FieldError::AddressWithoutDomain))
        }
        Some((_, domain)) if domain.is_empty() || domain.ends_with('.') => {
            Some(Fault::Unfinished(FieldError::AddressWithoutDomain))
        }
        _ => unusable(AccountSettings {
            address: typed.to_owned(),
            ..AccountSettings::default()
        })
        .then_some(Fault::Wrong(FieldError::Address)),
    }
}

fn server(typed: &str) -> Option<Fault> {
    let server = given(typed)?;
    let is_unfinished = server.ends_with([':', '.', '[']) || is_open_bracket(&server);
    let is_unusable = unusable(AccountSettings {
        server: Some(server),
        ..somebody()
    });
    is_unusable.then_some(match is_unfinished {
        true => Fault::Unfinished(FieldError::Server),
        false => Fault::Wrong(FieldError::Server),
    })
}

/// An IPv6 address whose bracket is still open.
fn is_open_bracket(server: &str) -> bool {
    server.starts_with('[') && !server.contains(']')
}

fn voicemail(typed: &str) -> Option<Fault> {
    let voicemail = given(typed)?;
    let is_unfinished = voicemail.ends_with(['@', ':', '.', ',', ';']);
    let is_unusable = unusable(AccountSettings {
        voicemail: Some(voicemail),
        ..somebody()
    });
    is_unusable.then_some(match is_unfinished {
        true => Fault::Unfinished(FieldError::Voicemail),
        false => Fault::Wrong(FieldError::Voicemail),
    })
}

/// The engine's own word on a field, with nothing else in the form.
fn unusable(alone: AccountSettings) -> bool {
    alone.check().is_err()
}

fn somebody() -> AccountSettings {
    AccountSettings {
        address: "name@example.com".to_owned(),
        ..AccountSettings::default()
    }
}

/// The field in which a failure of signing in is mended; `None` where it is not for the user to mend.
pub fn way_out(cause: Cause) -> Option<SetupField> {
    match cause {
        Cause::Settings | Cause::UnknownAddress => Some(SetupField::Address),
        Cause::NameNotFound
        | Cause::Refused
        | Cause::NoAnswer
        | Cause::NotTls
        | Cause::WrongName => Some(SetupField::Server),
        Cause::CaFile | Cause::UnknownAuthority => Some(SetupField::CaFile),
        Cause::NoPassword | Cause::WrongPassword => Some(SetupField::Password),
        Cause::Forbidden => Some(SetupField::Username),
        Cause::NoNameServer
        | Cause::Expired
        | Cause::NotYetValid
        | Cause::BadCertificate
        | Cause::Server
        | Cause::Lost => None,
    }
}

/// Whether what the server has shown is what there is to look at.
pub fn is_about_certificate(cause: Cause) -> bool {
    match cause {
        Cause::UnknownAuthority
        | Cause::WrongName
        | Cause::Expired
        | Cause::NotYetValid
        | Cause::BadCertificate => true,
        Cause::Settings
        | Cause::NoPassword
        | Cause::CaFile
        | Cause::NameNotFound
        | Cause::NoNameServer
        | Cause::Refused
        | Cause::NoAnswer
        | Cause::NotTls
        | Cause::WrongPassword
        | Cause::UnknownAddress
        | Cause::Forbidden
        | Cause::Server
        | Cause::Lost => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(field: SetupField, typed: &str) -> Option<Fault> {
        let mut form = SetupForm::default();
        *form.text(field) = typed.to_owned();
        fault(&form, &SetupHelp::default(), field)
    }

    #[test]
    fn an_address_is_checked_as_it_is_typed() {
        let unfinished = Some(Fault::Unfinished(FieldError::AddressWithoutDomain));
        let wrong = Some(Fault::Wrong(FieldError::Address));
        for (typed, expected) in [
            ("", None),
            ("  ", None),
            ("dana", unfinished),
            ("dana@", unfinished),
            ("dana@example.", unfinished),
            ("dana@example.test", None),
            (" sip:dana@example.test ", None),
            ("dana@[2001:db8::1]", None),
            ("dana whitfield", wrong),
            ("dana@exa mple.test", wrong),
            (
                "@example.test",
                Some(Fault::Wrong(FieldError::AddressWithoutDomain)),
            ),
            ("dana@example.test?x=y", wrong),
        ] {
            assert_eq!(of(SetupField::Address, typed), expected, "{typed:?}");
        }
    }

    #[test]
    fn a_server_is_checked_as_it_is_typed() {
        let unfinished = Some(Fault::Unfinished(FieldError::Server));
        let wrong = Some(Fault::Wrong(FieldError::Server));
        for (typed, expected) in [
            ("", None),
            ("pbx", None),
            ("pbx.example.test", None),
            ("pbx.example.test:", unfinished),
            ("pbx.example.test:5061", None),
            ("pbx.example.test:99999", wrong),
            ("pbx.example.test:sip", wrong),
            ("pbx example", wrong),
            ("https://pbx.example.test", wrong),
            ("dana@pbx.example.test", wrong),
            ("192.0.2.1:5061", None),
            ("[", unfinished),
            ("[2001:db8::1", unfinished),
            ("[2001:db8::1]:5061", None),
        ] {
            assert_eq!(of(SetupField::Server, typed), expected, "{typed:?}");
        }
    }

    #[test]
    fn a_voicemail_address_is_checked_as_it_is_typed() {
        for (typed, expected) in [
            ("", None),
            ("*97", None),
            ("*98,2001#", None),
            ("voicemail@example.test", None),
            ("voicemail@", Some(Fault::Unfinished(FieldError::Voicemail))),
            (
                "mailto:voicemail@example.test",
                Some(Fault::Wrong(FieldError::Voicemail)),
            ),
        ] {
            assert_eq!(of(SetupField::Voicemail, typed), expected, "{typed:?}");
        }
    }

    #[test]
    fn a_file_is_judged_by_what_was_found_in_it() {
        let form = SetupForm {
            ca_file: " /tmp/ca.pem ".into(),
            ..SetupForm::default()
        };
        let looked = |file: &str, content| SetupHelp {
            authorities: Some(LookedInto {
                file: file.into(),
                content,
            }),
            ..SetupHelp::default()
        };
        let (missing, empty) = (FieldError::CaFileUnreadable, FieldError::CaFileEmpty);
        for (help, expected) in [
            (SetupHelp::default(), None),
            (looked("/tmp/ca.pem", Ok(Vec::new())), None),
            (
                looked("/tmp/ca.pem", Err(FileFault::Unreadable)),
                Some(Fault::Unfinished(missing)),
            ),
            (
                looked("/tmp/ca.pem", Err(FileFault::NoCertificate)),
                Some(Fault::Wrong(empty)),
            ),
            (looked("/tmp/ca", Err(FileFault::NoCertificate)), None),
        ] {
            assert_eq!(
                fault(&form, &help, SetupField::CaFile),
                expected,
                "{help:?}"
            );
        }
    }

    #[test]
    fn what_the_user_can_mend_leads_to_a_field() {
        for (cause, field) in [
            (Cause::WrongPassword, Some(SetupField::Password)),
            (Cause::NameNotFound, Some(SetupField::Server)),
            (Cause::Refused, Some(SetupField::Server)),
            (Cause::NotTls, Some(SetupField::Server)),
            (Cause::UnknownAuthority, Some(SetupField::CaFile)),
            (Cause::UnknownAddress, Some(SetupField::Address)),
            (Cause::Forbidden, Some(SetupField::Username)),
            (Cause::Expired, None),
            (Cause::NoNameServer, None),
        ] {
            assert_eq!(way_out(cause), field, "{cause:?}");
        }
    }
}
