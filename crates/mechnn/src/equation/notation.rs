//! How terms and models are written: Python, plain text, LaTeX.

use std::fmt::{self, Write as _};

use super::uncertain_number::UncertainNumber;
use super::{Equation, SparseModel, Term};

impl Term {
    /// The term as a Python expression over `names`, `[D]`: `1`, `x`, `x*z`, `x**2*y`.
    pub fn python(&self, names: &[String]) -> String {
        self.write_factors(names, "*", |name, power| match power {
            1 => name.to_owned(),
            _ => format!("{name}**{power}"),
        })
    }

    /// The term as text over `names`, `[D]`: `1`, `x`, `x z`, `x^2 y`.
    pub fn text(&self, names: &[String]) -> String {
        self.write_factors(names, " ", |name, power| match power {
            1 => name.to_owned(),
            _ => format!("{name}^{power}"),
        })
    }

    /// The term as LaTeX mathematics over `names`, `[D]`: `1`, `x`, `x\, z`, `x^{2}\, y`.
    pub fn latex(&self, names: &[String]) -> String {
        self.write_factors(names, "\\, ", |name, power| match power {
            1 => latex_name(name),
            _ => format!("{}^{{{power}}}", latex_name(name)),
        })
    }

    fn write_factors(&self, names: &[String], product: &str, factor: impl Fn(&str, u8) -> String) -> String {
        let Self::Monomial(exponents) = self;
        let powers = names.iter().zip(exponents).filter(|&(_, &power)| power > 0);
        let factors: Vec<String> = powers.map(|(name, &power)| factor(name, power)).collect();
        if factors.is_empty() { "1".to_owned() } else { factors.join(product) }
    }
}

impl Equation {
    /// The right-hand side as a Python expression over `names`, `[D]`: `-9.998*x + 9.998*y`, and `0` with no terms.
    ///
    /// Coefficients have the fewest digits that give back the same number.
    pub fn python(&self, names: &[String]) -> String {
        self.sum(
            |magnitude, _| format!("{magnitude:?}"),
            |number, term| if term.is_constant() { number } else { format!("{number}*{}", term.python(names)) },
        )
    }

    /// The right-hand side as text with standard errors in brackets: `-9.998(4) x + 9.998(4) y`, and `0` with no terms.
    pub fn text(&self, names: &[String]) -> String {
        self.sum(
            |value, standard_error| UncertainNumber { value, standard_error }.to_string(),
            |number, term| if term.is_constant() { number } else { format!("{number} {}", term.text(names)) },
        )
    }

    /// The right-hand side as LaTeX mathematics with standard errors in brackets.
    pub fn latex(&self, names: &[String]) -> String {
        self.sum(
            |value, standard_error| UncertainNumber { value, standard_error }.latex(),
            |number, term| if term.is_constant() { number } else { format!("{number}\\, {}", term.latex(names)) },
        )
    }

    fn sum(&self, number: impl Fn(f64, f64) -> String, product: impl Fn(String, &Term) -> String) -> String {
        let mut text = String::new();
        for fitted in self.nonzero_terms() {
            text.push_str(match (text.is_empty(), fitted.coefficient < 0.0) {
                (true, false) => "",
                (true, true) => "-",
                (false, false) => " + ",
                (false, true) => " - ",
            });
            text.push_str(&product(number(fitted.coefficient.abs(), fitted.standard_error), &fitted.term));
        }
        if text.is_empty() { "0".to_owned() } else { text }
    }
}

impl SparseModel {
    /// The right-hand sides as Python expressions over the states, `[D]`, in full precision.
    pub fn rhs_python(&self) -> Vec<String> {
        self.equations.iter().map(|equation| equation.python(&self.states)).collect()
    }

    /// One line per equation, `x' = -9.998(4) x + 9.998(4) y`, without a line break at the end.
    pub fn text(&self) -> String {
        let line = |(state, equation): (&String, &Equation)| format!("{state}' = {}", equation.text(&self.states));
        self.states.iter().zip(&self.equations).map(line).collect::<Vec<_>>().join("\n")
    }

    /// The system as a LaTeX `aligned` environment, to stand inside display mathematics.
    pub fn latex(&self) -> String {
        let mut text = "\\begin{aligned}\n".to_owned();
        for (index, (state, equation)) in self.states.iter().zip(&self.equations).enumerate() {
            let end = if index + 1 < self.states.len() { " \\\\" } else { "" };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "\\dot{{{}}} &= {}{end}", latex_name(state), equation.latex(&self.states));
        }
        text.push_str("\\end{aligned}\n");
        text
    }
}

