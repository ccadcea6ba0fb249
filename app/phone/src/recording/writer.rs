//! The blocking end of a recording: frames to a file, until the tape ends or the disk does.

use std::io::Write;
use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use hark_media::voice_message::{Channels, Layout, StreamError, StreamWriter};

use super::seal::Sink;
use super::tape::{Frame, Tap};
use super::{RecordingError, RecordingKey, RecordingReport, name};
use crate::store;

/// What a recording is begun with.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The folder of the settings; the one in the user's music where it is `None`.
    pub(crate) folder: Option<PathBuf>,
    /// Who is at the other end.
    pub(crate) title: String,
    /// Encrypt it for this key.
    pub(crate) key: Option<RecordingKey>,
}

/// Writes a recording from its first to its last frame; to be run where it may block. `tell` hears
/// that it began, or why not, and later how it ended.
pub(crate) fn write(plan: Plan, tell: impl Fn(RecordingReport)) {
    let (file, sink, layout) = match begin(plan) {
        Ok(begun) => begun,
        Err(error) => return tell(RecordingReport::Failed { file: None, error }),
    };
    let (tap, frames) = Tap::new();
    tell(RecordingReport::Began {
        file: file.clone(),
        tap,
    });
    let ended = keep(sink, layout, &frames).and_then(|kept| match kept {
        Some((sink, missed)) => Ok(sink.close().map(|()| Some(missed))?),
        None => Ok(None),
    });
    // The tape stops before the user is told.
    drop(frames);
    tell(match ended {
        Ok(Some(missed)) => RecordingReport::Saved { file, missed },
        Ok(None) => {
            store::forget_recording(&file);
            RecordingReport::Nothing
        }
        Err(error) => RecordingReport::Failed {
            file: Some(file),
            error: error.into(),
        },
    });
}

fn begin(plan: Plan) -> Result<(PathBuf, Sink, Layout), RecordingError> {
    let folder = store::recordings_folder(plan.folder.as_deref());
    let folder = folder.ok_or(RecordingError::NoFolder)?;
    let extension = match plan.key {
        Some(_) => "ogg.age",
        None => "ogg",
    };
    let stem = name::stem(jiff::Zoned::now().datetime(), &plan.title);
    let mut serial = [0; 4];
    getrandom::fill(&mut serial)?;
    let created = store::create_recording(&folder, &stem, extension).and_then(|(path, file)| {
        let sink = match &plan.key {
            Some(key) => key.seal(file)?,
            None => Sink::Clear(file),
        };
        Ok((path, sink))
    });
    let (path, sink) = created.map_err(|error| RecordingError::NoFile { folder, error })?;
    let serial = u32::from_ne_bytes(serial);
    Ok((path, sink, Layout { serial, ..LAYOUT }))
}

/// Codes frames into `out` until no more come, and says how much is missing. `None`: not one came.
fn keep<W: Write>(
    out: W,
    layout: Layout,
    frames: &Receiver<Frame>,
) -> Result<Option<(W, Duration)>, StreamError> {
    let Ok(first) = frames.recv() else {
        return Ok(None);
    };
    let mut stream = StreamWriter::begin(out, layout, first.rate_hz)?;
    let mut missed = Duration::ZERO;
    for frame in std::iter::once(first).chain(frames) {
        // What is missing is silence, so that the rest keeps its time.
        let silence = vec![0; frame.samples().len()];
        for _ in 0..frame.missed {
            stream.write(frame.rate_hz, &silence)?;
            missed += FRAME;
        }
        stream.write(frame.rate_hz, frame.samples())?;
    }
    Ok(Some((stream.finish()?, missed)))
}

const FRAME: Duration = Duration::from_millis(10);

const LAYOUT: Layout = Layout {
    channels: Channels::Stereo,
    // 6 kB/s or 21 MB an hour; both sides stay 20 dB apart, and one that is silent costs little.
    bit_rate: 48_000,
    // A page a second: what a program that is killed can lose.
    packets_a_page: 50,
    serial: 0,
};

#[cfg(test)]
mod tests {
    use std::io;

    use hark_media::voice_message::Reader;

    use super::super::tape::{Reel, Tape};
    use super::*;
    use crate::settings::RecordingNotice;

    /// A tape on which so many frames have been kept, and its other end.
    fn tape(frames: usize) -> (Tape, Receiver<Frame>) {
        let (tap, receiver) = Tap::new();
        let mut tape = Tape::new(tap, RecordingNotice::None);
        (0..frames).for_each(|_| kept(&mut tape));
        (tape, receiver)
    }

