//! What follows from what is done in the People tab.

use hark_phone::people::vcard::Version;
use hark_phone::snapshot::HistoryList;
use hark_phone::{
    AccountSettings, Contact, ContactAddress, ContactCard, ContactOrigin, Event, Favourite,
};

use super::*;
use crate::action::Action;
use crate::state::DesktopState;

struct Story {
    state: State,
    snapshot: Snapshot,
}

impl Story {
    fn new() -> Self {
        let card = ContactCard {
            name: "Priya".into(),
            addresses: vec![ContactAddress {
                address: "2001".into(),
                ..ContactAddress::default()
            }],
            favourite: false,
        };
        Self {
            state: State {
                desktop: DesktopState {
                    folder: "/downloads".into(),
                    ..DesktopState::default()
                },
                ..State::default()
            },
            snapshot: Snapshot {
                account: Some(AccountSettings {
                    address: "dana@example.test".into(),
                    ..AccountSettings::default()
                }),
                contacts: [Contact::new(7, ContactOrigin::Here, card)].into(),
                history_list: Some(HistoryList::default()),
                ..Snapshot::default()
            },
        }
    }

    fn acts(&mut self, action: PeopleAction) -> Vec<String> {
        let effects =
            crate::reduce::reduce(&mut self.state, &self.snapshot, Action::People(action));
        effects.iter().map(|effect| format!("{effect:?}")).collect()
    }

    fn happens(&mut self, event: Event) {
        let action = Action::Happened(event);
        crate::reduce::reduce(&mut self.state, &self.snapshot, action);
    }
}

#[test]
fn a_question_is_asked_once_until_the_engine_has_forgotten_it() {
    let mut story = Story::new();
    let question = HistoryQuestion {
        search: "priya".into(),
        ..HistoryQuestion::default()
    };
    let asked = story.acts(PeopleAction::List(question.clone()));
    assert!(asked[0].starts_with("Send(ListHistory(HistoryQuestion {"));
    assert!(story.acts(PeopleAction::List(question.clone())).is_empty());
    story.snapshot.history_list = None;
    assert_eq!(story.acts(PeopleAction::List(question)).len(), 1);
}

#[test]
fn what_was_removed_last_can_be_brought_back_once() {
    let mut story = Story::new();
    let title = "Bob".to_owned();
    let removed = story.acts(PeopleAction::RemoveCall { id: 3, title });
    assert_eq!(removed, ["Send(RemoveFromHistory { call: 3 })"]);
    assert_eq!(story.acts(PeopleAction::Undo), ["Send(RestoreToHistory)"]);
    assert!(story.acts(PeopleAction::Undo).is_empty());
    let name = "Priya".to_owned();
    story.acts(PeopleAction::Turn(ContactPage::Contact(7)));
    let removed = story.acts(PeopleAction::RemoveContact { id: 7, name });
    assert_eq!(removed, ["Send(RemoveContact { id: 7 })"]);
    assert_eq!(story.state.people.page, ContactPage::List);
    assert_eq!(story.acts(PeopleAction::Undo), ["Send(RestoreContact)"]);
}

#[test]
fn a_contact_is_kept_when_it_can_be_called() {
    let mut story = Story::new();
    story.acts(PeopleAction::Turn(ContactPage::Form));
    assert!(story.acts(PeopleAction::Keep).is_empty());
    assert_eq!(
        story.state.people.form.error,
        Some(ContactError::NameMissing)
    );
    story.state.people.form.name = "Bob".into();
    story.state.people.form.addresses[0].address = "no such thing".into();
    assert!(story.acts(PeopleAction::Keep).is_empty());
    let error = story.state.people.form.error;
    assert_eq!(error, Some(ContactError::AddressUnusable(0)));
    story.state.people.form.addresses[0].address = "2002".into();
    let kept = story.acts(PeopleAction::Keep);
    assert!(kept[0].starts_with("Send(KeepContact { id: None, card: ContactCard { name: \"Bob\""));
    assert_eq!(story.state.people.page, ContactPage::List);
}

#[test]
fn a_change_leads_back_to_its_contact_whether_it_is_kept_or_not() {
    let mut story = Story::new();
    story.acts(PeopleAction::Change(7));
    assert_eq!(story.state.people.form.name, "Priya");
    story.acts(PeopleAction::Turn(ContactPage::List));
    assert_eq!(story.state.people.page, ContactPage::Contact(7));
    story.acts(PeopleAction::Change(7));
    let kept = story.acts(PeopleAction::Keep);
    assert!(kept[0].starts_with("Send(KeepContact { id: Some(7)"));
    assert_eq!(story.state.people.page, ContactPage::Contact(7));
    story.acts(PeopleAction::Turn(ContactPage::List));
    assert_eq!(story.state.people.page, ContactPage::List);
    assert!(story.acts(PeopleAction::Change(99)).is_empty());
}

#[test]
fn a_caller_is_written_down_among_the_contacts() {
    let mut story = Story::new();
    let (name, address) = (String::new(), "+15550100".to_owned());
    story.acts(PeopleAction::Write { name, address });
    let people = &story.state.people;
    assert_eq!(
        (people.part, people.page),
        (PeoplePart::Contacts, ContactPage::Form)
    );
    assert_eq!(people.form.addresses[0].address, "+15550100");
}

#[test]
fn files_lie_in_the_folder_for_downloads_unless_they_are_named_in_full() {
    let mut story = Story::new();
    assert!(story.acts(PeopleAction::Import).is_empty());
    for (typed, file) in [("a.vcf", "/downloads/a.vcf"), (" /b.vcf ", "/b.vcf")] {
        story.state.people.file.typed = typed.into();
        let asked = story.acts(PeopleAction::Import);
        assert_eq!(
            asked,
            [format!("Send(ImportContacts {{ file: {file:?} }})")]
        );
    }
    let exported = story.acts(PeopleAction::Export(Version::V4));
    let file = "\"/downloads/contacts.vcf\"";
    assert_eq!(
        exported,
        [format!(
            "Send(ExportContacts {{ file: {file}, version: V4, if_taken: Number }})"
        )]
    );
    let star = story.acts(PeopleAction::Star(7, Favourite::Yes));
    assert_eq!(star, ["Send(SetFavourite { id: 7, favourite: Yes })"]);
}

#[test]
fn what_came_of_a_file_is_told_over_the_list() {
    let mut story = Story::new();
    story.acts(PeopleAction::Turn(ContactPage::Files));
    story.state.people.file.typed = "a.vcf".into();
    story.happens(Event::ContactsImported {
        file: "a.vcf".into(),
        added: 2,
        changed: 1,
        skipped: 0,
    });
    let people = &story.state.people;
    assert_eq!(people.page, ContactPage::List);
    assert!(people.file.typed.is_empty());
    let news = PeopleNews::Imported {
        added: 2,
        changed: 1,
        skipped: 0,
    };
    assert_eq!(people.news, Some(news));
}
