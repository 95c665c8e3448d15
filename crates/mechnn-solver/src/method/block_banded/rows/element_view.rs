//! One batch element of a problem, as plain slices with broadcast axes resolved.

use super::row_layout::RowLayout;
use crate::problem::{EquationRows, OdeProblem, Scheme, Sizes, Steps, Weights, of_element, pick};
use crate::rows::{CentralRow, IntervalRows, ReferenceStep};

/// The inputs of batch element `batch`. Solutions of it are slices `[N, D, K]`.
#[derive(Clone, Copy)]
pub(crate) struct ElementView<'a> {
    pub(crate) batch: usize,
    pub(crate) sizes: Sizes,
    pub(crate) scheme: Scheme,
    pub(crate) weights: Weights,
    pub(crate) equations: EquationRows,
    coefficients: &'a [f64],
    coefficient_points: usize,
    forcing: &'a [f64],
    forcing_points: usize,
    initial: &'a [f64],
    pub(crate) pinned_points: usize,
    pub(crate) pinned_orders: usize,
    steps: &'a [f64],
    step_intervals: usize,
    /// D, or 1 if all dimensions share one clock.
    pub(crate) step_dims: usize,
    reference: ReferenceStep,
    jump: Option<&'a [f64]>,
    /// Where each row stands in a vector in the space of rows.
    pub(crate) layout: RowLayout,
}

impl<'a> ElementView<'a> {
    pub(crate) fn new(problem: &'a OdeProblem, batch: usize) -> Self {
        let (_, coefficient_points, ..) = problem.ode.coefficients.dim();
        let (_, forcing_points, _) = problem.ode.forcing.dim();
        let (_, pinned_points, _, pinned_orders) = problem.initial.values.dim();
        let (steps, step_intervals, step_dims) = match &problem.grid.steps {
            Steps::Shared(steps) => (of_element(steps, batch), steps.dim().1, 1),
            Steps::PerDimension(steps) => (of_element(steps, batch), steps.dim().1, steps.dim().2),
        };
        let empty = problem.initial.is_empty();
        let pinned_points = if empty { 0 } else { pinned_points };
        let (scheme, sizes) = (problem.scheme, problem.sizes);
        let reference = ReferenceStep::new(scheme, sizes.orders, steps);
        let per_interval = IntervalRows::new(scheme, sizes.orders, reference).pattern().len();
        let is_periodic = problem.periodic_jump.is_some();
        let layout = RowLayout::new(
            sizes,
            (pinned_points, pinned_orders),
            is_periodic,
            per_interval,
            scheme.has_central_rows(),
        );
        Self {
            batch,
            sizes,
            scheme,
            weights: problem.weights,
            equations: problem.equations,
            coefficients: of_element(&problem.ode.coefficients, batch),
            coefficient_points,
            forcing: of_element(&problem.ode.forcing, batch),
            forcing_points,
            initial: if empty { &[] } else { of_element(&problem.initial.values, batch) },
            pinned_points,
            pinned_orders,
            steps,
            step_intervals,
            step_dims,
            reference,
            jump: problem.periodic_jump.as_ref().map(|jump| of_element(jump, batch)),
            layout,
        }
    }

    /// The same element with all weights 1.
    pub(crate) fn with_equal_weights(&self) -> Self {
        Self { weights: Weights::default(), ..*self }
    }

    /// Weight of the equation rows in sums of squares: hard rows are no part of them.
    pub(crate) fn equation_weight(&self) -> f64 {
        match self.equations {
            EquationRows::Soft => self.weights.equation,
            EquationRows::Hard => 0.0,
        }
    }

    /// N D K.
    pub(crate) fn unknowns(&self) -> usize {
        self.sizes.points * self.sizes.block()
    }

    /// Of the normal equations, in points: central rows reach from a point to the one after the next.
    pub(crate) fn half_bandwidth(&self) -> usize {
        if self.scheme.has_central_rows() { 2 } else { 1 }
    }

