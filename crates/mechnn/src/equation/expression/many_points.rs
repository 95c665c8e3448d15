//! Values and gradients at many points: every step of the tape along all of them.
//!
//! The numbers are those of [`Tape::value`] and [`Tape::gradient`], bit by bit. Which step is next is asked once for
//! all points, and what is between two questions is a loop over numbers that lie together.

use super::tape::{Step, Tape, power_slopes, whole_power_slope};

use Step::{
    Add, Call, CallTwo, Constant, Divide, Multiply, Negate, Number, Pi, Power, Subtract, Variable, WholePower,
};

impl Tape {
    /// Numbers of room that each point needs.
    pub(super) fn work_for_point(&self) -> usize {
        2 * self.0.len()
    }

    /// Writes the values at n points, `[n]`, of variables `[V, n]`; `work` has [`Self::work_for_point`] numbers for
    /// each.
    pub(super) fn value_many(&self, variables: &[f64], constants: &[f64], value: &mut [f64], work: &mut [f64]) {
        let n = value.len();
        let values = &mut work[..self.0.len() * n];
        self.forward_many(n, variables, constants, values);
        value.copy_from_slice(&values[values.len() - n..]);
    }

    /// The same with the derivatives by the variables, `[V, n]`, and by the constants, `[C, n]`.
    pub(super) fn gradient_many(
        &self,
        variables: &[f64],
        constants: &[f64],
        value: &mut [f64],
        by_variable: &mut [f64],
        by_constant: &mut [f64],
        work: &mut [f64],
    ) {
        let n = value.len();
        let (values, rest) = work.split_at_mut(self.0.len() * n);
        self.forward_many(n, variables, constants, values);
        value.copy_from_slice(&values[values.len() - n..]);
        by_variable.fill(0.0);
        by_constant.fill(0.0);
        self.backward_many(n, values, &mut rest[..values.len()], by_variable, by_constant);
    }

    /// Writes the value of every step, `[steps, n]`.
    fn forward_many(&self, n: usize, variables: &[f64], constants: &[f64], values: &mut [f64]) {
        for (i, step) in self.0.iter().enumerate() {
            let (before, own) = values.split_at_mut(i * n);
            let own = &mut own[..n];
            let last = &before[i.saturating_sub(1) * n..];
            let of = |left: u32| &before[left as usize * n..];
            match *step {
                Number(value) => own.fill(value),
                Pi => own.fill(std::f64::consts::PI),
                Variable(v) => own.copy_from_slice(&variables[v as usize * n..][..n]),
                Constant(c) => own.fill(constants[c as usize]),
                Negate => each(own, last, |x| -x),
                Add(left) => each_two(own, of(left), last, |x, y| x + y),
                Subtract(left) => each_two(own, of(left), last, |x, y| x - y),
                Multiply(left) => each_two(own, of(left), last, |x, y| x * y),
                Divide(left) => each_two(own, of(left), last, |x, y| x / y),
                Power(left) => each_two(own, of(left), last, f64::powf),
                WholePower(n) => each(own, last, |x| x.powi(n)),
                Call(function) => each(own, last, |x| function.value(x, 0.0)),
                CallTwo(left, function) => each_two(own, of(left), last, |x, y| function.value(x, y)),
            }
        }
    }

    /// Reverse mode, as [`Tape::gradient`] has it: what has the adjoint 0 at a point hands on nothing there.
    fn backward_many(
        &self,
        n: usize,
        values: &[f64],
        adjoints: &mut [f64],
        by_variable: &mut [f64],
        by_constant: &mut [f64],
    ) {
        let steps = &self.0;
        adjoints[(steps.len() - 1) * n..].fill(1.0);
        let of = |step: usize| &values[step * n..][..n];
        for (i, step) in steps.iter().enumerate().rev() {
            let (before, adjoint) = adjoints.split_at_mut(i * n);
            let adjoint = &adjoint[..n];
            let add = |sums: &mut [f64], at: u32| {
                let sums = &mut sums[at as usize * n..][..n];
                sums.iter_mut().zip(adjoint).for_each(|(sum, adjoint)| *sum += adjoint);
            };
            let right = i.saturating_sub(1);
            let mut hand_on = |to: usize, slope: &dyn Slope| slope.times(adjoint, &mut before[to * n..][..n]);
            match *step {
                Number(_) | Pi => {}
                Variable(v) => add(by_variable, v),
                Constant(c) => add(by_constant, c),
                Negate => hand_on(right, &Along(|_| -1.0)),
                Add(left) => {
                    hand_on(right, &Along(|_| 1.0));
                    hand_on(left as usize, &Along(|_| 1.0));
                }
                Subtract(left) => {
                    hand_on(right, &Along(|_| -1.0));
                    hand_on(left as usize, &Along(|_| 1.0));
                }
                Multiply(left) => {
                    let (x, y) = (of(left as usize), of(right));
                    hand_on(right, &Along(|e: usize| x[e]));
                    hand_on(left as usize, &Along(|e: usize| y[e]));
                }
                Divide(left) => {
                    let (own, y) = (of(i), of(right));
                    hand_on(right, &Along(|e: usize| -own[e] / y[e]));
                    hand_on(left as usize, &Along(|e: usize| y[e].recip()));
                }
                Power(left) => {
                    let (own, x, y) = (of(i), of(left as usize), of(right));
                    let is_fixed = matches!(steps[right], Number(_) | Pi);
                    let slopes = |e: usize| power_slopes(x[e], y[e], own[e], is_fixed);
                    hand_on(right, &Along(|e: usize| slopes(e).1));
                    hand_on(left as usize, &Along(|e: usize| slopes(e).0));
                }
                WholePower(n) => {
                    let x = of(right);
                    hand_on(right, &Along(|e: usize| whole_power_slope(x[e], n)));
                }
                Call(function) => {
                    let (own, x) = (of(i), of(right));
                    hand_on(right, &Along(|e: usize| function.derivatives(x[e], 0.0, own[e]).0));
                }
                CallTwo(left, function) => {
                    let (own, x, y) = (of(i), of(left as usize), of(right));
                    hand_on(right, &Along(|e: usize| function.derivatives(x[e], y[e], own[e]).1));
                    hand_on(left as usize, &Along(|e: usize| function.derivatives(x[e], y[e], own[e]).0));
                }
            }
        }
    }
}

fn each(out: &mut [f64], x: &[f64], f: impl Fn(f64) -> f64) {
    out.iter_mut().zip(x).for_each(|(out, x)| *out = f(*x));
}

fn each_two(out: &mut [f64], x: &[f64], y: &[f64], f: impl Fn(f64, f64) -> f64) {
    out.iter_mut().zip(x.iter().zip(y)).for_each(|(out, (x, y))| *out = f(*x, *y));
}

/// The slope of a step by one of its arguments, along all points.
trait Slope {
    /// Writes the adjoint of the argument.
    fn times(&self, adjoint: &[f64], target: &mut [f64]);
}

struct Along<F>(F);

impl<F: Fn(usize) -> f64> Slope for Along<F> {
    fn times(&self, adjoint: &[f64], target: &mut [f64]) {
        for (e, (target, adjoint)) in target.iter_mut().zip(adjoint).enumerate() {
            *target = if *adjoint == 0.0 { 0.0 } else { adjoint * (self.0)(e) };
        }
    }
}
