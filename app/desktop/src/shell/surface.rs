//! Where the desktop takes a window's pixels from.

use std::num::NonZeroU32;
use std::rc::Rc;

use hark_painter::{Area, Image};
use softbuffer::SoftBufferError;
use winit::event_loop::{ActiveEventLoop, OwnedDisplayHandle};
use winit::window::Window;

pub struct Surface {
    pixels: softbuffer::Surface<OwnedDisplayHandle, Rc<Window>>,
    window: Rc<Window>,
    /// Whether the desktop may have lost what it was shown.
    is_forgotten: bool,
}

impl Surface {
    pub fn new(event_loop: &ActiveEventLoop, window: Rc<Window>) -> Result<Self, SoftBufferError> {
        let context = softbuffer::Context::new(event_loop.owned_display_handle())?;
        Ok(Self {
            pixels: softbuffer::Surface::new(&context, window.clone())?,
            window,
            is_forgotten: true,
        })
    }

    /// The next image is shown as a whole.
    pub fn forget(&mut self) {
        self.is_forgotten = true;
    }

    /// Shows an image that differs in `changed` from the one before.
    pub fn show(&mut self, image: &Image, changed: &[Area]) -> Result<(), SoftBufferError> {
        let [width, height] = image.size().map(|length| NonZeroU32::new(length as u32));
        // A window of no size is a minimized one on Windows.
        let (Some(width), Some(height)) = (width, height) else {
            return Ok(());
        };
        if changed.is_empty() && !self.is_forgotten {
            return Ok(());
        }
        self.pixels.resize(width, height)?;
        let mut buffer = self.pixels.buffer_mut()?;
        let is_the_one_before = buffer.age() == 1 && !self.is_forgotten;
        let whole = [image.area()];
        let changed = if is_the_one_before { changed } else { &whole };
        for area in changed {
            copy(image, &mut buffer, *area);
        }
        self.window.pre_present_notify();
        buffer.present_with_damage(
            &changed
                .iter()
                .copied()
                .filter_map(damage)
                .collect::<Vec<_>>(),
        )?;
        self.is_forgotten = false;
        Ok(())
    }
}

fn copy(image: &Image, buffer: &mut [u32], area: Area) {
    let [width, _] = image.size();
    let columns = area.left as usize..area.right as usize;
    for y in area.top as usize..area.bottom as usize {
        let start = y * width;
        if let Some(row) = buffer.get_mut(start + columns.start..start + columns.end) {
            row.copy_from_slice(image.row(y, columns.clone()));
        }
    }
}

fn damage(area: Area) -> Option<softbuffer::Rect> {
    Some(softbuffer::Rect {
        x: u32::try_from(area.left).ok()?,
        y: u32::try_from(area.top).ok()?,
        width: NonZeroU32::new(u32::try_from(area.right - area.left).ok()?)?,
        height: NonZeroU32::new(u32::try_from(area.bottom - area.top).ok()?)?,
    })
}
