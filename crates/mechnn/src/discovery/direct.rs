//! The direct method: from data to equations.

use mechnn_solver::smoother::{Estimate, GaussNewton, Marginals, SmootherError};
use ndarray::{Array2, ArrayView2, Axis};
use thiserror::Error;

use super::dictionary::Dictionary;
use super::fit::{Fit, Laboratory};
use super::observer::{Observer, Progress, Stage};
use super::options::DiscoveryOptions;
use super::polish::Polished;
use super::result::{DiscoveryResult, FittedTrajectory};
use super::search::{Search, TIGHT};
use super::start::Start;
use crate::data::Dataset;
use crate::equation::{
    Equation, FittedTerm, ModelError, SimulationError, SimulationOptions, SparseModel, TermError, r2, simulate,
    valid_time,
};

/// Why nothing could be discovered.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// A state is hardly observed in one trajectory.
    #[error("trajectory `{trajectory}`: state `{state}` has {found} observed values, at least {needed} are needed")]
    TooFewOfOneState {
        /// Trajectory.
        trajectory: String,
        /// State.
        state: String,
        /// Values present.
        found: usize,
        /// Values needed.
        needed: usize,
    },
    /// The estimation failed.
    #[error("the fit of states and coefficients failed: {0}")]
    Fit(#[from] SmootherError),
    /// A coefficient overflowed in the data's units.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// An inner constant is not finite in the data's units.
    #[error(transparent)]
    Term(#[from] TermError),
    /// The model could not be simulated.
    #[error(transparent)]
    Simulation(#[from] SimulationError),
}

/// Times the noise level and the terms are settled in turn.
const NOISE_PASSES: usize = 2;

/// Finds sparse equations for the data.
///
/// # Errors
/// [`DiscoveryError`] if there are too few data, or the numerics fail.
pub fn discover(
    data: &Dataset,
    options: &DiscoveryOptions,
    observer: &mut dyn Observer,
) -> Result<DiscoveryResult, DiscoveryError> {
    check_observations(data)?;
    let start = Start::new(data, options.min_intervals, options.noise_model)?;
    let library = options.library_for(data.dims());
    let dictionary = Dictionary::new(library.build(data.dims()), library.functions(), &start);
    let laboratory = Laboratory { start: &start, dictionary: &dictionary };
    let discovery = Discovery { data, laboratory: &laboratory };
    let mut history = Vec::new();
    let mut failure = None;
    let mut watch = |fit: &Fit, fraction: f64| match discovery.progress(fit, fraction) {
        Ok(progress) => {
            let flow = observer.step(&progress);
            history.push(Progress { model: None, ..progress });
            flow
        }
        Err(error) => {
            failure = Some(error);
            std::ops::ControlFlow::Break(())
        }
    };
    let mut search = Search::new(&laboratory, &mut watch);
    let fit = search.run()?;
    let interrupted = search.interrupted;
    if let Some(error) = failure {
        return Err(error);
    }
    let fit = discovery.settle(fit, options.threshold)?;
    let Polished { start, fit, marginals } = laboratory.polish(&fit, options.simplify)?;
    let laboratory = Laboratory { start: &start, dictionary: &dictionary };
    Discovery { data, laboratory: &laboratory }.result(fit, marginals, history, interrupted)
}

/// What the steps after the search share.
struct Discovery<'a> {
    data: &'a Dataset,
    laboratory: &'a Laboratory<'a>,
}

impl Discovery<'_> {
    /// Drops what the user's threshold forbids, and brings noise and coefficients into agreement.
    fn settle(&self, mut fit: Fit, threshold: f64) -> Result<Fit, SmootherError> {
        for _ in 0..NOISE_PASSES {
            fit.noise = self.laboratory.noise_from_residuals(&fit);
            fit = self.laboratory.improve(&fit, TIGHT, GaussNewton::default())?;
        }
        let weak =
            |fit: &Fit| fit.candidates.iter().zip(&fit.estimate.parameters).position(|(_, t)| t.abs() < threshold);
        while let Some(weak) = weak(&fit) {
            let constants = fit.constants_at(self.laboratory.dictionary)[weak].clone();
            let kept = |index: &usize| *index != weak && !constants.contains(index);
            let all = 0..fit.estimate.parameters.len();
            let parameters = all.filter(kept).map(|index| fit.estimate.parameters[index]).collect();
            let mut candidates = fit.candidates;
            candidates.remove(weak);
            let start = Estimate { states: fit.estimate.states, parameters };
            fit = self.laboratory.fit(candidates, start, &fit.noise, &[TIGHT], GaussNewton::default())?;
        }
        Ok(fit)
    }

    fn progress(&self, fit: &Fit, fraction: f64) -> Result<Progress, DiscoveryError> {
        Ok(Progress {
            stage: Stage::Structure,
            fraction,
            model_error: TIGHT,
            terms: fit.candidates.len(),
            iterations: fit.iterations,
            data_misfit: fit.objective.data,
            model_misfit: fit.objective.dynamics,
            criterion: fit.criterion,
            model: Some(self.model(fit, None)?),
        })
    }

    /// The equations in the data's units; `deviations` are standard errors of the scaled coefficients.
    fn model(&self, fit: &Fit, deviations: Option<&[f64]>) -> Result<SparseModel, DiscoveryError> {
        let mut equations = vec![Equation::default(); self.data.dims()];
        let parameters = fit.parameters();
        let units = self.laboratory.units(&fit.candidates);
        let places = fit.constants_at(self.laboratory.dictionary);
        let error = |index: usize| deviations.map_or(f64::NAN, |deviations| units[index].abs() * deviations[index]);
        for (j, candidate) in fit.candidates.iter().enumerate() {
            let term = &self.laboratory.dictionary.library.terms()[candidate.term];
            let constants: Vec<f64> = places[j].clone().map(|index| units[index] * parameters[index]).collect();
            let constant_errors = match deviations {
                Some(_) => places[j].clone().map(error).collect(),
                None => Vec::new(),
            };
            equations[candidate.state].terms.push(FittedTerm {
                coefficient: units[j] * parameters[j],
                standard_error: error(j),
                constant_errors,
                term: term.with_constants(&constants)?,
            });
        }
        Ok(SparseModel::new(self.data.python_time(), self.data.python_names(), equations)?)
    }

    fn result(
        &self,
        fit: Fit,
        marginals: Marginals,
        history: Vec<Progress>,
        interrupted: bool,
    ) -> Result<DiscoveryResult, DiscoveryError> {
        let (start, dims, p) = (self.laboratory.start, self.data.dims(), fit.parameters().len());
        let Marginals { states: variances, parameters: scaled } = marginals;
        let deviations: Vec<f64> = (0..p).map(|j| scaled[j * p + j].sqrt()).collect();
        let model = self.model(&fit, Some(&deviations))?;
        let units = self.laboratory.units(&fit.candidates);
        let covariance = Array2::from_shape_fn((p, p), |(i, j)| scaled[i * p + j] * units[i] * units[j]);
        let state_scale = &start.scaling.state;
        let noise = self.laboratory.residual_noise(&fit);
        let noise = noise.iter().zip(state_scale).map(|(noise, scale)| noise * scale).collect();
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
            let data = trajectory.values.view();
            trajectories.push(fitted_trajectory(&model, times, observed_at, states, state_std, data)?);
        }
        Ok(DiscoveryResult {
            model,
            covariance,
            noise,
            noise_model: start.noise_model,
            trajectories,
            candidates: dims * self.laboratory.dictionary.len(),
            indistinct: self.laboratory.dictionary.indistinct.clone(),
            history,
            interrupted,
        })
    }
}

