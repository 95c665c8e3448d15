//! Profile likelihoods: how the fit worsens when one parameter is moved and all others follow.

use std::ops::ControlFlow;

use mechnn_solver::smoother::{Estimate, ExactFit, GaussNewton};

use crate::inference::fit::{Fit, problem_per_time};
use crate::inference::prepare::Binding;

/// A profile of one parameter.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ProfileLikelihood {
    /// Values of the parameter and how much larger than at the best the sum of squares is there, by rising value.
    pub points: Vec<(f64, f64)>,
    /// Where that crosses the threshold; `None` where it does not within the range tried.
    pub interval: (Option<f64>, Option<f64>),
    /// The threshold.
    pub threshold: f64,
}

/// Bracketing and bisection steps on each side.
const MAX_STEPS: usize = 24;

/// The crossing is found when the sum of squares is this close to the threshold.
const TOLERANCE: f64 = 0.01;

/// The farthest to look, in coordinates: 40 is 17 decades of a positive parameter.
const FARTHEST: f64 = 40.0;

/// Profile of unknown `index`, whose coordinate has the standard error `deviation`; `None` if it was stopped.
pub(crate) fn profile(
    fit: &Fit<'_>,
    index: usize,
    deviation: f64,
    threshold: f64,
    report: &mut dyn FnMut() -> ControlFlow<()>,
) -> Option<ProfileLikelihood> {
    let best = fit.coordinates[index];
    let bounds = fit.binding.unknowns[index].bounds;
    let first = threshold.sqrt() * if deviation.is_finite() { deviation.clamp(1e-12, 5.0) } else { 1.0 };
    let mut points = vec![(bounds.value(best), 0.0)];
    let mut crossings = [None, None];
    for (side, crossing) in [-1.0, 1.0].into_iter().zip(&mut crossings) {
        let mut guess = without(&fit.estimate, index);
        let (mut inside, mut outside): (f64, Option<(f64, f64)>) = (0.0, None);
        let mut at_inside = 0.0;
        let mut distance = first;
        for _ in 0..MAX_STEPS {
            if report().is_break() {
                return None;
            }
            let u = best + side * distance;
            // No fit there counts as a bad one.
            let worse = match refit(&fit.binding.with_fixed(index, u), &guess) {
                Some((estimate, objective)) => {
                    guess = estimate;
                    objective - fit.objective
                }
                None => f64::INFINITY,
            };
            if worse.is_finite() {
                points.push((bounds.value(u), worse.max(0.0)));
            }
            if (worse - threshold).abs() <= TOLERANCE * threshold {
                *crossing = Some(bounds.value(u));
                break;
            }
            if worse < threshold {
                (inside, at_inside) = (distance, worse.max(0.0));
            } else {
                outside = Some((distance, worse));
            }
            distance = match outside {
                None if distance >= FARTHEST => break,
                None => (distance * 1.6).min(FARTHEST),
                // The profile is nearly a parabola: its root is nearly linear.
                Some((far, at_far)) if at_far.is_finite() => {
                    let (low, high) = (at_inside.sqrt(), at_far.sqrt());
                    let part = ((threshold.sqrt() - low) / (high - low)).clamp(0.1, 0.9);
                    inside + part * (far - inside)
                }
                Some((far, _)) => 0.5 * (inside + far),
            };
            if outside.is_some_and(|(far, _)| far - inside <= 1e-6 * far) {
                *crossing = Some(bounds.value(best + side * inside));
                break;
            }
        }
    }
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let [low, high] = crossings;
    let rising = bounds.slope(best) >= 0.0;
    Some(ProfileLikelihood { points, interval: if rising { (low, high) } else { (high, low) }, threshold })
}

fn without(estimate: &Estimate, index: usize) -> Estimate {
    let mut estimate = estimate.clone();
    estimate.parameters.remove(index);
    estimate
}

/// The best fit of a problem with one unknown less, errors as they are.
fn refit(binding: &Binding<'_>, guess: &Estimate) -> Option<(Estimate, f64)> {
    let segments = binding.segments();
    let mut estimate = guess.clone();
    let settings = GaussNewton { max_iterations: 40, tolerance: 1e-6, corrects: true };
    let no_error = vec![1.0; binding.model.dims()];
    let problem = problem_per_time(binding, &segments, &no_error, 1.0, &binding.no_prior);
    let report = ExactFit { problem, initial: binding }.minimize(&settings, &mut estimate).ok()?;
    Some((estimate, report.objective))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::ops::ControlFlow;

    use super::{TOLERANCE, profile};
    use crate::inference::Model;
    use crate::inference::example::{DECAY, decay, fitted};
    use crate::inference::fit::analyse;

    #[test]
    fn a_profile_crosses_the_threshold_on_both_sides_of_the_best_and_can_be_stopped() {
        let model = Model::from_toml(DECAY).unwrap();
        let data = decay();
        let fit = fitted(&model, &data);
        let deviation = analyse(&fit.information, 2).0[0].sqrt();
        let best = fit.binding.unknowns[0].bounds.value(fit.coordinates[0]);
        let found = profile(&fit, 0, deviation, 4.0, &mut || ControlFlow::Continue(())).unwrap();
        let (low, high) = (found.interval.0.unwrap(), found.interval.1.unwrap());
        assert!(low < best && best < high, "{found:?}");
        for end in [low, high] {
            let (_, worse) = found.points.iter().find(|(value, _)| *value == end).unwrap();
            assert!((worse - 4.0).abs() <= 4.0 * TOLERANCE, "{found:?}");
        }
        assert!(found.points.is_sorted_by_key(|(value, _)| *value));
        assert_eq!(profile(&fit, 0, deviation, 4.0, &mut || ControlFlow::Break(())), None);
    }
}
