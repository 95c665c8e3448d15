//! Inner constants of the functions in a right-hand side at their best.

use super::integral::{Column, IntegralRegression};
use super::proposal::Proposal;

/// Steps after which a fit of inner constants is as good as it gets.
const MOST_STEPS: usize = 30;

/// Relative fall of the sum of squares below which steps end.
const TOLERANCE: f64 = 1e-3;

/// Damping relative to the curvature: where it starts, where it is given up, and the least.
const FIRST_DAMPING: f64 = 1e-3;
const LARGEST_DAMPING: f64 = 1e4;
const LEAST_DAMPING: f64 = 1e-9;

/// What damping is multiplied by after a step that helps, and after one that does not.
const EASED: f64 = 0.1;
const STIFFENED: f64 = 10.0;

/// Coefficients at their best for some constants.
struct Point {
    constants: Vec<Vec<f64>>,
    columns: Vec<Column>,
    theta: Vec<f64>,
    squares: f64,
}

impl IntegralRegression<'_> {
    /// The right-hand side of given terms, ascending, with constants and coefficients at their best; none if the terms
    /// cannot be told apart at the constants given, or are not finite.
    pub(crate) fn fitted(&self, terms: Vec<usize>, constants: Vec<Vec<f64>>) -> Option<Proposal> {
        let Point { constants, theta, squares, .. } = at(self, &terms, constants)?;
        Some(self.refined(Proposal { terms, theta, constants, score: self.deviance(squares) }))
    }

    /// The right-hand side with its inner constants at their best, the coefficients always at theirs (variable
    /// projection, Golub & Pereyra, SIAM J. Numer. Anal. 10 (1973) 413, in Kaufman's approximation), by damped
    /// Gauss-Newton steps.
    pub(crate) fn refined(&self, mut proposal: Proposal) -> Proposal {
        if proposal.constants.iter().all(Vec::is_empty) || !proposal.score.is_finite() {
            return proposal;
        }
        let Some(mut point) = at(self, &proposal.terms, proposal.constants.clone()) else { return proposal };
        let penalty = proposal.score - self.deviance(point.squares);
        let mut damping = FIRST_DAMPING;
        for _ in 0..MOST_STEPS {
            let Some(next) = step(self, &proposal.terms, &point, damping) else { break };
            if next.squares < point.squares {
                let fall = 1.0 - next.squares / point.squares;
                point = next;
                damping = (EASED * damping).max(LEAST_DAMPING);
                if fall < TOLERANCE {
                    break;
                }
            } else {
                damping *= STIFFENED;
                if damping > LARGEST_DAMPING {
                    break;
                }
            }
        }
        proposal.score = penalty + self.deviance(point.squares);
        (proposal.theta, proposal.constants) = (point.theta, point.constants);
        proposal
    }
}

/// The coefficients at their best; none if the terms cannot be told apart there, or are not finite.
fn at(regression: &IntegralRegression<'_>, terms: &[usize], constants: Vec<Vec<f64>>) -> Option<Point> {
    let columns: Vec<Column> =
        terms.iter().zip(&constants).map(|(&term, constants)| regression.column(term, constants)).collect();
    let views: Vec<&[f64]> = columns.iter().map(|column| column.values.as_slice()).collect();
    let members: Vec<usize> = (0..terms.len()).collect();
    let best = regression.quadratic(&views).at(&members);
    if best.members.len() < terms.len() || best.theta.iter().any(|theta| !theta.is_finite()) {
        return None;
    }
    let squares = regression.residual(&views, &best.theta).iter().map(|r| r * r).sum::<f64>();
    squares.is_finite().then_some(Point { constants, columns, theta: best.theta, squares })
}

