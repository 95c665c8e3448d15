//! The direct method: the search itself.

use mechnn_solver::smoother::{Estimate, GaussNewton, Marginals, Objective, SmootherError, SmootherProblem};
use ndarray::{Array2, ArrayView2, Axis};
use thiserror::Error;

use super::candidates::{Candidate, SparseDynamics};
use super::observer::{Observer, Progress, Stage};
use super::options::DiscoveryOptions;
use super::regression::{distinct_columns, least_squares};
use super::result::{DiscoveryResult, FittedTrajectory};
use super::selection::{eliminate, price_of_a_term};
use super::start::Start;
use crate::data::Dataset;
use crate::equation::{
    BasisLibrary, Equation, FittedTerm, ModelError, SimulationError, SimulationOptions, SparseModel, Term, r2,
    simulate, valid_time,
};

/// Why nothing could be discovered.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// The library has more coefficients than the data have values.
    #[error(
        "{observations} observed values cannot determine {candidates} candidate coefficients and {starts} initial \
         values: at least {needed} are needed"
    )]
    TooFewObservations {
        /// Values present in the data.
        observations: usize,
        /// Coefficients in the library, over all states.
        candidates: usize,
        /// Initial values to be estimated.
        starts: usize,
        /// Values needed.
        needed: usize,
    },
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
    /// No level of model error, or one that is not positive, or they do not fall.
    #[error("`model_error` must be a falling list of positive numbers, got {found:?}")]
    ModelErrorLevels {
        /// What was given.
        found: Vec<f64>,
    },
    /// The estimation failed.
    #[error("the fit of states and coefficients failed: {0}")]
    Fit(#[from] SmootherError),
    /// A coefficient overflowed in the data's units.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The model could not be simulated.
    #[error(transparent)]
    Simulation(#[from] SimulationError),
}

/// Relative to a state's spread: below it the discretisation, not the noise, limits the fit, and evidence counted in
/// units of the noise would be worthless.
const NOISE_FLOOR: f64 = 1e-4;

/// Precision of the prior of every scaled coefficient: only keeps directions that the data leave open from drifting.
const PRIOR_PRECISION: f64 = 1e-6;

/// Residuals tell the noise only once the model binds the states: from this level of model error on.
const NOISE_FROM_RESIDUALS: f64 = 0.031;

/// Times the noise level and the terms are settled in turn.
const MAX_PRUNING_PASSES: usize = 3;

/// Finds sparse equations for the data.
///
/// # Errors
/// [`DiscoveryError`] if the data cannot determine the candidates, or the numerics fail.
pub fn discover(
    data: &Dataset,
    options: &DiscoveryOptions,
    observer: &mut dyn Observer,
) -> Result<DiscoveryResult, DiscoveryError> {
    let mut search = Search::new(data, options)?;
    let interrupted = search.run(observer)?;
    search.into_result(interrupted)
}

/// The model at one point of the search.
#[derive(Clone)]
struct Fit {
    dynamics: SparseDynamics,
    estimate: Estimate,
    /// Scaled, `[D]`.
    noise: Vec<f64>,
    objective: Objective,
}

struct Search<'a> {
    data: &'a Dataset,
    options: &'a DiscoveryOptions,
    start: Start,
    fit: Fit,
    candidates: usize,
    indistinct: Vec<Term>,
    price: f64,
    history: Vec<Progress>,
}

impl<'a> Search<'a> {
    fn new(data: &'a Dataset, options: &'a DiscoveryOptions) -> Result<Self, DiscoveryError> {
        let levels = &options.model_error;
        let falling = levels.windows(2).all(|pair| pair[1] < pair[0]);
        if levels.is_empty() || !falling || levels.iter().any(|s| !(s.is_finite() && *s > 0.0)) {
            return Err(DiscoveryError::ModelErrorLevels { found: levels.clone() });
        }
        let candidates = data.dims().saturating_mul(options.library.size(data.dims()));
        check_observations(data, candidates)?;
        let library = options.library.build(data.dims());
        let start = Start::new(data, options.min_intervals)?;
        let (dynamics, parameters, indistinct) = first_coefficients(library, &start);
        let noise =
            start.noise.iter().zip(&start.spread).map(|(noise, spread)| noise.max(NOISE_FLOOR * spread)).collect();
        let estimate = Estimate { states: start.states.clone(), parameters };
        let price = price_of_a_term(data.observations(), candidates);
        let fit = Fit { dynamics, estimate, noise, objective: Objective::default() };
        Ok(Self { data, options, start, fit, candidates, indistinct, price, history: Vec::new() })
    }

