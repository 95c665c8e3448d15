//! Polynomials from text.

use super::Term;
use crate::equation::expression::{Names, whole_power};
use crate::equation::syntax::{ExpressionError, Factor, Kind, Summand, Tree, words};

/// Polynomials of more terms are not multiplied out.
const MAX_TERMS: usize = 1000;

/// Exponents and coefficients, each product of variables once, in order of first appearance.
pub(super) type Polynomial = Vec<(Vec<u8>, f64)>;

/// The terms and coefficients of a polynomial, such as `9.99*x - 0.5*x**2*y + 3`, over `states`, `[D]`.
///
/// Brackets and whole powers of sums are multiplied out; numbers may be any expressions without states. Equal terms
/// are added; the order is that of first appearance; terms with coefficient 0 are left out.
///
/// # Errors
/// [`ExpressionError`] with the column, also for an expression that is not a polynomial.
pub fn parse_polynomial(text: &str, states: &[String]) -> Result<Vec<(Term, f64)>, ExpressionError> {
    let tree = Tree::parse(&words(text)?, &Names { variables: states, constants: &[] })?;
    let polynomial = finite(polynomial(&tree, states.len())?, tree.at)?;
    Ok(polynomial.into_iter().map(|(exponents, coefficient)| (Term::Monomial(exponents), coefficient)).collect())
}

/// Without terms of coefficient 0, and with an error if a coefficient is not finite.
pub(super) fn finite(mut polynomial: Polynomial, at: usize) -> Result<Polynomial, ExpressionError> {
    if let Some((_, coefficient)) = polynomial.iter().find(|(_, coefficient)| !coefficient.is_finite()) {
        return Err(not_finite(*coefficient, at));
    }
    polynomial.retain(|&(_, coefficient)| coefficient != 0.0);
    Ok(polynomial)
}

/// A number in an equation that is not one.
pub(super) fn not_finite(value: f64, at: usize) -> ExpressionError {
    ExpressionError::new(at, format!("a number is {value}; it must be finite"))
}

/// The polynomial that a tree over `variables` is.
///
/// # Errors
/// The place of the first part that makes it none.
pub(super) fn polynomial(tree: &Tree, variables: usize) -> Result<Polynomial, ExpressionError> {
    if let Some(value) = tree.constant() {
        return Ok(vec![(vec![0; variables], value)]);
    }
    let refused = |at: usize, what: &str| Err(ExpressionError::new(at, format!("not a polynomial: {what}")));
    match &tree.kind {
        Kind::Symbol { index, .. } => {
            let mut exponents = vec![0; variables];
            exponents[*index] = 1;
            Ok(vec![(exponents, 1.0)])
        }
        Kind::Sum(terms) => {
            let mut sum = Vec::new();
            for Summand { negative, value } in terms {
                let sign = if *negative { -1.0 } else { 1.0 };
                polynomial(value, variables)?.into_iter().for_each(|(e, c)| add(&mut sum, e, sign * c));
            }
            Ok(sum)
        }
        Kind::Product(factors) => {
            let mut product = vec![(vec![0; variables], 1.0)];
            for Factor { divides, value } in factors {
                match (divides, value.constant()) {
                    (true, Some(divisor)) => product.iter_mut().for_each(|(_, coefficient)| *coefficient /= divisor),
                    (true, None) => return refused(value.at, "a variable below a fraction bar"),
                    (false, _) => product = multiplied(&product, &polynomial(value, variables)?, value.at)?,
                }
            }
            Ok(product)
        }
        Kind::Power(base, exponent) => {
            let Some(n @ 0..) = whole_power(exponent) else {
                return refused(exponent.at, "a power that is not a whole number up to 255");
            };
            let base = polynomial(base, variables)?;
            (0..n).try_fold(vec![(vec![0; variables], 1.0)], |power, _| multiplied(&power, &base, exponent.at))
        }
        // Numbers were constant.
        Kind::Call(..) | Kind::Number { .. } | Kind::Pi => refused(tree.at, "a function of a variable"),
    }
}

fn add(sum: &mut Polynomial, exponents: Vec<u8>, coefficient: f64) {
    match sum.iter_mut().find(|(known, _)| *known == exponents) {
        Some((_, total)) => *total += coefficient,
        None => sum.push((exponents, coefficient)),
    }
}

