//! Integration of a model from given initial values.

use std::cell::Cell;

use differential_equations::error::Error as IntegrationError;
use differential_equations::interpolate::Interpolation;
use differential_equations::linalg::Matrix;
use differential_equations::methods::{ExplicitRungeKutta, ImplicitRungeKutta};
use differential_equations::ode::{ODE, OrdinaryNumericalMethod, solve_ode};
use ndarray::ArrayView2;
use thiserror::Error;

use super::rollout::{Recorder, Rollout, RolloutStatus, TIME_RESOLUTION, Undefined, within};
use super::{InputSignal, SparseModel};

/// Largest number of states that can be integrated.
const MAX_DIMS: usize = 64;

/// Tolerances that double precision and both methods can hold.
const TOLERANCES: std::ops::RangeInclusive<f64> = 1e-13..=0.1;

/// Slopes are cut here: far beyond any scale, and far enough from overflow that errors stay finite.
const LARGEST_SLOPE: f64 = 1e150;

/// Misuse of a simulation; a rollout that diverges is a [`RolloutStatus`], not an error.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum SimulationError {
    /// Initial values or scales for another number of states.
    #[error("the model has {expected} states, {what} has {found}")]
    Shape {
        /// What is wrong: the initial values or the scale.
        what: &'static str,
        /// D of the model.
        expected: usize,
        /// Length found.
        found: usize,
    },
    /// More states than can be integrated.
    #[error("the model has {found} states, at most {MAX_DIMS} can be integrated")]
    TooManyStates {
        /// D of the model.
        found: usize,
    },
    /// An initial value is missing or infinite.
    #[error("the initial value of {state} is {value}")]
    InitialValue {
        /// The state.
        state: String,
        /// Its value.
        value: f64,
    },
    /// A tolerance that cannot be held.
    #[error("the relative tolerance is {value:e}, expected {:e} to {}", TOLERANCES.start(), TOLERANCES.end())]
    Tolerance {
        /// The tolerance.
        value: f64,
    },
    /// Times that are not finite and strictly increasing.
    #[error("times must be finite and strictly increasing; time {index} is {time}")]
    Times {
        /// Index of the first offending time.
        index: usize,
        /// The time.
        time: f64,
    },
    /// Another number of inputs than controls.
    #[error("the model has {expected} controls, found {found} inputs")]
    Inputs {
        /// Number of controls of the model.
        expected: usize,
        /// Number of inputs.
        found: usize,
    },
    /// An input is not known over the whole time.
    #[error("the input {control} is known from {first} to {last}, the simulation runs from {start} to {end}")]
    InputSpan {
        /// Name of the control.
        control: String,
        /// First time of the input.
        first: f64,
        /// Its last time.
        last: f64,
        /// First time of the simulation.
        start: f64,
        /// Its last time.
        end: f64,
    },
}

/// How a model is integrated.
///
/// | Name | Default | Purpose |
/// |---|---|---|
/// | `scale` | required | typical magnitude of each state, `[D]`, in its unit |
/// | `relative_tolerance` | 1e-8 | local error relative to the state, or to 1 % of its scale where it is smaller |
/// | `divergence_factor` | 1e6 | a state beyond this many scales has diverged |
/// | `max_steps` | 50 000 | steps of each of the two methods before the simulation gives up |
#[derive(Debug, Clone, PartialEq)]
pub struct SimulationOptions {
    /// Typical magnitude of each state, `[D]`; entries that are not positive and finite count as 1.
    pub scale: Vec<f64>,
    /// Tolerated local error relative to the state, 1e-13 to 0.1.
    pub relative_tolerance: f64,
    /// How many scales are too far.
    pub divergence_factor: f64,
    /// Step budget of each method; a step costs about 15 evaluations.
    pub max_steps: usize,
}

impl SimulationOptions {
    /// Largest number of states that can be integrated.
    pub const MAX_STATES: usize = MAX_DIMS;

    /// The defaults, with the typical magnitude of each state.
    pub fn new(scale: Vec<f64>) -> Self {
        Self { scale, relative_tolerance: 1e-8, divergence_factor: 1e6, max_steps: 50_000 }
    }

