//! Which equations cannot be expressed, judged one by one.

use crate::discovery::evidence::Residuals;
use crate::discovery::propose::{IntegralRegression, Proposal, proposals};
use crate::discovery::structure::Problem;

/// Right-hand sides that are looked at, and of each size.
const PROPOSALS: usize = 12;
const OF_A_SIZE: usize = 2;

/// An equation whose residuals are no larger than this many times the noise of the smoothed state, in squares, leaves
/// nothing that could be explained.
const NOISE_SQUARED: f64 = 1.5;

/// An equation that leaves less of the variation than this is right up to the error of the smoothed states.
const LEFT: f64 = 5e-3;

/// The states whose equations cannot be expressed: along the smoothed states, where the equations do not disturb each
/// other, the best right-hand side in integral form leaves more of the state's data than noise.
pub(crate) fn inexpressible(problem: Problem<'_>) -> Vec<usize> {
    (0..problem.dims()).filter(|&d| problem.is_searched(d) && !is_expressible(problem, d)).collect()
}

fn is_expressible(problem: Problem<'_>, d: usize) -> bool {
    let all = problem.space.dictionary.len();
    let found = proposals(problem, d, all, PROPOSALS, OF_A_SIZE);
    let regression = IntegralRegression::new(problem, d);
    let Some(Proposal { terms, theta, constants, .. }) = found.first() else { return false };
    let columns: Vec<Vec<f64>> =
        terms.iter().zip(constants).map(|(&term, constants)| regression.values(term, constants)).collect();
    let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let residual = regression.residual(&views, theta);
    let mean_square = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64;
    let (left, whole) = (mean_square(&residual), mean_square(&regression.residual(&[], &[])));
    let is_white = Residuals::of(&regression.by_trajectory(residual)).is_some_and(|own| own.is_white());
    is_white || left <= NOISE_SQUARED * problem.data.noise[d].powi(2) || left <= LEFT * whole
}

#[cfg(test)]
mod tests {
    use super::inexpressible;
    use crate::discovery::test_problem::{TestProblem, columns, polynomials, simulated, times};

    #[test]
    fn an_equation_that_its_candidates_cannot_express_is_named_and_no_other() {
        // The velocity jumps to and fro by itself; the position follows it.
        let walk = [("x", "v"), ("v", "cos(9*z) + 0.7*cos(17*z + 1) - 0.2*x"), ("z", "0.1")];
        let mut data = simulated(&walk, &[&[0.0, 0.0, 0.0]], &times(300, 0.1));
        data.states.pop();
        let values = &mut data.trajectories[0].values;
        *values = values.select(ndarray::Axis(1), &[0, 1]);
        data.roles = columns(&[("x", |t| t), ("v", |t| t)], &times(3, 1.0)).roles;
        let data = data.with_noise(0.02, 3).expect("noise");
        assert_eq!(inexpressible(TestProblem::new(data, &polynomials(2)).problem()), [1]);
        assert_eq!(inexpressible(TestProblem::swing(2, 0.02).problem()), Vec::<usize>::new());
    }
}
