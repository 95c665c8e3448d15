//! A structure at its best for one level of model error.

use mechnn_solver::smoother::{Estimate, Objective};

use super::affine_map::AffineMap;
use crate::discovery::structure::Structure;

/// A structure with its states and numbers at their best for one level of model error.
#[derive(Debug, Clone)]
pub(crate) struct Fit {
    pub(crate) structure: Structure,
    /// From the parameters of the estimate to those of the structure.
    pub(crate) map: AffineMap,
    pub(crate) estimate: Estimate,
    /// Scaled, `[D]`.
    pub(crate) noise: Vec<f64>,
    pub(crate) objective: Objective,
    /// Deviance and penalty; lower is better, comparable at the same level.
    pub(crate) criterion: f64,
    pub(crate) iterations: usize,
}

impl Fit {
    /// The scaled coefficients and after them the inner constants, `[P]`.
    pub(crate) fn parameters(&self) -> Vec<f64> {
        self.map.coefficients(&self.estimate.parameters)
    }
}
