//! Every screen in three sizes beside each other, for people to look at: `docs/screens`. `UPDATE_SNAPSHOTS=1`
//! writes them anew.

use egui_kittest::{SnapshotOptions, SnapshotResults, try_image_snapshot_options};
use hark_desktop::theme::size;
use hark_phone::Theme;
use hark_words::{Language, speak_here};
use image::RgbaImage;
use image::imageops::replace;

use crate::screens::{self, Screen};
use crate::stage::Stage;

/// How a sheet is drawn.
struct Sheet {
    /// Behind the name of the screen in that of the file.
    name: &'static str,
    language: Language,
    theme: Theme,
}

const SIZES: [[f32; 2]; 3] = [size::WINDOW_MIN, size::WINDOW, [1100.0, 760.0]];

impl Sheet {
    fn new(name: &'static str, language: Language, theme: Theme) -> Self {
        Self {
            name,
            language,
            theme,
        }
    }

    fn draw(&self, screen: &Screen) -> RgbaImage {
        let _spoken = speak_here(self.language);
        let draw = |size: &[f32; 2]| {
            let mut snapshot = screen.snapshot.clone();
            snapshot.settings.theme = self.theme;
            let mut stage = Stage::drawn(snapshot, *size, 1.0);
            (screen.act)(&mut stage);
            stage.harness.render().expect("it can be drawn")
        };
        beside_each_other(&SIZES.iter().map(draw).collect::<Vec<_>>())
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

#[track_caller]
fn check(sheet: &Sheet) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/screens");
    let options = SnapshotOptions::new().output_path(folder);
    let mut results = SnapshotResults::new();
    for screen in screens::all() {
        let name = format!("{}-{}", screen.name, sheet.name);
        results.add(try_image_snapshot_options(
            &sheet.draw(&screen),
            name,
            &options,
        ));
    }
}

#[test]
fn english_and_light() {
    check(&Sheet::new("en-light", Language::English, Theme::Light));
}

#[test]
fn english_and_dark() {
    check(&Sheet::new("en-dark", Language::English, Theme::Dark));
}

#[test]
fn german_and_light() {
    check(&Sheet::new("de-light", Language::German, Theme::Light));
}

#[test]
fn german_and_dark() {
    check(&Sheet::new("de-dark", Language::German, Theme::Dark));
}
