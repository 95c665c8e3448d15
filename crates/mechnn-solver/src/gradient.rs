//! Derivatives of a solution: what flows in, and what comes out for every input.

use ndarray::{Array1, Array2, Array3, Array4, Array5, ArrayBase, Data, Dimension};

use crate::error::{ProblemError, SolveError};
use crate::problem::{OdeProblem, Steps, expect_axis, expect_finite, numbers_mut};

/// Derivative of a scalar loss with respect to a solution, or (in forward mode) the derivative of a solution.
#[derive(Debug, Clone, PartialEq)]
pub struct Cotangent {
    /// `[B, N, D, K]`
    pub values: Array4<f64>,
    /// `[B]`; absent means zero. Only the relaxed LP has a slack.
    pub slack: Option<Array1<f64>>,
}

impl Cotangent {
    pub(crate) fn check(&self, problem: &OdeProblem) -> Result<(), ProblemError> {
        let sizes = problem.sizes();
        let expected = [sizes.batch, sizes.points, sizes.dims, sizes.orders];
        let meaning = ["batch", "points", "dimensions", "orders"];
        for axis in 0..4 {
            expect_axis("cotangent", axis, meaning[axis], self.values.shape()[axis], &[expected[axis]])?;
        }
        expect_finite("cotangent", &self.values)?;
        if let Some(slack) = &self.slack {
            let expected = if problem.scheme().gamma_alpha().is_some() { sizes.batch } else { 0 };
            expect_axis("cotangent of the slack", 0, "batch", slack.len(), &[expected])?;
            expect_finite("cotangent of the slack", slack)?;
        }
        Ok(())
    }

    /// As a result: an overflow is an error.
    pub(crate) fn expect_finite(self) -> Result<Self, SolveError> {
        let mut numbers = self.values.iter().chain(self.slack.iter().flatten());
        match numbers.all(|number| number.is_finite()) {
            true => Ok(self),
            false => Err(SolveError::DerivativeNotFinite { of: "solution" }),
        }
    }
}

/// One array for each input of a problem, each with exactly its input's shape: a gradient (summed over broadcast
/// axes), or a direction in the space of inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct OdeGradient {
    /// As the coefficients, `[B | 1, N | 1, E, D, K]`.
    pub coefficients: Array5<f64>,
    /// As the forcing, `[B | 1, N | 1, E]`.
    pub forcing: Array3<f64>,
    /// As the initial values, `[B | 1, S, D, Q]`.
    pub initial: Array4<f64>,
    /// As the steps.
    pub steps: StepsGradient,
    /// As the periodic jump, `[B | 1, D, K-1]`, if there is one.
    pub periodic_jump: Option<Array3<f64>>,
    /// As the boundary values, `[B | 1, M]`, if there are any.
    pub boundary: Option<Array2<f64>>,
    /// Weights of the equation, initial and smoothness rows.
    pub weights: [f64; 3],
    /// gamma * alpha; zero outside the relaxed LP.
    pub gamma_alpha: f64,
}

/// Gradient with respect to the steps.
#[derive(Debug, Clone, PartialEq)]
pub enum StepsGradient {
    /// `[B | 1, N-1 | 1]`
    Shared(Array2<f64>),
    /// `[B | 1, N-1 | 1, D]`
    PerDimension(Array3<f64>),
}

impl OdeGradient {
    /// Zeros in the shapes of the problem's inputs.
    pub fn zeros(problem: &OdeProblem) -> Self {
        Self {
            coefficients: Array5::zeros(problem.ode.coefficients.raw_dim()),
            forcing: Array3::zeros(problem.ode.forcing.raw_dim()),
            initial: Array4::zeros(problem.initial.values.raw_dim()),
            steps: match &problem.grid.steps {
                Steps::Shared(steps) => StepsGradient::Shared(Array2::zeros(steps.raw_dim())),
                Steps::PerDimension(steps) => StepsGradient::PerDimension(Array3::zeros(steps.raw_dim())),
            },
            periodic_jump: problem.periodic_jump.as_ref().map(|jump| Array3::zeros(jump.raw_dim())),
            boundary: problem.boundary.as_ref().map(|boundary| Array2::zeros(boundary.values.raw_dim())),
            weights: [0.0; 3],
            gamma_alpha: 0.0,
        }
    }

