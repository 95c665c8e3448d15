//! Whether values satisfy the rows of a batch element.

use super::element::{Forcing, Visitor};
use super::inputs::Lengths;
use super::sweep::Sweep;
use super::system::{LANES, System, with_literal_lengths};
use crate::problem::Source;
use crate::solution::RowResiduals;

/// How well values satisfy the rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Check {
    pub(super) residuals: RowResiduals,
    /// The worst of all rows, each relative to the sizes that meet in it.
    pub(super) relative: f64,
}

impl System<'_> {
    /// The residuals of all rows, in two passes over `values` `[N, D, K]`.
    ///
    /// A value is a sum of integrals and has the rounding error of the largest. So a residual of an equation is
    /// relative to the sizes of its terms with every derivative as large as it is anywhere, and one of a spline row to
    /// the largest lower derivative. Those sizes are left in `scales` `[LANES, D, K]`.
    ///
    /// # Errors
    /// The index of a value that is not finite.
    pub(super) fn check(&self, values: &[f64], scales: &mut [f64]) -> Result<Check, usize> {
        let sweep = self.sweep;
        let Lengths { dims, orders, .. } = sweep.lengths;
        with_literal_lengths!(sweep => write_scales(sweep.lengths, values, scales));
        let scales = &scales[..sweep.lengths.state()];
        let Worst { mut equation, mut ratio, spline, .. } =
            with_literal_lengths!(sweep => in_elements(sweep, values, scales));
        for e in 0..dims {
            let mut first = Worst::new(sweep, scales);
            first.equation(0, e, self.residual_at_first(values, e));
            (equation, ratio) = (equation.max(first.equation), ratio.max(first.ratio));
        }
        // Every value is in an equation of its point: one that is not a number makes the ratio infinite.
        let are_finite = ratio.is_finite() && scales.iter().all(|scale| scale.is_finite());
        if !are_finite && let Some(index) = values.iter().position(|value| !value.is_finite()) {
            return Err(index);
        }
        let mut residuals = RowResiduals { equation, smoothness: spline, ..RowResiduals::default() };
        for condition in self.conditions {
            let residual = self.condition_residual(values, condition).abs();
            match condition.source {
                Source::Jump(_) => residuals.periodic = residuals.periodic.max(residual),
                Source::Initial(_) | Source::Boundary(_) => residuals.initial = residuals.initial.max(residual),
            }
        }
        let lower = scales.chunks_exact(orders).flat_map(|of_dim| &of_dim[..orders - 1]);
        let of_splines =
            if spline > 0.0 { spline / lower.fold(0.0, |most: f64, scale| most.max(*scale)) } else { 0.0 };
        // Ratios were compared as rounded products: one that is larger by a rounding may have been passed over.
        let relative = ratio.max(of_splines) * (1.0 + 4.0 * f64::EPSILON);
        Ok(Check { residuals, relative })
    }
}

/// Largest |value| of each derivative over all points, in the first `[D, K]` of `scales` `[LANES, D, K]`; those that
/// are not a number do not count.
#[inline(always)]
fn write_scales(lengths: Lengths, values: &[f64], scales: &mut [f64]) {
    let state = lengths.state();
    let scales = &mut scales[..LANES * state];
    scales.fill(0.0);
    let larger = |a: f64, b: f64| if b > a { b } else { a };
    let mut points = values.chunks_exact(LANES * state);
    for points in &mut points {
        for i in 0..LANES * state {
            scales[i] = larger(scales[i], points[i].abs());
        }
    }
    for (scale, value) in scales.iter_mut().zip(points.remainder()) {
        *scale = larger(*scale, value.abs());
    }
    for lane in 1..LANES {
        for i in 0..state {
            scales[i] = larger(scales[i], scales[lane * state + i]);
        }
    }
}

/// The worst of the rows so far.
struct Worst<'a> {
    sweep: Sweep<'a>,
    scales: &'a [f64],
    equation: f64,
    /// Of an equation to its size.
    ratio: f64,
    spline: f64,
}

impl<'a> Worst<'a> {
    #[inline(always)]
    fn new(sweep: Sweep<'a>, scales: &'a [f64]) -> Self {
        Self { sweep, scales, equation: 0.0, ratio: 0.0, spline: 0.0 }
    }
}

impl Visitor for Worst<'_> {
    #[inline(always)]
    fn equation(&mut self, t: usize, e: usize, residual: f64) {
        let (lengths, state) = (self.sweep.lengths, self.sweep.lengths.state());
        let coefficients = &self.sweep.inputs.coefficients(lengths, t)[e * state..][..state];
        let mut size = self.sweep.inputs.forcing(lengths, t, e).abs();
        for i in 0..state {
            size += coefficients[i].abs() * self.scales[i];
        }
        let residual = residual.abs();
        self.equation = if residual > self.equation { residual } else { self.equation };
        // Divides only where the ratio grows, a few times in all.
        let is_within = residual <= self.ratio * size; // false for a NaN, which is the worst
        if !is_within {
            let ratio = residual / size;
            self.ratio = if ratio.is_nan() { f64::INFINITY } else { self.ratio.max(ratio) };
        }
    }

    #[inline(always)]
    fn spline(&mut self, _: usize, _: usize, _: usize, residual: f64) {
        let residual = residual.abs();
        self.spline = if residual > self.spline { residual } else { self.spline };
    }
}

/// The rows of all elements: those of every point but the first.
#[inline(always)]
fn in_elements<'a>(sweep: Sweep<'a>, values: &[f64], scales: &'a [f64]) -> Worst<'a> {
    let (state, stride) = (sweep.lengths.state(), sweep.lengths.intervals * sweep.lengths.state());
    let right = Forcing(sweep.inputs, sweep.lengths);
    let mut worst = Worst::new(sweep, &scales[..state]);
    for e in 0..sweep.elements {
        let nodes = &values[e * stride..][..stride + state];
        sweep.element(e).visit_residuals(&right, nodes, &mut worst);
    }
    worst
}
