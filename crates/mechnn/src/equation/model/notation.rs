//! How models are written: Python, plain text, LaTeX.

use std::fmt::{self, Write as _};

use super::{Equation, FittedTerm, ModelUnits, SparseModel, TermUnits};
use crate::equation::notation::{Level, Notation, latex_name};
use crate::equation::terms::{product_sign, with_unit};

impl FittedTerm {
    /// The term with the magnitude of its coefficient.
    fn written(&self, notation: Notation, names: &[String], units: Option<&TermUnits>) -> String {
        let own_unit = units.map(|units| &units.coefficient);
        let magnitude = with_unit(notation, self.coefficient.abs(), self.standard_error, own_unit).text;
        if self.term.is_constant() {
            return magnitude;
        }
        let constant_units = units.map_or(&[][..], |units| &units.constants);
        let term = self.term.written(notation, names, &self.constant_errors, constant_units);
        let reciprocal = match notation {
            Notation::Python => term.text.strip_prefix("1.0/"),
            Notation::Text => term.text.strip_prefix("1/"),
            Notation::Latex => None,
        };
        if let Some(divisors) = reciprocal {
            return format!("{magnitude}/{divisors}");
        }
        // Exactly 1 by definition, as in x' = v: no number to read.
        if notation != Notation::Python && self.coefficient.abs() == 1.0 && self.standard_error == 0.0 {
            return term.at_least(notation, Level::Product);
        }
        // A sign in the middle of a product is hard to read, and two numbers side by side would read as one.
        let is_signed = term.text.starts_with('-');
        let starts_with_digit = term.text.starts_with(|first: char| first.is_ascii_digit());
        let sign = match notation {
            Notation::Text if starts_with_digit => "*",
            Notation::Latex if starts_with_digit => " \\cdot ",
            _ => product_sign(notation),
        };
        let least = if is_signed { Level::Atom } else { Level::Product };
        format!("{magnitude}{sign}{}", term.at_least(notation, least))
    }
}

impl Equation {
    /// The right-hand side as a Python expression over `names`, `[V]`: `-9.998*x + 9.998*y`, and `0` with no terms.
    ///
    /// Numbers have the fewest digits that give back the same number.
    pub fn python(&self, names: &[String]) -> String {
        self.sum(Notation::Python, names, &[])
    }

    /// The right-hand side as text with standard errors in brackets: `-9.998(4) x + 9.998(4) y`, and `0` with no
    /// terms.
    pub fn text(&self, names: &[String]) -> String {
        self.sum(Notation::Text, names, &[])
    }

    /// The right-hand side as LaTeX mathematics with standard errors in brackets.
    pub fn latex(&self, names: &[String]) -> String {
        self.sum(Notation::Latex, names, &[])
    }

    /// `units` are those of its terms, as far as there are some.
    fn sum(&self, notation: Notation, names: &[String], units: &[Option<&TermUnits>]) -> String {
        let mut text = String::new();
        for (index, fitted) in self.terms.iter().enumerate().filter(|(_, fitted)| fitted.coefficient != 0.0) {
            text.push_str(match (text.is_empty(), fitted.coefficient < 0.0) {
                (true, false) => "",
                (true, true) => "-",
                (false, false) => " + ",
                (false, true) => " - ",
            });
            text.push_str(&fitted.written(notation, names, units.get(index).copied().flatten()));
        }
        if text.is_empty() { "0".to_owned() } else { text }
    }
}

impl SparseModel {
    /// The right-hand sides as Python expressions over the variables, `[D]`, in full precision.
    pub fn rhs_python(&self) -> Vec<String> {
        let names = self.variables();
        self.equations.iter().map(|equation| equation.python(&names)).collect()
    }

    /// One line per equation, `x' = -9.998(4) x + 9.998(4) y`, without a line break at the end.
    pub fn text(&self) -> String {
        self.lines(None)
    }

    /// The same with the units of all numbers: `x' = -9.998(4) [1/s] x + 9.998(4) [1/s] y`. Numbers without a known
    /// unit, and pure ones, have none.
    pub fn text_with_units(&self, units: &ModelUnits) -> String {
        self.lines(Some(units))
    }

    fn lines(&self, units: Option<&ModelUnits>) -> String {
        let sums = self.sums(Notation::Text, units);
        let line = |(state, sum): (&String, String)| format!("{state}' = {sum}");
        self.states.iter().zip(sums).map(line).collect::<Vec<_>>().join("\n")
    }

    /// The right-hand sides, `[D]`.
    fn sums(&self, notation: Notation, units: Option<&ModelUnits>) -> Vec<String> {
        let names = self.variables();
        let sum = |(d, equation): (usize, &Equation)| {
            let own = units.and_then(|units| units.equations.get(d));
            let own: Vec<_> = own.into_iter().flatten().map(|units| units.as_ref().ok()).collect();
            equation.sum(notation, &names, &own)
        };
        self.equations.iter().enumerate().map(sum).collect()
    }

