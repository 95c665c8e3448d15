//! How good found equations are: their simulation against the clean trajectory, and their terms against the true ones.

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use super::polynomial::{Polynomial, monomial};
use super::system::{Start, System};
use crate::baseline::span::Span;
use mechnn::equation::{RolloutStatus, SimulationOptions, SparseModel, r2, simulate};

/// The found terms against the true ones; see [`agreement`](super::agreement).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Structure {
    /// The same terms in every equation.
    Exact,
    /// Other terms that say the same on the trajectory.
    Equivalent,
    /// Other terms.
    Different,
    /// The true right-hand side is not in the library.
    Outside,
}

/// The clean trajectories are that exact; chaotic systems multiply the error by some thousands.
const TOLERANCE: f64 = 1e-10;

/// Part of a true right-hand side that found terms may leave over on the clean trajectory: far above the rounding of
/// the trajectory, far below what terms that merely resemble each other leave.
const SAME_FUNCTION: f64 = 1e-6;

/// Terms of which less than this is left beside the others are combinations of them: rounding.
const DEPENDENT: f64 = 1e-10;

/// The other start must be predicted this well for terms to count as equivalent.
const EQUIVALENT_R2: f64 = 0.999;

/// Variance-weighted R2 of `model`, simulated from `initial`, against a clean trajectory; 0 if the simulation fails or
/// does not stay finite.
///
/// # Shapes
/// - `initial`: `[D]`
/// - `times`: `[N]`
/// - `clean`: `[N, D]`
pub fn rollout_score(model: &SparseModel, initial: &[f64], times: &[f64], clean: ArrayView2<'_, f64>) -> f64 {
    let options = SimulationOptions { relative_tolerance: TOLERANCE, ..SimulationOptions::for_data(clean) };
    match simulate(model, initial, times, &options) {
        Ok(rollout) if rollout.status == RolloutStatus::Finished => {
            let score = r2(clean, rollout.values.view());
            if score.is_finite() { score } else { 0.0 }
        }
        _ => 0.0,
    }
}

/// How found terms compare with the true ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// The terms.
    pub structure: Structure,
    /// Largest `|found - true| / |true|` over the coefficients, if the terms are exactly the true ones.
    pub worst_coefficient_error: Option<f64>,
}

/// Compares the found equations with the true ones, if these are in the library.
///
/// Terms are [`Structure::Exact`] if every equation has the monomials of the true one and no other. They are
/// [`Structure::Equivalent`] if not, but on the clean training trajectory every true right-hand side is a combination
/// of the found terms (at most 1e-6 of its length is left over) and no longer is without any one of them, and the
/// equations predict the other start with R2 > 0.999: a conserved sum makes such. A true support with an additional
/// term is not equivalent, since it can do without that term.
pub fn agreement(system: &System, start: Start, model: &SparseModel, generalisation: f64) -> Agreement {
    let Some(truth) = &system.truth else {
        return Agreement { structure: Structure::Outside, worst_coefficient_error: None };
    };
    let different = Agreement { structure: Structure::Different, worst_coefficient_error: None };
    let expanded: Option<Vec<Polynomial>> =
        model.rhs_python().iter().map(|text| Polynomial::expand(text, &model.states).ok()).collect();
    let Some(found) = expanded.filter(|found| found.len() == truth.len()) else { return different };
    if found.iter().zip(truth).all(|(found, truth)| found.has_support_of(truth)) {
        let errors = found.iter().zip(truth).flat_map(|(found, truth)| {
            truth.monomials().map(|(exponents, value)| ((found.coefficient(exponents) - value) / value).abs())
        });
        let worst = errors.fold(0.0, f64::max);
        return Agreement { structure: Structure::Exact, worst_coefficient_error: Some(worst) };
    }
    let clean = system.clean(start);
    let equivalent = generalisation > EQUIVALENT_R2
        && found.iter().zip(truth).all(|(found, truth)| is_equivalent(found, truth, clean.view()));
    Agreement { structure: if equivalent { Structure::Equivalent } else { Structure::Different }, ..different }
}

/// Whether the terms of `found` express `truth` on the trajectory, and none of them is spare.
fn is_equivalent(found: &Polynomial, truth: &Polynomial, clean: ArrayView2<'_, f64>) -> bool {
    if found.has_support_of(truth) {
        return true;
    }
    let along = |value: &dyn Fn(&[f64]) -> f64| -> Vec<f64> {
        clean.rows().into_iter().map(|row| value(&row.to_vec())).collect()
    };
    let columns: Vec<Vec<f64>> = found.monomials().map(|(exponents, _)| along(&|x| monomial(exponents, x))).collect();
    let target = along(&|x| truth.evaluate(x));
    let expresses = |without: Option<usize>| {
        let kept = columns.iter().enumerate().filter(|(index, _)| Some(*index) != without);
        let kept: Vec<&[f64]> = kept.map(|(_, column)| &column[..]).collect();
        Span::new(&kept, DEPENDENT).outside(&target) <= SAME_FUNCTION
    };
    expresses(None) && !(0..columns.len()).any(|index| expresses(Some(index)))
}
