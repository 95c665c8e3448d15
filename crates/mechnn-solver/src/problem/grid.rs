//! The time grid: N points, N - 1 steps.

use ndarray::{ArcArray, Array, Array2, Ix2, Ix3};

use super::ode::standard;
use super::scheme::CollocationNodes;
use crate::error::ProblemError;

/// Steps between the points of a grid, in units of time.
#[derive(Debug, Clone, PartialEq)]
pub enum Steps {
    /// One clock for all dimensions, `[B | 1, N-1 | 1]`.
    Shared(ArcArray<f64, Ix2>),
    /// A clock for each dimension, `[B | 1, N-1 | 1, D]`, as the first paper's layer learns them.
    PerDimension(ArcArray<f64, Ix3>),
}

/// Strictly increasing times, given by their steps.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeGrid {
    pub(crate) points: usize,
    pub(crate) steps: Steps,
}

/// A problem with so many elements is refused as [`ProblemError::TooLarge`].
const MAX_ELEMENTS: usize = 1 << 33;

impl TimeGrid {
    /// `points` points at equal distance `step`.
    pub fn uniform(points: usize, step: f64) -> Self {
        Self::shared(points, Array2::from_elem((1, 1), step))
    }

    /// A grid for `points` points with steps `[B | 1, N-1 | 1]`, checked by
    /// [`OdeProblem::new`](crate::OdeProblem::new).
    pub fn shared(points: usize, steps: Array<f64, Ix2>) -> Self {
        Self { points, steps: Steps::Shared(standard(steps)) }
    }

    /// A grid with steps `[B | 1, N-1 | 1, D]`, one clock per dimension.
    pub fn per_dimension(points: usize, steps: Array<f64, Ix3>) -> Self {
        Self { points, steps: Steps::PerDimension(standard(steps)) }
    }

    /// The grid through the given times.
    ///
    /// # Errors
    /// [`ProblemError::TooFewPoints`] below two times, [`ProblemError::NotFinite`], and [`ProblemError::Step`] if they
    /// do not increase strictly.
    pub fn from_times(times: &[f64]) -> Result<Self, ProblemError> {
        if times.len() < 2 {
            return Err(ProblemError::TooFewPoints { points: times.len() });
        }
        if let Some(i) = times.iter().position(|t| !t.is_finite()) {
            return Err(ProblemError::NotFinite { input: "times", index: vec![i], value: times[i] });
        }
        let steps = Array2::from_shape_fn((1, times.len() - 1), |(_, i)| times[i + 1] - times[i]);
        if let Some(i) = steps.iter().position(|&h| h <= 0.0) {
            return Err(ProblemError::Step { index: vec![0, i], value: steps[(0, i)] });
        }
        Ok(Self::shared(times.len(), steps))
    }

    /// `elements` equal elements over a time of `length`, each with the Lobatto points of its collocation nodes: the
    /// points of highest order at the ends of the elements.
    pub fn lobatto(elements: usize, nodes: CollocationNodes, length: f64) -> Self {
        let intervals = nodes.intervals();
        if elements > MAX_ELEMENTS {
            // Too many for a problem: refused there, without steps that would fill the memory before.
            let points = elements.saturating_mul(intervals).saturating_add(1);
            return Self::uniform(points, length / elements as f64 / intervals as f64);
        }
        let positions = nodes.lobatto();
        let element = length / elements as f64;
        let steps = Array2::from_shape_fn((1, elements * intervals), |(_, i)| {
            element * (positions[i % intervals + 1] - positions[i % intervals])
        });
        Self::shared(elements * intervals + 1, steps)
    }

    /// N, the number of points.
    pub fn points(&self) -> usize {
        self.points
    }

    /// The steps as given.
    pub fn steps(&self) -> &Steps {
        &self.steps
    }
}
