//! What a fit of constants minimises.

use burn::tensor::{Device, Tensor};
use mechnn_neural::discovery::preconditioner::transform;
use mechnn_neural::encoder::LearnedVector;
use mechnn_neural::head::{EquationHead, RightHandSide};
use mechnn_neural::loss::{LossTerms, mean_square};
use mechnn_neural::train::Objective;
use mechnn_neural::{LayerError, MechanisticBlock, Window, from_slice, to_vec};
use mechnn_solver::nonlinear::NonlinearSolver;
use ndarray::Array2;

use super::{Structure, StructureRightHandSide};
use crate::experiment::ExperimentError;

pub(super) type Block = MechanisticBlock<LearnedVector, EquationHead<StructureRightHandSide>>;

/// With the block: solution against data. Without: right-hand side against differences of the data.
pub(super) struct Misfit {
    window: Window,
    /// Central differences at the inner points, `[1, N - 2, D]`.
    differences: Option<Tensor<3>>,
}

impl Misfit {
    /// Of the true constants of a structure.
    pub(super) fn new(structure: Structure, on_differences: bool, device: &Device) -> Result<Self, ExperimentError> {
        let known = structure.known();
        let times: Vec<f64> = (0..known.points).map(|n| known.step * n as f64).collect();
        let solver = NonlinearSolver::with_tolerance(1e-10, 1e-12);
        let states = solver.solve(&structure, &[], known.initial, &times)?.states;
        let dims = known.initial.len();
        let values: Vec<f64> = states.iter().copied().collect();
        let inner = known.points - 2;
        let difference = |i: usize| (values[i + 2 * dims] - values[i]) / (2.0 * known.step);
        let differences: Vec<f64> = (0..inner * dims).map(difference).collect();
        Ok(Self {
            window: Window {
                values: from_slice(&values, [1, known.points, dims], device),
                times: from_slice(&times, [1, known.points, 1], device),
            },
            differences: on_differences.then(|| from_slice(&differences, [1, inner, dims], device)),
        })
    }

    /// Root mean square.
    pub(super) fn of(&self, model: &Block) -> Result<f64, LayerError> {
        let (found, wanted) = self.fitted(model)?;
        Ok(to_vec(mean_square(found, wanted))[0].sqrt())
    }

    /// Its square in units of that of `unit`, as a loss.
    pub(super) fn in_units_of(&self, unit: f64) -> impl Objective<Block> {
        // A perfect fit has no unit.
        Squared { misfit: self, unit: unit.max(1e-100) }
    }

    /// What is fitted, and to what.
    fn fitted(&self, model: &Block) -> Result<(Tensor<3>, Tensor<3>), LayerError> {
        let Some(differences) = &self.differences else {
            return Ok((model.forward(&self.window)?.states(), self.window.values.clone()));
        };
        let rate = model.head().right_hand_side();
        let rate = rate.evaluate(model.encoder().features(), self.window.values.clone(), self.window.times.clone())?;
        let [batch, points, dims] = rate.dims();
        Ok((rate.slice([0..batch, 1..points - 1, 0..dims]), differences.clone()))
    }

    /// s T, row-major and transposed, at constants `k`; `build` makes a model with given constants.
    pub(super) fn preconditioner(
        &self,
        k: &[f64],
        build: impl Fn(&[f64]) -> Result<Block, ExperimentError>,
    ) -> Result<Vec<f64>, ExperimentError> {
        let misfit = self.of(&build(k)?)?;
        let count = k.len();
        let mut columns = Vec::with_capacity(count);
        for p in 0..count {
            let at = |h: f64| -> Result<Vec<f64>, ExperimentError> {
                let mut moved = k.to_vec();
                moved[p] += h;
                Ok(to_vec(self.fitted(&build(&moved)?)?.0))
            };
            let h = 1e-5 * k[p].abs().max(0.1);
            let (above, below) = (at(h)?, at(-h)?);
            columns.push(above.iter().zip(&below).map(|(a, b)| (a - b) / (2.0 * h)).collect::<Vec<f64>>());
        }
        let rows = columns[0].len() as f64;
        let product =
            |(p, q): (usize, usize)| columns[p].iter().zip(&columns[q]).map(|(a, b)| a * b).sum::<f64>() / rows;
        let mut gram = Array2::from_shape_fn((count, count), product);
        for p in 0..count {
            // As in Levenberg-Marquardt: η of size one moves no constant by more than half of itself.
            gram[(p, p)] += (misfit / (0.5 * k[p].abs().max(0.1))).powi(2);
        }
        let matrix = transform(&gram, &Array2::from_elem((1, count), true), &[misfit]);
        Ok((0..count * count).map(|i| matrix[(0, i % count, i / count)]).collect())
    }
}

struct Squared<'a> {
    misfit: &'a Misfit,
    unit: f64,
}

impl Objective<Block> for Squared<'_> {
    fn examples(&self) -> usize {
        1
    }

    fn terms(&self, model: &Block, _: &[usize]) -> Result<LossTerms, LayerError> {
        let (found, wanted) = self.misfit.fitted(model)?;
        Ok(LossTerms::new().with("fit", mean_square(found / self.unit, wanted / self.unit)))
    }
}
