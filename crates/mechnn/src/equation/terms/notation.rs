//! How terms are written: Python, plain text, LaTeX.

use super::Term;
use crate::equation::notation::{Level, Notation, Piece};
use crate::equation::unit::Unit;

impl Term {
    /// The term as a Python expression over `names`, `[V]`: `1`, `x`, `x*z`, `x**2*y`, `x/(2.5 + x)`. Inner constants
    /// have the fewest digits that give back the same number.
    pub fn python(&self, names: &[String]) -> String {
        self.written(Notation::Python, names, &[], &[]).text
    }

    /// The term as text over `names`, `[V]`: `1`, `x`, `x z`, `x^2 y`, `x/(2.5 + x)`. Inner constants have four
    /// digits.
    pub fn text(&self, names: &[String]) -> String {
        self.written(Notation::Text, names, &[], &[]).text
    }

    /// The term as LaTeX mathematics over `names`, `[V]`: `1`, `x`, `x\, z`, `x^{2}\, y`, `\frac{x}{2.5 + x}`.
    pub fn latex(&self, names: &[String]) -> String {
        self.written(Notation::Latex, names, &[], &[]).text
    }

    /// The text, with standard errors and units of the inner constants as far as there are some.
    pub(in crate::equation) fn written(
        &self,
        notation: Notation,
        names: &[String],
        errors: &[f64],
        units: &[Unit],
    ) -> Piece {
        match self {
            Self::Monomial(exponents) => {
                let powers = names.iter().zip(exponents).filter(|&(_, &power)| power > 0);
                let factors: Vec<String> = powers.map(|(name, &power)| factor(notation, name, power)).collect();
                let text = if factors.is_empty() { "1".to_owned() } else { factors.join(product_sign(notation)) };
                Piece::new(text, Level::Product)
            }
            Self::Function(function) => {
                let errors = errors.iter().copied().chain(std::iter::repeat(f64::NAN));
                let units = units.iter().map(Some).chain(std::iter::repeat(None));
                let estimate = |((&value, error), unit)| with_unit(notation, value, error, unit);
                let constants: Vec<Piece> = function.constants().iter().zip(errors).zip(units).map(estimate).collect();
                function.expression().written(notation, names, &constants)
            }
        }
    }
}

/// A number with its unit behind it, unless that is 1 or not known.
pub(in crate::equation) fn with_unit(notation: Notation, value: f64, error: f64, unit: Option<&Unit>) -> Piece {
    let mut piece = Piece::estimate(notation, value, error);
    if let Some(unit) = unit.filter(|unit| !unit.is_one()) {
        piece.text.push_str(&match notation {
            Notation::Latex => format!("\\,{}", unit.latex()),
            Notation::Python | Notation::Text => format!(" [{}]", unit.to_string().replace("**", "^")),
        });
    }
    piece
}

fn factor(notation: Notation, name: &str, power: u8) -> String {
    let name = Piece::name(notation, name).text;
    match (notation, power) {
        (_, 1) => name,
        (Notation::Python, _) => format!("{name}**{power}"),
        (Notation::Text, _) => format!("{name}^{power}"),
        (Notation::Latex, _) => format!("{name}^{{{power}}}"),
    }
}

pub(in crate::equation) fn product_sign(notation: Notation) -> &'static str {
    match notation {
        Notation::Python => "*",
        Notation::Text => " ",
        Notation::Latex => "\\, ",
    }
}

#[cfg(test)]
mod tests {
    use super::Term;

    #[test]
    fn terms_in_each_notation() {
        let names = ["x", "y1", "z"].map(String::from);
        for (exponents, python, text, latex) in [
            ([0, 0, 0], "1", "1", "1"),
            ([1, 0, 0], "x", "x", "x"),
            ([1, 0, 1], "x*z", "x z", "x\\, z"),
            ([2, 1, 0], "x**2*y1", "x^2 y1", "x^{2}\\, y_{1}"),
        ] {
            let term = Term::Monomial(exponents.to_vec());
            assert_eq!(term.python(&names), python);
            assert_eq!(term.text(&names), text);
            assert_eq!(term.latex(&names), latex);
        }
    }
}
