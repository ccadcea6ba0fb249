//! Contacts: looked for, called, written down, changed, removed, taken over from files.

use egui::Key;
use egui::accesskit::Role;
use hark_phone::snapshot::HistoryEntry;
use hark_phone::{Event, Snapshot};

use crate::fixtures::{signed_in, with_contacts};
use crate::stage::Stage;

fn contacts(snapshot: Snapshot) -> Stage {
    let mut stage = Stage::new(snapshot);
    stage.activate(Role::Tab, "People, 1 new");
    stage.activate(Role::RadioButton, "Contacts");
    stage.said();
    stage
}

#[test]
fn favourites_are_called_by_one_press() {
    let mut stage = Stage::new(with_contacts());
    stage.press("Call Tom Eriksen");
    assert_eq!(stage.said(), ["Dial { to: \"tom@example.test\" }"]);
    assert!(!stage.has(Role::Button, "Call Front desk"));
}

#[test]
fn a_contact_is_found_and_called() {
    let mut stage = contacts(with_contacts());
    stage.fill("Search contacts", "0199");
    assert!(!stage.has(Role::Button, "Show Front desk"));
    stage.press("Show Priya Raman");
    stage.press("Call +1 425 555 0199");
    assert_eq!(stage.said(), ["Dial { to: \"+1 425 555 0199\" }"]);
    stage.press("All contacts");
    stage.press("Call Priya Raman");
    assert_eq!(stage.said(), ["Dial { to: \"+1 425 555 0143\" }"]);
    stage.fill("Search contacts", "9");
    assert!(stage.reads("Nothing was found. Try another word, or a part of the number."));
}

#[test]
fn a_star_makes_a_favourite_and_takes_it_back() {
    let mut stage = contacts(with_contacts());
    stage.press("Make Front desk a favourite");
    stage.press("Remove Tom Eriksen from the favourites");
    assert_eq!(
        stage.said(),
        [
            "SetFavourite { id: 1, favourite: Yes }",
            "SetFavourite { id: 3, favourite: No }"
        ]
    );
}

#[test]
fn a_contact_is_written_down_by_the_keyboard() {
    let mut stage = contacts(signed_in());
    assert!(
        stage.reads("No contacts yet. Add one, or import a file from your phone or address book.")
    );
    stage.press("New contact");
    // The keyboard is in the field of the name.
    stage.type_text("Ada");
    stage.key(Key::Enter);
    assert!(stage.reads("A contact needs a number or an address. Type one."));
    stage.fill("Number or address", "2004");
    stage.key(Key::Enter);
    let said = stage.said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("KeepContact { id: None, card: ContactCard { name: \"Ada\""));
}

#[test]
fn a_contact_is_changed_and_removed_and_comes_back() {
    let mut stage = contacts(with_contacts());
    stage.press("Show Front desk");
    stage.press("Edit");
    stage.type_text(" and door");
    stage.press("Save");
    let said = stage.said();
    assert!(said[0].contains("id: Some(1)") && said[0].contains("Front desk and door"));
    stage.press("Remove");
    assert!(stage.reads("Front desk was removed."));
    stage.press("Undo");
    assert_eq!(stage.said(), ["RemoveContact { id: 1 }", "RestoreContact"]);
    assert!(!stage.has(Role::Button, "Undo"));
}

#[test]
fn contacts_are_taken_over_from_a_file_and_written_to_one() {
    let mut stage = contacts(with_contacts());
    stage.press("Import and export");
    stage.fill("File", "phone.vcf");
    stage.press("Import");
    stage.press("Export as version 4.0");
    assert_eq!(
        stage.said(),
        [
            "ImportContacts { file: \"Downloads/phone.vcf\" }",
            "ExportContacts { file: \"Downloads/contacts.vcf\", version: V4, if_taken: Number }"
        ]
    );
    stage.happens(Event::ContactsImported {
        file: "phone.vcf".into(),
        added: 12,
        changed: 0,
        skipped: 3,
    });
    assert!(stage.reads(
        "12 contacts were added, 0 changed. Left out, because they have no usable number: 3."
    ));
    stage.drop_file("/a/picture.png");
    assert!(stage.said().is_empty(), "it holds no contacts");
    stage.drop_file("/a/b.VCF");
    assert_eq!(stage.said(), ["ImportContacts { file: \"/a/b.VCF\" }"]);
    let file = "Downloads/contacts (2).vcf".into();
    stage.happens(Event::ContactsExported { file, contacts: 12 });
    assert!(stage.reads("12 contacts were written to Downloads/contacts (2).vcf."));
}

