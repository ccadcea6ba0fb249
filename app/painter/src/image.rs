//! The image that is drawn, and parts of it.

use std::ops::Range;

/// A part of an image in pixels: from `left` and `top` on, up to but without `right` and `bottom`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    pub left: i32,
    pub top: i32,
    pub right: i32,
    pub bottom: i32,
}

impl Area {
    pub fn and(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    pub fn is_empty(self) -> bool {
        self.left >= self.right || self.top >= self.bottom
    }
}

/// Rows of pixels from the top, each `0xFFRRGGBB`.
#[derive(Default)]
pub struct Image {
    width: usize,
    height: usize,
    pixels: Vec<u32>,
}

impl Image {
    /// Whether that made another image of it, whose pixels mean nothing yet.
    pub(crate) fn resize(&mut self, [width, height]: [usize; 2]) -> bool {
        let changes = [width, height] != self.size();
        if changes {
            (self.width, self.height) = (width, height);
            self.pixels = vec![0; width * height];
        }
        changes
    }

    pub fn size(&self) -> [usize; 2] {
        [self.width, self.height]
    }

    pub fn area(&self) -> Area {
        let to_i32 = |length: usize| i32::try_from(length).unwrap_or(i32::MAX);
        Area {
            left: 0,
            top: 0,
            right: to_i32(self.width),
            bottom: to_i32(self.height),
        }
    }

    pub fn pixels(&self) -> &[u32] {
        &self.pixels
    }

    /// The pixels as files of pictures have them: red, green, blue and alpha, a byte each.
    pub fn rgba(&self) -> Vec<u8> {
        let bytes = self.pixels.iter().flat_map(|pixel| {
            let [alpha, red, green, blue] = pixel.to_be_bytes();
            [red, green, blue, alpha]
        });
        bytes.collect()
    }

    /// The pixels of row `y` in `columns`, as far as the image has them.
    pub fn row(&self, y: usize, columns: Range<usize>) -> &[u32] {
        self.place(y, columns)
            .and_then(|place| self.pixels.get(place))
            .unwrap_or_default()
    }

    pub(crate) fn row_mut(&mut self, y: i32, columns: Range<i32>) -> &mut [u32] {
        let to_usize = |number: i32| usize::try_from(number).unwrap_or(0);
        self.place(to_usize(y), to_usize(columns.start)..to_usize(columns.end))
            .and_then(|place| self.pixels.get_mut(place))
            .unwrap_or_default()
    }

    fn place(&self, y: usize, columns: Range<usize>) -> Option<Range<usize>> {
        let start = y.checked_mul(self.width)?;
        (y < self.height && columns.end <= self.width)
            .then_some(start + columns.start..start + columns.end)
    }

    pub(crate) fn fill(&mut self, area: Area, color: u32) {
        for y in area.top..area.bottom {
            self.row_mut(y, area.left..area.right).fill(color);
        }
    }
}
