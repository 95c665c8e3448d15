//! A simulated trajectory.

use ndarray::Array2;

/// A simulated trajectory, as far as it got.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Rollout {
    /// States at the first `reached` of the requested times, `[reached, D]`, finite.
    pub values: Array2<f64>,
    /// Number of requested times that were reached.
    pub reached: usize,
    /// Why it ended.
    pub status: RolloutStatus,
}

/// Why a simulation ended.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum RolloutStatus {
    /// All times were reached.
    Finished,
    /// A state became too large or not finite, or the step size fell to zero.
    Diverged {
        /// Time of the last good step.
        time: f64,
    },
    /// A right-hand side is not a number there, such as the logarithm of a state that has become negative.
    Undefined {
        /// Time of the last good step.
        time: f64,
        /// Index of the state whose equation it is.
        state: usize,
    },
    /// The step budget was spent.
    StepBudget {
        /// Time reached.
        time: f64,
    },
}

impl RolloutStatus {
    /// The time of the last good step, if not all times were reached.
    pub fn stopped_at(self) -> Option<f64> {
        match self {
            Self::Finished => None,
            Self::Diverged { time } | Self::Undefined { time, .. } | Self::StepBudget { time } => Some(time),
        }
    }
}
