//! cpal streams and their callbacks.
//!
//! A callback copies samples between the device's buffer and a ring and does nothing else: the
//! operating system waits for it with a deadline of milliseconds. In debug builds a callback that
//! allocates ends the program, where the program has `assert_no_alloc`'s allocator.

use std::any::Any;
use std::time::{Duration, Instant};

use assert_no_alloc::assert_no_alloc;
use cpal::traits::{DeviceTrait as _, StreamTrait as _};
use cpal::{
    BufferSize, ErrorKind, FromSample, Sample, SampleFormat, SizedSample, StreamConfig,
    SupportedBufferSize, SupportedStreamConfig, SupportedStreamConfigRange,
};

use crate::control::{Failure, Pace};
#[cfg(target_os = "linux")]
use crate::pulse;
use crate::ring::{self, RingReader, RingWriter};

/// An open stream of whatever kind. Dropping it closes it, and nothing else is ever done with it.
pub(crate) type Stream = Box<dyn Any>;

/// Opens and starts a loudspeaker.
pub(crate) fn open_output(
    device: &cpal::Device,
    pace: Pace,
    failure: &Failure,
) -> Result<(Stream, RingWriter), cpal::Error> {
    let default = device.default_output_config()?;
    let rings = match pace {
        Pace::Live => ring::live,
        Pace::Ahead => ring::ahead,
    };
    #[cfg(target_os = "linux")]
    if let Some(sink) = pulse_name(device) {
        let rate_hz = default.sample_rate();
        let (writer, reader) = rings(rate_hz, Instant::now());
        let stream = pulse::open_output(&sink, rate_hz, reader, failure).map_err(unavailable)?;
        return Ok((Box::new(stream), writer));
    }
    let (mut config, format) = shape(default, || device.supported_output_configs())?;
    let mut build = |buffer_size| {
        config.buffer_size = buffer_size;
        let (writer, reader) = rings(config.sample_rate, Instant::now());
        let stream = match format {
            SampleFormat::F32 => build_output::<f32>(device, config, reader, failure),
            SampleFormat::I32 => build_output::<i32>(device, config, reader, failure),
            SampleFormat::I16 => build_output::<i16>(device, config, reader, failure),
            SampleFormat::U16 => build_output::<u16>(device, config, reader, failure),
            other => Err(unsupported(other)),
        };
        stream.map(|stream| (stream, writer))
    };
    // A size that the device refuses is better left to it than no sound at all.
    let (stream, writer) = build(buffer_size(default)).or_else(|_| build(BufferSize::Default))?;
    stream.play()?;
    Ok((Box::new(stream), writer))
}

/// Opens and starts a microphone.
pub(crate) fn open_input(
    device: &cpal::Device,
    failure: &Failure,
) -> Result<(Stream, RingReader), cpal::Error> {
    let default = device.default_input_config()?;
    #[cfg(target_os = "linux")]
    if let Some(source) = pulse_name(device) {
        let rate_hz = default.sample_rate();
        let (writer, reader) = ring::live(rate_hz, Instant::now());
        let stream = pulse::open_input(&source, rate_hz, writer, failure).map_err(unavailable)?;
        return Ok((Box::new(stream), reader));
    }
    let (mut config, format) = shape(default, || device.supported_input_configs())?;
    let mut build = |buffer_size| {
        config.buffer_size = buffer_size;
        let (writer, reader) = ring::live(config.sample_rate, Instant::now());
        let stream = match format {
            SampleFormat::F32 => build_input::<f32>(device, config, writer, failure),
            SampleFormat::I32 => build_input::<i32>(device, config, writer, failure),
            SampleFormat::I16 => build_input::<i16>(device, config, writer, failure),
            SampleFormat::U16 => build_input::<u16>(device, config, writer, failure),
            other => Err(unsupported(other)),
        };
        stream.map(|stream| (stream, reader))
    };
    let (stream, reader) = build(buffer_size(default)).or_else(|_| build(BufferSize::Default))?;
    stream.play()?;
    Ok((Box::new(stream), reader))
}

