//! Hard equations: at every point the equation rows are satisfied exactly, and only what they leave free is fitted.
//!
//! With `C_t x_t = d_t` at each point, `x_t = p_t + Z_t y_t`, where the columns of Z span the null space of C and p is
//! the solution of least norm, both in the scaled unknowns `h^k u^(k)`: there C is dominated by its highest
//! derivatives, so these are what is eliminated. The weight `h^-(K-1)` that a soft equation row has relative to the
//! smoothness rows, the source of most ill-conditioning, is gone, and the blocks shrink from D K to D K - E.
//!
//! References: Björck 1996, section 5.1 (null-space method); `docs/src/concepts/accuracy.md`.

use crate::engine::PivotError;
use crate::error::SolveError;
use crate::linear_algebra::AccurateSum;
use crate::method::block_banded::rows::{ElementView, Group};
use crate::problem::EquationRows;

/// The null spaces of one group at every point, by Householder reflections of `(C T)ᵀ` with column pivoting, where
/// `x = T v` scales the unknowns.
pub(crate) struct NullSpace {
    /// D K of the group.
    block: usize,
    /// E of the group.
    rank: usize,
    points: Vec<PointSpace>,
}

struct PointSpace {
    /// `T Q`, columns: range of Cᵀ first, then its null space; `[b, b]` row-major.
    basis: Vec<f64>,
    /// R of `(C T)ᵀ P = Q R`, `[E, E]` upper triangular, row-major.
    triangle: Vec<f64>,
    /// P: which equation each column is.
    order: Vec<usize>,
}

/// Below this, relative to the largest, a pivot means that an equation repeats others or is empty.
const DEPENDENT: f64 = 1e-12;

impl NullSpace {
    /// The null spaces of a group, or nothing where the equations are soft.
    ///
    /// # Errors
    /// [`SolveError::DependentEquations`] where hard equations are not independent.
    pub(crate) fn of_hard_equations(view: &ElementView<'_>, group: &Group) -> Result<Option<Self>, SolveError> {
        let dependent = |error: PivotError| SolveError::DependentEquations {
            batch: view.batch,
            point: error.block,
            pivot: error.ratio,
        };
        match view.equations {
            EquationRows::Soft => Ok(None),
            EquationRows::Hard => Self::new(view, group).map(Some).map_err(dependent),
        }
    }

    /// # Errors
    /// [`PivotError`] naming the point where the equations are not independent or are more than the unknowns.
    fn new(view: &ElementView<'_>, group: &Group) -> Result<Self, PivotError> {
        let orders = view.sizes.orders;
        let (block, rank) = (group.dims.len() * orders, group.equations.len());
        let mut points = Vec::with_capacity(view.sizes.points);
        for t in 0..view.sizes.points {
            let interval = t.min(view.sizes.points - 2);
            let mut scale = vec![1.0; block];
            for (position, &d) in group.dims.iter().enumerate() {
                for k in 0..orders {
                    scale[position * orders + k] = view.step(interval, d).powi(-(k as i32));
                }
            }
            let column = |e: usize| -> Vec<f64> {
                let coefficients = &view.coefficients(t)[e * view.sizes.block()..];
                let entries = group.dims.iter().flat_map(|&d| &coefficients[d * orders..][..orders]);
                entries.zip(&scale).map(|(c, s)| c * s).collect()
            };
            let columns = group.equations.iter().map(|&e| column(e)).collect();
            points.push(PointSpace::new(columns, &scale).map_err(|ratio| PivotError { block: t, ratio })?);
        }
        let mut null_space = Self { block, rank, points };
        (0..view.sizes.points).for_each(|t| null_space.satisfy(view, group, t));
        Ok(null_space)
    }

    /// Moves the columns of Z at point t so that they satisfy `C z = 0` to the rounding of its terms.
    ///
    /// Reflections leave errors relative to the largest scaled unknown of a column. With a short step that is far more
    /// than a highest derivative has there, and Z would be off by `eps h^-(K-1)` in it.
    fn satisfy(&mut self, view: &ElementView<'_>, group: &Group, t: usize) {
        let orders = view.sizes.orders;
        let column = |i: usize| group.dims[i / orders] * orders + i % orders;
        for j in 0..self.free() {
            let defect = |&e: &usize| {
                let coefficients = &view.coefficients(t)[e * view.sizes.block()..];
                let mut sum = AccurateSum::new(0.0);
                (0..self.block).for_each(|i| sum.add_product(coefficients[column(i)], self.basis(t, i, j)));
                sum.value()
            };
            let defects: Vec<f64> = group.equations.iter().map(defect).collect();
            let change = self.particular(t, &defects);
            let basis = &mut self.points[t].basis;
            for (i, change) in change.into_iter().enumerate() {
                basis[i * self.block + self.rank + j] -= change;
            }
        }
    }

    /// Unknowns left free at a point, `D K - E`.
    pub(crate) fn free(&self) -> usize {
        self.block - self.rank
    }

