//! The program's icon, for windows and trays.

/// Rows of pixels from the top, red, green, blue and alpha of each.
pub fn program() -> egui::IconData {
    let mut reader = png::Decoder::new(std::io::Cursor::new(hark_assets::icons::APP_ICON_PNG))
        .read_info()
        .expect("the icon in the assets is a PNG file");
    let mut rgba = vec![0; reader.output_buffer_size().expect("the icon is small")];
    let image = reader.next_frame(&mut rgba).expect("the icon is whole");
    egui::IconData {
        rgba,
        width: image.width,
        height: image.height,
    }
}

/// The same for a tray, which draws it at 22 pixels, or at 64 where the screen is very fine.
pub fn tray() -> egui::IconData {
    shrunk(&program(), 4)
}

/// Each square of `factor` pixels becomes one.
fn shrunk(icon: &egui::IconData, factor: u32) -> egui::IconData {
    let (width, height) = (icon.width / factor, icon.height / factor);
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let rgba = places.flat_map(|(x, y)| mean(icon, x * factor, y * factor, factor));
    egui::IconData {
        rgba: rgba.collect(),
        width,
        height,
    }
}

/// The mean colour of a square. A pixel counts for as much as can be seen of it.
fn mean(icon: &egui::IconData, left: u32, top: u32, side: u32) -> [u8; 4] {
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
        let icon = egui::IconData {
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
    fn a_tray_gets_an_icon_of_sixty_four_pixels() {
        let icon = tray();
        assert_eq!((icon.width, icon.height), (64, 64));
        assert_eq!(icon.rgba.len(), 4 * 64 * 64);
    }
}
