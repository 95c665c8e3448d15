//! From a model and data to the result.

use std::ops::ControlFlow;

use mechnn_solver::smoother::{ExactFit, SmootherProblem};
use ndarray::Array2;

use super::binding::Binding;
use super::bound_trajectory::Row;
use super::bounds::Bounds;
use super::error::InferenceError;
use super::fit::{Fit, best_fit};
use super::identifiability::{OpenDirection, analyse};
use super::model::{Model, Noise};
use super::observer::{InferenceObserver, InferenceProgress};
use super::profile::profile;
use super::quantile::two_sided_95;
use super::result::{Inference, InferredNoise, InferredNumber, InferredTrajectory};
use super::starts::starts;
use crate::data::Dataset;
use crate::equation::r2;

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

/// Estimates the parameters and states of `model` from `data`, which has its columns ([`Model::columns`]).
///
/// States and parameters are estimated together while the equations are trusted more and more, then the parameters alone
/// with equations that hold exactly, on a mesh fine enough that it does not matter; see `docs/src/concepts/inference.md`.
/// There is no randomness.
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
    let name = |index: usize| {
        let unknown = &fit.binding.unknowns[index];
        let name = &model.parameters[unknown.parameter].name;
        match unknown.trajectory.filter(|_| data.trajectories.len() > 1) {
            Some(trajectory) => (name.clone(), Some(data.trajectories[trajectory].name.clone())),
            None => (name.clone(), None),
        }
    };
    let mut parameters = Vec::with_capacity(unknowns);
    for index in 0..unknowns {
        let (u, bounds) = (fit.coordinates[index], fit.binding.unknowns[index].bounds);
        let deviation = covariance[index * unknowns + index].sqrt();
        let (name, trajectory) = name(index);
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
            .map(|(d, noise)| noise.and_then(|_| fit.process_noise.get(d).copied()))
            .collect(),
        trajectories: trajectories(&fit, data),
        open: open.iter().map(|direction| in_words(direction, &fit, &name)).collect(),
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

fn interval(bounds: Bounds, u: f64, half: f64) -> (f64, f64) {
    if !half.is_finite() {
        let (low, high) = bounds.limits();
        return (low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY));
    }
    let (a, b) = (bounds.value(u - half), bounds.value(u + half));
    (a.min(b), a.max(b))
}

/// Quantities computed from the parameters, by the derivatives; once where all trajectories give the same.
fn derived(fit: &Fit<'_>, data: &Dataset, covariance: &[f64], quantile: f64) -> Vec<InferredNumber> {
    let unknowns = fit.binding.unknowns.len();
    let theta = &fit.estimate.parameters;
    let mut all = Vec::new();
    for derived in &fit.binding.model.derived {
        let depends_on_trajectory = fit
            .binding
            .unknowns
            .iter()
            .any(|unknown| unknown.trajectory.is_some() && derived.expression.uses_constant(unknown.parameter))
            && data.trajectories.len() > 1;
        let count = if depends_on_trajectory { data.trajectories.len() } else { 1 };
        for (trajectory, of) in fit.binding.trajectories.iter().zip(&data.trajectories).take(count) {
            let constants = trajectory.constants(theta);
            let mut by_constant = vec![0.0; constants.len()];
            let value = derived.expression.gradient_into(&[], &constants, &mut [], &mut by_constant);
            let mut slope = vec![0.0; unknowns];
            trajectory.chain(theta, &by_constant, 1.0, &mut slope);
            let mut variance = 0.0;
            for i in (0..unknowns).filter(|&i| slope[i] != 0.0) {
                for j in (0..unknowns).filter(|&j| slope[j] != 0.0) {
                    variance += slope[i] * covariance[i * unknowns + j] * slope[j];
                }
            }
            let standard_error = variance.max(0.0).sqrt();
            let straight = (value - quantile * standard_error, value + quantile * standard_error);
            let mut involved = (0..unknowns).filter(|&j| slope[j] != 0.0);
            // What depends on one unknown only has the interval of that one, bent as it is.
            let bent = match (involved.next(), involved.next()) {
                (Some(j), None) => {
                    let half = quantile * covariance[j * unknowns + j].sqrt();
                    let ends = [-half, half].map(|by| {
                        let mut theta = theta.clone();
                        theta[j] += by;
                        derived.expression.evaluate(&[], &trajectory.constants(&theta))
                    });
                    // Written so that a pole between the ends, which puts the value outside, keeps the straight one.
                    let inside = (ends[0] <= value && value <= ends[1]) || (ends[1] <= value && value <= ends[0]);
                    (inside && half.is_finite()).then_some((ends[0].min(ends[1]), ends[0].max(ends[1])))
                }
                _ => None,
            };
            all.push(InferredNumber {
                name: derived.name.clone(),
                trajectory: depends_on_trajectory.then(|| of.name.clone()),
                value,
                standard_error,
                interval: bent.unwrap_or(straight),
                profile: None,
            });
        }
    }
    all
}

