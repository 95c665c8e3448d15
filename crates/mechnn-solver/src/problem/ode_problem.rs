//! [`OdeProblem`]: everything a solver needs, checked once at the door and trusted afterwards.

use ndarray::{ArcArray, Array3, Ix3};

use super::boundary::{BoundaryCondition, BoundaryValues};
use super::grid::{Steps, TimeGrid};
use super::ode::{InitialValues, LinearOde, standard};
use super::scheme::{EquationRows, Scheme, Weights};
use super::shape::{Sizes, expect_axis, expect_finite, unravel};
use crate::error::ProblemError;

/// The largest number of orders K = order + 1.
pub const MAX_ORDERS: usize = 7;

/// A checked batch of linear ODE problems.
///
/// Any batch axis and any time axis may have length 1: it is broadcast, and gradients are summed over it.
///
/// # Example
/// The decay `u' = -u`, `u(0) = 1`:
/// ```
/// use mechnn_solver::{InitialValues, LinearOde, OdeProblem, OdeSolver, TimeGrid, method::BlockBanded};
/// use ndarray::{Array3, Array4, Array5};
///
/// let coefficients = Array5::from_shape_vec((1, 1, 1, 1, 2), vec![1.0, 1.0])?; // u + u' = 0
/// let ode = LinearOde::new(coefficients, Array3::zeros((1, 1, 1)));
/// let start = InitialValues::new(Array4::ones((1, 1, 1, 1)));
/// let problem = OdeProblem::new(&ode, &TimeGrid::uniform(201, 0.01), &start)?;
/// let solution = BlockBanded.solve(&problem)?;
/// assert!((solution.values[[0, 200, 0, 0]] - (-2.0_f64).exp()).abs() < 1e-4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct OdeProblem {
    pub(crate) ode: LinearOde,
    pub(crate) grid: TimeGrid,
    pub(crate) initial: InitialValues,
    pub(crate) periodic_jump: Option<ArcArray<f64, Ix3>>,
    pub(crate) boundary: Option<BoundaryValues>,
    pub(crate) scheme: Scheme,
    pub(crate) weights: Weights,
    pub(crate) equations: EquationRows,
    pub(crate) sizes: Sizes,
}

/// Most values `B N D K` of a problem: 128 GiB, and a solve needs several times that. Beyond it an allocation would
/// abort the process, or a length overflow.
const MAX_VALUES: usize = 1 << 34;

