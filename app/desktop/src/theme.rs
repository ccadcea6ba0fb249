//! The look: the only source of colours, sizes, corner radii and text styles.
//!
//! Views ask [`tokens()`] for colours and [`Text`] for fonts; no other file writes a number that is
//! a colour, and sizes that belong together stand here side by side.

mod tokens;

use std::sync::{Arc, LazyLock, OnceLock};

use egui::{
    Color32, CornerRadius, FontFamily, FontId, FontProvider as _, Margin, Shadow, Stroke, Vec2,
    vec2,
};
use egui_system_font_provider::SystemFontProvider;

pub use tokens::{DARK, LIGHT, Tokens};

/// The tokens of the theme that this `ui` is drawn in.
pub fn tokens(ui: &egui::Ui) -> &'static Tokens {
    if ui.visuals().dark_mode {
        &DARK
    } else {
        &LIGHT
    }
}

/// Sizes in points.
pub mod size {
    /// The window opens with this size.
    pub const WINDOW: [f32; 2] = [400.0, 740.0];
    pub const WINDOW_MIN: [f32; 2] = [360.0, 600.0];
    /// From this width on there are a left rail and two panes.
    pub const WIDE: f32 = 820.0;
    /// The first of the two panes; the second takes the rest.
    pub const WIDE_PANE: f32 = 420.0;
    pub const RAIL: f32 = 88.0;

    /// Where Hark draws the window's frame itself: the bar that it is moved by.
    pub const FRAME_BAR: f32 = 36.0;
    pub const HEADER: f32 = 70.0;
    pub const TABS: f32 = 64.0;
    /// Between the window's edge and a card.
    pub const EDGE: f32 = 20.0;
    /// Between a card's edge and what it holds.
    pub const CARD_PADDING: f32 = 16.0;
    /// Between two cards.
    pub const GAP: f32 = 16.0;
    /// Text and cards of a single pane do not grow wider than this.
    pub const COLUMN: f32 = 520.0;

    pub const CARD_RADIUS: u8 = 16;
    pub const FIELD_RADIUS: u8 = 10;

    pub const FIELD_HEIGHT: f32 = 42.0;
    pub const BUTTON_HEIGHT: f32 = 44.0;
    pub const SMALL_BUTTON_HEIGHT: f32 = 36.0;
    pub const ROW_HEIGHT: f32 = 62.0;

    /// The round Call Voicemail button, and the soft ring around it.
    pub const VOICEMAIL_BUTTON: f32 = 116.0;
    pub const VOICEMAIL_HALO: f32 = 148.0;

    /// Keys of the Keypad screen where there is room, and the smallest they become.
    pub const KEY: f32 = 76.0;
    pub const KEY_MIN: f32 = 58.0;
    /// Keys during a call.
    pub const CALL_KEY: f32 = 54.0;
    pub const KEY_GAP: f32 = 12.0;

    pub const CALL_CONTROL: f32 = 56.0;
    pub const HANG_UP: f32 = 64.0;

    /// Offset and width of the ring around the control that has the keyboard.
    pub const FOCUS_OFFSET: f32 = 2.0;
    pub const FOCUS_WIDTH: f32 = 2.0;
}

/// The text styles of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    /// The number on the Keypad screen.
    Display,
    /// One a screen: "Call Voicemail", the name in a call.
    Title,
    /// Headings of cards and sections.
    Heading,
    /// Names, and buttons that ask for something.
    Strong,
    /// Rows, fields.
    Body,
    /// The line under a name.
    Small,
    /// Captions of controls, pills, badges.
    Caption,
    /// Letters under a digit.
    Tiny,
    /// A key of the Keypad screen.
    Key,
    /// A key during a call.
    SmallKey,
    /// Timers: all digits are equally wide.
    Timer,
}

impl Text {
    pub fn font(self) -> FontId {
        let (points, family) = match self {
            Self::Display => (28.0, &*MEDIUM),
            Self::Title => (21.0, &*SEMI_BOLD),
            Self::Heading => (17.0, &*SEMI_BOLD),
            Self::Strong => (15.0, &*MEDIUM),
            Self::Body => (14.5, &FontFamily::Proportional),
            Self::Small => (13.0, &FontFamily::Proportional),
            Self::Caption => (12.5, &*MEDIUM),
            Self::Tiny => (10.0, &*MEDIUM),
            Self::Key => (27.0, &*MEDIUM),
            Self::SmallKey => (20.0, &*MEDIUM),
            Self::Timer => (16.0, &*TABULAR),
        };
        FontId::new(points, family.clone())
    }
}

/// The font of the icons at `points`.
pub fn icon_font(points: f32) -> FontId {
    FontId::new(points, ICONS.clone())
}

/// Loads the fonts and gives both themes their style. Call once, before the first frame.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    // The size of text is a setting of ours, with keys of its own.
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    for (theme, tokens) in [(egui::Theme::Light, &LIGHT), (egui::Theme::Dark, &DARK)] {
        ctx.style_mut_of(theme, |style| restyle(style, tokens));
    }
}

/// Letters that the fonts in the assets lack come from the system's, which are looked through when the first
/// such letter is to be drawn: that takes a while, and most people never meet one.
pub fn borrow_fonts_of_the_system(ctx: &egui::Context) {
    let system = OnceLock::new();
    let font_for = move |request: &egui::FallbackRequest<'_>| {
        let fonts = system.get_or_init(SystemFontProvider::new);
        fonts.font_for(request)
    };
    ctx.add_font_provider(Arc::new(font_for));
}

