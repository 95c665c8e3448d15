//! What a fit says in the data's units, and the evidence for it.

use std::collections::HashMap;

use mechnn_solver::smoother::Marginals;
use ndarray::{Array2, s};

use super::discovery_result::{DiscoveryResult, ParetoModel};
use super::written::{covariance, equations};
use crate::data::Dataset;
use crate::discovery::candidates::Candidate;
use crate::discovery::evidence::{
    Evidence, FittedTrajectory, HeldOut, Refit, WeightedModel, open_directions, refit_without_last_rows, residuals,
    weights,
};
use crate::discovery::fit::{Criterion, Fit, residual_noise};
use crate::discovery::request::{DiscoveryError, Progress};
use crate::discovery::structure::Problem;
use crate::equation::{SimulationOptions, SparseModel, r2, simulate_with_inputs};

/// What the search leaves beside its pick.
#[derive(Default)]
pub(crate) struct Searched {
    pub(crate) pareto_front: Vec<ParetoModel>,
    pub(crate) weighted_models: Vec<WeightedModel>,
    pub(crate) history: Vec<Progress>,
    pub(crate) interrupted: bool,
}

/// Makes results of fits: everything in the data's units, with the evidence for it.
#[derive(Clone, Copy)]
pub(crate) struct ResultBuilder<'a> {
    pub(crate) data: &'a Dataset,
    pub(crate) problem: Problem<'a>,
}

