//! The comparison as text for a terminal and as a table in Markdown.

use crate::report::{Row, Verdict};

/// For people at a terminal.
pub fn text(phones: &[String], rows: &[Row]) -> String {
    let mut lines = vec![line(&heading(phones))];
    lines.extend(rows.iter().map(|row| line(&cells(phones, row))));
    lines.join("\n")
}

/// For docs/sound.md.
pub fn markdown(phones: &[String], rows: &[Row]) -> String {
    let heading = heading(phones);
    let mut lines = vec![bar(&heading), bar(&vec!["---".to_owned(); heading.len()])];
    lines.extend(rows.iter().map(|row| bar(&cells(phones, row))));
    lines.join("\n")
}

fn heading(phones: &[String]) -> Vec<String> {
    let mut cells = vec!["what".to_owned(), "goal".to_owned()];
    cells.extend(phones.iter().cloned());
    cells.extend(
        phones
            .get(1)
            .map(|other| format!("{} : {other}", phones[0])),
    );
    cells.push(String::new());
    cells
}

fn cells(phones: &[String], row: &Row) -> Vec<String> {
    let title = match row.unit {
        "" => row.title.clone(),
        unit => format!("{}, {unit}", row.title),
    };
    let mut cells = vec![
        title,
        row.goal.map(|goal| goal.to_string()).unwrap_or_default(),
    ];
    for (at, value) in row.values.iter().enumerate() {
        let least = row.least.get(at).copied().flatten();
        cells.push(match (value, least) {
            (Some(value), Some(least)) => format!("{value:.2} ({least:.2})"),
            (Some(value), None) => number(*value),
            (None, _) => "–".to_owned(),
        });
    }
    if phones.len() > 1 {
        cells.push(
            row.ratio()
                .map(|ratio| format!("{ratio:.2}"))
                .unwrap_or_default(),
        );
    }
    cells.push(
        match row.verdict() {
            Verdict::Reached => "reached",
            Verdict::Missed => "missed",
            Verdict::None => "",
        }
        .to_owned(),
    );
    cells
}

fn number(value: f64) -> String {
    if value < 10.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.1}")
    }
}

fn line(cells: &[String]) -> String {
    let (title, rest) = cells.split_first().expect("a row has a title");
    let rest: Vec<String> = rest.iter().map(|cell| format!("{cell:>14}")).collect();
    format!("{title:<50}{}", rest.concat())
}

fn bar(cells: &[String]) -> String {
    format!("| {} |", cells.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goal::Goal;

    #[test]
    fn a_row_tells_value_worst_ratio_and_verdict() {
        let phones = ["hark", "baresip"].map(str::to_owned);
        let row = Row {
            title: "PESQ: 5 % loss".to_owned(),
            unit: "",
            goal: Some(Goal::AtLeast(3.25)),
            values: vec![Some(3.3), Some(2.2)],
            least: vec![Some(3.0), None],
        };
        let table = markdown(&phones, &[row]);
        assert_eq!(
            table.lines().last().unwrap(),
            "| PESQ: 5 % loss | ≥ 3.25 | 3.30 (3.00) | 2.20 | 1.50 | reached |"
        );
    }
}
