//! Every screen in every language: all of it translated, nothing cut off, no word touching another.

use egui::accesskit::Role;
use egui::epaint::{ClippedShape, TextShape};
use egui::{Rect, Shape};
use hark_desktop::text::DOT;
use hark_desktop::theme::size;
use hark_phone::{Event, LanguageChoice};
use hark_words::{Language, language, speak_here};

use crate::fixtures::{history, signed_in};
use crate::screens::{self, Screen};
use crate::stage::Stage;

/// A text as it was drawn.
struct Drawn {
    text: String,
    elided: bool,
    /// Where it lies, and the part of the window that it may lie in.
    place: Rect,
    clip: Rect,
    /// Where there is ink, line by line.
    lines: Vec<Rect>,
}

#[test]
fn nothing_is_left_untranslated() {
    let _pseudo = speak_here(Language::Pseudo);
    let mut found = Vec::new();
    for screen in screens::all() {
        let stage = play(&screen, size::WINDOW);
        for drawn in texts(&stage) {
            if is_english(&drawn.text) {
                found.push(format!("{}: {}", screen.name, drawn.text));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn another_language_has_the_engine_say_anew_what_it_shows() {
    let _english = speak_here(Language::English);
    let mut stage = Stage::new(signed_in());
    let mut german = signed_in();
    german.settings.language = LanguageChoice::German;
    stage.show(german.clone());
    assert_eq!(stage.said(), ["SayAnew"]);
    stage.show(german);
    assert!(stage.said().is_empty(), "nothing has changed");
    stage.show(signed_in());
    assert_eq!(stage.said(), ["SayAnew"]);
}

/// Whatever is still to be read, although nothing of it is wrong any longer.
#[test]
fn what_was_said_before_is_read_in_the_language_of_now() {
    let _german = speak_here(Language::German);
    let mut stage = Stage::new(signed_in());
    let text = "Priya Raman did not answer. Try again later.";
    stage.happens(Event::Error { text: text.into() });
    let mut english = signed_in();
    english.settings.language = LanguageChoice::English;
    stage.show(english);
    assert!(stage.reads(text), "it is English already");
    let mut german = signed_in();
    german.settings.language = LanguageChoice::German;
    stage.show(german);
    assert!(stage.reads("Priya Raman hat nicht abgehoben. Versuchen Sie es später noch einmal."));
}

#[test]
fn no_german_is_cut_off_in_the_smallest_window() {
    check(Language::German, size::WINDOW_MIN);
}

#[test]
fn no_german_is_cut_off_in_a_wide_window() {
    check(Language::German, WIDE);
}

#[test]
fn no_german_is_cut_off_in_all_of_what_scrolls() {
    check(Language::German, TALL);
}

// English is shorter than the pseudo-language everywhere.

#[test]
fn longer_words_are_not_cut_off_in_the_smallest_window() {
    check(Language::Pseudo, size::WINDOW_MIN);
}

#[test]
fn longer_words_are_not_cut_off_in_a_wide_window() {
    check(Language::Pseudo, WIDE);
}

#[test]
fn longer_words_are_not_cut_off_in_all_of_what_scrolls() {
    check(Language::Pseudo, TALL);
}

#[track_caller]
fn check(language: Language, size: [f32; 2]) {
    let _spoken = speak_here(language);
    let mut found = Vec::new();
    for screen in screens::all() {
        let stage = play(&screen, size);
        let wrong = cut_off(&stage).chain(touching(&stage));
        found.extend(wrong.map(|text| format!("{}: {text}", screen.name)));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

const WIDE: [f32; 2] = [1100.0, 760.0];
const TALL: [f32; 2] = [size::WINDOW_MIN[0], 4000.0];

/// A language that is written from right to left has its place on every screen, beside names and numbers that
/// are not.
#[test]
fn words_from_right_to_left_do_not_break_a_screen() {
    for size in [size::WINDOW_MIN, WIDE, TALL] {
        check(Language::RightToLeft, size);
    }
    let _spoken = speak_here(Language::RightToLeft);
    let stage = Stage::new(signed_in());
    let words = hark_desktop::text::call_voicemail();
    assert!(
        words.starts_with(is_hebrew) && stage.has(Role::Button, words),
        "{words}"
    );
}

fn is_hebrew(letter: char) -> bool {
    ('\u{5d0}'..='\u{5ea}').contains(&letter)
}

/// Names in another writing direction stand in their rows like others.
#[test]
fn names_from_right_to_left_do_not_break_the_lists() {
    for name in ["דנה לוי", "محمد عبد الله"] {
        let mut snapshot = crate::fixtures::signed_in();
        let mut entries = history();
        entries
            .iter_mut()
            .for_each(|entry| entry.title = name.to_owned());
        snapshot.history = entries.into();
        let mut stage = Stage::of_size(crate::fixtures::signed_in(), size::WINDOW_MIN);
        // The fonts of the computer have these letters; tests have only ours.
        let boxes = egui::MissingGlyphPolicy::Tofu;
        stage.harness.ctx.set_missing_glyph_policy(boxes);
        stage.show(snapshot);
        let found: Vec<String> = cut_off(&stage).chain(touching(&stage)).collect();
        assert!(found.is_empty(), "{found:?}");
        assert!(texts(&stage).iter().any(|drawn| drawn.text.contains(name)));
    }
}

fn play(screen: &Screen, size: [f32; 2]) -> Stage {
    let mut stage = Stage::of_size(screen.snapshot.clone(), size);
    (screen.act)(&mut stage);
    stage
}

/// Whatever lies beyond the sides of its part of the window, or ends in "…" because there was no room.
/// Up and down, lists scroll.
fn cut_off(stage: &Stage) -> impl Iterator<Item = String> {
    texts(stage).into_iter().filter_map(|drawn| {
        let beyond = drawn.place.left() < drawn.clip.left() - 1.0
            || drawn.place.right() > drawn.clip.right() + 1.0;
        // An address that is too long for the header can be read in the settings.
        let is_data = DATA.contains(&drawn.text.as_str());
        // A line of several facts grows with each of them in the pseudo-language, more than in any other.
        let many_facts = language() == Language::Pseudo && drawn.text.matches(DOT).count() > 1;
        ((drawn.elided && !is_data && !many_facts) || beyond).then_some(drawn.text)
    })
}

/// Words on one line that have no room between them.
fn touching(stage: &Stage) -> impl Iterator<Item = String> {
    let texts = texts(stage);
    let mut found = Vec::new();
    for (index, one) in texts.iter().enumerate() {
        let others = texts.iter().skip(index + 1);
        let beside = others.filter(|other| {
            let mut lines = one.lines.iter();
            one.clip == other.clip && lines.any(|line| touches(*line, &other.lines))
        });
        found.extend(beside.map(|other| format!("{} | {}", one.text, other.text)));
    }
    found.into_iter()
}

fn touches(line: Rect, others: &[Rect]) -> bool {
    // What stands above or below may come close.
    let wider = line.expand2(egui::vec2(LEAST_GAP, -1.0));
    others.iter().any(|other| wider.intersects(*other))
}

/// Between two words, in points.
const LEAST_GAP: f32 = 2.0;

fn texts(stage: &Stage) -> Vec<Drawn> {
    let mut texts = Vec::new();
    for ClippedShape {
        clip_rect, shape, ..
    } in &stage.harness.output().shapes
    {
        collect(shape, *clip_rect, &mut texts);
    }
    texts.retain(|drawn| !drawn.text.trim().is_empty());
    texts
}

fn collect(shape: &Shape, clip: Rect, texts: &mut Vec<Drawn>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, clip, texts)),
        Shape::Text(TextShape { pos, galley, .. }) => texts.push(Drawn {
            text: galley.job.text.clone(),
            elided: galley.elided,
            place: galley.rect.translate(pos.to_vec2()),
            clip,
            lines: galley
                .rows
                .iter()
                .map(|row| (row.pos + pos.to_vec2(), row.visuals.mesh_bounds))
                .map(|(corner, ink)| ink.translate(corner.to_vec2()))
                .collect(),
        }),
        _ => {}
    }
}

/// Whether there is a word in it that the pseudo-language would have changed, and that is no name, number or
/// technical term.
fn is_english(text: &str) -> bool {
    let rest = DATA
        .iter()
        .fold(text.to_owned(), |rest, data| rest.replace(data, ""));
    let mut letters = rest.chars().filter(char::is_ascii_alphabetic);
    // These have no accent of their own.
    letters.any(|letter| !"bfmpqvxBFMPQVX".contains(letter))
}

/// What is the same in every language: who calls, keys, units, names of things. What holds another stands first.
const DATA: &[&str] = &[
    "Hark sends your voice to Priya Raman, but nothing comes back. Hang up and call again; if that does \
     not help, ask your administrator whether a firewall stops the sound.",
    "The certificate of pbx.example.test comes from an authority that this computer does not trust. Ask \
     your administrator for the certificate authority file and choose it in the account settings.",
    "Tom Eriksen is busy. Try again later.",
    crate::address_book::UNREACHABLE,
    crate::fixtures::WRONG_PASSWORD,
    "https://dav.example.test",
    "/etc/dav.pem",
    "REGISTER sip:example.test: 403 Forbidden",
    "CN=Example Authority, O=Example",
    "CN=pbx.example.test",
    "pbx.example.test",
    "dana@example.test",
    "bob@example.test",
    "priya@example.test",
    "bob",
    "Dana Whitfield",
    "DW",
    "Priya Raman",
    "PR",
    "Tom Eriksen",
    "tom@example.test",
    "Priya",
    "Tom",
    "TE",
    "FD",
    "Front desk",
    "example.test",
    "dana",
    "Desk phone",
    "USB headset",
    // Files, what was typed, and what the server said.
    "/music/Hark/",
    ".ogg.age",
    "hark.toml",
    "colour",
    "two words",
    // Titles that the engine gives, and what it says was wrong.
    "Voicemail",
    // The program itself.
    "Hark",
    // The letters of the keys.
    "ABC",
    "DEF",
    "GHI",
    "JKL",
    "MNO",
    "PQRS",
    "TUV",
    "WXYZ",
    "Ctrl+Plus",
    "Ctrl+Minus",
    "Ctrl+",
    "Tab",
    "Esc",
    // Languages in their own words, and what standards call things.
    "English",
    "Deutsch",
    "Opus",
    "G.711",
    "A-law",
    "µ-law",
    "μ-law",
    "G.722",
    " ms",
];
