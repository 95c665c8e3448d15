//! Scalar linear ODEs with known solutions: smooth, oscillatory, stiff, long.

use std::f64::consts::TAU;

/// `sum_k coefficient(t, k) u^(k) = forcing(t)` on `[0, horizon]`, of order 1 or 2.
pub(crate) struct Problem {
    pub(crate) name: &'static str,
    pub(crate) equation: &'static str,
    pub(crate) order: usize,
    pub(crate) horizon: f64,
    /// Numbers of intervals to solve on; multiples of 12, so that every collocation element fits.
    pub(crate) intervals: &'static [usize],
    pub(crate) coefficient: fn(f64, usize) -> f64,
    pub(crate) forcing: fn(f64) -> f64,
    pub(crate) exact: fn(f64, usize) -> f64,
}

const SHORT: &[usize] = &[24, 48, 96, 192, 384, 768, 1536];
const LONG: &[usize] = &[768, 1536, 3072, 6144, 12288, 24576];

/// Decay rate of the stiff problem.
const LAMBDA: f64 = 1000.0;

pub(crate) fn all() -> Vec<Problem> {
    vec![
        Problem {
            name: "smooth",
            equation: "u' = cos(t) u on [0, 10]",
            order: 1,
            horizon: 10.0,
            intervals: SHORT,
            coefficient: |t, k| if k == 0 { -t.cos() } else { 1.0 },
            forcing: |_| 0.0,
            exact: |t, k| if k == 0 { t.sin().exp() } else { t.cos() * t.sin().exp() },
        },
        Problem {
            name: "oscillatory",
            equation: "u'' + 25 u = 0 on [0, 2 pi]",
            order: 2,
            horizon: TAU,
            intervals: SHORT,
            coefficient: |_, k| [25.0, 0.0, 1.0][k],
            forcing: |_| 0.0,
            exact: |t, k| [(5.0 * t).cos(), -5.0 * (5.0 * t).sin()][k],
        },
        Problem {
            name: "stiff",
            equation: "u' + 1000 u = 1000 cos t - sin t on [0, 2]",
            order: 1,
            horizon: 2.0,
            intervals: SHORT,
            coefficient: |_, k| if k == 0 { LAMBDA } else { 1.0 },
            forcing: |t| LAMBDA * t.cos() - t.sin(),
            exact: |t, k| if k == 0 { t.cos() } else { -t.sin() },
        },
        Problem {
            name: "long",
            equation: "u'' + u = 0 over 50 periods",
            order: 2,
            horizon: 50.0 * TAU,
            intervals: LONG,
            coefficient: |_, k| [1.0, 0.0, 1.0][k],
            forcing: |_| 0.0,
            exact: |t, k| [t.cos(), -t.sin()][k],
        },
    ]
}