    /// The defaults, with the largest magnitude of each column of `values`, `[N, D]`, as scale; NaN is skipped.
    pub fn for_data(values: ArrayView2<'_, f64>) -> Self {
        let largest = |column: ndarray::ArrayView1<'_, f64>| column.iter().fold(0.0f64, |max, x| max.max(x.abs()));
        Self::new(values.columns().into_iter().map(largest).collect())
    }
}

/// Integrates `model` from `x0` at `times[0]` and returns the states at `times`.
///
/// An explicit Runge-Kutta method of order 7 goes as far as its step budget; what it leaves, because the equations are
/// stiff, an implicit one of order 5 takes over, with a budget of its own.
///
/// # Shapes
/// - `x0`: `[D]`
/// - `times`: `[N]`, finite and strictly increasing
///
/// # Errors
/// [`SimulationError`] for arguments that do not fit. A rollout that diverges or does not finish says so in its status.
///
/// # References
/// - Verner, *Numerically optimal Runge-Kutta pairs with interpolants*, Numerical Algorithms 53, 2010: the 7(6) pair
/// - Hairer, Wanner, *Solving Ordinary Differential Equations II*: Radau IIA
pub fn simulate(
    model: &SparseModel,
    x0: &[f64],
    times: &[f64],
    options: &SimulationOptions,
) -> Result<Rollout, SimulationError> {
    simulate_with_inputs(model, &[], x0, times, options)
}

/// [`simulate`] with known inputs, one for each control of the model.
///
/// The inputs have kinks at their times, so the integration starts anew at each; the step budget is that of one piece.
///
/// # Errors
/// [`SimulationError`], also if an input is not known from the first to the last time.
pub fn simulate_with_inputs(
    model: &SparseModel,
    inputs: &[InputSignal],
    x0: &[f64],
    times: &[f64],
    options: &SimulationOptions,
) -> Result<Rollout, SimulationError> {
    let dims = model.dims();
    for (what, found) in [("the list of initial values", x0.len()), ("the scale", options.scale.len())] {
        if found != dims {
            return Err(SimulationError::Shape { what, expected: dims, found });
        }
    }
    if let Some(d) = x0.iter().position(|value| !value.is_finite()) {
        return Err(SimulationError::InitialValue { state: model.states[d].clone(), value: x0[d] });
    }
    let in_order = |index: usize| times[index].is_finite() && (index == 0 || times[index - 1] < times[index]);
    if let Some(index) = (0..times.len()).find(|&index| !in_order(index)) {
        return Err(SimulationError::Times { index, time: times[index] });
    }
    if model.controls.len() != inputs.len() {
        return Err(SimulationError::Inputs { expected: model.controls.len(), found: inputs.len() });
    }
    if let (Some(&start), Some(&end)) = (times.first(), times.last()) {
        let short = |input: &&InputSignal| !(input.covers(start) && input.covers(end));
        if let Some((control, input)) = model.controls.iter().zip(inputs).find(|(_, input)| short(input)) {
            let ((first, last), control) = (input.span(), control.clone());
            return Err(SimulationError::InputSpan { control, first, last, start, end });
        }
    }
    if !TOLERANCES.contains(&options.relative_tolerance) {
        return Err(SimulationError::Tolerance { value: options.relative_tolerance });
    }
    // The integrator wants the size of the state at compile time. In between, states that stay zero fill up; they
    // only dilute the error norm by the square root of the ratio of sizes.
    match dims {
        0..=1 => Ok(simulate_sized::<1>(model, inputs, x0, times, options)),
        2 => Ok(simulate_sized::<2>(model, inputs, x0, times, options)),
        3 => Ok(simulate_sized::<3>(model, inputs, x0, times, options)),
        4 => Ok(simulate_sized::<4>(model, inputs, x0, times, options)),
        5..=8 => Ok(simulate_sized::<8>(model, inputs, x0, times, options)),
        9..=MAX_DIMS => Ok(simulate_sized::<MAX_DIMS>(model, inputs, x0, times, options)),
        _ => Err(SimulationError::TooManyStates { found: dims }),
    }
}

