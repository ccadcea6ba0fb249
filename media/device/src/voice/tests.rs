//! The processing in a synthetic room, with speech from both sides.
//!
//! The figures are printed; `--success-output final` shows them.

use hark_media::voice_message::Reader;

use super::*;

/// Who is far away and comes out of the loudspeaker.
const FAR: &[u8] = include_bytes!("../../../../assets/prompts/en/demo.message.1.ogg");
/// Who sits at the microphone.
const NEAR: &[u8] = include_bytes!("../../../../assets/prompts/en/demo.caller.ogg");

const ECHO_ONLY: VoiceProcessing = VoiceProcessing {
    echo_cancellation: true,
    ..VoiceProcessing::NONE
};

/// When the canceller has to know the room.
const LEARNT_S: usize = 10;

fn speech(file: &[u8], rate_hz: u32) -> Vec<i16> {
    let mut reader = Reader::open(file, rate_hz).expect("a prompt of ours");
    reader.read_to_end()
}

/// `seconds` of speech, said again and again.
fn talk(file: &[u8], rate_hz: u32, seconds: usize) -> Vec<i16> {
    let length = rate_hz as usize * seconds;
    speech(file, rate_hz)
        .into_iter()
        .cycle()
        .take(length)
        .collect()
}

/// A small generator, so that the room is the same in every run (Numerical Recipes' LCG).
struct Noise(u32);

impl Noise {
    /// From -1 to 1.
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0 as f32 / (u32::MAX / 2) as f32 - 1.0
    }
}

/// What the microphone hears of the loudspeaker: after 40 ms in devices and air 300 reflections
/// within a fifth of a second, which fall by 60 dB in 0.4 s; all of them together are 8 dB below
/// what was played.
fn echo(far: &[i16], rate_hz: u32) -> Vec<f32> {
    let mut noise = Noise(7);
    let mut taps: Vec<(usize, f32)> = (0..300)
        .map(|n| {
            let after_s = 0.2 * n as f32 / 300.0;
            let gain = noise.next() * 10f32.powf(-3.0 * after_s / 0.4);
            let delay_s = 0.040 + after_s;
            ((delay_s * rate_hz as f32) as usize, gain)
        })
        .collect();
    let power: f32 = taps.iter().map(|(_, gain)| gain * gain).sum();
    let scale = (0.16 / power).sqrt();
    taps.iter_mut().for_each(|(_, gain)| *gain *= scale);
    let mut echo = vec![0.0; far.len()];
    for &(delay, gain) in &taps {
        for (heard, &played) in echo.iter_mut().skip(delay).zip(far) {
            *heard += gain * f32::from(played);
        }
    }
    echo
}

/// What the microphone brings: the echo, and what is said beside it.
fn microphone(echo: &[f32], near: &[i16]) -> Vec<i16> {
    let near = near.iter().copied().chain(std::iter::repeat(0));
    echo.iter()
        .zip(near)
        .map(|(&echo, near)| (echo + f32::from(near)).round() as i16)
        .collect()
}

/// Runs a call: each 10 ms the microphone is read first, as in the media thread.
fn process(wanted: VoiceProcessing, rate_hz: u32, far: &[i16], heard: &[i16]) -> Vec<i16> {
    let mut processor = VoiceProcessor::default();
    processor.choose(wanted);
    let frame = rate_hz as usize / 100;
    let mut sent = heard.to_vec();
    for (sent, far) in sent.chunks_exact_mut(frame).zip(far.chunks_exact(frame)) {
        processor.hear(sent, Duration::from_millis(30));
        processor.play(far);
    }
    sent
}

/// The same with sonora as its manual says.
fn process_by_sonora(rate_hz: u32, far: &[i16], heard: &[i16]) -> Vec<i16> {
    let stream = StreamConfig::new(rate_hz, 1);
    let config = Config {
        echo_canceller: Some(EchoCanceller::default()),
        ..Config::default()
    };
    let builder = AudioProcessing::builder().config(config);
    let mut sonora = builder.capture_config(stream).render_config(stream).build();
    let frame = rate_hz as usize / 100;
    let (mut sent, mut unused) = (heard.to_vec(), vec![0; frame]);
    for (n, far) in far.chunks_exact(frame).enumerate() {
        let place = n * frame..(n + 1) * frame;
        sonora.process_render_i16(far, &mut unused).expect("mono");
        sonora
            .process_capture_i16(&heard[place.clone()], &mut sent[place])
            .expect("mono");
    }
    sent
}

fn energy(samples: impl Iterator<Item = f64>) -> f64 {
    samples.map(|sample| sample * sample).sum::<f64>() + 1.0
}

fn level_db(samples: &[i16]) -> f64 {
    let mean = energy(samples.iter().map(|&sample| f64::from(sample) / 32_768.0)) - 1.0;
    10.0 * (mean / samples.len() as f64).max(1e-12).log10()
}

/// How much of the echo is gone once the room is known.
fn echo_loss_db(rate_hz: u32) -> f64 {
    let far = talk(FAR, rate_hz, 20);
    let echo = echo(&far, rate_hz);
    let sent = process(ECHO_ONLY, rate_hz, &far, &microphone(&echo, &[]));
    let learnt = rate_hz as usize * LEARNT_S;
    let heard = energy(echo[learnt..].iter().map(|&sample| f64::from(sample)));
    let left = energy(sent[learnt..].iter().map(|&sample| f64::from(sample)));
    10.0 * (heard / left).log10()
}

