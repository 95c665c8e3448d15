//! Why a solve ended.

use crate::nonlinear::step::Failure;

/// Why a solve ended. Only `Converged` comes with a state at every requested time.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Status {
    /// Every step satisfies the collocation equations and, in adaptive solves, the tolerance.
    Converged,
    /// The budget of steps was spent.
    StepBudget {
        /// Time reached.
        time: f64,
    },
    /// However short the step, the next one fails the tolerance or Newton's method finds no solution of it: the
    /// solution ends near this time, for instance in a pole. On a given mesh: the collocation equations of this step
    /// have no solution that Newton's method can find.
    NoSolution {
        /// Time reached.
        time: f64,
    },
    /// The linearised equations are singular at every step length.
    IllConditioned {
        /// Time reached.
        time: f64,
        /// Size of the failing pivot relative to its column.
        ratio: f64,
    },
    /// The right-hand side or its Jacobian is not finite right after this time, however short the step.
    NotFinite {
        /// Time reached.
        time: f64,
    },
}

impl Failure {
    /// The status if nothing else helps.
    pub(super) fn status(self, time: f64) -> Status {
        match self {
            Self::NotFinite => Status::NotFinite { time },
            Self::Singular { ratio } => Status::IllConditioned { time, ratio },
            Self::NoContraction => Status::NoSolution { time },
        }
    }
}
