//! One candidate function of the variables.

use super::function_term::{FunctionTerm, TermError};
use super::scratch::with_scratch;

/// A candidate function, without its coefficient.
///
/// The V variables of a model are its D states, then the known inputs (controls), then the time. A term may be over
/// fewer: it ignores the rest. Values and derivatives outside the domain of a function are NaN or infinite.
///
/// # Shapes
/// - `x`, `by_variable`: `[V]`, at least those of the term, in every method that takes one
/// - `constants`, `by_constant`: `[C]`, the inner constants of the term; none for monomials
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Term {
    /// A product of powers of the variables; the exponents are `[V]`.
    ///
    /// $$ \prod_d x_d^{n_d} $$
    Monomial(Vec<u8>),
    /// Any other function, with inner constants.
    Function(FunctionTerm),
}

impl Term {
    /// The term 1 over `dims` variables.
    pub fn constant(dims: usize) -> Self {
        Self::Monomial(vec![0; dims])
    }

    /// V, the number of variables the term is a function of.
    pub fn dims(&self) -> usize {
        match self {
            Self::Monomial(exponents) => exponents.len(),
            Self::Function(function) => function.expression().variables().len(),
        }
    }

    /// Whether the term is 1.
    pub fn is_constant(&self) -> bool {
        matches!(self, Self::Monomial(_)) && self.degree() == 0
    }

