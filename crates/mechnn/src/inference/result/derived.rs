//! Quantities computed from the parameters.

use super::inference_result::InferredNumber;
use crate::data::Dataset;
use crate::inference::fit::Fit;

/// Quantities computed from the parameters, by the derivatives; once where all trajectories give the same.
pub(crate) fn derived(fit: &Fit<'_>, data: &Dataset, covariance: &[f64], quantile: f64) -> Vec<InferredNumber> {
    let unknowns = fit.binding.unknowns.len();
    let theta = &fit.estimate.parameters;
    let mut all = Vec::new();
    for derived in &fit.binding.model.derived {
        let depends_on_trajectory = fit
            .binding
            .unknowns
            .iter()
            .any(|unknown| unknown.trajectory.is_some() && derived.expression.uses_constant(unknown.parameter))
            && data.trajectories.len() > 1;
        let count = if depends_on_trajectory { data.trajectories.len() } else { 1 };
        for (trajectory, of) in fit.binding.trajectories.iter().zip(&data.trajectories).take(count) {
            let constants = trajectory.constants(theta);
            let mut by_constant = vec![0.0; constants.len()];
            let value = derived.expression.gradient_into(&[], &constants, &mut [], &mut by_constant);
            let mut slope = vec![0.0; unknowns];
            trajectory.chain(theta, &by_constant, 1.0, &mut slope);
            let mut variance = 0.0;
            for i in (0..unknowns).filter(|&i| slope[i] != 0.0) {
                for j in (0..unknowns).filter(|&j| slope[j] != 0.0) {
                    variance += slope[i] * covariance[i * unknowns + j] * slope[j];
                }
            }
            // Rounding may lead below zero. A derivative that is not a number stays one: it must not look like
            // certainty.
            let standard_error = if variance < 0.0 { 0.0 } else { variance.sqrt() };
            let straight = (value - quantile * standard_error, value + quantile * standard_error);
            let mut involved = (0..unknowns).filter(|&j| slope[j] != 0.0);
            // What depends on one unknown only has the interval of that one, bent as it is.
            let bent = match (involved.next(), involved.next()) {
                (Some(j), None) => {
                    let half = quantile * covariance[j * unknowns + j].sqrt();
                    let ends = [-half, half].map(|by| {
                        let mut theta = theta.clone();
                        theta[j] += by;
                        derived.expression.evaluate(&[], &trajectory.constants(&theta))
                    });
                    // Written so that a pole between the ends, which puts the value outside, keeps the straight one.
                    let inside = (ends[0] <= value && value <= ends[1]) || (ends[1] <= value && value <= ends[0]);
                    (inside && half.is_finite()).then_some((ends[0].min(ends[1]), ends[0].max(ends[1])))
                }
                _ => None,
            };
            all.push(InferredNumber {
                name: derived.name.clone(),
                trajectory: depends_on_trajectory.then(|| of.name.clone()),
                value,
                standard_error,
                interval: bent.unwrap_or(straight),
                profile: None,
            });
        }
    }
    all
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::derived;
    use crate::inference::Model;
    use crate::inference::example::{DECAY, decay, fitted};

    #[test]
    fn a_quantity_of_one_unknown_has_the_interval_of_that_one() {
        let model = Model::from_toml(DECAY).unwrap();
        let data = decay();
        let fit = fitted(&model, &data);
        // k = exp(u) with a deviation of 0.1 in u.
        let found = &derived(&fit, &data, &[0.01, 0.0, 0.0, 1.0], 2.0)[0];
        let half_life = 2f64.ln() / fit.coordinates[0].exp();
        assert!((found.value / half_life - 1.0).abs() < 1e-12);
        assert!((found.standard_error / (0.1 * half_life) - 1.0).abs() < 1e-12, "{found:?}");
        let (low, high) = found.interval;
        assert!((low / half_life - (-0.2f64).exp()).abs() < 1e-12, "{found:?}");
        assert!((high / half_life - 0.2f64.exp()).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn a_derivative_that_is_no_number_is_no_certainty() {
        let model = Model::from_toml(&DECAY.replace("log(2)/k", "sqrt(-k)")).unwrap();
        let data = decay();
        let found = &derived(&fitted(&model, &data), &data, &[0.01, 0.0, 0.0, 1.0], 2.0)[0];
        assert!(found.value.is_nan() && found.standard_error.is_nan(), "{found:?}");
    }
}
