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

#[cfg(test)]
mod tests {
    #[test]
    fn the_icon_is_a_square_of_colours_with_alpha() {
        let icon = super::program();
        assert_eq!(icon.rgba.len(), 4 * (icon.width * icon.height) as usize);
        assert_eq!(icon.width, icon.height);
        assert!(icon.rgba.chunks(4).any(|pixel| pixel[3] == 255));
        assert_eq!(icon.rgba[3], 0, "its corners are round");
    }
}