    /// Whether the two are the same but for the values of inner constants.
    pub fn has_form_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Function(own), Self::Function(other)) => own.expression() == other.expression(),
            _ => self == other,
        }
    }

    /// Values of the inner constants, `[C]`.
    pub fn constants(&self) -> &[f64] {
        match self {
            Self::Monomial(_) => &[],
            Self::Function(function) => function.constants(),
        }
    }

    /// Values of the inner constants, to be changed; whoever does keeps them finite.
    pub fn constants_mut(&mut self) -> &mut [f64] {
        match self {
            Self::Monomial(_) => &mut [],
            Self::Function(function) => function.constants_mut(),
        }
    }

    /// The same function with other inner constants.
    ///
    /// # Errors
    /// [`TermError`] if there are more or fewer than the term has, or one is not finite.
    pub fn with_constants(&self, constants: &[f64]) -> Result<Self, TermError> {
        match self {
            Self::Monomial(_) if constants.is_empty() => Ok(self.clone()),
            Self::Monomial(exponents) => {
                let names: Vec<String> = (1..=exponents.len()).map(|v| format!("x{v}")).collect();
                Err(TermError::Constants { term: self.python(&names), expected: 0, found: constants.len() })
            }
            Self::Function(function) => {
                FunctionTerm::new(function.expression().clone(), constants.to_vec()).map(Self::Function)
            }
        }
    }

    /// Value at `x`.
    pub fn evaluate(&self, x: &[f64]) -> f64 {
        self.evaluate_at(x, self.constants())
    }

    /// Value at `x` with other inner constants.
    pub fn evaluate_at(&self, x: &[f64], constants: &[f64]) -> f64 {
        match self {
            Self::Monomial(exponents) => {
                // Repeated products: exponents are small, and powi would not be inlined.
                let mut value = 1.0;
                for (&exponent, &state) in exponents.iter().zip(x) {
                    for _ in 0..exponent {
                        value *= state;
                    }
                }
                value
            }
            Self::Function(function) => function.expression().evaluate(x, constants),
        }
    }

    /// Writes the derivatives with respect to the variables at `x` into `by_variable`.
    pub fn gradient_into(&self, x: &[f64], by_variable: &mut [f64]) {
        let constants = self.constants();
        with_scratch(constants.len(), |by_constant| {
            self.gradient_at(x, constants, by_variable, by_constant);
        });
    }

    /// Writes the derivatives with respect to the variables and the inner constants; returns the value.
    pub fn gradient_with_constants_into(&self, x: &[f64], by_variable: &mut [f64], by_constant: &mut [f64]) -> f64 {
        self.gradient_at(x, self.constants(), by_variable, by_constant)
    }

    /// [`Term::gradient_with_constants_into`] with other inner constants.
    pub fn gradient_at(&self, x: &[f64], constants: &[f64], by_variable: &mut [f64], by_constant: &mut [f64]) -> f64 {
        match self {
            Self::Monomial(exponents) => {
                monomial_gradient(exponents, x, by_variable);
                self.evaluate(x)
            }
            Self::Function(function) => function.expression().gradient_into(x, constants, by_variable, by_constant),
        }
    }

    /// Numbers of room for each point that [`Self::evaluate_many`] and [`Self::gradient_many`] need.
    pub(crate) fn work_for_point(&self) -> usize {
        match self {
            Self::Monomial(_) => 0,
            Self::Function(function) => function.expression().work_for_point(),
        }
    }

    /// Writes the values at n points, `[n]`, for variables `[V, n]`, each along all points. `work` is room, at least n
    /// times [`Self::work_for_point`].
    pub(crate) fn evaluate_many(&self, x: &[f64], constants: &[f64], value: &mut [f64], work: &mut [f64]) {
        match self {
            Self::Monomial(exponents) => {
                value.fill(1.0);
                multiply_by_powers(exponents.iter().copied(), x, value);
            }
            Self::Function(function) => function.expression().evaluate_many(x, constants, value, work),
        }
    }

    /// The same with the derivatives by the variables, `[V, n]`, and by the inner constants, `[C, n]`.
    pub(crate) fn gradient_many(
        &self,
        x: &[f64],
        constants: &[f64],
        value: &mut [f64],
        by_variable: &mut [f64],
        by_constant: &mut [f64],
        work: &mut [f64],
    ) {
        let n = value.len();
        match self {
            Self::Monomial(exponents) => {
                self.evaluate_many(x, constants, value, work);
                for (d, slope) in by_variable.chunks_exact_mut(n).enumerate() {
                    let own = exponents.get(d).copied().unwrap_or(0);
                    slope.fill(f64::from(own));
                    if own > 0 {
                        let lower = |(e, &exponent): (usize, &u8)| if e == d { exponent - 1 } else { exponent };
                        multiply_by_powers(exponents.iter().enumerate().map(lower), x, slope);
                    }
                }
            }
            Self::Function(function) => {
                function.expression().gradient_many(x, constants, value, by_variable, by_constant, work);
            }
        }
    }

    /// Whether it has no pole and is everywhere defined while the variables are within `ranges`, the least and the
    /// largest value of each, `[V]`; see [`Expression::is_regular_on`](crate::equation::Expression::is_regular_on).
    pub fn is_regular_on(&self, ranges: &[(f64, f64)], constants: &[f64]) -> bool {
        match self {
            Self::Monomial(_) => true,
            Self::Function(function) => function.expression().is_regular_on(ranges, constants),
        }
    }

    /// Total degree as a polynomial: the sum of the exponents. Functions have none and count as 0.
    pub fn degree(&self) -> usize {
        match self {
            Self::Monomial(exponents) => exponents.iter().map(|&exponent| usize::from(exponent)).sum(),
            Self::Function(_) => 0,
        }
    }

    /// Number of nodes of the expression tree; monomials are written with products only: 1 for `1` and `x`, 3 for
    /// `x*y` and `x**2`.
    pub fn complexity(&self) -> usize {
        match self {
            Self::Monomial(_) => (2 * self.degree()).saturating_sub(1).max(1),
            Self::Function(function) => function.expression().complexity(),
        }
    }

    /// Whether variable number `index` occurs.
    pub fn uses_variable(&self, index: usize) -> bool {
        match self {
            Self::Monomial(exponents) => exponents.get(index).is_some_and(|&exponent| exponent > 0),
            Self::Function(function) => function.expression().uses_variable(index),
        }
    }

    /// The same over `count` variables, where variable number v is number `places[v]`.
    ///
    /// # Panics
    /// If a variable that occurs has no place below `count`.
    pub(crate) fn with_variables_at(&self, places: &[usize], count: usize) -> Self {
        match self {
            Self::Monomial(own) => {
                let mut exponents = vec![0; count];
                let occurring = own.iter().zip(places).filter(|(exponent, _)| **exponent > 0);
                occurring.for_each(|(exponent, &place)| exponents[place] = *exponent);
                Self::Monomial(exponents)
            }
            Self::Function(function) => Self::Function(function.with_variables_at(places, count)),
        }
    }

    /// The same over the first `dims` variables, or as it is if others occur.
    pub(in crate::equation) fn shortened(self, dims: usize) -> Self {
        match &self {
            Self::Monomial(exponents) if exponents.iter().skip(dims).all(|&exponent| exponent == 0) => {
                Self::Monomial(exponents[..dims.min(exponents.len())].to_vec())
            }
            Self::Monomial(_) => self,
            Self::Function(function) => function.shortened(dims).map_or(self, Self::Function),
        }
    }
}

fn monomial_gradient(exponents: &[u8], x: &[f64], gradient: &mut [f64]) {
    for (d, slope) in gradient.iter_mut().enumerate() {
        // A variable that does not occur, or is beyond those of the term, changes nothing.
        let own = match exponents.get(d) {
            Some(&own @ 1..) => own,
            Some(0) | None => {
                *slope = 0.0;
                continue;
            }
        };
        // n_d x_d^(n_d - 1) · product of the other powers, which stays right at x_d = 0.
        let mut value = f64::from(own);
        for (e, (&exponent, &state)) in exponents.iter().zip(x).enumerate() {
            let power = if e == d { exponent - 1 } else { exponent };
            for _ in 0..power {
                value *= state;
            }
        }
        *slope = value;
    }
}

