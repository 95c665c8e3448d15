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
    /// [`ConstraintError::Entry`] for a state that is none, for text that is no term, and for conserved sums that leave no
    /// state to follow from the others.
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
