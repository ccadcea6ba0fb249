//! Meshes as pieces on the grid of pixels.
//!
//! Corners are rounded to 1/256 of a pixel, and a pixel belongs to a piece when its centre lies inside, or on a
//! left or upper edge: so two triangles that share an edge cover each pixel once.

use egui::epaint::{Mesh, Primitive, Vertex};
use egui::{Color32, Pos2, Rect, TextureId};

use crate::Frame;
use crate::blend;
use crate::image::Area;
use crate::textures::{Texture, Textures};
use crate::tiles::stir;

/// A rectangle or a triangle, and the ink in it.
pub struct Piece {
    /// The pixels that it can touch; never empty.
    pub area: Area,
    pub outline: Outline,
    pub ink: Ink,
    /// Of all that decides how the piece looks.
    pub digest: u64,
}

pub enum Outline {
    /// All of the area.
    Whole,
    /// Where all three are not negative.
    Triangle([Edge; 3]),
}

/// A line, as a number that is 0 on it and greater inside: `at_origin` in the middle of pixel (0, 0), and so
/// much more with each pixel to the right and down.
#[derive(Clone, Copy)]
pub struct Edge {
    pub at_origin: i64,
    pub right: i64,
    pub down: i64,
}

pub enum Ink {
    /// One colour, packed.
    Flat(u32),
    /// The channels of a colour that changes from pixel to pixel.
    Shaded([Slope; 4]),
    /// Texels one to one, times a packed colour: pixel (x, y) takes the texel at (x, y) + `offset`.
    Copied {
        texture: TextureId,
        offset: [i32; 2],
        color: u32,
    },
    /// A texture in other sizes than its own: where in it, in texels, times a colour.
    Stretched {
        texture: TextureId,
        place: [Slope; 2],
        color: [Slope; 4],
    },
}

/// A number that changes evenly, from a place inside the piece on, so that it stays exact there.
#[derive(Clone, Copy)]
pub struct Slope {
    from: [f32; 2],
    value: f32,
    right: f32,
    down: f32,
}

impl Slope {
    /// In the middle of a pixel, and how much more it is in the next one to the right.
    pub fn at(&self, x: i32, y: i32) -> (f32, f32) {
        let [from_x, from_y] = self.from;
        let (dx, dy) = (x as f32 + 0.5 - from_x, y as f32 + 0.5 - from_y);
        (self.value + dx * self.right + dy * self.down, self.right)
    }
}

/// Cuts a frame into pieces, in the order in which they are laid.
pub fn cut(frame: &Frame<'_>, textures: &Textures, image: Area, pieces: &mut Vec<Piece>) {
    pieces.clear();
    for clipped in frame.primitives {
        let Primitive::Mesh(mesh) = &clipped.primitive else {
            continue;
        };
        let Some(texture) = textures.get(mesh.texture_id) else {
            continue;
        };
        let cutter = Cutter {
            scale: frame.pixels_per_point,
            clip: clip(clipped.clip_rect, frame.pixels_per_point).and(image),
            id: mesh.texture_id,
            texture,
        };
        if !cutter.clip.is_empty() {
            cutter.cut(mesh, pieces);
        }
    }
}

/// As egui's own renderers round it.
fn clip(rect: Rect, scale: f32) -> Area {
    let pixel = |points: f32| (points * scale).round() as i32;
    Area {
        left: pixel(rect.min.x),
        top: pixel(rect.min.y),
        right: pixel(rect.max.x),
        bottom: pixel(rect.max.y),
    }
}

struct Cutter<'a> {
    scale: f32,
    clip: Area,
    id: TextureId,
    texture: &'a Texture,
}