fn simulate_sized<const S: usize>(
    model: &SparseModel,
    inputs: &[InputSignal],
    x0: &[f64],
    times: &[f64],
    options: &SimulationOptions,
) -> Rollout {
    let dims = model.dims();
    let scale: [f64; S] = std::array::from_fn(|d| match options.scale.get(d) {
        Some(&scale) if scale.is_finite() && scale > 0.0 => scale,
        _ => 1.0,
    });
    let mut start = [0.0; S];
    start[..dims].copy_from_slice(x0);
    let limit = scale.map(|scale| scale * options.divergence_factor);
    let undefined = Cell::new(None);
    let mut recorder = Recorder::new(times, dims, limit, &undefined);
    let (first, last) = (recorder.first_time(), times.last().copied().unwrap_or(0.0));
    let system = System { model, inputs, first, last, limit, undefined: &undefined };
    let status = integrate(&system, start, scale, options, &mut recorder);
    recorder.into_rollout(status)
}

/// Fills the recorder; returns why it stopped.
fn integrate<const S: usize>(
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

/// The model as the integrator sees it: time starts at 0, so that steps are not rounded against a large offset.
struct System<'a, const S: usize> {
    model: &'a SparseModel,
    inputs: &'a [InputSignal],
    first: f64,
    /// The last time: inputs need not be known beyond, where the integrator looks when it chooses its first step.
    last: f64,
    limit: [f64; S],
    undefined: &'a Cell<Option<Undefined>>,
}

impl<const S: usize> System<'_, S> {
    fn time(&self, elapsed: f64) -> f64 {
        (self.first + elapsed).min(self.last)
    }

    /// Times at which an input has a kink, strictly inside the span, in order.
    fn kinks(&self, span: f64) -> Vec<f64> {
        let times = self.inputs.iter().flat_map(InputSignal::times).map(|time| time - self.first);
        let resolution = TIME_RESOLUTION * span;
        let mut kinks: Vec<f64> = times.filter(|&kink| kink > resolution && kink < span - resolution).collect();
        kinks.sort_by(f64::total_cmp);
        kinks.dedup_by(|later, earlier| *later - *earlier <= resolution);
        kinks
    }
}

