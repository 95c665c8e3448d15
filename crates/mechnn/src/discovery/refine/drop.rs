//! Terms that a fit can do without.

use mechnn_solver::smoother::{GaussNewton, SmootherError};

use crate::discovery::fit::{Estimator, Fit, NOISE_FLOOR};
use crate::discovery::structure::{Guess, Problem};

/// Drops what the user's threshold forbids, weakest first.
///
/// # Errors
/// [`SmootherError`] if a fit without them fails.
pub(crate) fn without_weak_terms(problem: &Problem<'_>, mut fit: Fit, threshold: f64) -> Result<Fit, SmootherError> {
    let weak = |fit: &Fit| {
        let coefficients = &fit.estimate.parameters[..fit.structure.terms()];
        coefficients.iter().position(|theta| theta.abs() < threshold)
    };
    while let Some(weak) = weak(&fit) {
        fit = without(problem, &fit, &[weak])?;
    }
    Ok(fit)
}

/// A new fit without some of the terms.
///
/// # Errors
/// [`SmootherError`] if it fails.
pub(crate) fn without(problem: &Problem<'_>, fit: &Fit, dropped: &[usize]) -> Result<Fit, SmootherError> {
    let (structure, kept) = fit.structure.without(problem.space, dropped);
    let parameters = kept.into_iter().map(|index| fit.estimate.parameters[index]).collect();
    let guess = Guess { structure, parameters };
    let states = fit.estimate.states.clone();
    Estimator::new(*problem).fit(guess, states, &fit.noise, &[problem.tuning.tight], GaussNewton::default())
}

/// Terms that contribute less to their rate than the discretisation is exact to: they describe its error, not the
/// data.
pub(crate) fn negligible(problem: &Problem<'_>, fit: &Fit) -> Vec<usize> {
    let contributions = Estimator::new(*problem).contributions(fit);
    let candidates = fit.structure.candidates();
    let largest = |state: usize| {
        let own = candidates.iter().zip(&contributions).filter(move |(other, _)| other.state == state);
        own.map(|(_, size)| *size).fold(0.0, f64::max)
    };
    let is_negligible = |j: &usize| contributions[*j] < NOISE_FLOOR * largest(candidates[*j].state);
    (0..contributions.len()).filter(is_negligible).collect()
}