impl Cutter<'_> {
    fn cut(&self, mesh: &Mesh, pieces: &mut Vec<Piece>) {
        let mut indices = mesh.indices.as_slice();
        let corner = |index: &u32| mesh.vertices.get(*index as usize);
        while let [a, b, c, rest @ ..] = indices {
            if let Some((left_top, right_bottom)) = rectangle(indices, mesh) {
                pieces.extend(self.rectangle(left_top, right_bottom));
                indices = &rest[3..];
                continue;
            }
            indices = rest;
            if let (Some(a), Some(b), Some(c)) = (corner(a), corner(b), corner(c)) {
                pieces.extend(self.triangle([a, b, c]));
            }
        }
    }

    fn rectangle(&self, left_top: &Vertex, right_bottom: &Vertex) -> Option<Piece> {
        let color = blend::pack(left_top.color);
        let [min, max] = [self.grid(left_top.pos)?, self.grid(right_bottom.pos)?];
        let area = around([min, max]).and(self.clip);
        if area.is_empty() || color == 0 {
            return None;
        }
        let mut digest = self.digest([left_top, right_bottom]);
        // Another digest than that of a triangle with these corners.
        digest = stir(digest, 4);
        Some(Piece {
            area,
            outline: Outline::Whole,
            ink: self.ink_of_rectangle(left_top, right_bottom, color),
            digest,
        })
    }

    fn ink_of_rectangle(&self, left_top: &Vertex, right_bottom: &Vertex, color: u32) -> Ink {
        if left_top.uv == right_bottom.uv {
            return Ink::Flat(self.tinted(left_top.uv, color));
        }
        let [place, far_place] = [left_top, right_bottom].map(|vertex| self.place(vertex.uv));
        let [from, far] = [left_top, right_bottom].map(|vertex| self.pixels(vertex.pos));
        let axis = |axis: usize| {
            let value = place[axis];
            let step = (far_place[axis] - value) / (far[axis] - from[axis]);
            (value, step)
        };
        let [(column, across), (row, down)] = [axis(0), axis(1)];
        let offset = [column - from[0], row - from[1]];
        let is_one_to_one = [across, down].iter().all(|step| (step - 1.0).abs() < CLOSE)
            && offset
                .iter()
                .all(|offset| (offset - offset.round()).abs() < CLOSE);
        if is_one_to_one {
            return Ink::Copied {
                texture: self.id,
                offset: offset.map(|offset| offset.round() as i32),
                color,
            };
        }
        let slope = |value, right, down| Slope {
            from,
            value,
            right,
            down,
        };
        Ink::Stretched {
            texture: self.id,
            place: [slope(column, across, 0.0), slope(row, 0.0, down)],
            color: blend::channels(color).map(|channel| slope(channel, 0.0, 0.0)),
        }
    }

    fn triangle(&self, corners: [&Vertex; 3]) -> Option<Piece> {
        let [a, b, c] = corners;
        let points = [self.grid(a.pos)?, self.grid(b.pos)?, self.grid(c.pos)?];
        let area = around(points).and(self.clip);
        let twice = cross(points);
        if area.is_empty()
            || twice == 0
            || corners
                .iter()
                .all(|corner| corner.color == Color32::TRANSPARENT)
        {
            return None;
        }
        let [p, q, r] = if twice > 0 {
            points
        } else {
            [points[0], points[2], points[1]]
        };
        Some(Piece {
            area,
            outline: Outline::Triangle([edge(p, q), edge(q, r), edge(r, p)]),
            ink: self.ink_of_triangle(corners),
            digest: self.digest(corners),
        })
    }

    fn ink_of_triangle(&self, corners: [&Vertex; 3]) -> Ink {
        let plane = Plane::through(corners.map(|corner| self.pixels(corner.pos)));
        let [a, b, c] = corners;
        let is_one_texel = a.uv == b.uv && b.uv == c.uv;
        if is_one_texel && a.color == b.color && b.color == c.color {
            return Ink::Flat(self.tinted(a.uv, blend::pack(a.color)));
        }
        let slopes = |values: [[f32; 4]; 3]| {
            std::array::from_fn(|channel| plane.slope(values.map(|value| value[channel])))
        };
        if is_one_texel {
            let tinted = |corner: &Vertex| self.tinted(corner.uv, blend::pack(corner.color));
            return Ink::Shaded(slopes(
                corners.map(|corner| blend::channels(tinted(corner))),
            ));
        }
        let places = corners.map(|corner| self.place(corner.uv));
        Ink::Stretched {
            texture: self.id,
            place: [0, 1].map(|axis| plane.slope(places.map(|place| place[axis]))),
            color: slopes(corners.map(|corner| blend::channels(blend::pack(corner.color)))),
        }
    }

    /// A colour behind the one texel that a whole piece takes: the white one, mostly.
    fn tinted(&self, uv: Pos2, color: u32) -> u32 {
        let [x, y] = self.place(uv);
        let texel = blend::pack_channels(self.texture.sample(x, y));
        blend::times(texel, color)
    }

    fn place(&self, uv: Pos2) -> [f32; 2] {
        let [width, height] = self.texture.size();
        [uv.x * width as f32, uv.y * height as f32]
    }

    fn pixels(&self, pos: Pos2) -> [f32; 2] {
        [pos.x * self.scale, pos.y * self.scale]
    }

    /// In steps of the grid. `None` for what lies beyond all screens.
    fn grid(&self, pos: Pos2) -> Option<[i64; 2]> {
        let pixels = self.pixels(pos);
        let is_near = pixels.iter().all(|length| length.abs() < FARTHEST);
        is_near.then(|| pixels.map(|length| (length * STEPS as f32).round() as i64))
    }

    fn digest<const N: usize>(&self, corners: [&Vertex; N]) -> u64 {
        let two = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        let clip = &self.clip;
        let mut digest = match self.id {
            TextureId::Managed(id) => id,
            TextureId::User(id) => !id,
        };
        digest = stir(digest, two(clip.left as u32, clip.top as u32));
        digest = stir(digest, two(clip.right as u32, clip.bottom as u32));
        for Vertex { pos, uv, color } in corners {
            digest = stir(digest, two(pos.x.to_bits(), pos.y.to_bits()));
            digest = stir(digest, two(uv.x.to_bits(), uv.y.to_bits()));
            digest = stir(digest, u64::from(blend::pack(*color)));
        }
        digest
    }
}

