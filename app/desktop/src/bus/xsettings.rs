//! The theme of windows on X11 (XSETTINGS): Xfce, MATE and others tell light or dark by nothing but its name.
//!
//! Source: the XSETTINGS specification of freedesktop.org, version 0.5, "Format of the _XSETTINGS_SETTINGS property".

use egui::Theme;
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, EventMask};
use x11rb::rust_connection::RustConnection;

use crate::action::Action;
use crate::host::{Notice, Reporter};
use crate::state::Preference;

/// Reports the theme and every change of it, on a thread of its own that waits for the X server.
pub fn follow(reporter: &Reporter) {
    // The X server beside a Wayland desktop is not the desktop's voice.
    if std::env::var_os("WAYLAND_DISPLAY").is_some() {
        return;
    }
    let reporter = reporter.clone();
    let thread = std::thread::Builder::new()
        .name("x settings".into())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            if let Err(error) = listen(&reporter) {
                tracing::debug!(%error, "the X server tells no theme");
            }
        });
    if let Err(error) = thread {
        tracing::debug!(%error, "nobody listens for the theme");
    }
}

/// Returns when whoever keeps the settings is gone, or when there is nobody.
fn listen(reporter: &Reporter) -> Result<(), Box<dyn std::error::Error>> {
    let (connection, screen) = x11rb::connect(None)?;
    let selection = atom(&connection, &format!("_XSETTINGS_S{screen}"))?;
    let property = atom(&connection, "_XSETTINGS_SETTINGS")?;
    let keeper = connection.get_selection_owner(selection)?.reply()?.owner;
    if keeper == x11rb::NONE {
        return Ok(());
    }
    let told = EventMask::PROPERTY_CHANGE | EventMask::STRUCTURE_NOTIFY;
    let told = ChangeWindowAttributesAux::new().event_mask(told);
    connection
        .change_window_attributes(keeper, &told)?
        .check()?;
    loop {
        let all = connection
            .get_property(false, keeper, property, AtomEnum::ANY, 0, LIMIT_WORDS)?
            .reply()?;
        let theme = theme(&all.value);
        let preference = Preference::ThemeOfWindows(theme);
        reporter.report(Notice::Act(Action::DesktopPrefers(preference)));
        match connection.wait_for_event()? {
            Event::DestroyNotify(_) => return Ok(()),
            _ => continue,
        }
    }
}

fn atom(connection: &RustConnection, name: &str) -> Result<u32, Box<dyn std::error::Error>> {
    let asked = connection.intern_atom(false, name.as_bytes())?;
    Ok(asked.reply()?.atom)
}

/// Dark where the theme's name says so, as "Greybird-dark" does. `None` where it does not, or cannot be read.
fn theme(settings: &[u8]) -> Option<Theme> {
    let name = theme_name(settings)?;
    let name = String::from_utf8_lossy(name).to_lowercase();
    let mut words = name.split(['-', '_', ':', ' ']);
    words.any(|word| word == "dark").then_some(Theme::Dark)
}

fn theme_name(settings: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(settings)?;
    let count = reader.long()?;
    for _ in 0..count {
        let [kind, _unused] = *reader.take::<2>()?;
        let length = usize::from(reader.short()?);
        let name = reader.padded(length)?;
        let _serial = reader.long()?;
        match kind {
            INTEGER => {
                reader.long()?;
            }
            STRING => {
                let length = usize::try_from(reader.long()?).ok()?;
                let value = reader.padded(length)?;
                if name == THEME_NAME {
                    return Some(value);
                }
            }
            COLOUR => {
                reader.take::<8>()?;
            }
            _ => return None,
        }
    }
    None
}

/// Reads from the front, in the byte order that the first byte names.
struct Reader<'a> {
    rest: &'a [u8],
    is_big_endian: bool,
}

impl<'a> Reader<'a> {
    /// Behind the byte order, three unused bytes and the serial number.
    fn new(settings: &'a [u8]) -> Option<Self> {
        let (head, rest) = settings.split_first_chunk::<8>()?;
        let is_big_endian = head.first() == Some(&1);
        Some(Self {
            rest,
            is_big_endian,
        })
    }

    fn take<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(taken)
    }

    fn short(&mut self) -> Option<u16> {
        let bytes = *self.take()?;
        Some(match self.is_big_endian {
            true => u16::from_be_bytes(bytes),
            false => u16::from_le_bytes(bytes),
        })
    }

    fn long(&mut self) -> Option<u32> {
        let bytes = *self.take()?;
        Some(match self.is_big_endian {
            true => u32::from_be_bytes(bytes),
            false => u32::from_le_bytes(bytes),
        })
    }

    /// Text, with what fills it up to four bytes left out.
    fn padded(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, _) = self.rest.split_at_checked(length)?;
        let filled = length.checked_next_multiple_of(4)?;
        (_, self.rest) = self.rest.split_at_checked(filled)?;
        Some(taken)
    }
}

const THEME_NAME: &[u8] = b"Net/ThemeName";
const INTEGER: u8 = 0;
const STRING: u8 = 1;
const COLOUR: u8 = 2;
/// Far more than any desktop sets, in words of four bytes.
const LIMIT_WORDS: u32 = 16 * 1024;
/// It reads a few kilobytes and waits.
const STACK_BYTES: usize = 128 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    /// A number, a colour and the theme, as a settings daemon writes them.
    fn settings(order: u8, theme: &str) -> Vec<u8> {
        let long = |number: u32| match order {
            1 => number.to_be_bytes(),
            _ => number.to_le_bytes(),
        };
        let short = |number: u16| match order {
            1 => number.to_be_bytes(),
            _ => number.to_le_bytes(),
        };
        let padded = |text: &str| {
            let mut bytes = text.as_bytes().to_vec();
            bytes.resize(text.len().next_multiple_of(4), 0);
            bytes
        };
        let head = |kind: u8, name: &str| {
            let length = short(name.len() as u16);
            [&[kind, 0], &length[..], &padded(name), &long(7)].concat()
        };
        [
            vec![order, 0, 0, 0],
            long(1).to_vec(),
            long(3).to_vec(),
            head(INTEGER, "Xft/DPI"),
            long(96 * 1024).to_vec(),
            head(COLOUR, "Some/Colour"),
            vec![0xff; 8],
            head(STRING, "Net/ThemeName"),
            long(theme.len() as u32).to_vec(),
            padded(theme),
        ]
        .concat()
    }

    #[test]
    fn a_theme_is_dark_when_its_name_says_so() {
        for (name, expected) in [
            ("Greybird-dark", Some(Theme::Dark)),
            ("Arc-Dark", Some(Theme::Dark)),
            ("Mint-Y-Dark-Aqua", Some(Theme::Dark)),
            ("Adwaita:dark", Some(Theme::Dark)),
            ("Greybird", None),
            ("Darkness", None),
            ("", None),
        ] {
            for order in [0, 1] {
                assert_eq!(theme(&settings(order, name)), expected, "{name} {order}");
            }
        }
    }

    #[test]
    fn settings_that_are_cut_off_anywhere_say_nothing() {
        let whole = settings(0, "Greybird-dark");
        for length in 0..whole.len() - 3 {
            assert_eq!(theme(&whole[..length]), None, "{length}");
        }
        assert_eq!(theme(&[0xff; 64]), None);
    }
}
