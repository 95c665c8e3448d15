//! What was inferred.

use ndarray::Array2;

use crate::inference::uncertainty::ProfileLikelihood;

/// A parameter, an initial value or a quantity computed from them.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct InferredNumber {
    /// Its name; `x(0)` for an initial value.
    pub name: String,
    /// The trajectory it belongs to, if it is not of all.
    pub trajectory: Option<String>,
    /// The estimate.
    pub value: f64,
    /// Its standard error; infinite where the data say nothing.
    pub standard_error: f64,
    /// 95 % interval from the curvature, in the coordinate of the bounds: it stays inside them.
    pub interval: (f64, f64),
    /// The profile, if asked for.
    pub profile: Option<ProfileLikelihood>,
}

/// The error of a column.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct InferredNoise {
    /// The column.
    pub column: String,
    /// Whether the level was estimated.
    pub estimated: bool,
    /// The level: a standard deviation, or the part of the value where errors are in proportion; 1 where every row has
    /// its own.
    pub level: f64,
    /// Measured numbers.
    pub count: usize,
    /// Root mean square of the residuals over their standard deviations; NaN if nothing was measured.
    pub misfit: f64,
    /// Correlation of neighbouring residuals, within trajectories; far from 0 where the equations miss something. NaN
    /// where no residual has a neighbour.
    pub autocorrelation: f64,
}

/// One trajectory.
///
/// # Shapes
/// - `times`: `[N]`, the rows used
/// - `states`: `[N, D]`
/// - `measured`, `predicted`, `simulated`: `[N, O]`, one column per observation
/// - `mesh`: `[M]`, the steps of the equations, M = (N - 1) substeps + 1; `curve`: `[M, O]`
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct InferredTrajectory {
    /// Its name.
    pub name: String,
    /// Times.
    pub times: Vec<f64>,
    /// Estimated states.
    pub states: Array2<f64>,
    /// The data, NaN = missing.
    pub measured: Array2<f64>,
    /// What the estimated states predict.
    pub predicted: Array2<f64>,
    /// What the equations predict from the estimated start alone; fewer rows if there is no finite solution.
    pub simulated: Array2<f64>,
    /// Times of all steps of the equations.
    pub mesh: Vec<f64>,
    /// What the estimated states predict at all of them.
    pub curve: Array2<f64>,
    /// R² of `predicted`.
    pub fit_r2: f64,
    /// R² of `simulated`.
    pub rollout_r2: f64,
}

/// The result of an inference.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Inference {
    /// Estimated parameters and initial values.
    pub parameters: Vec<InferredNumber>,
    /// Quantities computed from them.
    pub derived: Vec<InferredNumber>,
    /// Errors of the columns.
    pub noise: Vec<InferredNoise>,
    /// Standard deviation of the random part of each equation per root of a unit of time, `[D]`; `None` without one.
    pub process_noise: Vec<Option<f64>>,
    /// The trajectories.
    pub trajectories: Vec<InferredTrajectory>,
    /// Combinations of parameters that the data leave open, in words.
    pub open: Vec<String>,
    /// Measured numbers less unknowns.
    pub freedom: usize,
    /// Standard errors in a 95 % interval.
    pub quantile: f64,
    /// Steps of the equations between two rows.
    pub substeps: usize,
    /// Starts tried.
    pub starts: usize,
    /// Whether it was stopped before all starts and profiles were done.
    pub interrupted: bool,
}