fn build_output<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    mut ring: RingReader,
    failure: &Failure,
) -> Result<cpal::Stream, cpal::Error> {
    let channels = usize::from(config.channels);
    device.build_output_stream(
        config,
        move |out: &mut [T], _| {
            assert_no_alloc(|| fill_device(Instant::now(), &mut ring, channels, out));
        },
        on_error(failure),
        Some(OPEN_TIMEOUT),
    )
}

fn build_input<T: SizedSample>(
    device: &cpal::Device,
    config: StreamConfig,
    mut ring: RingWriter,
    failure: &Failure,
) -> Result<cpal::Stream, cpal::Error>
where
    f32: FromSample<T>,
{
    let channels = usize::from(config.channels);
    device.build_input_stream(
        config,
        move |sound: &[T], _| {
            assert_no_alloc(|| drain_device(Instant::now(), &mut ring, channels, sound));
        },
        on_error(failure),
        Some(OPEN_TIMEOUT),
    )
}

/// One callback of a loudspeaker: mono sound goes to the front pair, the other channels are silent.
fn fill_device<T: Sample + FromSample<f32>>(
    now: Instant,
    ring: &mut RingReader,
    channels: usize,
    out: &mut [T],
) {
    out.fill(T::EQUILIBRIUM);
    let frames = out.len() / channels;
    let mut slots = out.chunks_exact_mut(channels);
    ring.pull_for_device(now, frames, |sample| {
        if let Some(slot) = slots.next() {
            slot.iter_mut()
                .take(FRONT)
                .for_each(|channel| *channel = T::from_sample(sample));
        }
    });
}

/// One callback of a microphone: the mean of the front pair. Arrays of microphones have more
/// channels, of which the others may be anything.
fn drain_device<T: Sample>(now: Instant, ring: &mut RingWriter, channels: usize, sound: &[T])
where
    f32: FromSample<T>,
{
    let front = channels.min(FRONT);
    let mix = |frame: &[T]| {
        frame
            .iter()
            .take(front)
            .map(|&sample| f32::from_sample(sample))
            .sum::<f32>()
            / front as f32
    };
    ring.push_from_device(now, sound.chunks_exact(channels).map(mix));
}

/// What ends a stream goes to the audio-control thread, which drops it; the rest passes by itself.
///
/// Until it is dropped ALSA repeats a fatal error, up to a million times a second and on a thread of
/// its own: that thread is slowed down here, so that it leaves the processor to those who work.
fn on_error(failure: &Failure) -> impl FnMut(cpal::Error) + Send + use<> {
    let failure = failure.clone();
    move |error| match error.kind() {
        ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => (),
        _ if failure.reason().is_some() => std::thread::sleep(STORM_PAUSE),
        _ => failure.set(|| error.to_string()),
    }
}

/// The device's own rate and channels, in a sample format that is handled here.
fn shape<R: Iterator<Item = SupportedStreamConfigRange>>(
    default: SupportedStreamConfig,
    supported: impl FnOnce() -> Result<R, cpal::Error>,
) -> Result<(StreamConfig, SampleFormat), cpal::Error> {
    if FORMATS.contains(&default.sample_format()) {
        return Ok((default.config(), default.sample_format()));
    }
    let rank = |format| FORMATS.iter().position(|&known| known == format);
    supported()?
        .filter(|range| range.channels() == default.channels())
        .filter_map(|range| range.try_with_sample_rate(default.sample_rate()))
        .filter_map(|config| Some((rank(config.sample_format())?, config)))
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, config)| (config.config(), config.sample_format()))
        .ok_or_else(|| unsupported(default.sample_format()))
}

/// 10 ms where the device allows. Never the backend's default unless it must be: PulseAudio's is
/// two seconds long.
fn buffer_size(default: SupportedStreamConfig) -> BufferSize {
    let frames = default.sample_rate() / 100;
    BufferSize::Fixed(match *default.buffer_size() {
        SupportedBufferSize::Range { min, max } => frames.max(min).min(max),
        SupportedBufferSize::Unknown => frames,
    })
}

