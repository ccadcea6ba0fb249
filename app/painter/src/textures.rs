//! The textures of a window: the atlas of its glyphs above all.

use std::collections::HashMap;

use egui::epaint::ImageDelta;
use egui::{ImageData, TextureId, TexturesDelta};

use crate::blend;

#[derive(Default)]
pub struct Textures(HashMap<TextureId, Texture>);

impl Textures {
    /// Whether something may look different by that.
    pub fn update(&mut self, delta: &mut TexturesDelta) -> bool {
        let changes = !delta.is_empty();
        for (id, images) in delta.set.drain() {
            let texture = self.0.entry(id).or_default();
            images.iter().for_each(|image| texture.update(image));
        }
        for id in delta.free.drain() {
            self.0.remove(&id);
        }
        changes
    }

    pub fn get(&self, id: TextureId) -> Option<&Texture> {
        self.0.get(&id)
    }
}

/// Rows of texels from the top, packed as in [`blend`].
#[derive(Default)]
pub struct Texture {
    width: usize,
    height: usize,
    texels: Vec<u32>,
}

impl Texture {
    pub fn size(&self) -> [usize; 2] {
        [self.width, self.height]
    }

    fn update(&mut self, delta: &ImageDelta) {
        let ImageData::Color(image) = &delta.image;
        let texels = image.pixels.iter().map(|texel| blend::pack(*texel));
        let [width, height] = image.size;
        match delta.pos {
            None => {
                *self = Self {
                    width,
                    height,
                    texels: texels.collect(),
                }
            }
            Some([left, top]) => {
                let texels: Vec<u32> = texels.collect();
                for (row, texels) in texels.chunks_exact(width.max(1)).enumerate() {
                    let start = (top + row) * self.width + left;
                    if let Some(place) = self.texels.get_mut(start..start + width) {
                        place.copy_from_slice(texels);
                    }
                }
            }
        }
    }

    /// The texels of row `y` from column `x` on.
    pub fn row(&self, x: usize, y: usize, length: usize) -> &[u32] {
        let start = y * self.width + x;
        self.texels.get(start..start + length).unwrap_or_default()
    }

    /// The colour at a place in texels, whose centres lie at halves: a mix of the four around it.
    pub fn sample(&self, x: f32, y: f32) -> [f32; 4] {
        let (column, right) = split(x, self.width);
        let (row, below) = split(y, self.height);
        let texel = |dx: usize, dy: usize| {
            let x = (column + dx).min(self.width.saturating_sub(1));
            let y = (row + dy).min(self.height.saturating_sub(1));
            blend::channels(self.texels.get(y * self.width + x).copied().unwrap_or(0))
        };
        let upper = mix(texel(0, 0), texel(1, 0), right);
        let lower = mix(texel(0, 1), texel(1, 1), right);
        mix(upper, lower, below)
    }
}

/// The texel before a place, and how far the place is on the way to the next one.
fn split(place: f32, length: usize) -> (usize, f32) {
    let place = (place - 0.5).clamp(0.0, length.saturating_sub(1) as f32);
    (place as usize, place.fract())
}

fn mix(one: [f32; 4], other: [f32; 4], share: f32) -> [f32; 4] {
    std::array::from_fn(|channel| one[channel] + (other[channel] - one[channel]) * share)
}
