//! The fit of equations with a random part: the states wander, and how much is found from the data.
//!
//! $$ -2 \log p(y \mid \theta, q) \approx \min_x J + \log\det H_{xx}
//!    - 2 \sum_t \log\left|\det \frac{\partial c_t}{\partial x_{t+1}}\right|
//!    + \sum_{t,d} \log(q_d^2 h_t) + \sum \log\sigma^2 $$
//!
//! the Laplace approximation of the marginal likelihood, exact for equations that are linear in the states. It is
//! minimised over the parameters and the levels of noise in turn.

use mechnn_solver::smoother::{Estimate, GaussNewton, SmootherError};

use super::fitted::{Fit, coordinates, log_variances};
use super::identifiability::analyse;
use super::levels::sizes;
use super::observer::Report;
use super::problem::problem_per_time;
use crate::inference::description::ProcessNoise;
use crate::inference::prepare::{Binding, InferenceError};

/// A state that does not wander does so by this part of its size over a trajectory.
const NO_NOISE: f64 = 1e-5;

/// The start is tied to its expression within this part of the state's size.
const TIE: f64 = 1e-6;

/// Noise that is estimated is looked for within this factor of the start at first, in both directions.
const WIDTH: f64 = 1e3;

/// Rounds over parameters and levels, and how fine the search for a level is, in natural logarithms.
const ROUNDS: usize = 5;
const FINE: f64 = 0.01;

/// Steps of the parameters in a round; they have settled when none moves by this part of its standard error.
const MAX_STEPS: usize = 8;
const SETTLED: f64 = 0.01;

/// Step of the differences of determinants, in standard errors.
const DIFFERENCE: f64 = 0.03;

/// The longest step of a parameter, in its coordinate.
const LONGEST: f64 = 1.0;

/// Levels as one list: process noise of every state, then the errors of every column.
struct Search<'a> {
    binding: Binding<'a>,
    estimate: Estimate,
    process: Vec<f64>,
    levels: Vec<f64>,
}

impl Search<'_> {
    /// The best states for the parameters and levels as they are, and -2 log of the marginal likelihood.
    fn deviance(&self) -> Result<(Vec<f64>, f64), SmootherError> {
        let mut fixed = self.binding.with_all_fixed(&self.estimate.parameters);
        fixed.set_levels(&self.levels);
        let segments = fixed.segments();
        let problem = problem_per_time(&fixed, &segments, &self.process, 1.0, &[]);
        let mut estimate = Estimate { states: self.estimate.states.clone(), parameters: Vec::new() };
        let settings = GaussNewton { max_iterations: 30, tolerance: 1e-10, corrects: true };
        let report = settings.minimize(&problem, &mut estimate)?;
        let steps: usize = segments.iter().map(|segment| segment.times.len() - 1).sum();
        let wander: f64 = self.process.iter().map(|q| 2.0 * steps as f64 * q.ln()).sum();
        let volume = volume(&fixed, &self.process, &estimate)?;
        Ok((estimate.states, report.objective.total() + volume + wander + log_variances(&fixed)))
    }

    fn level(&mut self, which: usize) -> &mut f64 {
        let dims = self.process.len();
        if which < dims { &mut self.process[which] } else { &mut self.levels[which - dims] }
    }

    fn deviance_at(&mut self, which: usize, logarithm: f64) -> f64 {
        *self.level(which) = logarithm.exp();
        // A level for which there is no fit is not the best one.
        self.deviance().map_or(f64::INFINITY, |(_, deviance)| deviance)
    }

    /// Golden section over the logarithm of one level.
    fn improve_level(&mut self, which: usize, width: f64) {
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
    }

    /// Newton's method for the parameters: the gradient is that of the squares plus that of the determinants, the
    /// curvature that of the squares alone, beside which that of the determinants is small.
    fn improve_parameters(&mut self) -> Result<(), SmootherError> {
        let unknowns = self.estimate.parameters.len();
        for _ in 0..MAX_STEPS {
            self.estimate.states = self.deviance()?.0;
            self.binding.set_levels(&self.levels);
            let segments = self.binding.segments();
            let problem = problem_per_time(&self.binding, &segments, &self.process, 1.0, &self.binding.no_prior);
            let profile = GaussNewton::profile(&problem, &self.estimate)?;
            let (covariance, _) = analyse(&profile.information, unknowns);
            let deviation = |j: usize| covariance[j * unknowns + j].sqrt().min(LONGEST);
            let mut gradient = profile.gradient;
            for (j, gradient) in gradient.iter_mut().enumerate() {
                let step = DIFFERENCE * deviation(j);
                let at = |step: f64| {
                    let mut theta = self.estimate.parameters.clone();
                    theta[j] += step;
                    let mut fixed = self.binding.with_all_fixed(&theta);
                    fixed.set_levels(&self.levels);
                    let estimate = Estimate { states: self.estimate.states.clone(), parameters: Vec::new() };
                    volume(&fixed, &self.process, &estimate)
                };
                if step > 0.0 {
                    // Half the gradient, as that of the squares.
                    *gradient += 0.5 * (at(step)? - at(-step)?) / (2.0 * step);
                }
            }
            let mut largest = 0.0f64;
            for i in 0..unknowns {
                // A parameter of which nothing is known stays.
                if !covariance[i * unknowns + i].is_finite() {
                    continue;
                }
                let row = (0..unknowns).filter(|&j| covariance[j * unknowns + j].is_finite());
                let step: f64 = row.map(|j| -covariance[i * unknowns + j] * gradient[j]).sum();
                let step = step.clamp(-LONGEST, LONGEST);
                self.estimate.parameters[i] += step;
                largest = largest.max(step.abs() / deviation(i));
            }
            if largest <= SETTLED {
                break;
            }
        }
        Ok(())
    }
}

/// log det H_xx - 2 sum log |det ∂c/∂x_{t+1}| of a binding without unknowns.
fn volume(fixed: &Binding<'_>, process: &[f64], estimate: &Estimate) -> Result<f64, SmootherError> {
    let segments = fixed.segments();
    let problem = problem_per_time(fixed, &segments, process, 1.0, &[]);
    let steps = GaussNewton::log_determinant_of_steps(&problem, estimate)?;
    Ok(GaussNewton::log_determinant(&problem, estimate)? - 2.0 * steps)
}

/// The fit, from states and parameters near it.
///
/// # Errors
/// [`InferenceError::Interrupted`], and [`InferenceError::Fit`] if the states cannot be found.
pub(crate) fn stochastic<'a>(
    mut binding: Binding<'a>,
    estimate: Estimate,
    report: &mut Report<'_>,
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
    let mut search = Search { binding, estimate, process, levels };
    let mut width = WIDTH.ln();
    for _ in 0..ROUNDS {
        for &which in &open {
            if report("noise of the equations").is_break() {
                return Err(InferenceError::Interrupted);
            }
            search.improve_level(which, width);
        }
        if report("parameters of random equations").is_break() {
            return Err(InferenceError::Interrupted);
        }
        search.improve_parameters()?;
        width /= 4.0;
    }
    let (states, deviance) = search.deviance()?;
    let Search { mut binding, mut estimate, process, levels } = search;
    estimate.states = states;
    binding.set_levels(&levels);
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
