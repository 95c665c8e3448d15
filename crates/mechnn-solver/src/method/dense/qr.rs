//! Householder QR factorisation of a tall matrix: a part of the oracle, which shares no factorisation with the methods
//! that are compared with it.

use ndarray::{Array2, ArrayView2, Axis};

/// `I - beta v v^T`, with only the entries of v that are not zero.
#[derive(Debug, Clone)]
struct Reflector {
    entries: Vec<(usize, f64)>,
    beta: f64,
}

impl Reflector {
    fn apply(&self, x: &mut [f64]) {
        let projection: f64 = self.entries.iter().map(|&(row, v)| v * x[row]).sum();
        for &(row, v) in &self.entries {
            x[row] -= self.beta * projection * v;
        }
    }
}

/// `A = Q R`: Q as a product of reflectors, R upper triangular in the order of elimination.
#[derive(Debug, Clone)]
pub(super) struct Qr {
    reflectors: Vec<Reflector>,
    /// `[n, n]`
    r: Array2<f64>,
    /// The column eliminated in each step.
    columns: Vec<usize>,
    /// The row that holds row s of R after step s.
    pivot_rows: Vec<usize>,
    /// Smallest `r_ss^2 / |a_s|^2`: the pivots that normal equations would meet, relative to their diagonal.
    pub(super) pivot_ratio: f64,
}

/// Why a matrix could not be factored: a column depends on those before it, or overflowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct DependentColumn {
    pub(super) column: usize,
    pub(super) pivot_ratio: f64,
}

/// Below this `r^2 / |a|^2` a column counts as dependent on those before it. Rounding leaves about `eps^2 = 5e-32`
/// where the exact value is 0, times the growth along a few hundred points; well-posed problems stay above 1e-16.
const DEPENDENT: f64 = 1e-25;

impl Qr {
    /// Factors `A [m, n]`, eliminating its columns in the given order.
    pub(super) fn new(matrix: ArrayView2<f64>, columns: Vec<usize>) -> Result<Self, DependentColumn> {
        let (m, n) = matrix.dim();
        let mut a: Vec<Vec<f64>> = matrix.axis_iter(Axis(1)).map(|column| column.to_vec()).collect();
        let mut r = Array2::zeros((n, n));
        let mut reflectors = Vec::with_capacity(n);
        let mut pivot_rows = Vec::with_capacity(n);
        let mut smallest_ratio = 1.0_f64;
        let mut is_active = vec![true; m];
        let norms: Vec<f64> = a.iter().map(|column| norm(column.iter().copied())).collect();

        for (step, &column) in columns.iter().enumerate() {
            let support: Vec<usize> = (0..m).filter(|&row| is_active[row] && a[column][row] != 0.0).collect();
            let length = norm(support.iter().map(|&row| a[column][row]));
            let pivot_ratio = if norms[column] > 0.0 { (length / norms[column]).powi(2) } else { 0.0 };
            if !pivot_ratio.is_finite() || pivot_ratio <= DEPENDENT {
                return Err(DependentColumn { column, pivot_ratio });
            }
            smallest_ratio = smallest_ratio.min(pivot_ratio);

            // The largest entry becomes the pivot: rows of very different weights then keep their relative accuracy
            // (Cox, Higham, Numer. Linear Algebra Appl. 5 (1998)).
            let largest = |x: &usize, y: &usize| a[column][*x].abs().total_cmp(&a[column][*y].abs());
            let Some(pivot_row) = support.iter().copied().max_by(largest) else {
                return Err(DependentColumn { column, pivot_ratio });
            };
            // v = (x + sign(x_p) |x| e_p) / |x|, so that H x = -sign(x_p) |x| e_p; beta = 2 / |v|^2
            let sign = a[column][pivot_row].signum();
            let mut entries: Vec<(usize, f64)> = support.iter().map(|&row| (row, a[column][row] / length)).collect();
            entries.iter_mut().filter(|(row, _)| *row == pivot_row).for_each(|(_, v)| *v += sign);
            let beta = 2.0 / entries.iter().map(|(_, v)| v * v).sum::<f64>();
            let reflector = Reflector { entries, beta };

            r[[step, step]] = -sign * length;
            for (later, &other) in columns.iter().enumerate().skip(step + 1) {
                reflector.apply(&mut a[other]);
                r[[step, later]] = a[other][pivot_row];
            }
            is_active[pivot_row] = false;
            reflectors.push(reflector);
            pivot_rows.push(pivot_row);
        }
        Ok(Self { reflectors, r, columns, pivot_rows, pivot_ratio: smallest_ratio })
    }

    /// Solves the augmented system
    ///
    /// ```text
    /// [ I    A ] [ r ]   [ f ]
    /// [ A^T  0 ] [ z ] = [ g ]
    /// ```
    ///
    /// that is `z = argmin 1/2 |A z - f|^2 + g.z` and `r = f - A z` (Björck 1967).
    pub(super) fn solve_augmented(&self, f: &[f64], g: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let n = self.columns.len();
        // R^T y = g
        let mut y = vec![0.0; n];
        for s in 0..n {
            let known: f64 = (0..s).map(|l| self.r[[l, s]] * y[l]).sum();
            y[s] = (g[self.columns[s]] - known) / self.r[[s, s]];
        }
        // c = Q^T f
        let mut c = f.to_vec();
        self.reflectors.iter().for_each(|reflector| reflector.apply(&mut c));
        // R z = c_1 - y
        let mut by_step = vec![0.0; n];
        for s in (0..n).rev() {
            let known: f64 = (s + 1..n).map(|l| self.r[[s, l]] * by_step[l]).sum();
            by_step[s] = (c[self.pivot_rows[s]] - y[s] - known) / self.r[[s, s]];
        }
        let mut z = vec![0.0; n];
        for s in 0..n {
            z[self.columns[s]] = by_step[s];
        }
        // r = Q (y, c_2)
        let mut residual = c;
        for s in 0..n {
            residual[self.pivot_rows[s]] = y[s];
        }
        self.reflectors.iter().rev().for_each(|reflector| reflector.apply(&mut residual));
        (residual, z)
    }
}

/// Euclidean norm, safe from overflow and underflow of the squares.
fn norm(x: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = x.clone().fold(0.0, |largest: f64, v| largest.max(v.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    largest * x.map(|v| (v / largest).powi(2)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::Qr;

    #[test]
    fn the_augmented_system_is_solved() {
        let a = array![[1.0, 2.0], [0.0, 1.0], [3.0, -1.0], [1e6, 2e6]];
        let factor = Qr::new(a.view(), vec![1, 0]).expect("full rank");
        let (f, g) = ([1.0, 2.0, 3.0, 4.0], [0.5, -0.25]);
        let (r, z) = factor.solve_augmented(&f, &g);
        for m in 0..4 {
            let row = r[m] + a[[m, 0]] * z[0] + a[[m, 1]] * z[1];
            assert!((row - f[m]).abs() < 1e-9, "row {m}: {row}");
        }
        for (j, g) in g.iter().enumerate() {
            let column: f64 = (0..4).map(|m| a[[m, j]] * r[m]).sum();
            // Entries of 1e6 meet here.
            assert!((column - g).abs() < 1e-8, "column {j}: {column}");
        }
    }

    #[test]
    fn a_dependent_column_is_named() {
        let a = array![[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]];
        assert_eq!(Qr::new(a.view(), vec![0, 1]).map(|_| ()).map_err(|error| error.column), Err(1));
    }
}
