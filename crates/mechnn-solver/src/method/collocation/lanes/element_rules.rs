//! The rules of the element that a sweep has come to, one for each clock.

use super::element::Rules;
use super::problem::{Group, LaneProblem};
use super::rule::Rule;
use crate::lanes::{MAX_LANES, Real, unroll};
use crate::method::collocation::inputs::Lengths;
use crate::method::collocation::rules::{Rule as Matrices, Rules as ProblemRules};

/// The integration matrices of a group: those of all batch elements, or one set for each lane.
pub(super) enum GroupRules<'a> {
    Shared(&'a ProblemRules),
    Own(Vec<ProblemRules>),
}

impl<'a> GroupRules<'a> {
    pub(super) fn new(problem: &LaneProblem<'a>, group: &Group) -> Self {
        match problem.shared_rules {
            Some(rules) => Self::Shared(rules),
            None => Self::Own((0..group.count).map(|l| problem.rules_of(group.first + l)).collect()),
        }
    }

    /// The rules of a lane; those of the last batch element beyond it.
    pub(super) fn of_lane(&self, lane: usize) -> &ProblemRules {
        match self {
            Self::Shared(rules) => rules,
            Self::Own(rules) => &rules[lane.min(rules.len() - 1)],
        }
    }

    /// True if the elements of every lane have the same steps.
    fn has_equal_elements(&self) -> bool {
        match self {
            Self::Shared(rules) => rules.has_equal_elements(),
            Self::Own(rules) => rules.iter().all(ProblemRules::has_equal_elements),
        }
    }
}

pub(super) struct ElementRules<'r, V, const D: usize, const M: usize, const K: usize> {
    of_group: &'r GroupRules<'r>,
    lengths: Lengths,
    of_clocks: [Rule<V, M, K>; D],
    clocks: usize,
    pub(super) are_equal: bool,
    is_read: bool,
}

impl<'r, V: Real, const D: usize, const M: usize, const K: usize> ElementRules<'r, V, D, M, K> {
    /// Not yet at an element.
    #[inline(always)]
    pub(super) fn new(lengths: Lengths, of_group: &'r GroupRules<'r>) -> Self {
        let (clocks, are_equal) = (of_group.of_lane(0).clocks(), of_group.has_equal_elements());
        Self { of_group, lengths, of_clocks: [Rule::zero(); D], clocks, are_equal, is_read: false }
    }

    /// Moves to an element.
    #[inline(always)]
    pub(super) fn go_to(&mut self, element: usize) {
        if self.is_read && self.are_equal {
            return;
        }
        self.is_read = true;
        // Not unrolled: the rules stay in memory, and their code is long.
        for clock in 0..self.clocks.min(D) {
            self.of_clocks[clock] = self.rule(element, clock);
        }
    }

    #[inline(always)]
    fn rule(&self, element: usize, dim: usize) -> Rule<V, M, K> {
        match self.of_group {
            GroupRules::Shared(rules) => Rule::from_lanes(&[rules.rule(self.lengths, element, dim); MAX_LANES]),
            GroupRules::Own(_) => {
                let mut matrices: [Matrices<'_>; MAX_LANES] =
                    [self.of_group.of_lane(0).rule(self.lengths, element, dim); MAX_LANES];
                for l in 0..V::LANES {
                    matrices[l] = self.of_group.of_lane(l).rule(self.lengths, element, dim);
                }
                Rule::from_lanes(&matrices)
            }
        }
    }

    #[inline(always)]
    pub(super) fn of_dimensions(&self) -> Rules<'_, V, D, M, K> {
        let mut rules = [&self.of_clocks[0]; D];
        unroll!(d < D, {
            if d < self.clocks {
                rules[d] = &self.of_clocks[d];
            }
        });
        rules
    }
}
