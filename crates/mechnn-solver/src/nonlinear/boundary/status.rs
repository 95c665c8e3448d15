//! Why a solve of a boundary value problem ended, and what it cost.

use crate::nonlinear::step::Failure;

/// Why a solve ended. Only `Converged` is a solution; otherwise the states are the last iterate.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum BoundaryStatus {
    /// The collocation equations and the conditions hold, and the error is below the tolerance.
    Converged,
    /// The mesh that the tolerance needs has more steps than allowed.
    StepBudget {
        /// Steps it would have.
        needed: usize,
    },
    /// Newton's method finds no solution from the guess, however it is damped: there is none nearby, or none at all.
    NoSolution {
        /// Size of the last correction in units of the tolerance.
        correction: f64,
    },
    /// The linearised problem is singular: the conditions do not determine the solution (a fold, an eigenvalue).
    IllConditioned {
        /// Size of the failing pivot relative to its column.
        ratio: f64,
    },
    /// The right-hand side or its Jacobian is not finite at the guess.
    NotFinite,
}

impl From<Failure> for BoundaryStatus {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotFinite => Self::NotFinite,
            Failure::Singular { ratio } => Self::IllConditioned { ratio },
            Failure::NoContraction => Self::NoSolution { correction: f64::INFINITY },
        }
    }
}

/// Work and quality of a solve.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct BoundaryInfo {
    /// Steps of the solution.
    pub steps: usize,
    /// Meshes, the halved ones included.
    pub meshes: usize,
    /// Newton iterations, summed over meshes.
    pub iterations: usize,
    /// Smallest damping factor that was needed: 1 if none.
    pub smallest_damping: f64,
    /// Estimated error of the states in units of the tolerance, from the mesh of half as many steps; infinite if not
    /// measured.
    pub largest_error: f64,
}