    fn kept(tape: &mut Tape) {
        assert_eq!(tape.keep(8_000, &[900; 80], &[0; 80]), Reel::Turns);
    }

    #[test]
    fn what_was_missed_is_silence_of_the_same_length_and_told() {
        let (mut tape, frames) = tape(425);
        let mut taken = Vec::from_iter(frames.try_iter());
        kept(&mut tape);
        taken.extend(frames.try_iter());
        // The same frames again, as a writer that woke up late would find them.
        let (all, late) = std::sync::mpsc::channel();
        taken.into_iter().for_each(|frame| all.send(frame).unwrap());
        drop(all);
        let (file, missed) = keep(Vec::new(), LAYOUT, &late).unwrap().unwrap();
        assert_eq!(missed, Duration::from_millis(250));
        let reader = Reader::open(&file, 8_000).unwrap();
        assert_eq!(reader.duration(), Duration::from_millis(4_260));
    }

    #[test]
    fn a_tape_without_a_frame_makes_no_file() {
        let (tape, frames) = tape(0);
        drop(tape);
        assert!(keep(Vec::new(), LAYOUT, &frames).unwrap().is_none());
    }

    /// A disk with room for so many octets.
    struct Disk(usize);

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let left = self.0.checked_sub(bytes.len());
            self.0 = left.ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_ends_the_writer_and_stops_the_tape() {
        let (mut tape, frames) = tape(300);
        let error = keep(Disk(1_000), LAYOUT, &frames).map(drop).unwrap_err();
        assert!(matches!(error, StreamError::Io(_)), "{error}");
        drop(frames);
        assert_eq!(tape.keep(8_000, &[0; 80], &[0; 80]), Reel::Stopped);
    }

    fn reports(plan: Plan, frames: usize) -> Vec<String> {
        let told = std::cell::RefCell::new(Vec::new());
        write(plan, |report| {
            let word = match report {
                RecordingReport::Began { tap, .. } => {
                    let mut tape = Tape::new(tap, RecordingNotice::None);
                    (0..frames).for_each(|_| kept(&mut tape));
                    "began".to_owned()
                }
                RecordingReport::Saved { file, missed } => {
                    assert_eq!(missed, Duration::ZERO);
                    file.file_name().unwrap().to_string_lossy().into_owned()
                }
                RecordingReport::Nothing => "nothing".to_owned(),
                RecordingReport::Failed { error, .. } => error.to_string(),
            };
            told.borrow_mut().push(word);
        });
        told.into_inner()
    }

    fn plan(folder: &std::path::Path, key: Option<RecordingKey>) -> Plan {
        Plan {
            folder: Some(folder.to_owned()),
            title: "Alice / Ng".into(),
            key,
        }
    }

    #[test]
    fn a_recording_is_a_file_of_its_own_that_others_may_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("Music/Hark");
        let told = reports(plan(&place, None), 200);
        assert_eq!(told[0], "began");
        assert!(told[1].ends_with(" Alice Ng.ogg"), "{told:?}");
        let file = place.join(&told[1]);
        let sound = std::fs::read(&file).unwrap();
        let reader = Reader::open(&sound, 8_000).unwrap();
        assert_eq!(reader.duration(), Duration::from_secs(2));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = file.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{mode:o}");
        }
    }

    #[test]
    fn a_recording_that_ends_at_once_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(reports(plan(folder.path(), None), 0), ["began", "nothing"]);
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let in_the_way = folder.path().join("file");
        std::fs::write(&in_the_way, "").unwrap();
        let told = reports(plan(&in_the_way, None), 0);
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("file"), "{told:?}");
    }

    #[test]
    fn an_encrypted_recording_is_opened_by_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let key = RecordingKey::generate();
        let told = reports(plan(folder.path(), Some(key.clone())), 200);
        assert!(told[1].ends_with(".ogg.age"), "{told:?}");
        let sealed = std::fs::File::open(folder.path().join(&told[1])).unwrap();
        let mut sound = Vec::new();
        let opened = super::super::open(io::BufReader::new(sealed), &key, &mut sound).unwrap();
        assert_eq!(opened, super::super::Opened::Whole);
        let reader = Reader::open(&sound, 8_000).unwrap();
        assert_eq!(reader.duration(), Duration::from_secs(2));
        assert!(!reader.is_damaged());
    }
}
