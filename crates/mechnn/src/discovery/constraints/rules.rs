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
            let problem = || {
                format!("on these data {} is a combination of simpler terms, or not finite", term.python(variables))
            };
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

    /// Whether some coefficients are those of other terms, or some rates sums of others.
    pub(crate) fn has_ties(&self) -> bool {
        !self.leaders.is_empty() || !self.dependent.is_empty()
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
    use super::{Candidate, ConstraintError, Rules};
    use crate::data::Dataset;
    use crate::discovery::DiscoveryError;
    use crate::discovery::setup::problem;
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
    #[test]
    fn an_equation_with_a_list_has_its_terms_tied_ones_beside_it_and_no_known_one() {
        let table = "terms = { x = [\"x*y\", \"z\", \"1\"] }\nknown = { x = \"0.1*z\", y = \"-0.4*y\" }
            ties = [{ x = \"x\", y = \"-x\" }]";
        let test = with(table);
        let allows = |state, text| test.space.rules.allows(test.candidate(state, text));
        assert!(allows(0, "x*y") && allows(0, "1") && allows(0, "x"));
        assert!(!allows(0, "y"), "it is not in the list");
        assert!(!allows(0, "z") && !allows(1, "y"), "they are known");
        assert!(allows(1, "z") && allows(2, "y"), "nothing is said of them");
    }

    #[test]
    fn what_follows_from_a_conserved_sum_may_have_no_terms_of_its_own() {
        let equations = [("x", "-0.5*x*y"), ("y", "0.5*x*y - 0.4*y"), ("z", "0.2*y + 0.02*x")];
        let data = simulated(&equations, &[&[3.0, 0.5, 0.2]], &times(41, 0.5));
        let test = TestProblem::new(data, &options(2, &[], "conserved = [\"x + y + 2*z\"]"));
        assert_eq!(test.space.rules.dependent, [(2, vec![(0, -0.5), (1, -0.5)])]);
        assert!((0..test.space.dictionary.len()).all(|term| !test.space.rules.allows(Candidate { state: 2, term })));
    }

    #[test]
    fn a_follower_has_the_coefficient_of_its_leader_times_a_factor() {
        let test = with("ties = [{ x = \"-2*x*y\", y = \"3*x*y\" }]");
        let (rules, [leader, follower]) = (&test.space.rules, [0, 1].map(|state| test.candidate(state, "x*y")));
        assert_eq!((rules.leader(follower), rules.leader(leader)), ((leader, -1.5), (leader, 1.0)));
        assert_eq!(rules.followers(leader), [(follower, -1.5)]);
        assert!(rules.leads(leader) && !rules.leads(follower) && rules.followers(follower).is_empty());
        let alone = test.candidate(2, "x*y");
        assert!(rules.leads(alone) && rules.leader(alone) == (alone, 1.0) && rules.followers(alone).is_empty());
    }

    #[test]
    fn entries_that_exclude_each_other_are_refused_with_their_place() {
        for (table, place, part) in [
            ("ties = [{ x = \"x*y\", y = \"x*y\" }, { y = \"x*y\", z = \"y\" }]", "ties", "tied only once"),
            ("ties = [{ x = \"x*y\", y = \"x*y\" }]\nknown = { y = \"0.5*x*y\" }", "ties", "known as well as tied"),
            ("ties = [{ x = \"y/(1 + y)\", y = \"exp(-2*x)\" }]", "ties", "only be tied to themselves"),
            ("signs = { x = { \"log(x - 9)\" = \"positive\" } }", "signs", "not finite"),
            ("shared = [\"x*sqrt(y - 99)\"]", "shared", "x*sqrt(y - 99.0)"),
        ] {
            match problem(&epidemic(), &options(2, &[], table)) {
                Err(DiscoveryError::Constraint(ConstraintError::Entry { place: found, problem })) => {
                    assert!(found.contains(place) && problem.contains(part), "{table}: {found}: {problem}");
                }
                other => panic!("{table}: {:?}", other.map(|_| "accepted")),
            }
        }
    }

    #[test]
    fn without_entries_everything_is_allowed() {
        let rules = Rules::default();
        let candidate = Candidate { state: 1, term: 3 };
        assert!(rules.allows(candidate) && rules.leads(candidate) && rules.agrees(candidate, -1.0));
        assert!(!rules.is_shared(3) && !rules.is_dependent(1));
    }
}
