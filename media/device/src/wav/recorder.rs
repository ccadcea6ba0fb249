//! The thread that writes the loudspeaker's sound to a file, so that a slow disk never holds up the
//! media thread.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use crate::event::AudioEvent;
use crate::resample::{Exact, Resampler, to_float, to_pcm};
use crate::wav::sink::WavSink;

/// Owns the file. Dropping it writes what has been sent so far and waits for that.
#[derive(Debug)]
pub(crate) struct Recorder {
    input: RecorderInput,
    thread: Option<JoinHandle<()>>,
}

/// Where the frames of a call go in. Never waits.
///
/// The channel has no bound because the file must have no gap: what a stuck disk holds up is as
/// long as the call, 16 kB a second.
#[derive(Debug, Clone)]
pub(crate) struct RecorderInput(Sender<Step>);

#[derive(Debug)]
enum Step {
    /// 10 ms of a call.
    Frame(Vec<i16>),
    CallEnded,
    Close,
}

impl Recorder {
    /// Makes the file and its thread. What fails goes to `on_event`, once.
    pub fn start(path: PathBuf, on_event: impl Fn(AudioEvent) + Send + 'static) -> Self {
        let (sender, steps) = channel();
        let thread = std::thread::Builder::new()
            .name("audio-file".to_owned())
            .spawn(move || {
                if let Err(error) = record(&path, &steps) {
                    on_event(AudioEvent::FileFailed {
                        path,
                        reason: error.to_string(),
                    });
                }
            })
            .expect("the system has room for one more thread at the start of the program");
        Self {
            input: RecorderInput(sender),
            thread: Some(thread),
        }
    }

    pub fn input(&self) -> RecorderInput {
        self.input.clone()
    }
}

impl RecorderInput {
    pub fn write(&self, frame: &[i16]) {
        self.send(Step::Frame(frame.to_vec()));
    }

    pub fn call_ended(&self) {
        self.send(Step::CallEnded);
    }

    fn send(&self, step: Step) {
        // The thread ends early only when the file has failed, and has said so then.
        let _ = self.0.send(step);
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.input.send(Step::Close);
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed; there is no more of the file to save here.
            let _ = thread.join();
        }
    }
}

fn record(path: &Path, steps: &Receiver<Step>) -> io::Result<()> {
    // The rate is a guess until the first frame, but a folder that cannot be written shows at once.
    let mut sink = WavSink::create(path, FIRST_GUESS_HZ)?;
    let mut converter = Converter::default();
    for step in steps {
        match step {
            Step::Frame(frame) => write_frame(&mut sink, &mut converter, &frame)?,
            Step::CallEnded => sink.flush()?,
            Step::Close => break,
        }
    }
    sink.flush()
}

/// The first frame decides the file's rate; later calls of another rate are resampled to it.
fn write_frame(sink: &mut WavSink, converter: &mut Converter, frame: &[i16]) -> io::Result<()> {
    let rate_hz = frame.len() as u32 * 100;
    if sink.is_empty() && rate_hz != sink.rate_hz() {
        sink.begin(rate_hz)?;
    }
    if rate_hz == sink.rate_hz() {
        sink.write(frame)
    } else {
        sink.write(converter.convert(rate_hz, sink.rate_hz(), frame))
    }
}

#[derive(Default)]
struct Converter {
    current: Option<(u32, Resampler)>,
    out: Vec<i16>,
}

impl Converter {
    fn convert(&mut self, from_hz: u32, to_hz: u32, frame: &[i16]) -> &[i16] {
        self.current.take_if(|(rate_hz, _)| *rate_hz != from_hz);
        let (_, resampler) = self
            .current
            .get_or_insert_with(|| (from_hz, Resampler::new(from_hz, to_hz, Exact::Input)));
        let made = resampler.process(|input| {
            for (slot, &sample) in input.iter_mut().zip(frame) {
                *slot = to_float(sample);
            }
        });
        self.out.clear();
        self.out.extend(made.iter().map(|&sample| to_pcm(sample)));
        &self.out
    }
}

const FIRST_GUESS_HZ: u32 = 8_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(path: &Path) -> (u32, Vec<i16>) {
        let reader = hound::WavReader::open(path).expect("a valid file");
        let rate_hz = reader.spec().sample_rate;
        (
            rate_hz,
            reader
                .into_samples()
                .map(|sample| sample.expect("a sample"))
                .collect(),
        )
    }

    fn no_event(event: AudioEvent) {
        panic!("{event:?}");
    }

    #[test]
    fn two_calls_of_one_rate_lie_in_the_file_sample_by_sample() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("calls.wav");
        let recorder = Recorder::start(path.clone(), no_event);
        let mut all = Vec::new();
        for call in 0..2i16 {
            for n in 0..33i16 {
                let frame = [call * 100 + n; 160];
                recorder.input().write(&frame);
                all.extend(frame);
            }
            recorder.input().call_ended();
        }
        drop(recorder);
        assert_eq!(samples(&path), (16_000, all));
    }

    #[test]
    fn a_later_call_of_another_rate_is_resampled_to_the_rate_of_the_file() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("rates.wav");
        let recorder = Recorder::start(path.clone(), no_event);
        let input = recorder.input();
        (0..10).for_each(|_| input.write(&[0; 80]));
        (0..10).for_each(|_| input.write(&[5_000; 160]));
        drop(recorder);
        let (rate_hz, all) = samples(&path);
        assert_eq!(rate_hz, 8_000);
        assert!(all.len().abs_diff(1_600) <= 2, "{}", all.len());
        assert!(all[1_500].abs_diff(5_000) < 60, "{}", all[1_500]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_once_and_frames_are_let_go() {
        let (sender, events) = channel();
        let path = PathBuf::from("/nowhere/at/all.wav");
        let recorder = Recorder::start(path.clone(), move |event| {
            sender.send(event).expect("the test listens");
        });
        (0..10).for_each(|_| recorder.input().write(&[0; 80]));
        drop(recorder);
        let told: Vec<_> = events.iter().collect();
        assert!(
            matches!(&told[..], [AudioEvent::FileFailed { path: failed, .. }] if *failed == path),
            "{told:?}"
        );
    }
}
