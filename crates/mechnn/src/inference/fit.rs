//! The fit: states and parameters together while the equations are trusted more and more, then the equations alone.

use std::ops::ControlFlow;

use mechnn_solver::smoother::{Estimate, ExactFit, GaussNewton, Segment, SmootherProblem};

use super::binding::Binding;
use super::error::InferenceError;
use super::observer::{InferenceObserver, InferenceProgress};
use super::starting_states::starting_states;

/// What the model error may add up to over a trajectory, as parts of each state's size, from loose to tight.
const MODEL_ERRORS: [f64; 5] = [1.0, 0.1, 0.01, 1e-3, 1e-4];

/// Level of an error that is estimated, at the start, as part of the standard deviation of its column.
const FIRST_LEVEL: f64 = 0.1;

/// The same, not to be fallen below while the equations are loose: the states could follow any noise.
const LEAST_LOOSE_LEVEL: f64 = 1e-3;

/// The same at the end, where residuals may be rounding errors.
const LEAST_LEVEL: f64 = 1e-13;

/// Rounds of levels of errors and parameters in turn, and when they count as settled.
const MAX_ROUNDS: usize = 30;
const SETTLED: f64 = 1e-3;

/// Steps between rows at the start: enough that there are this many in all.
const FIRST_POINTS: usize = 100;

/// The mesh is fine enough when halving its steps moves no prediction by more than this many of its standard deviations.
const MESH_TOLERANCE: f64 = 0.02;
const MAX_SUBSTEPS: usize = 256;
const MAX_POINTS: usize = 200_000;

/// A fit that has ended.
#[derive(Debug, Clone)]
pub(super) struct Fit<'a> {
    /// With the levels, the mesh and the origins of the end.
    pub(super) binding: Binding<'a>,
    pub(super) estimate: Estimate,
    /// Coordinates of the unknowns, `[P]`.
    pub(super) coordinates: Vec<f64>,
    /// Sum of squared residuals over their variances.
    pub(super) objective: f64,
    /// About the coordinates, `[P, P]`.
    pub(super) information: Vec<f64>,
    /// -2 log of the likelihood, up to a constant.
    pub(super) deviance: f64,
    /// Standard deviation of the random part of each equation per root of a unit of time, `[D]`; empty if there is none.
    pub(super) process_noise: Vec<f64>,
}

/// Best fit over the starts.
pub(super) fn best_fit<'a>(
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

type Report<'r> = dyn FnMut(&'static str) -> ControlFlow<()> + 'r;

fn fit_from<'a>(binding: &Binding<'a>, start: &[f64], report: &mut Report<'_>) -> Result<Fit<'a>, InferenceError> {
    let mut binding = binding.clone();
    binding.set_origins(start);
    let substeps = binding.model.substeps.unwrap_or_else(|| {
        let rows: usize = binding.trajectories.iter().map(|trajectory| trajectory.data_times.len()).sum();
        if binding.model.is_stochastic() { 1 } else { FIRST_POINTS.div_ceil(rows).max(1) }
    });
    binding.set_substeps(substeps);
    let spread = spreads(&binding);
    let mut levels: Vec<f64> = (0..spread.len()).map(|k| first_level(&binding, k, spread[k])).collect();
    binding.set_levels(&levels);
    let theta = vec![0.0; start.len()];
    let mut estimate = Estimate { states: starting_states(&binding, &theta), parameters: theta };
    let sizes = sizes(&binding, &estimate.states);
    for model_error in MODEL_ERRORS {
        if report("states and parameters together").is_break() {
            return Err(InferenceError::Interrupted);
        }
        let errors: Vec<f64> = sizes.iter().map(|size| model_error * size).collect();
        let ties: Vec<f64> = errors.iter().map(|error| 1e-3 * error).collect();
        binding.set_ties(Some(&ties));
        let segments = binding.segments();
        let problem = problem(&binding, &segments, &errors, &binding.prior);
        let settings = GaussNewton { max_iterations: 40, tolerance: 1e-4, corrects: true };
        let mut next = estimate.clone();
        // A loose stage that fails leaves the work to the next: the tight ones have fewer directions open.
        if settings.minimize(&problem, &mut next).is_ok() {
            estimate = next;
            let floors: Vec<f64> = spread.iter().map(|spread| LEAST_LOOSE_LEVEL * spread).collect();
            levels = new_levels(&binding, &estimate, &levels, &floors);
            binding.set_levels(&levels);
            binding.reweigh(&estimate.states, &estimate.parameters);
        }
    }
    binding.set_ties(None);
    if binding.model.is_stochastic() {
        return super::stochastic::fit(binding, estimate, report);
    }
    exact(binding, estimate, &spread, report)
}

