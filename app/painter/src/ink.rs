//! Lays pieces on the image, row by row.

use std::ops::Range;

use crate::blend::{over, pack_channels, times};
use crate::image::{Area, Image};
use crate::pieces::{Edge, Ink, Outline, Piece, Slope};
use crate::textures::{Texture, Textures};

/// Lays the part of a piece that lies in `within`.
pub fn lay(image: &mut Image, piece: &Piece, textures: &Textures, within: Area) {
    let area = piece.area.and(within);
    for y in area.top..area.bottom {
        let columns = match &piece.outline {
            Outline::Whole => area.left..area.right,
            Outline::Triangle(edges) => span(edges, y, area.left..area.right),
        };
        if columns.is_empty() {
            continue;
        }
        let x = columns.start;
        let row = image.row_mut(y, columns);
        match &piece.ink {
            Ink::Flat(color) => flat(row, *color),
            Ink::Shaded(color) => shaded(row, color, x, y),
            Ink::Copied {
                texture,
                offset: [right, down],
                color,
            } => {
                let texel = (usize::try_from(x + right), usize::try_from(y + down));
                if let (Some(texture), (Ok(x), Ok(y))) = (textures.get(*texture), texel) {
                    copied(row, texture.row(x, y, row.len()), *color);
                }
            }
            Ink::Stretched {
                texture,
                place,
                color,
            } => {
                if let Some(texture) = textures.get(*texture) {
                    stretched(row, texture, place, color, x, y);
                }
            }
        }
    }
}

/// The columns of row `y` that lie inside all three edges.
fn span(edges: &[Edge; 3], y: i32, columns: Range<i32>) -> Range<i32> {
    let (mut first, mut end) = (i64::from(columns.start), i64::from(columns.end));
    for edge in edges {
        let start_of_row = edge.at_origin + edge.down * i64::from(y);
        match edge.right {
            0 if start_of_row < 0 => return 0..0,
            0 => {}
            right if right > 0 => first = first.max(-start_of_row.div_euclid(right)),
            right => end = end.min(start_of_row.div_euclid(-right) + 1),
        }
    }
    if first < end {
        first as i32..end as i32
    } else {
        0..0
    }
}

fn flat(row: &mut [u32], color: u32) {
    if color >> 24 == 255 {
        row.fill(color);
    } else if color != 0 {
        row.iter_mut()
            .for_each(|pixel| *pixel = over(color, *pixel));
    }
}

fn shaded(row: &mut [u32], slopes: &[Slope; 4], x: i32, y: i32) {
    let mut color = slopes.map(|slope| slope.at(x, y).0);
    let step = slopes.map(|slope| slope.at(x, y).1);
    for pixel in row {
        *pixel = over(
            pack_channels(color.map(|channel| channel.clamp(0.0, 255.0))),
            *pixel,
        );
        color = std::array::from_fn(|channel| color[channel] + step[channel]);
    }
}

fn copied(row: &mut [u32], texels: &[u32], color: u32) {
    for (pixel, texel) in row.iter_mut().zip(texels) {
        // Most of a glyph's rectangle is empty.
        if *texel != 0 {
            *pixel = over(times(*texel, color), *pixel);
        }
    }
}

fn stretched(
    row: &mut [u32],
    texture: &Texture,
    place: &[Slope; 2],
    color: &[Slope; 4],
    x: i32,
    y: i32,
) {
    for (x, pixel) in (x..).zip(row) {
        let [u, v] = place.map(|slope| slope.at(x, y).0);
        let texel = texture.sample(u, v);
        let tinted = std::array::from_fn(|channel| {
            let color = color[channel].at(x, y).0.clamp(0.0, 255.0);
            texel[channel] * color / 255.0
        });
        *pixel = over(pack_channels(tinted), *pixel);
    }
}
