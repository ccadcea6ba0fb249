//! Voice messages, from samples to a file and back.

use std::f32::consts::TAU;

use super::*;

const RATES_HZ: [u32; 3] = [8_000, 16_000, 48_000];

/// A sound with a beginning that can be found again: 400 Hz, swelling twice a second.
fn speech_like(rate_hz: u32, milliseconds: u32) -> Vec<i16> {
    (0..rate_hz * milliseconds / 1_000)
        .map(|n| {
            let t = n as f32 / rate_hz as f32;
            let swell = (TAU * 2.0 * t).sin().abs();
            (9_000.0 * swell * (TAU * 400.0 * t).sin()) as i16
        })
        .collect()
}

fn message(rate_hz: u32, milliseconds: u32) -> Vec<u8> {
    let mut writer = Writer::new(rate_hz).unwrap();
    for piece in speech_like(rate_hz, milliseconds).chunks(77) {
        writer.write(piece).unwrap();
    }
    writer.finish().unwrap()
}

/// How alike two sounds are, 1.0 for the same shape at the same moment.
fn likeness(a: &[i16], b: &[i16]) -> f64 {
    let dot = |x: &[i16], y: &[i16]| -> f64 {
        x.iter()
            .zip(y)
            .map(|(&x, &y)| f64::from(x) * f64::from(y))
            .sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[test]
fn a_message_comes_back_at_every_rate_with_its_length_and_its_moments() {
    for written_hz in RATES_HZ {
        let file = message(written_hz, 1_337);
        for read_hz in RATES_HZ {
            let mut reader = Reader::open(&file, read_hz).unwrap();
            assert_eq!(reader.duration().as_millis(), 1_337);
            assert!(!reader.is_damaged());
            let sound = reader.read_to_end();
            assert_eq!(sound.len() as u32, read_hz * 1_337 / 1_000);
            let likeness = likeness(&sound, &speech_like(read_hz, 1_337));
            assert!(likeness > 0.95, "{written_hz} -> {read_hz} Hz: {likeness}");
        }
    }
}

#[test]
fn reading_in_small_pieces_gives_the_same_sound_and_ends_with_zero() {
    let file = message(16_000, 500);
    let whole = Reader::open(&file, 8_000).unwrap().read_to_end();
    let mut reader = Reader::open(&file, 8_000).unwrap();
    let mut pieces = Vec::new();
    let mut piece = [0; 80];
    loop {
        let count = reader.read(&mut piece);
        if count == 0 {
            break;
        }
        pieces.extend_from_slice(&piece[..count]);
    }
    assert_eq!(pieces, whole);
    reader.rewind();
    assert_eq!(reader.read_to_end(), whole);
}

#[test]
fn pages_number_upwards_and_end_where_the_sound_ends() {
    let file = message(8_000, 90);
    let mut at = 0;
    let mut pages = Vec::new();
    while let Some(header) = file.get(at..at + 27) {
        let number = u32::from_le_bytes(header[18..22].try_into().unwrap());
        let granule = u64::from_le_bytes(header[6..14].try_into().unwrap());
        pages.push((number, header[5], granule));
        let table = &file[at + 27..at + 27 + usize::from(header[26])];
        at += 27 + table.len() + table.iter().map(|&s| usize::from(s)).sum::<usize>();
    }
    let audio = (2..10).map(|n| (n, 0, u64::from(n - 1) * 960));
    let expected: Vec<_> = [(0, 2, 0), (1, 0, 0)]
        .into_iter()
        .chain(audio)
        .chain([(10, 4, 3_840 + 90 * 48)])
        .collect();
    assert_eq!(pages, expected);
}

#[test]
fn a_file_that_breaks_off_anywhere_is_read_up_to_there_or_refused() {
    let file = message(8_000, 300);
    let mut longest = 0;
    for length in 0..file.len() {
        if let Ok(mut reader) = Reader::open(&file[..length], 8_000) {
            let sound = reader.read_to_end();
            assert!(sound.len() >= longest, "cut at {length}");
            longest = sound.len();
        }
    }
    assert!((2_000..2_400).contains(&longest));
}

#[test]
fn a_file_with_a_flipped_bit_never_panics_and_is_noticed() {
    let file = message(8_000, 200);
    for at in 0..file.len() {
        let mut broken = file.clone();
        broken[at] ^= 0x10;
        if let Ok(mut reader) = Reader::open(&broken, 8_000) {
            assert!(reader.is_damaged(), "octet {at}");
            reader.read_to_end();
        }
    }
}

/// 1.5 s of 400 Hz in stereo, by opusenc of opus-tools: fifty packets a page, and comments.
#[test]
fn a_file_of_another_encoder_is_read() {
    let file = include_bytes!("fixtures/opusenc-stereo.opus");
    for rate_hz in RATES_HZ {
        let mut reader = Reader::open(file, rate_hz).unwrap();
        assert_eq!(reader.duration().as_millis(), 1_500);
        assert!(!reader.is_damaged());
        let sound = reader.read_to_end();
        let turns = sound
            .windows(2)
            .filter(|pair| pair[0] < 0 && pair[1] >= 0)
            .count();
        assert!(
            (598..=602).contains(&turns),
            "{turns} periods at {rate_hz} Hz"
        );
    }
}

#[test]
fn what_is_no_opus_file_is_refused() {
    assert!(matches!(Reader::open(b"", 8_000), Err(Error::NotOpus(_))));
    assert!(matches!(
        Reader::open(b"RIFF....WAVE", 8_000),
        Err(Error::NotOpus(_))
    ));
    assert!(matches!(
        Reader::open(&message(8_000, 20), 44_100),
        Err(Error::Rate(44_100))
    ));
    assert!(matches!(Writer::new(11_025), Err(Error::Rate(11_025))));
    assert!(matches!(
        Writer::new(8_000).unwrap().finish(),
        Err(Error::Empty)
    ));
}

const CALL: Layout = Layout {
    channels: Channels::Stereo,
    bit_rate: 48_000,
    packets_a_page: 50,
    serial: 7,
};

/// Left and right in turns.
fn woven(left: &[i16], right: &[i16]) -> Vec<i16> {
    let pairs = left.iter().zip(right);
    pairs.flat_map(|(&left, &right)| [left, right]).collect()
}

fn unwoven(samples: &[i16]) -> (Vec<i16>, Vec<i16>) {
    let sides = samples.chunks_exact(2).map(|pair| (pair[0], pair[1]));
    sides.unzip()
}

fn tone(rate_hz: u32, milliseconds: u32, hz: f32) -> Vec<i16> {
    let sample = |n| (8_000.0 * (TAU * hz * n as f32 / rate_hz as f32).sin()) as i16;
    (0..rate_hz * milliseconds / 1_000).map(sample).collect()
}

fn power(samples: &[i16]) -> f64 {
    samples.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / samples.len() as f64
}

#[test]
fn both_sides_of_a_call_stay_apart_at_every_rate() {
    for rate_hz in RATES_HZ {
        let (left, right) = (tone(rate_hz, 2_000, 1_000.0), speech_like(rate_hz, 2_000));
        let mut stream = StreamWriter::begin(Vec::new(), CALL, rate_hz).unwrap();
        let frame = (2 * rate_hz / 100) as usize;
        for frame in woven(&left, &right).chunks(frame) {
            stream.write(rate_hz, frame).unwrap();
        }
        let file = stream.finish().unwrap();
        let mut reader = Reader::open_stereo(&file, rate_hz).unwrap();
        assert_eq!(reader.duration().as_millis(), 2_000);
        assert!(!reader.is_damaged());
        let (heard_left, heard_right) = unwoven(&reader.read_to_end());
        for (heard, own, other) in [(&heard_left, &left, &right), (&heard_right, &right, &left)] {
            let (own, other) = (likeness(heard, own), likeness(heard, other));
            assert!(
                own > 0.95 && other.abs() < 0.05,
                "{rate_hz}: {own}, {other}"
            );
        }
    }
}

#[test]
fn while_one_side_speaks_the_other_is_quiet() {
    for rate_hz in RATES_HZ {
        let speech = speech_like(rate_hz, 2_000);
        let silence = vec![0; speech.len()];
        for (left, right) in [(&speech, &silence), (&silence, &speech)] {
            let mut stream = StreamWriter::begin(Vec::new(), CALL, rate_hz).unwrap();
            stream.write(rate_hz, &woven(left, right)).unwrap();
            let file = stream.finish().unwrap();
            let heard = Reader::open_stereo(&file, rate_hz).unwrap().read_to_end();
            let (left, right) = unwoven(&heard);
            let (loud, quiet) = (
                power(&left).max(power(&right)),
                power(&left).min(power(&right)),
            );
            let apart = 10.0 * (loud / quiet.max(1e-9)).log10();
            assert!(apart > 20.0, "{rate_hz}: {apart:.1} dB apart");
        }
    }
}

#[test]
fn the_rate_may_change_in_the_middle_and_time_goes_on() {
    let mut stream = StreamWriter::begin(Vec::new(), CALL, 8_000).unwrap();
    let mut expected = Vec::new();
    for (rate_hz, milliseconds) in [(8_000, 510), (48_000, 490), (16_000, 730), (8_000, 270)] {
        let sound = tone(rate_hz, milliseconds, 400.0);
        let frame = (2 * rate_hz / 100) as usize;
        for frame in woven(&sound, &sound).chunks(frame) {
            stream.write(rate_hz, frame).unwrap();
        }
        expected.extend(tone(8_000, milliseconds, 400.0));
    }
    assert_eq!(stream.duration().as_millis(), 2_000);
    let file = stream.finish().unwrap();
    let mut reader = Reader::open(&file, 8_000).unwrap();
    assert_eq!(reader.duration().as_millis(), 2_000);
    let likeness = likeness(&reader.read_to_end(), &expected);
    assert!(likeness > 0.95, "{likeness}");
}

/// What lies on the disk at this moment.
#[derive(Clone, Default)]
struct Disk(std::rc::Rc<std::cell::RefCell<Vec<u8>>>);

impl std::io::Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_stream_can_be_played_at_every_moment_but_for_its_last_second() {
    let disk = Disk::default();
    let mut stream = StreamWriter::begin(disk.clone(), CALL, 8_000).unwrap();
    for tenth in 0..60 {
        stream.write(8_000, &[0; 1_600]).unwrap();
        let on_disk = disk.0.borrow().clone();
        let safe_ms = Reader::open(&on_disk, 8_000).map_or(0, |reader| {
            assert!(!reader.is_damaged());
            reader.duration().as_millis()
        });
        let spoken_ms = 100 * (tenth + 1);
        assert!(
            safe_ms + 1_100 >= spoken_ms && safe_ms <= spoken_ms,
            "{safe_ms} of {spoken_ms} ms"
        );
    }
}

/// A disk that is full after so many octets.
struct Full(usize);

impl std::io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.0.checked_sub(bytes.len()) {
            Some(left) => {
                self.0 = left;
                Ok(bytes.len())
            }
            None => Err(std::io::ErrorKind::StorageFull.into()),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_ends_the_stream_with_its_reason() {
    let is_full = |error: &StreamError| match error {
        StreamError::Io(error) => error.kind() == std::io::ErrorKind::StorageFull,
        StreamError::Coding(_) => false,
    };
    assert!(StreamWriter::begin(Full(60), CALL, 8_000).is_err_and(|e| is_full(&e)));
    let mut stream = StreamWriter::begin(Full(500), CALL, 8_000).unwrap();
    let speech = woven(&speech_like(8_000, 5_000), &speech_like(8_000, 5_000));
    assert!(stream.write(8_000, &speech).is_err_and(|e| is_full(&e)));
}
