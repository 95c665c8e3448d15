//! The parser of expressions, our own.
//!
//! A maintained parser was the first choice and was measured: exmex 0.21 reads `-t^2` as `(-t)^2` and `2^3^2` as 64,
//! rejects `1e-3`, and its errors have no place. A silent sign is the last thing an equation solver should do, and terms
//! linear in `u''` need the tree anyway. Here `^` binds tighter than a sign and to the right, as on paper.

use super::expression::{Expression, Factor, Kind, Names, Term};
use super::function::{FUNCTIONS, Function};
use super::syntax::{Placed, SyntaxError, Word};
use crate::suggestion::did_you_mean;

/// Brackets within brackets; bounds the recursion of everything that walks an expression.
const MAX_DEPTH: usize = 100;

impl Expression {
    /// Parses all words.
    ///
    /// # Errors
    /// [`SyntaxError`] with the place of the first word that does not fit.
    pub(super) fn parse(words: &[Placed], names: &Names) -> Result<Self, SyntaxError> {
        let mut parser = Parser { words, next: 0, depth: 0, names };
        let expression = parser.sum()?;
        match parser.peek() {
            (Word::End, _) => Ok(expression),
            (Word::Equals, at) => Err(SyntaxError::new(at, "a second `=`, or one where an expression is expected")),
            (word @ (Word::Name { .. } | Word::Number(_) | Word::Open), at) => {
                let problem = format!("expected an operator, found {}", word.describe());
                Err(SyntaxError::new(at, problem).hint("write products with `*`, as in 2*u"))
            }
            (word, at) => Err(SyntaxError::new(at, format!("unexpected {}", word.describe()))),
        }
    }
}

struct Parser<'a> {
    words: &'a [Placed],
    next: usize,
    depth: usize,
    names: &'a Names,
}

