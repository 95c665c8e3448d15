//! Almost block diagonal systems: affine maps between the ends of elements, closed by conditions at both ends.
//!
//! ```text
//! x_{e+1} - Phi_e x_e = phi_e,   e = 0..M-1
//! B_0 x_0 + B_1 x_M   = beta
//! ```
//!
//! The states x_1..x_{M-1} are eliminated one after another by Householder reflections of the two block rows in which
//! each of them stands. What remains is one block row between x_0 and x_M. Unlike single shooting, growing and
//! decaying parts of the solution do not multiply: every transformation is orthogonal.
//!
//! Reference: Wright, SIAM J. Sci. Stat. Comput. 13 (1992), 742 (structured orthogonal factorisation).

use super::lu::{self, SINGULAR, SingularAt};

/// The factored system.
pub(crate) struct TwoPoint {
    /// n, length of a state.
    state: usize,
    /// M, number of maps.
    maps: usize,
    /// Units of the state `[n]`: factors that make derivatives comparable.
    units: Vec<f64>,
    /// `[M - 1, n, 2n]`: vectors v of the reflections `I - 2 v v^T`.
    reflections: Vec<f64>,
    /// `[M - 1, n, 3n]`: the rows `R x_e + E x_{e+1} + G x_0`.
    rows: Vec<f64>,
    /// The last block row and the conditions, over (x_0, x_M), `[2n, 2n]` and row factors.
    closing: Vec<f64>,
    exchanged: Vec<u32>,
    pub(crate) pivot_ratio: f64,
}

impl TwoPoint {
    /// `map(e, phi)` writes Phi_e `[n, n]`; `ends` is `[n, 2n]`, the rows `[B_0, B_1]`.
    ///
    /// # Errors
    /// If the conditions do not determine the solution.
    pub(crate) fn new(
        maps: usize,
        units: Vec<f64>,
        ends: &[f64],
        mut map: impl FnMut(usize, &mut [f64]),
    ) -> Result<Self, SingularAt> {
        let n = units.len();
        let mut phi = vec![0.0; n * n];
        // Rows `[W x_e, E x_{e+1}, G x_0]`: first the carried block row, then that of the next map.
        let mut work = vec![0.0; 2 * n * 3 * n];
        let mut reflections = vec![0.0; (maps - 1) * n * 2 * n];
        let mut rows = vec![0.0; (maps - 1) * n * 3 * n];
        let mut scaled_map = |e: usize, phi: &mut [f64]| {
            map(e, phi);
            for i in 0..n {
                for j in 0..n {
                    phi[i * n + j] *= units[i] / units[j];
                }
            }
        };
        scaled_map(0, &mut phi);
        for i in 0..n {
            for j in 0..n {
                work[i * 3 * n + j] = f64::from(u8::from(i == j));
                work[i * 3 * n + 2 * n + j] = -phi[i * n + j];
            }
        }
        for e in 1..maps {
            scaled_map(e, &mut phi);
            for i in 0..n {
                let row = &mut work[(n + i) * 3 * n..][..3 * n];
                row.fill(0.0);
                row[n + i] = 1.0;
                (0..n).for_each(|j| row[j] = -phi[i * n + j]);
            }
            let vectors = &mut reflections[(e - 1) * n * 2 * n..][..n * 2 * n];
            triangularise(n, &mut work, vectors);
            rows[(e - 1) * n * 3 * n..][..n * 3 * n].copy_from_slice(&work[..n * 3 * n]);
            for i in 0..n {
                for j in 0..n {
                    work[i * 3 * n + j] = work[(n + i) * 3 * n + n + j];
                    work[i * 3 * n + n + j] = 0.0;
                    work[i * 3 * n + 2 * n + j] = work[(n + i) * 3 * n + 2 * n + j];
                }
            }
        }
        let mut closing = vec![0.0; lu::length(2 * n)];
        for i in 0..n {
            for j in 0..n {
                closing[i * 2 * n + j] = work[i * 3 * n + 2 * n + j];
                closing[i * 2 * n + n + j] = work[i * 3 * n + j];
                closing[(n + i) * 2 * n + j] = ends[i * 2 * n + j] / units[j];
                closing[(n + i) * 2 * n + n + j] = ends[i * 2 * n + n + j] / units[j];
            }
        }
        let mut exchanged = vec![0; 2 * n];
        let pivot_ratio = lu::factor(2 * n, &mut closing, &mut exchanged, SINGULAR)?;
        Ok(Self { state: n, maps, units, reflections, rows, closing, exchanged, pivot_ratio })
    }