    /// Index of the coefficients and forcing of point t: 0 where the time axis is broadcast.
    pub(crate) fn coefficient_point(&self, t: usize) -> usize {
        pick(self.coefficient_points, t)
    }

    pub(crate) fn forcing_point(&self, t: usize) -> usize {
        pick(self.forcing_points, t)
    }

    pub(crate) fn step_interval(&self, t: usize) -> usize {
        pick(self.step_intervals, t)
    }

    /// Coefficients of all equations at point t, `[E, D, K]`.
    #[inline]
    pub(crate) fn coefficients(&self, t: usize) -> &'a [f64] {
        let size = self.sizes.equations * self.sizes.block();
        &self.coefficients[self.coefficient_point(t) * size..][..size]
    }

    /// Coefficients at every point that has its own, `[N | 1, E, D, K]`.
    pub(crate) fn all_coefficients(&self) -> &'a [f64] {
        self.coefficients
    }

    /// Forcing at point t, `[E]`.
    #[inline]
    pub(crate) fn forcing(&self, t: usize) -> &'a [f64] {
        &self.forcing[self.forcing_point(t) * self.sizes.equations..][..self.sizes.equations]
    }

    #[inline]
    pub(crate) fn step(&self, t: usize, d: usize) -> f64 {
        self.steps[self.step_interval(t) * self.step_dims + pick(self.step_dims, d)]
    }

    /// The derivative of the logarithm of all interval rows in each stored step, through the reference step,
    /// `[N - 1 | 1, D | 1]`.
    pub(crate) fn shared_slopes(&self) -> impl Iterator<Item = f64> + '_ {
        self.steps.iter().map(|&h| self.reference.shared_slope(h))
    }

    /// h_{t-1} + h_t.
    pub(crate) fn two_steps(&self, t: usize, d: usize) -> f64 {
        self.step(t - 1, d) + self.step(t, d)
    }

    #[inline]
    pub(crate) fn initial(&self, s: usize, d: usize, q: usize) -> f64 {
        self.initial[(s * self.sizes.dims + d) * self.pinned_orders + q]
    }

    /// Prescribed jump of derivative k < K - 1 over the period; `None` if the problem is not periodic.
    pub(crate) fn jump(&self) -> Option<impl Fn(usize, usize) -> f64 + 'a> {
        let derivatives = self.sizes.orders - 1;
        self.jump.map(|jump| move |d: usize, k: usize| jump[d * derivatives + k])
    }

    pub(crate) fn is_periodic(&self) -> bool {
        self.jump.is_some()
    }

    /// Offset of `u[t, d, 0]` in a solution.
    #[inline]
    pub(crate) fn at(&self, t: usize, d: usize) -> usize {
        (t * self.sizes.dims + d) * self.sizes.orders
    }

    /// The rows of an interval, before its step is set.
    pub(crate) fn interval_rows(&self) -> IntervalRows {
        IntervalRows::new(self.scheme, self.sizes.orders, self.reference)
    }

    /// Calls `visit(t, d, rows)` for the interval rows of every interval and every dimension in `dims`.
    #[inline]
    pub(crate) fn for_each_interval(&self, dims: &[usize], mut visit: impl FnMut(usize, usize, &IntervalRows)) {
        // One operator per clock, so that equal steps are evaluated once.
        let mut rows = vec![self.interval_rows(); self.step_dims];
        for t in 0..self.sizes.points - 1 {
            for &d in dims {
                let rows = &mut rows[pick(self.step_dims, d)];
                rows.set_step(self.step(t, d));
                visit(t, d, rows);
            }
        }
    }

    /// Calls `visit(t, d, row)` for the central rows of every interior point, if the scheme has them.
    #[inline]
    pub(crate) fn for_each_central(&self, dims: &[usize], mut visit: impl FnMut(usize, usize, CentralRow)) {
        if !self.scheme.has_central_rows() {
            return;
        }
        for t in 1..self.sizes.points - 1 {
            for &d in dims {
                visit(t, d, CentralRow::new(self.sizes.orders, self.two_steps(t, d)));
            }
        }
    }
}
