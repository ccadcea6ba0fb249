//! Arithmetic of colours: premultiplied, in gamma space, packed as `0xAARRGGBB`.

use egui::Color32;

pub fn pack(color: Color32) -> u32 {
    let [red, green, blue, alpha] = color.to_array();
    u32::from_be_bytes([alpha, red, green, blue])
}

/// Packs channels that lie between 0 and 255, in the order of [`Color32::to_array`].
pub fn pack_channels([red, green, blue, alpha]: [f32; 4]) -> u32 {
    let byte = |channel: f32| (channel + 0.5) as u8;
    u32::from_be_bytes([byte(alpha), byte(red), byte(green), byte(blue)])
}

pub fn channels(packed: u32) -> [f32; 4] {
    let [alpha, red, green, blue] = packed.to_be_bytes();
    [red, green, blue, alpha].map(f32::from)
}

/// `color` before `ground`, which is opaque.
#[inline]
pub fn over(color: u32, ground: u32) -> u32 {
    match color >> 24 {
        255 => color,
        alpha => add(color, scale(ground, 255 - alpha)),
    }
}

/// All four channels times `share` of 255, rounded.
#[inline]
pub fn scale(color: u32, share: u32) -> u32 {
    let two = |lanes: u32| {
        let product = lanes * share + 0x0080_0080;
        ((product + ((product >> 8) & LANES)) >> 8) & LANES
    };
    two(color & LANES) | (two((color >> 8) & LANES) << 8)
}

/// Channel by channel, up to 255: a colour that only adds light has no alpha and can go beyond.
#[inline]
fn add(one: u32, other: u32) -> u32 {
    let two = |one: u32, other: u32| {
        let sum = (one & LANES) + (other & LANES);
        let full = (sum >> 8) & 0x0001_0001;
        (sum | (full * 255)) & LANES
    };
    two(one, other) | (two(one >> 8, other >> 8) << 8)
}

/// Channel by channel, as a texel takes on the colour of its vertices.
#[inline]
pub fn times(one: u32, other: u32) -> u32 {
    let [one, other] = [one.to_be_bytes(), other.to_be_bytes()];
    u32::from_be_bytes(std::array::from_fn(|channel| {
        let product = u32::from(one[channel]) * u32::from(other[channel]) + 128;
        ((product + (product >> 8)) >> 8) as u8
    }))
}

/// Every second channel of a packed colour.
const LANES: u32 = 0x00ff_00ff;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_and_whole_ones_change_nothing() {
        for channel in 0..=255u32 {
            let color = channel * 0x0101_0101;
            for share in 0..=255u32 {
                let exact = (f64::from(channel) * f64::from(share) / 255.0).round() as u32;
                assert_eq!(scale(color, share), exact * 0x0101_0101);
                assert_eq!(times(color, share * 0x0101_0101), exact * 0x0101_0101);
            }
        }
    }

    #[test]
    fn light_that_is_added_stops_at_white() {
        let glow = pack(Color32::from_rgb_additive(200, 10, 0));
        assert_eq!(over(glow, 0xff64_f064), 0xffff_fa64);
    }
}
