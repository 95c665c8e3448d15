//! Constraints read: terms over the variables of the data.

use crate::data::Dataset;
use crate::discovery::candidates::{extra_term, variables};
use crate::discovery::request::{ConstraintError, ModelConstraints, Sign};
use crate::equation::{Term, parse_terms};
use crate::suggestion::did_you_mean;

/// [`ModelConstraints`] with states by number and terms read; coefficients in the data's units.
#[derive(Debug, Clone, Default)]
pub(crate) struct ParsedConstraints {
    pub(crate) terms: Vec<(usize, Vec<Term>)>,
    pub(crate) known: Vec<(usize, Term, f64)>,
    pub(crate) signs: Vec<(usize, Term, Sign)>,
    pub(crate) ties: Vec<Vec<(usize, Term, f64)>>,
    pub(crate) shared: Vec<Term>,
    /// States whose rate is a sum of the rates of others, with their weights.
    pub(crate) dependent: Vec<(usize, Vec<(usize, f64)>)>,
}

impl ParsedConstraints {
    /// The constraints, and whether the time is a variable: if it counts already, or one of them depends on it. If
    /// not, they are over the states and inputs only.
    ///
    /// # Errors
    /// [`ConstraintError::Entry`] for a state that is none, for text that is no term, and for conserved sums that
    /// leave no state to follow from the others.
    pub(crate) fn of(
        constraints: &ModelConstraints,
        data: &Dataset,
        time_counts: bool,
    ) -> Result<(Self, bool), ConstraintError> {
        let parsed = Self::new(constraints, data, &variables(data, true))?;
        let time = data.dims() + data.controls.len();
        let known = parsed.known.iter().map(|(_, term, _)| term);
        if time_counts || parsed.candidates().iter().chain(known).any(|term| term.uses_variable(time)) {
            return Ok((parsed, true));
        }
        Ok((Self::new(constraints, data, &variables(data, false))?, false))
    }

    fn new(constraints: &ModelConstraints, data: &Dataset, variables: &[String]) -> Result<Self, ConstraintError> {
        let reader = Reader { states: data.python_names(), data, variables };
        let mut parsed = Self::default();
        for (name, texts) in &constraints.terms {
            let place = format!("[model.terms] {name}");
            let terms = texts.iter().map(|text| reader.term(&place, text)).collect::<Result<_, _>>()?;
            parsed.terms.push((reader.state(&place, name)?, terms));
        }
        for (name, text) in &constraints.known {
            let place = format!("[model.known] {name}");
            let state = reader.state(&place, name)?;
            parsed.known.extend(reader.sum(&place, text)?.into_iter().map(|(term, value)| (state, term, value)));
        }
        for (name, signs) in &constraints.signs {
            let place = format!("[model.signs] {name}");
            let state = reader.state(&place, name)?;
            for (text, sign) in signs {
                parsed.signs.push((state, reader.term(&place, text)?, *sign));
            }
        }
        for (number, tie) in constraints.ties.iter().enumerate() {
            let place = format!("[model] ties, entry {}", number + 1);
            let mut own = Vec::new();
            for (name, text) in tie {
                let state = reader.state(&place, name)?;
                match reader.sum(&place, text)?.as_slice() {
                    [(term, factor)] => own.push((state, term.clone(), *factor)),
                    _ => return Err(ConstraintError::entry(place, format!("expected one term, found \"{text}\""))),
                }
            }
            parsed.ties.push(own);
        }
        for text in &constraints.shared {
            parsed.shared.push(reader.term("[model] shared", text)?);
        }
        for text in &constraints.conserved {
            let place = format!("[model] conserved, \"{text}\"");
            let mut own = Vec::new();
            for (term, weight) in reader.sum(&place, text)? {
                let state = reader.of_state(&term);
                let state = state.ok_or_else(|| ConstraintError::entry(&place, "expected a sum of states"))?;
                own.push((state, weight));
            }
            parsed.conserve(&place, &own, data)?;
        }
        Ok(parsed)
    }

