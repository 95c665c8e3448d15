//! From the tree to the list of steps, in one form for each meaning: `--x` is x, and `-2` is a number.

use super::tape::{Step, Tape};
use crate::equation::syntax::{Kind, Tree};

/// Whole powers up to here are products; larger ones, and `2.0`, are real powers.
pub(in crate::equation) const LARGEST_WHOLE_POWER: f64 = 255.0;

/// The steps of `tree`, of whose symbols the first `variables` are variables.
pub(super) fn tape(tree: &Tree, variables: usize) -> Tape {
    let mut steps = Vec::new();
    append(tree, variables, &mut steps);
    steps.shrink_to_fit();
    Tape(steps)
}

/// Recursion is bounded by the brackets of the tree.
fn append(tree: &Tree, variables: usize, steps: &mut Vec<Step>) {
    match &tree.kind {
        Kind::Number { value, .. } => steps.push(Step::Number(*value)),
        Kind::Pi => steps.push(Step::Pi),
        Kind::Symbol { index, .. } => steps.push(match index.checked_sub(variables) {
            None => Step::Variable(*index as u32),
            Some(constant) => Step::Constant(constant as u32),
        }),
        Kind::Sum(terms) => {
            let mut left = None;
            for term in terms {
                append(&term.value, variables, steps);
                match (left, term.negative) {
                    (None, false) => {}
                    (None, true) => negate(steps),
                    (Some(left), false) => steps.push(Step::Add(left)),
                    (Some(left), true) => steps.push(Step::Subtract(left)),
                }
                left = Some(steps.len() as u32 - 1);
            }
        }
        Kind::Product(factors) => {
            let mut left = None;
            for factor in factors {
                append(&factor.value, variables, steps);
                match (left, factor.divides) {
                    (None, false) => {}
                    (None, true) => steps.push(Step::WholePower(-1)),
                    (Some(left), false) => steps.push(Step::Multiply(left)),
                    (Some(left), true) => steps.push(Step::Divide(left)),
                }
                left = Some(steps.len() as u32 - 1);
            }
        }
        Kind::Power(base, exponent) => {
            append(base, variables, steps);
            if let Some(n) = whole_power(exponent) {
                return steps.push(Step::WholePower(n));
            }
            let left = steps.len() as u32 - 1;
            append(exponent, variables, steps);
            steps.push(Step::Power(left));
        }
        Kind::Call(function, arguments) => {
            let mut left = 0;
            for argument in arguments {
                left = (steps.len() as u32).saturating_sub(1);
                append(argument, variables, steps);
            }
            steps.push(match function.arguments() {
                1 => Step::Call(*function),
                _ => Step::CallTwo(left, *function),
            });
        }
    }
}

fn negate(steps: &mut Vec<Step>) {
    match steps.last_mut() {
        Some(Step::Number(value)) => *value = -*value,
        Some(Step::Negate) => {
            steps.pop();
        }
        _ => steps.push(Step::Negate),
    }
}

/// The exponent that is a small whole number, written without a point.
pub(in crate::equation) fn whole_power(exponent: &Tree) -> Option<i32> {
    match &exponent.kind {
        Kind::Number { value, whole: true } if *value <= LARGEST_WHOLE_POWER => Some(*value as i32),
        Kind::Sum(terms) => match &terms[..] {
            [only] if only.negative => whole_power(&only.value).map(|n| -n),
            _ => None,
        },
        _ => None,
    }
}