    /// Overwrites phi_0..phi_{M-1} and beta, `[M + 1, n]`, by x_0..x_M.
    pub(crate) fn solve(&self, x: &mut [f64]) {
        let (n, maps) = (self.state, self.maps);
        for block in x.chunks_exact_mut(n).take(maps) {
            block.iter_mut().zip(&self.units).for_each(|(value, unit)| *value *= unit);
        }
        // The carried right-hand side is in the first half; that of the rows of x_e stays where phi_e was.
        let mut pair = vec![0.0; 2 * n];
        pair[..n].copy_from_slice(&x[..n]);
        for e in 1..maps {
            pair[n..].copy_from_slice(&x[e * n..][..n]);
            self.reflections(e).for_each(|v| reflect(v, &mut pair));
            x[e * n..][..n].copy_from_slice(&pair[..n]);
            pair.copy_within(n.., 0);
        }
        pair[n..].copy_from_slice(&x[maps * n..]);
        lu::solve(2 * n, &self.closing, &self.exchanged, &mut pair);
        let (first, last) = pair.split_at(n);
        x[maps * n..].copy_from_slice(last);
        for e in (1..maps).rev() {
            let rows = self.rows(e);
            for i in (0..n).rev() {
                let row = &rows[i * 3 * n..][..3 * n];
                let mut sum = x[e * n + i];
                for j in 0..n {
                    sum -= row[n + j] * x[(e + 1) * n + j] + row[2 * n + j] * first[j];
                }
                for j in i + 1..n {
                    sum -= row[j] * x[e * n + j];
                }
                x[e * n + i] = sum / row[i];
            }
        }
        x[..n].copy_from_slice(first);
        for block in x.chunks_exact_mut(n) {
            block.iter_mut().zip(&self.units).for_each(|(value, unit)| *value /= unit);
        }
    }

    /// The transposed system: overwrites cotangents of x_0..x_M, `[M + 1, n]`, by those of phi_0..phi_{M-1} and beta.
    pub(crate) fn solve_transposed(&self, g: &mut [f64]) {
        let (n, maps) = (self.state, self.maps);
        for block in g.chunks_exact_mut(n) {
            block.iter_mut().zip(&self.units).for_each(|(value, unit)| *value /= unit);
        }
        // R^T w_e = g_e - E_{e-1}^T w_{e-1}
        let mut first = g[..n].to_vec();
        for e in 1..maps {
            let rows = self.rows(e);
            for i in 0..n {
                let mut sum = g[e * n + i];
                for j in 0..i {
                    sum -= rows[j * 3 * n + i] * g[e * n + j];
                }
                g[e * n + i] = sum / rows[i * 3 * n + i];
            }
            let (done, rest) = g.split_at_mut((e + 1) * n);
            let w = &done[e * n..];
            for j in 0..n {
                let row = &rows[j * 3 * n..][..3 * n];
                for i in 0..n {
                    rest[i] -= row[n + i] * w[j];
                    first[i] -= row[2 * n + i] * w[j];
                }
            }
        }
        let mut pair = first;
        pair.extend_from_slice(&g[maps * n..]);
        lu::solve_transposed(2 * n, &self.closing, &self.exchanged, &mut pair);
        g[maps * n..].copy_from_slice(&pair[n..]);
        for e in (1..maps).rev() {
            pair.copy_within(..n, n);
            pair[..n].copy_from_slice(&g[e * n..][..n]);
            let vectors = &self.reflections[(e - 1) * n * 2 * n..][..n * 2 * n];
            vectors.chunks_exact(2 * n).rev().for_each(|v| reflect(v, &mut pair));
            g[e * n..][..n].copy_from_slice(&pair[n..]);
        }
        g[..n].copy_from_slice(&pair[..n]);
        for block in g.chunks_exact_mut(n).take(maps) {
            block.iter_mut().zip(&self.units).for_each(|(value, unit)| *value *= unit);
        }
    }