impl OdeProblem {
    /// Checks shapes and numbers; the scheme is [`Scheme::Taylor`] and all weights are 1 until changed.
    ///
    /// # Errors
    /// Every [`ProblemError`]: a wrong axis, a number that is not finite, a step that is not positive, N < 2, K
    /// outside 2..=7.
    pub fn new(ode: &LinearOde, grid: &TimeGrid, initial: &InitialValues) -> Result<Self, ProblemError> {
        let (_, _, equations, dims, orders) = ode.coefficients.dim();
        let points = grid.points;
        if points < 2 {
            return Err(ProblemError::TooFewPoints { points });
        }
        if !(2..=MAX_ORDERS).contains(&orders) {
            return Err(ProblemError::Orders { orders });
        }
        let at_least_one = |meaning, axis, found| {
            let expected = "at least 1".to_owned();
            match found {
                0 => Err(ProblemError::Shape { input: "coefficients", axis, meaning, expected, found }),
                _ => Ok(()),
            }
        };
        at_least_one("equations", 2, equations)?;
        at_least_one("dimensions", 3, dims)?;

        let coefficients = ode.coefficients.dim();
        let forcing = ode.forcing.dim();
        let step_batch = match &grid.steps {
            Steps::Shared(steps) => steps.dim().0,
            Steps::PerDimension(steps) => steps.dim().0,
        };
        let initial_batch = if initial.is_empty() { 1 } else { initial.values.dim().0 };
        let batches = [coefficients.0, forcing.0, step_batch, initial_batch];
        // An empty batch anywhere makes the whole batch empty; otherwise the one length that is not 1.
        let batch = if batches.contains(&0) { 0 } else { batches.into_iter().fold(1, usize::max) };

        let values = dims * orders;
        let all = points.checked_mul(values).and_then(|values| values.checked_mul(batch.max(1)));
        if all.is_none_or(|all| all > MAX_VALUES) {
            return Err(ProblemError::TooLarge { points, values, batch, limit: MAX_VALUES });
        }

        expect_axis("coefficients", 0, "batch", coefficients.0, &[1, batch])?;
        expect_axis("coefficients", 1, "points", coefficients.1, &[1, points])?;
        expect_axis("forcing", 0, "batch", forcing.0, &[1, batch])?;
        expect_axis("forcing", 1, "points", forcing.1, &[1, points])?;
        expect_axis("forcing", 2, "equations", forcing.2, &[equations])?;
        if !initial.is_empty() {
            let (initial_batch, pinned, initial_dims, derivatives) = initial.values.dim();
            expect_axis("initial values", 0, "batch", initial_batch, &[1, batch])?;
            expect_axis("initial values", 2, "dimensions", initial_dims, &[dims])?;
            let at_most = |axis, meaning, found: usize, limit: usize| match found <= limit {
                true => Ok(()),
                false => Err(ProblemError::Shape {
                    input: "initial values",
                    axis,
                    meaning,
                    expected: format!("at most {limit}"),
                    found,
                }),
            };
            at_most(1, "pinned points", pinned, points)?;
            at_most(3, "pinned derivatives", derivatives, orders)?;
        }
        match &grid.steps {
            Steps::Shared(steps) => {
                expect_axis("steps", 0, "batch", steps.dim().0, &[1, batch])?;
                expect_axis("steps", 1, "intervals", steps.dim().1, &[1, points - 1])?;
                check_steps(steps)?;
            }
            Steps::PerDimension(steps) => {
                expect_axis("steps", 0, "batch", steps.dim().0, &[1, batch])?;
                expect_axis("steps", 1, "intervals", steps.dim().1, &[1, points - 1])?;
                expect_axis("steps", 2, "dimensions", steps.dim().2, &[dims])?;
                check_steps(steps)?;
            }
        }
        expect_finite("coefficients", &ode.coefficients)?;
        expect_finite("forcing", &ode.forcing)?;
        expect_finite("initial values", &initial.values)?;

        Ok(Self {
            ode: ode.clone(),
            grid: grid.clone(),
            initial: initial.clone(),
            periodic_jump: None,
            boundary: None,
            scheme: Scheme::Taylor,
            weights: Weights::default(),
            equations: EquationRows::Soft,
            sizes: Sizes { batch, points, equations, dims, orders },
        })
    }

    /// Chooses the discretisation.
    ///
    /// # Errors
    /// [`ProblemError::NotFinite`] if gamma * alpha is not finite. Collocation: [`ProblemError::Shape`] unless E = D,
    /// [`ProblemError::Elements`] unless N - 1 is a multiple of the intervals of an element (a shorter last element
    /// would lower the order of the whole solution without a word).
    pub fn with_scheme(mut self, scheme: Scheme) -> Result<Self, ProblemError> {
        if let Some(value) = scheme.gamma_alpha().filter(|v| !v.is_finite()) {
            return Err(ProblemError::NotFinite { input: "gamma_alpha", index: vec![], value });
        }
        if let Some(nodes) = scheme.collocation_nodes() {
            expect_axis("coefficients", 2, "equations", self.sizes.equations, &[self.sizes.dims])?;
            if !(self.sizes.points - 1).is_multiple_of(nodes.intervals()) {
                return Err(ProblemError::Elements { points: self.sizes.points, nodes: nodes.count() });
            }
        }
        self.scheme = scheme;
        Ok(self)
    }

    /// Sets the factors of the row families.
    ///
    /// # Errors
    /// [`ProblemError::Weight`] if one is not positive and finite.
    pub fn with_weights(mut self, weights: Weights) -> Result<Self, ProblemError> {
        weights.check()?;
        self.weights = weights;
        Ok(self)
    }

