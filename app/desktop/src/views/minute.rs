//! The last minute of a call as plots, one bar a second: the opinion beside a call, and what the
//! network did to it for those who ask why.

use egui::{Color32, Ui};
use hark_phone::snapshot::{Quality, SoundSecond};

use crate::text::{self, Measure};
use crate::theme::{self, Text, Tokens};
use crate::widgets::{minute_plot, quality_colour, text_wrapped};

/// The opinion of each second, and in words below.
pub fn opinion(ui: &mut Ui, seconds: &[SoundSecond]) {
    let t = theme::tokens(ui);
    let bars: Vec<_> = seconds.iter().map(|second| rated(second, t)).collect();
    minute_plot(ui, &bars);
    text_wrapped(ui, text::last_minute(seconds), Text::Caption, t.muted);
}

/// Loss, jitter and delay, each with its words below.
pub fn measures(ui: &mut Ui, seconds: &[SoundSecond]) {
    let t = theme::tokens(ui);
    for measure in [Measure::Loss, Measure::Jitter, Measure::Delay] {
        let full = full_scale(measure);
        let bar = |second: &SoundSecond| {
            let share = text::figure(measure, second) / full;
            Some((share, t.accent))
        };
        let bars: Vec<_> = seconds.iter().map(bar).collect();
        minute_plot(ui, &bars);
        text_wrapped(ui, text::measured(measure, seconds), Text::Caption, t.muted);
    }
}

/// The opinion of one second as a share of the best, in the colour of its quality.
fn rated(second: &SoundSecond, tokens: &Tokens) -> Option<(f32, Color32)> {
    let rating = second.rating?;
    let share = (rating.mos - WORST_OPINION) / (BEST_OPINION - WORST_OPINION);
    let colour = quality_colour(tokens, Quality::of(rating.r_factor));
    Some((share, colour))
}

/// What fills a plot: where a call becomes hard to follow (ITU-T G.114 for the delay).
fn full_scale(measure: Measure) -> f32 {
    match measure {
        Measure::Loss => 20.0,
        Measure::Jitter => 100.0,
        Measure::Delay => 400.0,
    }
}

/// The ends of the scale of opinions that the E-model reaches (ITU-T G.107 annex B).
const WORST_OPINION: f32 = 1.0;
const BEST_OPINION: f32 = 4.5;
