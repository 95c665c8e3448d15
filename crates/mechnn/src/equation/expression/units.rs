//! The unit of an expression, and those that its inner constants must have.

use thiserror::Error;

use super::tape::{Step, Tape};
use crate::equation::syntax::Function;
use crate::equation::unit::Unit;

/// Why an expression has no unit.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum UnitProblem {
    /// A function of a quantity that is no pure number.
    #[error("{function} needs a pure number, and is given the unit {found}")]
    Argument {
        /// Name of the function.
        function: &'static str,
        /// Unit of its argument.
        found: Unit,
    },
    /// A sum or a comparison of different quantities.
    #[error("quantities that are added or compared differ by the unit {difference}")]
    Sum {
        /// The quotient of their units.
        difference: Unit,
    },
    /// An exponent that is no pure number, or a quantity with a unit to a variable power.
    #[error("a power needs pure numbers, and is given the unit {found}")]
    Power {
        /// Unit of the exponent, or of the base.
        found: Unit,
    },
}

/// Exponents below this come from rounding.
const ROUNDING: f64 = 1e-9;

/// `known · Π_k u_k^{unknown_k}` with u_k the unit of inner constant k.
#[derive(Debug, Clone)]
struct Quantity {
    known: Unit,
    /// `[C]`
    unknown: Vec<f64>,
    /// Where no variable occurs.
    value: Option<f64>,
}

impl Quantity {
    fn power(&self, exponent: f64) -> Self {
        let unknown = self.unknown.iter().map(|own| own * exponent).collect();
        Self { known: self.known.power(exponent), unknown, value: self.value.map(|value| value.powf(exponent)) }
    }

    fn times(&self, other: &Self, exponent: f64) -> Self {
        let other = other.power(exponent);
        Self {
            known: &self.known * &other.known,
            unknown: self.unknown.iter().zip(&other.unknown).map(|(a, b)| a + b).collect(),
            value: self.value.zip(other.value).map(|(a, b)| a * b),
        }
    }
}

/// What is known of the units of the inner constants: equations that are linear in the exponents, in echelon form.
#[derive(Default)]
struct Constraints {
    /// Each with the constant it is solved for, whose exponent is 1 and 0 in all other rows.
    rows: Vec<(usize, Quantity)>,
}

impl Constraints {
    /// The quantity with the constants that are solved for replaced.
    fn reduced(&self, quantity: &Quantity) -> Quantity {
        self.rows
            .iter()
            .fold(quantity.clone(), |quantity, (pivot, row)| quantity.times(row, -quantity.unknown[*pivot]))
    }

    /// Demands that the quantity be a pure number; `Err` with the unit it has if it cannot be.
    fn demand(&mut self, quantity: &Quantity) -> Result<(), Unit> {
        let reduced = self.reduced(quantity);
        let largest = (0..reduced.unknown.len())
            .max_by(|&a, &b| reduced.unknown[a].abs().total_cmp(&reduced.unknown[b].abs()))
            .filter(|&k| reduced.unknown[k].abs() > ROUNDING);
        match largest {
            None if reduced.known.is_one() => Ok(()),
            None => Err(reduced.known),
            Some(pivot) => {
                let row = reduced.power(reduced.unknown[pivot].recip());
                for (_, other) in &mut self.rows {
                    *other = other.times(&row, -other.unknown[pivot]);
                }
                self.rows.push((pivot, row));
                Ok(())
            }
        }
    }
}

