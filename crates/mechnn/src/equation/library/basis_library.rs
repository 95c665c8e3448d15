//! The candidate terms a model is chosen from.

use std::collections::HashMap;

use super::LibraryError;
use crate::equation::terms::Term;

/// P candidate terms over D states, with all values and derivatives in one pass.
#[derive(Debug, Clone, PartialEq)]
pub struct BasisLibrary {
    terms: Vec<Term>,
    dims: usize,
    rules: Vec<Rule>,
}

/// How the value of one term is obtained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// The term is 1.
    One,
    /// The value of an earlier term times one state.
    Product { parent: usize, state: usize },
    /// From the term itself.
    Direct,
}

impl BasisLibrary {
    /// All monomials of `dims` states up to a total `degree`, in graded order: 1, x, y, x², x y, y², ...
    pub fn polynomial(dims: usize, degree: u8) -> Self {
        let mut terms = vec![Term::constant(dims)];
        // Each monomial with its last factor: the next degree appends that factor or a later one, so every product
        // appears once.
        let mut previous = vec![(vec![0u8; dims], 0)];
        for _ in 0..degree {
            let mut next = Vec::new();
            for (exponents, last) in &previous {
                for state in *last..dims {
                    let mut exponents = exponents.clone();
                    exponents[state] += 1;
                    terms.push(Term::Monomial(exponents.clone()));
                    next.push((exponents, state));
                }
            }
            previous = next;
        }
        Self::with_rules(terms, dims)
    }

    /// A library of given terms, for instance those a search has kept; any order.
    ///
    /// # Errors
    /// [`LibraryError::Shape`] if a term is not a function of `dims` states.
    pub fn new(terms: Vec<Term>, dims: usize) -> Result<Self, LibraryError> {
        match terms.iter().enumerate().find(|(_, term)| term.dims() != dims) {
            Some((index, term)) => Err(LibraryError::Shape { index, expected: dims, found: term.dims() }),
            None => Ok(Self::with_rules(terms, dims)),
        }
    }

    /// A library of terms over `dims` variables or fewer.
    pub(crate) fn of_terms(terms: Vec<Term>, dims: usize) -> Self {
        Self::with_rules(terms, dims)
    }

    fn with_rules(terms: Vec<Term>, dims: usize) -> Self {
        let mut rules = Vec::with_capacity(terms.len());
        let mut known: HashMap<&[u8], usize> = HashMap::new();
        for (index, term) in terms.iter().enumerate() {
            let Term::Monomial(exponents) = term else {
                rules.push(Rule::Direct);
                continue;
            };
            let used = |state: &usize| exponents.get(*state).is_some_and(|&exponent| exponent > 0);
            let parent = (0..dims).rev().filter(used).find_map(|state| {
                let mut lower = exponents.clone();
                lower[state] -= 1;
                known.get(lower.as_slice()).map(|&parent| Rule::Product { parent, state })
            });
            rules.push(if term.is_constant() { Rule::One } else { parent.unwrap_or(Rule::Direct) });
            known.entry(exponents).or_insert(index);
        }
        Self { terms, dims, rules }
    }

    /// The library of the terms at `indices`, in their order.
    ///
    /// # Panics
    /// If an index is out of range.
    pub fn subset(&self, indices: &[usize]) -> Self {
        Self::with_rules(indices.iter().map(|&index| self.terms[index].clone()).collect(), self.dims)
    }

    /// The terms, `[P]`.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// P, the number of terms.
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether there is no term.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// D, the number of states.
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// Writes the values of all terms at `x`.
    ///
    /// # Shapes
    /// - `x`: `[D]`
    /// - `values`: `[P]`
    ///
    /// # Panics
    /// If a slice is shorter than its shape.
    pub fn evaluate_into(&self, x: &[f64], values: &mut [f64]) {
        for (p, rule) in self.rules.iter().enumerate() {
            values[p] = match *rule {
                Rule::One => 1.0,
                Rule::Product { parent, state } => values[parent] * x[state],
                Rule::Direct => self.terms[p].evaluate(x),
            };
        }
    }

