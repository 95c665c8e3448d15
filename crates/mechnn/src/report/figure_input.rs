//! What a figure shows.

use ndarray::Array2;

use super::ReportError;

/// What a figure shows.
#[derive(Debug, Clone)]
pub struct FigureInput<'a> {
    /// The title, usually the name of the data file.
    pub title: &'a str,
    /// The equations, one per line; left out of the figure if they are long.
    pub equations: &'a str,
    /// What the lines are: "simulated equations", or "smoothed states" where equations have a random part.
    pub curve: &'a str,
    /// Label of the time axis, with its unit if it has one: `time (d)`.
    pub time: &'a str,
    /// Labels of the D states' axes, with their units: `OD600 (a.u.)`.
    pub states: &'a [String],
    /// The trajectories, one column of panels each.
    pub trajectories: Vec<FigureTrajectory<'a>>,
}

/// One trajectory of a figure.
///
/// # Shapes
/// - `times`: `[N]`, `data`: `[N, D]`, NaN = missing
/// - `rollout_times`: `[M]`, `rollout`: `[M, D]`, as far as the simulation got; its times may be finer than the data's
#[derive(Debug, Clone)]
pub struct FigureTrajectory<'a> {
    /// Its name, printed above its panels if there are several.
    pub name: &'a str,
    /// Times of the data.
    pub times: &'a [f64],
    /// The data.
    pub data: &'a Array2<f64>,
    /// Times of the simulation.
    pub rollout_times: &'a [f64],
    /// The simulated states.
    pub rollout: &'a Array2<f64>,
    /// When the simulation diverged, if it did.
    pub diverged: Option<f64>,
}

impl FigureInput<'_> {
    /// Whether the arrays fit together.
    pub(super) fn check(&self) -> Result<(), ReportError> {
        for trajectory in &self.trajectories {
            let dims = self.states.len();
            for (what, expected, found) in [
                ("data", (trajectory.times.len(), dims), trajectory.data.dim()),
                ("simulation", (trajectory.rollout_times.len(), dims), trajectory.rollout.dim()),
            ] {
                if expected != found {
                    return Err(ReportError::Shape { trajectory: trajectory.name.to_owned(), what, expected, found });
                }
            }
        }
        Ok(())
    }
}
