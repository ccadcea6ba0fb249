//! Plots as SVG that is small, reads without colour, and carries its own ground for dark pages.

use std::fmt::Write as _;

use crate::report::Row;

/// Lines over a number, one for each phone.
pub struct Curves<'a> {
    pub title: &'a str,
    pub below: &'a str,
    /// From where to where the plot reaches upwards.
    pub range: (f64, f64),
    /// What is at each step: its number and the row that holds the figures.
    pub steps: &'a [(f64, &'a Row)],
}

impl Curves<'_> {
    pub fn draw(&self, phones: &[String]) -> String {
        let mut svg = open(self.title);
        let last = self.steps.last().map_or(1.0, |(at, _)| *at);
        let x = |at: f64| LEFT + at / last * (WIDTH - LEFT - RIGHT);
        let (low, high) = self.range;
        let y = |value: f64| BOTTOM - (value - low) / (high - low) * (BOTTOM - TOP);
        for tick in (0..=10)
            .map(|half| low + f64::from(half) / 2.0)
            .filter(|tick| *tick <= high)
        {
            grid(&mut svg, y(tick), &format!("{tick:.1}"));
        }
        for (at, row) in self.steps {
            label(
                &mut svg,
                x(*at),
                BOTTOM + 16.0,
                "middle",
                &format!("{:.0}", at),
            );
            if let Some(goal) = row.goal {
                let (x, y) = (x(*at), y(goal.limit()));
                put(
                    &mut svg,
                    format_args!(
                        r##"<path d="M{:.1} {y:.1}h16" stroke="#333" stroke-width="3"><title>goal: {goal}</title></path>"##,
                        x - 8.0
                    ),
                );
            }
        }
        for (at, phone) in phones.iter().enumerate() {
            let points: Vec<(f64, f64)> = self
                .steps
                .iter()
                .filter_map(|(step, row)| Some((x(*step), y((*row.values.get(at)?)?))))
                .collect();
            curve(&mut svg, at, &points);
            legend(&mut svg, at, phone);
        }
        label(&mut svg, WIDTH / 2.0, HEIGHT - 8.0, "middle", self.below);
        close(svg)
    }
}

/// Bars in panels, a panel for each row and a bar for each phone.
pub fn bars(title: &str, phones: &[String], rows: &[&Row]) -> String {
    let mut svg = open(title);
    let panel = (WIDTH - LEFT) / rows.len().max(1) as f64;
    for (at, row) in rows.iter().enumerate() {
        let left = LEFT / 2.0 + panel * at as f64;
        draw_panel(&mut svg, left, panel, row);
    }
    for (at, phone) in phones.iter().enumerate() {
        legend(&mut svg, at, phone);
    }
    close(svg)
}

fn draw_panel(svg: &mut String, left: f64, width: f64, row: &Row) {
    let goal = row.goal.map(|goal| goal.limit());
    let most = row
        .values
        .iter()
        .flatten()
        .copied()
        .chain(goal)
        .fold(f64::MIN_POSITIVE, f64::max);
    let y = |value: f64| BOTTOM - value / most * (BOTTOM - TOP - 16.0);
    let slot = width / (row.values.len() as f64 + 1.0);
    for (at, value) in row.values.iter().enumerate() {
        let Some(value) = value else { continue };
        let (x, top) = (left + slot * (at as f64 + 0.5), y(*value));
        put(
            svg,
            format_args!(
                r#"<rect x="{x:.1}" y="{top:.1}" width="{:.1}" height="{:.1}" fill="{}"/>"#,
                slot * 0.8,
                BOTTOM - top,
                colour(at)
            ),
        );
        label(svg, x + slot * 0.4, top - 4.0, "middle", &short(*value));
    }
    if let Some(goal) = goal {
        put(
            svg,
            format_args!(
                r##"<path d="M{left:.1} {:.1}h{:.1}" stroke="#333" stroke-dasharray="4"><title>goal</title></path>"##,
                y(goal),
                width - slot / 2.0
            ),
        );
    }
    put(
        svg,
        format_args!(
            r##"<path d="M{left:.1} {BOTTOM}h{:.1}" stroke="#333"/>"##,
            width - slot / 2.0
        ),
    );
    label(
        svg,
        left + width / 2.0 - slot / 4.0,
        BOTTOM + 18.0,
        "middle",
        &format!("{}, {}", row.title, row.unit),
    );
}