    /// Writes the values of all terms at `x` and their derivatives with respect to the states.
    ///
    /// # Shapes
    /// - `x`: `[D]`
    /// - `values`: `[P]`
    /// - `jacobian`: `[P, D]`, row-major
    ///
    /// # Panics
    /// If a slice is shorter than its shape.
    pub fn jacobian_into(&self, x: &[f64], values: &mut [f64], jacobian: &mut [f64]) {
        let dims = self.dims;
        self.evaluate_into(x, values);
        for (p, rule) in self.rules.iter().enumerate() {
            let (earlier, rest) = jacobian.split_at_mut(p * dims);
            let row = &mut rest[..dims];
            match *rule {
                Rule::One => row.fill(0.0),
                // d(q x_s) = dq · x_s + q · dx_s
                Rule::Product { parent, state } => {
                    let parent_row = &earlier[parent * dims..(parent + 1) * dims];
                    for (slope, parent_slope) in row.iter_mut().zip(parent_row) {
                        *slope = parent_slope * x[state];
                    }
                    row[state] += values[parent];
                }
                Rule::Direct => self.terms[p].gradient_into(x, row),
            }
        }
    }

    /// Whether term `p` changes with a state.
    pub(crate) fn depends_on(&self, p: usize, state: usize) -> bool {
        self.terms[p].uses_variable(state)
    }

    /// Numbers of room for each point that [`Self::evaluate_many`] and [`Self::jacobian_many`] need.
    pub(crate) fn work_for_point(&self) -> usize {
        self.terms.iter().map(Term::work_for_point).max().unwrap_or(0)
    }

    /// [`Self::evaluate_into`] at n points, of which each variable and each value lies along all of them.
    ///
    /// # Shapes
    /// - `x`: `[D, n]`
    /// - `values`: `[P, n]`
    /// - `work`: room, at least n times [`Self::work_for_point`]
    pub(crate) fn evaluate_many(&self, n: usize, x: &[f64], values: &mut [f64], work: &mut [f64]) {
        for (p, rule) in self.rules.iter().enumerate() {
            let (earlier, own) = values.split_at_mut(p * n);
            let own = &mut own[..n];
            match *rule {
                Rule::One => own.fill(1.0),
                Rule::Product { parent, state } => multiply(own, &earlier[parent * n..], &x[state * n..]),
                Rule::Direct => self.terms[p].evaluate_many(x, self.terms[p].constants(), own, work),
            }
        }
    }

    /// [`Self::jacobian_into`] at n points; `jacobian` is `[P, D, n]`. Where a term
    /// [does not depend](Self::depends_on) on a state nothing is written.
    pub(crate) fn jacobian_many(
        &self,
        n: usize,
        x: &[f64],
        values: &mut [f64],
        jacobian: &mut [f64],
        work: &mut [f64],
    ) {
        let dims = self.dims;
        self.evaluate_many(n, x, values, work);
        for (p, rule) in self.rules.iter().enumerate() {
            let (earlier, own) = jacobian.split_at_mut(p * dims * n);
            let own = &mut own[..dims * n];
            match *rule {
                Rule::One => {}
                // d(q x_s) = dq · x_s + q · dx_s
                Rule::Product { parent, state } => {
                    for d in (0..dims).filter(|&d| self.depends_on(p, d)) {
                        let slope = &mut own[d * n..][..n];
                        match self.depends_on(parent, d) {
                            true => multiply(slope, &earlier[(parent * dims + d) * n..], &x[state * n..]),
                            false => slope.fill(0.0),
                        }
                        if d == state {
                            slope.iter_mut().zip(&values[parent * n..]).for_each(|(slope, q)| *slope += q);
                        }
                    }
                }
                Rule::Direct => {
                    let (term, value) = (&self.terms[p], &mut values[p * n..][..n]);
                    let constants = term.constants();
                    let mut by_constant = vec![0.0; constants.len() * n];
                    term.gradient_many(x, constants, value, own, &mut by_constant, work);
                }
            }
        }
    }
}

