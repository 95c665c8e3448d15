//! What the criterion of a structure falls by because of relations between its numbers.

use crate::discovery::fit::{Estimator, Fit};
use crate::discovery::simple_numbers::{Numbers, saved_by_pairs};
use crate::discovery::structure::Problem;

/// What the criterion falls by if pairs of numbers are one, see [`saved_by_pairs`]; nothing where the uncertainty of
/// a fit cannot be found, so that no pair can be said to agree.
pub(super) fn saving(problem: &Problem<'_>, fit: &Fit, level: f64) -> f64 {
    let Ok(marginals) = Estimator::new(*problem).marginals(fit, level) else { return 0.0 };
    let dictionary = &problem.space.dictionary;
    let of_constants =
        fit.structure.owners().flat_map(|own| std::iter::repeat_n(own, dictionary.constants_of(own.term)));
    let numbers = fit.structure.candidates().iter().copied().chain(of_constants);
    let penalty: Vec<f64> = numbers
        .map(|candidate| problem.tuning.penalty_of_a_number(problem.data.observations(candidate.state)))
        .collect();
    problem.tuning.relations * saved_by_pairs(&Numbers::new(problem, fit, &marginals.parameters), &penalty)
}

#[cfg(test)]
mod tests {
    use super::saving;
    use crate::discovery::request::Tuning;
    use crate::discovery::test_problem::{TestProblem, polynomials, simulated, times};

    /// What is saved where x flows into y at these rates.
    fn saved(out: f64, into: f64, tuning: Tuning) -> f64 {
        let (x, y) = (format!("-{out}*x*y"), format!("{into}*x*y - 0.37*y"));
        let data = simulated(&[("x", &x), ("y", &y)], &[&[2.0, 0.5]], &times(81, 0.1)).with_noise(0.01, 3);
        let test = TestProblem::new(data.expect("noise"), &polynomials(2));
        let fit = test.fit(&[(0, "x*y"), (1, "y"), (1, "x*y")]);
        let problem = crate::discovery::structure::Problem { tuning: &tuning, ..test.problem() };
        saving(&problem, &fit, tuning.tight)
    }

    #[test]
    fn a_flow_from_one_state_to_another_saves_up_to_a_number() {
        let whole = saved(0.8, 0.8, Tuning::default());
        // ln 81 for the number, less 2 ln 2 for saying which pair, and the squared distance of the two.
        let most = 81f64.ln() - 2.0 * 2f64.ln();
        assert!(whole > 0.0 && whole <= most, "{whole}, at most {most}");
        // Half the weight of relations halves it.
        let half = saved(0.8, 0.8, Tuning { relations: 0.5, ..Tuning::default() });
        assert!((half - 0.5 * whole).abs() < 1e-12, "{half}, expected {} up to rounding", 0.5 * whole);
        assert_eq!(saved(0.8, 0.6, Tuning::default()), 0.0, "these are not the same");
    }
}