impl ResultBuilder<'_> {
    /// The equations in the data's units; `covariance` is that of the scaled parameters, `[P, P]`.
    ///
    /// # Errors
    /// [`DiscoveryError`] if a number is not finite in the data's units.
    pub(crate) fn model(&self, fit: &Fit, covariance: Option<&[f64]>) -> Result<SparseModel, DiscoveryError> {
        let equations = equations(&self.problem, fit, covariance)?;
        let (time, states, controls) = (self.data.python_time(), self.data.python_names(), self.data.python_controls());
        Ok(SparseModel::with_controls(time, states, controls, equations)?)
    }

    /// Of the best fits of each size and the pick those that no smaller one matches.
    ///
    /// # Errors
    /// As [`ResultBuilder::model`].
    pub(crate) fn pareto_front(&self, mut fits: Vec<Fit>, pick: &Fit) -> Result<Vec<ParetoModel>, DiscoveryError> {
        let is_pick = |fit: &Fit| fit.structure == pick.structure;
        if !fits.iter().any(is_pick) {
            // A threshold made it: it stands for its size.
            fits.retain(|fit| fit.structure.terms() != pick.structure.terms());
            fits.push(pick.clone());
        }
        fits.sort_by_key(|fit| fit.structure.terms());
        let criterion = Criterion::new(self.problem);
        let mut lowest = f64::INFINITY;
        let mut front = Vec::new();
        for fit in &fits {
            let (deviance, chosen) = (criterion.deviance(fit), is_pick(fit));
            if deviance < lowest || chosen {
                lowest = lowest.min(deviance);
                front.push(ParetoModel { deviance, criterion: fit.criterion, model: self.model(fit, None)?, chosen });
            }
        }
        Ok(front)
    }

    /// The structures of fits with their weights, the heaviest first. Fits with the same functions from other inner
    /// constants are one structure.
    ///
    /// # Errors
    /// As [`ResultBuilder::model`].
    pub(crate) fn weighted_models(&self, fits: &[Fit]) -> Result<Vec<WeightedModel>, DiscoveryError> {
        let families = &self.problem.space.dictionary.families;
        let mut best_of: HashMap<Vec<(usize, usize)>, &Fit> = HashMap::new();
        for fit in fits {
            let family = |own: &Candidate| (own.state, families[own.term]);
            let mut structure: Vec<_> = fit.structure.candidates().iter().map(family).collect();
            structure.sort_unstable();
            let best = best_of.entry(structure).or_insert(fit);
            if fit.criterion < best.criterion {
                *best = fit;
            }
        }
        let mut distinct: Vec<&Fit> = best_of.into_values().collect();
        distinct.sort_by(|a, b| {
            let order = a.criterion.total_cmp(&b.criterion);
            order.then_with(|| a.structure.candidates().cmp(b.structure.candidates()))
        });
        let criteria: Vec<f64> = distinct.iter().map(|fit| fit.criterion).collect();
        let weighed = weights(&criteria).into_iter().zip(distinct);
        weighed.map(|(weight, fit)| Ok(WeightedModel { weight, model: self.model(fit, None)? })).collect()
    }

    /// The result of the last fit, with the uncertainty of its states and numbers.
    ///
    /// # Errors
    /// [`DiscoveryError`] if a number is not finite in the data's units, or the model cannot be simulated at all.
    pub(crate) fn result(
        &self,
        fit: &Fit,
        marginals: &Marginals,
        searched: Searched,
    ) -> Result<DiscoveryResult, DiscoveryError> {
        let (data, dims) = (self.problem.data, self.data.dims());
        let model = self.model(fit, Some(&marginals.parameters))?;
        let covariance = covariance(&self.problem, fit, &marginals.parameters);
        let Searched { pareto_front, weighted_models, history, interrupted } = searched;
        let evidence = Evidence {
            weighted_models,
            residuals: residuals(data, fit),
            undetermined: open_directions(&model, covariance.view()),
            held_out: self.held_out(fit)?,
        };
        let noise = residual_noise(&self.problem, fit);
        let noise = |d: usize| match data.roles.position(d) == d {
            true => noise[d] * data.scaling.state[d],
            false => f64::NAN,
        };
        Ok(DiscoveryResult {
            evidence,
            pareto_front,
            covariance,
            noise: (0..dims).map(noise).collect(),
            noise_models: data.noise_models.clone(),
            trajectories: self.trajectories(fit, marginals, &model)?,
            model,
            candidates: self.problem.candidates(),
            indistinct: self.problem.space.dictionary.indistinct.clone(),
            history,
            interrupted,
        })
    }

    /// The estimated states of each trajectory, beside a simulation of the model.
    fn trajectories(
        &self,
        fit: &Fit,
        marginals: &Marginals,
        model: &SparseModel,
    ) -> Result<Vec<FittedTrajectory>, DiscoveryError> {
        let (data, dims) = (self.problem.data, self.data.dims());
        let scale = &data.scaling.state;
        let mut trajectories = Vec::new();
        let mut offset = 0;
        for (index, trajectory) in self.data.trajectories.iter().enumerate() {
            let segment = &data.segments[index];
            let scaled = &fit.estimate.states[offset..][..segment.observations.len()];
            let variances = &marginals.states[offset..][..segment.observations.len()];
            offset += segment.observations.len();
            let shape = (segment.times.len(), dims);
            let states = Array2::from_shape_fn(shape, |(t, d)| scaled[t * dims + d] * scale[d]);
            let state_std = Array2::from_shape_fn(shape, |(t, d)| variances[t * dims + d].sqrt() * scale[d]);
            let observed_at = data.observed_at[index].clone();
            let mut times: Vec<f64> =
                segment.times.iter().map(|t| trajectory.times[0] + t * data.scaling.time).collect();
            // Exactly the data's own, not up to rounding.
            observed_at.iter().zip(&trajectory.times).for_each(|(&at, &time)| times[at] = time);
            trajectories.push(FittedTrajectory::new(model, trajectory, times, observed_at, states, state_std)?);
        }
        Ok(trajectories)
    }

    /// How a refit without the last rows of each trajectory predicts them.
    fn held_out(&self, fit: &Fit) -> Result<Vec<Option<HeldOut>>, DiscoveryError> {
        let count = self.data.trajectories.len();
        let Some(Refit { data: first, fit: refit, rows }) = refit_without_last_rows(&self.problem, fit) else {
            return Ok(vec![None; count]);
        };
        let model = ResultBuilder { data: self.data, problem: self.problem.on(&first) }.model(&refit, None)?;
        let (dims, whole) = (self.data.dims(), self.problem.data);
        let mut scores = Vec::new();
        let mut end = 0;
        for (index, trajectory) in self.data.trajectories.iter().enumerate() {
            let kept = rows[index];
            end += first.segments[index].observations.len();
            if kept == trajectory.times.len() {
                scores.push(None);
                continue;
            }
            let scale = &first.scaling.state;
            let last: Vec<f64> = (0..dims).map(|d| refit.estimate.states[end - dims + d] * scale[d]).collect();
            let data = trajectory.values.view();
            let options = SimulationOptions::for_data(data);
            let times = &trajectory.times[kept - 1..];
            let rollout = simulate_with_inputs(&model, &trajectory.inputs, &last, times, &options)?;
            let (measured, predicted) =
                (data.slice(s![kept.., ..]), rollout.values.slice(s![rollout.reached.min(1).., ..]));
            let segment = &whole.segments[index];
            let (mut squares, mut values) = (0.0, 0usize);
            for ((row, d), y) in measured.indexed_iter().filter(|(_, y)| !y.is_nan()) {
                let at = whole.observed_at[index][kept + row] * dims + d;
                let relative = segment.relative_noise.at(at);
                let x = predicted.get((row, d)).copied().unwrap_or(f64::INFINITY);
                squares += ((x - y) / (fit.noise[d] * relative * scale[d])).powi(2);
                values += 1;
            }
            let error = (squares / values as f64).sqrt();
            scores.push(Some(HeldOut { rows: measured.nrows(), r2: r2(measured, predicted), error }));
        }
        Ok(scores)
    }
}
