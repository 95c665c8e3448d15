//! A linear equation as text, split into coefficients of the unknowns and a right-hand side.

use std::collections::BTreeMap;

use mechnn::equation::syntax::{ExpressionError, Factor, Kind, Placed, Summand, Tree, Word};

use super::names::{Names, unknown, value};

/// `sum over (dim, order) of coefficient * u_dim^(order) + rest = 0`, all in t.
#[derive(Debug, Clone, Default)]
pub(super) struct LinearEquation {
    /// Coefficient of derivative `order` of unknown `dim`, as summands.
    coefficients: BTreeMap<(usize, usize), Vec<Tree>>,
    /// What contains no unknown, as summands.
    rest: Vec<Tree>,
}

impl LinearEquation {
    /// Reads `left = right`.
    ///
    /// # Errors
    /// [`ExpressionError`] if it is not an equation, not linear, or has no unknown.
    pub(super) fn parse(words: &[Placed], names: &Names) -> Result<Self, ExpressionError> {
        let end = words.last().map_or(0, |(_, at)| *at);
        let Some(middle) = words.iter().position(|(word, _)| *word == Word::Equals) else {
            return Err(
                ExpressionError::new(end, "there is no `=`").hint("an equation has two sides, as in u' + u = 0")
            );
        };
        let mut left = words[..middle].to_vec();
        left.push((Word::End, words[middle].1));
        let mut equation = Self::default();
        equation.add(&Tree::parse(&left, names)?, &[])?;
        let right = Tree::parse(&words[middle + 1..], names)?;
        equation.add(&right, &[number(-1.0, right.at)])?;
        match equation.coefficients.is_empty() {
            true => Err(ExpressionError::new(0, "there is no unknown in it")),
            false => Ok(equation),
        }
    }

    /// Adds `expression` times the product of `factors`, which contain no unknown.
    fn add(&mut self, expression: &Tree, factors: &[Factor]) -> Result<(), ExpressionError> {
        let nonlinear = |unknown: &Tree, what: &str| {
            let (at, problem) = (unknown.at, format!("not linear: an unknown {what}"));
            Err(ExpressionError::new(at, problem)
                .hint("`solve` is for linear equations, with any functions of t in front"))
        };
        if let Kind::Symbol { index, primes } = &expression.kind
            && let Some(dim) = unknown(*index)
        {
            self.coefficients.entry((dim, *primes)).or_default().push(product(factors, expression.at));
            return Ok(());
        }
        match &expression.kind {
            Kind::Sum(terms) => terms.iter().try_for_each(|Summand { negative, value }| match negative {
                true => self.add(value, &[factors, &[number(-1.0, value.at)]].concat()),
                false => self.add(value, factors),
            }),
            Kind::Product(parts) => {
                let mut with_unknown = parts.iter().filter_map(|part| Some((part, find_unknown(&part.value)?)));
                match (with_unknown.next(), with_unknown.next()) {
                    (Some((_, _)), Some((_, second))) => nonlinear(second, "times an unknown"),
                    (Some((part, unknown)), None) if part.divides => nonlinear(unknown, "below a fraction bar"),
                    (Some((part, _)), None) => {
                        let others = parts.iter().filter(|other| !std::ptr::eq(*other, part)).cloned();
                        self.add(&part.value, &factors.iter().cloned().chain(others).collect::<Vec<_>>())
                    }
                    (None, _) => {
                        self.add_rest(expression, factors);
                        Ok(())
                    }
                }
            }
            _ => match find_unknown(expression) {
                Some(unknown) => nonlinear(unknown, "in a power or a function"),
                None => {
                    self.add_rest(expression, factors);
                    Ok(())
                }
            },
        }
    }

    fn add_rest(&mut self, expression: &Tree, factors: &[Factor]) {
        let whole = [factors, &[Factor { divides: false, value: expression.clone() }]].concat();
        self.rest.push(product(&whole, expression.at));
    }

    /// The unknowns in it: dimension and order.
    pub(super) fn unknowns(&self) -> impl Iterator<Item = (usize, usize)> {
        self.coefficients.keys().copied()
    }

    /// The coefficients at time `t`.
    pub(super) fn coefficients(&self, t: f64) -> impl Iterator<Item = ((usize, usize), f64)> {
        self.coefficients.iter().map(move |(&unknown, summands)| (unknown, sum(summands, t)))
    }

    /// The right-hand side at time `t`, when all unknowns are on the left.
    pub(super) fn forcing(&self, t: f64) -> f64 {
        // 0 - x and not -x: an absent right-hand side is 0, not -0.
        0.0 - sum(&self.rest, t)
    }
}

fn find_unknown(tree: &Tree) -> Option<&Tree> {
    tree.find_symbol(&|symbol| unknown(symbol).is_some())
}

fn sum(summands: &[Tree], t: f64) -> f64 {
    summands.iter().fold(0.0, |sum, summand| sum + value(summand, t))
}

fn number(value: f64, at: usize) -> Factor {
    Factor { divides: false, value: Tree { kind: Kind::number(value), at } }
}

fn product(factors: &[Factor], at: usize) -> Tree {
    Tree { kind: Kind::Product(factors.to_vec()), at }
}

#[cfg(test)]
mod tests {
    use mechnn::equation::syntax::words;
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<LinearEquation, ExpressionError> {
        let unknowns = vec!["u".to_owned(), "v".to_owned()];
        LinearEquation::parse(&words(text)?, &Names { unknowns, ..Names::default() })
    }

    /// Dimension and order, and the coefficient.
    type Coefficient = ((usize, usize), f64);

    fn at_two(text: &str) -> (Vec<Coefficient>, f64) {
        let equation = parse(text).expect(text);
        (equation.coefficients(2.0).collect(), equation.forcing(2.0))
    }

    #[test]
    fn terms_are_collected_from_both_sides() {
        let (coefficients, forcing) = at_two("(1+t^2)*u'' + 3*(u' - v)/t - 1 = -u' + t - v*t");
        assert_eq!(coefficients, [((0, 1), 2.5), ((0, 2), 5.0), ((1, 0), 0.5)]);
        assert_eq!(forcing, 3.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn no_text_makes_the_parser_panic(text in "[-+*/^()=, .tuve'0-9]{0,40}|\\PC{0,20}") {
            // Whatever is accepted is also evaluated.
            if let Ok(equation) = parse(&text) {
                let _ = (equation.coefficients(0.5).count(), equation.forcing(0.5));
            }
        }
    }

    #[test]
    fn signs_and_nested_brackets_are_multiplied_out() {
        assert_eq!(at_two("-(2*(u - 3) - 4*-v) = 0"), (vec![((0, 0), -2.0), ((1, 0), -4.0)], -6.0));
    }

    #[test]
    fn what_is_not_linear_is_refused_at_its_place() {
        let cases = [
            ("u*v = 1", "column 3: not linear: an unknown times an unknown"),
            ("u' = u^2", "column 6: not linear: an unknown in a power"),
            ("sin(u) = 0", "column 5: not linear: an unknown in a power or a function"),
            ("1/u = 0", "column 3: not linear: an unknown below a fraction bar"),
            ("u' + u", "column 7: there is no `=`"),
            ("u' = 1 = 2", "column 8: a second `=`"),
            ("t = 1", "column 1: there is no unknown in it"),
            ("= u", "column 1: expected a number"),
        ];
        for (text, problem) in cases {
            let error = parse(text).expect_err(text);
            assert!(error.to_string().starts_with(problem), "{text}: {error}");
        }
    }
}
