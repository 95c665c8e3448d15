//! Additive noise, proportional noise, or both, judged by what a fit leaves of the data.

use mechnn_solver::smoother::GaussNewton;

use crate::data::NoiseModel;
use crate::discovery::fit::{Estimator, Fit, NOISE_FLOOR, noise_from_residuals};
use crate::discovery::prepare::PreparedData;
use crate::discovery::prepare::noise::{
    LARGEST_FRACTION, LEAST_RELATIVE_NOISE, ProportionalPart, StatesAre, sizes_of,
};
use crate::discovery::structure::{Guess, Problem};

/// Level of model error on the way to the fit under the other noise model.
const FIRST_LEVEL: f64 = 0.02;

/// Residuals of a fit that weighs small states as large ones say little of the noise of small ones: so the choice is
/// made again with those of the fit that it led to, at most this many times.
const PASSES: usize = 3;

/// Deviance by which another noise model must be better to be taken: likelihood odds of 7.
const CLEARLY_BETTER: f64 = 4.0;

/// Proportional parts that are compared where both parts may be there, in additive parts at the root mean square.
const RATIOS: [f64; 7] = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0];

/// The data and the fit under another noise model, if the data make that one more likely.
///
/// The smoothed states decide first, and cannot do it well: how smooth a state or its logarithm is says more than the
/// noise does. Against equations the residuals can be compared by themselves. `asked` is the model that every state
/// must have; without it the states of one table have the same unless the data of one speak clearly against it.
pub(crate) fn with_other_noise(
    problem: &Problem<'_>,
    fit: &Fit,
    asked: Option<NoiseModel>,
) -> Option<(PreparedData, Fit)> {
    let mut other: Option<(PreparedData, Fit)> = None;
    for _ in 0..PASSES {
        let (data, fit) = other.as_ref().map_or((problem.data, fit), |(data, fit)| (data, fit));
        let residuals = Residuals::new(data, fit);
        let of_measured = match asked {
            None => residuals.likeliest_parts(),
            Some(model) => residuals.likeliest_parts_of(model),
        };
        // That of a velocity is that of its state.
        let parts: Vec<ProportionalPart> = (0..data.dims()).map(|d| of_measured[data.roles.position(d)]).collect();
        if parts == data.noise_parts {
            break;
        }
        let Some(next) = fit_under(problem, data, fit, parts) else { break };
        other = Some(next);
    }
    let total = |data: &PreparedData, fit: &Fit| Residuals::new(data, fit).total(&data.noise_parts);
    let before = total(problem.data, fit);
    other.filter(|(data, fit)| asked.is_some() || before - total(data, fit) > CLEARLY_BETTER)
}

/// The data with these parts of the noise, and the fit continued under them.
fn fit_under(
    problem: &Problem<'_>,
    data: &PreparedData,
    fit: &Fit,
    parts: Vec<ProportionalPart>,
) -> Option<(PreparedData, Fit)> {
    let mut data = data.clone();
    data.set_noise_parts(parts, &fit.estimate.states, StatesAre::Smoothed);
    let under = problem.on(&data);
    let noise = noise_from_residuals(&under, fit);
    let guess = Guess { structure: fit.structure.clone(), parameters: fit.estimate.parameters.clone() };
    let levels = [FIRST_LEVEL, problem.tuning.tight];
    let states = fit.estimate.states.clone();
    let other = Estimator::new(under).fit(guess, states, &noise, &levels, GaussNewton::default()).ok()?;
    Some((data, other))
}

/// What a fit leaves of the observations, by state.
struct Residuals {
    /// Of each measured state: residual, and size of the state in root mean squares, of every observation.
    of_states: Vec<Vec<(f64, f64)>>,
    /// The least variance of the noise that the discretisation can tell, `[D]`.
    floor: Vec<f64>,
}

impl Residuals {
    fn new(data: &PreparedData, fit: &Fit) -> Self {
        let (dims, measured) = (data.dims(), data.roles.measured());
        let sizes = sizes_of(&data.segments, &fit.estimate.states, dims, StatesAre::Smoothed);
        let mut of_states = vec![Vec::new(); measured];
        let mut offset = 0;
        for (segment, sizes) in data.segments.iter().zip(&sizes) {
            let states = &fit.estimate.states[offset..][..segment.observations.len()];
            offset += segment.observations.len();
            for (index, y) in segment.observations.iter().enumerate().filter(|(_, y)| !y.is_nan()) {
                // Of velocities nothing was observed.
                of_states[index % dims].push((y - states[index], sizes[index]));
            }
        }
        let floor = data.spread.iter().take(measured).map(|spread| (NOISE_FLOOR * spread).powi(2)).collect();
        Self { of_states, floor }
    }

