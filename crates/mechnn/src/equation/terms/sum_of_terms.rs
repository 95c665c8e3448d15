//! Right-hand sides from text, as sums of terms with coefficients.

use super::inner_constants::{InnerConstants, constant_names};
use super::polynomial::{not_finite, polynomial};
use super::{FunctionTerm, Term};
use crate::equation::expression::{Expression, Names};
use crate::equation::syntax::{ExpressionError, Factor, Kind, Summand, Tree, words};

/// The terms and coefficients of any expression over `variables`, `[V]`; all terms are over V variables.
///
/// A polynomial, also one in brackets, is multiplied out into monomials, as by [`super::parse_polynomial`]. Of the
/// other summands, numbers that multiply or divide them become the coefficient; every number that is left inside
/// becomes an inner constant, but whole exponents and `pi` stay: `2.5*x/(3 + x**2)` is 2.5 times the function
/// x/(c1 + x**2) with c1 = 3. Whether data can tell the constants apart is not asked: of `x/(2 + 3*x)` they can tell
/// the two only up to a factor that the coefficient takes. Equal terms are added; the order is that of first
/// appearance; terms with coefficient 0 are left out.
///
/// # Errors
/// [`ExpressionError`] with the column.
pub fn parse_terms(text: &str, variables: &[String]) -> Result<Vec<(Term, f64)>, ExpressionError> {
    let tree = Tree::parse(&words(text)?, &Names { variables, constants: &[] })?;
    let mut sum = SumOfTerms { variables, terms: Vec::new() };
    sum.add(&tree, 1.0)?;
    if let Some((_, coefficient)) = sum.terms.iter().find(|(_, coefficient)| !coefficient.is_finite()) {
        return Err(not_finite(*coefficient, tree.at));
    }
    sum.terms.retain(|&(_, coefficient)| coefficient != 0.0);
    Ok(sum.terms)
}

/// The expression as one term with coefficient 1, for instance a candidate that a user names.
///
/// What [`parse_terms`] reads as one term with coefficient 1 is that term. Of anything but polynomials the whole
/// expression is the term, and all its numbers are inner constants.
///
/// # Errors
/// [`ExpressionError`], also for a polynomial that is not one monomial with coefficient 1.
pub fn parse_term(text: &str, variables: &[String]) -> Result<Term, ExpressionError> {
    let mut terms = parse_terms(text, variables)?;
    match (terms.pop(), terms.is_empty()) {
        (Some((term, 1.0)), true) => return Ok(term),
        (Some((Term::Monomial(_), _)), true) | (None, _) => {}
        (Some(last), _) if terms.iter().chain([&last]).all(|(term, _)| matches!(term, Term::Monomial(_))) => {}
        _ => {
            let tree = Tree::parse(&words(text)?, &Names { variables, constants: &[] })?;
            return Ok(Term::Function(SumOfTerms { variables, terms }.function(&tree)?));
        }
    }
    Err(ExpressionError::new(0, format!("expected one term with coefficient 1, found \"{text}\"")))
}

struct SumOfTerms<'a> {
    variables: &'a [String],
    terms: Vec<(Term, f64)>,
}

impl SumOfTerms<'_> {
    /// Adds `scale` times the expression.
    fn add(&mut self, tree: &Tree, scale: f64) -> Result<(), ExpressionError> {
        if let Ok(polynomial) = polynomial(tree, self.variables.len()) {
            polynomial.into_iter().for_each(|(exponents, c)| self.push(Term::Monomial(exponents), scale * c));
            return Ok(());
        }
        if let Kind::Sum(terms) = &tree.kind {
            let sign = |negative: bool| if negative { -scale } else { scale };
            return terms.iter().try_for_each(|Summand { negative, value }| self.add(value, sign(*negative)));
        }
        let mut product = Factors { coefficient: scale, rest: Vec::new() };
        product.collect(tree, false);
        let Factors { coefficient, mut rest } = product;
        if let [Factor { divides: false, value }] = &rest[..]
            && matches!(value.kind, Kind::Sum(_))
        {
            return self.add(value, coefficient);
        }
        let whole = match rest.len() {
            1 if !rest[0].divides => rest.swap_remove(0).value,
            _ => Tree { kind: Kind::Product(rest), at: tree.at },
        };
        let term = self.function(&whole)?;
        self.push(Term::Function(term), coefficient);
        Ok(())
    }

    /// The function that `tree` is, its numbers as inner constants.
    fn function(&self, tree: &Tree) -> Result<FunctionTerm, ExpressionError> {
        let mut inner = InnerConstants { first: self.variables.len(), values: Vec::new() };
        let mut tree = inner.split_off(tree)?;
        if let Kind::Product(factors) = &mut tree.kind
            && factors[0].divides
        {
            // The 1 above the fraction bar is how a reciprocal is written, and no constant.
            let one = Tree { kind: Kind::number(1.0), at: tree.at };
            factors.insert(0, Factor { divides: false, value: one });
        }
        let expression =
            Expression::from_tree(&tree, self.variables, constant_names(inner.values.len(), self.variables));
        FunctionTerm::new(expression, inner.values).map_err(|error| ExpressionError::new(tree.at, error.to_string()))
    }

    fn push(&mut self, term: Term, coefficient: f64) {
        match self.terms.iter_mut().find(|(known, _)| *known == term) {
            Some((_, sum)) => *sum += coefficient,
            None => self.terms.push((term, coefficient)),
        }
    }
}

