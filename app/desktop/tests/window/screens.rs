//! Every screen of the window, for whoever looks at all of them: in each language, size and colour.

mod before;
mod calls;
mod tabs;

use hark_phone::Snapshot;

use crate::stage::Stage;

/// One screen: what the engine shows, and how to get there.
pub struct Screen {
    /// In the names of its pictures.
    pub name: &'static str,
    /// What stands under a picture.
    pub title: &'static str,
    pub snapshot: Snapshot,
    pub act: fn(&mut Stage),
    /// How high a window is that holds all of it, where it scrolls in the usual ones.
    pub whole: Option<f32>,
}

pub fn all() -> Vec<Screen> {
    [tabs::all(), before::all(), calls::all()]
        .into_iter()
        .flatten()
        .collect()
}

fn screen(
    (name, title): (&'static str, &'static str),
    snapshot: Snapshot,
    act: fn(&mut Stage),
) -> Screen {
    Screen {
        name,
        title,
        snapshot,
        act,
        whole: None,
    }
}

impl Screen {
    fn of_height(mut self, height: f32) -> Self {
        self.whole = Some(height);
        self
    }
}
