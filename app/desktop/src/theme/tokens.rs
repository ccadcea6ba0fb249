//! The colours of both themes, with the contrast that WCAG 2.1 asks for proven by a test.

use egui::Color32;

/// One theme. Every colour on screen is one of these or a mixture of two of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tokens {
    /// The ground of the window.
    pub bg: Color32,
    /// Cards, fields, keys.
    pub surface: Color32,
    /// Quiet buttons, choices.
    pub sunken: Color32,
    /// The empty part of meters and bars.
    pub track: Color32,
    pub border: Color32,
    pub text: Color32,
    /// Second lines and captions.
    pub muted: Color32,
    pub accent: Color32,
    pub accent_soft: Color32,
    /// Text and icons on `accent`.
    pub on_accent: Color32,
    pub ok: Color32,
    pub ok_soft: Color32,
    pub on_ok: Color32,
    pub warn: Color32,
    /// Signs without words; too bright for text on light ground.
    pub warn_sign: Color32,
    pub warn_soft: Color32,
    pub danger: Color32,
    pub danger_soft: Color32,
    pub on_danger: Color32,
    /// Under cards and popups.
    pub shadow: Color32,
}

pub const LIGHT: Tokens = Tokens {
    bg: Color32::from_rgb(0xF4, 0xF6, 0xF8),
    surface: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    sunken: Color32::from_rgb(0xEB, 0xEF, 0xF3),
    track: Color32::from_rgb(0xDC, 0xE2, 0xE9),
    border: Color32::from_rgb(0xE1, 0xE6, 0xEB),
    text: Color32::from_rgb(0x17, 0x20, 0x2B),
    muted: Color32::from_rgb(0x5B, 0x68, 0x76),
    accent: Color32::from_rgb(0x0F, 0x6E, 0x84),
    accent_soft: Color32::from_rgb(0xDD, 0xF0, 0xF3),
    on_accent: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    ok: Color32::from_rgb(0x17, 0x79, 0x4A),
    ok_soft: Color32::from_rgb(0xE0, 0xF3, 0xE9),
    on_ok: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    warn: Color32::from_rgb(0x93, 0x57, 0x00),
    warn_sign: Color32::from_rgb(0xC1, 0x72, 0x00),
    warn_soft: Color32::from_rgb(0xFC, 0xF1, 0xDC),
    danger: Color32::from_rgb(0xC2, 0x30, 0x3A),
    danger_soft: Color32::from_rgb(0xFB, 0xE7, 0xE8),
    on_danger: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    shadow: Color32::from_black_alpha(14),
};

pub const DARK: Tokens = Tokens {
    bg: Color32::from_rgb(0x12, 0x17, 0x1D),
    surface: Color32::from_rgb(0x1B, 0x22, 0x2A),
    sunken: Color32::from_rgb(0x24, 0x2D, 0x37),
    track: Color32::from_rgb(0x2C, 0x36, 0x41),
    border: Color32::from_rgb(0x2C, 0x36, 0x41),
    text: Color32::from_rgb(0xEE, 0xF2, 0xF6),
    muted: Color32::from_rgb(0x9A, 0xA8, 0xB6),
    accent: Color32::from_rgb(0x3F, 0xB3, 0xCB),
    accent_soft: Color32::from_rgb(0x17, 0x35, 0x3D),
    on_accent: Color32::from_rgb(0x06, 0x17, 0x1B),
    ok: Color32::from_rgb(0x45, 0xC2, 0x8A),
    ok_soft: Color32::from_rgb(0x16, 0x33, 0x29),
    on_ok: Color32::from_rgb(0x06, 0x17, 0x1B),
    warn: Color32::from_rgb(0xE8, 0xA6, 0x3C),
    warn_sign: Color32::from_rgb(0xE8, 0xA6, 0x3C),
    warn_soft: Color32::from_rgb(0x2E, 0x26, 0x18),
    danger: Color32::from_rgb(0xF0, 0x6A, 0x74),
    danger_soft: Color32::from_rgb(0x36, 0x20, 0x26),
    on_danger: Color32::from_rgb(0x06, 0x17, 0x1B),
    shadow: Color32::from_black_alpha(48),
};

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.1 success criterion 1.4.3, ordinary text.
    const TEXT: f32 = 4.5;

    #[test]
    fn every_text_colour_is_readable_on_every_ground_it_stands_on() {
        for (theme, tokens) in [("light", LIGHT), ("dark", DARK)] {
            for (pair, text, ground) in pairs(&tokens) {
                let contrast = contrast(text, ground);
                assert!(contrast >= TEXT, "{theme}: {pair} is {contrast:.2}");
            }
        }
    }

    /// WCAG 2.1 success criterion 1.4.11, graphics that carry a meaning.
    #[test]
    fn signs_stand_out_from_their_ground() {
        for (theme, t) in [("light", LIGHT), ("dark", DARK)] {
            for sign in [t.ok, t.warn_sign, t.danger, t.muted, t.accent] {
                for ground in [t.bg, t.surface, t.accent_soft] {
                    let contrast = contrast(sign, ground);
                    assert!(
                        contrast >= 3.0,
                        "{theme}: {sign:?} on {ground:?}: {contrast:.2}"
                    );
                }
            }
        }
    }

    #[test]
    fn contrast_is_that_of_the_standard() {
        for (grey, expected) in [(0x00, 21.0), (0x77, 4.48), (0xFF, 1.0)] {
            let contrast = contrast(Color32::from_gray(grey), Color32::WHITE);
            assert!((contrast - expected).abs() < 0.01, "{grey}: {contrast}");
        }
    }

    fn pairs(t: &Tokens) -> Vec<(String, Color32, Color32)> {
        let grounds = [
            ("bg", t.bg),
            ("surface", t.surface),
            ("sunken", t.sunken),
            ("accent_soft", t.accent_soft),
        ];
        let everywhere = [("text", t.text), ("muted", t.muted), ("accent", t.accent)];
        let mut pairs = Vec::new();
        for (ground, fill) in grounds {
            for (name, colour) in everywhere {
                pairs.push((format!("{name} on {ground}"), colour, fill));
            }
        }
        for (ground, fill) in [("bg", t.bg), ("surface", t.surface)] {
            for (name, colour) in [("ok", t.ok), ("warn", t.warn), ("danger", t.danger)] {
                pairs.push((format!("{name} on {ground}"), colour, fill));
            }
        }
        for (name, colour, own, soft) in [
            ("ok", t.ok, t.on_ok, t.ok_soft),
            ("warn", t.warn, t.bg, t.warn_soft),
            ("danger", t.danger, t.on_danger, t.danger_soft),
            ("accent", t.accent, t.on_accent, t.accent_soft),
        ] {
            pairs.push((format!("on_{name} on {name}"), own, colour));
            pairs.push((format!("{name} on {name}_soft"), colour, soft));
            pairs.push((format!("text on {name}_soft"), t.text, soft));
            pairs.push((format!("muted on {name}_soft"), t.muted, soft));
        }
        pairs
    }

    fn contrast(a: Color32, b: Color32) -> f32 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Relative luminance as WCAG 2.1 defines it.
    fn luminance(colour: Color32) -> f32 {
        let [r, g, b] = [colour.r(), colour.g(), colour.b()].map(|channel| {
            let value = f32::from(channel) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}
