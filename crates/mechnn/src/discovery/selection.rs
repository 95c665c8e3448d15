//! Which terms the data support.

/// How much the objective (minus twice the log-likelihood) must rise for a term to be worth keeping.
///
/// The extended Bayesian information criterion, `ln n + 2 ln P`: n observations, P candidate coefficients. The second
/// part pays for having looked at P candidates; with it the chance that any false term survives falls with n.
///
/// Chen & Chen, Biometrika 95 (2008) 759, with γ = 1.
pub(super) fn price_of_a_term(observations: usize, candidates: usize) -> f64 {
    (observations as f64).ln() + 2.0 * (candidates as f64).ln()
}

/// Removes the weakest coefficients, one at a time, as long as removing one raises the objective by less than `price`,
/// but at most `limit` of them. Returns which remain.
///
/// Around the optimum the objective is quadratic with curvature `C⁻¹`: removing coefficient j raises it by
/// `θ_j² / C_jj`, and moves the others by `-C_ij θ_j / C_jj`, so the whole sequence costs no new fit.
///
/// # Shapes
/// - `theta`: `[P]`; `covariance`: `[P, P]`
pub(super) fn eliminate(theta: &[f64], covariance: &[f64], price: f64, limit: usize) -> Vec<bool> {
    let p = theta.len();
    let (mut theta, mut covariance) = (theta.to_vec(), covariance.to_vec());
    let mut keep = vec![true; p];
    for _ in 0..limit.min(p) {
        let rise = |j: usize| theta[j].powi(2) / covariance[j * p + j];
        let remaining = (0..p).filter(|&j| keep[j]);
        let Some(weakest) = remaining.min_by(|&a, &b| rise(a).total_cmp(&rise(b))) else { break };
        if rise(weakest) >= price {
            break;
        }
        keep[weakest] = false;
        let pivot = covariance[weakest * p + weakest];
        let column: Vec<f64> = (0..p).map(|i| covariance[i * p + weakest]).collect();
        let removed = theta[weakest];
        for i in 0..p {
            theta[i] -= column[i] * removed / pivot;
            for j in 0..p {
                covariance[i * p + j] -= column[i] * column[j] / pivot;
            }
        }
    }
    keep
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn independent_coefficients_are_judged_one_by_one() {
        // z = 10, 1, 5 against a price of 9 (z = 3)
        let covariance = [0.01, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.04];
        assert_eq!(eliminate(&[1.0, 1.0, 1.0], &covariance, 9.0, 3), [true, false, true]);
    }

    #[test]
    fn of_two_collinear_coefficients_one_stays() {
        // Var = 1 each, correlation -0.9999: either alone is determined to 0.014, both together are not.
        let covariance = [1.0, -0.9999, -0.9999, 1.0];
        let keep = eliminate(&[0.4, 0.6], &covariance, 9.0, 2);
        assert_eq!(keep, [false, true]);
    }

    #[test]
    fn the_limit_holds() {
        let covariance = [1.0, 0.0, 0.0, 1.0];
        let keep = eliminate(&[0.1, 0.2], &covariance, 9.0, 1);
        assert_eq!(keep, [false, true]);
    }
}
