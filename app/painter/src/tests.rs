//! Each pixel once, and no more of them than have changed.

use egui::epaint::{Mesh, Primitive, Vertex};
use egui::{
    ClippedPrimitive, Color32, ColorImage, Pos2, Rect, TextureId, TextureOptions, TexturesDelta,
    pos2,
};
use proptest::prelude::*;

use super::*;

const SIZE: [usize; 2] = [100, 70];
const WHITE: Color32 = Color32::WHITE;

/// A painter with a texture of white texels, and dark ones in the right half.
fn painter() -> Painter {
    let texel = |place: usize| match place % 8 {
        0..4 => WHITE,
        _ => Color32::from_gray(place as u8),
    };
    let image = ColorImage::new([8, 8], (0..64).map(texel).collect());
    let mut delta = TexturesDelta::default();
    let whole = egui::epaint::ImageDelta::full(image, TextureOptions::LINEAR);
    delta.push(TextureId::default(), whole);
    let mut painter = Painter::default();
    painter.update_textures(&mut delta);
    painter
}

fn shown(mesh: Mesh) -> ClippedPrimitive {
    ClippedPrimitive {
        clip_rect: Rect::EVERYTHING,
        primitive: Primitive::Mesh(mesh),
    }
}

fn paint<'a>(painter: &'a mut Painter, primitives: &[ClippedPrimitive]) -> &'a [Area] {
    painter.paint(&Frame {
        size: SIZE,
        pixels_per_point: 1.0,
        background: Color32::BLACK,
        primitives,
    })
}

fn flat(points: &[Pos2], indices: &[u32], color: Color32) -> Mesh {
    let vertices = points.iter().map(|point| Vertex::untextured(*point, color));
    Mesh {
        vertices: vertices.collect(),
        indices: indices.to_vec(),
        ..Mesh::default()
    }
}

fn anywhere() -> impl Strategy<Value = Pos2> {
    (-20.0..120.0f32, -20.0..90.0f32).prop_map(|(x, y)| pos2(x, y))
}

fn color() -> impl Strategy<Value = Color32> {
    any::<[u8; 4]>().prop_map(|[r, g, b, a]| Color32::from_rgba_unmultiplied(r, g, b, a))
}

fn triangle() -> impl Strategy<Value = ClippedPrimitive> {
    let corner = (anywhere(), 0.0..1.0f32, 0.0..1.0f32, color());
    let corner = corner.prop_map(|(pos, u, v, color)| Vertex {
        pos,
        uv: pos2(u, v),
        color,
    });
    prop::array::uniform3(corner).prop_map(|corners| {
        shown(Mesh {
            vertices: corners.to_vec(),
            indices: vec![0, 1, 2],
            ..Mesh::default()
        })
    })
}

fn rectangle() -> impl Strategy<Value = ClippedPrimitive> {
    (anywhere(), anywhere(), color()).prop_map(|(one, other, color)| {
        let mut mesh = Mesh::default();
        let uv = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 0.5));
        mesh.add_rect_with_uv(Rect::from_two_pos(one, other), uv, color);
        shown(mesh)
    })
}

fn picture() -> impl Strategy<Value = Vec<ClippedPrimitive>> {
    prop::collection::vec(prop_oneof![triangle(), rectangle()], 0..12)
}