    /// Returns whether the observer ended it.
    fn run(&mut self, observer: &mut dyn Observer) -> Result<bool, DiscoveryError> {
        let levels = self.options.model_error.len();
        for (index, &level) in self.options.model_error.iter().enumerate() {
            let quick = GaussNewton { max_iterations: 8, tolerance: 1e-3 };
            let iterations = self.minimize(level, quick)?;
            if level <= NOISE_FROM_RESIDUALS {
                self.fit.noise = self.noise_from_residuals();
            }
            let fraction = 0.7 * (index + 1) as f64 / levels as f64;
            if self.report(observer, Stage::Annealing, fraction, level, iterations)?.is_break() {
                return Ok(true);
            }
        }
        let level = self.options.model_error[levels - 1];
        for pass in 0..MAX_PRUNING_PASSES {
            let before = self.fit.dynamics.candidates().len();
            if self.prune(observer, level, 0.7 + 0.1 * pass as f64)? {
                return Ok(true);
            }
            self.fit.noise = self.noise_from_residuals();
            self.minimize(level, GaussNewton::default())?;
            if self.fit.dynamics.candidates().len() == before {
                break;
            }
        }
        Ok(false)
    }

    /// Drops terms below the user's threshold, and others as long as the criterion falls. Returns whether the observer ended it.
    fn prune(&mut self, observer: &mut dyn Observer, level: f64, fraction: f64) -> Result<bool, DiscoveryError> {
        let mut iterations = self.minimize(level, GaussNewton::default())?;
        let mut most = self.fit.dynamics.candidates().len().div_ceil(3);
        loop {
            if self.report(observer, Stage::Pruning, fraction, level, iterations)?.is_break() {
                return Ok(true);
            }
            let covariance = self.covariance(level)?;
            let theta = &self.fit.estimate.parameters;
            let keep: Vec<bool> = theta.iter().map(|theta| theta.abs() >= self.options.threshold).collect();
            if keep.contains(&false) {
                // The user's word, whatever the evidence says.
                self.retain(&keep, &covariance);
                iterations = self.minimize(level, GaussNewton::default())?;
                continue;
            }
            let keep = eliminate(theta, &covariance, self.price, most);
            let dropped = keep.iter().filter(|keep| !**keep).count();
            if dropped == 0 {
                return Ok(false);
            }
            let before = self.fit.clone();
            self.retain(&keep, &covariance);
            iterations = self.minimize(level, GaussNewton::default())?;
            if self.criterion(&self.fit) > self.criterion(&before) {
                // The quadratic picture was too optimistic: take smaller bites, or stop.
                self.fit = before;
                if most == 1 {
                    return Ok(false);
                }
                most = most.div_ceil(2).min(dropped.div_ceil(2));
            }
        }
    }

    /// Removes coefficients, and moves the others to where the quadratic picture expects them.
    fn retain(&mut self, keep: &[bool], covariance: &[f64]) {
        let p = keep.len();
        let mut theta = self.fit.estimate.parameters.clone();
        let mut covariance = covariance.to_vec();
        for j in (0..p).filter(|&j| !keep[j]) {
            let column: Vec<f64> = (0..p).map(|i| covariance[i * p + j]).collect();
            let shift = theta[j] / column[j];
            for i in 0..p {
                theta[i] -= column[i] * shift;
                let row = &mut covariance[i * p..][..p];
                let factor = column[i] / column[j];
                row.iter_mut().zip(&column).for_each(|(entry, other)| *entry -= factor * other);
            }
        }
        self.fit.estimate.parameters = theta.iter().zip(keep).filter(|(_, keep)| **keep).map(|(t, _)| *t).collect();
        self.fit.dynamics = self.fit.dynamics.retain(keep);
    }

