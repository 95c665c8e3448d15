//! Where an expression has no pole and is everywhere defined, by interval arithmetic.

use super::tape::{Step, Tape};
use crate::equation::syntax::Function;

/// Boxes into which the domain may be divided before it counts as undecided.
const MOST_BOXES: usize = 128;

/// Wider arguments of tangents contain a pole wherever they are.
const PERIOD: f64 = std::f64::consts::PI;

/// All values between two numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Interval {
    least: f64,
    largest: f64,
}

/// The expression cannot be shown to be regular there.
struct Singular;

impl Interval {
    fn point(value: f64) -> Self {
        Self { least: value, largest: value }
    }

    /// The smallest interval with all of these.
    fn of(values: &[f64]) -> Self {
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        Self { least, largest: values.iter().copied().fold(f64::NEG_INFINITY, f64::max) }
    }

    fn has_zero(self) -> bool {
        self.least <= 0.0 && self.largest >= 0.0
    }

    /// The interval of a function that only rises, or only falls.
    fn monotone(self, function: impl Fn(f64) -> f64) -> Self {
        Self::of(&[function(self.least), function(self.largest)])
    }

    fn times(self, other: Self) -> Self {
        let product = |a: f64, b: f64| if a == 0.0 || b == 0.0 { 0.0 } else { a * b };
        Self::of(&[
            product(self.least, other.least),
            product(self.least, other.largest),
            product(self.largest, other.least),
            product(self.largest, other.largest),
        ])
    }

    fn divided_by(self, other: Self) -> Result<Self, Singular> {
        match other.has_zero() {
            true => Err(Singular),
            false => Ok(self.times(Self::of(&[other.least.recip(), other.largest.recip()]))),
        }
    }

    fn whole_power(self, n: i32) -> Result<Self, Singular> {
        if n < 0 && self.has_zero() {
            return Err(Singular);
        }
        let mut ends = vec![self.least.powi(n), self.largest.powi(n)];
        if n > 0 && self.has_zero() {
            ends.push(0.0);
        }
        Ok(Self::of(&ends))
    }

    /// A real power is one of a base that is not negative; one with a negative exponent of a positive base.
    fn power(self, exponent: Self) -> Result<Self, Singular> {
        if exponent.least == exponent.largest && exponent.least.fract() == 0.0 && exponent.least.abs() <= 64.0 {
            return self.whole_power(exponent.least as i32);
        }
        if self.least < 0.0 || (self.least == 0.0 && exponent.least < 0.0) {
            return Err(Singular);
        }
        Ok(Self::of(&[
            self.least.powf(exponent.least),
            self.least.powf(exponent.largest),
            self.largest.powf(exponent.least),
            self.largest.powf(exponent.largest),
        ]))
    }

    /// Whether it contains `offset + k PERIOD` for a whole number k.
    fn has_multiple(self, offset: f64) -> bool {
        ((self.least - offset) / PERIOD).ceil() * PERIOD + offset <= self.largest
    }

    fn called(self, function: Function) -> Result<Self, Singular> {
        let regular = |is_regular: bool| if is_regular { Ok(()) } else { Err(Singular) };
        match function {
            Function::Log | Function::Log2 | Function::Log10 => regular(self.least > 0.0)?,
            Function::Sqrt => regular(self.least >= 0.0)?,
            Function::Asin | Function::Acos => regular(self.least >= -1.0 && self.largest <= 1.0)?,
            Function::Tan => regular(!self.has_multiple(0.5 * PERIOD))?,
            Function::Cot => regular(!self.has_multiple(0.0))?,
            _ => {}
        }
        Ok(match function {
            Function::Sin | Function::Cos => Self { least: -1.0, largest: 1.0 },
            Function::Abs if self.has_zero() => Self { least: 0.0, largest: (-self.least).max(self.largest) },
            Function::Cosh if self.has_zero() => {
                Self { least: 1.0, largest: self.least.cosh().max(self.largest.cosh()) }
            }
            // All others rise or fall everywhere where they are regular.
            _ => self.monotone(|x| function.value(x, 0.0)),
        })
    }

    fn called_with(self, second: Self, function: Function) -> Self {
        match function {
            Function::Atan2 => Self { least: -PERIOD, largest: PERIOD },
            _ => Self::of(&[function.value(self.least, second.least), function.value(self.largest, second.largest)]),
        }
    }
}

impl Tape {
    /// Whether no denominator vanishes and every function is defined wherever the variables are in `ranges`, `[V]`,
    /// least and largest value of each.
    ///
    /// Interval arithmetic decides, which may see a zero where there is none if a variable occurs more than once; then
    /// the box is halved until all its parts are regular. What is not shown to be regular in 128 parts is not.
    pub(super) fn is_regular_on(&self, ranges: &[(f64, f64)], constants: &[f64]) -> bool {
        let whole: Vec<Interval> = ranges.iter().map(|&(least, largest)| Interval { least, largest }).collect();
        let mut boxes = vec![whole.clone()];
        let mut looked_at = 0;
        while let Some(part) = boxes.pop() {
            looked_at += 1;
            if self.interval(&part, constants).is_ok() {
                continue;
            }
            let Some(widest) = self.widest(&part, &whole).filter(|_| looked_at < MOST_BOXES) else { return false };
            let Interval { least, largest } = part[widest];
            let middle = 0.5 * (least + largest);
            for half in [(least, middle), (middle, largest)] {
                let mut own = part.clone();
                own[widest] = Interval { least: half.0, largest: half.1 };
                boxes.push(own);
            }
        }
        true
    }