/// The numeric part of a product, and the other factors in their order.
struct Factors {
    coefficient: f64,
    rest: Vec<Factor>,
}

impl Factors {
    /// Takes a factor or divisor apart, through brackets and signs.
    fn collect(&mut self, tree: &Tree, divides: bool) {
        if let Some(value) = tree.constant() {
            self.coefficient = if divides { self.coefficient / value } else { self.coefficient * value };
            return;
        }
        match &tree.kind {
            Kind::Product(factors) => {
                factors.iter().for_each(|factor| self.collect(&factor.value, factor.divides != divides));
            }
            Kind::Sum(terms) if terms.len() == 1 => {
                if terms[0].negative {
                    self.coefficient = -self.coefficient;
                }
                self.collect(&terms[0].value, divides);
            }
            _ => self.rest.push(Factor { divides, value: tree.clone() }),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{ExpressionError, Term, parse_term, parse_terms};

    fn variables() -> Vec<String> {
        ["x", "y", "t"].map(String::from).to_vec()
    }

    /// Each term with its names for constants and their values, and its coefficient.
    fn parse(text: &str) -> Result<Vec<(String, Vec<f64>, f64)>, ExpressionError> {
        let shown = |(term, coefficient): (Term, f64)| match &term {
            Term::Monomial(_) => (term.python(&variables()), vec![], coefficient),
            Term::Function(function) => {
                (function.expression().to_string(), function.constants().to_vec(), coefficient)
            }
        };
        Ok(parse_terms(text, &variables())?.into_iter().map(shown).collect())
    }

    #[test]
    fn sums_are_split_and_numbers_become_constants() {
        let one = |term: &str, constants: &[f64], c: f64| vec![(term.to_owned(), constants.to_vec(), c)];
        for (text, expected) in [
            ("2.5*x/(3 + x)", one("x/(c1 + x)", &[3.0], 2.5)),
            ("-x/(1 + x**2)*4/2", one("x/(c1 + x**2)", &[1.0], -2.0)),
            ("1/x", one("1.0/x", &[], 1.0)),
            ("3/(x*(2 + y))", one("1.0/x/(c1 + y)", &[2.0], 3.0)),
            ("x**0.5", one("x**c1", &[0.5], 1.0)),
            ("x**(1/3)", one("x**c1", &[1.0 / 3.0], 1.0)),
            ("x**-2*y", one("x**-2*y", &[], 1.0)),
            ("sin(2*pi*t + 1)", one("sin(c1*pi*t + c2)", &[2.0, 1.0], 1.0)),
            ("sin(2*x*3/4 - 1 + y - 2)", one("sin(c1*x + c2 + y)", &[1.5, -3.0], 1.0)),
            ("exp(-2*x)", one("exp(c1*x)", &[-2.0], 1.0)),
            ("exp(-2)*sin(x)", one("sin(x)", &[], (-2.0f64).exp())),
            ("2*(x + y)*sin(x)", one("(x + y)*sin(x)", &[], 2.0)),
            ("sin(x) + 2*sin(x)", one("sin(x)", &[], 3.0)),
            ("cos(x)/2 - cos(x)*0.5 + y", one("y", &[], 1.0)),
        ] {
            assert_eq!(parse(text).unwrap(), expected, "{text}");
        }
        let several = [("x", 3.0), ("x**2", -0.75), ("sin(t)", -2.0), ("x*t", 1.0)];
        let several = several.map(|(term, coefficient)| (term.to_owned(), vec![], coefficient));
        assert_eq!(parse("3*x*(1 - x/4) - 2*(sin(t) - x*t/2)").unwrap(), several);
    }

    #[test]
    fn constants_avoid_the_names_of_variables() {
        let names = ["c1".to_owned()];
        let Term::Function(function) = parse_term("c1/(2 + c1)", &names).unwrap() else { panic!("a function") };
        assert_eq!(function.expression().to_string(), "c1/(c1_ + c1)");
    }

    #[test]
    fn numbers_that_are_none_are_refused() {
        for (text, message) in [
            ("x/0", "column 1: a number is inf"),
            ("sin(x + 1/(1 - 1))", "column 9: a number is inf"),
            ("sqrt(-1)*x", "column 1: a number is NaN"),
            ("sin(x) + log(-1)", "column 1: a number is NaN"),
            ("x + z", "column 5: `z` is not a variable"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{text}: {error}");
        }
    }

    #[test]
    fn one_term_is_one_term() {
        assert_eq!(parse_term("x**2*y", &variables()).unwrap(), Term::Monomial(vec![2, 1, 0]));
        for (text, constants, value) in [
            ("x/(2 + x)", &[2.0][..], 0.5),
            ("3*x/(2 + x)", &[3.0, 2.0], 1.5),
            ("1 - exp(x)", &[1.0], 1.0 - 2f64.exp()),
        ] {
            let term = parse_term(text, &variables()).unwrap();
            assert_eq!((term.constants(), term.evaluate(&[2.0, 0.0, 0.0])), (constants, value), "{text}");
        }
        for text in ["2*x", "x + y", "0", "3"] {
            let error = parse_term(text, &variables()).unwrap_err();
            assert!(error.to_string().contains("one term with coefficient 1"), "{text}: {error}");
        }
    }
}
