//! Additive or proportional noise, judged by what a fit leaves of the data.

use mechnn_solver::smoother::GaussNewton;

use crate::data::NoiseModel;
use crate::discovery::fit::{Estimator, Fit, NOISE_FLOOR, noise_from_residuals};
use crate::discovery::prepare::PreparedData;
use crate::discovery::prepare::noise::StatesAre;
use crate::discovery::structure::{Guess, Problem};

/// Level of model error on the way to the fit under the other noise model.
const FIRST_LEVEL: f64 = 0.02;

/// Deviance by which the other noise model must be better to be taken: likelihood odds of 7.
const CLEARLY_BETTER: f64 = 4.0;

/// The data and the fit under the other noise model, if the data make that one more likely.
///
/// The smoothed states decide first, and cannot do it well: how smooth a state or its logarithm is says more than the
/// noise does. Against equations the residuals can be compared by themselves.
pub(crate) fn with_other_noise(problem: &Problem<'_>, fit: &Fit) -> Option<(PreparedData, Fit)> {
    let mut data = problem.data.clone();
    let other = |model: &NoiseModel| match model {
        NoiseModel::Additive => NoiseModel::Proportional,
        NoiseModel::Proportional => NoiseModel::Additive,
    };
    let models = data.noise_models.iter().map(other).collect();
    data.set_noise_models(models, &fit.estimate.states, StatesAre::Smoothed);
    let under_other = problem.on(&data);
    let noise = noise_from_residuals(&under_other, fit);
    let guess = Guess { structure: fit.structure.clone(), parameters: fit.estimate.parameters.clone() };
    let levels = [FIRST_LEVEL, problem.tuning.tight];
    let states = fit.estimate.states.clone();
    let other = Estimator::new(under_other).fit(guess, states, &noise, &levels, GaussNewton::default()).ok()?;
    let gain = noise_deviance(problem.data, fit) - noise_deviance(&data, &other);
    (gain > CLEARLY_BETTER).then_some((data, other))
}

/// Minus twice the log-likelihood of all residuals, the noise of every state at its best: with residuals e and the
/// sizes r of the noise relative to it,
///
/// $$ \sum_d n_d \ln\Big( \tfrac{1}{n_d} \sum_i e_i^2 / r_i^2 \Big) + 2 \sum_i \ln r_i $$
fn noise_deviance(data: &PreparedData, fit: &Fit) -> f64 {
    let dims = data.dims();
    let (mut squares, mut counts, mut sizes) = (vec![0.0; dims], vec![0.0; dims], 0.0);
    let mut offset = 0;
    for segment in &data.segments {
        let states = &fit.estimate.states[offset..][..segment.observations.len()];
        for (index, (x, y)) in states.iter().zip(&segment.observations).enumerate().filter(|(_, (_, y))| !y.is_nan()) {
            let relative = segment.relative_noise.at(index);
            squares[index % dims] += ((x - y) / relative).powi(2);
            counts[index % dims] += 1.0;
            sizes += 2.0 * relative.ln();
        }
        offset += segment.observations.len();
    }
    let of_state = |d: usize| counts[d] * (squares[d] / counts[d] + (NOISE_FLOOR * data.spread[d]).powi(2)).ln();
    (0..dims).filter(|&d| counts[d] > 0.0).map(of_state).sum::<f64>() + sizes
}

#[cfg(test)]
mod tests {
    use super::with_other_noise;
    use crate::data::{Dataset, NoiseModel};
    use crate::discovery::DiscoveryOptions;
    use crate::discovery::fit::Fit;
    use crate::discovery::test_problem::{TestProblem, polynomials, simulated, times};

    /// A decay over three decades, every value changed by what is multiplied, and by what is added.
    fn decay(multiplied: f64, added: f64, noise_model: NoiseModel) -> (TestProblem, Fit) {
        let mut data: Dataset = simulated(&[("x", "-0.7*x")], &[&[10.0]], &times(81, 0.1));
        // No random numbers: the fractional parts of multiples of the golden ratio, about zero, are spread evenly.
        for (i, value) in data.trajectories[0].values.iter_mut().enumerate() {
            let part = (f64::from(i as u32) * 0.618_033_988_749_895).fract() - 0.5;
            *value = *value * (1.0 + multiplied * part) + added * part;
        }
        let options = DiscoveryOptions { noise_model: Some(noise_model), ..polynomials(1) };
        let test = TestProblem::new(data, &options);
        let fit = test.fit(&[(0, "x")]);
        (test, fit)
    }

    #[test]
    fn proportional_noise_is_taken_where_it_is() {
        let (test, fit) = decay(0.2, 0.0, NoiseModel::Additive);
        let (data, fit) = with_other_noise(&test.problem(), &fit).expect("the other model");
        assert_eq!(data.noise_models, [NoiseModel::Proportional]);
        let rate = fit.parameters()[0] * test.problem().factor(fit.structure.candidates()[0]);
        // Residuals of 6 % in 81 rows over 8 units of time: the rate is known to about 0.003.
        assert!((rate + 0.7).abs() < 0.01, "{rate}, expected -0.7");
        let (test, fit) = decay(0.2, 0.0, NoiseModel::Proportional);
        assert!(with_other_noise(&test.problem(), &fit).is_none(), "it has the right one already");
    }

    #[test]
    fn additive_noise_is_taken_where_it_is() {
        // It stays above zero, so that both models can be had.
        let (test, fit) = decay(0.0, 0.03, NoiseModel::Proportional);
        let (data, _) = with_other_noise(&test.problem(), &fit).expect("the other model");
        assert_eq!(data.noise_models, [NoiseModel::Additive]);
        let (test, fit) = decay(0.0, 0.03, NoiseModel::Additive);
        assert!(with_other_noise(&test.problem(), &fit).is_none(), "it has the right one already");
    }
}
