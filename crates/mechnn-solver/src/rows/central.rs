//! The central-difference row for the highest derivative.

/// The row at an interior point t of one dimension, with H = h_{t-1} + h_t and k the highest order:
///
/// `H^(k-2) (u_{t+1}^(k-1) - u_{t-1}^(k-1)) - H^(k-1) u_t^(k) = 0`
///
/// The quotient is second order for equal steps only. The entries are (minus, centre, plus) for
/// `(u_{t-1}^(k-1), u_t^(k), u_{t+1}^(k-1))`.
///
/// # References
/// ICML 2024, appendix; ICLR 2025, section 3.2 (`enable_central_smoothness`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct CentralRow {
    pub(crate) entries: [f64; 3],
    /// d entries / dH; H has derivative one in each of its two steps.
    pub(crate) derivative: [f64; 3],
}

impl CentralRow {
    pub(crate) fn new(orders: usize, two_steps: f64) -> Self {
        let k = orders as i32 - 1;
        let outer = two_steps.powi(k - 2);
        let centre = two_steps.powi(k - 1);
        let outer_slope = f64::from(k - 2) * two_steps.powi(k - 3);
        let centre_slope = f64::from(k - 1) * two_steps.powi(k - 2);
        Self { entries: [-outer, -centre, outer], derivative: [-outer_slope, -centre_slope, outer_slope] }
    }
}

#[cfg(test)]
mod tests {
    use super::CentralRow;

    #[test]
    fn derivatives_are_those_of_the_entries() {
        let (h, change) = (0.7, 1e-6);
        for orders in 2..=7 {
            let [before, after] = [h - change, h + change].map(|h| CentralRow::new(orders, h).entries);
            let row = CentralRow::new(orders, h);
            for i in 0..3 {
                let difference = (after[i] - before[i]) / (2.0 * change);
                assert!((difference - row.derivative[i]).abs() < 1e-8, "K = {orders}, entry {i}: {difference}");
            }
        }
    }
}
