//! Pictures of the window that are kept in `docs/screens`, WebP without loss, beside what is drawn today.

use std::fs;
use std::path::{Path, PathBuf};

use image::{ImageFormat, RgbaImage};

/// Another processor may round the edge of a letter another way; nobody sees that.
const CLOSE: u8 = 4;

/// # Errors
/// It looks different, or there is none yet. What was drawn is then beside it as `NAME.new.webp`.
pub fn compare(name: &str, drawn: &RgbaImage) -> Result<(), String> {
    let path = folder().join(format!("{name}.webp"));
    let difference = match read(&path) {
        Some(kept) => difference(&kept, drawn),
        None => Some("there is no picture of it".to_owned()),
    };
    let Some(difference) = difference else {
        return Ok(());
    };
    if updates() {
        write(&path, drawn);
        return Ok(());
    }
    write(&path.with_extension("new.webp"), drawn);
    Err(format!("{name}: {difference}"))
}

/// Fails where a file beside the pictures says something else.
#[track_caller]
pub fn compare_text(name: &str, text: &str) {
    let path = folder().join(name);
    if updates() {
        fs::write(&path, text).expect("the file can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, text, "UPDATE_SNAPSHOTS=1 writes it anew");
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/screens")
}

fn updates() -> bool {
    std::env::var_os("UPDATE_SNAPSHOTS").is_some()
}

fn read(path: &Path) -> Option<RgbaImage> {
    let bytes = fs::read(path).ok()?;
    let image = image::load_from_memory_with_format(&bytes, ImageFormat::WebP).ok()?;
    Some(image.into_rgba8())
}

fn write(path: &Path, image: &RgbaImage) {
    image
        .save_with_format(path, ImageFormat::WebP)
        .expect("the picture can be written");
}

fn difference(kept: &RgbaImage, drawn: &RgbaImage) -> Option<String> {
    if kept.dimensions() != drawn.dimensions() {
        let (was, is) = (kept.dimensions(), drawn.dimensions());
        return Some(format!("it was {was:?} pixels large and is {is:?}"));
    }
    // The usual case, and a fast one.
    if kept.as_raw() == drawn.as_raw() {
        return None;
    }
    let pixels = kept.enumerate_pixels().zip(drawn.pixels());
    let mut different = pixels.filter(|((_, _, was), is)| {
        let channels = was.0.iter().zip(is.0);
        channels
            .into_iter()
            .any(|(was, is)| was.abs_diff(is) > CLOSE)
    });
    let ((x, y, _), _) = different.next()?;
    let count = different.count() + 1;
    Some(format!("{count} pixels differ, the first at {x}, {y}"))
}
