//! What names mean in an expression.

use crate::equation::syntax::{ExpressionError, Kind, Vocabulary};
use crate::suggestion::did_you_mean;

/// Symbols are the variables, then the constants.
pub(crate) struct Names<'a> {
    pub(crate) variables: &'a [String],
    pub(crate) constants: &'a [String],
}

impl Vocabulary for Names<'_> {
    fn symbol(&self, name: &str, primes: usize, at: usize) -> Result<Kind, ExpressionError> {
        let mut known = self.variables.iter().chain(self.constants);
        let kind = match known.position(|other| other == name) {
            Some(index) => Kind::Symbol { index, primes: 0 },
            None if name == "pi" => Kind::Pi,
            None => return Err(self.unknown_name(name, at)),
        };
        match primes {
            0 => Ok(kind),
            _ => Err(ExpressionError::new(
                at,
                format!("`{name}{}` is a derivative, which cannot stand here", "'".repeat(primes)),
            )
            .hint("a derivative is a variable of its own: give it a name")),
        }
    }
}

impl Names<'_> {
    fn unknown_name(&self, name: &str, at: usize) -> ExpressionError {
        let known = || self.variables.iter().chain(self.constants).map(String::as_str);
        let hint = match name {
            "e" => "write exp(..) for powers of Euler's number".to_owned(),
            _ => did_you_mean(name, known()).unwrap_or_else(|| {
                let listed: Vec<&str> = known().collect();
                if listed.is_empty() {
                    "only numbers can stand here".to_owned()
                } else {
                    format!("known are {}", listed.join(", "))
                }
            }),
        };
        ExpressionError::new(at, format!("`{name}` is not a variable")).hint(hint)
    }
}