fn step(regression: &IntegralRegression<'_>, terms: &[usize], point: &Point, damping: f64) -> Option<Point> {
    let views: Vec<&[f64]> = point.columns.iter().map(|column| column.values.as_slice()).collect();
    let residual = regression.residual(&views, &point.theta);
    let scaled = |(column, theta): (&Column, &f64)| -> Vec<Vec<f64>> {
        column.by_constant.iter().map(|by| by.iter().map(|value| value * theta).collect()).collect()
    };
    let slopes: Vec<Vec<f64>> = point.columns.iter().zip(&point.theta).flat_map(scaled).collect();
    let all: Vec<&[f64]> = views.iter().copied().chain(slopes.iter().map(Vec::as_slice)).collect();
    let mut quadratic = regression.quadratic(&all);
    let (size, linear) = (all.len(), views.len());
    let dot = |column: &[f64]| column.iter().zip(&residual).map(|(a, b)| a * b).sum::<f64>();
    quadratic.right = all.iter().map(|column| dot(column)).collect();
    for j in linear..size {
        let curvature = quadratic.gram[j * size + j];
        quadratic.gram[j * size + j] += damping * (curvature + f64::MIN_POSITIVE);
    }
    let members: Vec<usize> = (0..size).collect();
    let change = quadratic.at(&members);
    let mut moved = vec![0.0; size];
    change.members.iter().zip(&change.theta).for_each(|(&j, theta)| moved[j] = *theta);
    let mut next = moved[linear..].iter();
    let constants: Vec<Vec<f64>> = point
        .constants
        .iter()
        .map(|own| own.iter().zip(&mut next).map(|(constant, change)| constant + change).collect())
        .collect();
    // A step that fails is like one that does not help: the sum of squares is infinite.
    at(regression, terms, constants.clone())
        .or_else(|| Some(Point { constants, columns: Vec::new(), theta: Vec::new(), squares: f64::INFINITY }))
}

#[cfg(test)]
mod tests {
    use super::{IntegralRegression, Proposal};
    use crate::discovery::test_problem::{TestProblem, options, simulated, times};

    /// x' = -2 x/(0.5 + x), with the constant to be found from 1.5, three times what it is.
    fn saturating() -> TestProblem {
        let data = simulated(&[("x", "-2*x/(0.5 + x)")], &[&[3.0]], &times(81, 0.03));
        TestProblem::new(data, &options(1, &["x/(1.5 + x)", "x/(4 + x)"], ""))
    }

    fn proposal(test: &TestProblem, text: &str, score: f64) -> Proposal {
        let term = test.candidate(0, text).term;
        Proposal { terms: vec![term], theta: vec![0.0], constants: vec![vec![1.0]], score }
    }

    #[test]
    fn a_constant_is_found_from_a_wrong_start_with_its_coefficient() {
        let test = saturating();
        let (regression, candidate) = (IntegralRegression::new(test.problem(), 0), test.candidate(0, "x/(1.5 + x)"));
        let found = regression.fitted(vec![candidate.term], vec![vec![1.0]]).expect("a right-hand side");
        let (constant, coefficient) = (1.5 * found.constants[0][0], found.theta[0] * test.problem().factor(candidate));
        // Steps end when the sum of squares falls by less than 1e-3, and states are smoothed: some 1e-2.
        assert!((constant - 0.5).abs() < 0.01 && (coefficient + 2.0).abs() < 0.02, "{coefficient} x/({constant} + x)");
    }

    #[test]
    fn what_a_proposal_costs_beside_its_deviance_stays() {
        let test = saturating();
        let regression = IntegralRegression::new(test.problem(), 0);
        let values = regression.values(test.candidate(0, "x/(1.5 + x)").term, &[1.0]);
        let best = regression.quadratic(&[&values]).at(&[0]);
        let squares =
            |values: &[f64], theta: &[f64]| regression.residual(&[values], theta).iter().map(|r| r * r).sum::<f64>();
        let before = squares(&values, &best.theta);
        let found = regression.refined(proposal(&test, "x/(1.5 + x)", regression.deviance(before) + 12.5));
        let after = squares(&regression.values(found.terms[0], &found.constants[0]), &found.theta);
        assert!(after < before);
        let cost = found.score - regression.deviance(after);
        assert!((cost - 12.5).abs() < 1e-9, "{cost}, expected 12.5 up to rounding");
    }

    #[test]
    fn without_constants_or_hope_a_proposal_is_left_as_it_is() {
        let test = saturating();
        let regression = IntegralRegression::new(test.problem(), 0);
        let line = Proposal { constants: vec![Vec::new()], ..proposal(&test, "x", 3.0) };
        assert_eq!(regression.refined(line).theta, [0.0]);
        let hopeless = regression.refined(proposal(&test, "x/(1.5 + x)", f64::INFINITY));
        assert_eq!((hopeless.theta[0], hopeless.constants[0][0]), (0.0, 1.0));
    }

    #[test]
    fn terms_that_are_the_same_at_their_constants_have_no_best_coefficients() {
        // 1.5 and 4 in units of these: both are 3.
        let test = saturating();
        let regression = IntegralRegression::new(test.problem(), 0);
        let terms = ["x/(1.5 + x)", "x/(4 + x)"].map(|text| test.candidate(0, text).term);
        assert!(regression.fitted(terms.to_vec(), vec![vec![2.0], vec![0.75]]).is_none());
        assert!(regression.fitted(terms.to_vec(), vec![vec![1.0], vec![1.0]]).is_some());
    }
}
