//! A WAV file that is readable at every moment of its growth.
//!
//! RIFF puts the sizes into the head of the file, so a writer that is killed leaves a file that
//! claims to be empty. Here the sizes are written again after every 20 ms of sound, the samples
//! first: whenever the process ends, the head tells the truth about all but the last 20 ms.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// Mono, 16 bit PCM (Microsoft's "Multimedia Programming Interface and Data Specifications 1.0").
pub(crate) struct WavSink {
    file: File,
    rate_hz: u32,
    /// Samples written to the file.
    written: u32,
    /// Little-endian samples on their way to the file.
    pending: Vec<u8>,
}

impl WavSink {
    /// Makes an empty file of this rate in place of what was there.
    pub fn create(path: &Path, rate_hz: u32) -> io::Result<Self> {
        let mut sink = Self {
            file: File::create(path)?,
            rate_hz,
            written: 0,
            pending: Vec::new(),
        };
        sink.write_head()?;
        Ok(sink)
    }

    pub fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// Gives a file that holds no sample yet another rate.
    pub fn begin(&mut self, rate_hz: u32) -> io::Result<()> {
        self.rate_hz = rate_hz;
        self.write_head()
    }

    pub fn is_empty(&self) -> bool {
        self.written == 0 && self.pending.is_empty()
    }

    /// Appends samples; they are in the file after at most 20 ms of them.
    pub fn write(&mut self, samples: &[i16]) -> io::Result<()> {
        self.pending
            .extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        if self.pending.len() >= self.rate_hz as usize * BYTES_PER_SAMPLE / FLUSHES_A_SECOND {
            self.flush()?;
        }
        Ok(())
    }

    /// Puts everything into the file.
    pub fn flush(&mut self) -> io::Result<()> {
        let samples = (self.pending.len() / BYTES_PER_SAMPLE) as u32;
        let written = self
            .written
            .checked_add(samples)
            .filter(|&all| all <= MAX_SAMPLES);
        self.file.write_all(&self.pending)?;
        self.pending.clear();
        self.written = written.ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::FileTooLarge,
                "a WAV file holds at most 4 GiB",
            )
        })?;
        self.write_head()
    }

    fn write_head(&mut self) -> io::Result<()> {
        let data_bytes = self.written * BYTES_PER_SAMPLE as u32;
        let mut head = Vec::with_capacity(HEAD_BYTES as usize);
        head.extend(b"RIFF");
        head.extend((HEAD_BYTES - 8 + data_bytes).to_le_bytes());
        head.extend(b"WAVEfmt ");
        head.extend(16u32.to_le_bytes());
        head.extend(FORMAT_PCM.to_le_bytes());
        head.extend(CHANNELS.to_le_bytes());
        head.extend(self.rate_hz.to_le_bytes());
        head.extend((self.rate_hz * BYTES_PER_SAMPLE as u32).to_le_bytes());
        head.extend((BYTES_PER_SAMPLE as u16).to_le_bytes());
        head.extend((BYTES_PER_SAMPLE as u16 * 8).to_le_bytes());
        head.extend(b"data");
        head.extend(data_bytes.to_le_bytes());
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&head)?;
        self.file.seek(SeekFrom::End(0))?;
        Ok(())
    }
}

const HEAD_BYTES: u32 = 44;
const FORMAT_PCM: u16 = 1;
const CHANNELS: u16 = 1;
const BYTES_PER_SAMPLE: usize = 2;
const FLUSHES_A_SECOND: usize = 50;
/// Both sizes in the head are 32 bit.
const MAX_SAMPLES: u32 = (u32::MAX - HEAD_BYTES) / BYTES_PER_SAMPLE as u32;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &Path) -> (u32, Vec<i16>) {
        let reader = hound::WavReader::open(path).expect("a valid file");
        assert_eq!(
            (reader.spec().channels, reader.spec().bits_per_sample),
            (1, 16)
        );
        let rate_hz = reader.spec().sample_rate;
        (
            rate_hz,
            reader
                .into_samples()
                .map(|sample| sample.expect("whole samples"))
                .collect(),
        )
    }

    fn ramp(range: std::ops::Range<i16>) -> Vec<i16> {
        range.collect()
    }

    #[test]
    fn the_file_is_readable_at_every_moment_and_lacks_less_than_20_ms() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for rate_hz in [8_000u32, 16_000, 48_000] {
            let path = folder.path().join(format!("{rate_hz}.wav"));
            let mut sink = WavSink::create(&path, rate_hz).expect("a new file");
            assert_eq!(read(&path), (rate_hz, vec![]));
            let frame = rate_hz as usize / 100;
            let mut all = Vec::new();
            for n in 0..35i16 {
                let samples = vec![n; frame];
                sink.write(&samples).expect("written");
                all.extend(samples);
                // The sink is alive and has flushed nothing but what it always does: a process
                // that is killed here leaves exactly this file.
                let (rate, read) = read(&path);
                assert_eq!(rate, rate_hz);
                assert!(all.starts_with(&read));
                assert!(
                    all.len() - read.len() < frame * 2,
                    "{} of {}",
                    read.len(),
                    all.len()
                );
            }
            sink.flush().expect("flushed");
            assert_eq!(read(&path).1, all);
        }
    }

    #[test]
    fn samples_that_the_head_does_not_count_yet_do_no_harm() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("killed.wav");
        let mut sink = WavSink::create(&path, 8_000).expect("a new file");
        sink.write(&ramp(0..800)).expect("written");
        // Killed between the samples and the head, with half a sample at the end.
        sink.file.write_all(&[1, 2, 3]).expect("written");
        assert_eq!(read(&path).1, ramp(0..800));
    }

    #[test]
    fn an_empty_file_takes_the_rate_of_the_first_call() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("rate.wav");
        let mut sink = WavSink::create(&path, 8_000).expect("a new file");
        sink.begin(16_000).expect("a new head");
        sink.write(&ramp(0..160)).expect("written");
        sink.flush().expect("flushed");
        assert_eq!(read(&path), (16_000, ramp(0..160)));
    }

    #[test]
    fn a_file_replaces_what_was_there_and_grows_no_further_than_its_sizes_can_say() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("old.wav");
        std::fs::write(&path, vec![7; 10_000]).expect("an old file");
        let mut sink = WavSink::create(&path, 8_000).expect("a new file");
        assert_eq!(read(&path).1, Vec::<i16>::new());
        sink.written = MAX_SAMPLES - 10;
        let error = sink.write(&ramp(0..800)).expect_err("no room in the head");
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }
}
