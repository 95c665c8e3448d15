//! Pictures of a result.

use mechnn::report::{FigureInput, FigureTrajectory, rollout_figure};
use ndarray::Array2;

use super::ExperimentError;

/// A picture of a result.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Name of its file, without ending.
    pub name: &'static str,
    /// The document.
    pub svg: String,
}

/// Points and a line.
pub(super) struct Panel {
    pub(super) name: String,
    /// Of the points, `[N]`.
    pub(super) times: Vec<f64>,
    /// `[N, D]`
    pub(super) points: Array2<f64>,
    /// Of the line, `[M]`.
    pub(super) line_times: Vec<f64>,
    /// `[M, D]`
    pub(super) line: Array2<f64>,
}

impl Panel {
    /// One state with points and line at the same times.
    pub(super) fn curve(name: impl Into<String>, times: &[f64], points: &[f64], line: &[f64]) -> Self {
        let column = |values: &[f64]| Array2::from_shape_fn((times.len(), 1), |(n, _)| values[n]);
        let (points, line) = (column(points), column(line));
        Self { name: name.into(), times: times.to_vec(), points, line_times: times.to_vec(), line }
    }

    fn trajectory(&self) -> FigureTrajectory<'_> {
        FigureTrajectory {
            name: &self.name,
            times: &self.times,
            data: &self.points,
            rollout_times: &self.line_times,
            rollout: &self.line,
            diverged: None,
        }
    }
}

/// What stands beside the panels.
pub(super) struct Labels<'a> {
    pub(super) title: &'a str,
    pub(super) line: &'a str,
    pub(super) horizontal: &'a str,
    pub(super) states: &'a [&'a str],
}

impl Figure {
    /// Panels in columns, states in rows.
    pub(super) fn new(name: &'static str, labels: &Labels<'_>, panels: &[Panel]) -> Result<Self, ExperimentError> {
        let states: Vec<String> = labels.states.iter().map(|&state| state.to_owned()).collect();
        let svg = rollout_figure(&FigureInput {
            title: labels.title,
            equations: "",
            curve: labels.line,
            time: labels.horizontal,
            states: &states,
            trajectories: panels.iter().map(Panel::trajectory).collect(),
        })?;
        Ok(Self { name, svg })
    }
}