    /// Sets to zero what is summed over batch elements; the gradients of inputs that elements have of their own are left
    /// as they are.
    pub(crate) fn clear_shared(&mut self, problem: &OdeProblem) {
        fn clear<I: Dimension>(array: &mut ndarray::Array<f64, I>, batch: usize) {
            if array.shape()[0] != batch {
                array.fill(0.0);
            }
        }
        let batch = problem.sizes.batch;
        clear(&mut self.coefficients, batch);
        clear(&mut self.forcing, batch);
        clear(&mut self.initial, batch);
        match &mut self.steps {
            StepsGradient::Shared(steps) => clear(steps, batch),
            StepsGradient::PerDimension(steps) => clear(steps, batch),
        }
        self.weights = [0.0; 3];
        self.gamma_alpha = 0.0;
    }

    /// Sets to zero the gradients of the inputs that a batch element has of its own, not those it shares with others.
    pub(crate) fn clear_element(&mut self, problem: &OdeProblem, element: usize) {
        fn clear<I: Dimension>(array: &mut ndarray::Array<f64, I>, batch: usize, element: usize) {
            let (elements, numbers) = (array.shape()[0], numbers_mut(array));
            if elements == batch {
                let length = numbers.len() / batch;
                numbers[element * length..][..length].fill(0.0);
            }
        }
        let batch = problem.sizes.batch;
        clear(&mut self.coefficients, batch, element);
        clear(&mut self.forcing, batch, element);
        clear(&mut self.initial, batch, element);
        match &mut self.steps {
            StepsGradient::Shared(steps) => clear(steps, batch, element),
            StepsGradient::PerDimension(steps) => clear(steps, batch, element),
        }
    }

    /// As a result: an overflow is an error that names the input.
    pub(crate) fn expect_finite(self) -> Result<Self, SolveError> {
        self.check_finite()?;
        Ok(self)
    }

    /// An overflow is an error that names the input.
    pub(crate) fn check_finite(&self) -> Result<(), SolveError> {
        let inputs = [
            ("coefficients", all_finite(&self.coefficients)),
            ("forcing", all_finite(&self.forcing)),
            ("initial values", all_finite(&self.initial)),
            (
                "steps",
                match &self.steps {
                    StepsGradient::Shared(steps) => all_finite(steps),
                    StepsGradient::PerDimension(steps) => all_finite(steps),
                },
            ),
            ("periodic jump", self.periodic_jump.as_ref().is_none_or(all_finite)),
            ("boundary values", self.boundary.as_ref().is_none_or(all_finite)),
            ("weights", self.weights.iter().all(|weight| weight.is_finite())),
            ("gamma_alpha", self.gamma_alpha.is_finite()),
        ];
        match inputs.into_iter().find(|(_, is_finite)| !is_finite) {
            None => Ok(()),
            Some((input, _)) => Err(SolveError::DerivativeNotFinite { of: input }),
        }
    }

    /// True if every array has exactly its input's shape.
    pub(crate) fn has_shapes_of(&self, problem: &OdeProblem) -> bool {
        let steps = match (&self.steps, &problem.grid.steps) {
            (StepsGradient::Shared(own), Steps::Shared(steps)) => own.shape() == steps.shape(),
            (StepsGradient::PerDimension(own), Steps::PerDimension(steps)) => own.shape() == steps.shape(),
            _ => false,
        };
        let shape = |array: &Option<Array3<f64>>| array.as_ref().map(|array| array.raw_dim());
        steps
            && self.coefficients.shape() == problem.ode.coefficients.shape()
            && self.forcing.shape() == problem.ode.forcing.shape()
            && self.initial.shape() == problem.initial.values.shape()
            && shape(&self.periodic_jump) == problem.periodic_jump.as_ref().map(|jump| jump.raw_dim())
            && self.boundary.as_ref().map(|own| own.raw_dim())
                == problem.boundary.as_ref().map(|boundary| boundary.values.raw_dim())
    }

