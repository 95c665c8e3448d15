//! A fit that has ended, and what its data and numbers contribute to the likelihood.

use mechnn_solver::smoother::Estimate;

use crate::inference::prepare::{Binding, BoundTrajectory};

/// A fit that has ended.
#[derive(Debug, Clone)]
pub(crate) struct Fit<'a> {
    /// With the levels, the mesh and the origins of the end.
    pub(crate) binding: Binding<'a>,
    pub(crate) estimate: Estimate,
    /// Coordinates of the unknowns, `[P]`.
    pub(crate) coordinates: Vec<f64>,
    /// Sum of squared residuals over their variances.
    pub(crate) objective: f64,
    /// About the coordinates, `[P, P]`.
    pub(crate) information: Vec<f64>,
    /// -2 log of the likelihood, up to a constant.
    pub(crate) deviance: f64,
    /// Standard deviation of the random part of each equation per root of a unit of time, `[D]`; empty if there is
    /// none.
    pub(crate) process_noise: Vec<f64>,
}

/// Sum of the logarithms of the variances of all measured numbers.
pub(crate) fn log_variances(binding: &Binding<'_>) -> f64 {
    let of = |trajectory: &BoundTrajectory<'_>| {
        let rows = trajectory.data.iter().flatten();
        rows.map(|row| 2.0 * (trajectory.levels[row.observation] * row.relative).ln()).sum::<f64>()
    };
    binding.trajectories.iter().map(of).sum()
}

/// Coordinates of the unknowns for θ.
pub(crate) fn coordinates(binding: &Binding<'_>, theta: &[f64]) -> Vec<f64> {
    binding.origins().iter().zip(theta).map(|(origin, theta)| origin + theta).collect()
}