impl Parser<'_> {
    fn peek(&self) -> (&Word, usize) {
        match self.words.get(self.next).or(self.words.last()) {
            Some((word, at)) => (word, *at),
            None => (&Word::End, 0),
        }
    }

    fn advance(&mut self) {
        self.next += 1;
    }

    /// `product (("+" | "-") product)*`
    fn sum(&mut self) -> Result<Expression, SyntaxError> {
        let at = self.peek().1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(SyntaxError::new(at, format!("more than {MAX_DEPTH} brackets within brackets")));
        }
        let mut terms = vec![Term { negative: false, value: self.product()? }];
        loop {
            let negative = match self.peek().0 {
                Word::Plus => false,
                Word::Minus => true,
                _ => break,
            };
            self.advance();
            terms.push(Term { negative, value: self.product()? });
        }
        self.depth -= 1;
        match <[Term; 1]>::try_from(terms) {
            Ok([single]) => Ok(single.value),
            Err(terms) => Ok(Expression { kind: Kind::Sum(terms), at }),
        }
    }

    /// `signed (("*" | "/") signed)*`
    fn product(&mut self) -> Result<Expression, SyntaxError> {
        let at = self.peek().1;
        let mut factors = vec![Factor { divides: false, value: self.signed()? }];
        loop {
            let divides = match self.peek().0 {
                Word::Times => false,
                Word::Over => true,
                _ => break,
            };
            self.advance();
            factors.push(Factor { divides, value: self.signed()? });
        }
        match <[Factor; 1]>::try_from(factors) {
            Ok([single]) => Ok(single.value),
            Err(factors) => Ok(Expression { kind: Kind::Product(factors), at }),
        }
    }

    /// `("+" | "-")* power`
    fn signed(&mut self) -> Result<Expression, SyntaxError> {
        let at = self.peek().1;
        let mut negative = false;
        loop {
            match self.peek().0 {
                Word::Plus => {}
                Word::Minus => negative = !negative,
                _ => break,
            }
            self.advance();
        }
        let value = self.power()?;
        match negative {
            true => Ok(Expression { kind: Kind::Sum(vec![Term { negative: true, value }]), at }),
            false => Ok(value),
        }
    }

    /// `atom ("^" signed)?`, hence to the right: `2^3^2 = 2^9`.
    fn power(&mut self) -> Result<Expression, SyntaxError> {
        let base = self.atom()?;
        if self.peek().0 != &Word::Power {
            return Ok(base);
        }
        let at = base.at;
        self.advance();
        // A chain of powers recurses like brackets do.
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(SyntaxError::new(at, format!("more than {MAX_DEPTH} powers of powers")));
        }
        let exponent = self.signed()?;
        self.depth -= 1;
        Ok(Expression { kind: Kind::Power(Box::new(base), Box::new(exponent)), at })
    }

    /// `number | name primes | function "(" arguments ")" | "(" sum ")"`
    fn atom(&mut self) -> Result<Expression, SyntaxError> {
        let (word, at) = self.peek();
        match word.clone() {
            Word::Number(value) => {
                self.advance();
                Ok(Expression { kind: Kind::Number(value), at })
            }
            Word::Open => {
                self.advance();
                let inner = self.sum()?;
                self.close(at)?;
                Ok(inner)
            }
            Word::Name { name, primes } => {
                self.advance();
                match self.peek().0 {
                    Word::Open => self.call(&name, primes, at),
                    _ => Ok(Expression { kind: self.name(&name, primes, at)?, at }),
                }
            }
            other => Err(SyntaxError::new(at, format!("expected a number, a name or `(`, found {}", other.describe()))),
        }
    }

    fn close(&mut self, opened: usize) -> Result<(), SyntaxError> {
        let (word, at) = self.peek();
        if word != &Word::Close {
            let problem = format!("expected `)` for the `(` of column {}, found {}", opened + 1, word.describe());
            return Err(SyntaxError::new(at, problem));
        }
        self.advance();
        Ok(())
    }

    fn name(&self, name: &str, primes: usize, at: usize) -> Result<Kind, SyntaxError> {
        if let Some(dim) = self.names.unknowns.iter().position(|unknown| unknown == name) {
            return Ok(Kind::Unknown { dim, order: primes });
        }
        let kind = match name {
            "t" => Kind::Time,
            "pi" => Kind::Number(std::f64::consts::PI),
            "e" => Kind::Number(std::f64::consts::E),
            _ => match self.names.parameters.get(name) {
                Some(value) => Kind::Number(*value),
                None => return Err(self.unknown_name(name, at)),
            },
        };
        match primes {
            0 => Ok(kind),
            _ => Err(SyntaxError::new(at, format!("`{name}` is not an unknown and has no derivative here"))),
        }
    }

    fn unknown_name(&self, name: &str, at: usize) -> SyntaxError {
        if FUNCTIONS.iter().any(|function| function.name() == name) {
            return SyntaxError::new(at, format!("the function `{name}` needs its argument in brackets"));
        }
        let unknowns = self.names.unknowns.iter().map(String::as_str);
        let known = unknowns.chain(self.names.parameters.keys().map(String::as_str));
        SyntaxError::new(at, format!("`{name}` is neither an unknown, a parameter, `t`, `pi` nor `e`"))
            .hint(did_you_mean(name, known).unwrap_or_else(|| {
            format!(
                "give it a value, [parameters] {name} = .., or as an unknown an initial value, [initial] {name} = [..]"
            )
        }))
    }

    fn call(&mut self, name: &str, primes: usize, at: usize) -> Result<Expression, SyntaxError> {
        let opened = self.peek().1;
        let function = FUNCTIONS.into_iter().find(|function| function.name() == name).filter(|_| primes == 0);
        let Some(function) = function else {
            if self.name(name, primes, at).is_ok() {
                let shown = Word::Name { name: name.to_owned(), primes }.describe();
                return Err(SyntaxError::new(opened, format!("{shown} is not a function"))
                    .hint("write products with `*`; unknowns are taken at t, and only there"));
            }
            let error = SyntaxError::new(at, format!("unknown function `{name}`"));
            let hint = match name {
                "log" => "write ln for the natural logarithm, log10 or log2 for the others".to_owned(),
                _ => did_you_mean(name, FUNCTIONS.map(Function::name))
                    .unwrap_or_else(|| format!("known are {}", FUNCTIONS.map(Function::name).join(", "))),
            };
            return Err(error.hint(hint));
        };
        self.advance();
        let mut arguments = vec![self.sum()?];
        while self.peek().0 == &Word::Comma {
            self.advance();
            arguments.push(self.sum()?);
        }
        self.close(opened)?;
        let expected = match function {
            Function::One(..) => 1,
            Function::Two(..) => 2,
        };
        match arguments.len() == expected {
            true => Ok(Expression { kind: Kind::Call(function, arguments), at }),
            false => {
                Err(SyntaxError::new(at, format!("`{name}` takes {expected} argument(s), found {}", arguments.len())))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::syntax::words;
    use super::*;

    fn parse(text: &str) -> Result<Expression, SyntaxError> {
        let parameters = BTreeMap::from([("w".to_owned(), 3.0)]);
        Expression::parse(&words(text)?, &Names { parameters, unknowns: vec!["u".to_owned()] })
    }

    #[test]
    fn operators_bind_as_on_paper() {
        let cases = [
            ("-2^2", -4.0),
            ("2^3^2", 512.0),
            ("2**-1", 0.5),
            ("exp(-t^2)", (-4.0_f64).exp()),
            ("8/4/2", 1.0),
            ("1-2-3", -4.0),
            ("2*-3^2", -18.0),
            ("-(1+2)*3", -9.0),
            ("--1", 1.0),
            ("1e-3 + .5 + 2.", 2.501),
            ("w*t", 6.0),
            ("max(1, t) + sign(0) + step(0)", 3.0),
            ("cos(pi)*ln(e)", -1.0),
        ];
        for (text, expected) in cases {
            let value = parse(text).map(|expression| expression.value(2.0));
            assert!(
                value.clone().is_ok_and(|v| (v - expected).abs() < 1e-15),
                "{text}: {value:?}, expected {expected}"
            );
        }
    }

    #[test]
    fn mistakes_are_placed_and_explained() {
        let cases = [
            ("2*sn(t)", "column 3: unknown function `sn`", "did you mean `sin`?"),
            ("log(t)", "column 1: unknown function `log`", "write ln"),
            ("1 + ", "column 5: expected a number, a name or `(`, found the end", ""),
            ("(1 + 2", "column 7: expected `)` for the `(` of column 1", ""),
            ("2 t", "column 3: expected an operator, found `t`", "`*`"),
            ("ww + 1", "column 1: `ww` is neither", "did you mean `w`?"),
            ("t'", "column 1: `t` is not an unknown", ""),
            ("u(t+1)", "column 2: `u` is not a function", "only there"),
            ("min(1)", "column 1: `min` takes 2 argument(s), found 1", ""),
            ("sin t", "column 1: the function `sin` needs its argument in brackets", ""),
            ("1 + $", "column 5: unexpected `$`", ""),
        ];
        for (text, problem, hint) in cases {
            let error = parse(text).expect_err(text);
            assert!(error.to_string().starts_with(problem), "{text}: {error}");
            assert!(error.hint.clone().unwrap_or_default().contains(hint), "{text}: {:?}", error.hint);
        }
    }

    #[test]
    fn depth_is_bounded_and_length_is_not() {
        assert!(parse(&format!("{}1{}", "(".repeat(5000), ")".repeat(5000))).is_err());
        assert!(parse(&"2^".repeat(5000)).is_err());
        assert!(parse(&"sin(".repeat(5000)).is_err());
        let long = format!("1{}", "+1".repeat(50_000));
        assert_eq!(parse(&long).map(|sum| sum.value(0.0)), Ok(50_001.0));
        assert_eq!(parse(&format!("{}1", "-".repeat(50_000))).map(|one| one.value(0.0)), Ok(1.0));
    }
}
