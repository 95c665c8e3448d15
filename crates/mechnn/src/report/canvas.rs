//! Sizes, colours and text of figures.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// The backend rounds places to whole pixels, which would make steps of curves: the figure is drawn on a canvas larger
/// by this factor, and shown at its size through the view box.
pub(super) const FINE: u32 = 4;

/// Width of the simulated curves on that canvas: 1.25 px.
pub(super) const LINE_WIDTH: u32 = 5;

/// Sizes of text in pixels.
pub(super) const TITLE_SIZE: f64 = 16.0;
pub(super) const TEXT_SIZE: f64 = 13.0;
pub(super) const SMALL_SIZE: f64 = 12.0;

/// Okabe and Ito's colours, which colour-blind readers tell apart: blue and vermillion.
pub(super) const DATA: RGBColor = RGBColor(0, 114, 178);
pub(super) const MODEL: RGBColor = RGBColor(213, 94, 0);
pub(super) const TEXT: RGBColor = RGBColor(34, 34, 34);
pub(super) const AXIS: RGBColor = RGBColor(110, 110, 110);
pub(super) const GRID: RGBColor = RGBColor(232, 232, 232);

pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
pub(super) type DrawingError = DrawingAreaErrorKind<std::io::Error>;

/// Text at a place given in pixels, by its top.
pub(super) fn text(
    root: &Area<'_>,
    text: &str,
    (x, y): (i32, i32),
    size: f64,
    color: RGBColor,
    side: HPos,
) -> Result<(), DrawingError> {
    let style = text_style(size, &color).pos(Pos::new(side, VPos::Top));
    root.draw(&Text::new(text.to_owned(), (x * FINE as i32, y * FINE as i32), style))
}

pub(super) fn text_style(size: f64, color: &RGBColor) -> TextStyle<'static> {
    // The backend divides sizes by 1.24.
    ("sans-serif", 1.24 * size * f64::from(FINE)).into_font().color(color)
}
