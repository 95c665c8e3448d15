//! Jacobi's elliptic functions, for the closed forms of the rigid body and the pendulum.

/// (sn, cn, dn) of `u` for the modulus `k`, 0 < k < 1, by descending Landen transformation (arithmetic-geometric mean;
/// Abramowitz & Stegun 16.4).
pub(super) fn jacobi(u: f64, k: f64) -> (f64, f64, f64) {
    let (mut means, mut differences) = (vec![1.0f64], vec![k]);
    let (mut a, mut b) = (1.0f64, (1.0 - k * k).sqrt());
    while differences[differences.len() - 1].abs() > f64::EPSILON * a {
        let c = 0.5 * (a - b);
        (a, b) = (0.5 * (a + b), (a * b).sqrt());
        means.push(a);
        differences.push(c);
    }
    let levels = means.len() - 1;
    let mut angle = 2f64.powi(levels as i32) * a * u;
    for level in (1..=levels).rev() {
        angle = 0.5 * (angle + (differences[level] / means[level] * angle.sin()).asin());
    }
    let sn = angle.sin();
    (sn, angle.cos(), (1.0 - k * k * sn * sn).sqrt())
}

/// The quarter period K(k).
pub(super) fn quarter_period(k: f64) -> f64 {
    let (mut a, mut b) = (1.0f64, (1.0 - k * k).sqrt());
    while (a - b).abs() > f64::EPSILON * a {
        (a, b) = (0.5 * (a + b), (a * b).sqrt());
    }
    std::f64::consts::FRAC_PI_2 / a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_period_leads_from_zero_to_one() {
        for k in [0.1, 0.7, 0.99] {
            let (sn, cn, dn) = jacobi(quarter_period(k), k);
            assert!((sn - 1.0).abs() < 1e-14 && cn.abs() < 1e-12 && (dn - (1.0 - k * k).sqrt()).abs() < 1e-12);
        }
        // Abramowitz & Stegun, table 17: K(sin 30 degrees).
        assert!((quarter_period(0.5) - 1.685_750_354_812_596).abs() < 1e-14);
    }
}
