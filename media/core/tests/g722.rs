//! G.722 beside FFmpeg's, bit for bit, both ways. `g722/make.py` tells how the files were made.

use hark_media::codec::{Codec, Decoder, Encoded, Encoder, OpusParameters};

#[test]
fn g722_encodes_to_the_bits_of_ffmpeg() {
    let mut encoder = Encoder::new(Codec::G722, OpusParameters::default());
    let mut octets = Vec::new();
    for packet in samples(SOUND).chunks(PACKET_SAMPLES) {
        assert_eq!(encoder.encode(packet, &mut octets), Encoded::Payload);
    }
    assert_same(&octets, CODED);
}

#[test]
fn g722_decodes_to_the_samples_of_ffmpeg() {
    for (name, coded, decoded) in [
        ("what an encoder made", CODED, DECODED),
        ("octets by chance", ANY, ANY_DECODED),
    ] {
        let mut decoder = Decoder::new(Codec::G722);
        let mut heard = Vec::new();
        for packet in coded.chunks(PACKET_SAMPLES / 2) {
            decoder.decode(packet, &mut heard).expect(name);
        }
        assert_same(&heard, &samples(decoded));
    }
}

/// Says where two differ instead of printing them whole.
fn assert_same<T: Copy + PartialEq + std::fmt::Debug>(ours: &[T], theirs: &[T]) {
    let differs = ours
        .iter()
        .zip(theirs)
        .position(|(ours, theirs)| ours != theirs);
    assert_eq!((differs, ours.len()), (None, theirs.len()));
}

fn samples(octets: &[u8]) -> Vec<i16> {
    let (pairs, _) = octets.as_chunks();
    pairs.iter().map(|&pair| i16::from_le_bytes(pair)).collect()
}

/// 20 ms.
const PACKET_SAMPLES: usize = 320;

const SOUND: &[u8] = include_bytes!("g722/sound.s16");
const CODED: &[u8] = include_bytes!("g722/sound.g722");
const DECODED: &[u8] = include_bytes!("g722/sound-decoded.s16");
const ANY: &[u8] = include_bytes!("g722/any-octets.g722");
const ANY_DECODED: &[u8] = include_bytes!("g722/any-octets-decoded.s16");
