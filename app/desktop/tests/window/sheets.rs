//! Every screen in its sizes beside each other, for people to look at: `docs/screens`. `UPDATE_SNAPSHOTS=1`
//! draws them anew.

use hark_desktop::theme::size;
use hark_phone::Theme;
use hark_words::{Language, speak_here};
use image::RgbaImage;
use image::imageops::replace;

use crate::pictures;
use crate::screens::{self, Screen};
use crate::stage::Stage;

/// How all screens are drawn for one round of pictures.
#[derive(Clone, Copy)]
struct Look {
    language: Language,
    theme: Theme,
    /// Pixels in a point.
    scale: f32,
}

const SIZES: [[f32; 2]; 3] = [size::WINDOW_MIN, size::WINDOW, [1100.0, 760.0]];

impl Look {
    const fn new(language: Language, theme: Theme, scale: f32) -> Self {
        Self {
            language,
            theme,
            scale,
        }
    }

    /// As in the names of pictures.
    fn name(self) -> String {
        let theme = match self.theme {
            Theme::Dark => "dark",
            Theme::Light | Theme::System => "light",
        };
        let percent = self.scale * 100.0;
        format!("{}-{theme}-{percent}", code(self.language))
    }

    fn draw(self, screen: &Screen, size: [f32; 2]) -> RgbaImage {
        let _spoken = speak_here(self.language);
        let mut snapshot = screen.snapshot.clone();
        snapshot.settings.theme = self.theme;
        let mut stage = Stage::drawn(snapshot, size, self.scale);
        (screen.act)(&mut stage);
        stage.harness.render().expect("it can be drawn")
    }

    fn sheet(self, screen: &Screen) -> RgbaImage {
        let whole = screen.whole.map(|height| [size::WINDOW[0], height]);
        let sizes = SIZES.into_iter().chain(whole);
        beside_each_other(
            &sizes
                .map(|size| self.draw(screen, size))
                .collect::<Vec<_>>(),
        )
    }
}

fn code(language: Language) -> &'static str {
    match language {
        Language::German => "de",
        Language::English | Language::Pseudo | Language::RightToLeft => "en",
    }
}

fn beside_each_other(images: &[RgbaImage]) -> RgbaImage {
    let width = images.iter().map(RgbaImage::width).sum();
    let height = images.iter().map(RgbaImage::height).max().unwrap_or(0);
    let mut sheet = RgbaImage::new(width, height);
    let mut left = 0;
    for image in images {
        replace(&mut sheet, image, left, 0);
        left += i64::from(image.width());
    }
    sheet
}

/// Every screen of one of several equal parts, so that the parts are drawn at the same time.
#[track_caller]
fn check(look: Look, part: usize) {
    // What an engine has said is in the language of the screen as well.
    let _spoken = speak_here(look.language);
    let changed: Vec<String> = screens::all()
        .iter()
        .skip(part)
        .step_by(PARTS)
        .filter_map(|screen| {
            let name = format!("{}-{}", screen.name, look.name());
            pictures::compare(&name, &look.sheet(screen)).err()
        })
        .collect();
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

const PARTS: usize = 2;

macro_rules! looks {
    ($($name:ident: $language:ident, $theme:ident, $scale:literal;)*) => {
        const LOOKS: &[Look] = &[$(Look::new(Language::$language, Theme::$theme, $scale)),*];
        $(
            mod $name {
                use super::*;

                const LOOK: Look = Look::new(Language::$language, Theme::$theme, $scale);

                #[test]
                fn even_screens() {
                    check(LOOK, 0);
                }

                #[test]
                fn odd_screens() {
                    check(LOOK, 1);
                }
            }
        )*
    };
}

looks! {
    english_and_light: English, Light, 1.0;
    english_and_dark: English, Dark, 1.0;
    german_and_light: German, Light, 1.0;
    german_and_dark: German, Dark, 1.0;
    english_and_light_twice_as_large: English, Light, 2.0;
    english_and_dark_twice_as_large: English, Dark, 2.0;
    german_and_light_twice_as_large: German, Light, 2.0;
    german_and_dark_twice_as_large: German, Dark, 2.0;
}

/// The four that the README shows.
#[test]
fn the_pictures_of_the_readme() {
    let screens = screens::all();
    let changed: Vec<String> = [
        ("home", Theme::Light),
        ("call", Theme::Light),
        ("incoming", Theme::Dark),
        ("presence", Theme::Dark),
    ]
    .into_iter()
    .filter_map(|(name, theme)| {
        let screen = screens.iter().find(|screen| screen.name == name);
        let look = Look::new(Language::English, theme, 2.0);
        let picture = look.draw(screen.expect("a screen"), size::WINDOW);
        pictures::compare(&format!("readme-{name}"), &picture).err()
    })
    .collect();
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

/// The page beside the pictures leads to every one of them.
#[test]
fn the_page_lists_every_picture() {
    let mut page = INTRODUCTION.to_owned();
    for screen in screens::all() {
        let links = LOOKS.iter().map(|look| {
            let look = look.name();
            format!(
                " [{}]({}-{look}.webp) |",
                look.replace('-', " "),
                screen.name
            )
        });
        page += &format!("| {} |{}\n", screen.title, links.collect::<String>());
    }
    pictures::compare_text("README.md", &page);
}

const INTRODUCTION: &str = "\
# Screens

Every screen at 360 x 600, 400 x 740 and 1100 x 760 points, and as a whole where it scrolls: in English and German,
light and dark, with one and with four pixels for a point (100 and 200 %). The tests draw them as the program does
and compare them with these (`app/desktop/tests/window/sheets.rs`).

| screen | | | | | | | | |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
";
