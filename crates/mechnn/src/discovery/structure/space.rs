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
