//! A model beside the data of one trajectory.

use ndarray::{Array2, Axis};

use crate::data::Trajectory;
use crate::equation::{
    Rollout, SimulationError, SimulationOptions, SparseModel, r2, simulate_with_inputs, valid_time,
};

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

#[cfg(test)]
mod tests {
    use super::{Array2, FittedTrajectory, SparseModel};
    use crate::discovery::test_problem::{SWING, simulated, times};
    use crate::equation::RolloutStatus;

    /// A model beside the swing, whose data are every second row of a grid.
    fn beside(equations: &[(&str, &str)]) -> FittedTrajectory {
        let fine = simulated(&SWING, &[&[2.0, 0.0]], &times(81, 0.05)).trajectories.remove(0);
        let rows: Vec<usize> = (0..81).step_by(2).collect();
        let mut data = fine.clone();
        data.times = rows.iter().map(|&row| fine.times[row]).collect();
        data.values = fine.values.select(ndarray::Axis(0), &rows);
        let model = SparseModel::from_text("t", equations).expect("equations");
        let std = Array2::from_elem((81, 2), 0.01);
        FittedTrajectory::new(&model, &data, fine.times, rows, fine.values, std).expect("a simulation")
    }

    #[test]
    fn true_equations_follow_the_data_to_the_end() {
        let found = beside(&SWING);
        assert_eq!((found.rollout.status, found.fit_r2, found.rollout.reached), (RolloutStatus::Finished, 1.0, 81));
        // Both are integrated to 1e-8.
        assert!(found.rollout_r2 > 1.0 - 1e-12, "{}", found.rollout_r2);
        assert_eq!(found.valid_time, 4.0);
    }

    #[test]
    fn wrong_ones_leave_them() {
        let found = beside(&[("x", "y"), ("y", "-2.6*x")]);
        assert_eq!(found.fit_r2, 1.0, "the states are the same");
        assert!(found.rollout_r2 < 0.9, "{}", found.rollout_r2);
        assert!(found.valid_time > 0.1 && found.valid_time < 2.0, "{}", found.valid_time);
    }

    #[test]
    fn a_simulation_that_blows_up_scores_minus_infinity_and_is_no_error() {
        let found = beside(&[("x", "x**3"), ("y", "-2*x")]);
        assert_ne!(found.rollout.status, RolloutStatus::Finished);
        assert!(found.rollout.reached < 81 && found.rollout_r2 == f64::NEG_INFINITY);
        assert!(found.valid_time < 1.0, "{}", found.valid_time);
    }
}
