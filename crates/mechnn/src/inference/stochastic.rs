//! The fit of equations with a random part: the states wander, and how much is found from the data.
//!
//! $$ -2 \log p(y \mid \theta, q) \approx \min_{x, \theta} J + \log\det H + \sum_{t,d} \log(q_d^2 h_t) + \sum \log\sigma^2 $$
//!
//! the Laplace approximation of the marginal likelihood, with the parameters integrated out too; exact for equations that are
//! linear in states and parameters.

use std::ops::ControlFlow;

use mechnn_solver::smoother::{Estimate, GaussNewton};

use super::binding::Binding;
use super::error::InferenceError;
use super::fit::{Fit, coordinates, log_variances, problem_per_time, sizes};
use super::model::ProcessNoise;

/// A state that does not wander does so by this part of its size over a trajectory.
const NO_NOISE: f64 = 1e-5;

/// The start is tied to its expression within this part of the state's size.
const TIE: f64 = 1e-6;

/// Noise that is estimated is looked for within this factor of the start, in both directions.
const WIDTH: f64 = 1e3;

/// Rounds over all levels that are estimated, and how fine the last search is, in natural logarithms.
const ROUNDS: usize = 4;
const FINE: f64 = 0.01;

/// Levels as one list: process noise of every state, then the errors of every column.
struct Search<'a, 'b> {
    binding: &'b mut Binding<'a>,
    estimate: Estimate,
    process: Vec<f64>,
    levels: Vec<f64>,
}

impl Search<'_, '_> {
    /// -2 log marginal likelihood; the estimate becomes the minimum.
    fn deviance(&mut self) -> Result<f64, InferenceError> {
        self.binding.set_levels(&self.levels);
        let segments = self.binding.segments();
        let problem = problem_per_time(self.binding, &segments, &self.process, 1.0, &self.binding.no_prior);
        let settings = GaussNewton { max_iterations: 30, tolerance: 1e-8 };
        let report = settings.minimize(&problem, &mut self.estimate)?;
        let determinant = GaussNewton::log_determinant(&problem, &self.estimate)?;
        let steps: usize = segments.iter().map(|segment| segment.times.len() - 1).sum();
        let wander: f64 = self.process.iter().map(|q| 2.0 * steps as f64 * q.ln()).sum();
        Ok(report.objective.total() + determinant + wander + log_variances(self.binding))
    }

    fn level(&mut self, which: usize) -> &mut f64 {
        let dims = self.process.len();
        if which < dims { &mut self.process[which] } else { &mut self.levels[which - dims] }
    }

    fn deviance_at(&mut self, which: usize, logarithm: f64) -> f64 {
        *self.level(which) = logarithm.exp();
        // A level for which there is no fit is not the best one.
        self.deviance().unwrap_or(f64::INFINITY)
    }

    /// Golden section over the logarithm of one level.
    fn improve(&mut self, which: usize, width: f64) -> Result<(), InferenceError> {
        let golden = (5f64.sqrt() - 1.0) / 2.0;
        let middle = self.level(which).ln();
        let (mut low, mut high) = (middle - width, middle + width);
        let (mut a, mut b) = (high - golden * (high - low), low + golden * (high - low));
        let (mut at_a, mut at_b) = (self.deviance_at(which, a), self.deviance_at(which, b));
        while high - low > FINE {
            if at_a <= at_b {
                (high, b, at_b) = (b, a, at_a);
                a = high - golden * (high - low);
                at_a = self.deviance_at(which, a);
            } else {
                (low, a, at_a) = (a, b, at_b);
                b = low + golden * (high - low);
                at_b = self.deviance_at(which, b);
            }
        }
        *self.level(which) = (0.5 * (low + high)).exp();
        self.deviance().map(|_| ())
    }
}

pub(super) fn fit<'a>(
    mut binding: Binding<'a>,
    estimate: Estimate,
    report: &mut dyn FnMut(&'static str) -> ControlFlow<()>,
) -> Result<Fit<'a>, InferenceError> {
    let model = binding.model;
    let sizes = sizes(&binding, &estimate.states);
    let span = binding.trajectories.iter().map(|trajectory| {
        let times = &trajectory.data_times;
        times[times.len() - 1] - times[0]
    });
    let root = span.fold(0.0, f64::max).sqrt();
    let ties: Vec<f64> = sizes.iter().map(|size| TIE * size).collect();
    binding.set_ties(Some(&ties));
    let process = model.process_noise.iter().zip(&sizes).map(|(noise, size)| match noise {
        Some(ProcessNoise::Known(level)) => *level,
        Some(ProcessNoise::Estimated) => size / root,
        None => NO_NOISE * size / root,
    });
    let process: Vec<f64> = process.collect();
    let levels = binding.trajectories[0].levels.clone();
    let wanders = model.process_noise.iter().map(|noise| *noise == Some(ProcessNoise::Estimated));
    let errs = model.observations.iter().map(|observation| observation.noise.is_estimated());
    let open: Vec<usize> = wanders.chain(errs).enumerate().filter(|(_, open)| *open).map(|(which, _)| which).collect();
    let mut search = Search { binding: &mut binding, estimate, process, levels };
    let mut width = WIDTH.ln();
    for _ in 0..ROUNDS {
        for &which in &open {
            if report("noise of the equations").is_break() {
                return Err(InferenceError::Interrupted);
            }
            search.improve(which, width)?;
        }
        width /= 4.0;
    }
    let deviance = search.deviance()?;
    let Search { estimate, process, .. } = search;
    let segments = binding.segments();
    let problem = problem_per_time(&binding, &segments, &process, 1.0, &binding.no_prior);
    let objective = problem.objective(&estimate).total();
    let information = GaussNewton::profile(&problem, &estimate)?.information;
    Ok(Fit {
        coordinates: coordinates(&binding, &estimate.parameters),
        binding,
        estimate,
        objective,
        information,
        deviance,
        process_noise: process,
    })
}
