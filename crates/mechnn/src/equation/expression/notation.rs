//! How expressions are written: Python, plain text, LaTeX.

use super::super::notation::latex_name;
use super::super::syntax::Function;
use super::super::uncertain_number::UncertainNumber;
use super::tape::{Step, Tape};

/// A way of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::equation) enum Notation {
    /// `x**2/(1.0 + x)`, numbers in full.
    Python,
    /// `x^2/(1 + x)`
    Text,
    /// `\frac{x^{2}}{1 + x}`
    Latex,
}

/// How tightly a piece of text holds together; what holds less than its place wants gets brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::equation) enum Level {
    Sum,
    Product,
    Sign,
    Power,
    Atom,
}

/// A written expression.
#[derive(Debug, Clone)]
pub(in crate::equation) struct Piece {
    pub(in crate::equation) text: String,
    pub(in crate::equation) level: Level,
}

impl Piece {
    pub(in crate::equation) fn new(text: impl Into<String>, level: Level) -> Self {
        Self { text: text.into(), level }
    }

    /// A name.
    pub(in crate::equation) fn name(notation: Notation, name: &str) -> Self {
        match notation {
            Notation::Latex => Self::new(latex_name(name), Level::Atom),
            Notation::Python | Notation::Text => Self::new(name, Level::Atom),
        }
    }

    /// A number that is part of the expression, with the fewest digits that give it back.
    fn number(notation: Notation, value: f64) -> Self {
        let digits = format!("{:?}", value.abs());
        let short = digits.strip_suffix(".0").unwrap_or(&digits);
        Self::signed(
            value,
            match (notation, digits.split_once('e')) {
                (Notation::Python, _) => digits,
                (Notation::Latex, Some((mantissa, exponent))) => format!("{mantissa} \\times 10^{{{exponent}}}"),
                (Notation::Text | Notation::Latex, _) => short.to_owned(),
            },
        )
    }

    /// A number that is estimated: in full in Python, else with the digits that its standard error leaves.
    pub(in crate::equation) fn estimate(notation: Notation, value: f64, standard_error: f64) -> Self {
        let number = UncertainNumber { value: value.abs(), standard_error };
        match notation {
            Notation::Python => Self::number(notation, value),
            Notation::Text => Self::signed(value, number.to_string()),
            Notation::Latex => Self::signed(value, number.latex()),
        }
    }

    fn signed(value: f64, magnitude: String) -> Self {
        let level = if magnitude.contains("\\times") { Level::Product } else { Level::Atom };
        match value.is_sign_negative() {
            true => Self::new(format!("-{magnitude}"), level.min(Level::Sign)),
            false => Self::new(magnitude, level),
        }
    }

    /// The text, in brackets if it holds together less than `least`.
    pub(in crate::equation) fn at_least(self, notation: Notation, least: Level) -> String {
        match (self.level < least, notation) {
            (false, _) => self.text,
            (true, Notation::Latex) => format!("\\left({}\\right)", self.text),
            (true, _) => format!("({})", self.text),
        }
    }
}

/// The text of all steps over names for the variables and pieces for the constants.
pub(super) fn write<'a>(
    tape: &Tape,
    notation: Notation,
    variable: impl Fn(usize) -> &'a str,
    constants: &[Piece],
) -> Piece {
    let mut stack: Vec<Piece> = Vec::new();
    // In postfix order every argument is on the stack; an empty one cannot be reached.
    let pop = |stack: &mut Vec<Piece>| stack.pop().unwrap_or_else(|| Piece::new("", Level::Atom));
    for step in &tape.0 {
        let piece = match *step {
            Step::Number(value) => Piece::number(notation, value),
            Step::Pi if notation == Notation::Latex => Piece::new("\\pi", Level::Atom),
            Step::Pi => Piece::new("pi", Level::Atom),
            Step::Variable(v) => Piece::name(notation, variable(v as usize)),
            Step::Constant(c) => constants[c as usize].clone(),
            Step::Negate => Piece::new(format!("-{}", pop(&mut stack).at_least(notation, Level::Power)), Level::Sign),
            Step::WholePower(n) => power(notation, pop(&mut stack), Piece::new(n.to_string(), Level::Sign)),
            Step::Call(function) => {
                let argument = pop(&mut stack);
                call(notation, function, argument.text)
            }
            Step::Add(_)
            | Step::Subtract(_)
            | Step::Multiply(_)
            | Step::Divide(_)
            | Step::Power(_)
            | Step::CallTwo(..) => {
                let right = pop(&mut stack);
                let left = pop(&mut stack);
                binary(notation, *step, left, right)
            }
        };
        stack.push(piece);
    }
    pop(&mut stack)
}