fn noise(fit: &Fit<'_>) -> Vec<InferredNoise> {
    let binding = &fit.binding;
    let predictions = binding.predictions(&fit.estimate.states, &fit.estimate.parameters);
    let levels = &binding.trajectories[0].levels;
    let of = |(k, observation): (usize, &super::model::Observation)| {
        let standardised: Vec<f64> = predictions
            .iter()
            .filter(|(row, _)| row.observation == k)
            .map(|(row, predicted)| (row.value - predicted) / (levels[k] * row.relative))
            .collect();
        let sum: f64 = standardised.iter().map(|r| r * r).sum();
        let lagged: f64 = standardised.windows(2).map(|pair| pair[0] * pair[1]).sum();
        let level = match observation.noise {
            Noise::Known(level) => level,
            _ => levels[k],
        };
        InferredNoise {
            column: observation.column.clone(),
            estimated: observation.noise.is_estimated(),
            level,
            count: standardised.len(),
            misfit: (sum / standardised.len().max(1) as f64).sqrt(),
            autocorrelation: if sum > 0.0 { lagged / sum } else { 0.0 },
        }
    };
    binding.model.observations.iter().enumerate().map(of).collect()
}

fn trajectories(fit: &Fit<'_>, data: &Dataset) -> Vec<InferredTrajectory> {
    let binding = &fit.binding;
    let (dims, columns) = (binding.model.dims(), binding.model.observations.len());
    let theta = &fit.estimate.parameters;
    let simulated = simulation(fit);
    let mut offset = 0;
    let mut all = Vec::new();
    for (trajectory, of) in binding.trajectories.iter().zip(&data.trajectories) {
        let rows = trajectory.data_times.len();
        let constants = trajectory.constants(theta);
        let at = |states: &[f64], n: usize| -> Vec<f64> {
            states[offset + n * trajectory.substeps * dims..][..dims].to_vec()
        };
        let observed = |states: &[f64]| {
            let values = (0..rows).flat_map(|n| {
                let variables = trajectory.variables(trajectory.data_times[n], &at(states, n));
                let observations = binding.model.observations.iter();
                observations.map(|o| o.expression.evaluate(&variables, &constants)).collect::<Vec<_>>()
            });
            shaped(rows, columns, values.collect())
        };
        let mut measured = Array2::from_elem((rows, columns), f64::NAN);
        for (n, here) in trajectory.data.iter().enumerate() {
            here.iter().for_each(|row: &Row| measured[[n, row.observation]] = row.value);
        }
        let predicted = observed(&fit.estimate.states);
        let simulated = simulated.as_ref().map_or_else(|| Array2::zeros((0, columns)), |states| observed(states));
        let states = (0..rows).flat_map(|n| at(&fit.estimate.states, n)).collect();
        let mesh = trajectory.mesh();
        let on_mesh = mesh.iter().enumerate().flat_map(|(t, &time)| {
            let variables = trajectory.variables(time, &fit.estimate.states[offset + t * dims..][..dims]);
            let observations = binding.model.observations.iter();
            observations.map(|o| o.expression.evaluate(&variables, &constants)).collect::<Vec<_>>()
        });
        let curve = shaped(mesh.len(), columns, on_mesh.collect());
        all.push(InferredTrajectory {
            name: of.name.clone(),
            times: trajectory.data_times.clone(),
            states: shaped(rows, dims, states),
            fit_r2: r2(measured.view(), predicted.view()),
            rollout_r2: r2(measured.view(), simulated.view()),
            measured,
            predicted,
            mesh,
            curve,
            simulated,
        });
        offset += trajectory.points() * dims;
    }
    all
}

fn shaped(rows: usize, columns: usize, values: Vec<f64>) -> Array2<f64> {
    // The shape holds by construction: every row has one value per column.
    Array2::from_shape_vec((rows, columns), values).unwrap_or_else(|_| Array2::zeros((rows, columns)))
}

/// States of the equations from the estimated starts, without a random part.
fn simulation(fit: &Fit<'_>) -> Option<Vec<f64>> {
    if fit.process_noise.is_empty() {
        return Some(fit.estimate.states.clone());
    }
    let binding = &fit.binding;
    let segments = binding.segments();
    let problem = SmootherProblem {
        dynamics: binding,
        segments: &segments,
        noise: &binding.unit_noise,
        model_error: &fit.process_noise,
        reference_step: 1.0,
        prior_precision: &binding.no_prior,
    };
    let simulation = ExactFit { problem, initial: binding };
    simulation.solution(&fit.estimate.parameters, &fit.estimate.states).map(|estimate| estimate.states)
}

/// `a and b together, in the ratio 1 : -0.98`.
fn in_words(direction: &OpenDirection, fit: &Fit<'_>, name: &dyn Fn(usize) -> (String, Option<String>)) -> String {
    let label = |index: usize| {
        let (name, trajectory) = name(index);
        let name = trajectory.map_or(name.clone(), |trajectory| format!("{name} of {trajectory}"));
        match fit.binding.unknowns[index].bounds {
            Bounds::Free { .. } => name,
            _ => format!("log {name}"),
        }
    };
    let labels: Vec<String> = direction.parts.iter().map(|(index, _)| label(*index)).collect();
    let ratio: Vec<String> = direction.parts.iter().map(|(_, part)| format!("{part:.2}")).collect();
    let how = if direction.deviation.is_finite() { "hardly change" } else { "do not change" };
    match labels.len() {
        1 => format!("the predictions {how} with {}", labels[0]),
        _ => format!("the predictions {how} when {} move in the ratio {}", labels.join(", "), ratio.join(" : ")),
    }
}
