//! How expressions are written: Python, plain text, LaTeX.

use super::tape::{Step, Tape};
use crate::equation::notation::{Level, Notation, Piece};
use crate::equation::syntax::Function;

/// The text of all steps over names for the variables and pieces for the constants.
pub(super) fn write<'a>(
    tape: &Tape,
    notation: Notation,
    variable: impl Fn(usize) -> &'a str,
    constants: &[Piece],
) -> Piece {
    let mut stack: Vec<Piece> = Vec::new();
    let pop = |stack: &mut Vec<Piece>| {
        stack.pop().unwrap_or_else(|| unreachable!("in postfix order every argument is on the stack"))
    };
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