    /// Of the variables that occur and are no single number the one with the largest part of its whole range left.
    fn widest(&self, part: &[Interval], whole: &[Interval]) -> Option<usize> {
        let share = |v: usize| (part[v].largest - part[v].least) / (whole[v].largest - whole[v].least);
        let variables = self.0.iter().filter_map(|step| match *step {
            Step::Variable(v) => Some(v as usize),
            _ => None,
        });
        variables.filter(|&v| share(v) > 0.0).max_by(|&a, &b| share(a).total_cmp(&share(b)).then(b.cmp(&a)))
    }

    fn interval(&self, variables: &[Interval], constants: &[f64]) -> Result<Interval, Singular> {
        let mut values: Vec<Interval> = Vec::with_capacity(self.0.len());
        let mut last = Interval::point(0.0);
        for step in &self.0 {
            let left = |left: u32| values[left as usize];
            last = match *step {
                Step::Number(value) => Interval::point(value),
                Step::Pi => Interval::point(std::f64::consts::PI),
                Step::Variable(v) => variables[v as usize],
                Step::Constant(c) => Interval::point(constants[c as usize]),
                Step::Negate => Interval { least: -last.largest, largest: -last.least },
                Step::Add(at) => {
                    Interval { least: left(at).least + last.least, largest: left(at).largest + last.largest }
                }
                Step::Subtract(at) => {
                    Interval { least: left(at).least - last.largest, largest: left(at).largest - last.least }
                }
                Step::Multiply(at) => left(at).times(last),
                Step::Divide(at) => left(at).divided_by(last)?,
                Step::Power(at) => left(at).power(last)?,
                Step::WholePower(n) => last.whole_power(n)?,
                Step::Call(function) => last.called(function)?,
                Step::CallTwo(at, function) => left(at).called_with(last, function),
            };
            if last.least.is_nan() || last.largest.is_nan() {
                return Err(Singular);
            }
            values.push(last);
        }
        Ok(last)
    }
}

#[cfg(test)]
mod tests {
    use crate::equation::Expression;

    fn is_regular(text: &str, ranges: &[(f64, f64)], constants: &[f64]) -> bool {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let expression = Expression::parse(text, &names(&["x", "y"]), &names(&["a", "b"])).expect("an expression");
        expression.is_regular_on(ranges, constants)
    }

    #[test]
    fn poles_and_undefined_values_inside_the_box_are_seen() {
        let on = |text: &str, x: (f64, f64), a: f64| is_regular(text, &[x, (0.5, 2.0)], &[a, 2.0]);
        for (text, x, a, expected) in [
            ("x/(a + x**2)", (0.01, 1.0), -0.0075, false),
            ("x/(a + x**2)", (0.1, 1.0), -0.0075, true),
            ("x/(a + x)", (0.0, 3.0), 0.2, true),
            ("x/(a + x)", (-0.3, 3.0), 0.2, false),
            ("1/x", (-1.0, 1.0), 0.0, false),
            ("1/x**2", (-1.0, 1.0), 0.0, false),
            ("log(x)", (0.001, 1.0), 0.0, true),
            ("log(x)", (-0.001, 1.0), 0.0, false),
            ("sqrt(x + a*y)", (0.0, 1.0), -1.0, false),
            ("sqrt(x + a*y)", (2.1, 3.0), -1.0, true),
            ("x**a", (-0.1, 1.0), 0.5, false),
            ("x**a", (0.0, 1.0), 0.5, true),
            ("tan(x)", (1.0, 2.0), 0.0, false),
            ("tan(x)", (-1.0, 1.0), 0.0, true),
            ("1/(1 + exp(-(a*x + 1)))", (-100.0, 100.0), 3.0, true),
            ("cos(x)/y", (-9.0, 9.0), 0.0, true),
        ] {
            assert_eq!(on(text, x, a), expected, "{text} on {x:?} with a = {a}");
        }
    }

    #[test]
    fn a_variable_that_occurs_twice_is_no_pole() {
        // x² - x + 1 is at least 3/4; on the whole box intervals give -3 .. 13.
        assert!(is_regular("1/(x**2 - x + 1)", &[(-2.0, 3.0), (0.0, 1.0)], &[0.0, 0.0]));
        assert!(!is_regular("1/(x**2 - x)", &[(-2.0, 3.0), (0.0, 1.0)], &[0.0, 0.0]));
        // Where x and y are the same number nothing is wide enough to be halved.
        assert!(!is_regular("1/(x - y)", &[(1.0, 1.0), (1.0, 1.0)], &[0.0, 0.0]));
    }
}
