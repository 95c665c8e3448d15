//! Values and derivatives of a right-hand side at many points, each quantity along all of them.

use mechnn_solver::smoother::{Linearizations, Points};

use super::right_hand_side::{Contribution, RightHandSide, Source};
use crate::discovery::candidates::MOST_CONSTANTS;
use crate::discovery::prepare::known::KnownOfSegment;

/// The parts of the room that an evaluation works in, for n points.
struct Room<'a> {
    /// Variables of the terms in the data's units, `[W, n]`.
    variables: &'a mut [f64],
    /// Values of the terms of the library, `[T, n]`.
    values: &'a mut [f64],
    /// Their derivatives by the variables, `[T, W, n]`; none if only values are wanted.
    jacobian: &'a mut [f64],
    /// The value of a function, `[n]`, and its derivatives, `[W, n]` and `[MOST_CONSTANTS, n]`.
    value: &'a mut [f64],
    slopes: &'a mut [f64],
    by_constant: &'a mut [f64],
    /// For the tapes of expressions.
    tape: &'a mut [f64],
}

impl RightHandSide {
    fn room<'a>(&self, n: usize, derivatives: bool, work: &'a mut Vec<f64>) -> Room<'a> {
        let (width, terms) = (self.scale.len() + self.known, self.library.len());
        let functions = self.functions.iter().map(|function| function.term.work_for_point()).max().unwrap_or(0);
        let jacobian = if derivatives { terms * width } else { 0 };
        let sizes = [width, terms, jacobian, 1, width, MOST_CONSTANTS, functions.max(self.library.work_for_point())];
        let size = n * sizes.iter().sum::<usize>();
        if work.len() < size {
            work.resize(size, 0.0);
        }
        let mut rest = &mut work[..];
        let [variables, values, jacobian, value, slopes, by_constant, tape] = sizes.map(|size| {
            let (own, others) = std::mem::take(&mut rest).split_at_mut(n * size);
            rest = others;
            own
        });
        Room { variables, values, jacobian, value, slopes, by_constant, tape }
    }

    /// Writes the variables of the terms; without a segment the known functions are NaN.
    fn variables_along(&self, points: Points<'_>, known: Option<&KnownOfSegment>, room: &mut Room<'_>) {
        let n = points.count();
        let (states, rest) = room.variables.split_at_mut(self.scale.len() * n);
        for ((own, x), scale) in states.chunks_exact_mut(n).zip(points.states.chunks_exact(n)).zip(&self.scale) {
            own.iter_mut().zip(x).for_each(|(own, x)| *own = x * scale);
        }
        match known {
            None => rest.fill(f64::NAN),
            Some(known) => {
                let mut values = vec![0.0; self.known];
                for (point, &time) in points.times.iter().enumerate() {
                    known.values_into(time, &mut values);
                    values.iter().enumerate().for_each(|(k, value)| rest[k * n + point] = *value);
                }
            }
        }
    }

    /// Writes the rates at n points, `[D, n]`.
    pub(super) fn evaluate_many(
        &self,
        points: Points<'_>,
        theta: &[f64],
        known: Option<&KnownOfSegment>,
        rates: &mut [f64],
        work: &mut Vec<f64>,
    ) {
        let n = points.count();
        let mut room = self.room(n, false, work);
        self.variables_along(points, known, &mut room);
        self.library.evaluate_many(n, room.variables, room.values, room.tape);
        rates.fill(0.0);
        for &(d, velocity, ratio) in &self.velocities {
            add(&mut rates[d * n..][..n], ratio, &points.states[velocity * n..]);
        }
        for &(d, term, coefficient) in &self.known_terms {
            add(&mut rates[d * n..][..n], coefficient, &room.values[term * n..]);
        }
        for &Contribution { state: d, source, coefficient, factor } in &self.contributions {
            let value = match source {
                Source::Library(term) => &room.values[term * n..],
                Source::Function(index) => {
                    let function = &self.functions[index];
                    let constants = function.constants(theta);
                    let constants = &constants[..function.units.len()];
                    function.term.evaluate_many(room.variables, constants, room.value, room.tape);
                    &*room.value
                }
            };
            add(&mut rates[d * n..][..n], theta[coefficient] * factor, value);
        }
        self.add_dependent(n, rates);
    }

    /// Writes the rates and their derivatives by states and parameters.
    pub(super) fn linearize_many(
        &self,
        points: Points<'_>,
        theta: &[f64],
        known: Option<&KnownOfSegment>,
        out: Linearizations<'_>,
        work: &mut Vec<f64>,
    ) {
        let (n, dims, parameters) = (points.count(), self.scale.len(), self.parameters);
        let width = dims + self.known;
        let mut room = self.room(n, true, work);
        self.variables_along(points, known, &mut room);
        self.library.jacobian_many(n, room.variables, room.values, room.jacobian, room.tape);
        let Linearizations { rate, by_state, by_parameter } = out;
        rate.fill(0.0);
        by_state.fill(0.0);
        by_parameter.fill(0.0);
        for &(d, velocity, ratio) in &self.velocities {
            add(&mut rate[d * n..][..n], ratio, &points.states[velocity * n..]);
            by_state[(d * dims + velocity) * n..][..n].fill(ratio);
        }
        for &(d, term, coefficient) in &self.known_terms {
            add(&mut rate[d * n..][..n], coefficient, &room.values[term * n..]);
            let slopes = &room.jacobian[term * width * n..];
            self.add_slopes(n, coefficient, slopes, |state| self.library.depends_on(term, state), d, by_state);
        }
        for &Contribution { state: d, source, coefficient: j, factor } in &self.contributions {
            let coefficient = theta[j] * factor;
            let value = match source {
                Source::Library(term) => {
                    let slopes = &room.jacobian[term * width * n..];
                    self.add_slopes(n, coefficient, slopes, |state| self.library.depends_on(term, state), d, by_state);
                    &room.values[term * n..]
                }
                Source::Function(index) => {
                    let function = &self.functions[index];
                    let (constants, count) = (function.constants(theta), function.units.len());
                    let (constants, by_constant) = (&constants[..count], &mut room.by_constant[..count * n]);
                    let term = &function.term;
                    term.gradient_many(room.variables, constants, room.value, room.slopes, by_constant, room.tape);
                    for (k, (slopes, unit)) in by_constant.chunks_exact(n).zip(&function.units).enumerate() {
                        let row = &mut by_parameter[(d * parameters + function.first + k) * n..][..n];
                        add(row, coefficient * unit, slopes);
                    }
                    self.add_slopes(n, coefficient, room.slopes, |state| term.uses_variable(state), d, by_state);
                    &*room.value
                }
            };
            add(&mut rate[d * n..][..n], coefficient, value);
            add(&mut by_parameter[(d * parameters + j) * n..][..n], factor, value);
        }
        self.add_dependent(n, rate);
        self.add_dependent(dims * n, by_state);
        self.add_dependent(parameters * n, by_parameter);
    }

    /// Adds the derivatives of a term with this coefficient, `[W, n]`, to those of rate `d`.
    fn add_slopes(
        &self,
        n: usize,
        coefficient: f64,
        slopes: &[f64],
        depends_on: impl Fn(usize) -> bool,
        d: usize,
        by_state: &mut [f64],
    ) {
        let dims = self.scale.len();
        for (state, scale) in self.scale.iter().enumerate().filter(|(state, _)| depends_on(*state)) {
            let row = &mut by_state[(d * dims + state) * n..][..n];
            add(row, coefficient * scale, &slopes[state * n..]);
        }
    }

    /// Sets the rows, of which each equation has `size` numbers, of rates that are sums of other rates. Nothing else
    /// says what they are.
    fn add_dependent(&self, size: usize, rows: &mut [f64]) {
        for (d, weights) in &self.dependent {
            for &(other, weight) in weights {
                for at in 0..size {
                    rows[d * size + at] += weight * rows[other * size + at];
                }
            }
        }
    }
}

fn add(sums: &mut [f64], factor: f64, values: &[f64]) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += factor * value);
}
