//! A structure with numbers from which a fit can start.

use super::layout::Structure;
use super::problem::Problem;
use crate::discovery::candidates::Candidate;

/// A term of an equation, with numbers to start from.
#[derive(Debug, Clone)]
pub(crate) struct TermGuess {
    pub(crate) candidate: Candidate,
    /// Scaled.
    pub(crate) coefficient: f64,
    /// Inner constants, in their units.
    pub(crate) constants: Vec<f64>,
}

/// A structure with parameters to start from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guess {
    pub(crate) structure: Structure,
    /// Coefficients, then inner constants, `[P]`.
    pub(crate) parameters: Vec<f64>,
}

impl Guess {
    /// The structure of these terms, in order of state and term. Tied terms become one, with the mean of what they
    /// say; a shared function has the constants of its first term.
    pub(crate) fn of_terms(problem: &Problem<'_>, terms: Vec<TermGuess>) -> Self {
        let rules = &problem.space.rules;
        let mut merged: Vec<(TermGuess, usize)> = Vec::with_capacity(terms.len());
        for own in terms {
            let (leader, ratio) = rules.leader(own.candidate);
            // In the data's units the coefficient is that of the leader times the ratio.
            let coefficient = match leader == own.candidate {
                true => own.coefficient,
                false => own.coefficient * problem.factor(own.candidate) / (ratio * problem.factor(leader)),
            };
            match merged.iter_mut().find(|(other, _)| other.candidate == leader) {
                Some((other, count)) => {
                    *count += 1;
                    other.coefficient += (coefficient - other.coefficient) / *count as f64;
                }
                None => merged.push((TermGuess { candidate: leader, coefficient, ..own }, 1)),
            }
        }
        let mut merged: Vec<TermGuess> = merged.into_iter().map(|(own, _)| own).collect();
        merged.sort_by_key(|own| own.candidate);
        let structure = problem.structure(merged.iter().map(|own| own.candidate).collect());
        let mut parameters: Vec<f64> = merged.iter().map(|own| own.coefficient).collect();
        for (index, own) in merged.iter().enumerate() {
            if structure.constants(index).start == parameters.len() {
                parameters.extend(&own.constants);
            }
        }
        Self { structure, parameters }
    }
}

#[cfg(test)]
mod tests {
    use super::{Guess, TermGuess};
    use crate::discovery::test_problem::{HUNT, TestProblem, options, simulated, times};

    fn hunt(table: &str) -> TestProblem {
        TestProblem::new(simulated(&HUNT, &[&[1.0, 3.0]], &times(41, 0.25)), &options(2, &["x*y/(1 + x)"], table))
    }

    /// A term with a coefficient in the data's units.
    fn term(test: &TestProblem, state: usize, text: &str, coefficient: f64, constants: &[f64]) -> TermGuess {
        let candidate = test.candidate(state, text);
        TermGuess {
            candidate,
            coefficient: coefficient / test.problem().factor(candidate),
            constants: constants.to_vec(),
        }
    }

    #[test]
    fn terms_come_in_order_of_state_and_number_with_their_constants_behind() {
        let test = hunt("");
        let [late, early] = [term(&test, 1, "x*y/(1 + x)", 2.0, &[1.5]), term(&test, 0, "x*y/(1 + x)", -1.0, &[0.5])];
        let guess = Guess::of_terms(&test.problem(), vec![late.clone(), term(&test, 0, "x", 3.0, &[]), early.clone()]);
        assert_eq!(guess.structure, test.structure(&[(0, "x"), (0, "x*y/(1 + x)"), (1, "x*y/(1 + x)")]));
        assert_eq!(guess.parameters[1..], [early.coefficient, late.coefficient, 0.5, 1.5]);
    }

    #[test]
    fn tied_terms_become_one_with_the_mean_of_what_they_say_in_the_units_of_the_data() {
        // x' = -a x y, y' = 2 a x y: 0.5 from the first, 0.7 from the second.
        let test = hunt("ties = [{ x = \"-x*y\", y = \"2*x*y\" }]");
        let (first, second) = (term(&test, 0, "x*y", -0.5, &[]), term(&test, 1, "x*y", 1.4, &[]));
        for terms in [vec![first.clone(), second.clone()], vec![second.clone(), first]] {
            let guess = Guess::of_terms(&test.problem(), terms);
            let leader = test.candidate(0, "x*y");
            assert_eq!(guess.structure.candidates(), [leader]);
            let found = guess.parameters[0] * test.problem().factor(leader);
            assert!((found + 0.6).abs() < 1e-14, "{found}, expected -0.6 up to rounding");
        }
        // Alone it speaks for both.
        let guess = Guess::of_terms(&test.problem(), vec![second]);
        let found = guess.parameters[0] * test.problem().factor(test.candidate(0, "x*y"));
        assert!((found + 0.7).abs() < 1e-14, "{found}, expected -0.7 up to rounding");
    }

    #[test]
    fn a_shared_function_has_the_constants_of_its_first_term() {
        let test = hunt("shared = [\"x*y/(1 + x)\"]");
        let terms = vec![term(&test, 1, "x*y/(1 + x)", 2.0, &[1.5]), term(&test, 0, "x*y/(1 + x)", -1.0, &[0.5])];
        let guess = Guess::of_terms(&test.problem(), terms);
        assert_eq!((guess.structure.parameters(), guess.parameters.len(), guess.parameters[2]), (3, 3, 0.5));
    }
}