    fn reflections(&self, e: usize) -> impl Iterator<Item = &[f64]> {
        let size = self.state * 2 * self.state;
        self.reflections[(e - 1) * size..][..size].chunks_exact(2 * self.state)
    }

    fn rows(&self, e: usize) -> &[f64] {
        let size = self.state * 3 * self.state;
        &self.rows[(e - 1) * size..][..size]
    }
}

/// Makes the first n columns of `work` `[2n, 3n]` upper triangular; writes the reflections `[n, 2n]`.
fn triangularise(n: usize, work: &mut [f64], vectors: &mut [f64]) {
    for k in 0..n {
        let v = &mut vectors[k * 2 * n..][..2 * n];
        let mut largest = 0.0_f64;
        for i in k..2 * n {
            v[i] = work[i * 3 * n + k];
            largest = largest.max(v[i].abs());
        }
        if largest == 0.0 {
            continue; // Nothing to reflect; the zero pivot shows as a number that is not finite.
        }
        v[k..].iter_mut().for_each(|value| *value /= largest);
        let length = v[k..].iter().map(|value| value * value).sum::<f64>().sqrt();
        v[k] += if v[k] < 0.0 { -length } else { length };
        let norm = v[k..].iter().map(|value| value * value).sum::<f64>().sqrt();
        v[k..].iter_mut().for_each(|value| *value /= norm);
        for j in k..3 * n {
            let projection: f64 = (k..2 * n).map(|i| v[i] * work[i * 3 * n + j]).sum();
            (k..2 * n).for_each(|i| work[i * 3 * n + j] -= 2.0 * projection * v[i]);
        }
    }
}

/// `x -= 2 v (v . x)`
fn reflect(v: &[f64], x: &mut [f64]) {
    let projection: f64 = v.iter().zip(&*x).map(|(v, x)| v * x).sum();
    x.iter_mut().zip(v).for_each(|(x, v)| *x -= 2.0 * projection * v);
}

#[cfg(test)]
mod tests {
    use super::TwoPoint;

    /// Phi_e: a part that grows and one that decays by 1e6 in each of the five maps, and a little of each in the
    /// other.
    fn map(_: usize, phi: &mut [f64]) {
        phi.copy_from_slice(&[1e6, 0.5, 0.25, 1e-6]);
    }

    /// The decaying part is given at the first end, the growing one at the last.
    const ENDS: [f64; 8] = [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0];

    #[test]
    fn growing_solutions_satisfy_their_maps_and_conditions() {
        let system = TwoPoint::new(5, vec![1.0, 1.0], &ENDS, map).expect("regular");
        let right: Vec<f64> = (0..12).map(|i| (i as f64).cos()).collect();
        let mut x = right.clone();
        system.solve(&mut x);
        for e in 0..5 {
            for i in 0..2 {
                let phi = [1e6, 0.5, 0.25, 1e-6];
                let row = phi[2 * i] * x[2 * e] + phi[2 * i + 1] * x[2 * e + 1];
                let residual = x[2 * (e + 1) + i] - row - right[2 * e + i];
                assert!(residual.abs() < 1e-14 * (1.0 + row.abs()), "map {e}, row {i}: {residual:e}");
            }
        }
        assert!((x[1] - right[10]).abs() < 1e-14 && (x[10] - right[11]).abs() < 1e-14);
    }

    #[test]
    fn the_transposed_system_is_the_transpose() {
        let system = TwoPoint::new(5, vec![2.0, 0.5], &ENDS, map).expect("regular");
        let (mut x, mut g): (Vec<f64>, Vec<f64>) = (0..12).map(|i| ((i as f64).cos(), (i as f64).sin())).unzip();
        let (right, cotangent) = (x.clone(), g.clone());
        system.solve(&mut x);
        system.solve_transposed(&mut g);
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let (forward, backward) = (dot(&cotangent, &x), dot(&g, &right));
        assert!((forward - backward).abs() < 1e-13 * forward.abs().max(1.0), "{forward} and {backward}");
    }
}
