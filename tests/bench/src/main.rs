//! Hark's sound beside other phones', in one run: each gets the same impaired stream, is recorded at
//! its sound server, scored and weighed. `cargo xtask bench sound` builds what this needs and starts
//! it; docs/sound.md is what it writes.

mod condition;
mod cost;
mod document;
mod encode;
mod goal;
mod listening;
mod media;
mod network;
mod options;
mod phone;
mod place;
mod plot;
mod random;
mod report;
mod results;
mod score;
mod sip;
mod sound_server;
mod speech;
mod studio;
mod table;
mod wav;

use std::fs;
use std::io::{self, Write as _};

use anyhow::{Result, ensure};

use condition::{CONDITIONS, Codec};
use listening::Programme;
use options::Options;
use phone::KINDS;
use place::Candidate;
use report::Verdict;
use results::{Ceiling, Results};
use score::Scorer;

fn main() -> Result<()> {
    let options = Options::parse()?;
    let kept = options.folder.join(RESULTS);
    if options.again {
        return tell(&options, &serde_json::from_slice(&fs::read(kept)?)?);
    }
    let phones = find(&options);
    ensure!(!phones.is_empty(), "no phone to measure");
    let mut results = Results {
        machine: machine(),
        load: vec![load()],
        phones: phones
            .iter()
            .map(|phone| phone.kind.name.to_owned())
            .collect(),
        versions: phones.iter().map(|phone| phone.kind.version()).collect(),
        ..Results::default()
    };
    listen(&options, &phones, &mut results)?;
    weigh(&options, &phones, &mut results)?;
    results.load.push(load());
    fs::write(kept, serde_json::to_vec_pretty(&results)?)?;
    tell(&options, &results)
}

/// Prints the table, writes the page where that is wanted, and fails where Hark misses a goal.
fn tell(options: &Options, results: &Results) -> Result<()> {
    let rows = report::rows(results);
    writeln!(io::stdout(), "{}", table::text(&results.phones, &rows))?;
    if let Some(docs) = &options.docs {
        document::write(docs, results, &rows)?;
    }
    let missed = rows
        .iter()
        .filter(|row| row.verdict() == Verdict::Missed)
        .count();
    ensure!(missed == 0, "{missed} goals missed");
    Ok(())
}

/// Processor and number of cores.
fn machine() -> String {
    let told = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = told
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!(
        "{cores} cores of {}",
        model.map_or("an unknown processor", |(_, name)| name)
    )
}

/// How many programs wanted to run in the last minute.
fn load() -> f64 {
    let told = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    told.split(' ')
        .next()
        .and_then(|text| text.parse().ok())
        .unwrap_or(f64::NAN)
}

/// The phones that are wanted and there.
fn find(options: &Options) -> Vec<Candidate> {
    let wanted = KINDS.iter().filter(|kind| options.wants_phone(kind.name));
    wanted
        .filter_map(|kind| {
            let program = kind.find(&options.hark);
            if program.is_none() {
                eprintln!("{} is not installed and is left out", kind.program);
            }
            Some(Candidate {
                kind,
                program: program?,
                folder: options.folder.join(kind.name),
            })
        })
        .collect()
}

fn listen(options: &Options, phones: &[Candidate], results: &mut Results) -> Result<()> {
    let scorer = Scorer {
        python: options.python.clone(),
        folder: options.folder.clone(),
    };
    for codec in [Codec::Pcmu, Codec::Opus] {
        let conditions: Vec<_> = CONDITIONS
            .iter()
            .filter(|condition| condition.codec == codec && options.wants_row(condition.id))
            .collect();
        if conditions.is_empty() {
            continue;
        }
        let programme = Programme::new(codec)?;
        results.ceilings.push(Ceiling {
            codec: codec.name().to_owned(),
            scores: scorer.ceiling(&programme.speech, &programme.encoded.ceiling)?,
        });
        for seed in 1..=options.seeds {
            for condition in &conditions {
                eprintln!("listening: {}, seed {seed}", condition.title);
                let heard = listening::listen(phones, condition, &programme, seed, &scorer)?;
                results.listenings.push(heard);
            }
        }
    }
    Ok(())
}

/// Interleaved, so that a busy minute of the machine meets every phone alike.
fn weigh(options: &Options, phones: &[Candidate], results: &mut Results) -> Result<()> {
    let programme = Programme::new(Codec::Pcmu)?;
    for _ in 0..options.rounds(options::COST, COSTS) {
        for phone in phones {
            eprintln!("a minute of {}", phone.kind.name);
            let cost = cost::minute(phone, &programme.encoded);
            results.costs.extend(phone.unless_it_failed(cost));
        }
    }
    for _ in 0..options.rounds(options::DIAL, DIALS) {
        for phone in phones {
            let dialled = cost::dial(phone, &programme.encoded);
            results.dialled.extend(phone.unless_it_failed(dialled));
        }
    }
    Ok(())
}

/// What a run measured, in its folder.
const RESULTS: &str = "results.json";

const COSTS: usize = 2;
const DIALS: usize = 5;
