//! The integration and differentiation matrices of the polynomials through given nodes: what collocation rules are
//! made of.

/// Most nodes of a polynomial.
pub(crate) const MAX_NODES: usize = 7;

/// Gauss-Legendre points and weights on [0, 1] with as many points as polynomials of `degree` up to 7 need: exact for
/// the Lagrange polynomials of 3, 5 and 7 nodes (degrees 2, 4, 6).
fn gauss(degree: usize) -> ([f64; 4], [f64; 4], usize) {
    let symmetric = |inner: f64, inner_weight: f64, outer: f64, outer_weight: f64| {
        let point = |x: f64| 0.5 * (1.0 + x);
        let points = [point(-outer), point(-inner), point(inner), point(outer)];
        (points, [outer_weight, inner_weight, inner_weight, outer_weight].map(|w| 0.5 * w))
    };
    match degree {
        0..=2 => {
            let (points, _) = symmetric((1.0_f64 / 3.0).sqrt(), 0.0, 0.0, 0.0);
            ([points[1], points[2], 0.0, 0.0], [0.5, 0.5, 0.0, 0.0], 2)
        }
        3..=4 => {
            let (points, _) = symmetric(0.0, 0.0, 0.6_f64.sqrt(), 0.0);
            ([points[0], 0.5, points[3], 0.0], [5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0, 0.0], 3)
        }
        _ => {
            // x^2 = 3/7 -+ 2/7 sqrt(6/5), w = (18 +- sqrt 30) / 36
            let (centre, offset) = (3.0 / 7.0, 2.0 / 7.0 * 1.2_f64.sqrt());
            let root = 30.0_f64.sqrt();
            let (points, weights) = symmetric(
                (centre - offset).sqrt(),
                (18.0 + root) / 36.0,
                (centre + offset).sqrt(),
                (18.0 - root) / 36.0,
            );
            (points, weights, 4)
        }
    }
}

/// Writes `A` and `D`, both `[m, m + 1]`, for the nodes `tau_0 = 0 < tau_1 < .. < tau_m`:
///
/// $$ A_{ij} = \int_0^{\tau_i} \ell_j(t)\, dt, \qquad D_{ij} = \ell_j'(\tau_i), \qquad i = 1..m $$
///
/// The derivative of A in the node positions needs no more than these two, because moving a node changes the
/// interpolant by `d p(t) = -p'(tau_l) l_l(t) d tau_l`:
///
/// $$ \frac{\partial A_{ij}}{\partial \tau_l} = \delta_{il} \delta_{lj} - A_{il} D_{lj} $$
#[inline]
pub(crate) fn write_matrices(tau: &[f64], integrals: &mut [f64], slopes: &mut [f64]) {
    let m = tau.len() - 1;
    let length = tau[m];
    let mut x = [0.0; MAX_NODES];
    (0..=m).for_each(|i| x[i] = tau[i] / length);
    let w = reciprocal_weights(&x[..=m]);
    integrals.fill(0.0);
    for i in 1..=m {
        let row = &mut integrals[(i - 1) * (m + 1)..][..=m];
        add_integrals(&x[..=m], &w, x[i], tau[i], row);
        let row = &mut slopes[(i - 1) * (m + 1)..][..=m];
        let mut diagonal = 0.0;
        for j in (0..=m).filter(|&j| j != i) {
            row[j] = w[i] / w[j] / (tau[i] - tau[j]);
            diagonal -= row[j];
        }
        row[i] = diagonal;
    }
}

/// `A_ij`, the integral from 0 to `ends[i]` of the Lagrange polynomial of node j; `[ends, nodes]`. The nodes, 2 to
/// [`MAX_NODES`], need not begin at 0.
pub(crate) fn integrals(nodes: &[f64], ends: &[f64]) -> Vec<f64> {
    let w = reciprocal_weights(nodes);
    let mut integrals = vec![0.0; ends.len() * nodes.len()];
    for (row, &end) in integrals.chunks_exact_mut(nodes.len()).zip(ends) {
        add_integrals(nodes, &w, end, end, row);
    }
    integrals
}

/// `w_j`, the product over l != j of `x_j - x_l`: the reciprocal barycentric weights.
#[inline]
fn reciprocal_weights(x: &[f64]) -> [f64; MAX_NODES] {
    let mut w = [1.0; MAX_NODES];
    for j in 0..x.len() {
        for l in (0..x.len()).filter(|&l| l != j) {
            w[j] *= x[j] - x[l];
        }
    }
    w
}

/// Adds the integrals of the Lagrange polynomials of the nodes `x` from 0 to `end`, times `length / end`, to `row`.
#[inline]
fn add_integrals(x: &[f64], w: &[f64; MAX_NODES], end: f64, length: f64, row: &mut [f64]) {
    let m = x.len() - 1;
    let (points, weights, count) = gauss(m);
    for (point, weight) in points.iter().zip(&weights).take(count) {
        let s = end * point;
        // before[j] = product over l < j of (s - x_l)
        let mut before = [1.0; MAX_NODES];
        for j in 1..=m {
            before[j] = before[j - 1] * (s - x[j - 1]);
        }
        let mut after = weight * length;
        for j in (0..=m).rev() {
            row[j] += after * before[j] / w[j];
            after *= s - x[j];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{integrals, write_matrices};

    #[test]
    fn nodes_need_not_begin_at_zero() {
        // The integrals of (1/2 - x) / (1/4) and (x - 1/4) / (1/4) up to 1/2 and 1.
        let found = integrals(&[0.25, 0.5], &[0.5, 1.0]);
        for (found, expected) in found.iter().zip([0.5, 0.0, 0.0, 1.0]) {
            assert!((found - expected).abs() < 1e-16, "{found} and {expected}");
        }
    }

    #[test]
    fn polynomials_are_integrated_and_differentiated_exactly() {
        for tau in [
            vec![0.0, 0.3, 0.4],
            vec![0.0, 0.5, 1.0],
            vec![0.0, 0.1, 0.5, 0.7, 1.5],
            vec![0.0, 0.2, 0.3, 0.55, 0.6, 0.9, 1.0],
        ] {
            let m = tau.len() - 1;
            let (mut integrals, mut slopes) = (vec![0.0; m * (m + 1)], vec![0.0; m * (m + 1)]);
            write_matrices(&tau, &mut integrals, &mut slopes);
            for power in 0..=m as i32 {
                let values: Vec<f64> = tau.iter().map(|t| t.powi(power)).collect();
                for i in 1..=m {
                    let apply = |matrix: &[f64]| -> f64 {
                        matrix[(i - 1) * (m + 1)..].iter().zip(&values).map(|(a, v)| a * v).sum()
                    };
                    let integral = tau[i].powi(power + 1) / f64::from(power + 1);
                    let slope = if power == 0 { 0.0 } else { f64::from(power) * tau[i].powi(power - 1) };
                    // Irregular nodes amplify rounding by their Lebesgue constant, below 100 here.
                    assert!((apply(&integrals) - integral).abs() < 1e-14, "m = {m}, power {power}");
                    assert!((apply(&slopes) - slope).abs() < 1e-12, "m = {m}, power {power}");
                }
            }
        }
    }
}
