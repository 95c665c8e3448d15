//! What a fit says in the data's units, and the evidence for it.

use mechnn_solver::smoother::Marginals;
use ndarray::{Array2, Axis, s};

use super::contender::Contender;
use super::direct::DiscoveryError;
use super::direction::open_directions;
use super::evidence::Evidence;
use super::fit::{Fit, Laboratory};
use super::held_out::{HeldOut, Refit};
use super::observer::{Progress, Stage};
use super::result::{Alternative, DiscoveryResult, FittedTrajectory};
use crate::data::{Dataset, Trajectory};
use crate::equation::{SimulationOptions, SparseModel, r2, simulate_with_inputs, valid_time};

/// What the search leaves beside its pick.
#[derive(Default)]
pub(super) struct Searched {
    pub(super) front: Vec<Alternative>,
    pub(super) contenders: Vec<Contender>,
    pub(super) history: Vec<Progress>,
    pub(super) interrupted: bool,
}

/// Fits in the data's units, with the evidence for them.
pub(super) struct Account<'a> {
    pub(super) data: &'a Dataset,
    pub(super) laboratory: &'a Laboratory<'a>,
}

impl Account<'_> {
    /// Of the best fits of each size and the pick those that no smaller one matches.
    pub(super) fn front(&self, mut fits: Vec<Fit>, pick: &Fit) -> Result<Vec<Alternative>, DiscoveryError> {
        let is_pick = |fit: &Fit| fit.candidates == pick.candidates;
        if !fits.iter().any(is_pick) {
            // A threshold made it: it stands for its size.
            fits.retain(|fit| fit.candidates.len() != pick.candidates.len());
            fits.push(pick.clone());
        }
        fits.sort_by_key(|fit| fit.candidates.len());
        let mut lowest = f64::INFINITY;
        let mut front = Vec::new();
        for fit in &fits {
            let (deviance, chosen) = (self.laboratory.deviance(fit), is_pick(fit));
            if deviance < lowest || chosen {
                lowest = lowest.min(deviance);
                front.push(Alternative { deviance, criterion: fit.criterion, model: self.model(fit, None)?, chosen });
            }
        }
        Ok(front)
    }

    /// How a refit without the last rows of each trajectory predicts them.
    fn held_out(&self, fit: &Fit) -> Result<Vec<Option<HeldOut>>, DiscoveryError> {
        let count = self.data.trajectories.len();
        let Some(Refit { start, fit: refit, rows }) = self.laboratory.without_last_rows(fit) else {
            return Ok(vec![None; count]);
        };
        let laboratory = Laboratory { start: &start, ..*self.laboratory };
        let model = Account { data: self.data, laboratory: &laboratory }.model(&refit, None)?;
        let (dims, whole) = (self.data.dims(), self.laboratory.start);
        let mut scores = Vec::new();
        let mut end = 0;
        for (index, trajectory) in self.data.trajectories.iter().enumerate() {
            let kept = rows[index];
            end += start.segments[index].observations.len();
            if kept == trajectory.times.len() {
                scores.push(None);
                continue;
            }
            let scale = &start.scaling.state;
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
                let relative = segment.relative_noise.get(at).copied().unwrap_or(1.0);
                let x = predicted.get((row, d)).copied().unwrap_or(f64::INFINITY);
                squares += ((x - y) / (fit.noise[d] * relative * scale[d])).powi(2);
                values += 1;
            }
            let error = (squares / values as f64).sqrt();
            scores.push(Some(HeldOut { rows: measured.nrows(), r2: r2(measured, predicted), error }));
        }
        Ok(scores)
    }

    pub(super) fn progress(&self, fit: &Fit, fraction: f64) -> Result<Progress, DiscoveryError> {
        Ok(Progress {
            stage: Stage::Structure,
            fraction,
            model_error: self.laboratory.tuning.tight,
            terms: fit.candidates.len(),
            iterations: fit.iterations,
            data_misfit: fit.objective.data,
            model_misfit: fit.objective.dynamics,
            criterion: fit.criterion,
            model: Some(self.model(fit, None)?),
        })
    }

    /// The equations in the data's units; `covariance` is that of the scaled parameters, `[P, P]`.
    pub(super) fn model(&self, fit: &Fit, covariance: Option<&[f64]>) -> Result<SparseModel, DiscoveryError> {
        let equations = self.laboratory.equations(fit, covariance)?;
        let (time, states, controls) = (self.data.python_time(), self.data.python_names(), self.data.python_controls());
        Ok(SparseModel::with_controls(time, states, controls, equations)?)
    }

    pub(super) fn result(
        &self,
        fit: Fit,
        marginals: Marginals,
        searched: Searched,
    ) -> Result<DiscoveryResult, DiscoveryError> {
        let (start, dims) = (self.laboratory.start, self.data.dims());
        let Marginals { states: variances, parameters: scaled } = marginals;
        let model = self.model(&fit, Some(&scaled))?;
        let covariance = self.laboratory.covariance(&fit, &scaled);
        let state_scale = &start.scaling.state;
        let noise = self.laboratory.residual_noise(&fit).into_iter().zip(state_scale).enumerate();
        let noise =
            noise.map(|(d, (noise, scale))| if start.position(d) == d { noise * scale } else { f64::NAN }).collect();
        let mut trajectories = Vec::new();
        let mut offset = 0;
        for (index, trajectory) in self.data.trajectories.iter().enumerate() {
            let segment = &start.segments[index];
            let scaled = &fit.estimate.states[offset..][..segment.observations.len()];
            let variances = &variances[offset..][..segment.observations.len()];
            offset += segment.observations.len();
            let shape = (segment.times.len(), dims);
            let states = Array2::from_shape_fn(shape, |(t, d)| scaled[t * dims + d] * state_scale[d]);
            let state_std = Array2::from_shape_fn(shape, |(t, d)| variances[t * dims + d].sqrt() * state_scale[d]);
            let observed_at = start.observed_at[index].clone();
            let mut times: Vec<f64> =
                segment.times.iter().map(|t| trajectory.times[0] + t * start.scaling.time).collect();
            // Exactly the data's own, not up to rounding.
            observed_at.iter().zip(&trajectory.times).for_each(|(&at, &time)| times[at] = time);
            trajectories.push(fitted_trajectory(&model, trajectory, times, observed_at, states, state_std)?);
        }
        let Searched { front, contenders, history, interrupted } = searched;
        let evidence = Evidence {
            contenders,
            residuals: self.laboratory.residuals(&fit),
            undetermined: open_directions(&model, covariance.view()),
            held_out: self.held_out(&fit)?,
        };
        Ok(DiscoveryResult {
            evidence,
            front,
            model,
            covariance,
            noise,
            noise_model: start.noise_model,
            trajectories,
            candidates: self.laboratory.candidates(),
            indistinct: self.laboratory.dictionary.indistinct.clone(),
            history,
            interrupted,
        })
    }
}

fn fitted_trajectory(
    model: &SparseModel,
    trajectory: &Trajectory,
    times: Vec<f64>,
    observed_at: Vec<usize>,
    states: Array2<f64>,
    state_std: Array2<f64>,
) -> Result<FittedTrajectory, DiscoveryError> {
    let data = trajectory.values.view();
    let (first, options) = (states.row(0).to_vec(), SimulationOptions::for_data(states.view()));
    let rollout = simulate_with_inputs(model, &trajectory.inputs, &first, &times, &options)?;
    let reached: Vec<usize> = observed_at.iter().copied().filter(|&at| at < rollout.reached).collect();
    let rollout_r2 = r2(data, rollout.values.select(Axis(0), &reached).view());
    let fit_r2 = r2(data, states.select(Axis(0), &observed_at).view());
    let valid_time = valid_time(&times, states.view(), rollout.values.view());
    Ok(FittedTrajectory { times, observed_at, states, state_std, rollout, rollout_r2, fit_r2, valid_time })
}
