//! What the user wants of every program, as the desktop portal tells it: light or dark, less motion, larger
//! text. winit knows the first on macOS and Windows; on Linux it does not.

use egui::Theme;
use zbus::Connection;
use zbus::zvariant::{OwnedValue, Value};

use super::notifications::next;
use crate::action::Action;
use crate::host::{Notice, Reporter};
use crate::state::{Motion, Preference};

#[zbus::proxy(
    interface = "org.freedesktop.portal.Settings",
    default_service = "org.freedesktop.portal.Desktop",
    default_path = "/org/freedesktop/portal/desktop",
    gen_blocking = false
)]
trait Settings {
    fn read(&self, namespace: &str, key: &str) -> zbus::Result<OwnedValue>;

    #[zbus(signal)]
    fn setting_changed(&self, namespace: &str, key: &str, value: Value<'_>) -> zbus::Result<()>;
}

/// Reports the preferences and every change of them.
pub async fn follow(connection: &Connection, reporter: &Reporter) -> zbus::Result<()> {
    let settings = SettingsProxy::new(connection).await?;
    let mut changes = settings.receive_setting_changed().await?;
    let text = text_scaling();
    for (namespace, key) in KEYS {
        // A desktop has some of these settings and not the others.
        if let Ok(value) = settings.read(namespace, key).await {
            report(reporter, preference(namespace, key, &value, text));
        }
    }
    while let Some(change) = next(&mut changes).await {
        let change = change.args()?;
        let preference = preference(change.namespace, change.key, &change.value, text);
        report(reporter, preference);
    }
    Ok(())
}

fn report(reporter: &Reporter, preference: Option<Preference>) {
    if let Some(preference) = preference {
        reporter.report(Notice::Act(Action::DesktopPrefers(preference)));
    }
}

/// Who makes text as large as the desktop wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TextScaling {
    /// The X server's resolution of fonts has it in it already.
    WindowSystem,
    Ours,
}

fn text_scaling() -> TextScaling {
    match std::env::var_os("WAYLAND_DISPLAY") {
        Some(_) => TextScaling::Ours,
        None => TextScaling::WindowSystem,
    }
}

/// `None` for a setting that is none of these, or a value that means nothing.
fn preference(
    namespace: &str,
    key: &str,
    value: &Value<'_>,
    text: TextScaling,
) -> Option<Preference> {
    // `Read` wraps the value once more than the signal.
    if let Value::Value(inner) = value {
        return preference(namespace, key, inner, text);
    }
    match (namespace, key, value) {
        (APPEARANCE, COLOR_SCHEME, Value::U32(scheme)) => Some(Preference::Theme(theme(*scheme))),
        (APPEARANCE, REDUCED_MOTION, Value::U32(reduced)) => {
            Some(Preference::Motion(motion(*reduced == 1)))
        }
        (INTERFACE, ENABLE_ANIMATIONS, Value::Bool(enabled)) => {
            Some(Preference::Motion(motion(!enabled)))
        }
        (INTERFACE, TEXT_SCALING, Value::F64(factor)) if text == TextScaling::Ours => {
            Some(Preference::TextScale(percent(*factor)))
        }
        _ => None,
    }
}

/// 1 is dark, 2 is light, 0 is no preference.
fn theme(scheme: u32) -> Option<Theme> {
    match scheme {
        1 => Some(Theme::Dark),
        2 => Some(Theme::Light),
        _ => None,
    }
}

fn motion(reduced: bool) -> Motion {
    match reduced {
        true => Motion::Reduced,
        false => Motion::Full,
    }
}

/// Beyond these bounds no desktop offers a factor.
fn percent(factor: f64) -> Option<u16> {
    let usable = (0.5..=3.0).contains(&factor);
    usable.then(|| (factor * 100.0).round() as u16)
}

const APPEARANCE: &str = "org.freedesktop.appearance";
const COLOR_SCHEME: &str = "color-scheme";
const REDUCED_MOTION: &str = "reduced-motion";
/// GNOME's own settings, which its portal tells as well.
const INTERFACE: &str = "org.gnome.desktop.interface";
const ENABLE_ANIMATIONS: &str = "enable-animations";
const TEXT_SCALING: &str = "text-scaling-factor";

/// Of two that say the same, the later one wins.
const KEYS: [(&str, &str); 4] = [
    (APPEARANCE, COLOR_SCHEME),
    (INTERFACE, ENABLE_ANIMATIONS),
    (APPEARANCE, REDUCED_MOTION),
    (INTERFACE, TEXT_SCALING),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_are_read_wrapped_or_bare() {
        let wrapped = Value::Value(Box::new(Value::U32(1)));
        let dark = Some(Preference::Theme(Some(Theme::Dark)));
        let light = Some(Preference::Theme(Some(Theme::Light)));
        let (reduced, full) = (
            Some(Preference::Motion(Motion::Reduced)),
            Some(Preference::Motion(Motion::Full)),
        );
        for (namespace, key, value, expected) in [
            (
                APPEARANCE,
                COLOR_SCHEME,
                Value::U32(0),
                Some(Preference::Theme(None)),
            ),
            (APPEARANCE, COLOR_SCHEME, Value::U32(1), dark),
            (APPEARANCE, COLOR_SCHEME, Value::U32(2), light),
            (APPEARANCE, COLOR_SCHEME, wrapped, dark),
            (APPEARANCE, COLOR_SCHEME, Value::from("dark"), None),
            (APPEARANCE, REDUCED_MOTION, Value::U32(1), reduced),
            (APPEARANCE, REDUCED_MOTION, Value::U32(0), full),
            (INTERFACE, ENABLE_ANIMATIONS, Value::Bool(false), reduced),
            (INTERFACE, ENABLE_ANIMATIONS, Value::Bool(true), full),
            (
                INTERFACE,
                TEXT_SCALING,
                Value::F64(1.25),
                Some(Preference::TextScale(Some(125))),
            ),
            (
                INTERFACE,
                TEXT_SCALING,
                Value::F64(f64::NAN),
                Some(Preference::TextScale(None)),
            ),
            (INTERFACE, COLOR_SCHEME, Value::U32(1), None),
        ] {
            let read = preference(namespace, key, &value, TextScaling::Ours);
            assert_eq!(read, expected, "{namespace} {key} {value:?}");
        }
    }

    #[test]
    fn larger_text_is_not_made_larger_twice() {
        let factor = Value::F64(1.5);
        let read = preference(INTERFACE, TEXT_SCALING, &factor, TextScaling::WindowSystem);
        assert_eq!(read, None);
    }
}
