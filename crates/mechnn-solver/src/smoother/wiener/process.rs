//! One step of the twice integrated Wiener process.

use super::{Block, ORDERS};

/// The upper Cholesky factor of `Q(1)⁻¹ = [[720, -360, 60], [-360, 192, -36], [60, -36, 9]]`: `UᵀU = Q(1)⁻¹`.
const UNIT_FACTOR: Block = [
    [26.832_815_729_997_478, -13.416_407_864_998_739, 2.236_067_977_499_79],
    [0.0, 3.464_101_615_137_754_4, -1.732_050_807_568_877_2],
    [0.0, 0.0, 1.0],
];

/// The rows `W (v_1 - Φ v_0) = 0` with unit weight: `WᵀW = (λ Q(h))⁻¹`.
///
/// `Q(h)⁻¹ = T⁻¹ Q(1)⁻¹ T⁻¹` with `T = √h diag(h², h, 1)`, so `W = U T⁻¹ / √λ`, and `Φ = T Φ(1) T⁻¹`.
pub(super) struct Transition {
    /// `-W Φ`
    pub(super) before: Block,
    /// `W`
    pub(super) after: Block,
}

impl Transition {
    /// Of a step `h` for the ratio λ.
    pub(super) fn new(h: f64, ratio: f64) -> Self {
        let scale = 1.0 / (h * ratio).sqrt();
        let inverse_scale = [scale / (h * h), scale / h, scale];
        let after: Block = std::array::from_fn(|i| std::array::from_fn(|j| UNIT_FACTOR[i][j] * inverse_scale[j]));
        let phi = [[1.0, h, 0.5 * h * h], [0.0, 1.0, h], [0.0, 0.0, 1.0]];
        let product = |i: usize, j: usize| -> f64 { (0..ORDERS).map(|k| after[i][k] * phi[k][j]).sum() };
        let before = std::array::from_fn(|i| std::array::from_fn(|j| -product(i, j)));
        Self { before, after }
    }
}

#[cfg(test)]
mod tests {
    use super::Transition;

    #[test]
    fn the_rows_have_the_inverse_covariance_of_the_process() {
        // Q_ij = h^(5-i-j) / ((5-i-j) (2-i)! (2-j)!), so WᵀW λ Q(h) is the identity.
        let (h, ratio) = (0.4_f64, 3.0);
        let factorial = [2.0, 1.0, 1.0];
        let covariance = |i: usize, j: usize| {
            ratio * h.powi(5 - (i + j) as i32) / ((5.0 - (i + j) as f64) * factorial[i] * factorial[j])
        };
        let rows = Transition::new(h, ratio);
        let information = |i: usize, j: usize| (0..3).map(|k| rows.after[k][i] * rows.after[k][j]).sum::<f64>();
        for i in 0..3 {
            for j in 0..3 {
                let product: f64 = (0..3).map(|k| information(i, k) * covariance(k, j)).sum();
                let expected = if i == j { 1.0 } else { 0.0 };
                // The rows of the product differ by powers of h.
                assert!((product - expected).abs() < 1e-11, "({i}, {j}): {product}, expected {expected}");
            }
        }
    }

    #[test]
    fn a_parabola_costs_nothing() {
        let h = 0.7;
        let rows = Transition::new(h, 1e-6);
        let at = |t: f64| [1.0 + 2.0 * t + 3.0 * t * t, 2.0 + 6.0 * t, 6.0];
        let (left, right) = (at(1.0), at(1.0 + h));
        for i in 0..3 {
            let size = (0..3).map(|j| (rows.before[i][j] * left[j]).abs()).fold(0.0, f64::max);
            let sum: f64 = (0..3).map(|j| rows.before[i][j] * left[j] + rows.after[i][j] * right[j]).sum();
            assert!(sum.abs() < 1e-14 * size, "row {i}: {sum}");
        }
    }
}
