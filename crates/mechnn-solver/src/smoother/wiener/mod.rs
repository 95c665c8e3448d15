//! Smoothing of one noisy series without a model: a twice integrated Wiener process.
//!
//! The prior `x''' = sqrt(κ) w(t)` with white noise w makes `(x, x', x'')` a Markov chain with transition `Φ_ij =
//! h^(j-i) / (j-i)!` and covariance `κ Q(h)`, `Q_ij = h^(5-i-j) / ((5-i-j) (2-i)! (2-j)!)`. Its posterior mean is a
//! quintic smoothing spline. The ratio `λ = κ / σ²` maximises the marginal likelihood, and the noise variance σ²
//! follows in closed form.
//!
//! The information matrix `κ⁻¹ Q(h)⁻¹` has entries of size `1 / (κ h⁵)`: where two rows are close together, or the
//! series is nearly a parabola, sums with it lose everything that the data say. So no matrix is formed: the weighted
//! rows are eliminated orthogonally, point by point, the heavy ones first (a square-root information smoother).
//!
//! References: Wahba 1978 (splines as integrated Wiener processes); Bierman 1977; Paige & Saunders, SIAM J. Numer.
//! Anal. 14 (1977) 180; Särkkä & Solin 2019, section 12.

// In data-flow order.
mod process;

mod elimination;

mod series;

mod estimate;

pub use estimate::{WienerEstimate, WienerSmoother};

/// Derivatives kept: value, slope, curvature.
const ORDERS: usize = 3;

type Block = [[f64; ORDERS]; ORDERS];
