//! Values prescribed at the two ends of the time grid.

use ndarray::{ArcArray, Array2, Ix2};

use super::ode::standard;

/// An end of the time grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The first point.
    First,
    /// The last point.
    Last,
}

/// Which number is prescribed: `u_dim^(derivative)` at one end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoundaryCondition {
    /// Where.
    pub end: End,
    /// Dimension, below D.
    pub dim: usize,
    /// Derivative, below K - 1: the highest follows from the equations.
    pub derivative: usize,
}

/// Values of given derivatives at the first and the last point.
///
/// # Shapes
/// - `values`: `[B | 1, M]` for M conditions
///
/// # Example
/// A string clamped at both ends, `u'' + u = 1` with `u = 0` at t = 0 and t = 1:
/// ```
/// use mechnn_solver::{
///     BoundaryCondition, BoundaryValues, CollocationNodes, End, InitialValues, LinearOde, OdeProblem, OdeSolver,
///     Scheme, TimeGrid, method::Collocation,
/// };
/// use ndarray::{Array2, Array3, Array5};
///
/// let coefficients = Array5::from_shape_vec((1, 1, 1, 1, 3), vec![1.0, 0.0, 1.0])?;
/// let ode = LinearOde::new(coefficients, Array3::ones((1, 1, 1)));
/// let clamped = [End::First, End::Last].map(|end| BoundaryCondition { end, dim: 0, derivative: 0 });
/// let problem = OdeProblem::new(&ode, &TimeGrid::uniform(21, 0.05), &InitialValues::none())?
///     .with_scheme(Scheme::Collocation { nodes: CollocationNodes::Five })?
///     .with_boundary(BoundaryValues::new(clamped.to_vec(), Array2::zeros((1, 2))))?;
/// let solution = Collocation.solve(&problem)?;
/// let middle = 1.0 - 1.0 / 0.5_f64.cos(); // u = 1 - cos(t - 1/2) / cos(1/2)
/// assert!((solution.values[[0, 10, 0, 0]] - middle).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct BoundaryValues {
    pub(crate) conditions: Vec<BoundaryCondition>,
    pub(crate) values: ArcArray<f64, Ix2>,
}

impl BoundaryValues {
    /// Takes them as they are; [`OdeProblem::with_boundary`](crate::OdeProblem::with_boundary) checks them.
    pub fn new(conditions: Vec<BoundaryCondition>, values: Array2<f64>) -> Self {
        Self { conditions, values: standard(values) }
    }

    /// What is prescribed, in the order of the values.
    pub fn conditions(&self) -> &[BoundaryCondition] {
        &self.conditions
    }

    /// `[B | 1, M]`
    pub fn values(&self) -> &ArcArray<f64, Ix2> {
        &self.values
    }
}
