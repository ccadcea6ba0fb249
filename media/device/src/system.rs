//! The platform's sound system through cpal: which devices there are, and how one is opened.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use cpal::traits::{DeviceTrait as _, HostTrait as _};

use crate::control::{Backend, Failure, OpenError, Pace, Present, Survey};
use crate::hotplug::Hotplug;
use crate::ring::{RingReader, RingWriter};
use crate::stream;
use crate::wishes::Shared;

/// Connects when it is first asked for something.
///
/// The connection is kept while it works: each one to PulseAudio owns a thread that lives until
/// the server closes it, whatever the client does.
pub(crate) struct System {
    host: Option<cpal::Host>,
    /// The devices of the last survey.
    outputs: Vec<Known>,
    inputs: Vec<Known>,
    hotplug: Hotplug,
}

/// A device under the name that people know it by.
struct Known {
    name: String,
    id: String,
    device: cpal::Device,
}

impl Backend for System {
    type Stream = stream::Stream;

    fn survey(&mut self) -> Survey {
        // A connection that broke while nobody used it shows only now.
        self.look_around()
            .or_else(|_| self.look_around())
            .unwrap_or_default()
    }

    fn poll_period(&self) -> Option<Duration> {
        (!self.hotplug.tells_changes()).then_some(POLL_PERIOD)
    }

    fn open_output(
        &mut self,
        device: &str,
        pace: Pace,
        failure: Failure,
    ) -> Result<(stream::Stream, RingWriter), OpenError> {
        let known = named(&self.outputs, device)?;
        Ok(stream::open_output(&known.device, pace, &failure)?)
    }

    fn open_input(
        &mut self,
        device: &str,
        failure: Failure,
    ) -> Result<(stream::Stream, RingReader), OpenError> {
        let known = named(&self.inputs, device)?;
        Ok(stream::open_input(&known.device, &failure)?)
    }
}

impl System {
    pub fn new(shared: Arc<Shared>) -> Self {
        Self {
            host: None,
            outputs: Vec::new(),
            inputs: Vec::new(),
            hotplug: Hotplug::new(shared),
        }
    }

    fn look_around(&mut self) -> Result<Survey, OpenError> {
        (self.outputs, self.inputs) = (Vec::new(), Vec::new());
        let host = self.host()?;
        let found = host.output_devices().and_then(|outputs| {
            let outputs = known(host, outputs, host.default_output_device());
            let inputs = known(host, host.input_devices()?, host.default_input_device());
            Ok((outputs, inputs))
        });
        let (outputs, inputs) = found.inspect_err(|_| {
            // The server has gone; the next try connects anew.
            self.host = None;
        })?;
        let survey = Survey {
            outputs: present(&outputs),
            inputs: present(&inputs),
        };
        (self.outputs, self.inputs) = (outputs.listed, inputs.listed);
        Ok(survey)
    }

    /// The first sound system that answers; on Linux PulseAudio (or PipeWire in its place) comes
    /// before ALSA.
    fn host(&mut self) -> Result<&cpal::Host, OpenError> {
        // ALSA is asked for anew each time, so that a sound server that comes later is used.
        let kept = self.host.take().filter(|host| !is_alsa(host));
        let host = match kept {
            Some(host) => host,
            None => {
                let host = cpal::available_hosts()
                    .into_iter()
                    .find_map(|id| cpal::host_from_id(id).ok())
                    .ok_or(OpenError::NoDevice)?;
                self.hotplug.follow(&host);
                host
            }
        };
        Ok(self.host.insert(host))
    }
}

/// The devices of one direction.
struct Devices {
    listed: Vec<Known>,
    default_id: Option<String>,
}

fn present(devices: &Devices) -> Present {
    let default = devices.default_id.as_deref();
    let default = devices
        .listed
        .iter()
        .find(|known| Some(&*known.id) == default);
    Present {
        names: devices
            .listed
            .iter()
            .map(|known| known.name.clone())
            .collect(),
        default: default.map(|known| known.name.clone()),
    }
}

fn named<'a>(devices: &'a [Known], name: &str) -> Result<&'a Known, OpenError> {
    devices
        .iter()
        .find(|known| known.name == name)
        .ok_or(OpenError::NoDevice)
}

/// The devices that a person could mean. A default need not be in the list: ALSA's is a rule that
/// leads to some device.
fn known(
    host: &cpal::Host,
    listed: impl Iterator<Item = cpal::Device>,
    default: Option<cpal::Device>,
) -> Devices {
    let known = |device: cpal::Device| {
        let (name, id) = (device.description().ok()?.name().to_owned(), id(&device)?);
        is_for_people(host, &id).then_some(Known { name, id, device })
    };
    let mut listed: Vec<_> = listed.filter_map(known).collect();
    let default = default.and_then(known);
    let default_id = default.as_ref().map(|default| default.id.clone());
    listed.extend(default.filter(|default| listed.iter().all(|known| known.id != default.id)));

    let mut count = BTreeMap::new();
    for known in &listed {
        *count.entry(known.name.clone()).or_insert(0) += 1;
    }
    for known in &mut listed {
        if count.get(&known.name).is_some_and(|&count| count > 1) {
            known.name = format!("{} ({})", known.name, known.id);
        }
    }
    Devices { listed, default_id }
}

fn id(device: &cpal::Device) -> Option<String> {
    Some(device.id().ok()?.id().to_owned())
}

#[cfg(target_os = "linux")]
fn is_alsa(host: &cpal::Host) -> bool {
    host.id() == cpal::HostId::Alsa
}

#[cfg(not(target_os = "linux"))]
fn is_alsa(_host: &cpal::Host) -> bool {
    false
}

/// Whether a person could mean this device.
fn is_for_people(host: &cpal::Host, id: &str) -> bool {
    if is_alsa(host) {
        is_whole_alsa_device(id)
    } else {
        !is_pulse_monitor(id)
    }
}

/// PulseAudio offers what each loudspeaker plays as a source, and makes it the default where there
/// is no microphone: the caller would hear himself.
fn is_pulse_monitor(id: &str) -> bool {
    id.ends_with(".monitor")
}

/// The system's rule, and of ALSA's many names for one card the one that converts any format. What
/// leads to other sound servers is left out: where one runs, it is used directly or by the rule.
fn is_whole_alsa_device(id: &str) -> bool {
    id == "default" || id.starts_with("plughw:")
}

/// How often the devices are listed where the system does not tell of changes.
const POLL_PERIOD: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loudspeakers_monitor_is_no_microphone() {
        assert!(is_pulse_monitor(
            "alsa_output.pci-0000_00_1f.3.analog-stereo.monitor"
        ));
        assert!(!is_pulse_monitor("alsa_input.usb-headset.mono-fallback"));
    }

    #[test]
    fn of_alsas_names_the_ones_that_play_anything_are_listed() {
        for id in ["default", "plughw:CARD=0,DEV=0"] {
            assert!(is_whole_alsa_device(id), "{id}");
        }
        for id in [
            "null",
            "hw:CARD=0,DEV=0",
            "surround51:CARD=PCH,DEV=0",
            "lavrate",
        ] {
            assert!(!is_whole_alsa_device(id), "{id}");
        }
    }
}
