//! The collocation equations and conditions, linearised at a trajectory.
//!
//! A step with stages condensed is the affine map `δ_{e+1} = Φ_e δ_e + φ_e` of changes at its ends, where
//! `Φ_e = e_sᵀ M⁻¹ (1 ⊗ I + h a_0 ⊗ J_0)` and `φ_e = -e_sᵀ M⁻¹ F`.

use rayon::prelude::*;

use super::conditions::LinearConditions;
use super::trajectory::{Correction, Trajectory};
use crate::dynamics::Linearization;
use crate::linear_algebra::TwoPoint;
use crate::nonlinear::step::{Equations, Failure, Step};

/// Factored: every further right-hand side costs two substitutions.
pub(super) struct Linearized {
    pub(super) steps: Vec<Step>,
    /// At the starts of steps; zero where the rule ignores it.
    pub(super) lefts: Vec<Linearization>,
    pub(super) two_point: TwoPoint,
    dims: usize,
    stages: usize,
}

/// Below this relative pivot the conditions leave a direction open.
const MIN_PIVOT_RATIO: f64 = 1e-14;

impl Linearized {
    pub(super) fn new(
        trajectory: &Trajectory,
        equations: &Equations<'_>,
        conditions: &LinearConditions,
        scales: &[f64],
    ) -> Result<Self, Failure> {
        let dims = trajectory.dims();
        let stages = equations.tableau.stages;
        let parts: Vec<Result<(Step, Linearization), Failure>> =
            trajectory.pieces.par_iter().map(|piece| Step::linearized(piece, equations)).collect();
        // The first failure in time, whatever thread was first.
        let parts = parts.into_iter().collect::<Result<Vec<_>, _>>()?;
        let (steps, lefts): (Vec<Step>, Vec<Linearization>) = parts.into_iter().unzip();
        let mut change = vec![0.0; dims];
        let mut block = vec![0.0; stages * dims];
        let map = |e: usize, phi: &mut [f64]| {
            for j in 0..dims {
                change.fill(0.0);
                change[j] = 1.0;
                block.fill(0.0);
                steps[e].add_start(equations.tableau, &lefts[e], &change, &mut block);
                steps[e].solve(&mut block);
                (0..dims).for_each(|i| phi[i * dims + j] = block[(stages - 1) * dims + i]);
            }
        };
        let units = scales.iter().map(|scale| scale.recip()).collect();
        let two_point = TwoPoint::new(steps.len(), units, &conditions.rows(), map).map_err(|error| {
            if error.pivot.is_finite() { Failure::Singular { ratio: error.pivot } } else { Failure::NotFinite }
        })?;
        if two_point.pivot_ratio < MIN_PIVOT_RATIO {
            return Err(Failure::Singular { ratio: two_point.pivot_ratio });
        }
        Ok(Self { steps, lefts, two_point, dims, stages })
    }

    /// The change that cancels `defects` `[M, s, D]` and closes the conditions by `missing` `[D]`.
    pub(super) fn correction(&self, equations: &Equations<'_>, defects: &[f64], missing: &[f64]) -> Correction {
        let (dims, size) = (self.dims, self.stages * self.dims);
        let mut stages: Vec<f64> = defects.iter().map(|defect| -defect).collect();
        let mut ends = vec![0.0; (self.steps.len() + 1) * dims];
        for (e, step) in self.steps.iter().enumerate() {
            let mut own = stages[e * size..][..size].to_vec();
            step.solve(&mut own);
            ends[e * dims..][..dims].copy_from_slice(&own[size - dims..]);
        }
        ends[self.steps.len() * dims..].copy_from_slice(missing);
        self.two_point.solve(&mut ends);
        for (e, step) in self.steps.iter().enumerate() {
            let own = &mut stages[e * size..][..size];
            step.add_start(equations.tableau, &self.lefts[e], &ends[e * dims..][..dims], own);
            step.solve(own);
            // The end is shared with the next step: one number for both.
            own[size - dims..].copy_from_slice(&ends[(e + 1) * dims..][..dims]);
        }
        Correction { ends, stages }
    }
}
