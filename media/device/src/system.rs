//! The platform's sound system through cpal: which devices there are, and which one to open.

use std::collections::BTreeMap;

use cpal::traits::{DeviceTrait as _, HostTrait as _};

use crate::control::{Backend, Failure, OpenError, Opened, Pace};
use crate::event::{DeviceNames, Role};
use crate::ring::{RingReader, RingWriter};
use crate::stream;

/// Connects when it is first asked for something.
///
/// The connection is kept while it works: each one to PulseAudio owns a thread that lives until
/// the server closes it, whatever the client does.
#[derive(Default)]
pub(crate) struct System {
    host: Option<cpal::Host>,
}

/// A device under the name that people know it by.
struct Known {
    name: String,
    id: String,
    device: cpal::Device,
}

impl Backend for System {
    type Stream = stream::Stream;

    fn names(&mut self) -> DeviceNames {
        let mut names = |role| match self.known(role) {
            Ok(known) => known.into_iter().map(|known| known.name).collect(),
            Err(_) => Vec::new(),
        };
        DeviceNames {
            outputs: names(Role::Speaker),
            inputs: names(Role::Microphone),
        }
    }

    fn best(&mut self, role: Role, chosen: Option<&str>) -> Option<String> {
        // ALSA's list is slow to make, and its default device is a name that never changes.
        if self.host().is_ok_and(is_alsa) {
            return None;
        }
        self.find(role, chosen).ok().map(|known| known.name)
    }

    fn open_output(
        &mut self,
        chosen: Option<&str>,
        pace: Pace,
        failure: Failure,
    ) -> Result<(Opened<stream::Stream>, RingWriter), OpenError> {
        let Known { name, device, .. } = self.find(Role::Speaker, chosen)?;
        let (stream, ring) = stream::open_output(&device, pace, &failure)?;
        Ok((
            Opened {
                device: name,
                stream,
            },
            ring,
        ))
    }

    fn open_input(
        &mut self,
        chosen: Option<&str>,
        failure: Failure,
    ) -> Result<(Opened<stream::Stream>, RingReader), OpenError> {
        let Known { name, device, .. } = self.find(Role::Microphone, chosen)?;
        let (stream, ring) = stream::open_input(&device, &failure)?;
        Ok((
            Opened {
                device: name,
                stream,
            },
            ring,
        ))
    }
}

impl System {
    /// The first sound system that answers; on Linux PulseAudio (or PipeWire in its place) comes
    /// before ALSA.
    fn host(&mut self) -> Result<&cpal::Host, OpenError> {
        // ALSA is asked for anew each time, so that a sound server that comes later is used.
        let kept = self.host.take().filter(|host| !is_alsa(host));
        let host = match kept {
            Some(host) => host,
            None => cpal::available_hosts()
                .into_iter()
                .find_map(|id| cpal::host_from_id(id).ok())
                .ok_or(OpenError::NoDevice)?,
        };
        Ok(self.host.insert(host))
    }

    fn known(&mut self, role: Role) -> Result<Vec<Known>, OpenError> {
        let host = self.host()?;
        let listed = match role {
            Role::Speaker | Role::Ringer => host.output_devices().map(|list| known(host, list)),
            Role::Microphone => host.input_devices().map(|list| known(host, list)),
        };
        listed.map_err(|error| {
            // The server has gone; the next try connects anew.
            self.host = None;
            error.into()
        })
    }

    fn find(&mut self, role: Role, chosen: Option<&str>) -> Result<Known, OpenError> {
        let mut known = match self.known(role) {
            // A connection that broke while nobody used it shows only now.
            Err(OpenError::System(_)) => self.known(role)?,
            known => known?,
        };
        let host = self.host()?;
        let default = match role {
            Role::Speaker | Role::Ringer => host.default_output_device(),
            Role::Microphone => host.default_input_device(),
        };
        let default =
            default.filter(|default| id(default).is_some_and(|id| is_for_people(host, &id)));
        let default_id = default.as_ref().and_then(id);
        let names: Vec<_> = known
            .iter()
            .map(|known| (&*known.name, &*known.id))
            .collect();
        if let Some(index) = pick(&names, chosen, default_id.as_deref()) {
            return Ok(known.swap_remove(index));
        }
        // A default need not be in the list: ALSA's is a rule that leads to some device.
        let unlisted = default.zip(default_id).map(|(device, id)| Known {
            name: device.to_string(),
            id,
            device,
        });
        unlisted
            .or_else(|| known.into_iter().next())
            .ok_or(OpenError::NoDevice)
    }
}

/// The chosen device, else the system's default.
fn pick(known: &[(&str, &str)], chosen: Option<&str>, default_id: Option<&str>) -> Option<usize> {
    let named = |name| known.iter().position(|(known, _)| *known == name);
    let with_id = |id| known.iter().position(|(_, known)| *known == id);
    chosen
        .and_then(named)
        .or_else(|| default_id.and_then(with_id))
}

fn known(host: &cpal::Host, listed: impl Iterator<Item = cpal::Device>) -> Vec<Known> {
    let mut known: Vec<_> = listed
        .filter_map(|device| {
            let (name, id) = (device.description().ok()?.name().to_owned(), id(&device)?);
            is_for_people(host, &id).then_some(Known { name, id, device })
        })
        .collect();
    let mut count = BTreeMap::new();
    for known in &known {
        *count.entry(known.name.clone()).or_insert(0) += 1;
    }
    for known in &mut known {
        if count.get(&known.name).is_some_and(|&count| count > 1) {
            known.name = format!("{} ({})", known.name, known.id);
        }
    }
    known
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_device_is_taken_else_the_default() {
        let known = [
            ("Headset", "usb.1"),
            ("Speakers", "pci.0"),
            ("Monitor", "hdmi.0"),
        ];
        let table = [
            (&known[..], Some("Monitor"), Some("pci.0"), Some(2)),
            (&known, Some("Gone"), Some("pci.0"), Some(1)),
            (&known, None, Some("pci.0"), Some(1)),
            (&known, Some("Gone"), Some("hidden"), None),
            (&known, None, None, None),
            (&known, Some("usb.1"), Some("pci.0"), Some(1)),
            (&[], Some("Headset"), Some("pci.0"), None),
            (&[], None, None, None),
        ];
        for (known, chosen, default_id, expected) in table {
            assert_eq!(
                pick(known, chosen, default_id),
                expected,
                "{chosen:?}, {default_id:?}"
            );
        }
    }

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
