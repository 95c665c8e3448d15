//! Data against simulated equations, as SVG.

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::ReportError;
use super::axis::value_range;
use super::canvas::{
    AXIS, Area, DATA, DrawingError, FINE, LINE_WIDTH, MODEL, SMALL_SIZE, TEXT, TEXT_SIZE, TITLE_SIZE, text,
};
use super::figure_input::FigureInput;
use super::panel::{Panel, X_LABELS_HEIGHT, Y_LABELS_WIDTH};

/// Trajectories and states drawn at most; more would be too small to read.
const MAX_COLUMNS: usize = 4;
const MAX_ROWS: usize = 8;

/// Data points drawn at most, over all panels.
const MAX_POINTS: usize = 2000;

const WIDTH: u32 = 900;
const PANEL_HEIGHT: u32 = 170;

/// Equations longer than this many lines or characters are not part of the figure.
const MAX_EQUATION_LINES: usize = 6;
const MAX_EQUATION_LENGTH: usize = 110;

/// Longer titles and names are cut: they would run into the legend or the next panel.
const MAX_TITLE_LENGTH: usize = 60;
const MAX_NAME_LENGTH: usize = 22;

/// The figure of data (points) and simulated equations (lines) as an SVG document, 900 px wide: one row of panels per
/// state, one column per trajectory, a common axis of values per row.
///
/// Long series are thinned: the points to every k-th, the lines to what the width can show. A state's axis follows
/// the data; a simulation that leaves it is cut off.
///
/// # Errors
/// [`ReportError::Shape`] if arrays do not fit together, [`ReportError::Drawing`] if the drawing library fails.
pub fn rollout_figure(input: &FigureInput<'_>) -> Result<String, ReportError> {
    input.check()?;
    let mut document = String::new();
    let height = draw(input, &mut document).map_err(|source| ReportError::Drawing { source: Box::new(source) })?;
    let canvas = format!("<svg width=\"{}\" height=\"{}\"", WIDTH * FINE, height * FINE);
    Ok(document.replacen(&canvas, &format!("<svg width=\"{WIDTH}\" height=\"{height}\""), 1))
}

/// Draws the figure `FINE` times as large as it is; returns its height in pixels.
fn draw(input: &FigureInput<'_>, document: &mut String) -> Result<u32, DrawingError> {
    let equations = short_equations(input.equations);
    let several = input.trajectories.len() > 1;
    let columns = &input.trajectories[..input.trajectories.len().min(MAX_COLUMNS)];
    let rows = &input.states[..input.states.len().min(MAX_ROWS)];
    let notes = notes(input);

    let equations_top = 44;
    let panels_top = equations_top + 20 * equations.len() as u32 + if several { 30 } else { 8 };
    let panels_bottom = panels_top + PANEL_HEIGHT * rows.len() as u32 + X_LABELS_HEIGHT;
    let height = panels_bottom + 20 * notes.len() as u32 + 8;

    let root = SVGBackend::with_string(document, (WIDTH * FINE, height * FINE)).into_drawing_area();
    root.fill(&WHITE)?;
    text(&root, &shortened(input.title, MAX_TITLE_LENGTH), (16, 14), TITLE_SIZE, TEXT, HPos::Left)?;
    draw_legend(&root, input.curve)?;
    for (line, equation) in equations.iter().enumerate() {
        text(&root, equation, (16, (equations_top + 20 * line as u32) as i32), TEXT_SIZE, TEXT, HPos::Left)?;
    }
    for (line, note) in notes.iter().enumerate() {
        text(&root, note, (16, (panels_bottom + 20 * line as u32) as i32), SMALL_SIZE, AXIS, HPos::Left)?;
    }

    let budget = MAX_POINTS / (rows.len() * columns.len()).max(1);
    let width = (WIDTH - Y_LABELS_WIDTH - 24) / (columns.len() as u32).max(1);
    for (row, state) in rows.iter().enumerate() {
        let values = value_range(columns, row);
        for (column, trajectory) in columns.iter().enumerate() {
            let (first, last) = (column == 0, row + 1 == rows.len());
            // The first column and the last row are larger by their labels; the plots themselves are all of a size.
            let left = if first { 8 } else { 8 + Y_LABELS_WIDTH + width * column as u32 };
            let right = 8 + Y_LABELS_WIDTH + width * (column as u32 + 1);
            let top = panels_top + PANEL_HEIGHT * row as u32;
            let bottom = top + PANEL_HEIGHT + if last { X_LABELS_HEIGHT } else { 0 };
            let size = ((right - left) * FINE, (bottom - top) * FINE);
            let area = root.clone().shrink((left * FINE, top * FINE), size);
            let panel = Panel { trajectory, row, values, width, budget, rightmost: column + 1 == columns.len() };
            panel.draw(
                &area,
                first.then(|| shortened_label(state)),
                last.then(|| shortened_label(input.time)),
                row == 0,
            )?;
            if several && row == 0 {
                let middle = (right - width / 2) as i32;
                text(
                    &root,
                    &shortened(trajectory.name, MAX_NAME_LENGTH),
                    (middle, top as i32 - 14),
                    TEXT_SIZE,
                    TEXT,
                    HPos::Center,
                )?;
            }
        }
    }
    root.present()?;
    Ok(height)
}

