//! One panel of a figure.

use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::axis::{tick_label, time_range};
use super::canvas::{
    AXIS, Area, DATA, DrawingError, FINE, GRID, LINE_WIDTH, MODEL, SMALL_SIZE, TEXT, TEXT_SIZE, text_style,
};
use super::figure_input::FigureTrajectory;
use super::series::{clipped, envelope, thinned};

/// Space for labels outside the plot, in pixels.
pub(super) const X_LABELS_HEIGHT: u32 = 46;
pub(super) const Y_LABELS_WIDTH: u32 = 72;

type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// One state of one trajectory.
pub(super) struct Panel<'a> {
    pub(super) trajectory: &'a FigureTrajectory<'a>,
    pub(super) row: usize,
    pub(super) values: (f64, f64),
    pub(super) width: u32,
    pub(super) budget: usize,
    pub(super) rightmost: bool,
}

impl Panel<'_> {
    pub(super) fn draw(
        &self,
        area: &Area<'_>,
        state: Option<String>,
        time: Option<String>,
        label_divergence: bool,
    ) -> Result<(), DrawingError> {
        let trajectory = self.trajectory;
        let (low, high) = self.values;
        let (first, last) = time_range(trajectory);
        let mut chart: Chart<'_, '_> = ChartBuilder::on(area)
            .margin_top(5 * FINE)
            .margin_bottom(5 * FINE)
            .margin_right(12 * FINE)
            .set_label_area_size(LabelAreaPosition::Left, if state.is_some() { Y_LABELS_WIDTH * FINE } else { 0 })
            .set_label_area_size(LabelAreaPosition::Bottom, if time.is_some() { X_LABELS_HEIGHT * FINE } else { 0 })
            .build_cartesian_2d(first..last, low..high)?;
        // The label of the last tick would run into the first one of the next panel.
        let end = if self.rightmost { f64::INFINITY } else { last - 0.06 * (last - first) };
        let time_label = |time: &f64| if *time < end { tick_label(*time, (first, last)) } else { String::new() };
        chart
            .configure_mesh()
            .x_labels((self.width as usize / 90).max(3))
            .y_labels(5)
            .max_light_lines(0)
            .bold_line_style(GRID.stroke_width(FINE))
            .axis_style(AXIS.stroke_width(FINE))
            .set_all_tick_mark_size(4 * FINE)
            .label_style(text_style(SMALL_SIZE, &TEXT))
            .axis_desc_style(text_style(TEXT_SIZE, &TEXT))
            .x_label_formatter(&time_label)
            .y_label_formatter(&|value| tick_label(*value, self.values))
            .x_desc(time.unwrap_or_default())
            .y_desc(state.unwrap_or_default())
            .draw()?;

        let column = trajectory.data.column(self.row);
        let measured = thinned(trajectory.times.iter().copied().zip(column.iter().copied()), self.budget);
        let radius = if measured.len() > 150 { 1.8 } else { 2.6 };
        chart.draw_series(measured.into_iter().map(|point| dot(point, radius)))?;

        let simulated = trajectory.rollout_times.iter().copied().zip(trajectory.rollout.column(self.row).to_vec());
        let simulated: Vec<(f64, f64)> = simulated.take_while(|(_, y)| y.is_finite()).collect();
        for part in clipped(&envelope(&simulated, self.width as usize), low, high) {
            chart.draw_series(LineSeries::new(part, MODEL.stroke_width(LINE_WIDTH)))?;
        }

        if let Some(time) = trajectory.diverged {
            chart.draw_series(DashedLineSeries::new(
                [(time, low), (time, high)],
                5 * FINE,
                4 * FINE,
                TEXT.stroke_width(FINE),
            ))?;
            if label_divergence {
                // On the side of the line that has room.
                let right = time - first < 0.7 * (last - first);
                let (shift, side) = if right { (5, HPos::Left) } else { (-5, HPos::Right) };
                let shift = (shift * FINE as i32, 4 * FINE as i32);
                let style = text_style(SMALL_SIZE, &TEXT).pos(Pos::new(side, VPos::Top));
                let label = EmptyElement::at((time, high)) + Text::new("diverged", shift, style);
                chart.draw_series(std::iter::once(label))?;
            }
        }
        Ok(())
    }
}

fn dot(point: (f64, f64), radius: f64) -> Circle<(f64, f64), f64> {
    Circle::new(point, radius * f64::from(FINE), DATA.mix(0.6).filled())
}