fn fonts() -> egui::FontDefinitions {
    use hark_assets::{fonts, icons};
    let mut definitions = egui::FontDefinitions::empty();
    for (name, bytes) in [
        ("regular", fonts::INTER_REGULAR),
        ("medium", fonts::INTER_MEDIUM),
        ("semi-bold", fonts::INTER_SEMI_BOLD),
        ("tabular", fonts::INTER_MEDIUM_TABULAR),
        ("icons", icons::LUCIDE),
    ] {
        let data = Arc::new(egui::FontData::from_static(bytes));
        definitions.font_data.insert(name.to_owned(), data);
    }
    for (family, names) in [
        (FontFamily::Proportional, &["regular"][..]),
        (FontFamily::Monospace, &["regular"]),
        (MEDIUM.clone(), &["medium", "regular"]),
        (SEMI_BOLD.clone(), &["semi-bold", "regular"]),
        (TABULAR.clone(), &["tabular", "medium"]),
        (ICONS.clone(), &["icons"]),
    ] {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        definitions.families.insert(family, names);
    }
    definitions
}

fn restyle(style: &mut egui::Style, tokens: &Tokens) {
    style.text_styles = [
        (egui::TextStyle::Heading, Text::Heading.font()),
        (egui::TextStyle::Body, Text::Body.font()),
        (egui::TextStyle::Button, Text::Body.font()),
        (egui::TextStyle::Monospace, Text::Small.font()),
        (egui::TextStyle::Small, Text::Small.font()),
    ]
    .into();
    style.spacing.item_spacing = vec2(8.0, 8.0);
    style.spacing.button_padding = vec2(12.0, 8.0);
    style.spacing.interact_size = Vec2::splat(24.0);
    style.spacing.menu_margin = Margin::same(6);
    style.spacing.scroll = egui::style::ScrollStyle {
        floating_allocated_width: 0.0,
        ..egui::style::ScrollStyle::thin()
    };
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.3;
    repaint_visuals(&mut style.visuals, tokens);
}

fn repaint_visuals(visuals: &mut egui::Visuals, tokens: &Tokens) {
    visuals.override_text_color = Some(tokens.text);
    visuals.panel_fill = tokens.bg;
    visuals.window_fill = tokens.surface;
    visuals.window_stroke = Stroke::new(1.0, tokens.border);
    visuals.window_corner_radius = CornerRadius::same(size::CARD_RADIUS);
    visuals.menu_corner_radius = CornerRadius::same(size::CARD_RADIUS - 2);
    visuals.popup_shadow = tokens.popup_shadow();
    visuals.window_shadow = tokens.popup_shadow();
    visuals.extreme_bg_color = tokens.sunken;
    visuals.text_edit_bg_color = Some(tokens.surface);
    visuals.selection.bg_fill = tokens.accent_soft;
    visuals.selection.stroke = Stroke::new(1.0, tokens.accent);
    visuals.text_cursor.stroke = Stroke::new(2.0, tokens.accent);
    visuals.hyperlink_color = tokens.accent;
    visuals.warn_fg_color = tokens.warn;
    visuals.error_fg_color = tokens.danger;
    let widgets = &mut visuals.widgets;
    for (state, fill) in [
        (&mut widgets.noninteractive, tokens.surface),
        (&mut widgets.inactive, tokens.sunken),
        (&mut widgets.hovered, tokens.hovered(tokens.sunken)),
        (&mut widgets.active, tokens.hovered(tokens.sunken)),
        (&mut widgets.open, tokens.sunken),
    ] {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::new(1.0, tokens.border);
        state.fg_stroke = Stroke::new(1.0, tokens.text);
        state.corner_radius = CornerRadius::same(size::FIELD_RADIUS);
        state.expansion = 0.0;
    }
}

impl Tokens {
    /// `fill` with the pointer over it.
    pub fn hovered(&self, fill: Color32) -> Color32 {
        fill.lerp_to_gamma(self.text, 0.07)
    }

    /// `fill` while it is pressed.
    pub fn pressed(&self, fill: Color32) -> Color32 {
        fill.lerp_to_gamma(self.text, 0.14)
    }

    /// The faint shadow that lifts a card off the ground; on dark ground the border does that.
    pub fn card_shadow(&self) -> Shadow {
        Shadow {
            offset: [0, 1],
            blur: 6,
            spread: 0,
            color: self.shadow,
        }
    }

    pub fn popup_shadow(&self) -> Shadow {
        Shadow {
            offset: [0, 6],
            blur: 20,
            spread: 0,
            color: self.shadow.gamma_multiply(2.0),
        }
    }
}

static MEDIUM: LazyLock<FontFamily> = LazyLock::new(|| FontFamily::Name("medium".into()));
static SEMI_BOLD: LazyLock<FontFamily> = LazyLock::new(|| FontFamily::Name("semi-bold".into()));
static TABULAR: LazyLock<FontFamily> = LazyLock::new(|| FontFamily::Name("tabular".into()));
static ICONS: LazyLock<FontFamily> = LazyLock::new(|| FontFamily::Name("icons".into()));
