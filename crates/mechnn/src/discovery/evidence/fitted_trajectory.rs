//! A model beside the data of one trajectory.

use ndarray::{Array2, Axis};

use crate::data::Trajectory;
use crate::equation::{Rollout, SimulationError, SimulationOptions, SparseModel, r2, simulate_with_inputs, valid_time};

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
    /// Standard error of the estimated states, given that these are the right terms, `[M, D]`; what it leaves out is
    /// in `docs/src/concepts/uncertainty.md`.
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

impl FittedTrajectory {
    /// Simulates the model from the first of the estimated states, on their grid.
    ///
    /// # Errors
    /// [`SimulationError`] if the model cannot be simulated at all; a simulation that diverges is no error.
    pub(crate) fn new(
        model: &SparseModel,
        trajectory: &Trajectory,
        times: Vec<f64>,
        observed_at: Vec<usize>,
        states: Array2<f64>,
        state_std: Array2<f64>,
    ) -> Result<Self, SimulationError> {
        let data = trajectory.values.view();
        let (first, options) = (states.row(0).to_vec(), SimulationOptions::for_data(states.view()));
        let rollout = simulate_with_inputs(model, &trajectory.inputs, &first, &times, &options)?;
        let reached: Vec<usize> = observed_at.iter().copied().filter(|&at| at < rollout.reached).collect();
        let rollout_r2 = r2(data, rollout.values.select(Axis(0), &reached).view());
        let fit_r2 = r2(data, states.select(Axis(0), &observed_at).view());
        let valid_time = valid_time(&times, states.view(), rollout.values.view());
        Ok(Self { times, observed_at, states, state_std, rollout, rollout_r2, fit_r2, valid_time })
    }
}
