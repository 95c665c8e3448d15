//! What a discovery finds.

use ndarray::Array2;

use super::observer::Progress;
use super::options::NoiseModel;
use super::verdict::Verdict;
use crate::equation::{Rollout, RolloutStatus, SparseModel, Term};

/// A discovered system with the evidence for it; everything in the data's units.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DiscoveryResult {
    /// The equations, with standard errors.
    pub model: SparseModel,
    /// Covariance of the coefficients in the order of the model's terms, `[P, P]`.
    pub covariance: Array2<f64>,
    /// Estimated standard deviation of the noise, `[D]`; where it is proportional, at the root mean square of the state.
    pub noise: Vec<f64>,
    /// What the noise depends on.
    pub noise_model: NoiseModel,
    /// One for each trajectory.
    pub trajectories: Vec<FittedTrajectory>,
    /// Coefficients the search started from.
    pub candidates: usize,
    /// Terms that are combinations of simpler ones on these data (a constant column makes such), and so were not tried.
    pub indistinct: Vec<Term>,
    /// Every step taken.
    pub history: Vec<Progress>,
    /// True if the observer ended the search before it was done.
    pub interrupted: bool,
}

/// How the model does on one trajectory, on a grid that contains the trajectory's times.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FittedTrajectory {
    /// Times of the grid: those of the data, with points between them where the data are sparse, `[M]`.
    pub times: Vec<f64>,
    /// Where the data's times are in the grid, `[N]`.
    pub observed_at: Vec<usize>,
    /// Estimated states, `[M, D]`.
    pub states: Array2<f64>,
    /// Standard error of the estimated states, given that these are the right terms, `[M, D]`; what it leaves out is in
    /// `docs/src/concepts/uncertainty.md`.
    pub state_std: Array2<f64>,
    /// The model simulated from the estimated start.
    pub rollout: Rollout,
    /// Variance-weighted R2 of the rollout against the data.
    pub rollout_r2: f64,
    /// The same of the estimated states, which obey the equations up to the small model error.
    pub fit_r2: f64,
    /// How long the rollout stays within 20 % of each state's standard deviation of the estimated states.
    pub valid_time: f64,
}

impl DiscoveryResult {
    /// True if every rollout stays finite over its data's span.
    pub fn is_stable(&self) -> bool {
        self.trajectories.iter().all(|trajectory| trajectory.rollout.status == RolloutStatus::Finished)
    }

    /// What may be concluded from it.
    pub fn verdict(&self) -> Verdict {
        Verdict::new(&self.trajectories)
    }
}
