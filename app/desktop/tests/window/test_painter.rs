//! Draws windows on the stage with the painter that draws them on desktops.

use egui::{Context, FullOutput, TexturesDelta};
use egui_kittest::TestRenderer;
use hark_painter::{Frame, Painter};
use image::RgbaImage;

#[derive(Default)]
pub struct TestPainter(Painter);

impl TestRenderer for TestPainter {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        self.0.update_textures(delta);
    }

    fn render(&mut self, context: &Context, output: &FullOutput) -> Result<RgbaImage, String> {
        let pixels_per_point = context.pixels_per_point();
        let size = context.content_rect().size() * pixels_per_point;
        self.0.paint(&Frame {
            size: [size.x.round() as usize, size.y.round() as usize],
            pixels_per_point,
            background: context.global_style().visuals.panel_fill,
            primitives: &context.tessellate(output.shapes.clone(), pixels_per_point),
        });
        let image = self.0.image();
        let [width, height] = image.size().map(|length| length as u32);
        RgbaImage::from_raw(width, height, image.rgba()).ok_or("not as many pixels".into())
    }
}
