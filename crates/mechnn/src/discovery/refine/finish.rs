//! Outliers and the noise model as the equations judge them, then the last fit.

use mechnn_solver::smoother::{GaussNewton, SmootherError};

use super::noise_choice::with_other_noise;
use super::outliers::judged_by_equations;
use super::polish::{Polished, polish};
use super::settle::settled;
use crate::data::NoiseModel;
use crate::discovery::fit::Fit;
use crate::discovery::request::DiscoveryOptions;
use crate::discovery::structure::Problem;

/// Outliers judged by the equations, the noise model that the residuals ask for, if none was given, and the equations
/// obeyed as far as the data bear.
///
/// # Errors
/// [`SmootherError`] if a fit fails.
pub(crate) fn finish(problem: &Problem<'_>, fit: &Fit, options: &DiscoveryOptions) -> Result<Polished, SmootherError> {
    let judged = judged_by_equations(problem, fit);
    let problem = &judged.as_ref().map_or(*problem, |data| problem.on(data));
    let fit = match &judged {
        Some(_) => settled(problem, fit.clone(), GaussNewton::default())?,
        None => fit.clone(),
    };
    let other = match (options.noise_model, &options.noise_std) {
        (None, None) => with_other_noise(problem, &fit, None),
        (Some(NoiseModel::Both), None) => with_other_noise(problem, &fit, Some(NoiseModel::Both)),
        _ => None,
    };
    match other {
        Some((data, fit)) => {
            let problem = problem.on(&data);
            polish(&problem, &settled(&problem, fit, GaussNewton::default())?, options.simplify)
        }
        None => polish(problem, &fit, options.simplify),
    }
}

#[cfg(test)]
mod tests {
    use super::finish;
    use crate::data::NoiseModel;
    use crate::discovery::DiscoveryOptions;
    use crate::discovery::test_problem::{TestProblem, polynomials, simulated, times};

    #[test]
    fn the_noise_model_is_left_alone_where_it_or_the_noise_is_given() {
        let mut data = simulated(&[("x", "-0.7*x")], &[&[10.0]], &times(61, 0.1));
        // Every value a tenth too large or too small in turn: proportional, whatever is said.
        for (i, value) in data.trajectories[0].values.iter_mut().enumerate() {
            *value *= if (i / 2) % 2 == 0 { 1.1 } else { 0.9 };
        }
        let additive = DiscoveryOptions { noise_model: Some(NoiseModel::Additive), simplify: false, ..polynomials(1) };
        let test = TestProblem::new(data, &additive);
        let fit = test.fit(&[(0, "x")]);
        let open = DiscoveryOptions { noise_model: None, ..additive.clone() };
        let known = DiscoveryOptions { noise_model: None, noise_std: Some(vec![0.5]), ..additive.clone() };
        for (options, expected) in
            [(&additive, NoiseModel::Additive), (&known, NoiseModel::Additive), (&open, NoiseModel::Proportional)]
        {
            let polished = finish(&test.problem(), &fit, options).expect("a fit");
            assert_eq!(polished.data.noise_parts[0].model(), expected);
        }
    }
}