/// The fit with equations that hold exactly, on a mesh fine enough.
fn exact<'a>(
    mut binding: Binding<'a>,
    mut estimate: Estimate,
    spread: &[f64],
    report: &mut Report<'_>,
) -> Result<Fit<'a>, InferenceError> {
    let floors: Vec<f64> = spread.iter().map(|spread| LEAST_LEVEL * spread).collect();
    loop {
        let mut fit = settle(&mut binding, estimate, &floors, report)?;
        if binding.model.substeps.is_some() || is_fine(&binding, &fit) {
            fit.binding = binding;
            return Ok(fit);
        }
        let substeps = 2 * binding.trajectories[0].substeps;
        estimate = refined(&binding, &fit.estimate);
        binding.set_substeps(substeps);
        let points: usize = binding.trajectories.iter().map(super::bound_trajectory::BoundTrajectory::points).sum();
        if substeps > MAX_SUBSTEPS || points > MAX_POINTS {
            return settle(&mut binding, estimate, &floors, report);
        }
    }
}

/// Parameters and levels of errors in turn, until they settle.
fn settle<'a>(
    binding: &mut Binding<'a>,
    mut estimate: Estimate,
    floors: &[f64],
    report: &mut Report<'_>,
) -> Result<Fit<'a>, InferenceError> {
    let segments = binding.segments();
    let no_error = vec![1.0; binding.model.dims()];
    let mut result = None;
    for _ in 0..MAX_ROUNDS {
        if report("parameters with exact equations").is_break() {
            return Err(InferenceError::Interrupted);
        }
        let settings = GaussNewton { max_iterations: 60, tolerance: 1e-9, corrects: true };
        let parts = problem(binding, &segments, &no_error, &binding.no_prior);
        let fitted = ExactFit { problem: parts, initial: &*binding }.minimize(&settings, &mut estimate)?;
        let levels = binding.trajectories[0].levels.clone();
        let settled = new_levels(binding, &estimate, &levels, floors);
        let change = levels.iter().zip(&settled).map(|(a, b)| (a / b).ln().abs()).fold(0.0, f64::max);
        let done = change < SETTLED;
        result = Some((fitted, levels));
        if done {
            break;
        }
        binding.set_levels(&settled);
        binding.reweigh(&estimate.states, &estimate.parameters);
    }
    let Some((fitted, levels)) = result else { return Err(InferenceError::Interrupted) };
    // The levels that the information belongs to.
    binding.set_levels(&levels);
    Ok(Fit {
        coordinates: coordinates(binding, &estimate.parameters),
        deviance: fitted.objective + log_variances(binding),
        objective: fitted.objective,
        information: fitted.information,
        binding: binding.clone(),
        estimate,
        process_noise: Vec::new(),
    })
}

/// Whether halving the steps changes predictions by much less than their errors.
fn is_fine(binding: &Binding<'_>, fit: &Fit<'_>) -> bool {
    let mut finer = binding.clone();
    finer.set_substeps(2 * binding.trajectories[0].substeps);
    let segments = finer.segments();
    let no_error = vec![1.0; binding.model.dims()];
    let parts = problem(&finer, &segments, &no_error, &finer.no_prior);
    let guess = refined(binding, &fit.estimate);
    let Some(solution) = (ExactFit { problem: parts, initial: &finer }).solution(&guess.parameters, &guess.states)
    else {
        return false;
    };
    let before = binding.predictions(&fit.estimate.states, &fit.estimate.parameters);
    let after = finer.predictions(&solution.states, &solution.parameters);
    let levels = &binding.trajectories[0].levels;
    // Written so that NaN is not fine.
    before.iter().zip(&after).all(|((row, a), (_, b))| {
        let rounding = 1e-11 * a.abs();
        (a - b).abs() <= MESH_TOLERANCE * levels[row.observation] * row.relative + rounding
    })
}

/// The estimate on the mesh of half the steps.
fn refined(binding: &Binding<'_>, estimate: &Estimate) -> Estimate {
    let dims = binding.model.dims();
    let mut states = Vec::with_capacity(2 * estimate.states.len());
    let mut offset = 0;
    for trajectory in &binding.trajectories {
        let old = &estimate.states[offset..][..trajectory.points() * dims];
        offset += old.len();
        for t in 0..trajectory.points() - 1 {
            let (x0, x1) = (&old[t * dims..][..dims], &old[(t + 1) * dims..][..dims]);
            states.extend_from_slice(x0);
            states.extend(x0.iter().zip(x1).map(|(a, b)| 0.5 * (a + b)));
        }
        states.extend_from_slice(&old[old.len() - dims..]);
    }
    Estimate { states, parameters: estimate.parameters.clone() }
}

