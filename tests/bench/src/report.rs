//! The rows of the comparison: one figure of each phone, and what Hark wants to reach.

use crate::condition::{CONDITIONS, Codec, Condition};
use crate::goal::Goal;
use crate::results::{Results, mean, median};

/// One line of the table.
pub struct Row {
    pub title: String,
    pub unit: &'static str,
    pub goal: Option<Goal>,
    /// In the order of the phones.
    pub values: Vec<Option<f64>>,
    /// The worst utterance, for scores.
    pub least: Vec<Option<f64>>,
}

/// Whether Hark reaches a goal.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Reached,
    Missed,
    /// There is no goal.
    None,
}

impl Row {
    pub fn verdict(&self) -> Verdict {
        match (self.goal, self.values.first()) {
            (Some(goal), Some(Some(value))) if goal.is_reached(*value) => Verdict::Reached,
            (Some(_), _) => Verdict::Missed,
            (None, _) => Verdict::None,
        }
    }

    /// Hark's figure as a multiple of the next phone's.
    pub fn ratio(&self) -> Option<f64> {
        let [Some(hark), Some(other)] = self.values.get(..2)? else {
            return None;
        };
        Some(hark / other)
    }

    fn is_measured(&self) -> bool {
        self.values.iter().any(Option::is_some)
    }
}

/// What was measured, in the order of the table.
pub fn rows(results: &Results) -> Vec<Row> {
    let scores = CONDITIONS
        .iter()
        .map(|condition| scores(results, condition));
    let delays = CONDITIONS
        .iter()
        .filter(|condition| condition.delay_ms.is_some())
        .map(|condition| delays(results, condition));
    scores
        .chain(delays)
        .chain(costs(results))
        .filter(Row::is_measured)
        .collect()
}

fn scores(results: &Results, condition: &Condition) -> Row {
    let band = match condition.codec {
        Codec::Pcmu => "PESQ",
        Codec::Opus => "PESQ-WB",
    };
    let scores = |phone: &String| results.scores(condition.id, phone);
    Row {
        title: format!("{band}: {}", condition.title),
        unit: "",
        goal: condition.score,
        values: results
            .phones
            .iter()
            .map(|phone| mean(&scores(phone)))
            .collect(),
        least: results
            .phones
            .iter()
            .map(|phone| scores(phone).into_iter().min_by(f64::total_cmp))
            .collect(),
    }
}

fn delays(results: &Results, condition: &Condition) -> Row {
    figure(
        &format!("packet to sample: {}", condition.title),
        "ms",
        condition.delay_ms,
        results
            .phones
            .iter()
            .map(|phone| median(results.delays_ms(condition.id, phone))),
    )
}

fn costs(results: &Results) -> Vec<Row> {
    let phones = || results.phones.iter();
    let seconds: Vec<_> = phones()
        .map(|phone| median(results.costs(phone).map(|cost| cost.processor_s)))
        .collect();
    // Hark wants half of what the phone beside it needs in the same run.
    let half = seconds
        .get(1)
        .copied()
        .flatten()
        .map(|other| Goal::AtMost(other / 2.0));
    vec![
        figure("processor, a minute of call with SRTP", "s", half, seconds),
        figure(
            "the sound server's share beside it",
            "s",
            None,
            phones().map(|phone| median(results.costs(phone).map(|cost| cost.server_processor_s))),
        ),
        figure(
            "peak memory in that call",
            "MB",
            Some(Goal::AtMost(12.0)),
            phones().map(|phone| median(results.costs(phone).map(|cost| cost.peak_mb))),
        ),
        figure(
            "dialled to first packet sent",
            "ms",
            Some(Goal::AtMost(30.0)),
            phones().map(|phone| median(results.dialled(phone).map(|dialled| dialled.sent_ms))),
        ),
        figure(
            "dialled to first packet received",
            "ms",
            Some(Goal::AtMost(30.0)),
            phones().map(|phone| median(results.dialled(phone).map(|dialled| dialled.received_ms))),
        ),
    ]
}

fn figure(
    title: &str,
    unit: &'static str,
    goal: Option<Goal>,
    values: impl IntoIterator<Item = Option<f64>>,
) -> Row {
    Row {
        title: title.to_owned(),
        unit,
        goal,
        values: values.into_iter().collect(),
        least: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Cost, Heard, Listening};

    fn results() -> Results {
        let heard = |phone: &str, scores: &[f64]| Heard {
            phone: phone.to_owned(),
            scores: scores.to_vec(),
            delays_ms: vec![40.0, 50.0, 41.0],
            late_ms: 0.1,
        };
        let cost = |phone: &str, processor_s| Cost {
            phone: phone.to_owned(),
            processor_s,
            server_processor_s: 1.0,
            peak_mb: 12.0,
        };
        Results {
            phones: ["hark", "baresip"].map(str::to_owned).to_vec(),
            listenings: vec![Listening {
                condition: "clean".to_owned(),
                seed: 1,
                heard: vec![heard("hark", &[4.4, 4.2]), heard("baresip", &[4.0, 4.0])],
            }],
            costs: vec![cost("hark", 1.0), cost("baresip", 1.9)],
            ..Results::default()
        }
    }

    fn row(title: &str) -> Row {
        let mut rows = rows(&results());
        let at = rows
            .iter()
            .position(|row| row.title.starts_with(title))
            .unwrap();
        rows.swap_remove(at)
    }

    #[test]
    fn a_score_is_the_mean_and_tells_the_worst_utterance() {
        let row = row("PESQ: no loss");
        assert!((row.values[0].unwrap() - 4.3).abs() < 1e-9);
        assert_eq!(row.least[0], Some(4.2));
        assert_eq!(row.verdict(), Verdict::Reached);
        assert!((row.ratio().unwrap() - 1.075).abs() < 1e-9);
    }

    #[test]
    fn processor_time_is_held_against_half_of_the_other_phone() {
        let row = row("processor");
        assert_eq!(row.goal, Some(Goal::AtMost(0.95)));
        assert_eq!(row.verdict(), Verdict::Missed);
    }

    #[test]
    fn a_delay_is_the_median_of_the_utterances() {
        assert_eq!(row("packet to sample").values, [Some(41.0), Some(41.0)]);
    }

    #[test]
    fn what_was_not_measured_has_no_row() {
        assert!(
            rows(&results())
                .iter()
                .all(|row| !row.title.starts_with("dialled"))
        );
    }
}
