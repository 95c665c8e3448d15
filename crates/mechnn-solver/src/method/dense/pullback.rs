//! The derivative of the dense solution, entry by entry of A and b.

use ndarray::{Array1, Array4};

use super::super::Pullback;
use super::minimum::Minimum;
use crate::error::{ProblemError, SolveError};
use crate::problem::OdeProblem;
use crate::shape::expect_finite;
use crate::solution::{Cotangent, OdeGradient, StepsGradient};

/// The minima of all batch elements, with their factorisations.
pub(super) struct DensePullback {
    pub(super) problem: OdeProblem,
    pub(super) minima: Vec<Minimum>,
}

impl Pullback for DensePullback {
    /// With `v = (A^T A)^-1 dL/dz` and `r = b - A z`:
    ///
    /// $$ dL/dA = r v^T - (A v) z^T, \quad dL/db = A v, \quad dL/dq = v_\epsilon $$
    fn pull(&self, cotangent: &Cotangent) -> Result<OdeGradient, SolveError> {
        cotangent.check(&self.problem)?;
        let mut gradient = OdeGradient::zeros(&self.problem);
        for (batch, minimum) in self.minima.iter().enumerate() {
            let Minimum { system, unknowns: z, residual: r, .. } = minimum;
            let of_column = |column| match system.unknown(column) {
                None => cotangent.slack.as_ref().map_or(0.0, |slack| slack[batch]),
                Some([point, dim, order]) => cotangent.values[[batch, point, dim, order]],
            };
            let dl_dz: Vec<f64> = (0..z.len()).map(of_column).collect();
            // argmin 1/2 |A v|^2 - dL/dz . v, whose residual is -A v
            let adjoint = minimum.with_data(&vec![0.0; r.len()], &dl_dz)?;
            let v = adjoint.unknowns;
            let a_v: Vec<f64> = adjoint.residual.iter().map(|residual| -residual).collect();

            for (m, row) in system.rows.iter().enumerate() {
                for (column, entry) in &row.terms {
                    entry.pull(r[m] * v[*column] - a_v[m] * z[*column], &mut gradient);
                }
                row.right.pull(a_v[m], &mut gradient);
            }
            if let Some(slack) = system.slack() {
                gradient.gamma_alpha += v[slack];
            }
        }
        Ok(gradient)
    }

    /// Differentiating `A^T A z = A^T b + q e_0`:
    ///
    /// $$ A^T A\, dz = A^T (db - dA\, z) + dA^T r + dq\, e_0 $$
    fn push(&self, direction: &OdeGradient) -> Result<Cotangent, SolveError> {
        check_direction(&self.problem, direction)?;
        let sizes = self.problem.sizes();
        let mut values = Array4::zeros((sizes.batch, sizes.points, sizes.dims, sizes.orders));
        let mut slack = self.problem.scheme().gamma_alpha().map(|_| Array1::zeros(sizes.batch));
        for (batch, minimum) in self.minima.iter().enumerate() {
            let Minimum { system, unknowns: z, residual: r, .. } = minimum;
            let mut db_minus_da_z = vec![0.0; r.len()];
            let mut linear = vec![0.0; z.len()];
            for (m, row) in system.rows.iter().enumerate() {
                db_minus_da_z[m] += row.right.along(direction);
                for (column, entry) in &row.terms {
                    let da = entry.along(direction);
                    db_minus_da_z[m] -= da * z[*column];
                    linear[*column] += da * r[m];
                }
            }
            if let Some(column) = system.slack() {
                linear[column] += direction.gamma_alpha;
            }
            let tangent = minimum.with_data(&db_minus_da_z, &linear)?;
            for (column, &dz) in tangent.unknowns.iter().enumerate() {
                match system.unknown(column) {
                    None => slack.iter_mut().for_each(|slack| slack[batch] = dz),
                    Some([point, dim, order]) => values[[batch, point, dim, order]] = dz,
                }
            }
        }
        Ok(Cotangent { values, slack })
    }
}

/// Every array of a direction has its input's shape and is finite.
fn check_direction(problem: &OdeProblem, direction: &OdeGradient) -> Result<(), ProblemError> {
    let inputs = OdeGradient::zeros(problem);
    let same = |input, expected: &[usize], found: &[usize], meaning: &[&'static str]| match (0..expected.len())
        .find(|&axis| found.get(axis) != Some(&expected[axis]))
    {
        None => Ok(()),
        Some(axis) => Err(ProblemError::Shape {
            input,
            axis,
            meaning: meaning[axis],
            expected: expected[axis].to_string(),
            found: found.get(axis).copied().unwrap_or(0),
        }),
    };
    let of_coefficients = ["batch", "points", "equations", "dimensions", "orders"];
    let of_initial = ["batch", "pinned points", "dimensions", "pinned derivatives"];
    let of_steps = ["batch", "intervals", "dimensions"];
    let of_jump = ["batch", "dimensions", "derivatives"];

    let (expected, found) = (&inputs.coefficients, &direction.coefficients);
    same("direction of the coefficients", expected.shape(), found.shape(), &of_coefficients)?;
    expect_finite("direction of the coefficients", found)?;
    let (expected, found) = (&inputs.forcing, &direction.forcing);
    same("direction of the forcing", expected.shape(), found.shape(), &of_coefficients[..3])?;
    expect_finite("direction of the forcing", found)?;
    let (expected, found) = (&inputs.initial, &direction.initial);
    same("direction of the initial values", expected.shape(), found.shape(), &of_initial)?;
    expect_finite("direction of the initial values", found)?;
    let (expected, found) = (steps(&inputs.steps), steps(&direction.steps));
    // A clock for each dimension where one is shared has one axis too many, which `same` does not look at.
    let found_shape = if found.0.len() == expected.0.len() { found.0 } else { vec![0; expected.0.len()] };
    same("direction of the steps", &expected.0, &found_shape, &of_steps)?;
    finite("direction of the steps", &found.1)?;
    let shape_of = |gradient: &OdeGradient| gradient.periodic_jump.as_ref().map_or(vec![0; 3], |j| j.shape().to_vec());
    same("direction of the periodic jump", &shape_of(&inputs), &shape_of(direction), &of_jump)?;
    if let Some(jump) = &direction.periodic_jump {
        expect_finite("direction of the periodic jump", jump)?;
    }
    finite("direction of the weights", &direction.weights)?;
    finite("direction of gamma_alpha", &[direction.gamma_alpha])
}

fn steps(steps: &StepsGradient) -> (Vec<usize>, Vec<f64>) {
    match steps {
        StepsGradient::Shared(steps) => (steps.shape().to_vec(), steps.iter().copied().collect()),
        StepsGradient::PerDimension(steps) => (steps.shape().to_vec(), steps.iter().copied().collect()),
    }
}

fn finite(input: &'static str, numbers: &[f64]) -> Result<(), ProblemError> {
    match numbers.iter().position(|v| !v.is_finite()) {
        None => Ok(()),
        Some(at) => Err(ProblemError::NotFinite { input, index: vec![at], value: numbers[at] }),
    }
}