/// The problem whose model error over a whole trajectory is `errors`.
fn problem<'p>(
    binding: &'p Binding<'_>,
    segments: &'p [Segment],
    errors: &'p [f64],
    prior_precision: &'p [f64],
) -> SmootherProblem<'p> {
    let span = |segment: &Segment| segment.times[segment.times.len() - 1] - segment.times[0];
    let reference_step = segments.iter().map(span).fold(0.0, f64::max);
    problem_per_time(binding, segments, errors, reference_step, prior_precision)
}

/// The problem whose model error over `reference_step` is `errors`.
pub(super) fn problem_per_time<'p>(
    binding: &'p Binding<'_>,
    segments: &'p [Segment],
    model_error: &'p [f64],
    reference_step: f64,
    prior_precision: &'p [f64],
) -> SmootherProblem<'p> {
    // The residuals tell what was observed, so that no noise of states is used.
    SmootherProblem {
        dynamics: binding,
        segments,
        noise: &binding.unit_noise,
        model_error,
        reference_step,
        prior_precision,
    }
}

/// Size of each state, `[D]`, positive.
pub(super) fn sizes(binding: &Binding<'_>, states: &[f64]) -> Vec<f64> {
    let dims = binding.model.dims();
    let largest = |d: usize| states.iter().skip(d).step_by(dims).fold(0.0f64, |max, x| max.max(x.abs()));
    (0..dims).map(|d| if largest(d) > 0.0 { largest(d) } else { 1.0 }).collect()
}

/// Standard deviation of each column, 1 where it does not vary, `[observations]`.
fn spreads(binding: &Binding<'_>) -> Vec<f64> {
    let spread = |k: usize| {
        let rows = binding.trajectories.iter().flat_map(|trajectory| trajectory.data.iter().flatten());
        let values: Vec<f64> = rows.filter(|row| row.observation == k).map(|row| row.value).collect();
        let count = values.len().max(1) as f64;
        let mean = values.iter().sum::<f64>() / count;
        let spread = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
        if spread > 0.0 { spread } else { 1.0 }
    };
    (0..binding.model.observations.len()).map(spread).collect()
}

fn first_level(binding: &Binding<'_>, k: usize, spread: f64) -> f64 {
    match binding.model.observations[k].noise {
        super::model::Noise::Additive => FIRST_LEVEL * spread,
        super::model::Noise::Proportional => FIRST_LEVEL,
        _ => 1.0,
    }
}

/// Levels of the errors that are estimated, from the residuals, with the loss of freedom to the unknowns.
fn new_levels(binding: &Binding<'_>, estimate: &Estimate, levels: &[f64], floors: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; levels.len()];
    let mut counts = vec![0usize; levels.len()];
    for (row, predicted) in binding.predictions(&estimate.states, &estimate.parameters) {
        sums[row.observation] += ((predicted - row.value) / row.relative).powi(2);
        counts[row.observation] += 1;
    }
    let total: usize = counts.iter().sum();
    let share = 1.0 - binding.unknowns.len() as f64 / (total.max(1) as f64 + 1e-9);
    let level = |k: usize| {
        let noise = &binding.model.observations[k].noise;
        let estimated = (sums[k] / (counts[k] as f64 * share)).sqrt();
        let floor = if *noise == super::model::Noise::Additive { floors[k] } else { LEAST_LEVEL };
        match noise.is_estimated() && counts[k] > 0 && estimated.is_finite() {
            true => estimated.max(floor),
            false => levels[k],
        }
    };
    (0..levels.len()).map(level).collect()
}

/// Sum of the logarithms of the variances of all measured numbers.
pub(super) fn log_variances(binding: &Binding<'_>) -> f64 {
    let of = |trajectory: &super::bound_trajectory::BoundTrajectory<'_>| {
        let rows = trajectory.data.iter().flatten();
        rows.map(|row| 2.0 * (trajectory.levels[row.observation] * row.relative).ln()).sum::<f64>()
    };
    binding.trajectories.iter().map(of).sum()
}

/// Coordinates of the unknowns for θ.
pub(super) fn coordinates(binding: &Binding<'_>, theta: &[f64]) -> Vec<f64> {
    binding.origins().iter().zip(theta).map(|(origin, theta)| origin + theta).collect()
}