impl<const S: usize> ODE<f64, [f64; S]> for System<'_, S> {
    fn diff(&self, elapsed: f64, x: &[f64; S], slope: &mut [f64; S]) {
        let dims = self.model.dims();
        slope[dims..].fill(0.0);
        self.model.evaluate_with(self.inputs, self.time(elapsed), &x[..dims], &mut slope[..dims]);
        // Beyond the limits it is overflow, and no question of where the functions are defined.
        if let Some(state) = slope.iter().position(|slope| slope.is_nan())
            && within(x, &self.limit)
        {
            self.undefined.set(Some(Undefined { state, elapsed }));
        }
        for slope in &mut slope[..dims] {
            // A trial step that is too long can overflow. The integrator's error norm skips NaN and would accept such a
            // step; a large finite slope makes it reject the step and try a shorter one.
            *slope = if slope.is_nan() { LARGEST_SLOPE } else { slope.clamp(-LARGEST_SLOPE, LARGEST_SLOPE) };
        }
    }

    fn jacobian(&self, elapsed: f64, x: &[f64; S], jacobian: &mut Matrix<f64>) {
        let dims = self.model.dims();
        let mut dense = vec![0.0; dims * dims];
        self.model.jacobian_with(self.inputs, self.time(elapsed), &x[..dims], &mut dense);
        for row in 0..S {
            for column in 0..S {
                let inside = row < dims && column < dims;
                jacobian[(row, column)] = if inside { dense[row * dims + column] } else { 0.0 };
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::array;

    use super::{RolloutStatus, SimulationError, SimulationOptions, SparseModel, simulate};
    use crate::equation::{Equation, FittedTerm, parse_polynomial};

    fn model(equations: &[(&str, &str)]) -> SparseModel {
        let states: Vec<String> = equations.iter().map(|(state, _)| (*state).to_owned()).collect();
        let equation = |(_, rhs): &(&str, &str)| {
            let terms = parse_polynomial(rhs, &states).unwrap().into_iter();
            Equation { terms: terms.map(|(term, coefficient)| FittedTerm::new(term, coefficient)).collect() }
        };
        SparseModel::new("time", states.clone(), equations.iter().map(equation).collect()).unwrap()
    }

    fn grid(first: f64, step: f64, points: usize) -> Vec<f64> {
        (0..points).map(|i| first + step * i as f64).collect()
    }

    #[test]
    fn oscillator_agrees_with_its_exact_solution() {
        let model = model(&[("x", "v"), ("v", "-x")]);
        for first in [0.0, -3.0, 1e6] {
            let times = grid(first, 0.37, 200);
            let rollout = simulate(&model, &[1.0, 0.0], &times, &SimulationOptions::new(vec![1.0; 2])).unwrap();
            assert_eq!((rollout.reached, rollout.status), (200, RolloutStatus::Finished));
            for (time, row) in times.iter().zip(rollout.values.rows()) {
                // 12 periods at a local error of 1e-8.
                assert!((row[0] - (time - first).cos()).abs() < 1e-6, "at {time}");
                assert!((row[1] + (time - first).sin()).abs() < 1e-6, "at {time}");
            }
        }
    }

    #[test]
    fn every_number_of_states_is_integrated() {
        for dims in [1, 2, 3, 4, 5, 8, 9, 64] {
            let names: Vec<String> = (0..dims).map(|d| format!("x{d}")).collect();
            let rhs: Vec<String> = names.iter().map(|name| format!("-{name}")).collect();
            let model =
                model(&names.iter().map(String::as_str).zip(rhs.iter().map(String::as_str)).collect::<Vec<_>>());
            let x0: Vec<f64> = (0..dims).map(|d| d as f64).collect();
            let options = SimulationOptions::new(vec![dims as f64; dims]);
            let rollout = simulate(&model, &x0, &[0.0, 0.5, 2.0], &options).unwrap();
            assert_eq!(rollout.values.dim(), (3, dims));
            for (d, value) in rollout.values.row(2).iter().enumerate() {
                assert!((value - d as f64 * (-2.0f64).exp()).abs() < 1e-6 * dims as f64, "state {d} of {dims}");
            }
        }
        let names: Vec<String> = (0..65).map(|d| format!("x{d}")).collect();
        let model = model(&names.iter().map(|name| (name.as_str(), "0")).collect::<Vec<_>>());
        let result = simulate(&model, &[0.0; 65], &[0.0, 1.0], &SimulationOptions::new(vec![1.0; 65]));
        assert_eq!(result, Err(SimulationError::TooManyStates { found: 65 }));
    }

    #[test]
    fn divergence_is_a_status_with_its_time() {
        // x' = x² from 1: x = 1 / (1 - t), infinite at t = 1, above 1e6 from 1 - 1e-6
        for (rhs, blow_up) in [("x**2", 1.0), ("x**9", 0.125), ("5*x", 6f64.ln() / 5.0)] {
            let times = grid(0.0, 0.01, 1000);
            let rollout = simulate(&model(&[("x", rhs)]), &[1.0], &times, &SimulationOptions::new(vec![1.0])).unwrap();
            let RolloutStatus::Diverged { time } = rollout.status else { panic!("{rhs}: {:?}", rollout.status) };
            assert!(rollout.values.iter().all(|value| value.is_finite()));
            assert_eq!(rollout.values.nrows(), rollout.reached);
            assert!(rollout.reached < 1000 && times[rollout.reached] >= time - 0.011, "{rhs}: {}", rollout.reached);
            if rhs != "5*x" {
                assert!((time - blow_up).abs() < 1e-3, "{rhs} at {time}");
            }
        }
    }

    #[test]
    fn overflow_at_the_start_is_divergence() {
        let options = SimulationOptions::new(vec![1e200]);
        let rollout = simulate(&model(&[("x", "x**4")]), &[1e150], &[2.0, 3.0], &options).unwrap();
        assert_eq!((rollout.reached, rollout.status), (1, RolloutStatus::Diverged { time: 2.0 }));
        let options = SimulationOptions::new(vec![1.0]);
        let rollout = simulate(&model(&[("x", "0")]), &[1e7], &[2.0, 3.0], &options).unwrap();
        assert_eq!((rollout.reached, rollout.status), (0, RolloutStatus::Diverged { time: 2.0 }));
    }

    #[test]
    fn overflow_in_a_trial_step_is_not_divergence() {
        // x' = x³ - x²¹: nearly constant until t = 5e5, so that steps have grown long when x runs into 1 and stays.
        let times = grid(0.0, 1e5, 11);
        let model = model(&[("x", "x**3 - x**21")]);
        let rollout = simulate(&model, &[0.001], &times, &SimulationOptions::new(vec![1.0])).unwrap();
        assert_eq!(rollout.status, RolloutStatus::Finished);
        assert!((rollout.values[[10, 0]] - 1.0).abs() < 1e-6, "{}", rollout.values);
    }

    #[test]
    fn stiff_equations_are_finished_by_the_implicit_method() {
        // Van der Pol, mu = 1000: x(2000) from a reference integration with rtol 1e-10.
        let model = model(&[("x", "v"), ("v", "1000*v - 1000*x**2*v - x")]);
        let times = grid(0.0, 100.0, 21);
        let rollout = simulate(&model, &[2.0, 0.0], &times, &SimulationOptions::new(vec![2.0, 1000.0])).unwrap();
        assert_eq!(rollout.status, RolloutStatus::Finished);
        let last = rollout.values[[20, 0]];
        assert!((last - 1.706_167_73).abs() < 1e-4, "x(2000) = {last}");
        // x' = x - 1e9 x³ soon rests at 10^-4.5, where the eigenvalue is -2: stability limits explicit steps to about 2,
        // and the budget allows a tenth of those needed.
        let model = self::model(&[("x", "x - 1e9*x**3")]);
        let rollout = simulate(&model, &[2.0], &[0.0, 1e6], &SimulationOptions::new(vec![2.0])).unwrap();
        assert_eq!(rollout.status, RolloutStatus::Finished);
        assert!((rollout.values[[1, 0]] - 10f64.powf(-4.5)).abs() < 1e-9, "{}", rollout.values);
    }

    #[test]
    fn step_budget_is_a_status() {
        let options = SimulationOptions { max_steps: 20, ..SimulationOptions::new(vec![1.0; 2]) };
        let model = model(&[("x", "v"), ("v", "-x")]);
        let rollout = simulate(&model, &[1.0, 0.0], &grid(0.0, 1.0, 1001), &options).unwrap();
        let RolloutStatus::StepBudget { time } = rollout.status else { panic!("{:?}", rollout.status) };
        assert!(time > 1.0 && rollout.reached == time.floor() as usize + 1, "{} at {time}", rollout.reached);
    }

    #[test]
    fn equilibria_and_single_times_finish() {
        let options = SimulationOptions::for_data(array![[0.0, 0.0], [0.0, f64::NAN]].view());
        let model = model(&[("x", "v"), ("v", "-x")]);
        let rollout = simulate(&model, &[0.0, 0.0], &grid(0.0, 10.0, 11), &options).unwrap();
        assert_eq!((rollout.reached, rollout.status), (11, RolloutStatus::Finished));
        assert_eq!(rollout.values.sum(), 0.0);
        let rollout = simulate(&model, &[1.0, 2.0], &[5.0], &options).unwrap();
        assert_eq!((rollout.values, rollout.status), (array![[1.0, 2.0]], RolloutStatus::Finished));
        let rollout = simulate(&model, &[1.0, 2.0], &[], &options).unwrap();
        assert_eq!((rollout.reached, rollout.status), (0, RolloutStatus::Finished));
    }

    #[test]
    fn misuse_is_an_error() {
        let model = model(&[("x", "v"), ("v", "-x")]);
        let options = SimulationOptions::new(vec![1.0; 2]);
        let run =
            |x0: &[f64], times: &[f64], options: &SimulationOptions| simulate(&model, x0, times, options).unwrap_err();
        assert!(matches!(run(&[1.0], &[0.0], &options), SimulationError::Shape { expected: 2, found: 1, .. }));
        let short = SimulationOptions::new(vec![1.0]);
        assert!(matches!(run(&[1.0, 0.0], &[0.0], &short), SimulationError::Shape { what: "the scale", .. }));
        let error = run(&[1.0, f64::NAN], &[0.0], &options);
        assert_eq!(error.to_string(), "the initial value of v is NaN");
        for value in [0.0, -1e-8, 1e-14, 1.0, f64::NAN] {
            let options = SimulationOptions { relative_tolerance: value, ..options.clone() };
            assert!(matches!(run(&[1.0, 0.0], &[0.0], &options), SimulationError::Tolerance { .. }), "{value}");
        }
        assert!(matches!(run(&[1.0, 0.0], &[0.0, 0.0], &options), SimulationError::Times { index: 1, .. }));
        assert!(matches!(run(&[1.0, 0.0], &[f64::NAN], &options), SimulationError::Times { index: 0, .. }));
    }
}