    /// Minus twice the log-likelihood of the residuals of state d, the noise at its best: with residuals e and the
    /// sizes r of the noise relative to it,
    ///
    /// $$ n \ln\Big( \tfrac{1}{n} \sum_i e_i^2 / r_i^2 \Big) + 2 \sum_i \ln r_i $$
    ///
    /// Infinite where the noise would be larger than the state itself.
    fn deviance(&self, d: usize, part: ProportionalPart) -> f64 {
        let own = &self.of_states[d];
        if own.is_empty() {
            return 0.0;
        }
        let count = own.len() as f64;
        let (mut squares, mut sizes) = (0.0, 0.0);
        for (residual, size) in own {
            let relative = part.relative(*size, LEAST_RELATIVE_NOISE);
            squares += (residual / relative).powi(2);
            sizes += 2.0 * relative.ln();
        }
        let variance = squares / count;
        // Scaled states have root mean square 1, so that this is the fraction.
        if (variance * part.value()).sqrt() > LARGEST_FRACTION {
            return f64::INFINITY;
        }
        count * (variance + self.floor[d]).ln() + sizes
    }

    fn total(&self, parts: &[ProportionalPart]) -> f64 {
        parts.iter().take(self.of_states.len()).enumerate().map(|(d, part)| self.deviance(d, *part)).sum()
    }

    /// Of each state: the part that most of them speak for, unless its own residuals speak clearly for another.
    fn likeliest_parts(&self) -> Vec<ProportionalPart> {
        let dims = self.floor.len();
        let of_all = |part: ProportionalPart| self.total(&vec![part; dims]);
        let (none, all) = (ProportionalPart::NONE, ProportionalPart::ALL);
        let usual = if of_all(all) < of_all(none) { all } else { none };
        let of_state = |d: usize| {
            let (of_one, one) = self.best(d, [none, all].into_iter());
            let (of_both, both) = self.best(d, RATIOS.into_iter().map(ProportionalPart::of_ratio));
            // A second number costs what every number costs.
            let second = (self.of_states[d].len().max(2) as f64).ln().max(CLEARLY_BETTER);
            let usual = (self.deviance(d, usual), usual);
            let (best, _) = [usual, (of_one + CLEARLY_BETTER, one), (of_both + second, both)]
                .map(|(deviance, part)| (part, deviance))
                .into_iter()
                .fold((usual.1, usual.0), |best, own| if own.1 < best.1 { own } else { best });
            best
        };
        (0..dims).map(of_state).collect()
    }

    /// Of each state the likeliest part of noise that depends on what was asked for.
    fn likeliest_parts_of(&self, model: NoiseModel) -> Vec<ProportionalPart> {
        let of_state = |d: usize| match model {
            NoiseModel::Both => self.best(d, RATIOS.into_iter().map(ProportionalPart::of_ratio)).1,
            NoiseModel::Additive | NoiseModel::Proportional => ProportionalPart::of_model(model),
        };
        (0..self.floor.len()).map(of_state).collect()
    }

    fn best(&self, d: usize, parts: impl Iterator<Item = ProportionalPart>) -> (f64, ProportionalPart) {
        let judged = parts.map(|part| (self.deviance(d, part), part));
        judged.fold((f64::INFINITY, ProportionalPart::NONE), |best, own| if own.0 < best.0 { own } else { best })
    }
}

#[cfg(test)]
mod tests {
    use super::{ProportionalPart, with_other_noise};
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
        let (data, fit) = with_other_noise(&test.problem(), &fit, None).expect("the other model");
        assert_eq!(data.noise_parts, [ProportionalPart::ALL]);
        let rate = fit.parameters()[0] * test.problem().factor(fit.structure.candidates()[0]);
        // Residuals of 6 % in 81 rows over 8 units of time: the rate is known to about 0.003.
        assert!((rate + 0.7).abs() < 0.01, "{rate}, expected -0.7");
        let (test, fit) = decay(0.2, 0.0, NoiseModel::Proportional);
        assert!(with_other_noise(&test.problem(), &fit, None).is_none(), "it has the right one already");
    }

    #[test]
    fn additive_noise_is_taken_where_it_is() {
        // It stays above zero, so that both models can be had.
        let (test, fit) = decay(0.0, 0.03, NoiseModel::Proportional);
        let (data, _) = with_other_noise(&test.problem(), &fit, None).expect("the other model");
        assert_eq!(data.noise_parts, [ProportionalPart::NONE]);
        let (test, fit) = decay(0.0, 0.03, NoiseModel::Additive);
        assert!(with_other_noise(&test.problem(), &fit, None).is_none(), "it has the right one already");
    }

    #[test]
    fn both_parts_are_found_where_they_are() {
        // At the start 0.5 of the proportional part and 0.03 of the additive one, at the end 0.002 and 0.03.
        let (test, fit) = decay(0.1, 0.06, NoiseModel::Proportional);
        let (data, _) = with_other_noise(&test.problem(), &fit, None).expect("another model");
        assert_eq!(data.noise_parts[0].model(), NoiseModel::Both);
        let (test, fit) = decay(0.1, 0.06, NoiseModel::Additive);
        let (data, _) = with_other_noise(&test.problem(), &fit, Some(NoiseModel::Both)).expect("what was asked for");
        assert_eq!(data.noise_parts[0].model(), NoiseModel::Both);
    }
}
