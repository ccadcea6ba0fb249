//! Light or dark, as the desktop portal tells it (`org.freedesktop.appearance`, `color-scheme`).
//! winit knows it on macOS and Windows; on Linux it does not.

use eframe::egui::Theme;
use zbus::Connection;
use zbus::zvariant::{OwnedValue, Value};

use super::notifications::next;
use crate::action::Action;
use crate::host::{Notice, Reporter};

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

/// Reports the preference and every change of it.
pub async fn follow(connection: &Connection, reporter: &Reporter) -> zbus::Result<()> {
    let settings = SettingsProxy::new(connection).await?;
    let mut changes = settings.receive_setting_changed().await?;
    let value = settings.read(NAMESPACE, KEY).await?;
    report(reporter, &value);
    while let Some(change) = next(&mut changes).await {
        let change = change.args()?;
        if change.namespace == NAMESPACE && change.key == KEY {
            report(reporter, &change.value);
        }
    }
    Ok(())
}

fn report(reporter: &Reporter, value: &Value<'_>) {
    let action = Action::DesktopTheme(theme(value));
    reporter.report(Notice::Act(action));
}

/// 1 is dark, 2 is light, 0 is no preference. `Read` wraps the value once more than the signal.
fn theme(value: &Value<'_>) -> Option<Theme> {
    match value {
        Value::Value(inner) => theme(inner),
        Value::U32(1) => Some(Theme::Dark),
        Value::U32(2) => Some(Theme::Light),
        _ => None,
    }
}

const NAMESPACE: &str = "org.freedesktop.appearance";
const KEY: &str = "color-scheme";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preference_is_read_wrapped_or_bare() {
        let wrapped = Value::Value(Box::new(Value::U32(1)));
        for (value, expected) in [
            (Value::U32(0), None),
            (Value::U32(1), Some(Theme::Dark)),
            (Value::U32(2), Some(Theme::Light)),
            (wrapped, Some(Theme::Dark)),
            (Value::from("dark"), None),
        ] {
            assert_eq!(theme(&value), expected, "{value:?}");
        }
    }
}
