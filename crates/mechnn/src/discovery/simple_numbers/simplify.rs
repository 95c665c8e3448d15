//! Numbers set to simple ones, and what a criterion saves by that.

use super::hypothesis::Accepted;
use super::numbers::Numbers;
use crate::discovery::fit::AffineMap;

/// Adds constraints to `map` that make the model simpler and agree with the data: coefficients that are simple
/// fractions, and pairs of the same size. Returns how many.
///
/// A free coefficient θ known to σ takes `2 ln(|θ| / σ)` to write down as far as it is known; a fraction p/q takes
/// `2 ln ((1 + p) q)` and a penalty, one of m pairs `2 ln m`. A hypothesis is accepted if that saves more than it
/// raises the deviance, the square of its distance z in standard errors, and z is below a limit. This is the
/// principle of minimum description length (Rissanen 1978) for the constants.
pub(crate) fn simplify(map: &mut AffineMap, numbers: &Numbers) -> usize {
    let known = numbers.known();
    let hypotheses = [numbers.fractions(&known), numbers.pairs(&known)].concat();
    let accepted = numbers.accepted(hypotheses).into_iter();
    accepted.filter(|accepted| map.constrain(&accepted.hypothesis.weights, accepted.hypothesis.value)).count()
}

/// What a criterion that charges `penalty` for each free number, `[P]`, falls by when pairs that may be of the same
/// size are one: a flow from one state into another, a difference of two states.
///
/// Fractions do not count here: which numbers are simple depends on the units, and the structure should not. Pairs
/// within an equation depend on those of the states, too, but what is added or moved from one to another has the
/// same.
pub(crate) fn saved_by_pairs(numbers: &Numbers, penalty: &[f64]) -> f64 {
    let accepted = numbers.accepted(numbers.pairs(&numbers.known()));
    let saved = |accepted: &Accepted| {
        let penalties = accepted.hypothesis.weights.iter().map(|&(j, _)| penalty[j]);
        let length = accepted.length.min(penalties.fold(f64::INFINITY, f64::min));
        (length - accepted.hypothesis.code - accepted.distance).max(0.0)
    };
    accepted.iter().map(saved).sum()
}

#[cfg(test)]
mod tests {
    use super::{AffineMap, Numbers, saved_by_pairs, simplify};

    fn numbers(theta: &[f64], errors: &[f64], equation: &[usize], term: &[usize]) -> Numbers {
        let p = errors.len();
        let covariance = (0..p * p).map(|i| if i / p == i % p { errors[i / p].powi(2) } else { 0.0 }).collect();
        let constant = vec![(7, 0); p - equation.len()];
        let (theta, equation, term) = (theta.to_vec(), equation.to_vec(), term.to_vec());
        Numbers { theta, covariance, equation, term, constant }
    }

    #[test]
    fn simple_numbers_are_recognised_and_others_left() {
        // -10 and 10 within their errors, 27.3(15) too little known for 27 to be worth a name, -1.01(2) is -1,
        // 2.667(5) is 8/3, 0.7123(3) is itself.
        let theta = [-9.98, 10.01, 27.3, -1.01, 2.667, 0.7123];
        let errors = [0.05, 0.05, 1.5, 0.02, 0.001, 0.0003];
        let mut map = AffineMap::identity(6);
        simplify(&mut map, &numbers(&theta, &errors, &[0, 0, 1, 1, 2, 2], &[0, 1, 0, 1, 2, 3]));
        let fitted = map.coefficients(&map.closest(&theta));
        assert_eq!((fitted[2], fitted[3], fitted[4], fitted[5]), (27.3, -1.0, 8.0 / 3.0, 0.7123));
        assert!((fitted[0] + fitted[1]).abs() < 1e-12, "{fitted:?}");
    }

    #[test]
    fn a_coefficient_that_is_hardly_known_stays_free() {
        let mut map = AffineMap::identity(1);
        assert_eq!(simplify(&mut map, &numbers(&[1.1], &[0.4], &[0], &[0])), 0);
        assert!(map.is_identity());
    }

    #[test]
    fn one_function_in_two_equations_may_have_one_constant() {
        // -a f(x; k) in the first equation and b f(x; k) in the second.
        let found = |k: [f64; 2]| {
            let numbers = numbers(&[-1.67, 0.801, k[0], k[1]], &[0.01, 0.005, 0.02, 0.015], &[0, 1], &[4, 4]);
            let mut map = AffineMap::identity(4);
            simplify(&mut map, &numbers);
            let fitted = map.coefficients(&map.closest(&numbers.theta));
            (fitted[2] == fitted[3], saved_by_pairs(&numbers, &[5.0; 4]))
        };
        let (one, saved) = found([0.41, 0.385]);
        assert!(one && saved > 2.0, "{saved}");
        assert_eq!(found([0.55, 0.385]), (false, 0.0));
    }

    #[test]
    fn a_flow_from_one_state_to_another_saves_a_coefficient() {
        // -a x y in the first equation and +a x y in the second, -b y in the second: one pair of the same term,
        // others not.
        let flow = |into: f64| numbers(&[-0.281, into, -0.47], &[0.002; 3], &[0, 1, 1], &[4, 4, 2]);
        let penalty = [5.0; 3];
        // What is saved is the penalty, less 2 ln 2 for the choice and the square of the distance, 0.002 / (0.002 √2).
        let saved = saved_by_pairs(&flow(0.279), &penalty);
        assert!((saved - (5.0 - 2.0 * 2f64.ln() - 0.5)).abs() < 1e-9, "{saved}");
        assert_eq!(saved_by_pairs(&flow(0.3), &penalty), 0.0);
    }
}