impl fmt::Display for SparseModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

/// A name in LaTeX mathematics: `x`, `x_{0}` for `x0` and `x_0`, `\mathrm{hare\_count}` for words.
pub(super) fn latex_name(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().filter(|first| first.is_alphabetic());
    let rest = chars.as_str();
    let index = rest.strip_prefix('_').unwrap_or(rest);
    if let Some(first) = first {
        if rest.is_empty() {
            return first.to_string();
        }
        if !index.is_empty() && index.chars().all(|digit| digit.is_ascii_digit()) {
            return format!("{first}_{{{index}}}");
        }
    }
    let mut escaped = String::new();
    for symbol in name.chars() {
        if symbol == '_' {
            escaped.push('\\');
        }
        escaped.push(symbol);
    }
    format!("\\mathrm{{{escaped}}}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Equation, SparseModel, Term, latex_name};
    use crate::equation::FittedTerm;

    fn equation(terms: &[([u8; 3], f64, f64)]) -> Equation {
        let fitted = |&(exponents, coefficient, standard_error): &([u8; 3], f64, f64)| FittedTerm {
            term: Term::Monomial(exponents.to_vec()),
            coefficient,
            standard_error,
        };
        Equation { terms: terms.iter().map(fitted).collect() }
    }

    fn lorenz() -> SparseModel {
        let states = ["x", "y", "z"].map(String::from).to_vec();
        let equations = vec![
            equation(&[([1, 0, 0], -9.998, 0.004), ([0, 1, 0], 9.998, 0.004)]),
            equation(&[([1, 0, 0], 27.97, 0.02), ([0, 1, 0], -0.996, 0.006), ([1, 0, 1], -0.9993, 0.0005)]),
            equation(&[([0, 0, 1], -2.666, 0.001), ([1, 1, 0], 0.9998, 0.0003), ([2, 0, 0], 0.0, 0.1)]),
        ];
        SparseModel::new("t", states, equations).unwrap()
    }

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

    #[test]
    fn text_has_standard_errors_in_brackets() {
        let expected = "x' = -9.998(4) x + 9.998(4) y\n\
                        y' = 27.97(2) x - 0.996(6) y - 0.9993(5) x z\n\
                        z' = -2.6660(10) z + 0.9998(3) x y";
        assert_eq!(lorenz().text(), expected);
        assert_eq!(lorenz().to_string(), expected);
    }

    #[test]
    fn python_has_full_precision() {
        let expected = ["-9.998*x + 9.998*y", "27.97*x - 0.996*y - 0.9993*x*z", "-2.666*z + 0.9998*x*y"];
        assert_eq!(lorenz().rhs_python(), expected);
        let model = SparseModel::new("t", vec!["x".into()], vec![Equation::default()]).unwrap();
        assert_eq!(model.rhs_python(), ["0"]);
        assert_eq!(model.text(), "x' = 0");
        let names = ["x", "y", "z"].map(String::from);
        let equation = equation(&[([0, 0, 0], -3.0, 0.1), ([1, 0, 0], 1.0 / 3.0, 0.0), ([0, 1, 0], -1.5e-9, 0.0)]);
        assert_eq!(equation.python(&names), "-3.0 + 0.3333333333333333*x - 1.5e-9*y");
        assert_eq!(equation.text(&names), "-3.00(10) + 0.3333 x - 1.5e-9 y");
    }

    #[test]
    fn latex_is_an_aligned_environment() {
        let expected = "\\begin{aligned}\n\
                        \\dot{x} &= -9.998(4)\\, x + 9.998(4)\\, y \\\\\n\
                        \\dot{y} &= 27.97(2)\\, x - 0.996(6)\\, y - 0.9993(5)\\, x\\, z \\\\\n\
                        \\dot{z} &= -2.6660(10)\\, z + 0.9998(3)\\, x\\, y\n\
                        \\end{aligned}\n";
        assert_eq!(lorenz().latex(), expected);
    }

    #[test]
    fn names_in_latex() {
        for (name, latex) in [
            ("x", "x"),
            ("x0", "x_{0}"),
            ("x_12", "x_{12}"),
            ("hare", "\\mathrm{hare}"),
            ("hare_count", "\\mathrm{hare\\_count}"),
            ("x_", "\\mathrm{x\\_}"),
            ("_1", "\\mathrm{\\_1}"),
        ] {
            assert_eq!(latex_name(name), latex);
        }
    }
}