    fn with_problem<T>(&self, fit: &Fit, level: f64, work: impl FnOnce(&SmootherProblem<'_>) -> T) -> T {
        let model_error: Vec<f64> = fit.noise.iter().map(|noise| level * noise).collect();
        let prior_precision = vec![PRIOR_PRECISION; fit.dynamics.candidates().len()];
        work(&SmootherProblem {
            dynamics: &fit.dynamics,
            segments: &self.start.segments,
            noise: &fit.noise,
            model_error: &model_error,
            reference_step: self.start.typical_step,
            prior_precision: &prior_precision,
        })
    }

    fn minimize(&mut self, level: f64, method: GaussNewton) -> Result<usize, DiscoveryError> {
        let mut estimate = self.fit.estimate.clone();
        let report = self.with_problem(&self.fit, level, |problem| method.minimize(problem, &mut estimate))?;
        self.fit.estimate = estimate;
        self.fit.objective = report.objective;
        Ok(report.iterations)
    }

    fn covariance(&self, level: f64) -> Result<Vec<f64>, DiscoveryError> {
        Ok(self.with_problem(&self.fit, level, |problem| GaussNewton::covariance(problem, &self.fit.estimate))?)
    }

    fn criterion(&self, fit: &Fit) -> f64 {
        fit.objective.total() + self.price * fit.dynamics.candidates().len() as f64
    }

    /// Root mean square of the residuals, corrected for the coefficients and initial values spent on them.
    fn noise_from_residuals(&self) -> Vec<f64> {
        let raw = self.residual_noise();
        raw.iter().zip(&self.start.spread).map(|(noise, spread)| noise.max(NOISE_FLOOR * spread)).collect()
    }

    fn residual_noise(&self) -> Vec<f64> {
        let dims = self.data.dims();
        let mut squares = vec![0.0; dims];
        let mut offset = 0;
        for segment in &self.start.segments {
            let states = &self.fit.estimate.states[offset..][..segment.observations.len()];
            for (index, (x, y)) in states.iter().zip(&segment.observations).enumerate() {
                if !y.is_nan() {
                    squares[index % dims] += (x - y).powi(2);
                }
            }
            offset += segment.observations.len();
        }
        (0..dims)
            .map(|d| {
                let observed = self.start.observations(d) as f64;
                let own = self.fit.dynamics.candidates().iter().filter(|candidate| candidate.state == d).count();
                let spent = (own + self.start.segments.len()) as f64;
                (squares[d] / (observed - spent).max(0.25 * observed)).sqrt()
            })
            .collect()
    }

    fn report(
        &mut self,
        observer: &mut dyn Observer,
        stage: Stage,
        fraction: f64,
        model_error: f64,
        iterations: usize,
    ) -> Result<std::ops::ControlFlow<()>, DiscoveryError> {
        let progress = Progress {
            stage,
            fraction,
            model_error,
            terms: self.fit.dynamics.candidates().len(),
            iterations,
            data_misfit: self.fit.objective.data,
            model_misfit: self.fit.objective.dynamics,
            criterion: self.criterion(&self.fit),
            model: Some(self.model(None)?),
        };
        let flow = observer.step(&progress);
        self.history.push(Progress { model: None, ..progress });
        Ok(flow)
    }

    /// The current equations in the data's units; `deviations` are standard errors of the scaled coefficients.
    fn model(&self, deviations: Option<&[f64]>) -> Result<SparseModel, DiscoveryError> {
        let mut equations = vec![Equation::default(); self.data.dims()];
        for (j, candidate) in self.fit.dynamics.candidates().iter().enumerate() {
            let term = self.fit.dynamics.library().terms()[candidate.term].clone();
            let factor = self.start.scaling.coefficient_factor(candidate.state, &term);
            equations[candidate.state].terms.push(FittedTerm {
                coefficient: factor * self.fit.estimate.parameters[j],
                standard_error: deviations.map_or(f64::NAN, |deviations| factor.abs() * deviations[j]),
                constant_errors: Vec::new(),
                term,
            });
        }
        Ok(SparseModel::new(self.data.python_time(), self.data.python_names(), equations)?)
    }

    fn into_result(self, interrupted: bool) -> Result<DiscoveryResult, DiscoveryError> {
        let level = self.options.model_error[self.options.model_error.len() - 1];
        let p = self.fit.dynamics.candidates().len();
        let Marginals { states: variances, parameters: scaled } =
            self.with_problem(&self.fit, level, |problem| GaussNewton::marginals(problem, &self.fit.estimate))?;
        let deviations: Vec<f64> = (0..p).map(|j| scaled[j * p + j].sqrt()).collect();
        let model = self.model(Some(&deviations))?;
        let factors: Vec<f64> = self
            .fit
            .dynamics
            .candidates()
            .iter()
            .map(|c| self.start.scaling.coefficient_factor(c.state, &self.fit.dynamics.library().terms()[c.term]))
            .collect();
        let covariance = Array2::from_shape_fn((p, p), |(i, j)| scaled[i * p + j] * factors[i] * factors[j]);
        let state_scale = &self.start.scaling.state;
        let noise = self.residual_noise().iter().zip(state_scale).map(|(noise, scale)| noise * scale).collect();
        let mut trajectories = Vec::new();
        let mut offset = 0;
        for (index, trajectory) in self.data.trajectories.iter().enumerate() {
            let (dims, segment) = (self.data.dims(), &self.start.segments[index]);
            let scaled = &self.fit.estimate.states[offset..][..segment.observations.len()];
            let variances = &variances[offset..][..segment.observations.len()];
            offset += segment.observations.len();
            let shape = (segment.times.len(), dims);
            let states = Array2::from_shape_fn(shape, |(t, d)| scaled[t * dims + d] * state_scale[d]);
            let state_std = Array2::from_shape_fn(shape, |(t, d)| variances[t * dims + d].sqrt() * state_scale[d]);
            let observed_at = self.start.observed_at[index].clone();
            let mut times: Vec<f64> =
                segment.times.iter().map(|t| trajectory.times[0] + t * self.start.scaling.time).collect();
            // Exactly the data's own, not up to rounding.
            observed_at.iter().zip(&trajectory.times).for_each(|(&at, &time)| times[at] = time);
            let data = trajectory.values.view();
            trajectories.push(fitted_trajectory(&model, times, observed_at, states, state_std, data)?);
        }
        Ok(DiscoveryResult {
            model,
            covariance,
            noise,
            trajectories,
            candidates: self.candidates,
            indistinct: self.indistinct,
            history: self.history,
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

fn check_observations(data: &Dataset, candidates: usize) -> Result<(), DiscoveryError> {
    let starts = data.dims() * data.trajectories.len();
    let (observations, needed) = (data.observations(), candidates.saturating_add(starts));
    if observations < needed {
        return Err(DiscoveryError::TooFewObservations { observations, candidates, starts, needed });
    }
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

/// The candidates that the data can tell apart, with coefficients from a regression of the smoothed derivatives; and the
/// terms that are, on these data, combinations of simpler ones.
fn first_coefficients(library: BasisLibrary, start: &Start) -> (SparseDynamics, Vec<f64>, Vec<Term>) {
    let (dims, terms) = (library.dims(), library.len());
    let mut rows = vec![0.0; start.states.len() / dims * terms];
    for (row, x) in rows.chunks_exact_mut(terms).zip(start.states.chunks_exact(dims)) {
        library.evaluate_into(x, row);
    }
    let distinct = distinct_columns(terms, rows.chunks_exact(terms));
    let of_distinct =
        |row: &[f64]| -> Vec<f64> { row.iter().zip(&distinct).filter(|(_, d)| **d).map(|(v, _)| *v).collect() };
    let kept: Vec<usize> = (0..terms).filter(|&term| distinct[term]).collect();
    let rows: Vec<f64> = rows.chunks_exact(terms).flat_map(of_distinct).collect();
    let parameters = (0..dims)
        .flat_map(|d| {
            let slopes = start.derivatives.iter().skip(d).step_by(dims).copied();
            least_squares(kept.len(), rows.chunks_exact(kept.len()).zip(slopes))
        })
        .collect();
    let candidates = (0..dims).flat_map(|state| kept.iter().map(move |&term| Candidate { state, term })).collect();
    let indistinct = (0..terms).filter(|&term| !distinct[term]).map(|term| library.terms()[term].clone()).collect();
    (SparseDynamics::new(library, candidates), parameters, indistinct)
}