    /// Gives the last state of a conserved sum that nothing else is said of the rate that keeps the sum.
    fn conserve(&mut self, place: &str, sum: &[(usize, f64)], data: &Dataset) -> Result<(), ConstraintError> {
        let has_rate = |d: usize| self.is_dependent(d) || data.roles.velocity(d).is_some();
        if sum.iter().any(|(d, _)| has_rate(*d)) {
            let problem = "the equation of one of its states is that of others already";
            return Err(ConstraintError::entry(place, problem));
        }
        let counts = |d: usize| self.dependent.iter().flat_map(|(_, weights)| weights).any(|(state, _)| *state == d);
        let free = sum.iter().rev().find(|(d, _)| !self.says_something_of(*d) && !counts(*d)).copied();
        let Some((dependent, own)) = free.filter(|_| sum.len() > 1) else {
            let problem = "one of its states must have no other entry: its equation is that of the others";
            return Err(ConstraintError::entry(place, problem));
        };
        let others = sum.iter().filter(|(d, _)| *d != dependent);
        self.dependent.push((dependent, others.map(|(d, weight)| (*d, -weight / own)).collect()));
        Ok(())
    }

    /// Whether an entry is about the equation of a state.
    fn says_something_of(&self, d: usize) -> bool {
        self.has_list(d)
            || self.known.iter().any(|(state, ..)| *state == d)
            || self.signs.iter().any(|(state, ..)| *state == d)
            || self.ties.iter().flatten().any(|(state, ..)| *state == d)
    }

    /// Whether the equation of a state may have listed terms only.
    pub(crate) fn has_list(&self, d: usize) -> bool {
        self.terms.iter().any(|(state, _)| *state == d)
    }

    pub(crate) fn is_dependent(&self, d: usize) -> bool {
        self.dependent.iter().any(|(state, _)| *state == d)
    }

    /// Every term that the search must know, in the order of the file.
    pub(crate) fn candidates(&self) -> Vec<Term> {
        let lists = self.terms.iter().flat_map(|(_, terms)| terms);
        let tied = self.ties.iter().flatten().map(|(_, term, _)| term);
        let mut all: Vec<Term> = Vec::new();
        for term in lists.chain(self.signs.iter().map(|(_, term, _)| term)).chain(tied).chain(&self.shared) {
            if !all.contains(term) {
                all.push(term.clone());
            }
        }
        all
    }
}

struct Reader<'a> {
    states: Vec<String>,
    data: &'a Dataset,
    variables: &'a [String],
}

