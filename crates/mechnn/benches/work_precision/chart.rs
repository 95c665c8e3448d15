//! A chart with two logarithmic axes as SVG.

use plotters::prelude::*;

pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
    pub(crate) dashed: bool,
}

pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) x: String,
    pub(crate) y: String,
    pub(crate) series: Vec<Series>,
}

/// Okabe and Ito's colours, black, and grey.
const COLORS: [RGBColor; 10] = [
    RGBColor(213, 94, 0),
    RGBColor(230, 159, 0),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(0, 158, 115),
    RGBColor(0, 114, 178),
    RGBColor(0, 60, 120),
    RGBColor(30, 30, 90),
    RGBColor(0, 0, 0),
    RGBColor(130, 130, 130),
];

impl Chart {
    pub(crate) fn svg(&self) -> String {
        let mut svg = String::new();
        self.draw(&mut svg).expect("drawing into memory does not fail");
        svg
    }

    fn draw(&self, svg: &mut String) -> Result<(), Box<dyn std::error::Error>> {
        let all = || self.series.iter().flat_map(|series| series.points.iter().copied());
        let range = |values: &mut dyn Iterator<Item = f64>| {
            let (low, high) = values.fold((f64::INFINITY, 0.0f64), |(low, high), v| (low.min(v), high.max(v)));
            low / 2.0..high * 2.0
        };
        let root = SVGBackend::with_string(svg, (900, 560)).into_drawing_area();
        root.fill(&WHITE)?;
        // The legend stands beside the chart, where it hides nothing.
        let (left, right) = root.split_horizontally(650);
        let mut chart = ChartBuilder::on(&left)
            .caption(&self.title, ("sans-serif", 16))
            .margin(12)
            .x_label_area_size(42)
            .y_label_area_size(70)
            .build_cartesian_2d(
                range(&mut all().map(|p| p.0)).log_scale(),
                range(&mut all().map(|p| p.1)).log_scale(),
            )?;
        chart
            .configure_mesh()
            .light_line_style(RGBColor(245, 245, 245))
            .bold_line_style(RGBColor(228, 228, 228))
            .x_desc(&self.x)
            .y_desc(&self.y)
            .x_labels(6)
            .x_label_formatter(&|v| if *v >= 1.0 { format!("{v}") } else { format!("{v:.0e}") })
            .y_label_formatter(&|v| format!("{v:.0e}"))
            .label_style(("sans-serif", 13))
            .draw()?;
        for (index, (series, color)) in self.series.iter().zip(COLORS.iter().cycle()).enumerate() {
            let style = color.stroke_width(2);
            if series.dashed {
                chart.draw_series(DashedLineSeries::new(series.points.clone(), 6, 4, style))?;
            } else {
                chart.draw_series(LineSeries::new(series.points.clone(), style))?;
            }
            chart.draw_series(series.points.iter().map(|&point| Circle::new(point, 3, color.filled())))?;
            let y = 60 + 24 * index as i32;
            right.draw(&Circle::new((12, y), 4, color.filled()))?;
            right.draw(&Text::new(series.name.clone(), (24, y - 7), ("sans-serif", 13)))?;
        }
        root.present()?;
        Ok(())
    }
}
