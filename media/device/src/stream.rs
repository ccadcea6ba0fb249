//! cpal streams and their callbacks.
//!
//! A callback copies samples between the device's buffer and a ring and does nothing else: the
//! operating system waits for it with a deadline of milliseconds.

use std::any::Any;
use std::time::{Duration, Instant};

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
        move |out: &mut [T], _| fill_device(Instant::now(), &mut ring, channels, out),
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
        move |sound: &[T], _| drain_device(Instant::now(), &mut ring, channels, sound),
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
fn on_error(failure: &Failure) -> impl FnMut(cpal::Error) + Send + use<> {
    let failure = failure.clone();
    move |error| match error.kind() {
        ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => (),
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
/// Left and right.
const FRONT: usize = 2;
/// A sound server that hangs must not hold the audio-control thread for ever.
const OPEN_TIMEOUT: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests {
    use super::*;

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
        for n in 0..1_000 {
            on_error(cpal::Error::with_message(
                ErrorKind::StreamInvalidated,
                n.to_string(),
            ));
        }
        assert_eq!(failure.reason(), Some("0"));
        assert!(
            woken.try_recv().is_ok() && woken.try_recv().is_err(),
            "woken once"
        );
    }
}
