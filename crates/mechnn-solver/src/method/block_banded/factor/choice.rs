//! Which factorisation an element gets, and whether its solution can be trusted.

use super::factored_element::{FactoredElement, singular};
use super::factored_group::FactoredGroup;
use super::null_space::NullSpace;
use super::refinement::SolvedElement;
use super::weakest_direction::WeakestDirection;
use crate::engine::PivotError;
use crate::error::SolveError;
use crate::method::block_banded::rows::{ElementView, elimination_groups};
use crate::problem::{EquationRows, Weights};
use crate::solution::Factorization;

/// Above this estimated relative error the normal equations give way to orthogonal elimination.
const ACCURATE: f64 = 1e-10;

/// Normal equations with a smaller relative pivot may be singular: rounding alone leaves about this.
const TRUSTED_PIVOT: f64 = 1e-11;

/// Above this estimated relative error after refinement the solve is refused.
const REFUSE_ABOVE: f64 = 1e-4;

/// Normal equations whose relative pivots are above this, with weights of one size, have a full rank: rounding leaves
/// up to 3.5e-8 where the matrix is singular (`tests/rank.rs`).
const SURE_PIVOT: f64 = 1e-6;

/// Factors and solves; refuses solutions that only rounding determines.
pub(crate) fn factor_and_solve(view: &ElementView<'_>) -> Result<(FactoredElement, SolvedElement), SolveError> {
    let (factored, solved) = factor_by_estimate(view)?;
    let spread = heaviness(view);
    if spread > 1.0 && solved.pivot_ratio < TRUSTED_PIVOT * spread * spread {
        // With equal weights the normal equations may tell already, in the time of a factorisation.
        let equal = view.with_equal_weights();
        let spread = heaviness(&equal);
        let is_full = FactoredElement::new(&equal, Factorization::NormalEquations)
            .is_ok_and(|factored| factored.pivot_ratio() >= TRUSTED_PIVOT * spread * spread);
        if !is_full {
            for group in elimination_groups(view) {
                let null_space = NullSpace::of_hard_equations(view, &group)?;
                FactoredGroup::check_rank(view, &group, null_space.as_ref()).map_err(|error| singular(view, error))?;
            }
        }
    }
    match may_be_singular(view, solved.pivot_ratio) {
        true => judge(view, factored, solved),
        false => {
            // Rows and data are rounded, too, which no correction sees: the condition is about 1/sqrt(pivot).
            let of_data = f64::EPSILON / solved.pivot_ratio.min(1.0).sqrt();
            let error_estimate = solved.error_estimate.max(of_data);
            Ok((factored, SolvedElement { error_estimate, ..solved }))
        }
    }
}

/// True if rounding alone could have left pivots of this size.
pub(crate) fn may_be_singular(view: &ElementView<'_>, pivot_ratio: f64) -> bool {
    let spread = heaviness(view);
    pivot_ratio < SURE_PIVOT * spread * spread
}

/// Judges the rank by the direction that the rows determine least, and the factor by what it says of that direction.
/// Where normal equations are noise along it, small corrections do not mean small errors: orthogonal elimination
/// decides.
fn judge(
    view: &ElementView<'_>,
    factored: FactoredElement,
    solved: SolvedElement,
) -> Result<(FactoredElement, SolvedElement), SolveError> {
    let spread = heaviness(view);
    if factored.factorization == Factorization::NormalEquations
        && factored.pivot_ratio() < TRUSTED_PIVOT * spread * spread
    {
        // Many directions may be lost in the rounding of these normal equations, an open one among them.
        let orthogonal = FactoredElement::new(view, Factorization::Orthogonal)?;
        if let Some(weakest) = orthogonal.weakest_direction(view).filter(WeakestDirection::is_open) {
            return Err(weakest.open(view));
        }
    }
    // Where numbers overflow on the way there is nothing to judge by.
    let Some(weakest) = factored.weakest_direction(view) else { return Ok((factored, solved)) };
    if weakest.is_open() {
        return Err(weakest.open(view));
    }
    if weakest.factor_is_accurate() {
        let solved = factored.corrected(view, solved);
        return Ok((factored, solved));
    }
    if factored.factorization == Factorization::NormalEquations {
        let factored = FactoredElement::new(view, Factorization::Orthogonal)?;
        let solved = factored.solve(view)?;
        if solved.error_estimate <= REFUSE_ABOVE {
            return judge(view, factored, solved);
        }
        let (estimate, refinements) = (solved.error_estimate, solved.refinements);
        return Err(SolveError::IllConditioned { batch: view.batch, estimate, refinements });
    }
    // The triangle of the rows themselves is noise along the direction: no digit is sure.
    Err(SolveError::IllConditioned { batch: view.batch, estimate: 1.0, refinements: solved.refinements })
}

/// Factors and solves by the cheapest factorisation whose error estimate is good enough.
fn factor_by_estimate(view: &ElementView<'_>) -> Result<(FactoredElement, SolvedElement), SolveError> {
    // Rounding can make the pivots of a singular matrix look positive, the more so the larger a weight.
    if view.layout.count() < view.unknowns() + usize::from(view.scheme.gamma_alpha().is_some()) {
        return Err(singular(view, PivotError { block: view.sizes.points - 1, ratio: 0.0 }));
    }
    let attempt = |factorization| {
        let factored = FactoredElement::new(view, factorization)?;
        let solved = factored.solve(view)?;
        Ok((factored, solved))
    };
    let quick = attempt(Factorization::NormalEquations);
    let (estimate, quick) = match quick {
        Ok((factored, solved)) if solved.error_estimate <= ACCURATE && solved.pivot_ratio >= TRUSTED_PIVOT => {
            return Ok((factored, solved));
        }
        // A pivot at the level of rounding: whether the rows determine the solution at all, only orthogonal
        // elimination can tell. If they do, what the refined normal equations found is good.
        Ok((factored, solved)) if solved.error_estimate <= ACCURATE => {
            return FactoredElement::new(view, Factorization::Orthogonal).map(|_| (factored, solved));
        }
        Ok((factored, solved)) => (solved.error_estimate, Ok((factored, solved))),
        Err(error) => (f64::INFINITY, Err(error)),
    };
    match attempt(Factorization::Orthogonal) {
        Ok((factored, solved)) if solved.error_estimate < estimate => Ok((factored, solved)),
        // The reason of the better method is the better reason.
        Err(error) if quick.is_err() => Err(error),
        _ => quick,
    }
    .and_then(|(factored, solved)| {
        let (estimate, refinements) = (solved.error_estimate, solved.refinements);
        match estimate <= REFUSE_ABOVE {
            true => Ok((factored, solved)),
            false => Err(SolveError::IllConditioned { batch: view.batch, estimate, refinements }),
        }
    })
}

/// The largest entry of a weighted row relative to those of the lightest family, 1 and more: the factor by which
/// rounding of heavy rows exceeds that of light ones. Hard equations are eliminated before.
pub(crate) fn heaviness(view: &ElementView<'_>) -> f64 {
    let Weights { equation, initial, smoothness } = view.weights;
    let coefficients = view.all_coefficients().iter().fold(1.0, |most: f64, c| most.max(c.abs()));
    let equation = if view.equations == EquationRows::Hard { smoothness } else { equation * coefficients };
    equation.max(initial).max(smoothness) / equation.min(initial).min(smoothness)
}
