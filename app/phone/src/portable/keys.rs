//! Which keys a type of settings reads, asked of the type itself, so that no list of them can be
//! forgotten.

use std::cell::Cell;
use std::iter;

use serde::de::value::{Error, MapDeserializer};
use serde::de::{Error as _, IntoDeserializer, Visitor};
use serde::{Deserialize, Deserializer, forward_to_deserialize_any};

use crate::settings::{AccountSettings, AudioSettings, RingRules, Settings};

/// The keys of the table at `path` inside of a `T`; `None` where no table of fixed keys is.
pub(super) fn keys_at<'de, T: Deserialize<'de>>(path: &[&str]) -> Option<&'static [&'static str]> {
    let found = Cell::new(None);
    let probe = Probe {
        path,
        found: &found,
    };
    // A probe holds no value, so that there is none to be had.
    let _ = T::deserialize(probe);
    found.get()
}

/// Every key that travels, with the table that it stands in, as in `audio.speaker`.
pub fn keys() -> Vec<String> {
    let mut keys = Vec::new();
    collect::<AccountSettings>("account", &mut Vec::new(), &mut keys);
    collect::<AudioSettings>("audio", &mut Vec::new(), &mut keys);
    collect::<RingRules>("who_rings", &mut Vec::new(), &mut keys);
    collect::<Settings>("settings", &mut Vec::new(), &mut keys);
    keys
}

fn collect<'de, T: Deserialize<'de>>(
    table: &str,
    path: &mut Vec<&'static str>,
    keys: &mut Vec<String>,
) {
    let Some(inner) = keys_at::<T>(path) else {
        return keys.push(format!("{table}.{}", path.join(".")));
    };
    for key in inner {
        path.push(key);
        collect::<T>(table, path, keys);
        path.pop();
    }
}

/// Goes down a path in what a type asks for, and notes which keys it asks for there.
#[derive(Clone, Copy)]
struct Probe<'a> {
    path: &'a [&'a str],
    found: &'a Cell<Option<&'static [&'static str]>>,
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("a probe holds no value"))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        keys: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let Some((key, rest)) = self.path.split_first() else {
            self.found.set(Some(keys));
            return self.deserialize_any(visitor);
        };
        let deeper = Probe { path: rest, ..self };
        visitor.visit_map(MapDeserializer::new(iter::once((*key, deeper))))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Error> for Probe<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_that_the_type_reads() {
        let audio = keys_at::<AudioSettings>(&[]).unwrap();
        assert!(audio.contains(&"speaker") && audio.contains(&"gain_control"));
        assert!(keys_at::<Settings>(&[]).unwrap().contains(&"recording"));
        let recording = keys_at::<Settings>(&["recording"]).unwrap();
        assert_eq!(recording, ["folder", "notice"]);
        assert!(
            keys_at::<AccountSettings>(&[])
                .unwrap()
                .contains(&"voicemail")
        );
    }

    #[test]
    fn what_is_no_table_has_no_keys() {
        for path in [
            &["theme"][..],
            &["recording", "notice"],
            &["no such key"],
            &["theme", "deeper"],
        ] {
            assert_eq!(keys_at::<Settings>(path), None, "{path:?}");
        }
        for path in ["codecs", "media_ports", "ca_file", "address"] {
            assert_eq!(keys_at::<AccountSettings>(&[path]), None, "{path}");
        }
    }
}
