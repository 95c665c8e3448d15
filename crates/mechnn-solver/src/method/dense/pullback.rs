//! The derivative of the dense solution, entry by entry of A and b.

use ndarray::{Array1, Array4};

use super::minimum::Minimum;
use crate::error::SolveError;
use crate::gradient::{Cotangent, OdeGradient};
use crate::method::solver::Pullback;
use crate::problem::OdeProblem;

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
        gradient.expect_finite()
    }

    /// Differentiating `A^T A z = A^T b + q e_0`:
    ///
    /// $$ A^T A\, dz = A^T (db - dA\, z) + dA^T r + dq\, e_0 $$
    fn push(&self, direction: &OdeGradient) -> Result<Cotangent, SolveError> {
        direction.check(&self.problem)?;
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
        Cotangent { values, slack }.expect_finite()
    }
}
