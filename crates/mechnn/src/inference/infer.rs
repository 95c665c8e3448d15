//! From a model and data to the result.

use std::ops::ControlFlow;

use super::description::Model;
use super::fit::{InferenceObserver, InferenceProgress, analyse, best_fit};
use super::prepare::{Binding, InferenceError, starts};
use super::result::{Inference, InferredNumber, derived, in_words, name, noise, trajectories};
use super::uncertainty::{interval, profile, two_sided_95};
use crate::data::Dataset;

/// What an inference does beyond the fit.
///
/// | Name | Default | Purpose |
/// |---|---|---|
/// | `profile` | no | profile likelihood of every parameter; there is none of equations with process noise |
/// | `starts` | 12 | starts tried if some parameter has bounds but no start |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InferenceOptions {
    /// Whether to compute profile likelihoods.
    pub profile: bool,
    /// Starts tried where a start is missing.
    pub starts: usize,
}

impl Default for InferenceOptions {
    fn default() -> Self {
        Self { profile: false, starts: 12 }
    }
}

/// Estimates the parameters and states of `model` from `data`, which have its columns ([`Model::columns`]).
///
/// States and parameters are estimated together while the equations are trusted more and more, then the parameters
/// alone with equations that hold exactly, on a mesh fine enough that it does not matter; see
/// `docs/src/concepts/inference.md`. There is no randomness.
///
/// # Errors
/// [`InferenceError`]
pub fn infer(
    model: &Model,
    data: &Dataset,
    options: &InferenceOptions,
    observer: &mut dyn InferenceObserver,
) -> Result<Inference, InferenceError> {
    let binding = Binding::new(model, data)?;
    let starts = starts(&binding, options.starts);
    let mut watch = Watch { observer, stopped: false };
    let fit = best_fit(&binding, &starts, &mut watch)?;
    let unknowns = fit.binding.unknowns.len();
    let observations = fit.binding.observations();
    let freedom = observations - unknowns;
    let estimates_noise = model.observations.iter().any(|observation| observation.noise.is_estimated());
    let quantile = two_sided_95(estimates_noise.then_some(freedom));
    let (covariance, open) = analyse(&fit.information, unknowns);
    let mut parameters = Vec::with_capacity(unknowns);
    for index in 0..unknowns {
        let (u, bounds) = (fit.coordinates[index], fit.binding.unknowns[index].bounds);
        let deviation = covariance[index * unknowns + index].sqrt();
        let (name, trajectory) = name(&fit, data, index);
        let mut progress = || {
            let stage = "profiles";
            watch.step(&InferenceProgress { start: index + 1, starts: unknowns, stage })
        };
        let profile = if options.profile && !model.is_stochastic() {
            profile(&fit, index, deviation, quantile.powi(2), &mut progress)
        } else {
            None
        };
        parameters.push(InferredNumber {
            name,
            trajectory,
            value: bounds.value(u),
            standard_error: bounds.slope(u).abs() * deviation,
            interval: interval(bounds, u, quantile * deviation),
            profile,
        });
    }
    Ok(Inference {
        parameters,
        derived: derived(&fit, data, &covariance, quantile),
        noise: noise(&fit),
        process_noise: model
            .process_noise
            .iter()
            .enumerate()
            .map(|(d, noise)| noise.map(|_| fit.process_noise[d]))
            .collect(),
        trajectories: trajectories(&fit, data),
        open: open.iter().map(|direction| in_words(direction, &fit, data)).collect(),
        freedom,
        quantile,
        substeps: fit.binding.trajectories[0].substeps,
        starts: starts.len(),
        interrupted: watch.stopped,
    })
}

/// Remembers that it was told to stop.
struct Watch<'o> {
    observer: &'o mut dyn InferenceObserver,
    stopped: bool,
}

impl InferenceObserver for Watch<'_> {
    fn step(&mut self, progress: &InferenceProgress) -> ControlFlow<()> {
        self.stopped |= self.observer.step(progress).is_break();
        if self.stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