    /// As a direction: every array has exactly its input's shape, and every number is finite.
    pub(crate) fn check(&self, problem: &OdeProblem) -> Result<(), ProblemError> {
        let expected = Self::zeros(problem);
        fits("direction of the coefficients", &self.coefficients, expected.coefficients.shape())?;
        fits("direction of the forcing", &self.forcing, expected.forcing.shape())?;
        fits("direction of the initial values", &self.initial, expected.initial.shape())?;
        let steps = "direction of the steps";
        match (&self.steps, &expected.steps) {
            (StepsGradient::Shared(own), StepsGradient::Shared(expected)) => fits(steps, own, expected.shape())?,
            (StepsGradient::PerDimension(own), StepsGradient::PerDimension(expected)) => {
                fits(steps, own, expected.shape())?;
            }
            // One of the two has no dimension axis.
            (StepsGradient::Shared(_), StepsGradient::PerDimension(expected)) => {
                expect_axis(steps, 2, "dimensions", 0, &[expected.dim().2])?;
            }
            (StepsGradient::PerDimension(own), StepsGradient::Shared(_)) => {
                expect_axis(steps, 2, "dimensions", own.dim().2, &[0])?;
            }
        }
        let jump = "direction of the periodic jump";
        match (&self.periodic_jump, &expected.periodic_jump) {
            (Some(own), Some(expected)) => fits(jump, own, expected.shape())?,
            (Some(own), None) => expect_axis(jump, 0, "batch", own.dim().0, &[0])?,
            (None, Some(expected)) => expect_axis(jump, 0, "batch", 0, &[expected.dim().0])?,
            (None, None) => {}
        }
        let boundary = "direction of the boundary values";
        match (&self.boundary, &expected.boundary) {
            (Some(own), Some(expected)) => fits(boundary, own, expected.shape())?,
            (Some(own), None) => expect_axis(boundary, 0, "batch", own.dim().0, &[0])?,
            (None, Some(expected)) => expect_axis(boundary, 0, "batch", 0, &[expected.dim().0])?,
            (None, None) => {}
        }
        let mut scalars = self.weights.iter().chain(std::iter::once(&self.gamma_alpha));
        match scalars.position(|value| !value.is_finite()) {
            Some(3) => Err(not_finite("direction of gamma_alpha", vec![], self.gamma_alpha)),
            Some(index) => Err(not_finite("direction of the weights", vec![index], self.weights[index])),
            None => Ok(()),
        }
    }
}

/// True if no number is infinite or NaN.
fn all_finite<I: Dimension>(array: &ndarray::Array<f64, I>) -> bool {
    // By blocks without an early exit, which the compiler makes vectors of.
    let block_is_finite = |block: &[f64]| block.iter().fold(true, |finite, number| finite & number.is_finite());
    match array.as_slice_memory_order() {
        Some(numbers) => numbers.chunks(1024).all(block_is_finite),
        None => array.iter().all(|number| number.is_finite()),
    }
}

fn not_finite(input: &'static str, index: Vec<usize>, value: f64) -> ProblemError {
    ProblemError::NotFinite { input, index, value }
}

fn fits<S, D>(input: &'static str, array: &ArrayBase<S, D>, expected: &[usize]) -> Result<(), ProblemError>
where
    S: Data<Elem = f64>,
    D: Dimension,
{
    for (axis, (&found, &expected)) in array.shape().iter().zip(expected).enumerate() {
        expect_axis(input, axis, "as the input", found, &[expected])?;
    }
    expect_finite(input, array)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::{Array2, Array3, Array4, Array5};

    use super::{OdeGradient, StepsGradient};
    use crate::error::SolveError;

    type Change = fn(&mut OdeGradient);

    #[test]
    fn an_input_whose_gradient_overflows_is_named() {
        let finite = OdeGradient {
            coefficients: Array5::zeros((1, 1, 1, 1, 2)),
            forcing: Array3::zeros((1, 1, 1)),
            initial: Array4::zeros((1, 1, 1, 1)),
            steps: StepsGradient::Shared(Array2::zeros((1, 1))),
            periodic_jump: Some(Array3::zeros((1, 1, 1))),
            boundary: Some(Array2::zeros((1, 1))),
            weights: [0.0; 3],
            gamma_alpha: 0.0,
        };
        assert_eq!(finite.clone().expect_finite(), Ok(finite.clone()));
        let changes: [(&str, Change); 8] = [
            ("coefficients", |gradient| gradient.coefficients.fill(f64::NAN)),
            ("forcing", |gradient| gradient.forcing.fill(f64::INFINITY)),
            ("initial values", |gradient| gradient.initial.fill(f64::NAN)),
            ("steps", |gradient| gradient.steps = StepsGradient::PerDimension(Array3::from_elem((1, 1, 1), f64::NAN))),
            ("periodic jump", |gradient| gradient.periodic_jump.iter_mut().for_each(|jump| jump.fill(f64::NAN))),
            ("boundary values", |gradient| gradient.boundary.iter_mut().for_each(|values| values.fill(f64::NAN))),
            ("weights", |gradient| gradient.weights[2] = f64::NEG_INFINITY),
            ("gamma_alpha", |gradient| gradient.gamma_alpha = f64::NAN),
        ];
        for (input, change) in changes {
            let mut gradient = finite.clone();
            change(&mut gradient);
            assert_eq!(gradient.expect_finite(), Err(SolveError::DerivativeNotFinite { of: input }));
        }
    }
}