fn short(value: f64) -> String {
    if value < 10.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.0}")
    }
}

fn open(title: &str) -> String {
    let mut svg = String::new();
    put(
        &mut svg,
        format_args!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">"#
        ),
    );
    put(&mut svg, format_args!("<title>{title}</title>"));
    put(
        &mut svg,
        format_args!(r##"<rect width="100%" height="100%" fill="#ffffff"/>"##),
    );
    svg
}

fn close(mut svg: String) -> String {
    put(&mut svg, format_args!("</svg>"));
    svg
}

fn grid(svg: &mut String, y: f64, text: &str) {
    put(
        svg,
        format_args!(
            r##"<path d="M{LEFT} {y:.1}H{}" stroke="#ddd"/>"##,
            WIDTH - RIGHT
        ),
    );
    label(svg, LEFT - 6.0, y + 4.0, "end", text);
}

fn curve(svg: &mut String, at: usize, points: &[(f64, f64)]) {
    let path: Vec<String> = points
        .iter()
        .map(|(x, y)| format!("{x:.1},{y:.1}"))
        .collect();
    put(
        svg,
        format_args!(
            r#"<polyline points="{}" fill="none" stroke="{}" stroke-width="2" stroke-dasharray="{}"/>"#,
            path.join(" "),
            colour(at),
            DASHES[at % DASHES.len()]
        ),
    );
    for (x, y) in points {
        put(
            svg,
            format_args!(
                r#"<circle cx="{x:.1}" cy="{y:.1}" r="3" fill="{}"/>"#,
                colour(at)
            ),
        );
    }
}

fn legend(svg: &mut String, at: usize, phone: &str) {
    let x = LEFT + 110.0 * at as f64;
    put(
        svg,
        format_args!(
            r#"<path d="M{x:.1} 14h24" stroke="{}" stroke-width="6" stroke-dasharray="{}"/>"#,
            colour(at),
            DASHES[at % DASHES.len()]
        ),
    );
    label(svg, x + 30.0, 18.0, "start", phone);
}

fn label(svg: &mut String, x: f64, y: f64, anchor: &str, text: &str) {
    put(
        svg,
        format_args!(
            r##"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" fill="#222">{text}</text>"##
        ),
    );
}

fn put(svg: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(svg, "{line}").expect("a String takes all that is written");
}

fn colour(at: usize) -> &'static str {
    COLOURS[at % COLOURS.len()]
}

const WIDTH: f64 = 700.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 44.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 252.0;

/// Apart for those who see no red or no green, too (after Okabe and Ito).
const COLOURS: [&str; 4] = ["#0072b2", "#d55e00", "#009e73", "#666666"];
const DASHES: [&str; 4] = ["none", "8 3", "2 3", "8 3 2 3"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goal::Goal;

    fn row(values: &[f64]) -> Row {
        Row {
            title: "memory".to_owned(),
            unit: "MB",
            goal: Some(Goal::AtMost(12.0)),
            values: values.iter().copied().map(Some).collect(),
            least: Vec::new(),
        }
    }

    #[test]
    fn a_curve_goes_down_where_the_figures_do() {
        let phones = ["hark", "baresip"].map(str::to_owned);
        let (first, second) = (row(&[4.0, 3.0]), row(&[2.0, 3.0]));
        let svg = Curves {
            title: "t",
            below: "loss",
            range: (1.0, 5.0),
            steps: &[(0.0, &first), (20.0, &second)],
        }
        .draw(&phones);
        let height = BOTTOM - TOP;
        let at = |value: f64| BOTTOM - (value - 1.0) / 4.0 * height;
        let line = format!("44.0,{:.1} 680.0,{:.1}", at(4.0), at(2.0));
        assert!(svg.contains(&line), "{svg}");
        assert!(svg.contains(">baresip</text>"));
    }

    #[test]
    fn bars_name_their_figures() {
        let phones = ["hark", "baresip"].map(str::to_owned);
        let svg = bars("t", &phones, &[&row(&[9.5, 12.7])]);
        for part in [">9.50</text>", ">13</text>", ">memory, MB</text>"] {
            assert!(svg.contains(part), "{svg} lacks {part}");
        }
    }
}
