//! The noise that a fit leaves.

use mechnn_solver::smoother::Estimate;

use super::fitted::Fit;
use crate::discovery::candidates::Candidate;
use crate::discovery::prepare::PreparedData;
use crate::discovery::structure::{Problem, Structure};

/// Relative to a state's spread: below it the discretisation, not the noise, limits the fit, and evidence counted in
/// units of the noise would be worthless.
pub(crate) const NOISE_FLOOR: f64 = 1e-5;

/// At least this part of the observations counts as free, however many numbers were spent on them.
const LEAST_FREEDOM: f64 = 0.25;

/// Sums of squared residuals in units of the relative noise, `[D]`.
pub(crate) fn residual_squares(data: &PreparedData, estimate: &Estimate) -> Vec<f64> {
    let dims = data.dims();
    let mut squares = vec![0.0; dims];
    let mut offset = 0;
    for segment in &data.segments {
        let states = &estimate.states[offset..][..segment.observations.len()];
        for (index, (x, y)) in states.iter().zip(&segment.observations).enumerate() {
            if !y.is_nan() {
                squares[index % dims] += ((x - y) / segment.relative_noise.at(index)).powi(2);
            }
        }
        offset += segment.observations.len();
    }
    squares
}

/// Root mean square of the residuals, corrected for the numbers spent on them, scaled, `[D]`.
pub(crate) fn residual_noise(problem: &Problem<'_>, fit: &Fit) -> Vec<f64> {
    let squares = residual_squares(problem.data, &fit.estimate);
    let mut noise: Vec<f64> = (0..problem.dims())
        .map(|d| {
            let observed = problem.data.observations(d);
            let spent = numbers_of(problem, &fit.structure, d) as f64;
            (squares[d] / (observed - spent).max(LEAST_FREEDOM * observed)).sqrt()
        })
        .collect();
    problem.data.complete_noise(&mut noise);
    noise
}

/// The same, but not below what the discretisation can tell.
pub(crate) fn noise_from_residuals(problem: &Problem<'_>, fit: &Fit) -> Vec<f64> {
    floored(problem.data, &residual_noise(problem, fit))
}

/// Noise that is not below what the discretisation can tell, `[D]`.
pub(crate) fn floored(data: &PreparedData, noise: &[f64]) -> Vec<f64> {
    noise.iter().zip(&data.spread).map(|(noise, spread)| noise.max(NOISE_FLOOR * spread)).collect()
}

/// Numbers that are estimated from the observations of a measured state: coefficients and inner constants of its
/// equation, an initial value of each trajectory, and an initial velocity.
pub(super) fn numbers_of(problem: &Problem<'_>, structure: &Structure, d: usize) -> usize {
    let (data, dictionary) = (problem.data, &problem.space.dictionary);
    let is_own = |candidate: &&Candidate| data.roles.position(candidate.state) == d;
    let own = structure.candidates().iter().filter(is_own);
    let initial = data.segments.len() * data.dims() / data.roles.measured();
    own.map(|candidate| 1 + dictionary.constants_of(candidate.term)).sum::<usize>() + initial
}

#[cfg(test)]
mod tests {
    use mechnn_solver::smoother::RelativeNoise;

    use super::{Estimate, floored, noise_from_residuals, numbers_of, residual_noise, residual_squares};
    use crate::discovery::test_problem::{SWING, TestProblem, options, polynomials, simulated, times};

    #[test]
    fn squares_are_in_units_of_the_relative_noise_and_gaps_count_for_nothing() {
        let mut test = TestProblem::swing(1, 0.0);
        let segment = &mut test.data.segments[0];
        // Twice the noise in every second row of x, and a gap in y.
        let relative = (0..segment.observations.len()).map(|index| if index % 4 == 0 { 2.0 } else { 1.0 });
        segment.relative_noise = RelativeNoise::OfEach(relative.collect());
        let states = segment.observations.iter().map(|y| y + 0.1).collect();
        segment.observations[1] = f64::NAN;
        let estimate = Estimate { states, parameters: Vec::new() };
        // x: 41 rows of (0.1 / 2)² and 40 of 0.1²; y: 80 of 0.1².
        let squares = residual_squares(&test.data, &estimate);
        let expected = [41.0 * 0.0025 + 40.0 * 0.01, 80.0 * 0.01];
        for (found, expected) in squares.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found}, expected {expected} up to rounding");
        }
    }

    #[test]
    fn residuals_are_corrected_for_the_numbers_spent_on_them() {
        let test = TestProblem::swing(1, 0.05);
        let fit = test.fit(&[(0, "y"), (1, "x"), (1, "y")]);
        let squares = residual_squares(&test.data, &fit.estimate);
        // 81 observations; one coefficient and an initial value of x, one more of y.
        let expected = [(squares[0] / 79.0).sqrt(), (squares[1] / 78.0).sqrt()];
        assert_eq!(residual_noise(&test.problem(), &fit), expected);
        assert_eq!(noise_from_residuals(&test.problem(), &fit), expected);
    }

    #[test]
    fn the_noise_is_not_below_what_the_discretisation_can_tell() {
        let test = TestProblem::swing(1, 0.0);
        let floor: Vec<f64> = test.data.spread.iter().map(|spread| 1e-5 * spread).collect();
        assert_eq!(floored(&test.data, &[0.0, 0.0]), floor);
        assert_eq!(floored(&test.data, &[0.5, 0.0]), [0.5, floor[1]]);
    }

    #[test]
    fn numbers_are_coefficients_constants_and_starts() {
        let data = simulated(&SWING, &[&[2.0, 0.0], &[0.0, 1.0]], &times(41, 0.2));
        let test = TestProblem::new(data, &options(1, &["x/(1 + x**2)"], ""));
        let structure = test.structure(&[(0, "y"), (0, "x/(1 + x**2)"), (1, "x")]);
        let numbers = [0, 1].map(|d| numbers_of(&test.problem(), &structure, d));
        assert_eq!(numbers, [2 + 1 + 2, 1 + 2], "two trajectories");
        // Where only the position was measured, it tells of all numbers and of two starts.
        let mut trajectory = simulated(&SWING, &[&[2.0, 0.0]], &times(81, 0.1)).trajectories.remove(0);
        trajectory.values = trajectory.values.select(ndarray::Axis(1), &[0]);
        let data = crate::data::Dataset::new("t", vec!["x".to_owned()], vec![trajectory]);
        let data = data.and_then(crate::data::Dataset::second_order).expect("a data set");
        let test = TestProblem::new(data, &polynomials(1));
        let structure = test.structure(&[(1, "x"), (1, "x_dot")]);
        assert_eq!(numbers_of(&test.problem(), &structure, 0), 2 + 2);
    }
}
