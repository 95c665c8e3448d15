//! Integration of a model from given initial values.

use std::cell::Cell;

use ndarray::Array2;

use super::integration::integrate;
use super::options::{MAX_DIMS, TOLERANCES};
use super::recorder::Recorder;
use super::system::System;
use super::{Rollout, RolloutStatus, SimulationError, SimulationOptions};
use crate::data::InputSignal;
use crate::equation::model::SparseModel;

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
/// [`SimulationError`] for arguments that do not fit. A rollout that diverges or does not finish says so in its
/// status.
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
    let (Some(&first), Some(&last)) = (times.first(), times.last()) else {
        // Of no times all were reached.
        return Rollout {
            values: Array2::from_elem((0, dims), f64::NAN),
            reached: 0,
            status: RolloutStatus::Finished,
        };
    };
    let scale: [f64; S] = std::array::from_fn(|d| match options.scale.get(d) {
        Some(&scale) if scale.is_finite() && scale > 0.0 => scale,
        _ => 1.0,
    });
    let mut start = [0.0; S];
    start[..dims].copy_from_slice(x0);
    let limit = scale.map(|scale| scale * options.divergence_factor);
    let undefined = Cell::new(None);
    let mut recorder = Recorder::new(times, (first, last), dims, limit, &undefined);
    let system = System { model, inputs, first, last, limit, undefined: &undefined };
    let status = integrate(&system, start, scale, options, &mut recorder);
    recorder.into_rollout(status)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::array;

    use super::{SimulationError, SimulationOptions, SparseModel, simulate};
    use crate::equation::{Equation, FittedTerm, RolloutStatus, parse_polynomial};

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
        // x' = x - 1e9 x³ soon rests at 10^-4.5, where the eigenvalue is -2: stability limits explicit steps to about
        // 2, and the budget allows a tenth of those needed.
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
