//! The solver as one differentiable operation.

use std::sync::{Arc, Mutex, PoisonError};

use burn::tensor::{Tensor, TensorData};
use mechnn_solver::method::Automatic;
use mechnn_solver::{
    Cotangent, EquationRows, OdeGradient, OdeProblem, OdeSolver, Pullback, Scheme, SolveError, SolveInfo,
    StepsGradient,
};
use ndarray::{Array, Dimension};

use crate::array::shaped;
use crate::error::LayerError;
use crate::external::{Cotangents, INPUTS, Input, join};
use crate::ode_tensors::{OdeTensors, StepsTensor};

/// Solves a batch of linear ODEs, differentiably in every input.
///
/// Forward and backward are those of [`mechnn_solver`]: the backward pass reuses the factorisation of the forward
/// pass, so it costs one more solve. Results do not depend on the number of threads.
///
/// The numbers of an input are copied once on their way to the solver, for the tensor keeps its own; the solution, its
/// cotangent and the gradients are moved (a cotangent that is strided or part of a larger one is copied once).
/// `tests/copies.rs` counts.
///
/// | Name | Default | Purpose |
/// |---|---|---|
/// | `points` | given | N, which broadcast inputs cannot tell |
/// | `scheme` | `Taylor` | discretisation; the slack of `RelaxedLp` is not differentiated |
/// | `equation_rows` | `Soft` | weighed or exact equations |
/// | `method` | `Automatic` | solver |
#[derive(Clone)]
pub struct OdeLayer {
    points: usize,
    scheme: Scheme,
    equation_rows: EquationRows,
    method: Arc<dyn OdeSolver>,
}

impl std::fmt::Debug for OdeLayer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OdeLayer")
            .field("points", &self.points)
            .field("scheme", &self.scheme)
            .field("equation_rows", &self.equation_rows)
            .field("method", &self.method.name())
            .finish()
    }
}

/// The solution, with its evidence.
#[derive(Debug, Clone)]
pub struct OdeOutput {
    /// `[B, N, D, K]`: derivative k of dimension d at point n.
    pub values: Tensor<4>,
    /// Residuals, conditioning and work of the worst batch element.
    pub info: SolveInfo,
    /// Why the backward pass failed, if it did.
    pub backward: BackwardStatus,
}

/// Where a failing backward pass leaves its error: burn's backward pass cannot return one.
///
/// The gradients are NaN then, so an error that is not looked at is not lost: training stops at the first step.
#[derive(Debug, Clone, Default)]
pub struct BackwardStatus(Arc<Mutex<Option<SolveError>>>);

impl BackwardStatus {
    /// The error of the backward pass, or nothing if it has succeeded or not run.
    pub fn error(&self) -> Option<SolveError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, error: SolveError) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }
}

impl OdeLayer {
    /// A layer for grids of `points` points with the defaults.
    pub fn new(points: usize) -> Self {
        Self { points, scheme: Scheme::Taylor, equation_rows: EquationRows::Soft, method: Arc::new(Automatic) }
    }

    /// Chooses the discretisation.
    pub fn with_scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// Chooses whether the equations are weighed or exact.
    pub fn with_equation_rows(mut self, equation_rows: EquationRows) -> Self {
        self.equation_rows = equation_rows;
        self
    }

    /// Chooses the method.
    pub fn with_method(mut self, method: impl OdeSolver + 'static) -> Self {
        self.method = Arc::new(method);
        self
    }

    /// N.
    pub fn points(&self) -> usize {
        self.points
    }

    /// The discretisation.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Weighed or exact equations.
    pub fn equation_rows(&self) -> EquationRows {
        self.equation_rows
    }

    /// Solves every batch element; the gradient of `values` flows to all inputs that track one.
    ///
    /// # Errors
    /// [`LayerError`]: a tensor that does not fit, numbers that are no ODE, or a solve that failed; the last two name
    /// the batch element.
    pub fn forward(&self, ode: &OdeTensors) -> Result<OdeOutput, LayerError> {
        let problem = ode.problem(self.points, self.scheme, self.equation_rows)?;
        let (solution, pullback) = self.method.solve_with_pullback(&problem)?;
        let output = data(solution.values);
        let backward = BackwardStatus::default();
        let derivative = SolverDerivative { pullback, problem, backward: backward.clone() };

        // Inputs that are absent are constants of the graph.
        let device = ode.coefficients.device();
        let absent = || Input::absent(&device);
        let inputs = [
            ode.coefficients.clone().into(),
            ode.forcing.clone().into(),
            ode.initial.clone().map_or_else(absent, Input::from),
            match &ode.steps {
                StepsTensor::Shared(steps) => steps.clone().into(),
                StepsTensor::PerDimension(steps) => steps.clone().into(),
            },
            ode.weights.clone().map_or_else(absent, Input::from),
        ];
        let values = join(inputs, output, derivative);
        Ok(OdeOutput { values, info: solution.info, backward })
    }
}

struct SolverDerivative {
    pullback: Box<dyn Pullback>,
    problem: OdeProblem,
    backward: BackwardStatus,
}

impl Cotangents for SolverDerivative {
    fn pull(&self, output: Vec<f64>, wanted: [bool; INPUTS]) -> [Option<TensorData>; INPUTS] {
        let sizes = self.problem.sizes();
        let shape = (sizes.batch, sizes.points, sizes.dims, sizes.orders);
        // The cotangent has the shape of the output.
        let values = shaped(shape, output);
        let gradient = self.pullback.pull(&Cotangent { values, slack: None }).unwrap_or_else(|error| {
            self.backward.set(error);
            not_a_number(OdeGradient::zeros(&self.problem))
        });
        let [coefficients, forcing, initial, steps, weights] = wanted;
        [
            coefficients.then(|| data(gradient.coefficients)),
            forcing.then(|| data(gradient.forcing)),
            initial.then(|| data(gradient.initial)),
            steps.then(|| match gradient.steps {
                StepsGradient::Shared(steps) => data(steps),
                StepsGradient::PerDimension(steps) => data(steps),
            }),
            weights.then(|| TensorData::new(gradient.weights.to_vec(), [3])),
        ]
    }
}

/// A failed gradient: NaN everywhere, so that nobody takes it for one.
fn not_a_number(mut gradient: OdeGradient) -> OdeGradient {
    gradient.coefficients.fill(f64::NAN);
    gradient.forcing.fill(f64::NAN);
    gradient.initial.fill(f64::NAN);
    match &mut gradient.steps {
        StepsGradient::Shared(steps) => steps.fill(f64::NAN),
        StepsGradient::PerDimension(steps) => steps.fill(f64::NAN),
    }
    gradient.weights = [f64::NAN; 3];
    gradient
}

fn data<D: Dimension>(array: Array<f64, D>) -> TensorData {
    let shape = array.shape().to_vec();
    let values = match array.is_standard_layout() {
        true => array.into_raw_vec_and_offset().0,
        false => array.iter().copied().collect(),
    };
    TensorData::new(values, shape)
}
