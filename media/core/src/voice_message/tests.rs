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
