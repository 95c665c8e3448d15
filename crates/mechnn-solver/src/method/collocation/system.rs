//! The square system `F z = b` of one batch element: solved, transposed, and its residuals.

use super::element::{Forcing, Homogeneous, RightHandSide, Rows, Visitor};
use super::inputs::Lengths;
use super::sweep::Sweep;
use crate::linear_algebra::TwoPoint;
use crate::linear_algebra::lu::SingularAt;
use crate::problem::{Condition, are_initial};

/// Everything but the factors.
///
/// A vector in the space of rows is `[N, D, K]`: at point t > 0 slot (d, o < K - 1) is a spline row and slot (e, K -
/// 1) an equation row; at the first point the slots o < K - 1 are the conditions, in their order.
#[derive(Clone, Copy)]
pub(super) struct System<'a> {
    pub(super) sweep: Sweep<'a>,
    pub(super) conditions: &'a [Condition],
}

/// The factors of one batch element.
#[derive(Clone, Copy)]
pub(super) struct Factors<'a> {
    /// L U of every element, and of the first point.
    pub(super) elements: (&'a [f64], &'a [u32]),
    /// Absent for initial values.
    pub(super) two_point: Option<&'a TwoPoint>,
}

/// Points that [`System::check`] takes side by side.
pub(super) const LANES: usize = 8;

/// Memory for the work on one element, reused.
#[derive(Debug, Clone, Default)]
pub(super) struct Workspace {
    highest: Vec<f64>,
    nodes: Vec<f64>,
    /// `[LANES, D, K]`: see [`System::check`].
    pub(super) scales: Vec<f64>,
}

impl Workspace {
    pub(super) fn new(lengths: Lengths) -> Self {
        let nodes = vec![0.0; (lengths.intervals + 1) * lengths.state()];
        let highest = vec![0.0; lengths.unknowns().max(lengths.dims)];
        Self { highest, nodes, scales: vec![0.0; LANES * lengths.state()] }
    }
}

/// Calls `$body` with `$sweep` of literal lengths for the sizes that occur most, so that every loop over them unrolls.
macro_rules! with_literal_lengths {
    ($sweep:ident => $body:expr) => {
        with_literal_lengths!($sweep => $body, (1, 2, 2), (1, 3, 2), (1, 3, 4), (1, 3, 6), (2, 2, 2), (3, 2, 2))
    };
    ($sweep:ident => $body:expr, $(($dims:literal, $orders:literal, $intervals:literal)),*) => {
        match ($sweep.lengths.dims, $sweep.lengths.orders, $sweep.lengths.intervals) {
            $(($dims, $orders, $intervals) => {
                let $sweep = Sweep {
                    lengths: Lengths { dims: $dims, orders: $orders, intervals: $intervals },
                    ..$sweep
                };
                $body
            })*
            _ => $body,
        }
    };
}

pub(super) use with_literal_lengths;

impl<'a> System<'a> {
    fn lengths(&self) -> Lengths {
        self.sweep.lengths
    }

    fn points(&self) -> usize {
        self.sweep.elements * self.lengths().intervals + 1
    }

    pub(super) fn is_initial(&self) -> bool {
        are_initial(self.conditions)
    }

    /// Factors every element; returns the smallest relative pivot.
    pub(super) fn factor_elements(&self, factors: &mut [f64], exchanged: &mut [u32]) -> Result<f64, SingularAt> {
        let sweep = self.sweep;
        let has_first = self.is_initial();
        with_literal_lengths!(sweep => sweep.factor(factors, exchanged, has_first))
    }

    /// Joins the elements where the conditions are at both ends.
    pub(super) fn factor_two_point(
        &self,
        elements: (&[f64], &[u32]),
        work: &mut Workspace,
    ) -> Result<TwoPoint, SingularAt> {
        let lengths = self.lengths();
        let Lengths { dims, orders, .. } = lengths;
        let state = lengths.state();
        // Derivatives in units of the whole time: neither a layer nor a smooth solution is then lost in rounding. In
        // units of an element the highest derivative of a smooth solution would drown (seen: 1e-8 instead of 1e-11).
        let lengths_of_dims: Vec<f64> =
            (0..dims).map(|d| self.sweep.rules.total(lengths, self.sweep.elements, d)).collect();
        let units = (0..state).map(|i| lengths_of_dims[i / orders].powi((i % orders) as i32)).collect();
        // The equations of the first point, then the conditions, over the first and the last state.
        let mut ends = vec![0.0; state * 2 * state];
        for (row, equation) in self.sweep.inputs.coefficients(lengths, 0).chunks_exact(state).enumerate() {
            ends[row * 2 * state..][..state].copy_from_slice(equation);
        }
        for (index, condition) in self.conditions.iter().enumerate() {
            let row = &mut ends[(dims + index) * 2 * state..][..2 * state];
            let at = condition.dim * orders + condition.derivative;
            row[at] = condition.at_first;
            row[state + at] = condition.at_last;
        }
        let at_end = |error| SingularAt { index: self.points() - 1, ..error };
        let map = |e: usize, phi: &mut [f64]| self.write_map(elements, e, work, phi);
        TwoPoint::new(self.sweep.elements, units, &ends, map).map_err(at_end)
    }