    /// The system as a LaTeX `aligned` environment, to stand inside display mathematics.
    pub fn latex(&self) -> String {
        self.aligned(None)
    }

    /// The same with the units of all numbers.
    pub fn latex_with_units(&self, units: &ModelUnits) -> String {
        self.aligned(Some(units))
    }

    fn aligned(&self, units: Option<&ModelUnits>) -> String {
        let mut text = "\\begin{aligned}\n".to_owned();
        for (index, (state, sum)) in self.states.iter().zip(self.sums(Notation::Latex, units)).enumerate() {
            let end = if index + 1 < self.states.len() { " \\\\" } else { "" };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "\\dot{{{}}} &= {sum}{end}", latex_name(state));
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Equation, SparseModel};
    use crate::equation::{Expression, FittedTerm, FunctionTerm, Term, Unit};

    fn equation(terms: &[([u8; 3], f64, f64)]) -> Equation {
        let fitted = |&(exponents, coefficient, standard_error): &([u8; 3], f64, f64)| FittedTerm {
            term: Term::Monomial(exponents.to_vec()),
            coefficient,
            standard_error,
            constant_errors: Vec::new(),
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
    fn units_stand_behind_the_numbers() {
        let mut model = SparseModel::from_text("t", &[("x", "2.5*x/(1.25 + x) - 3*x*y + 4"), ("y", "2*y")]).unwrap();
        model.equations[0].terms[0].standard_error = 0.02;
        let variables: Vec<Unit> = ["m", "1/m", "s"].map(|unit| unit.parse().unwrap()).to_vec();
        let expected = "x' = 2.50(2) [m/s] x/(1.25 [m] + x) - 3 [m/s] x y + 4 [m/s]\ny' = 2 [1/s] y";
        assert_eq!(model.text_with_units(&model.units(&variables)), expected);
        let latex = model.latex_with_units(&model.units(&variables));
        let expected = "\\dot{x} &= 2.50(2)\\,\\mathrm{m}\\,\\mathrm{s}^{-1}\\, \\frac{x}{1.25\\,\\mathrm{m} + x} - ";
        assert!(latex.contains(expected), "{latex}");
        // What has no unit is written without.
        let model = SparseModel::from_text("t", &[("x", "2*sin(x)"), ("y", "y")]).unwrap();
        assert_eq!(model.text_with_units(&model.units(&variables)), "x' = 2 sin(x)\ny' = 1 [1/s] y");
    }

    #[test]
    fn functions_in_each_notation() {
        let mut model = SparseModel::from_text_with_controls(
            "t",
            &["u"],
            &[("x", "2.5*x/(1.25 + x) - 0.5/(2 + y1**2)"), ("y1", "-1.5e-9*sin(2*pi*t - 0.123456)*u + 2**x")],
        )
        .unwrap();
        assert_eq!(
            model.rhs_python(),
            ["2.5*x/(1.25 + x) - 0.5/(2.0 + y1**2)", "-1.5e-9*sin(2.0*pi*t - 0.123456)*u + 1.0*2.0**x"]
        );
        assert_eq!(
            model.text(),
            "x' = 2.5 x/(1.25 + x) - 0.5/(2 + y1^2)\n\
                                  y1' = -1.5e-9 sin(2*pi*t - 0.1235)*u + 1*2^x"
        );
        let first = &mut model.equations[0].terms[0];
        (first.standard_error, first.constant_errors) = (0.02, vec![0.003]);
        first.term.constants_mut()[0] = -1.25;
        assert_eq!(model.equations[0].text(&model.variables()), "2.50(2) x/(-1.250(3) + x) - 0.5/(2 + y1^2)");
        let expected = "\\begin{aligned}\n\
                        \\dot{x} &= 2.50(2)\\, \\frac{x}{-1.250(3) + x} - 0.5\\, \\frac{1}{2 + y_{1}^{2}} \\\\\n\
                        \\dot{y_{1}} &= -1.5 \\times 10^{-9}\\, \\sin\\left(2\\, \\pi\\, t - 0.1235\\right)\\, u \
                        + 1 \\cdot 2^{x}\n\
                        \\end{aligned}\n";
        assert_eq!(model.latex(), expected);
        // A sum as a term, and one with a sign in front, need brackets behind their coefficient.
        let names = ["x".to_owned()];
        let mut equation = Equation::default();
        for text in ["x + exp(x)", "-x*exp(x)"] {
            let function = Expression::parse(text, &names, &[]).unwrap();
            equation.terms.push(FittedTerm::new(Term::Function(FunctionTerm::new(function, vec![]).unwrap()), 2.0));
        }
        assert_eq!(equation.python(&names), "2.0*(x + exp(x)) + 2.0*(-x*exp(x))");
    }
}
