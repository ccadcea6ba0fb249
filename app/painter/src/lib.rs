//! Draws what egui shows into an image in memory, without a graphics driver.
//!
//! A phone's window is small and changes little, so drawing it costs less than a driver takes to load, and it
//! looks the same on every machine. A frame goes through three steps, a file each:
//!
//! 1. `pieces`: meshes become rectangles and triangles on the grid of pixels, each with its ink.
//! 2. `tiles`: parts of the image that hold the same pieces as in the frame before are left alone.
//! 3. `ink`: the pieces are laid over each other in the others, in egui's order.
//!
//! Colours are egui's: premultiplied, and blended in gamma space as by its own renderers.

mod blend;
mod image;
mod ink;
mod pieces;
mod textures;
mod tiles;

use egui::{ClippedPrimitive, Color32, TexturesDelta};

pub use image::{Area, Image};
use pieces::Piece;
use textures::Textures;
use tiles::Tiles;

/// Draws one window. It keeps the image of the last frame, and what that was made of.
#[derive(Default)]
pub struct Painter {
    textures: Textures,
    tiles: Tiles,
    pieces: Vec<Piece>,
    image: Image,
}

/// What a frame shows.
pub struct Frame<'a> {
    /// Width and height in pixels.
    pub size: [usize; 2],
    pub pixels_per_point: f32,
    /// Under everything; taken as opaque.
    pub background: Color32,
    /// From [`egui::Context::tessellate`]. Callbacks that want a graphics driver are left out.
    pub primitives: &'a [ClippedPrimitive],
}

impl Painter {
    /// Takes new, changed and freed textures out of `delta`. Before the frame that shows them.
    pub fn update_textures(&mut self, delta: &mut TexturesDelta) {
        if self.textures.update(delta) {
            self.tiles.forget();
        }
    }

    /// Draws a frame, and says which parts of the image are no longer what they were.
    pub fn paint(&mut self, frame: &Frame<'_>) -> &[Area] {
        let background = blend::pack(frame.background.to_opaque());
        if self.image.resize(frame.size) {
            self.tiles.forget();
        }
        pieces::cut(frame, &self.textures, self.image.area(), &mut self.pieces);
        let changed = self
            .tiles
            .changed(self.image.area(), background, &self.pieces);
        for area in changed {
            self.image.fill(*area, background);
            for piece in &self.pieces {
                ink::lay(&mut self.image, piece, &self.textures, *area);
            }
        }
        changed
    }

    /// The image as the last frame left it.
    pub fn image(&self) -> &Image {
        &self.image
    }
}

#[cfg(test)]
mod tests;