fn binary(notation: Notation, step: Step, left: Piece, right: Piece) -> Piece {
    let joined = |left: Piece, least: Level, operator: &str, right: Piece, right_least: Level, level: Level| {
        let mut text = left.at_least(notation, least);
        text.push_str(operator);
        text.push_str(&right.at_least(notation, right_least));
        Piece::new(text, level)
    };
    let is_latex = notation == Notation::Latex;
    match step {
        Step::Add(_) | Step::Subtract(_) => {
            let is_sum = matches!(step, Step::Add(_));
            // Python is read back, and gives the same numbers; for people `a + -2*b` is `a - 2*b`.
            let turned =
                right.text.strip_prefix('-').filter(|_| notation != Notation::Python && right.level > Level::Sum);
            let turned = turned.map(|text| Piece::new(text, right.level));
            let operator = if is_sum == turned.is_none() { " + " } else { " - " };
            joined(left, Level::Sum, operator, turned.unwrap_or(right), Level::Product, Level::Sum)
        }
        Step::Divide(_) if is_latex => Piece::new(format!("\\frac{{{}}}{{{}}}", left.text, right.text), Level::Power),
        Step::Multiply(_) if is_latex => {
            // Two numbers side by side would read as one.
            let is_number = right.text.starts_with(|first: char| first.is_ascii_digit());
            let operator = if is_number { " \\cdot " } else { "\\, " };
            joined(left, Level::Product, operator, right, Level::Power, Level::Product)
        }
        Step::Divide(_) => joined(left, Level::Product, "/", right, Level::Sign, Level::Product),
        Step::Multiply(_) => joined(left, Level::Product, "*", right, Level::Sign, Level::Product),
        Step::CallTwo(_, function) => call(notation, function, format!("{}, {}", left.text, right.text)),
        _ => power(notation, left, right),
    }
}

fn power(notation: Notation, base: Piece, exponent: Piece) -> Piece {
    let base = base.at_least(notation, Level::Atom);
    let text = match notation {
        Notation::Python => format!("{base}**{}", exponent.at_least(notation, Level::Sign)),
        Notation::Text => format!("{base}^{}", exponent.at_least(notation, Level::Sign)),
        Notation::Latex => format!("{base}^{{{}}}", exponent.text),
    };
    Piece::new(text, Level::Power)
}

fn call(notation: Notation, function: Function, arguments: String) -> Piece {
    let name = match function {
        _ if notation != Notation::Latex => {
            return Piece::new(format!("{}({arguments})", function.name()), Level::Atom);
        }
        Function::Sqrt => return Piece::new(format!("\\sqrt{{{arguments}}}"), Level::Power),
        Function::Cbrt => return Piece::new(format!("\\sqrt[3]{{{arguments}}}"), Level::Power),
        Function::Abs => return Piece::new(format!("\\left|{arguments}\\right|"), Level::Atom),
        Function::Floor => return Piece::new(format!("\\left\\lfloor {arguments}\\right\\rfloor"), Level::Atom),
        Function::Ceil => return Piece::new(format!("\\left\\lceil {arguments}\\right\\rceil"), Level::Atom),
        Function::Sigmoid => "\\sigma".to_owned(),
        Function::Asin => "\\arcsin".to_owned(),
        Function::Acos => "\\arccos".to_owned(),
        Function::Atan => "\\arctan".to_owned(),
        Function::Log2 => "\\log_{2}".to_owned(),
        Function::Log10 => "\\log_{10}".to_owned(),
        Function::Sign | Function::Step | Function::Atan2 => format!("\\operatorname{{{}}}", function.name()),
        _ => format!("\\{}", function.name()),
    };
    Piece::new(format!("{name}\\left({arguments}\\right)"), Level::Power)
}
