//! The integration from one requested time to the next, piece by piece between the kinks of the inputs.

use differential_equations::error::Error as IntegrationError;
use differential_equations::interpolate::Interpolation;
use differential_equations::methods::{ExplicitRungeKutta, ImplicitRungeKutta};
use differential_equations::ode::{ODE, OrdinaryNumericalMethod, solve_ode};

use super::options::SimulationOptions;
use super::recorder::{Recorder, TIME_RESOLUTION};
use super::rollout::RolloutStatus;
use super::system::{LARGEST_SLOPE, System};

/// Fills the recorder; returns why it stopped.
pub(super) fn integrate<const S: usize>(
    system: &System<'_, S>,
    start: [f64; S],
    scale: [f64; S],
    options: &SimulationOptions,
    recorder: &mut Recorder<'_, S>,
) -> RolloutStatus {
    if !recorder.accept(0.0, &start) {
        return recorder.status(0.0);
    }
    let span = recorder.span();
    if span == 0.0 {
        return RolloutStatus::Finished;
    }
    let mut slope = [0.0; S];
    system.diff(0.0, &start, &mut slope);
    if slope.iter().any(|slope| slope.abs() >= LARGEST_SLOPE) {
        return recorder.failure(0.0);
    }
    let (mut from, mut state) = (0.0, start);
    for to in system.kinks(span).into_iter().chain([span]) {
        match piece(system, (from, to), state, scale, options, recorder) {
            Ok(end) => (from, state) = (to, end),
            Err(status) => return status,
        }
    }
    recorder.status(span)
}

/// Integrates over a piece without kinks.
///
/// # Errors
/// Why the simulation ends here; being done is one of the reasons.
fn piece<const S: usize>(
    system: &System<'_, S>,
    (from, to): (f64, f64),
    state: [f64; S],
    scale: [f64; S],
    options: &SimulationOptions,
    recorder: &mut Recorder<'_, S>,
) -> Result<[f64; S], RolloutStatus> {
    let rtol = options.relative_tolerance;
    let atol = scale.map(|scale| 0.01 * rtol * scale);
    let mut explicit = ExplicitRungeKutta::rkv766e().rtol(rtol).atol(atol).max_steps(options.max_steps);
    let (elapsed, state) = match run(&mut explicit, system, from, to, state, recorder) {
        Ok(end) => return end,
        Err(IntegrationError::Stiffness { t, y } | IntegrationError::MaxSteps { t, y }) => (t, y),
        // The step size fell to zero: the solution has no continuation, which no other method changes.
        Err(IntegrationError::StepSize { t, .. }) => return Err(recorder.failure(t)),
        Err(_) => return Err(recorder.failure(recorder.last_time() - system.first)),
    };
    if to - elapsed <= TIME_RESOLUTION * recorder.span() {
        return if recorder.is_done() { Err(recorder.status(elapsed)) } else { Ok(state) };
    }
    // Radau's own error estimate is of order 3; it loosens the tolerance by itself (rtol^(2/3)), so ask for more.
    let mut implicit = ImplicitRungeKutta::radau5().rtol(0.1 * rtol).atol(atol.map(|atol| 0.1 * atol));
    implicit = implicit.max_steps(options.max_steps);
    match run(&mut implicit, system, elapsed, to, state, recorder) {
        Ok(end) => end,
        Err(IntegrationError::MaxSteps { t, .. }) => Err(RolloutStatus::StepBudget { time: system.first + t }),
        Err(IntegrationError::StepSize { t, .. } | IntegrationError::LinearAlgebra { t, .. }) => {
            Err(recorder.failure(t))
        }
        Err(_) => Err(RolloutStatus::StepBudget { time: system.first + elapsed }),
    }
}

/// The state at the end, or why the simulation ends; the outer error is that of the method.
fn run<const S: usize, M>(
    method: &mut M,
    system: &System<'_, S>,
    start: f64,
    end: f64,
    state: [f64; S],
    recorder: &mut Recorder<'_, S>,
) -> Result<Result<[f64; S], RolloutStatus>, IntegrationError<f64, [f64; S]>>
where
    M: OrdinaryNumericalMethod<f64, [f64; S]> + Interpolation<f64, [f64; S]>,
{
    solve_ode(method, system, start, end, &state, recorder)?;
    Ok(if recorder.is_done() { Err(recorder.status(method.t())) } else { Ok(*method.y()) })
}
