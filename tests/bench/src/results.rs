//! What one run measured, as it is kept under `target/` and as the report reads it.

use serde::{Deserialize, Serialize};

/// Everything of one run.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Results {
    pub machine: String,
    /// Work of others on the machine when the run began and when it ended (the load of a minute).
    pub load: Vec<f64>,
    /// In the order of the table.
    pub phones: Vec<String>,
    /// Name and version of each phone.
    pub versions: Vec<String>,
    pub ceilings: Vec<Ceiling>,
    pub listenings: Vec<Listening>,
    pub costs: Vec<Cost>,
    pub dialled: Vec<Dialled>,
}

/// What a codec alone makes of the speech.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ceiling {
    pub codec: String,
    pub scores: Vec<f64>,
}

/// One condition, heard by all phones side by side.
#[derive(Debug, Serialize, Deserialize)]
pub struct Listening {
    pub condition: String,
    pub seed: u64,
    pub heard: Vec<Heard>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Heard {
    pub phone: String,
    /// PESQ of each utterance.
    pub scores: Vec<f64>,
    /// From the sending of the packet in which an utterance begins to its sample at the sink.
    pub delays_ms: Vec<f64>,
    /// How late, at most, 99 of 100 packets left: a busy machine shows here.
    pub late_ms: f64,
}

/// What one minute of one call cost.
#[derive(Debug, Serialize, Deserialize)]
pub struct Cost {
    pub phone: String,
    pub processor_s: f64,
    /// Of the phone's sound server in the same minute.
    pub server_processor_s: f64,
    pub peak_mb: f64,
}

/// One call from the command to the first packets.
#[derive(Debug, Serialize, Deserialize)]
pub struct Dialled {
    pub phone: String,
    pub sent_ms: f64,
    pub received_ms: f64,
}

impl Results {
    /// The scores of a phone in a condition, over all seeds.
    pub fn scores(&self, condition: &str, phone: &str) -> Vec<f64> {
        self.heard(condition, phone)
            .flat_map(|heard| heard.scores.iter().copied())
            .collect()
    }

    pub fn delays_ms(&self, condition: &str, phone: &str) -> Vec<f64> {
        self.heard(condition, phone)
            .flat_map(|heard| heard.delays_ms.iter().copied())
            .collect()
    }

    fn heard<'a>(&'a self, condition: &'a str, phone: &'a str) -> impl Iterator<Item = &'a Heard> {
        self.listenings
            .iter()
            .filter(move |listening| listening.condition == condition)
            .flat_map(|listening| &listening.heard)
            .filter(move |heard| heard.phone == phone)
    }

    pub fn costs<'a>(&'a self, phone: &'a str) -> impl Iterator<Item = &'a Cost> {
        self.costs.iter().filter(move |cost| cost.phone == phone)
    }

    pub fn dialled<'a>(&'a self, phone: &'a str) -> impl Iterator<Item = &'a Dialled> {
        self.dialled
            .iter()
            .filter(move |dialled| dialled.phone == phone)
    }
}

/// The mean, or nothing of nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The middle value, or nothing of nothing.
pub fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().saturating_sub(1) / 2).copied()
}
