//! The parser of expressions, our own.
//!
//! A maintained parser was the first choice and was measured: exmex 0.21 reads `-t^2` as `(-t)^2` and `2^3^2` as 64,
//! rejects `1e-3`, and its errors have no place. A silent sign is the last thing an equation solver should do, and
//! terms linear in `u''` need the tree anyway. Here `^` binds tighter than a sign and to the right, as on paper.

use super::function::Function;
use super::tree::{Factor, Kind, Summand, Tree};
use super::{ExpressionError, Placed, Word};
use crate::suggestion::did_you_mean;

/// Brackets within brackets; bounds the recursion of everything that walks a tree.
const MAX_DEPTH: usize = 100;

/// What names mean.
pub trait Vocabulary {
    /// What a name that is not called stands for, `at` characters into the text.
    ///
    /// # Errors
    /// [`ExpressionError`] at `at` if it means nothing.
    fn symbol(&self, name: &str, primes: usize, at: usize) -> Result<Kind, ExpressionError>;

    /// The function of a name.
    fn function(&self, name: &str) -> Option<Function> {
        Function::named(name)
    }

    /// One thing to try where the name of no function is called.
    fn function_hint(&self, name: &str) -> String {
        let names = || Function::ALL.map(Function::name);
        did_you_mean(name, names()).unwrap_or_else(|| format!("known are {}", names().join(", ")))
    }

    /// One thing to try where a symbol is called like a function.
    fn call_hint(&self) -> &'static str {
        "write products with `*`"
    }
}

impl Tree {
    /// Parses all words.
    ///
    /// # Errors
    /// [`ExpressionError`] with the place of the first word that does not fit.
    pub fn parse(words: &[Placed], vocabulary: &dyn Vocabulary) -> Result<Self, ExpressionError> {
        let mut parser = Parser { words, next: 0, depth: 0, vocabulary };
        let tree = parser.sum()?;
        match parser.peek() {
            (Word::End, _) => Ok(tree),
            (Word::Equals, at) => {
                Err(ExpressionError::new(at, "a second `=`, or one where an expression is expected"))
            }
            (word @ (Word::Name { .. } | Word::Number { .. } | Word::Open), at) => {
                let problem = format!("expected an operator, found {}", word.describe());
                Err(ExpressionError::new(at, problem).hint("write products with `*`, as in 2*u"))
            }
            (word, at) => Err(ExpressionError::new(at, format!("unexpected {}", word.describe()))),
        }
    }
}

struct Parser<'a> {
    words: &'a [Placed],
    next: usize,
    depth: usize,
    vocabulary: &'a dyn Vocabulary,
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
    fn sum(&mut self) -> Result<Tree, ExpressionError> {
        let at = self.peek().1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(ExpressionError::new(at, format!("more than {MAX_DEPTH} brackets within brackets")));
        }
        let mut terms = vec![Summand { negative: false, value: self.product()? }];
        loop {
            let negative = match self.peek().0 {
                Word::Plus => false,
                Word::Minus => true,
                _ => break,
            };
            self.advance();
            terms.push(Summand { negative, value: self.product()? });
        }
        self.depth -= 1;
        match <[Summand; 1]>::try_from(terms) {
            Ok([single]) => Ok(single.value),
            Err(terms) => Ok(Tree { kind: Kind::Sum(terms), at }),
        }
    }

    /// `signed (("*" | "/") signed)*`
    fn product(&mut self) -> Result<Tree, ExpressionError> {
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
            Err(factors) => Ok(Tree { kind: Kind::Product(factors), at }),
        }
    }

    /// `("+" | "-")* power`
    fn signed(&mut self) -> Result<Tree, ExpressionError> {
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
            true => Ok(Tree { kind: Kind::Sum(vec![Summand { negative: true, value }]), at }),
            false => Ok(value),
        }
    }

    /// `atom ("^" signed)?`, hence to the right: `2^3^2 = 2^9`.
    fn power(&mut self) -> Result<Tree, ExpressionError> {
        let base = self.atom()?;
        if self.peek().0 != &Word::Power {
            return Ok(base);
        }
        let at = base.at;
        self.advance();
        // A chain of powers recurses like brackets do.
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(ExpressionError::new(at, format!("more than {MAX_DEPTH} powers of powers")));
        }
        let exponent = self.signed()?;
        self.depth -= 1;
        Ok(Tree { kind: Kind::Power(Box::new(base), Box::new(exponent)), at })
    }

    /// `number | name primes | function "(" arguments ")" | "(" sum ")"`
    fn atom(&mut self) -> Result<Tree, ExpressionError> {
        let (word, at) = self.peek();
        match word.clone() {
            Word::Number { value, whole } => {
                self.advance();
                Ok(Tree { kind: Kind::Number { value, whole }, at })
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
                    _ => Ok(Tree { kind: self.name(&name, primes, at)?, at }),
                }
            }
            other => {
                Err(ExpressionError::new(at, format!("expected a number, a name or `(`, found {}", other.describe())))
            }
        }
    }

    fn close(&mut self, opened: usize) -> Result<(), ExpressionError> {
        let (word, at) = self.peek();
        if word != &Word::Close {
            let problem = format!("expected `)` for the `(` of column {}, found {}", opened + 1, word.describe());
            return Err(ExpressionError::new(at, problem));
        }
        self.advance();
        Ok(())
    }

    fn name(&self, name: &str, primes: usize, at: usize) -> Result<Kind, ExpressionError> {
        self.vocabulary.symbol(name, primes, at).map_err(|error| match self.vocabulary.function(name) {
            Some(_) => ExpressionError::new(at, format!("the function `{name}` needs its argument in brackets")),
            None => error,
        })
    }

    fn call(&mut self, name: &str, primes: usize, at: usize) -> Result<Tree, ExpressionError> {
        let opened = self.peek().1;
        let Some(function) = self.vocabulary.function(name).filter(|_| primes == 0) else {
            if self.name(name, primes, at).is_ok() {
                let shown = Word::Name { name: name.to_owned(), primes }.describe();
                return Err(ExpressionError::new(opened, format!("{shown} is not a function"))
                    .hint(self.vocabulary.call_hint()));
            }
            let error = ExpressionError::new(at, format!("unknown function `{name}`"));
            return Err(error.hint(self.vocabulary.function_hint(name)));
        };
        self.advance();
        let mut arguments = vec![self.sum()?];
        while self.peek().0 == &Word::Comma {
            self.advance();
            arguments.push(self.sum()?);
        }
        self.close(opened)?;
        let expected = function.arguments();
        match arguments.len() == expected {
            true => Ok(Tree { kind: Kind::Call(function, arguments), at }),
            false => Err(ExpressionError::new(
                at,
                format!("`{name}` takes {expected} argument(s), found {}", arguments.len()),
            )),
        }
    }
}