/// The sound server's name for a device that is one of its own.
#[cfg(target_os = "linux")]
fn pulse_name(device: &cpal::Device) -> Option<String> {
    let id = device.id().ok()?;
    (id.host() == cpal::HostId::PulseAudio).then(|| id.id().to_owned())
}

#[cfg(target_os = "linux")]
fn unavailable(error: impl std::fmt::Display) -> cpal::Error {
    cpal::Error::with_message(ErrorKind::DeviceNotAvailable, error.to_string())
}

fn unsupported(format: SampleFormat) -> cpal::Error {
    cpal::Error::with_message(
        ErrorKind::UnsupportedConfig,
        format!("the device has no sample format that is known here, only {format}"),
    )
}

/// Best first.
const FORMATS: [SampleFormat; 4] = [
    SampleFormat::F32,
    SampleFormat::I32,
    SampleFormat::I16,
    SampleFormat::U16,
];
/// Short beside the time that a device takes to open.
const STORM_PAUSE: Duration = Duration::from_millis(10);
/// Left and right.
const FRONT: usize = 2;
/// A sound server that hangs must not hold the audio-control thread for ever.
const OPEN_TIMEOUT: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// How long callbacks of 10 ms take that move stereo sound, while another thread works at the
    /// other end of the ring. `cargo xtask bench callback` reads what is printed.
    #[test]
    fn a_callback_is_done_long_before_its_deadline() {
        let start = Instant::now();
        let (mut writer, mut reader) = ring::live(48_000, start);
        let feeder = std::thread::spawn(move || {
            let sound = [0.1; 480];
            while !writer.is_abandoned() {
                writer.push(&sound);
                std::thread::yield_now();
            }
        });
        let mut out = [0.0f32; 960];
        report("loudspeaker", || {
            fill_device(Instant::now(), &mut reader, 2, &mut out);
        });
        drop(reader);
        feeder.join().expect("the feeder ends with the reader");

        let (mut writer, mut reader) = ring::live(48_000, start);
        let eater = std::thread::spawn(move || {
            while !reader.is_abandoned() {
                reader.drain(|_| ());
                std::thread::yield_now();
            }
        });
        let sound = [0.1f32; 960];
        report("microphone", || {
            drain_device(Instant::now(), &mut writer, 2, &sound);
        });
        drop(writer);
        eater.join().expect("the eater ends with the writer");
    }

    /// Prints the median, the time that one of a thousand takes longer than, and the longest, in
    /// microseconds.
    fn report(name: &str, mut callback: impl FnMut()) {
        let mut times: Vec<Duration> = (0..CALLBACKS)
            .map(|_| {
                let began = Instant::now();
                assert_no_alloc(&mut callback);
                began.elapsed()
            })
            .collect();
        times.sort();
        let at = |share: f64| times[((CALLBACKS - 1) as f64 * share) as usize];
        let [median, late, worst] = [0.5, 0.999, 1.0].map(|share| at(share).as_secs_f64() * 1e6);
        let line = format!("callback {name} {median:.2} {late:.2} {worst:.2}");
        writeln!(std::io::stdout(), "{line}").expect("somebody reads it");
        // A busy machine makes single callbacks late, and not half of them.
        assert!(median < 1_000.0, "{name}: {median} us of 10 ms");
    }

    /// Ten minutes of a call.
    const CALLBACKS: usize = 60_000;

    fn played<T: Sample + FromSample<f32>>(channels: usize) -> Vec<T> {
        let now = Instant::now();
        let (mut writer, mut reader) = ring::live(8_000, now);
        writer.push(&[0.5, -0.5]);
        let mut out = vec![T::from_sample(0.9f32); 2 * channels];
        fill_device(now, &mut reader, channels, &mut out);
        out
    }

    #[test]
    fn mono_sound_goes_to_the_front_pair_in_every_format() {
        assert_eq!(played::<f32>(1), [0.5, -0.5]);
        assert_eq!(played::<f32>(2), [0.5, 0.5, -0.5, -0.5]);
        assert_eq!(played::<f32>(4), [0.5, 0.5, 0.0, 0.0, -0.5, -0.5, 0.0, 0.0]);
        assert_eq!(played::<i16>(2), [16_384, 16_384, -16_384, -16_384]);
        assert_eq!(played::<i32>(1), [1 << 30, -(1 << 30)]);
        assert_eq!(
            played::<u16>(3),
            [49_152, 49_152, 32_768, 16_384, 16_384, 32_768]
        );
    }

    fn heard<T: Sample>(channels: usize, sound: &[T]) -> Vec<f32>
    where
        f32: FromSample<T>,
    {
        let now = Instant::now();
        let (mut writer, mut reader) = ring::live(8_000, now);
        drain_device(now, &mut writer, channels, sound);
        let mut samples = Vec::new();
        reader.drain(|sample| samples.push(sample));
        samples
    }

    #[test]
    fn a_microphone_is_the_mean_of_its_front_pair_in_every_format() {
        assert_eq!(heard(1, &[0.5f32, -0.5]), [0.5, -0.5]);
        assert_eq!(heard(2, &[0.5f32, 0.25, -0.5, -0.25]), [0.375, -0.375]);
        assert_eq!(heard(4, &[0.5f32, 0.5, 0.9, 0.9]), [0.5]);
        assert_eq!(heard(2, &[16_384i16, 0]), [0.25]);
        assert_eq!(heard(1, &[1i32 << 30]), [0.5]);
        assert_eq!(heard(1, &[49_152u16, 32_768]), [0.5, 0.0]);
    }

    #[test]
    fn a_buffer_is_ten_milliseconds_where_the_device_allows() {
        let config = |rate_hz, buffer_size| {
            SupportedStreamConfig::new(2, rate_hz, buffer_size, SampleFormat::F32)
        };
        let range = |min, max| SupportedBufferSize::Range { min, max };
        for (rate_hz, supported, expected) in [
            (48_000, SupportedBufferSize::Unknown, 480),
            (44_100, range(1, 100_000), 441),
            (48_000, range(512, 4_096), 512),
            (48_000, range(64, 256), 256),
        ] {
            assert_eq!(
                buffer_size(config(rate_hz, supported)),
                BufferSize::Fixed(expected)
            );
        }
    }

    #[test]
    fn a_format_that_is_not_known_is_exchanged_for_one_that_is() {
        let range = |channels, format| {
            let any = SupportedBufferSize::Unknown;
            SupportedStreamConfigRange::new(channels, 8_000, 96_000, any, format)
        };
        let default =
            |format| SupportedStreamConfig::new(2, 44_100, SupportedBufferSize::Unknown, format);
        let all = [
            range(2, SampleFormat::U8),
            range(2, SampleFormat::I16),
            range(1, SampleFormat::F32),
            range(2, SampleFormat::I32),
        ];
        let shaped = |format| shape(default(format), || Ok(all.into_iter()));
        let (config, format) = shaped(SampleFormat::I24).expect("I32 is there");
        assert_eq!((config.sample_rate, config.channels), (44_100, 2));
        assert_eq!(format, SampleFormat::I32);
        assert_eq!(
            shaped(SampleFormat::U16).expect("known").1,
            SampleFormat::U16
        );
        let none = shape(default(SampleFormat::U8), || Ok(all.into_iter().take(1)));
        assert_eq!(
            none.expect_err("only U8").kind(),
            ErrorKind::UnsupportedConfig
        );
    }

    #[test]
    fn the_first_fatal_error_is_told_and_the_storm_after_it_is_not() {
        let (shared, woken) = crate::wishes::Shared::new(Default::default());
        let failure = Failure::new(shared.wake());
        let mut on_error = on_error(&failure);
        on_error(cpal::Error::new(ErrorKind::Xrun));
        assert!(failure.reason().is_none() && woken.try_recv().is_err());
        let began = Instant::now();
        for n in 0..20 {
            on_error(cpal::Error::with_message(
                ErrorKind::StreamInvalidated,
                n.to_string(),
            ));
        }
        assert!(began.elapsed() >= STORM_PAUSE * 19, "and it is slowed down");
        assert_eq!(failure.reason(), Some("0"));
        assert!(
            woken.try_recv().is_ok() && woken.try_recv().is_err(),
            "woken once"
        );
    }
}
