//! The program's icon, for windows and trays.

use egui::{Color32, IconData};

use crate::standing::Mood;
use crate::theme::LIGHT;

/// Rows of pixels from the top, red, green, blue and alpha of each.
pub fn program() -> IconData {
    let mut reader = png::Decoder::new(std::io::Cursor::new(hark_assets::icons::APP_ICON_PNG))
        .read_info()
        .expect("the icon in the assets is a PNG file");
    let mut rgba = vec![0; reader.output_buffer_size().expect("the icon is small")];
    let image = reader.next_frame(&mut rgba).expect("the icon is whole");
    IconData {
        rgba,
        width: image.width,
        height: image.height,
    }
}

/// The same for a tray, which draws it at 22 pixels, or at 64 where the screen is very fine: with a dot above for news
/// and one below for a call, and pale while nobody can ring.
pub fn tray(mood: Mood) -> IconData {
    let icon = shrunk(&program(), 4);
    match mood {
        Mood::Calm => icon,
        Mood::News => dotted(icon, LIGHT.danger, ABOVE),
        Mood::InCall => dotted(icon, LIGHT.ok, BELOW),
        Mood::Away => pale(icon),
    }
}

/// Draws a dot on the right, with a gap around it that lets it stand out from the icon.
fn dotted(mut icon: IconData, colour: Color32, height: f32) -> IconData {
    let side = icon.width as f32;
    for (index, pixel) in icon.rgba.chunks_exact_mut(4).enumerate() {
        let (x, y) = (index % icon.width as usize, index / icon.width as usize);
        let (right, down) = (
            x as f32 + 0.5 - side * RIGHT,
            y as f32 + 0.5 - side * height,
        );
        // How many pixels lie between this one and the middle of the dot.
        let distance = right.hypot(down);
        let of_the_dot = (side * RADIUS - distance + 0.5).clamp(0.0, 1.0);
        let of_the_icon = (distance - side * (RADIUS + GAP) + 0.5).clamp(0.0, 1.0);
        if of_the_dot > 0.0 {
            pixel.copy_from_slice(&[
                colour.r(),
                colour.g(),
                colour.b(),
                (255.0 * of_the_dot) as u8,
            ]);
        } else {
            pixel[3] = (f32::from(pixel[3]) * of_the_icon) as u8;
        }
    }
    icon
}

fn pale(mut icon: IconData) -> IconData {
    for pixel in icon.rgba.chunks_exact_mut(4) {
        pixel[3] = (u16::from(pixel[3]) * 2 / 5) as u8;
    }
    icon
}

// In parts of the icon's side.
const ABOVE: f32 = 0.23;
const BELOW: f32 = 0.77;
const RIGHT: f32 = 0.77;
const RADIUS: f32 = 0.21;
const GAP: f32 = 0.06;

/// Each square of `factor` pixels becomes one.
fn shrunk(icon: &IconData, factor: u32) -> IconData {
    let (width, height) = (icon.width / factor, icon.height / factor);
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let rgba = places.flat_map(|(x, y)| mean(icon, x * factor, y * factor, factor));
    IconData {
        rgba: rgba.collect(),
        width,
        height,
    }
}

/// The mean colour of a square. A pixel counts for as much as can be seen of it.
fn mean(icon: &IconData, left: u32, top: u32, side: u32) -> [u8; 4] {
    let mut sum = [0; 4];
    for y in top..top + side {
        let start = 4 * (y * icon.width + left) as usize;
        for pixel in icon.rgba[start..][..4 * side as usize].chunks_exact(4) {
            let alpha = u32::from(pixel[3]);
            sum[3] += alpha;
            (0..3).for_each(|colour| sum[colour] += u32::from(pixel[colour]) * alpha);
        }
    }
    let colour = |sum: u32, alpha: u32| (sum / alpha.max(1)) as u8;
    let [red, green, blue, alpha] = sum;
    [
        colour(red, alpha),
        colour(green, alpha),
        colour(blue, alpha),
        (alpha / (side * side)) as u8,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_is_a_square_of_colours_with_alpha() {
        let icon = program();
        assert_eq!(icon.rgba.len(), 4 * (icon.width * icon.height) as usize);
        assert_eq!(icon.width, icon.height);
        assert!(icon.rgba.chunks(4).any(|pixel| pixel[3] == 255));
        assert_eq!(icon.rgba[3], 0, "its corners are round");
    }

    #[test]
    fn what_cannot_be_seen_has_no_colour_in_a_smaller_icon() {
        let icon = IconData {
            rgba: [
                [200, 100, 0, 255],
                [0, 0, 0, 0],
                [100, 0, 50, 255],
                [9, 9, 9, 0],
            ]
            .concat(),
            width: 2,
            height: 2,
        };
        assert_eq!(shrunk(&icon, 2).rgba, [150, 50, 25, 127]);
    }

    #[test]
    fn a_tray_shows_how_the_phone_stands() {
        let calm = tray(Mood::Calm);
        assert_eq!((calm.width, calm.height), (64, 64));
        let at = |mood, height| {
            let (x, y) = ((64.0 * RIGHT) as usize, (64.0 * height) as usize);
            let pixel = tray(mood).rgba[4 * (y * 64 + x)..][..4].to_vec();
            Color32::from_rgba_unmultiplied(pixel[0], pixel[1], pixel[2], pixel[3])
        };
        for (mood, above, below) in [
            (Mood::Calm, at(Mood::Calm, ABOVE), at(Mood::Calm, BELOW)),
            (Mood::News, LIGHT.danger, at(Mood::Calm, BELOW)),
            (Mood::InCall, at(Mood::Calm, ABOVE), LIGHT.ok),
        ] {
            assert_eq!(
                (at(mood, ABOVE), at(mood, BELOW)),
                (above, below),
                "{mood:?}"
            );
        }
        assert_ne!(at(Mood::Calm, ABOVE), LIGHT.danger);
        assert_eq!(at(Mood::Away, BELOW).a(), 102);
    }
}