proptest! {
    /// Fans of triangles, as egui makes of everything that is round, leave no gaps and cover nothing twice.
    #[test]
    fn triangles_that_share_edges_cover_each_pixel_once(
        middle in (30.0..70.0f32, 25.0..45.0f32).prop_map(|(x, y)| pos2(x, y)),
        spokes in prop::collection::vec(1.0..60.0f32, 3..12),
    ) {
        let count = spokes.len();
        let spoke = |(index, length): (usize, &f32)| {
            let angle = std::f32::consts::TAU * index as f32 / count as f32;
            middle + egui::Vec2::angled(angle) * *length
        };
        let mut points = vec![middle];
        points.extend(spokes.iter().enumerate().map(spoke));
        let sector = |index: usize| [0, index as u32 + 1, ((index + 1) % count) as u32 + 1];
        let indices: Vec<u32> = (0..count).flat_map(sector).collect();
        let half = Color32::from_white_alpha(128);
        let mut painter = painter();
        paint(&mut painter, &[shown(flat(&points, &indices, half))]);
        let once = 0xff80_8080;
        for (place, pixel) in painter.image().pixels().iter().enumerate() {
            prop_assert!([0xff00_0000, once].contains(pixel), "{place}: {pixel:#x}");
        }
        let [x, y] = [middle.x as usize, middle.y as usize];
        prop_assert_eq!(painter.image().row(y, x..x + 1), [once]);
    }

    /// What is left alone already shows what it should, and all that has changed is said.
    #[test]
    fn a_frame_after_another_looks_as_if_it_was_the_first(
        before in picture(),
        mut after in picture(),
        kept in 0usize..12,
    ) {
        after.extend(before.iter().take(kept).cloned());
        let mut fresh = painter();
        paint(&mut fresh, &after);
        let mut painter = painter();
        paint(&mut painter, &before);
        let old = painter.image().pixels().to_vec();
        let changed = paint(&mut painter, &after).to_vec();
        prop_assert!(painter.image().pixels() == fresh.image().pixels());
        for (place, (old, new)) in old.iter().zip(painter.image().pixels()).enumerate() {
            let (x, y) = ((place % SIZE[0]) as i32, (place / SIZE[0]) as i32);
            let is_said = changed.iter().any(|area| {
                (area.left..area.right).contains(&x) && (area.top..area.bottom).contains(&y)
            });
            prop_assert!(is_said || old == new, "{x}, {y}");
        }
    }
}

#[test]
fn the_same_frame_again_changes_nothing_and_one_of_another_size_everything() {
    let mut painter = painter();
    let square = [shown(flat(
        &[pos2(3.0, 3.0), pos2(9.0, 3.0), pos2(3.0, 9.0)],
        &[0, 1, 2],
        WHITE,
    ))];
    assert!(!paint(&mut painter, &square).is_empty());
    assert_eq!(paint(&mut painter, &square), []);
    let wider = painter.paint(&Frame {
        size: [SIZE[0] + 1, SIZE[1]],
        pixels_per_point: 1.0,
        background: Color32::BLACK,
        primitives: &square,
    });
    let whole = Area {
        left: 0,
        top: 0,
        right: 101,
        bottom: 70,
    };
    assert_eq!(wider, [whole]);
}

#[test]
fn glyphs_are_copied_texel_by_texel_and_larger_ones_are_mixed() {
    let texture_in = |rect: Rect| {
        let mut mesh = Mesh::default();
        let all = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
        mesh.add_rect_with_uv(rect, all, WHITE);
        [shown(mesh)]
    };
    let mut painter = painter();
    let at = pos2(10.0, 20.0);
    paint(
        &mut painter,
        &texture_in(Rect::from_min_size(at, egui::vec2(8.0, 8.0))),
    );
    let row = painter.image().row(21, 9..19);
    let dark = |gray: u32| 0xff00_0000 | (gray * 0x0001_0101);
    let white = dark(255);
    let black = dark(0);
    let expected = [
        black,
        white,
        white,
        white,
        white,
        dark(12),
        dark(13),
        dark(14),
        dark(15),
        black,
    ];
    assert_eq!(row, expected);

    paint(
        &mut painter,
        &texture_in(Rect::from_min_size(at, egui::vec2(16.0, 8.0))),
    );
    let row = painter.image().row(21, 20..26);
    // A quarter and three quarters of the way from one texel to the next.
    let mixed = [13, 13, 14, 14, 15, 15].map(dark);
    assert_eq!(row, mixed);
}

#[test]
fn nothing_is_drawn_of_what_cannot_be() {
    let mut painter = painter();
    let nowhere = [f32::NAN, f32::INFINITY, 1e30].map(|far| {
        let points = [pos2(0.0, 0.0), pos2(far, 0.0), pos2(0.0, 50.0)];
        shown(flat(&points, &[0, 1, 2], WHITE))
    });
    let no_such_vertex = shown(flat(&[Pos2::ZERO], &[0, 7, 9], WHITE));
    let mut no_such_texture = flat(
        &[Pos2::ZERO, pos2(50.0, 0.0), pos2(0.0, 50.0)],
        &[0, 1, 2],
        WHITE,
    );
    no_such_texture.texture_id = TextureId::User(7);
    let primitives: Vec<_> = nowhere
        .into_iter()
        .chain([no_such_vertex, shown(no_such_texture)])
        .collect();
    paint(&mut painter, &primitives);
    assert!(
        painter
            .image()
            .pixels()
            .iter()
            .all(|pixel| *pixel == 0xff00_0000)
    );
}
