//! Which coefficients a model may have, and how they hang together.

use std::collections::{HashMap, HashSet};

use super::parsed::ParsedConstraints;
use crate::discovery::candidates::{Candidate, Dictionary};
use crate::discovery::request::{ConstraintError, Sign};
use crate::equation::Term;

/// Constraints in terms of a dictionary. The default allows everything.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    /// Of a state, the only terms that it may have.
    lists: HashMap<usize, HashSet<usize>>,
    /// Coefficients that are known.
    fixed: HashSet<Candidate>,
    signs: HashMap<Candidate, Sign>,
    /// Of a tied candidate, the one whose coefficient it has, and the factor, in the data's units.
    leaders: HashMap<Candidate, (Candidate, f64)>,
    /// The candidates of each leader.
    followers: HashMap<Candidate, Vec<(Candidate, f64)>>,
    /// Terms with the same inner constants in every equation.
    shared: HashSet<usize>,
    /// Known parts of the equations, in the data's units.
    pub(crate) known: Vec<(usize, Term, f64)>,
    /// States whose rate is a sum of the rates of others, `x'_d = Σ weight x'_s`, in the data's units.
    pub(crate) dependent: Vec<(usize, Vec<(usize, f64)>)>,
}

impl Rules {
    /// What was parsed, for the terms of a dictionary.
    ///
    /// # Errors
    /// [`ConstraintError::Entry`] for terms that the data cannot tell from simpler ones, and for entries that exclude
    /// each other.
    pub(crate) fn new(
        parsed: &ParsedConstraints,
        dictionary: &Dictionary,
        variables: &[String],
    ) -> Result<Self, ConstraintError> {
        let (known, dependent) = (parsed.known.clone(), parsed.dependent.clone());
        let mut rules = Self { known, dependent, ..Self::default() };
        let place = |table: &str, term: &Term| -> Result<usize, ConstraintError> {
            let problem =
                || format!("on these data {} is a combination of simpler terms, or not finite", term.python(variables));
            dictionary.position(term).ok_or_else(|| ConstraintError::entry(table, problem()))
        };
        for (state, terms) in &parsed.terms {
            let own = terms.iter().map(|term| place("[model.terms]", term)).collect::<Result<_, _>>()?;
            rules.lists.insert(*state, own);
        }
        for (state, term, _) in &parsed.known {
            // A known term need not be a candidate; if it is one, not of this equation.
            if let Some(term) = dictionary.position(term) {
                rules.fixed.insert(Candidate { state: *state, term });
            }
        }
        for term in &parsed.shared {
            rules.shared.insert(place("[model] shared", term)?);
        }
        for tie in &parsed.ties {
            rules.tie(tie, &place)?;
        }
        for (state, term, sign) in &parsed.signs {
            let candidate = Candidate { state: *state, term: place("[model.signs]", term)? };
            // Factors are those of the leader's coefficient, and so are signs: it first, then all that have its
            // coefficient, the given one among them.
            let (leader, factor) = rules.leader(candidate);
            let of_leader = sign.times(factor);
            rules.signs.insert(leader, of_leader);
            let followers = rules.followers.get(&leader).into_iter().flatten();
            rules.signs.extend(followers.map(|(follower, factor)| (*follower, of_leader.times(*factor))));
        }
        Ok(rules)
    }