/// Multiplies values at n points by powers of the variables, `[V, n]`, in the order of [`Term::evaluate_at`].
fn multiply_by_powers(exponents: impl Iterator<Item = u8>, x: &[f64], values: &mut [f64]) {
    for (exponent, x) in exponents.zip(x.chunks_exact(values.len())) {
        for _ in 0..exponent {
            values.iter_mut().zip(x).for_each(|(value, x)| *value *= x);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{FunctionTerm, Term, TermError};
    use crate::equation::Expression;

    #[test]
    fn values_and_gradients_of_a_monomial() {
        // f = x² z at (3, 5, -2): f = -18, df/dx = 2 x z = -12, df/dz = x² = 9
        let term = Term::Monomial(vec![2, 0, 1]);
        let mut gradient = [f64::NAN; 3];
        assert_eq!(term.evaluate(&[3.0, 5.0, -2.0]), -18.0);
        term.gradient_into(&[3.0, 5.0, -2.0], &mut gradient);
        assert_eq!(gradient, [-12.0, 0.0, 9.0]);
        // At x = 0 nothing is divided by x.
        term.gradient_into(&[0.0, 5.0, -2.0], &mut gradient);
        assert_eq!(gradient, [0.0, 0.0, 0.0]);
    }

    #[test]
    fn variables_beyond_those_of_the_term_do_not_matter() {
        let (x, mut gradient) = ([3.0, 5.0, f64::NAN], [f64::NAN; 3]);
        let names = ["x", "y"].map(String::from);
        let function = FunctionTerm::new(Expression::parse("x**2*y", &names, &[]).unwrap(), vec![]).unwrap();
        for term in [Term::Monomial(vec![2, 1]), Term::Function(function)] {
            assert_eq!(term.evaluate(&x), 45.0);
            term.gradient_into(&x, &mut gradient);
            assert_eq!(gradient, [30.0, 9.0, 0.0]);
        }
    }

    #[test]
    fn inner_constants_are_part_of_the_term() {
        // f = x/(k + x) at x = 1, k = 3: f = 1/4, df/dx = k/(k + x)² = 3/16, df/dk = -x/(k + x)² = -1/16
        let names = ["x".to_owned()];
        let expression = Expression::parse("x/(k + x)", &names, &["k".to_owned()]).unwrap();
        let mut term = Term::Function(FunctionTerm::new(expression.clone(), vec![3.0]).unwrap());
        let (mut by_variable, mut by_constant) = ([f64::NAN], [f64::NAN]);
        assert_eq!(term.gradient_with_constants_into(&[1.0], &mut by_variable, &mut by_constant), 0.25);
        assert_eq!((by_variable, by_constant), ([3.0 / 16.0], [-1.0 / 16.0]));
        assert_eq!(term.with_constants(&[1.0]).unwrap().evaluate(&[1.0]), 0.5);
        term.constants_mut()[0] = 0.0;
        assert_eq!((term.evaluate(&[1.0]), term.constants()), (1.0, &[0.0][..]));
        assert_eq!((term.complexity(), term.is_constant(), term.dims()), (5, false, 1));

        let error = term.with_constants(&[1.0, 2.0]).unwrap_err();
        assert_eq!(error.to_string(), "the term x/(k + x) has 1 inner constants, found 2 values");
        assert!(matches!(
            Term::Monomial(vec![2]).with_constants(&[1.0]),
            Err(TermError::Constants { expected: 0, .. })
        ));
        let error = FunctionTerm::new(expression, vec![f64::NAN]).unwrap_err();
        assert_eq!(error.to_string(), "the inner constant k of the term x/(k + x) is NaN");
    }

    #[test]
    fn variables_can_be_given_other_places() {
        // x² y and x/(2 + y) over (x, y), with x in place 2 and y in place 0 of three.
        let names = ["x", "y"].map(String::from);
        let expression = Expression::parse("x/(k + y)", &names, &["k".to_owned()]).unwrap();
        let function = Term::Function(FunctionTerm::new(expression, vec![2.0]).unwrap());
        for (term, expected) in [(Term::Monomial(vec![2, 1]), 45.0), (function, 3.0 / 7.0)] {
            let moved = term.with_variables_at(&[2, 0], 3);
            assert_eq!((moved.dims(), moved.evaluate(&[5.0, f64::NAN, 3.0])), (3, expected), "{term:?}");
            assert_eq!(moved.constants(), term.constants());
        }
    }

    #[test]
    fn degree_and_complexity() {
        for (exponents, degree, complexity) in
            [([0, 0], 0, 1), ([1, 0], 1, 1), ([1, 1], 2, 3), ([0, 2], 2, 3), ([2, 1], 3, 5)]
        {
            let term = Term::Monomial(exponents.to_vec());
            assert_eq!((term.degree(), term.complexity()), (degree, complexity), "{exponents:?}");
            assert_eq!(term.is_constant(), degree == 0);
        }
        assert!(Term::constant(3).is_constant());
    }
}
