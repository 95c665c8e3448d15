//! What structures are made of.

use crate::discovery::candidates::{Candidate, Dictionary};
use crate::discovery::constraints::Rules;
use crate::equation::Term;

/// The candidate terms and the rules between them: all structures that a search may look at.
#[derive(Debug, Clone)]
pub(crate) struct SearchSpace {
    pub(crate) dictionary: Dictionary,
    pub(crate) rules: Rules,
}

impl SearchSpace {
    /// A space in which every equation may have every term.
    pub(crate) fn without_rules(dictionary: Dictionary) -> Self {
        Self { dictionary, rules: Rules::default() }
    }

    pub(crate) fn term(&self, candidate: Candidate) -> &Term {
        self.dictionary.term(candidate.term)
    }

    /// Whether a structure may have it as a coefficient of its own.
    pub(crate) fn has(&self, candidate: Candidate) -> bool {
        self.rules.allows(candidate) && self.rules.leads(candidate)
    }
}

#[cfg(test)]
mod tests {
    use super::SearchSpace;
    use crate::discovery::test_problem::{HUNT, TestProblem, options, simulated, times};

    #[test]
    fn a_structure_may_have_what_is_allowed_and_leads() {
        let table = "ties = [{ x = \"-x*y\", y = \"x*y\" }]\nterms = { x = [\"x\"] }";
        let test = TestProblem::new(simulated(&HUNT, &[&[1.0, 1.0]], &times(41, 0.25)), &options(2, &[], table));
        let has = |state, text| test.space.has(test.candidate(state, text));
        assert!(has(0, "x") && has(0, "x*y") && has(1, "y**2"));
        assert!(!has(0, "y"), "it is not in the list of x");
        assert!(!has(1, "x*y"), "its coefficient is that of another term");
        assert_eq!(test.space.term(test.candidate(1, "y**2")), &test.term("y**2"));
        let free = SearchSpace::without_rules(test.space.dictionary.clone());
        assert!(free.has(test.candidate(0, "y")) && free.has(test.candidate(1, "x*y")));
    }
}
