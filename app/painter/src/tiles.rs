//! Which parts of the image hold something else than in the frame before.
//!
//! The image is laid out in square tiles. Each keeps a digest of the pieces that reach into it, in their order;
//! a tile with the digest of the frame before already shows what it should.

use crate::image::Area;
use crate::pieces::Piece;

/// Pixels along the edge of a tile.
const EDGE: i32 = 32;

#[derive(Default)]
pub struct Tiles {
    columns: usize,
    /// Row by row. Empty where nothing is known.
    before: Vec<u64>,
    now: Vec<u64>,
    changed: Vec<Area>,
}

impl Tiles {
    /// The image is drawn anew as a whole.
    pub fn forget(&mut self) {
        self.before.clear();
    }

    /// The parts of `image` that another frame must be drawn in.
    pub fn changed(&mut self, image: Area, background: u32, pieces: &[Piece]) -> &[Area] {
        let count = |length: i32| (length as usize).div_ceil(EDGE as usize);
        self.columns = count(image.right);
        self.now.clear();
        let digest = u64::from(background);
        self.now.resize(self.columns * count(image.bottom), digest);
        pieces.iter().for_each(|piece| self.note(piece));
        self.collect(image);
        std::mem::swap(&mut self.before, &mut self.now);
        &self.changed
    }

    fn note(&mut self, piece: &Piece) {
        let area = piece.area;
        let tiles = |start: i32, end: i32| (start / EDGE) as usize..=((end - 1) / EDGE) as usize;
        for row in tiles(area.top, area.bottom) {
            for column in tiles(area.left, area.right) {
                let tile = &mut self.now[row * self.columns + column];
                *tile = stir(*tile, piece.digest);
            }
        }
    }

    fn collect(&mut self, image: Area) {
        self.changed.clear();
        for (row, now) in self.now.chunks(self.columns.max(1)).enumerate() {
            let before = self.before.get(row * self.columns..).unwrap_or_default();
            let is_changed = |column: usize| before.get(column) != now.get(column);
            let mut column = 0;
            while column < now.len() {
                let start = column;
                while column < now.len() && is_changed(column) {
                    column += 1;
                }
                if start < column {
                    push(&mut self.changed, tiles_area(row, start..column).and(image));
                }
                column += 1;
            }
        }
    }
}

fn tiles_area(row: usize, columns: std::ops::Range<usize>) -> Area {
    let pixels = |tiles: usize| tiles as i32 * EDGE;
    Area {
        left: pixels(columns.start),
        top: pixels(row),
        right: pixels(columns.end),
        bottom: pixels(row + 1),
    }
}

/// Adds a part, or makes the one above it longer.
fn push(areas: &mut Vec<Area>, area: Area) {
    let above = areas.iter_mut().rev().find(|above| {
        above.bottom == area.top && above.left == area.left && above.right == area.right
    });
    match above {
        Some(above) => above.bottom = area.bottom,
        None => areas.push(area),
    }
}

/// A digest with one more value in it.
pub fn stir(digest: u64, value: u64) -> u64 {
    (digest.rotate_left(23) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