#[test]
fn names_are_suggested_while_a_number_is_typed() {
    let mut stage = Stage::new(with_contacts());
    stage.activate(Role::Tab, "Keypad");
    stage.type_text("0199");
    stage.press("Priya Raman");
    assert_eq!(stage.said(), ["Dial { to: \"+1 425 555 0199\" }"]);
    stage.fill("Number or address", "tom eriksen");
    assert!(stage.has(Role::Button, "Tom Eriksen"));
    stage.key(Key::Enter);
    assert_eq!(stage.said(), ["Dial { to: \"tom eriksen\" }"]);
    stage.fill("Number or address", "nobody here");
    stage.key(Key::Enter);
    assert!(stage.said().is_empty(), "this is nobody's name");
}

#[test]
fn a_caller_is_written_down_from_the_list_of_calls() {
    let mut stage = Stage::new(with_contacts());
    stage.activate(Role::Tab, "People, 1 new");
    stage.press("More about Priya Raman");
    assert!(!stage.has(Role::Button, "Add to contacts"), "she is one");
    stage.key(Key::Escape);
    stage.press("More about +1 425 555 0143");
    stage.press("Add to contacts");
    let typed = |stage: &Stage, field: &str| stage.field(field).value().unwrap_or_default();
    assert_eq!(typed(&stage, "Name"), "");
}

/// What `cargo xtask bench people` reads: layout and tessellation of a frame, while 100,000 calls are
/// scrolled through. Here it is only seen to that the list moves.
#[test]
#[expect(clippy::print_stdout, reason = "the benchmark reads it")]
fn frames_of_a_long_history() {
    let mut stage = Stage::new(with_calls(100_000));
    stage.activate(Role::Tab, "People, 1 new");
    let mut times = Vec::new();
    for _ in 0..FRAMES {
        let began = std::time::Instant::now();
        stage.wheel(-50.0);
        stage.harness.step();
        let output = stage.harness.output();
        let (shapes, scale) = (output.shapes.clone(), output.pixels_per_point);
        let drawn = stage.harness.ctx.tessellate(shapes, scale);
        times.push(began.elapsed());
        assert!(!drawn.is_empty());
    }
    assert!(!stage.has(Role::Button, "Call back caller 0"));
    times.sort_unstable();
    let milliseconds = |at: usize| times[at].as_secs_f64() * 1e3;
    let (median, late) = (milliseconds(FRAMES / 2), milliseconds(FRAMES * 19 / 20));
    println!("people frames {median:.2} {late:.2}");
}

const FRAMES: usize = 200;

/// One call a minute.
fn with_calls(count: i64) -> Snapshot {
    let first = crate::fixtures::history().remove(0);
    let call = |id: i64| HistoryEntry {
        account: None,
        id,
        title: format!("caller {id}"),
        began: first.began - std::time::Duration::from_secs(60 * id.unsigned_abs()),
        ..first.clone()
    };
    Snapshot {
        history: (0..count).map(call).collect(),
        ..signed_in()
    }
}

/// A long list scrolls with no more rows than can be seen, and asks for more before they are needed.
#[test]
fn a_long_history_draws_what_can_be_seen() {
    let mut stage = Stage::new(with_calls(5_000));
    stage.activate(Role::Tab, "People, 1 new");
    assert!(stage.has(Role::Button, "Call back caller 0"));
    assert!(!stage.has(Role::Button, "Call back caller 40"));
    for (steps, seen) in [(1, 60), (1, 120), (40, 2_500)] {
        let step = 63.0
            * 60.0
            * if steps == 1 {
                1.0
            } else {
                (2_500.0 - 120.0) / 60.0 / 40.0
            };
        for _ in 0..steps {
            stage.scroll(-step);
        }
        let near = (seen - 25..seen + 25)
            .any(|id| stage.has(Role::Button, &format!("Call back caller {id}")));
        assert!(near, "{seen}");
    }
}