    /// Phi_e, column by column: the last state of element e for each unit vector as its first one.
    fn write_map(&self, elements: (&[f64], &[u32]), e: usize, work: &mut Workspace, phi: &mut [f64]) {
        let state = self.lengths().state();
        let sweep = self.sweep;
        let Workspace { highest, nodes, .. } = work;
        let (factors, exchanged) = sweep.of_element(elements, e);
        for j in 0..state {
            nodes[..state].fill(0.0);
            nodes[j] = 1.0;
            sweep.element(e).advance(factors, exchanged, &Homogeneous, highest, nodes);
            let last = &nodes[nodes.len() - state..];
            (0..state).for_each(|i| phi[i * state + j] = last[i]);
        }
    }

    /// Solves with the problem's own data.
    pub(super) fn solve_data(&self, factors: Factors<'_>, work: &mut Workspace, values: &mut [f64]) {
        if self.is_initial() {
            let Lengths { orders, .. } = self.lengths();
            for condition in self.conditions {
                values[condition.dim * orders + condition.derivative] = self.sweep.inputs.condition(condition.source);
            }
            let sweep = self.sweep;
            with_literal_lengths!(sweep => {
                let right = Forcing(sweep.inputs, sweep.lengths);
                sweep.forward(factors.elements, &right, &mut work.highest, values);
            });
        } else {
            let mut rows = vec![0.0; values.len()];
            values.fill(0.0);
            self.write_residuals(values, &mut rows);
            self.solve_rows(factors, work, &rows, values);
        }
    }

    /// Solves with any right-hand side `[N, D, K]`.
    pub(super) fn solve_rows(&self, factors: Factors<'_>, work: &mut Workspace, rows: &[f64], values: &mut [f64]) {
        let Lengths { dims, orders, .. } = self.lengths();
        let state = self.lengths().state();
        let sweep = self.sweep;
        let right = Rows(rows, self.lengths());
        let Some(two_point) = factors.two_point else {
            for (index, condition) in self.conditions.iter().enumerate() {
                values[condition.dim * orders + condition.derivative] = rows[self.condition_slot(index)];
            }
            return sweep.forward(factors.elements, &right, &mut work.highest, values);
        };
        let mut states = vec![0.0; (sweep.elements + 1) * state];
        for e in 0..sweep.elements {
            work.nodes[..state].fill(0.0);
            self.advance(factors, e, &right, work);
            states[e * state..][..state].copy_from_slice(&work.nodes[work.nodes.len() - state..]);
        }
        let ends = &mut states[sweep.elements * state..];
        (0..dims).for_each(|e| ends[e] = right.equation(0, e));
        (0..self.conditions.len()).for_each(|index| ends[dims + index] = rows[self.condition_slot(index)]);
        two_point.solve(&mut states);
        for e in 0..sweep.elements {
            work.nodes[..state].copy_from_slice(&states[e * state..][..state]);
            self.advance(factors, e, &right, work);
            let start = e * sweep.lengths.intervals * state;
            values[start..][..work.nodes.len()].copy_from_slice(&work.nodes);
            // The last node is the next element's first: advancing would amplify its error where solutions grow.
            values[start + work.nodes.len() - state..][..state].copy_from_slice(&states[(e + 1) * state..][..state]);
        }
    }