fn draw_legend(root: &Area<'_>, curve: &str) -> Result<(), DrawingError> {
    let fine = FINE as i32;
    let (x, y) = (WIDTH as i32 - 234, 22);
    root.draw(&Circle::new((x * fine, y * fine), 2.6 * f64::from(FINE), DATA.mix(0.6).filled()))?;
    text(root, "data", (x + 9, y - 7), TEXT_SIZE, TEXT, HPos::Left)?;
    let line = [((x + 54) * fine, y * fine), ((x + 78) * fine, y * fine)];
    root.draw(&PathElement::new(line, MODEL.stroke_width(LINE_WIDTH)))?;
    text(root, curve, (x + 84, y - 7), TEXT_SIZE, TEXT, HPos::Left)
}

/// Text cut after `length` characters, with an ellipsis in place of the rest.
fn shortened(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    text.chars().take(length - 1).chain(['…']).collect()
}

/// The label of an axis, cut before its unit.
fn shortened_label(label: &str) -> String {
    match label.rsplit_once(" (") {
        Some((name, unit))
            if label.chars().count() > MAX_NAME_LENGTH && unit.chars().count() < MAX_NAME_LENGTH / 2 =>
        {
            format!("{} ({unit}", shortened(name, MAX_NAME_LENGTH - unit.chars().count() - 2))
        }
        _ => shortened(label, MAX_NAME_LENGTH),
    }
}

/// The lines of the equations, none if they are too long to stand above the panels.
fn short_equations(equations: &str) -> Vec<&str> {
    let lines: Vec<&str> = equations.lines().collect();
    let fits =
        lines.len() <= MAX_EQUATION_LINES && lines.iter().all(|line| line.chars().count() <= MAX_EQUATION_LENGTH);
    if fits { lines } else { Vec::new() }
}

