//! What the names in an equation mean.

use std::collections::BTreeMap;

use mechnn::equation::syntax::{ExpressionError, Function, Kind, Tree, Vocabulary};
use mechnn::suggestion::did_you_mean;

/// The names an expression may use besides `t`, `pi`, `e` and the functions.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// Constants with their values.
    pub(super) parameters: BTreeMap<String, f64>,
    /// Unknown functions of t, in the order of their dimensions.
    pub(super) unknowns: Vec<String>,
}

/// The symbol of the time; that of unknown d is d + 1.
const TIME: usize = 0;

impl Vocabulary for Names {
    fn symbol(&self, name: &str, primes: usize, at: usize) -> Result<Kind, ExpressionError> {
        if let Some(dim) = self.unknowns.iter().position(|unknown| unknown == name) {
            return Ok(Kind::Symbol { index: dim + 1, primes });
        }
        let kind = match name {
            "t" => Kind::Symbol { index: TIME, primes: 0 },
            "pi" => Kind::Pi,
            "e" => Kind::number(std::f64::consts::E),
            _ => match self.parameters.get(name) {
                Some(value) => Kind::number(*value),
                None => return Err(self.unknown_name(name, at)),
            },
        };
        match primes {
            0 => Ok(kind),
            _ => Err(ExpressionError::new(at, format!("`{name}` is not an unknown and has no derivative here"))),
        }
    }

    fn function(&self, name: &str) -> Option<Function> {
        function(name)
    }

    fn function_hint(&self, name: &str) -> String {
        if name == "log" {
            return "write ln for the natural logarithm, log10 or log2 for the others".to_owned();
        }
        let names = || Function::ALL.map(|function| if function == Function::Log { "ln" } else { function.name() });
        did_you_mean(name, names()).unwrap_or_else(|| format!("known are {}", names().join(", ")))
    }

    fn call_hint(&self) -> &'static str {
        "write products with `*`; unknowns are taken at t, and only there"
    }
}

impl Names {
    fn unknown_name(&self, name: &str, at: usize) -> ExpressionError {
        let unknowns = self.unknowns.iter().map(String::as_str);
        let known = unknowns.chain(self.parameters.keys().map(String::as_str));
        ExpressionError::new(at, format!("`{name}` is neither an unknown, a parameter, `t`, `pi` nor `e`"))
            .hint(did_you_mean(name, known).unwrap_or_else(|| {
            format!(
                "give it a value, [parameters] {name} = .., or as an unknown an initial value, [initial] {name} = [..]"
            )
        }))
    }
}

/// Half of those who write `log` mean the decimal one: it has to be said which.
fn function(name: &str) -> Option<Function> {
    Function::named(name).filter(|_| name != "log")
}

/// Names that cannot be given to unknowns and parameters.
pub(super) fn is_reserved(name: &str) -> bool {
    matches!(name, "t" | "pi" | "e") || function(name).is_some()
}

/// The unknown that a symbol stands for.
pub(super) fn unknown(symbol: usize) -> Option<usize> {
    symbol.checked_sub(TIME + 1)
}

/// The value at time `t`. Unknowns count as NaN; equations have split them off before.
pub(super) fn value(tree: &Tree, t: f64) -> f64 {
    tree.value(&|symbol, _| if symbol == TIME { t } else { f64::NAN })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use mechnn::equation::syntax::words;

    use super::*;

    fn parse(text: &str) -> Result<Tree, ExpressionError> {
        let parameters = BTreeMap::from([("w".to_owned(), 3.0)]);
        Tree::parse(&words(text)?, &Names { parameters, unknowns: vec!["u".to_owned()] })
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
            let value = parse(text).map(|expression| value(&expression, 2.0));
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
        assert_eq!(parse(&long).map(|sum| value(&sum, 0.0)), Ok(50_001.0));
        assert_eq!(parse(&format!("{}1", "-".repeat(50_000))).map(|one| value(&one, 0.0)), Ok(1.0));
    }
}