    /// The transpose: overwrites cotangents of the solution `[N, D, K]` by the multipliers of the rows `[N, D, K]`.
    pub(super) fn solve_transposed(&self, factors: Factors<'_>, work: &mut Workspace, g: &mut [f64]) {
        let Lengths { dims, orders, intervals } = self.lengths();
        let state = self.lengths().state();
        let sweep = self.sweep;
        let Some(two_point) = factors.two_point else {
            with_literal_lengths!(sweep => sweep.backward(factors.elements, &mut work.highest, g));
            let first = g[..state].to_vec();
            for (index, condition) in self.conditions.iter().enumerate() {
                g[self.condition_slot(index)] = first[condition.dim * orders + condition.derivative];
            }
            return;
        };
        // What the states at the ends of elements owe to the points between them.
        let stride = intervals * state;
        let mut states: Vec<f64> = (0..=sweep.elements).flat_map(|e| &g[e * stride..][..state]).copied().collect();
        for e in 0..sweep.elements {
            work.nodes.copy_from_slice(&g[e * stride..][..stride + state]);
            work.nodes[..state].fill(0.0);
            work.nodes[stride..].fill(0.0);
            self.advance_transposed(factors, e, work);
            states[e * state..][..state].iter_mut().zip(&work.nodes).for_each(|(sum, share)| *sum += share);
        }
        two_point.solve_transposed(&mut states);
        for e in 0..sweep.elements {
            work.nodes.copy_from_slice(&g[e * stride..][..stride + state]);
            work.nodes[..state].fill(0.0);
            work.nodes[stride..].copy_from_slice(&states[e * state..][..state]);
            self.advance_transposed(factors, e, work);
            // Its first point belongs to the rows of the element before, already written.
            g[e * stride + state..][..stride - state].copy_from_slice(&work.nodes[state..stride]);
            states[e * state..][..state].copy_from_slice(&work.nodes[stride..]);
        }
        for e in 0..sweep.elements {
            g[(e + 1) * stride..][..state].copy_from_slice(&states[e * state..][..state]);
        }
        let ends = &states[sweep.elements * state..];
        (0..dims).for_each(|e| g[e * orders + orders - 1] = ends[e]);
        (0..self.conditions.len()).for_each(|index| g[self.condition_slot(index)] = ends[dims + index]);
    }

    fn advance(&self, factors: Factors<'_>, e: usize, right: &impl RightHandSide, work: &mut Workspace) {
        let sweep = self.sweep;
        let (factors, exchanged) = sweep.of_element(factors.elements, e);
        sweep.element(e).advance(factors, exchanged, right, &mut work.highest, &mut work.nodes);
    }

    fn advance_transposed(&self, factors: Factors<'_>, e: usize, work: &mut Workspace) {
        let sweep = self.sweep;
        let (factors, exchanged) = sweep.of_element(factors.elements, e);
        sweep.element(e).advance_transposed(factors, exchanged, &mut work.highest, &mut work.nodes);
    }

    /// Where condition `index` stands among the rows.
    pub(super) fn condition_slot(&self, index: usize) -> usize {
        let Lengths { orders, .. } = self.lengths();
        index / (orders - 1) * orders + index % (orders - 1)
    }

    /// Writes `b - F z` to `rows` `[N, D, K]`.
    pub(super) fn write_residuals(&self, values: &[f64], rows: &mut [f64]) {
        let Lengths { dims, orders, intervals } = self.lengths();
        let state = self.lengths().state();
        let sweep = self.sweep;
        for e in 0..dims {
            rows[e * orders + orders - 1] = self.residual_at_first(values, e);
        }
        for (index, condition) in self.conditions.iter().enumerate() {
            rows[self.condition_slot(index)] = self.condition_residual(values, condition);
        }
        with_literal_lengths!(sweep => {
            let right = Forcing(sweep.inputs, sweep.lengths);
            for e in 0..sweep.elements {
                let nodes = &values[e * intervals * state..][..(intervals + 1) * state];
                sweep.element(e).visit_residuals(&right, nodes, &mut RowsMut(rows, sweep.lengths));
            }
        });
    }

    /// Residual of equation e at the first point.
    pub(super) fn residual_at_first(&self, values: &[f64], e: usize) -> f64 {
        let state = self.lengths().state();
        let coefficients = &self.sweep.inputs.coefficients(self.lengths(), 0)[e * state..][..state];
        let applied: f64 = coefficients.iter().zip(values).map(|(c, u)| c * u).sum();
        self.sweep.inputs.forcing(self.lengths(), 0, e) - applied
    }

    /// Residual of a condition.
    pub(super) fn condition_residual(&self, values: &[f64], condition: &Condition) -> f64 {
        let at = condition.dim * self.lengths().orders + condition.derivative;
        let last = &values[values.len() - self.lengths().state()..];
        let applied = condition.at_first * values[at] + condition.at_last * last[at];
        self.sweep.inputs.condition(condition.source) - applied
    }
}

/// Residuals are written to a vector in the space of rows, `[N, D, K]`.
struct RowsMut<'a>(&'a mut [f64], Lengths);

impl Visitor for RowsMut<'_> {
    #[inline(always)]
    fn equation(&mut self, t: usize, e: usize, residual: f64) {
        self.0[t * self.1.state() + e * self.1.orders + self.1.orders - 1] = residual;
    }
    #[inline(always)]
    fn spline(&mut self, t: usize, d: usize, o: usize, residual: f64) {
        self.0[t * self.1.state() + d * self.1.orders + o] = residual;
    }
}