fn notes(input: &FigureInput<'_>) -> Vec<String> {
    let more = |total: usize, drawn: usize, one: &str, many: &str| match total.saturating_sub(drawn) {
        0 => None,
        1 => Some(format!("1 more {one} not drawn")),
        count => Some(format!("{count} more {many} not drawn")),
    };
    let trajectories = more(input.trajectories.len(), MAX_COLUMNS, "trajectory", "trajectories");
    trajectories.into_iter().chain(more(input.states.len(), MAX_ROWS, "state", "states")).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::{Array2, array};

    use super::{FINE, FigureInput, MAX_POINTS, ReportError, rollout_figure, shortened_label};
    use crate::report::FigureTrajectory;

    fn states(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn grid(points: usize) -> Vec<f64> {
        (0..points).map(|i| 0.01 * i as f64).collect()
    }

    fn waves(times: &[f64], dims: usize) -> Array2<f64> {
        Array2::from_shape_fn((times.len(), dims), |(i, d)| (times[i] + d as f64).sin())
    }

    fn trajectory<'a>(times: &'a [f64], data: &'a Array2<f64>) -> FigureTrajectory<'a> {
        FigureTrajectory { name: "a", times, data, rollout_times: times, rollout: data, diverged: None }
    }

    fn figure(states: &[String], trajectories: Vec<FigureTrajectory<'_>>) -> String {
        let equations = "x' = 0";
        rollout_figure(&FigureInput {
            title: "lorenz.csv",
            equations,
            curve: "simulated equations",
            time: "t",
            states,
            trajectories,
        })
        .unwrap()
    }

    fn circles(svg: &str) -> usize {
        svg.matches("<circle").count()
    }

    #[test]
    fn figure_names_what_it_shows() {
        let times = grid(50);
        let svg = figure(&states(&["x", "y"]), vec![trajectory(&times, &waves(&times, 2))]);
        assert!(svg.starts_with("<svg width=\"900\"") && svg.trim_end().ends_with("</svg>"));
        for text in ["lorenz.csv", "x' = 0", "\nx\n", "\ny\n", "\nt\n", "\ndata\n", "\nsimulated equations\n"] {
            assert!(svg.replace("&apos;", "'").contains(text), "{text} is missing");
        }
        assert!(!svg.contains("diverged") && !svg.contains("not drawn"));
        // 50 points of each state and one in the legend.
        assert_eq!(circles(&svg), 101);
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }

    #[test]
    fn labels_keep_their_units() {
        for (label, expected) in [
            ("OD600 (a.u.)", "OD600 (a.u.)"),
            ("concentration of glucose (mmol/L)", "concentratio… (mmol/L)"),
            ("a name without a unit that is long", "a name without a unit…"),
        ] {
            assert_eq!(shortened_label(label), expected);
            assert!(shortened_label(label).chars().count() <= 22);
        }
    }

    #[test]
    fn long_series_are_thinned() {
        let times = grid(10_000);
        let svg = figure(&states(&["x", "y", "z"]), vec![trajectory(&times, &waves(&times, 3))]);
        assert!(svg.len() < 500_000, "{} bytes", svg.len());
        assert!((1500..=MAX_POINTS + 1).contains(&circles(&svg)), "{}", circles(&svg));
    }

    #[test]
    fn missing_points_are_not_drawn() {
        let data = array![[0.0, f64::NAN], [f64::NAN, f64::NAN], [2.0, f64::NAN]];
        let times = [0.0, 1.0, 2.0];
        let rollout = array![[0.0, 1.0], [1.0, 2.0], [2.0, 3.0]];
        let given = FigureTrajectory { rollout: &rollout, ..trajectory(&times, &data) };
        let svg = figure(&states(&["x", "y"]), vec![given]);
        assert_eq!(circles(&svg), 3);
        assert!(!svg.contains("NaN"));
    }

    #[test]
    fn divergence_is_marked() {
        let times = grid(100);
        let data = waves(&times, 1);
        let mut rollout = data.clone();
        rollout[[40, 0]] = 1e12;
        let rollout = &rollout.slice(ndarray::s![..41, ..]).to_owned();
        let given = FigureTrajectory {
            rollout_times: &times[..41],
            rollout,
            diverged: Some(0.4),
            ..trajectory(&times, &data)
        };
        let svg = figure(&states(&["x"]), vec![given]);
        assert_eq!(svg.matches("diverged").count(), 1);
        // Nothing is drawn far outside the document.
        let far =
            svg.split(['"', ',', ' ']).filter_map(|part| part.parse::<f64>().ok()).fold(0.0f64, |a, b| a.max(b.abs()));
        assert!(far <= 900.0 * f64::from(FINE), "{far}");
    }

    #[test]
    fn what_is_not_drawn_is_said() {
        let times = grid(10);
        let data = waves(&times, 10);
        let names: Vec<String> = (0..10).map(|d| format!("x{d}")).collect();
        let six = vec![trajectory(&times, &data); 6];
        let svg = figure(&names, six);
        assert!(svg.contains("2 more trajectories not drawn") && svg.contains("2 more states not drawn"));
        assert_eq!(circles(&svg), 4 * 8 * 10 + 1);
    }

    #[test]
    fn unusual_data_is_drawn() {
        let one = [3.0];
        let single = array![[5.0]];
        let constant = Array2::from_elem((10, 1), -2.5);
        let nothing = Array2::from_elem((10, 1), f64::NAN);
        let huge = array![[1e300], [-1e300], [1e300]];
        let times = grid(10);
        for given in [
            trajectory(&one, &single),
            trajectory(&times, &constant),
            trajectory(&times, &nothing),
            trajectory(&times[..3], &huge),
        ] {
            let svg = figure(&states(&["a <b> & c"]), vec![given]);
            assert!(svg.trim_end().ends_with("</svg>") && !svg.contains("NaN") && !svg.contains("<b>"));
        }
        assert!(figure(&states(&["x"]), vec![]).contains("lorenz.csv"));
    }

    #[test]
    fn arrays_must_fit() {
        let times = grid(10);
        let data = waves(&times, 1);
        let given = FigureTrajectory { rollout_times: &times[..9], ..trajectory(&times, &data) };
        let names = states(&["x"]);
        let input =
            FigureInput { title: "", equations: "", curve: "", time: "t", states: &names, trajectories: vec![given] };
        let error = rollout_figure(&input).unwrap_err();
        assert!(matches!(error, ReportError::Shape { what: "simulation", expected: (9, 1), found: (10, 1), .. }));
    }
}