fn multiplied(left: &Polynomial, right: &Polynomial, at: usize) -> Result<Polynomial, ExpressionError> {
    let mut product = Vec::new();
    for (exponents, coefficient) in left {
        for (others, other) in right {
            let sums: Option<Vec<u8>> = exponents.iter().zip(others).map(|(a, b)| a.checked_add(*b)).collect();
            let Some(sums) = sums else {
                return Err(ExpressionError::new(at, "not a polynomial: a power above 255"));
            };
            add(&mut product, sums, coefficient * other);
        }
        if product.len() > MAX_TERMS {
            return Err(ExpressionError::new(at, format!("a product of more than {MAX_TERMS} terms")));
        }
    }
    Ok(product)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::{ExpressionError, Term, parse_polynomial};
    use crate::equation::{BasisLibrary, Equation, FittedTerm};

    fn states() -> Vec<String> {
        ["x", "y_1", "zebra"].map(String::from).to_vec()
    }

    fn parse(text: &str) -> Result<Vec<([u8; 3], f64)>, ExpressionError> {
        let exponents = |(term, coefficient): (Term, f64)| match term {
            Term::Monomial(exponents) => (exponents.try_into().unwrap(), coefficient),
            Term::Function(function) => panic!("{function:?} in {text}"),
        };
        Ok(parse_polynomial(text, &states())?.into_iter().map(exponents).collect())
    }

    #[test]
    fn polynomials_are_understood() {
        let expected = vec![([1, 0, 0], 9.99), ([2, 1, 0], -0.5), ([0, 0, 0], 3.0)];
        assert_eq!(parse("9.99*x - 0.5*x**2*y_1 + 3").unwrap(), expected);
        assert_eq!(parse(" 9.99 * x-0.5*x ** 2*y_1+3 ").unwrap(), expected);
        assert_eq!(parse("-x*x*2").unwrap(), [([2, 0, 0], -2.0)]);
        assert_eq!(parse("2*-zebra").unwrap(), [([0, 0, 1], -2.0)]);
        assert_eq!(parse("1.5e-7*x + 1e+2 - .5 + 5.").unwrap(), [([1, 0, 0], 1.5e-7), ([0, 0, 0], 104.5)]);
        assert_eq!(parse("x**0").unwrap(), [([0, 0, 0], 1.0)]);
    }

    #[test]
    fn equal_terms_are_added_and_zeros_left_out() {
        assert_eq!(parse("x*y_1 + 2*y_1*x").unwrap(), [([1, 1, 0], 3.0)]);
        assert_eq!(parse("x - x").unwrap(), []);
        assert_eq!(parse("0").unwrap(), []);
    }

    #[test]
    fn brackets_and_numbers_are_multiplied_out() {
        assert_eq!(parse("2*(x)").unwrap(), [([1, 0, 0], 2.0)]);
        assert_eq!(parse("x/2 + x^2 + 2**3").unwrap(), [([1, 0, 0], 0.5), ([2, 0, 0], 1.0), ([0, 0, 0], 8.0)]);
        assert_eq!(parse("3*x*(1 - x/4)").unwrap(), [([1, 0, 0], 3.0), ([2, 0, 0], -0.75)]);
        assert_eq!(parse("(x - y_1)**2").unwrap(), [([2, 0, 0], 1.0), ([1, 1, 0], -2.0), ([0, 2, 0], 1.0)],);
        assert_eq!(parse("-(x + 1)*sqrt(4)/8").unwrap(), [([1, 0, 0], -0.25), ([0, 0, 0], -0.25)]);
        // To the right, as in Python: x**8, not x**6.
        assert_eq!(parse("x**8").unwrap(), [([8, 0, 0], 1.0)]);
    }

    #[test]
    fn errors_have_a_place() {
        for (text, message) in [
            ("", "column 1: expected a number, a name or `(`, found the end"),
            ("x +", "column 4: expected a number, a name or `(`, found the end"),
            ("x 2", "column 3: expected an operator, found the number 2"),
            ("x + w", "column 5: `w` is not a variable"),
            ("x + sin", "column 5: the function `sin` needs its argument in brackets"),
            ("x + 1e999", "column 5: 1e999 is too large for a number"),
            ("x + 1.2.3", "column 8: expected an operator"),
            ("x + 3x", "column 6: expected an operator, found `x`"),
            ("x + 1e", "column 6: expected an operator, found `e`"),
            ("x + .", "column 5: `.` is not a number"),
            ("x**-1", "column 4: not a polynomial: a power"),
            ("x**2.5", "column 4: not a polynomial: a power"),
            ("x**256", "column 4: not a polynomial: a power"),
            ("x**y_1", "column 4: not a polynomial: a power"),
            ("x**", "column 4: expected a number"),
            ("x**200*x**100", "column 8: not a polynomial: a power above 255"),
            ("1 + sin(x)", "column 5: not a polynomial: a function of a variable"),
            ("1/x", "column 3: not a polynomial: a variable below a fraction bar"),
            ("(1 + x + y_1 + zebra)**30", "column 24: a product of more than 1000 terms"),
            ("1e300*1e300*x", "column 1: a number is inf"),
            ("x/0", "column 1: a number is inf"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{text}: {error}");
        }
        assert_eq!(parse("x + w").unwrap_err().hint.as_deref(), Some("known are x, y_1, zebra"));
    }

    proptest! {
        #[test]
        fn parsing_undoes_printing(
            coefficients in prop::collection::vec(
                any::<f64>().prop_filter("finite", |c| c.is_finite() && *c != 0.0),
                0..8,
            ),
            terms in Just(BasisLibrary::polynomial(3, 4).terms().to_vec()).prop_shuffle(),
        ) {
            let expected: Vec<(Term, f64)> = terms.into_iter().zip(coefficients).collect();
            let fitted = |(term, coefficient): &(Term, f64)| FittedTerm::new(term.clone(), *coefficient);
            let equation = Equation { terms: expected.iter().map(fitted).collect() };
            prop_assert_eq!(parse_polynomial(&equation.python(&states()), &states()).unwrap(), expected);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "[-+*. xe0-9_zebr1y(^]{0,30}") {
            let _ = parse_polynomial(&text, &states());
        }
    }
}
