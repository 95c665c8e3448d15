//! Expressions as a list of steps: value and gradient without recursion and, up to a size, without allocation.

use crate::equation::syntax::Function;

/// One step. In postfix order: the last argument of a step is the step before it, the first one is named.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    Number(f64),
    Pi,
    Variable(u32),
    Constant(u32),
    Negate,
    Add(u32),
    Subtract(u32),
    Multiply(u32),
    Divide(u32),
    Power(u32),
    WholePower(i32),
    Call(Function),
    CallTwo(u32, Function),
}

use Step::{
    Add, Call, CallTwo, Constant, Divide, Multiply, Negate, Number, Pi, Power, Subtract, Variable, WholePower,
};

/// The steps of an expression; never empty.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tape(pub(super) Vec<Step>);

impl Tape {
    pub(super) fn value(&self, variables: &[f64], constants: &[f64]) -> f64 {
        // Sizes double so that a short expression does not pay for the clearing of a long scratch.
        match self.0.len() {
            0..=8 => self.forward(variables, constants, &mut [0.0; 8]),
            9..=32 => self.forward(variables, constants, &mut [0.0; 32]),
            33..=256 => self.forward(variables, constants, &mut [0.0; 256]),
            steps => self.forward(variables, constants, &mut vec![0.0; steps]),
        }
    }

    pub(super) fn gradient(
        &self,
        variables: &[f64],
        constants: &[f64],
        by_variable: &mut [f64],
        by_constant: &mut [f64],
    ) -> f64 {
        by_variable.fill(0.0);
        by_constant.fill(0.0);
        let mut run = |values: &mut [f64], adjoints: &mut [f64]| {
            let value = self.forward(variables, constants, values);
            self.backward(values, adjoints, by_variable, by_constant);
            value
        };
        match self.0.len() {
            0..=8 => run(&mut [0.0; 8], &mut [0.0; 8]),
            9..=32 => run(&mut [0.0; 32], &mut [0.0; 32]),
            33..=256 => run(&mut [0.0; 256], &mut [0.0; 256]),
            steps => run(&mut vec![0.0; steps], &mut vec![0.0; steps]),
        }
    }

    /// Writes the value of every step; returns the last.
    fn forward(&self, variables: &[f64], constants: &[f64], values: &mut [f64]) -> f64 {
        let mut last = 0.0;
        for (i, step) in self.0.iter().enumerate() {
            last = match *step {
                Number(value) => value,
                Pi => std::f64::consts::PI,
                Variable(v) => variables[v as usize],
                Constant(c) => constants[c as usize],
                Negate => -last,
                Add(left) => values[left as usize] + last,
                Subtract(left) => values[left as usize] - last,
                Multiply(left) => values[left as usize] * last,
                Divide(left) => values[left as usize] / last,
                Power(left) => values[left as usize].powf(last),
                WholePower(n) => last.powi(n),
                Call(function) => function.value(last, 0.0),
                CallTwo(left, function) => function.value(values[left as usize], last),
            };
            values[i] = last;
        }
        last
    }

    /// Reverse mode: from the last step to the first, every step hands its adjoint on to its arguments.
    ///
    /// What has the adjoint 0 hands on nothing, so that the infinite slope of sqrt(x) at 0 does not spoil 0*sqrt(x).
    fn backward(&self, values: &[f64], adjoints: &mut [f64], by_variable: &mut [f64], by_constant: &mut [f64]) {
        let steps = &self.0;
        adjoints[steps.len() - 1] = 1.0;
        for (i, step) in steps.iter().enumerate().rev() {
            let (adjoint, value) = (adjoints[i], values[i]);
            if adjoint == 0.0 {
                continue;
            }
            // d(left), d(right): what `adjoint` is multiplied with for each argument.
            let right = i.saturating_sub(1);
            let (left, by_left, by_right) = match *step {
                Number(_) | Pi => continue,
                Variable(v) => {
                    by_variable[v as usize] += adjoint;
                    continue;
                }
                Constant(c) => {
                    by_constant[c as usize] += adjoint;
                    continue;
                }
                Negate => (None, 0.0, -1.0),
                Add(left) => (Some(left), 1.0, 1.0),
                Subtract(left) => (Some(left), 1.0, -1.0),
                Multiply(left) => (Some(left), values[right], values[left as usize]),
                Divide(left) => (Some(left), values[right].recip(), -value / values[right]),
                Power(left) => {
                    let is_fixed = matches!(steps[right], Number(_) | Pi);
                    let (by_base, by_exponent) = power_slopes(values[left as usize], values[right], value, is_fixed);
                    (Some(left), by_base, by_exponent)
                }
                WholePower(n) => (None, 0.0, whole_power_slope(values[right], n)),
                Call(function) => (None, 0.0, function.derivatives(values[right], 0.0, value).0),
                CallTwo(left, function) => {
                    let (by_left, by_right) = function.derivatives(values[left as usize], values[right], value);
                    (Some(left), by_left, by_right)
                }
            };
            // Every step has one user only, so adjoints are set, not summed.
            adjoints[right] = adjoint * by_right;
            if let Some(left) = left {
                adjoints[left as usize] = adjoint * by_left;
            }
        }
    }
}

/// d(b^n)/db = n b^(n-1)
pub(super) fn whole_power_slope(base: f64, n: i32) -> f64 {
    match n {
        0 => 0.0,
        _ => f64::from(n) * base.powi(n.saturating_sub(1)),
    }
}

/// d(b^e)/db = e b^(e-1) and d(b^e)/de = b^e log(b), which has the limit 0 at b = 0 for e > 0.
pub(super) fn power_slopes(base: f64, exponent: f64, value: f64, exponent_is_fixed: bool) -> (f64, f64) {
    let by_base = if exponent == 0.0 { 0.0 } else { exponent * base.powf(exponent - 1.0) };
    let by_exponent = match () {
        () if exponent_is_fixed => 0.0,
        () if base == 0.0 && exponent > 0.0 => 0.0,
        () => value * base.ln(),
    };
    (by_base, by_exponent)
}