/// Two triangles that are one upright rectangle of one colour, as egui makes them: its opposite corners.
fn rectangle<'a>(indices: &[u32], mesh: &'a Mesh) -> Option<(&'a Vertex, &'a Vertex)> {
    let [a, b, c, d, e, f, ..] = *indices else {
        return None;
    };
    if (c, b) != (d, e) {
        return None;
    }
    let corner = |index: u32| mesh.vertices.get(index as usize);
    let (left_top, right_top) = (corner(a)?, corner(b)?);
    let (left_bottom, right_bottom) = (corner(c)?, corner(f)?);
    let is_upright = |place: fn(&Vertex) -> Pos2| {
        let [min, max] = [place(left_top), place(right_bottom)];
        place(right_top) == Pos2::new(max.x, min.y) && place(left_bottom) == Pos2::new(min.x, max.y)
    };
    let colors = [right_top, left_bottom, right_bottom].map(|corner| corner.color);
    let is_ordered = left_top.pos.x < right_bottom.pos.x && left_top.pos.y < right_bottom.pos.y;
    (is_ordered
        && is_upright(|corner| corner.pos)
        && is_upright(|corner| corner.uv)
        && colors == [left_top.color; 3])
        .then_some((left_top, right_bottom))
}

/// The pixels whose centres lie between the outermost of these points.
fn around<const N: usize>(points: [[i64; 2]; N]) -> Area {
    let first_centre = |steps: i64| (steps + STEPS / 2 - 1).div_euclid(STEPS) as i32;
    let least = |axis: usize| points.iter().map(|point| point[axis]).min().unwrap_or(0);
    let most = |axis: usize| points.iter().map(|point| point[axis]).max().unwrap_or(0);
    Area {
        left: first_centre(least(0)),
        top: first_centre(least(1)),
        right: first_centre(most(0)),
        bottom: first_centre(most(1)),
    }
}

/// Twice the area of a triangle; greater than 0 when its corners go round clockwise on the screen.
fn cross([a, b, c]: [[i64; 2]; 3]) -> i64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

/// From one corner to the next, with the inside on the right.
fn edge([x, y]: [i64; 2], [to_x, to_y]: [i64; 2]) -> Edge {
    let (dx, dy) = (to_x - x, to_y - y);
    let middle = STEPS / 2;
    // Upper edges go right and left ones go up; a centre on another edge belongs to the neighbour.
    let is_own = dy < 0 || (dy == 0 && dx > 0);
    Edge {
        at_origin: dx * (middle - y) - dy * (middle - x) - i64::from(!is_own),
        right: -dy * STEPS,
        down: dx * STEPS,
    }
}

/// What turns three values at the corners of a triangle into a slope.
struct Plane {
    from: [f32; 2],
    to_b: [f32; 2],
    to_c: [f32; 2],
    twice: f32,
}

impl Plane {
    fn through([a, b, c]: [[f32; 2]; 3]) -> Self {
        let to_b = [b[0] - a[0], b[1] - a[1]];
        let to_c = [c[0] - a[0], c[1] - a[1]];
        Self {
            from: a,
            to_b,
            to_c,
            twice: to_b[0] * to_c[1] - to_b[1] * to_c[0],
        }
    }

    fn slope(&self, [a, b, c]: [f32; 3]) -> Slope {
        let (b, c) = (b - a, c - a);
        Slope {
            from: self.from,
            value: a,
            right: (b * self.to_c[1] - c * self.to_b[1]) / self.twice,
            down: (c * self.to_b[0] - b * self.to_c[0]) / self.twice,
        }
    }
}

/// Steps of the grid in a pixel.
const STEPS: i64 = 256;

/// In pixels: products of two such lengths in steps of the grid stay far from the end of `i64`.
const FARTHEST: f32 = 1_048_576.0;

/// Parts of a pixel that nobody sees.
const CLOSE: f32 = 1.0 / 32.0;
