//! The best fit over the starts: loose equations first, then exact or random ones.

use super::exact::exact;
use super::fitted::Fit;
use super::loose::loose;
use super::observer::{InferenceObserver, InferenceProgress, Report};
use super::stochastic::stochastic;
use crate::inference::prepare::{Binding, InferenceError};

/// Best fit over the starts.
pub(crate) fn best_fit<'a>(
    binding: &Binding<'a>,
    starts: &[Vec<f64>],
    observer: &mut dyn InferenceObserver,
) -> Result<Fit<'a>, InferenceError> {
    let mut best: Option<Fit<'a>> = None;
    let mut fault = None;
    for (number, start) in starts.iter().enumerate() {
        let mut report = |stage: &'static str| {
            let progress = InferenceProgress { start: number + 1, starts: starts.len(), stage };
            observer.step(&progress)
        };
        match fit_from(binding, start, &mut report) {
            // Nothing is less than a deviance that is no number, nor than minus infinity.
            Ok(fit) if !fit.deviance.is_finite() => {}
            Ok(fit) if best.as_ref().is_none_or(|best| fit.deviance < best.deviance) => best = Some(fit),
            Ok(_) => {}
            Err(InferenceError::Interrupted) => match best {
                Some(best) => return Ok(best),
                None => return Err(InferenceError::Interrupted),
            },
            Err(error) => fault = Some(error),
        }
    }
    best.ok_or(match (starts.len(), fault) {
        (1, Some(fault @ InferenceError::Fit(_))) => fault,
        (starts, _) => InferenceError::NoSolution { starts },
    })
}

fn fit_from<'a>(binding: &Binding<'a>, start: &[f64], report: &mut Report<'_>) -> Result<Fit<'a>, InferenceError> {
    let mut binding = binding.clone();
    let estimate = loose(&mut binding, start, report)?;
    match binding.model.is_stochastic() {
        true => stochastic(binding, estimate, report),
        false => exact(binding, estimate, report),
    }
}