#[test]
fn the_echo_is_40_db_down_after_ten_seconds_at_every_rate_of_a_call() {
    for rate_hz in [8_000, 16_000, 48_000] {
        let loss_db = echo_loss_db(rate_hz);
        eprintln!("{rate_hz} Hz: {loss_db:.1} dB");
        assert!(loss_db >= 40.0, "{rate_hz} Hz: {loss_db} dB");
    }
}

/// How much of what is said near by is in what is sent, in dB, at the delay where that is most.
fn kept_db(near: &[i16], sent: &[i16], rate_hz: u32) -> f64 {
    let own = energy(near.iter().map(|&sample| f64::from(sample)));
    let most = (0..rate_hz as usize / 50)
        .map(|delay| {
            let products = near.iter().zip(&sent[delay..]);
            products
                .map(|(&a, &b)| f64::from(a) * f64::from(b))
                .sum::<f64>()
        })
        .fold(0.0, f64::max);
    20.0 * (most / own).max(1e-6).log10()
}

#[test]
fn in_double_talk_the_near_voice_is_kept_as_well_as_sonora_itself_keeps_it() {
    for rate_hz in [8_000, 16_000] {
        let far = talk(FAR, rate_hz, 20);
        let learnt = rate_hz as usize * LEARNT_S;
        let said = talk(NEAR, rate_hz, 8);
        let near = [vec![0; learnt], said.clone()].concat();
        let heard = microphone(&echo(&far, rate_hz), &near);
        let ours = process(ECHO_ONLY, rate_hz, &far, &heard);
        let theirs = process_by_sonora(rate_hz, &far, &heard);
        let ours_db = kept_db(&said, &ours[learnt..], rate_hz);
        let theirs_db = kept_db(&said, &theirs[learnt..], rate_hz);
        eprintln!("{rate_hz} Hz: ours {ours_db:.2} dB, sonora {theirs_db:.2} dB");
        assert!(ours_db > theirs_db - 0.5, "{ours_db} dB, {theirs_db} dB");
    }
}

#[test]
fn noise_is_held_down_and_speech_stays() {
    let rate_hz = 16_000;
    let wanted = VoiceProcessing {
        noise_suppression: true,
        ..VoiceProcessing::NONE
    };
    let mut noise = Noise(3);
    let said = talk(NEAR, rate_hz, 8);
    let quiet = vec![0; rate_hz as usize * 5];
    let heard: Vec<i16> = [&quiet[..], &said]
        .concat()
        .into_iter()
        .map(|sample| sample.saturating_add((noise.next() * 250.0) as i16))
        .collect();
    let sent = process(wanted, rate_hz, &vec![0; heard.len()], &heard);
    let pause = rate_hz as usize * 3..rate_hz as usize * 5;
    let held_db = level_db(&heard[pause.clone()]) - level_db(&sent[pause]);
    let change_db = level_db(&sent[quiet.len()..]) - level_db(&said);
    eprintln!("noise {held_db:.1} dB down, speech {change_db:.1} dB");
    assert!(held_db > 14.0, "noise {held_db} dB down");
    assert!(change_db.abs() < 1.5, "speech {change_db} dB");
}

#[test]
fn quiet_and_loud_voices_come_to_a_like_level_and_nothing_wraps() {
    let rate_hz = 16_000;
    let wanted = VoiceProcessing {
        gain_control: true,
        ..VoiceProcessing::NONE
    };
    let said = talk(NEAR, rate_hz, 20);
    let at = |gain: f32| -> (f64, f64) {
        let heard: Vec<i16> = said.iter().map(|&s| (f32::from(s) * gain) as i16).collect();
        let sent = process(wanted, rate_hz, &vec![0; heard.len()], &heard);
        let settled = rate_hz as usize * 12..;
        (level_db(&heard[settled.clone()]), level_db(&sent[settled]))
    };
    let ((quiet_in, quiet_out), (loud_in, loud_out)) = (at(0.03), at(0.9));
    eprintln!("{quiet_in:.1} -> {quiet_out:.1} dB, {loud_in:.1} -> {loud_out:.1} dB");
    assert!(loud_in - quiet_in > 25.0);
    assert!(
        (loud_out - quiet_out).abs() < 10.0,
        "{quiet_out} dB, {loud_out} dB"
    );
    assert!((-30.0..-12.0).contains(&quiet_out), "{quiet_out} dB");
}

#[test]
fn without_wishes_nothing_is_built_and_nothing_is_changed() {
    let mut processor = VoiceProcessor::default();
    let mut frame = [7; 80];
    processor.play(&frame);
    processor.hear(&mut frame, Duration::ZERO);
    assert!(processor.engine.is_none());
    assert_eq!(frame, [7; 80]);

    processor.choose(VoiceProcessing::ALL);
    processor.hear(&mut frame, Duration::ZERO);
    assert!(processor.engine.is_some());
    processor.choose(VoiceProcessing::NONE);
    assert!(processor.engine.is_none());
}

#[test]
fn frames_of_no_call_are_left_alone_and_any_delay_is_taken() {
    let mut processor = VoiceProcessor::default();
    processor.choose(VoiceProcessing::ALL);
    for length in [0, 1, 79, 481, 4_800] {
        let mut frame = vec![7; length];
        processor.play(&frame);
        processor.hear(&mut frame, Duration::from_secs(9));
        assert_eq!(frame, vec![7; length]);
    }
    processor.hear(&mut [0; 160], Duration::from_secs(9));
    processor.hear(&mut [0; 480], Duration::ZERO);
}
