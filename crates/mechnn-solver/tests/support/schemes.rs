//! The schemes that tests run over: a new one is added here, and to nothing else.

#![allow(dead_code)] // each test binary uses its part

use mechnn_solver::{CollocationNodes, EquationRows, Scheme};

/// Every scheme, with parameters for which it converges.
pub(crate) fn all_schemes() -> Vec<Scheme> {
    let mut schemes = vec![
        Scheme::Taylor,
        Scheme::TaylorCentral,
        Scheme::RelaxedLp { gamma_alpha: 0.0 },
        Scheme::IntegratedWiener,
        Scheme::Pade,
    ];
    schemes.extend(CollocationNodes::ALL.map(|nodes| Scheme::Collocation { nodes }));
    schemes
}

/// The schemes of least squares, the relaxed LP with and without its linear term.
pub(crate) const LEAST_SQUARES: [Scheme; 6] = [
    Scheme::Taylor,
    Scheme::TaylorCentral,
    Scheme::RelaxedLp { gamma_alpha: 0.0 },
    Scheme::RelaxedLp { gamma_alpha: 0.05 },
    Scheme::IntegratedWiener,
    Scheme::Pade,
];

/// Both kinds of equation rows.
pub(crate) const EQUATION_ROWS: [EquationRows; 2] = [EquationRows::Soft, EquationRows::Hard];

/// Order of the largest error of u in the step, for an equation of order m of which derivatives up to k are kept.
///
/// Taylor rows: the rows of an interval leave residuals of a smooth solution of `O(h^(k+1))`, in forward and backward
/// rows with signs such that odd powers cancel: an even order, `k - m + 1` or `k - m + 2`. It is what the two public
/// solvers show for m = 1 and 2 (2 for k = 1, 2; 4 for k = 4), here stated for every m. It needs neighbouring steps
/// that are equal up to `O(h^2)` but for a few points. Where a step is long compared with the time the equation takes
/// to relax, order is reduced to `k - m + 1`.
///
/// Rows of the integrated Wiener process: the same orders, on unequal steps too. Padé rows (k = m): the trapezoidal
/// rule of the highest derivative. Collocation (k = m): one order more than nodes; none is stated where steps are too
/// long to resolve the relaxation.
pub(crate) fn stated_order(scheme: Scheme, m: usize, k: usize, is_stiff: bool) -> Option<f64> {
    match scheme {
        Scheme::Pade => (k == m).then_some(2.0),
        Scheme::Collocation { nodes } => (k == m && !is_stiff).then_some((nodes.count() + 1) as f64),
        Scheme::Taylor | Scheme::TaylorCentral | Scheme::RelaxedLp { .. } | Scheme::IntegratedWiener => {
            Some(if is_stiff { k - m + 1 } else { 2 * ((k - m) / 2) + 2 } as f64)
        }
        other => panic!("no order is stated for {}", other.name()),
    }
}