    /// Chooses whether the equation rows are weighed or exact; [`EquationRows::Soft`] until changed.
    pub fn with_equation_rows(mut self, equations: EquationRows) -> Self {
        self.equations = equations;
        self
    }

    /// Makes the problem periodic: rows `u_d^(k)(t_0) - u_d^(k)(t_{N-1}) = jump[d, k]` for k < K - 1, with the weight
    /// of the initial rows.
    ///
    /// # Shapes
    /// - `jump`: `[B | 1, D, K-1]`; zeros for a periodic solution.
    ///
    /// # Errors
    /// [`ProblemError::Shape`], [`ProblemError::NotFinite`].
    pub fn with_periodic_jump(mut self, jump: Array3<f64>) -> Result<Self, ProblemError> {
        let found = jump.dim();
        if self.sizes.batch == 1 && found.0 != 1 {
            self.sizes.batch = found.0;
        }
        expect_axis("periodic jump", 0, "batch", found.0, &[1, self.sizes.batch])?;
        expect_axis("periodic jump", 1, "dimensions", found.1, &[self.sizes.dims])?;
        expect_axis("periodic jump", 2, "derivatives", found.2, &[self.sizes.orders - 1])?;
        expect_finite("periodic jump", &jump)?;
        self.periodic_jump = Some(standard(jump));
        Ok(self)
    }

    /// Prescribes derivatives below the highest at the first and the last point. Only [`Scheme::Collocation`] has
    /// boundary values; methods of the least-squares schemes refuse them.
    ///
    /// # Errors
    /// [`ProblemError::Shape`], [`ProblemError::NotFinite`], [`ProblemError::BoundaryCondition`] for a dimension or a
    /// derivative that the problem does not have.
    pub fn with_boundary(mut self, boundary: BoundaryValues) -> Result<Self, ProblemError> {
        let (batch, values) = boundary.values().dim();
        if self.sizes.batch == 1 && batch != 1 {
            self.sizes.batch = batch;
        }
        expect_axis("boundary values", 0, "batch", batch, &[1, self.sizes.batch])?;
        expect_axis("boundary values", 1, "conditions", values, &[boundary.conditions().len()])?;
        let (dims, derivatives) = (self.sizes.dims, self.sizes.orders - 1);
        let is_unknown = |condition: &BoundaryCondition| condition.dim >= dims || condition.derivative >= derivatives;
        if let Some(index) = boundary.conditions().iter().position(is_unknown) {
            let BoundaryCondition { dim, derivative, .. } = boundary.conditions()[index];
            return Err(ProblemError::BoundaryCondition { index, dim, derivative, dims, derivatives });
        }
        expect_finite("boundary values", boundary.values())?;
        self.boundary = Some(boundary);
        Ok(self)
    }

    /// Whether the equation rows are weighed or exact.
    pub fn equation_rows(&self) -> EquationRows {
        self.equations
    }

    /// B, N, E, D, K.
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// The equations.
    pub fn ode(&self) -> &LinearOde {
        &self.ode
    }

    /// The time grid.
    pub fn grid(&self) -> &TimeGrid {
        &self.grid
    }

    /// The initial values.
    pub fn initial(&self) -> &InitialValues {
        &self.initial
    }

    /// The jump over the period, `[B | 1, D, K-1]`, if the problem is periodic.
    pub fn periodic_jump(&self) -> Option<&ArcArray<f64, Ix3>> {
        self.periodic_jump.as_ref()
    }

    /// The values prescribed at the ends, if there are any.
    pub fn boundary(&self) -> Option<&BoundaryValues> {
        self.boundary.as_ref()
    }

    /// The discretisation.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The weights of the row families.
    pub fn weights(&self) -> Weights {
        self.weights
    }
}

fn check_steps<D: ndarray::Dimension>(steps: &ArcArray<f64, D>) -> Result<(), ProblemError> {
    expect_finite("steps", steps)?;
    match steps.iter().enumerate().find(|(_, h)| **h <= 0.0) {
        None => Ok(()),
        Some((flat, &value)) => Err(ProblemError::Step { index: unravel(flat, steps.shape()), value }),
    }
}
