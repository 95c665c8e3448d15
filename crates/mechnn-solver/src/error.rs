//! Typed errors: what was wrong with the problem, and what went wrong while solving it.

use thiserror::Error;

/// A problem that cannot be posed: reported at the door, before anything is computed.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ProblemError {
    /// An axis has the wrong length.
    #[error("`{input}`: axis {axis} ({meaning}) has length {found}, expected {expected}")]
    Shape {
        /// Name of the input.
        input: &'static str,
        /// Index of the axis.
        axis: usize,
        /// What the axis counts.
        meaning: &'static str,
        /// The lengths that would fit, in words.
        expected: String,
        /// The length found.
        found: usize,
    },
    /// An entry is NaN or infinite.
    #[error("`{input}` is {value} at index {index:?}; all numbers must be finite")]
    NotFinite {
        /// Name of the input.
        input: &'static str,
        /// Index of the first such entry.
        index: Vec<usize>,
        /// The value found there.
        value: f64,
    },
    /// A time step is zero or negative.
    #[error("the time step at index {index:?} is {value:e}; steps must be positive")]
    Step {
        /// Index of the first such entry.
        index: Vec<usize>,
        /// The value found there.
        value: f64,
    },
    /// Fewer than two points in time.
    #[error("a time grid needs at least 2 points, got {points}")]
    TooFewPoints {
        /// Number of points asked for.
        points: usize,
    },
    /// More values than any machine holds.
    #[error(
        "{points} points with {values} values each, in a batch of {batch}, are more than {limit} values in all; \
         use fewer points or a smaller batch"
    )]
    TooLarge {
        /// Number of points N.
        points: usize,
        /// Values at a point, D K.
        values: usize,
        /// Batch size B.
        batch: usize,
        /// Most values of a problem.
        limit: usize,
    },
    /// The number of orders `K = order + 1` is outside 2..=7.
    #[error(
        "`coefficients` has length {orders} on its last axis, which counts the unknown and its derivatives; it may be \
         2 to 7"
    )]
    Orders {
        /// Number of orders K.
        orders: usize,
    },
    /// The grid does not divide into collocation elements.
    #[error(
        "collocation with {nodes} nodes takes {per_element} intervals at a time, and {points} points do not divide \
         into such groups; use {below} or {above} points",
        per_element = nodes - 1,
        below = points - (points - 1) % (nodes - 1),
        above = points - (points - 1) % (nodes - 1) + nodes - 1
    )]
    Elements {
        /// Number of points N.
        points: usize,
        /// Points of an element.
        nodes: usize,
    },
    /// A boundary condition on a dimension or derivative that the problem does not have.
    #[error(
        "boundary condition {index} is on derivative {derivative} of unknown {dim}, all counted from 0; there are \
         {dims} unknowns, and conditions may be on their derivatives below number {derivatives}"
    )]
    BoundaryCondition {
        /// Index of the condition.
        index: usize,
        /// Its dimension.
        dim: usize,
        /// Its derivative.
        derivative: usize,
        /// D.
        dims: usize,
        /// K - 1: the highest derivative follows from the equations.
        derivatives: usize,
    },
    /// A row weight is not positive and finite.
    #[error("the weight of the {family} rows is {value}; weights must be positive and finite")]
    Weight {
        /// The row family.
        family: &'static str,
        /// The value found.
        value: f64,
    },
}

/// What can go wrong in a solve or a pullback.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum SolveError {
    /// The rows do not determine the solution, or only beyond the reach of f64 normal equations.
    #[error(
        "the equations, initial values and smoothness do not determine the solution of problem {batch} at grid point \
         {point}, both counted from 0 (relative pivot {pivot:e}); add initial values, lower the order or take larger \
         steps"
    )]
    NotPositiveDefinite {
        /// Batch element.
        batch: usize,
        /// Grid point of the failing pivot.
        point: usize,
        /// The pivot relative to the diagonal entry it started from.
        pivot: f64,
    },
    /// The equations of a collocation element, or the conditions, do not determine the solution.
    #[error(
        "the equations and conditions do not determine the solution of problem {batch} at grid point {point}, both \
         counted from 0 (relative pivot {pivot:e}): the coefficients of the highest derivatives must not be zero or \
         repeat each other, and no condition may follow from the others"
    )]
    Singular {
        /// Batch element.
        batch: usize,
        /// Grid point of the failing pivot; the last one if the conditions fail.
        point: usize,
        /// The pivot relative to the column it came from.
        pivot: f64,
    },
    /// A square system needs exactly as many conditions as it has free constants.
    #[error(
        "collocation needs exactly {needed} conditions, one for each unknown and for each of its derivatives below \
         the highest, but there are {found}: give all of these at one point (S = 1, Q = K - 1), or as many boundary \
         values, or a periodic jump"
    )]
    Conditions {
        /// D (K - 1).
        needed: usize,
        /// Initial values, periodic rows and boundary values together.
        found: usize,
    },
    /// Hard equations must be independent.
    #[error(
        "the equations of problem {batch} depend on each other at grid point {point}, both counted from 0 (relative \
         pivot {pivot:e}), so that they cannot hold exactly: one of them is empty or repeats others, or there are \
         more equations than unknowns"
    )]
    DependentEquations {
        /// Batch element.
        batch: usize,
        /// Grid point.
        point: usize,
        /// Relative size of what an equation adds to the others.
        pivot: f64,
    },
    /// Refinement could not reach the accuracy that is promised.
    #[error(
        "problem {batch}, counted from 0, is ill-conditioned: rounding makes a relative error of about {estimate:e} \
         in its solution, after {refinements} refinements; lower the order or take larger steps"
    )]
    IllConditioned {
        /// Batch element.
        batch: usize,
        /// Estimated relative error of the solution.
        estimate: f64,
        /// Refinement steps taken.
        refinements: usize,
    },
    /// The solution overflowed.
    #[error("the solution of problem {batch} is too large to be computed at grid point {point}, both counted from 0")]
    NotFinite {
        /// Batch element.
        batch: usize,
        /// Grid point.
        point: usize,
    },
    /// A derivative overflowed.
    #[error("the derivative of the {of} is too large to be computed; rescale the problem or the cotangent")]
    DerivativeNotFinite {
        /// The input of a gradient, or the solution of a forward derivative.
        of: &'static str,
    },
    /// The method cannot solve problems of this scheme or size.
    #[error("method `{method}` does not support this problem: {reason}")]
    Unsupported {
        /// Name of the method.
        method: &'static str,
        /// Why not.
        reason: &'static str,
    },
    /// A cotangent or tangent does not fit the problem.
    #[error(transparent)]
    Direction(#[from] ProblemError),
}
