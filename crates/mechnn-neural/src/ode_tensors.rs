//! The inputs of the solver as tensors.

use burn::tensor::{DType, Tensor};
use mechnn_solver::{EquationRows, InitialValues, LinearOde, OdeProblem, Scheme, TimeGrid, Weights};
use ndarray::{Array, Dimension, IntoDimension};

use crate::array::{shaped, to_vec};
use crate::error::{LayerError, RefusedInput};

/// Steps between the points, in units of time, positive.
#[derive(Debug, Clone)]
pub enum StepsTensor {
    /// One clock for all dimensions, `[B | 1, N-1 | 1]`.
    Shared(Tensor<2>),
    /// A clock for each dimension, `[B | 1, N-1 | 1, D]`.
    PerDimension(Tensor<3>),
}

/// A batch of linear ODEs as tensors: what a head makes, and what [`OdeLayer`](crate::OdeLayer) solves.
///
/// $$ \sum_{d} \sum_{k < K} c_{e,d,k}(t_i)\, u_d^{(k)}(t_i) = b_e(t_i) $$
///
/// Constant and tracked tensors mix freely; gradients of broadcast axes are summed.
///
/// # Shapes
/// - `coefficients`: `[B | 1, N | 1, E, D, K]`
/// - `forcing`: `[B | 1, N | 1, E]`
/// - `initial`: `[B | 1, S, D, Q]`, or absent
/// - `steps`: see [`StepsTensor`]
/// - `weights`: `[3]`, factors of the equation, initial and smoothness rows; absent means 1
#[derive(Debug, Clone)]
pub struct OdeTensors {
    /// Coefficients c.
    pub coefficients: Tensor<5>,
    /// Forcing b.
    pub forcing: Tensor<3>,
    /// Derivatives below Q at the first S points.
    pub initial: Option<Tensor<4>>,
    /// Steps of the grid.
    pub steps: StepsTensor,
    /// Weights of the row families.
    pub weights: Option<Tensor<1>>,
}

impl OdeTensors {
    /// The numbers as a problem of the solver on N = `points` points: one copy of each tensor.
    pub(crate) fn problem(
        &self,
        points: usize,
        scheme: Scheme,
        equation_rows: EquationRows,
    ) -> Result<OdeProblem, LayerError> {
        let ode =
            LinearOde::new(array("coefficients", self.coefficients.clone())?, array("forcing", self.forcing.clone())?);
        let initial = match &self.initial {
            Some(initial) => InitialValues::new(array("initial values", initial.clone())?),
            None => InitialValues::none(),
        };
        let grid = match &self.steps {
            StepsTensor::Shared(steps) => TimeGrid::shared(points, array("steps", steps.clone())?),
            StepsTensor::PerDimension(steps) => TimeGrid::per_dimension(points, array("steps", steps.clone())?),
        };
        let mut problem =
            OdeProblem::new(&ode, &grid, &initial)?.with_scheme(scheme)?.with_equation_rows(equation_rows);
        if let Some(weights) = &self.weights {
            problem = problem.with_weights(read_weights(weights)?)?;
        }
        Ok(problem)
    }
}

fn read_weights(weights: &Tensor<1>) -> Result<Weights, LayerError> {
    expect_f64("weights", weights.dtype())?;
    match to_vec(weights.clone())[..] {
        [equation, initial, smoothness] => Ok(Weights { equation, initial, smoothness }),
        _ => Err(RefusedInput::Shape {
            input: "weights",
            axis: 0,
            meaning: "row families",
            expected: 3,
            found: weights.dims()[0],
        }
        .into()),
    }
}

fn expect_f64(input: &'static str, found: DType) -> Result<(), RefusedInput> {
    match found {
        DType::F64 => Ok(()),
        _ => Err(RefusedInput::NumberType { input, found: format!("{found:?}") }),
    }
}

fn array<const RANK: usize, D: Dimension>(
    input: &'static str,
    tensor: Tensor<RANK>,
) -> Result<Array<f64, D>, LayerError>
where
    [usize; RANK]: IntoDimension<Dim = D>,
{
    expect_f64(input, tensor.dtype())?;
    Ok(shaped(tensor.dims(), to_vec(tensor)))
}