    fn tie(
        &mut self,
        tie: &[(usize, Term, f64)],
        place: &impl Fn(&str, &Term) -> Result<usize, ConstraintError>,
    ) -> Result<(), ConstraintError> {
        const TABLE: &str = "[model] ties";
        let [(state, first, unit), rest @ ..] = tie else { return Ok(()) };
        let leader = Candidate { state: *state, term: place(TABLE, first)? };
        let mut followers = Vec::new();
        for (state, term, factor) in rest {
            let own = Candidate { state: *state, term: place(TABLE, term)? };
            if own.term != leader.term && !(first.constants().is_empty() && term.constants().is_empty()) {
                let problem = "functions with numbers inside can only be tied to themselves";
                return Err(ConstraintError::entry(TABLE, problem));
            }
            followers.push((own, factor / unit));
        }
        for candidate in followers.iter().map(|(own, _)| *own).chain([leader]) {
            if self.leaders.contains_key(&candidate) || self.followers.contains_key(&candidate) {
                return Err(ConstraintError::entry(TABLE, "a term of an equation can be tied only once"));
            }
            if self.fixed.contains(&candidate) {
                return Err(ConstraintError::entry(TABLE, "a term of an equation is known as well as tied"));
            }
        }
        self.leaders.extend(followers.iter().map(|&(own, factor)| (own, (leader, factor))));
        self.followers.insert(leader, followers);
        Ok(())
    }

    pub(crate) fn is_dependent(&self, d: usize) -> bool {
        self.dependent.iter().any(|(state, _)| *state == d)
    }

    /// Whether the equation of a state may have a term with a coefficient to be found.
    pub(crate) fn allows(&self, candidate: Candidate) -> bool {
        let listed = self.lists.get(&candidate.state).is_none_or(|list| list.contains(&candidate.term));
        (listed || self.leaders.contains_key(&candidate) || self.followers.contains_key(&candidate))
            && !self.fixed.contains(&candidate)
            && !self.is_dependent(candidate.state)
    }

    /// Whether its coefficient is one of its own.
    pub(crate) fn leads(&self, candidate: Candidate) -> bool {
        !self.leaders.contains_key(&candidate)
    }

    /// The candidate whose coefficient it has, and the factor in front of that, in the data's units.
    pub(crate) fn leader(&self, candidate: Candidate) -> (Candidate, f64) {
        self.leaders.get(&candidate).copied().unwrap_or((candidate, 1.0))
    }

    /// Where else the coefficient of a candidate stands, and the factors there.
    pub(crate) fn followers(&self, candidate: Candidate) -> &[(Candidate, f64)] {
        self.followers.get(&candidate).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn is_shared(&self, term: usize) -> bool {
        self.shared.contains(&term)
    }

    /// Whether a coefficient has the sign that it must have.
    pub(crate) fn agrees(&self, candidate: Candidate, coefficient: f64) -> bool {
        self.signs.get(&candidate).is_none_or(|sign| sign.allows(coefficient))
    }
}

#[cfg(test)]
mod tests {
    use crate::data::Dataset;
    use crate::discovery::test_problem::{TestProblem, options, simulated, times};

    /// Three states on whose trajectory all terms of degree 2 can be told apart.
    fn epidemic() -> Dataset {
        let equations = [("x", "-0.5*x*y + 0.1*z"), ("y", "0.5*x*y - 0.4*y"), ("z", "0.3*y - 0.15*z")];
        simulated(&equations, &[&[3.0, 0.5, 0.2]], &times(41, 0.5))
    }

    fn with(table: &str) -> TestProblem {
        TestProblem::new(epidemic(), &options(2, &[], table))
    }

    #[test]
    fn a_sign_of_one_of_three_tied_terms_gives_the_others_theirs() {
        let tie = "ties = [{ x = \"3*x*y\", y = \"-2*x*y\", z = \"-x*y\" }]";
        let factors = [3.0, -2.0, -1.0];
        for (given, name) in ["x", "y", "z"].into_iter().enumerate() {
            for (sign, text) in [(1.0, "positive"), (-1.0, "negative")] {
                let test = with(&format!("{tie}\nsigns = {{ {name} = {{ \"x*y\" = \"{text}\" }} }}"));
                for (state, factor) in factors.into_iter().enumerate() {
                    // One coefficient a multiplies all factors: that of the given term tells the sign of a.
                    let expected = sign * factors[given] * factor;
                    let agrees = |value| test.space.rules.agrees(test.candidate(state, "x*y"), value);
                    assert!(
                        agrees(expected) && !agrees(-expected),
                        "state {state}, with `{name}` {text}: expected the sign of {expected}"
                    );
                }
            }
        }
    }
}