fn multiply(out: &mut [f64], a: &[f64], b: &[f64]) {
    out.iter_mut().zip(a.iter().zip(b)).for_each(|(out, (a, b))| *out = a * b);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::{BasisLibrary, LibraryError, Rule, Term};
    use crate::equation::parse_term;

    #[test]
    fn polynomials_are_in_graded_order() {
        let library = BasisLibrary::polynomial(2, 3);
        let expected = [[0, 0], [1, 0], [0, 1], [2, 0], [1, 1], [0, 2], [3, 0], [2, 1], [1, 2], [0, 3]]
            .map(|e| Term::Monomial(e.to_vec()));
        assert_eq!(library.terms(), expected);
        assert_eq!((library.len(), library.dims(), library.is_empty()), (10, 2, false));
    }

    #[test]
    fn number_of_monomials_is_a_binomial_coefficient() {
        // C(D + n, n)
        for (dims, degree, count) in [(1, 5, 6), (3, 2, 10), (3, 3, 20), (4, 3, 35), (5, 0, 1)] {
            assert_eq!(BasisLibrary::polynomial(dims, degree).len(), count, "D = {dims}, degree {degree}");
        }
    }

    #[test]
    fn every_polynomial_term_is_one_product() {
        let library = BasisLibrary::polynomial(4, 4);
        assert!(!library.rules.contains(&Rule::Direct));
    }

    #[test]
    fn terms_over_other_states_are_refused() {
        let terms = vec![Term::constant(2), Term::constant(3)];
        assert_eq!(BasisLibrary::new(terms, 2), Err(LibraryError::Shape { index: 1, expected: 2, found: 3 }));
    }

    #[test]
    fn functions_stand_beside_monomials() {
        let names = ["x", "y"].map(String::from);
        let terms: Vec<Term> = ["1", "x", "x*y", "x/(2 + y)"].map(|text| parse_term(text, &names).unwrap()).to_vec();
        let library = BasisLibrary::new(terms, 2).unwrap();
        let (mut values, mut jacobian) = ([f64::NAN; 4], [f64::NAN; 8]);
        library.jacobian_into(&[3.0, 2.0], &mut values, &mut jacobian);
        assert_eq!(values, [1.0, 3.0, 6.0, 0.75]);
        // d(x/(2 + y)) = (1/(2 + y), -x/(2 + y)²)
        assert_eq!(jacobian, [0.0, 0.0, 1.0, 0.0, 2.0, 3.0, 0.25, -3.0 / 16.0]);
    }

    proptest! {
        /// A subset in any order needs the direct rule for some terms; both rules give what the terms give.
        #[test]
        fn library_agrees_with_its_terms(
            x in prop::collection::vec(-2.0..2.0f64, 3),
            terms in Just(BasisLibrary::polynomial(3, 4).terms().to_vec()).prop_shuffle(),
            count in 1..35usize,
        ) {
            let library = BasisLibrary::new(terms[..count].to_vec(), 3).unwrap();
            let (mut values, mut jacobian) = (vec![f64::NAN; count], vec![f64::NAN; count * 3]);
            library.jacobian_into(&x, &mut values, &mut jacobian);
            let mut gradient = [f64::NAN; 3];
            for (p, term) in library.terms().iter().enumerate() {
                // At most four products of numbers below 2: rounding stays far below 1e-13.
                prop_assert!((values[p] - term.evaluate(&x)).abs() < 1e-13);
                term.gradient_into(&x, &mut gradient);
                for d in 0..3 {
                    prop_assert!((jacobian[p * 3 + d] - gradient[d]).abs() < 1e-13, "{:?} by state {}", term, d);
                }
            }
        }
    }
}