    /// Z: column j of the null space at point t, entry i.
    #[inline]
    pub(crate) fn basis(&self, t: usize, i: usize, j: usize) -> f64 {
        self.points[t].basis[i * self.block + self.rank + j]
    }

    /// `Zᵀ x` for one point.
    pub(crate) fn reduce(&self, t: usize, x: &[f64], y: &mut [f64]) {
        for (j, y) in y.iter_mut().enumerate() {
            *y = (0..self.block).map(|i| self.basis(t, i, j) * x[i]).sum();
        }
    }

    /// `Z y` for one point.
    pub(crate) fn expand(&self, t: usize, y: &[f64], x: &mut [f64]) {
        for (i, x) in x.iter_mut().enumerate() {
            *x = y.iter().enumerate().map(|(j, y)| self.basis(t, i, j) * y).sum();
        }
    }

    /// The solution of `C x = d` of least norm in the scaled unknowns; `d` `[E]` in the group's order.
    pub(crate) fn particular(&self, t: usize, d: &[f64]) -> Vec<f64> {
        let point = &self.points[t];
        let e = self.rank;
        // (C T)ᵀ P = Q R  =>  Rᵀ (Qᵀ v) = Pᵀ d
        let mut a = vec![0.0; e];
        for i in 0..e {
            let sum: f64 = (0..i).map(|k| point.triangle[k * e + i] * a[k]).sum();
            a[i] = (d[point.order[i]] - sum) / point.triangle[i * e + i];
        }
        (0..self.block).map(|i| (0..e).map(|k| point.basis[i * self.block + k] * a[k]).sum()).collect()
    }

    /// The multipliers ν of `Cᵀ ν = w`, `[E]` in the group's order.
    pub(crate) fn multipliers(&self, t: usize, w: &[f64]) -> Vec<f64> {
        let point = &self.points[t];
        let e = self.rank;
        let mut a: Vec<f64> =
            (0..e).map(|k| (0..self.block).map(|i| point.basis[i * self.block + k] * w[i]).sum()).collect();
        for i in (0..e).rev() {
            let sum: f64 = (i + 1..e).map(|k| point.triangle[i * e + k] * a[k]).sum();
            a[i] = (a[i] - sum) / point.triangle[i * e + i];
        }
        let mut multipliers = vec![0.0; e];
        for (i, &equation) in point.order.iter().enumerate() {
            multipliers[equation] = a[i];
        }
        multipliers
    }
}

impl PointSpace {
    /// From the scaled equations, each a column; fails with the relative size of the pivot that is too small.
    fn new(mut columns: Vec<Vec<f64>>, scale: &[f64]) -> Result<Self, f64> {
        let (e, b) = (columns.len(), scale.len());
        if e > b {
            return Err(0.0);
        }
        // Each equation on its own scale: independence must not depend on its units.
        let norm = |column: &[f64]| column.iter().map(|v| v * v).sum::<f64>().sqrt();
        let sizes: Vec<f64> = columns.iter().map(|column| norm(column)).collect();
        for (column, &size) in columns.iter_mut().zip(&sizes) {
            if !(size > 0.0 && size.is_finite()) {
                return Err(0.0);
            }
            column.iter_mut().for_each(|v| *v /= size);
        }
        let mut q: Vec<Vec<f64>> = (0..b).map(|i| (0..b).map(|j| if i == j { 1.0 } else { 0.0 }).collect()).collect();
        let mut order: Vec<usize> = (0..e).collect();
        for step in 0..e {
            let remaining = |column: &[f64]| norm(&column[step..]);
            // The last of the largest, so that equal ones are taken in a fixed order.
            let largest = (step..e).fold(step, |largest, i| {
                let is_smaller = remaining(&columns[i]).total_cmp(&remaining(&columns[largest])).is_lt();
                if is_smaller { largest } else { i }
            });
            columns.swap(step, largest);
            order.swap(step, largest);
            let size = remaining(&columns[step]);
            if size < DEPENDENT {
                return Err(size);
            }
            let mut v = columns[step].clone();
            v[..step].fill(0.0);
            let alpha = if v[step] > 0.0 { -size } else { size };
            v[step] -= alpha;
            let beta = -1.0 / (alpha * v[step]);
            let reflect = |x: &mut [f64]| {
                let product: f64 = v.iter().zip(&*x).map(|(v, x)| v * x).sum();
                x.iter_mut().zip(&v).for_each(|(x, v)| *x -= beta * product * v);
            };
            columns[step..].iter_mut().for_each(|column| reflect(column));
            // Rows of Q: Q := Q H
            q.iter_mut().for_each(|row| reflect(row));
        }
        let mut triangle = vec![0.0; e * e];
        for (j, column) in columns.iter().enumerate() {
            // Back from the equation's own scale.
            (0..=j).for_each(|i| triangle[i * e + j] = column[i] * sizes[order[j]]);
        }
        // Collecting would leave room for up to twice as many.
        let mut basis = Vec::with_capacity(b * b);
        q.iter().zip(scale).for_each(|(row, scale)| basis.extend(row.iter().map(|v| v * scale)));
        Ok(Self { basis, triangle, order })
    }
}
