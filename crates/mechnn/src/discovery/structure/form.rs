//! The form of equations: which terms they have, with whatever numbers.

use crate::equation::{SparseModel, Term};

/// The terms of each equation, in any order; inner constants do not tell terms apart.
///
/// Unlike a [`Structure`](super::Structure) it knows nothing of data: it is what equations found on different data
/// have in common.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    /// State and term.
    pub(crate) terms: Vec<(usize, Term)>,
}

impl Form {
    pub(crate) fn of(model: &SparseModel) -> Self {
        Self { terms: model.terms().map(|(state, fitted)| (state, fitted.term.clone())).collect() }
    }

    /// The same without the equations of some states.
    #[must_use]
    pub(crate) fn without_states(mut self, left_out: impl Fn(usize) -> bool) -> Self {
        self.terms.retain(|(state, _)| !left_out(*state));
        self
    }

    /// How often a term is there: one function can be there twice, with two constants.
    fn count(&self, term: &(usize, Term)) -> usize {
        self.terms.iter().filter(|own| same_form(own, term)).count()
    }

    pub(crate) fn contains(&self, term: &(usize, Term)) -> bool {
        self.count(term) > 0
    }

    /// With one term less, one more, or one in place of another of the same equation.
    pub(crate) fn neighbours(&self, offers: &[(usize, Term)]) -> Vec<Self> {
        let without = |at: usize| -> Vec<(usize, Term)> {
            self.terms.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, term)| term.clone()).collect()
        };
        let mut near: Vec<Self> = (0..self.terms.len()).map(|at| Self { terms: without(at) }).collect();
        for offer in offers.iter().filter(|offer| !self.contains(offer)) {
            near.push(Self { terms: [&self.terms[..], std::slice::from_ref(offer)].concat() });
            for (at, _) in self.terms.iter().enumerate().filter(|(_, own)| own.0 == offer.0) {
                near.push(Self { terms: [&without(at)[..], std::slice::from_ref(offer)].concat() });
            }
        }
        near
    }
}

impl PartialEq for Form {
    fn eq(&self, other: &Self) -> bool {
        self.terms.len() == other.terms.len() && self.terms.iter().all(|term| self.count(term) == other.count(term))
    }
}

fn same_form((state, term): &(usize, Term), (other_state, other): &(usize, Term)) -> bool {
    state == other_state && term.has_form_of(other)
}

#[cfg(test)]
mod tests {
    use super::Form;
    use crate::equation::SparseModel;

    fn form(x: &str, y: &str) -> Form {
        Form::of(&SparseModel::from_text("t", &[("x", x), ("y", y)]).expect("equations"))
    }

    #[test]
    fn numbers_and_order_do_not_count_but_how_often_a_function_is_there_does() {
        assert_eq!(form("x - 2*x/(0.5 + x)", "y"), form("-x/(3.0 + x) + 0.1*x", "2*y"));
        assert_ne!(form("x - y", "y"), form("x", "y - x"));
        let (twice, once) = (form("x/(1 + x) + x/(5 + x)", "y"), form("x/(1 + x) + x", "y"));
        assert_ne!(twice, once);
        assert_ne!(once, twice);
    }

    #[test]
    fn neighbours_differ_by_one_term() {
        let own = form("x", "y");
        let offers = form("x + y", "0").terms;
        // Without x, without y; x' with y, and with y in place of x.
        let near = own.neighbours(&offers);
        let expected = [form("0", "y"), form("x", "0"), form("x + y", "y"), form("y", "y")];
        assert!(near.len() == 4 && expected.iter().all(|expected| near.contains(expected)), "{near:?}");
    }
}