/// The unit of the steps over variables with the given units, and those of the constants; a constant whose unit is
/// left open is taken for a pure number.
///
/// # Errors
/// The first [`UnitProblem`], inside out.
///
/// # Panics
/// If a variable or a constant that occurs has no entry.
pub(super) fn units(tape: &Tape, variables: &[Unit], constants: &[f64]) -> Result<(Unit, Vec<Unit>), UnitProblem> {
    let count = constants.len();
    let quantity = |known: Unit, value: Option<f64>| Quantity { known, unknown: vec![0.0; count], value };
    let mut constraints = Constraints::default();
    let mut stack: Vec<Quantity> = Vec::new();
    let pop = |stack: &mut Vec<Quantity>| {
        stack.pop().unwrap_or_else(|| unreachable!("in postfix order every argument is on the stack"))
    };
    for step in &tape.0 {
        let result = match *step {
            Step::Number(value) => quantity(Unit::one(), Some(value)),
            Step::Pi => quantity(Unit::one(), Some(std::f64::consts::PI)),
            Step::Variable(v) => quantity(variables[v as usize].clone(), None),
            Step::Constant(c) => {
                let mut constant = quantity(Unit::one(), Some(constants[c as usize]));
                constant.unknown[c as usize] = 1.0;
                constant
            }
            Step::Negate => {
                let operand = pop(&mut stack);
                Quantity { value: operand.value.map(|value| -value), ..operand }
            }
            Step::WholePower(n) => pop(&mut stack).power(f64::from(n)),
            Step::Add(_) | Step::Subtract(_) => {
                let (right, left) = (pop(&mut stack), pop(&mut stack));
                let sign = if matches!(step, Step::Add(_)) { 1.0 } else { -1.0 };
                same(&mut constraints, &left, &right)?;
                Quantity { value: left.value.zip(right.value).map(|(a, b)| a + sign * b), ..left }
            }
            Step::Multiply(_) | Step::Divide(_) => {
                let (right, left) = (pop(&mut stack), pop(&mut stack));
                left.times(&right, if matches!(step, Step::Multiply(_)) { 1.0 } else { -1.0 })
            }
            Step::Power(_) => {
                let (exponent, base) = (pop(&mut stack), pop(&mut stack));
                let pure = |constraints: &mut Constraints, quantity: &Quantity| {
                    constraints.demand(quantity).map_err(|found| UnitProblem::Power { found })
                };
                pure(&mut constraints, &exponent)?;
                match exponent.value {
                    Some(value) => base.power(value),
                    None => {
                        pure(&mut constraints, &base)?;
                        quantity(Unit::one(), None)
                    }
                }
            }
            Step::Call(function) => {
                let argument = pop(&mut stack);
                let value = argument.value.map(|value| function.value(value, 0.0));
                match function {
                    Function::Sqrt => argument.power(0.5),
                    Function::Cbrt => argument.power(1.0 / 3.0),
                    Function::Abs | Function::Floor | Function::Ceil => Quantity { value, ..argument },
                    Function::Sign | Function::Step => quantity(Unit::one(), value),
                    _ => {
                        let problem = |found| UnitProblem::Argument { function: function.name(), found };
                        constraints.demand(&argument).map_err(problem)?;
                        quantity(Unit::one(), value)
                    }
                }
            }
            Step::CallTwo(_, function) => {
                let (right, left) = (pop(&mut stack), pop(&mut stack));
                let value = left.value.zip(right.value).map(|(a, b)| function.value(a, b));
                same(&mut constraints, &left, &right)?;
                match function {
                    Function::Atan2 => quantity(Unit::one(), value),
                    _ => Quantity { value, ..left },
                }
            }
        };
        stack.push(result);
    }
    let whole = constraints.reduced(&pop(&mut stack)).known;
    let own = (0..count).map(|k| match constraints.rows.iter().find(|(pivot, _)| *pivot == k) {
        // known · u_k = 1, every constant that is left open being a pure number.
        Some((_, row)) => row.known.reciprocal(),
        None => Unit::one(),
    });
    Ok((whole, own.collect()))
}

fn same(constraints: &mut Constraints, left: &Quantity, right: &Quantity) -> Result<(), UnitProblem> {
    constraints.demand(&left.times(right, -1.0)).map_err(|difference| UnitProblem::Sum { difference })
}