fn fitted_trajectory(
    model: &SparseModel,
    times: Vec<f64>,
    observed_at: Vec<usize>,
    states: Array2<f64>,
    state_std: Array2<f64>,
    data: ArrayView2<'_, f64>,
) -> Result<FittedTrajectory, DiscoveryError> {
    let rollout = simulate(model, &states.row(0).to_vec(), &times, &SimulationOptions::for_data(states.view()))?;
    let reached: Vec<usize> = observed_at.iter().copied().filter(|&at| at < rollout.reached).collect();
    let rollout_r2 = r2(data, rollout.values.select(Axis(0), &reached).view());
    let fit_r2 = r2(data, states.select(Axis(0), &observed_at).view());
    let valid_time = valid_time(&times, states.view(), rollout.values.view());
    Ok(FittedTrajectory { times, observed_at, states, state_std, rollout, rollout_r2, fit_r2, valid_time })
}

fn check_observations(data: &Dataset) -> Result<(), DiscoveryError> {
    let needed = mechnn_solver::smoother::WienerSmoother::MIN_OBSERVATIONS;
    for trajectory in &data.trajectories {
        for (d, state) in data.states.iter().enumerate() {
            let found = trajectory.values.column(d).iter().filter(|y| !y.is_nan()).count();
            if found < needed {
                let (trajectory, state) = (trajectory.name.clone(), state.clone());
                return Err(DiscoveryError::TooFewOfOneState { trajectory, state, found, needed });
            }
        }
    }
    Ok(())
}
