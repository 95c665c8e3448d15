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
    #[error("`{input}` is not finite at index {index:?} ({value})")]
    NotFinite {
        /// Name of the input.
        input: &'static str,
        /// Index of the first such entry.
        index: Vec<usize>,
        /// The value found there.
        value: f64,
    },
    /// A time step is zero or negative.
    #[error("time step at index {index:?} is {value:e}; steps must be positive")]
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
    #[error("`coefficients` keep {orders} orders (derivatives 0..{orders}); supported are 2 to 7")]
    Orders {
        /// Number of orders K.
        orders: usize,
    },
    /// The grid does not divide into collocation elements.
    #[error(
        "collocation with {nodes} nodes needs 1 + {per_element} m grid points for some m, got {points}; \
         use {below} or {above} points",
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
        "boundary condition {index} is on derivative {derivative} of dimension {dim}; the problem has dimensions \
         0..{dims}, and conditions may be on derivatives 0..{derivatives}"
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
    #[error("weight of the {family} rows is {value}; weights must be positive and finite")]
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
        "normal equations are not positive definite in batch {batch} at grid point {point} \
         (pivot {pivot:e} of the diagonal entry): the equation, initial and smoothness rows do not \
         determine the solution; add initial values, lower the order or take larger steps"
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
        "the equations or conditions are singular in batch {batch} at grid point {point} (relative pivot {pivot:e}): \
         the coefficients of the highest derivatives must be regular, and the conditions independent"
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
        "collocation needs exactly {needed} conditions, D (K - 1), found {found}: initial values of one point with all \
         derivatives below the highest (S = 1, Q = K - 1), or so many boundary values, or a periodic jump"
    )]
    Conditions {
        /// D (K - 1).
        needed: usize,
        /// Initial values, periodic rows and boundary values together.
        found: usize,
    },
    /// Hard equations must be independent.
    #[error(
        "the equations of batch {batch} are not independent at grid point {point} (relative pivot {pivot:e}), so they \
         cannot hold exactly: one is empty, repeats others, or there are more than unknowns"
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
        "ill-conditioned in batch {batch}: estimated relative error {estimate:e} after {refinements} refinements; \
         lower the order or take larger steps"
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
    #[error("the solution of batch {batch} is not finite at grid point {point}")]
    NotFinite {
        /// Batch element.
        batch: usize,
        /// Grid point.
        point: usize,
    },
    /// A derivative overflowed.
    #[error("the derivative of the {of} is not finite: numbers overflowed; rescale the problem or the cotangent")]
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