impl Reader<'_> {
    fn state(&self, place: &str, name: &str) -> Result<usize, ConstraintError> {
        let found = self.states.iter().position(|state| state == name);
        if found.is_some_and(|state| self.data.roles.velocity(state).is_some()) {
            return Err(ConstraintError::entry(place, format!("the rate of `{name}` is its velocity by definition")));
        }
        found.ok_or_else(|| {
            let states = self.states.iter().map(String::as_str);
            let hint =
                did_you_mean(name, states).unwrap_or_else(|| format!("the states are {}", self.states.join(", ")));
            ConstraintError::entry(place, format!("`{name}` is not a state; {hint}"))
        })
    }

    /// The state that a term is, if it is one.
    fn of_state(&self, term: &Term) -> Option<usize> {
        (0..self.states.len()).find(|&d| term.degree() == 1 && term.uses_variable(d))
    }

    /// One term; a factor in front of it says nothing.
    fn term(&self, place: &str, text: &str) -> Result<Term, ConstraintError> {
        extra_term(text, self.variables).map_err(|error| ConstraintError::entry(place, format!("\"{text}\": {error}")))
    }

    /// Terms with their numbers.
    fn sum(&self, place: &str, text: &str) -> Result<Vec<(Term, f64)>, ConstraintError> {
        let terms = parse_terms(text, self.variables)
            .map_err(|error| ConstraintError::entry(place, format!("\"{text}\": {error}")))?;
        match terms.is_empty() {
            true => Err(ConstraintError::entry(place, format!("\"{text}\" is nothing"))),
            false => Ok(terms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ConstraintError, ModelConstraints, ParsedConstraints, Sign};
    use crate::data::Dataset;
    use crate::discovery::test_problem::columns;
    use crate::equation::Term;

    fn data() -> Dataset {
        columns(&[("x", |t| t), ("y", |t| 1.0 + t), ("z", |t| 2.0 - t)], &[0.0, 1.0, 2.0])
    }

    fn parsed(table: &str) -> Result<(ParsedConstraints, bool), ConstraintError> {
        let constraints = ModelConstraints::from_toml(&format!("[model]\n{table}")).expect("a table");
        ParsedConstraints::of(&constraints, &data(), false)
    }

    fn monomial(exponents: [u8; 3]) -> Term {
        Term::Monomial(exponents.to_vec())
    }

    #[test]
    fn entries_are_read_with_states_by_number() {
        let table = "terms = { y = [\"2*x*y\", \"1\"] }\nknown = { x = \"x - 3*y\" }
            signs = { z = { \"x\" = \"negative\" } }\nties = [{ x = \"-x*z\", z = \"0.5*x*z\" }]";
        let (parsed, explicit_time) = parsed(table).expect("constraints");
        assert!(!explicit_time);
        // A factor says nothing in a list, and counts in a known part and a tie.
        assert_eq!(parsed.terms, [(1, vec![monomial([1, 1, 0]), monomial([0, 0, 0])])]);
        assert_eq!(parsed.known, [(0, monomial([1, 0, 0]), 1.0), (0, monomial([0, 1, 0]), -3.0)]);
        assert_eq!(parsed.signs, [(2, monomial([1, 0, 0]), Sign::Negative)]);
        assert_eq!(parsed.ties, [[(0, monomial([1, 0, 1]), -1.0), (2, monomial([1, 0, 1]), 0.5)]]);
        assert!(parsed.has_list(1) && !parsed.has_list(0));
        // Each term once, and none for what is known.
        let expected = [[1, 1, 0], [0, 0, 0], [1, 0, 0], [1, 0, 1]].map(monomial);
        assert_eq!(parsed.candidates(), expected);
    }

    #[test]
    fn the_time_is_a_variable_only_where_an_entry_depends_on_it() {
        for (table, uses_time) in [
            ("known = { x = \"0.1*t\" }", true),
            ("signs = { x = { \"y*sin(t)\" = \"positive\" } }", true),
            ("known = { x = \"0.1*y\" }", false),
        ] {
            assert_eq!(parsed(table).map(|(_, explicit_time)| explicit_time), Ok(uses_time), "{table}");
        }
    }

    #[test]
    fn the_last_state_of_a_conserved_sum_of_which_nothing_is_said_follows_from_the_others() {
        let dependent = |table: &str| parsed(table).map(|(parsed, _)| parsed.dependent);
        assert_eq!(dependent("conserved = [\"x + y + 4*z\"]"), Ok(vec![(2, vec![(0, -0.25), (1, -0.25)])]));
        // z has a sign, so y follows: y' = -x'/2 - 2 z'.
        let table = "conserved = [\"x + 2*y + 4*z\"]\nsigns = { z = { x = \"positive\" } }";
        assert_eq!(dependent(table), Ok(vec![(1, vec![(0, -0.5), (2, -2.0)])]));
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        for (table, place, part) in [
            ("known = { w = \"x\" }", "[model.known] w", "`w` is not a state; the states are x, y, z"),
            ("known = { x = \"0*y\" }", "[model.known] x", "is nothing"),
            ("terms = { x = [\"x + q\"] }", "[model.terms] x", "\"x + q\""),
            ("ties = [{ x = \"x + y\", y = \"x\" }]", "[model] ties, entry 1", "expected one term"),
            ("conserved = [\"x*y + z\"]", "[model] conserved", "expected a sum of states"),
            ("conserved = [\"x\"]", "[model] conserved", "one of its states must have no other entry"),
            ("conserved = [\"x + z\", \"y + z\"]", "[model] conserved", "that of others already"),
            ("conserved = [\"x + y\"]\nknown = { x = \"x\", y = \"x\" }", "[model] conserved", "no other entry"),
        ] {
            match parsed(table) {
                Err(ConstraintError::Entry { place: found, problem }) => {
                    assert!(found.starts_with(place) && problem.contains(part), "{table}: {found}: {problem}");
                }
                other => panic!("{table}: {other:?}"),
            }
        }
        let second_order = data().second_order().expect("velocities");
        let constraints = ModelConstraints::from_toml("[model]\nknown = { x = \"y\" }").expect("a table");
        let error = ParsedConstraints::of(&constraints, &second_order, false).expect_err("a definition");
        assert_eq!(error.to_string(), "[model.known] x: the rate of `x` is its velocity by definition");
    }
}
