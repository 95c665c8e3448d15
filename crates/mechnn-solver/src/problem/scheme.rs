//! Which discretisation ties the points together, and how its rows are weighed.

use crate::error::ProblemError;

/// The discretisation: which smoothness rows join neighbouring points.
///
/// | scheme | smoothness rows | half bandwidth | source |
/// |---|---|---|---|
/// | `Taylor` | Taylor rows for derivatives 0..=k, both directions | 1 | S-MNN, default |
/// | `TaylorCentral` | Taylor rows for 0..k, central row for k | 2 | S-MNN, `enable_central_smoothness` |
/// | `RelaxedLp` | as `TaylorCentral`, plus one slack shared by all of them | 2 | NeuRLP |
/// | `IntegratedWiener` | prior of the probabilistic ODE solvers, K rows | 1 | Schober et al. 2019 |
/// | `Pade` | two-point Padé rows for derivatives 0..k, K - 1 rows | 1 | Hermite-Obreshkov methods |
/// | `Collocation` | exact integrals of the polynomial, all rows hold exactly | an element | Lobatto IIIA |
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Scheme {
    /// Least squares with Taylor rows up to the highest derivative (piecewise-constant highest derivative).
    Taylor,
    /// Least squares with Taylor rows below the highest derivative and a central difference for it.
    TaylorCentral,
    /// The relaxed linear programme of the first paper, as its code solves it:
    /// `argmin 1/2 |A z - b|^2 - gamma_alpha * eps` over `z = (eps, u)`, where the slack `eps` enters every smoothness
    /// row with coefficient +1.
    RelaxedLp {
        /// The product gamma * alpha; neither matters alone. Any value but 0 biases the solution: the error does not
        /// vanish with the step (layer default 0.05, tests of convergence use 0).
        gamma_alpha: f64,
    },
    /// Least squares with the whitened transition of a k times integrated Wiener process over each interval: the most
    /// likely path of that process which satisfies the equations. Its equations should be
    /// [`EquationRows::Hard`] or weigh 1e2 and more (`docs/src/concepts/schemes.md`).
    IntegratedWiener,
    /// Least squares with Hermite-Obreshkov rows. They leave the highest derivative to the equations: those must
    /// determine it (K = order of the equation + 1, or differentiated equations beside the original ones), otherwise
    /// the solve is refused as not positive definite or ill-conditioned.
    Pade,
    /// No least squares: the equations hold exactly at every point, and on elements of `nodes` points every derivative
    /// is the exact integral of the polynomial through the next one (a collocation spline, Lobatto IIIA). Needs as
    /// many equations as dimensions, an ODE of order K - 1 (not lower), and exactly D (K - 1) conditions; weights and
    /// [`EquationRows`] have no effect.
    Collocation {
        /// Points of an element.
        nodes: CollocationNodes,
    },
}

/// Points of a collocation element, both ends included; neighbouring elements share a point.
///
/// | nodes | order, equal steps | order, Lobatto points | at element ends |
/// |---|---|---|---|
/// | `Three` | 4 | 4 | 4 |
/// | `Five` | 6 | 6 | 8 |
/// | `Seven` | 8 | 8 | 12 |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CollocationNodes {
    /// Two intervals: the Simpson rule where the steps are equal.
    Three,
    /// Four intervals.
    Five,
    /// Six intervals.
    Seven,
}

impl CollocationNodes {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Three, Self::Five, Self::Seven];

    /// How many points.
    pub fn count(self) -> usize {
        self.intervals() + 1
    }

    /// How many intervals of the grid make an element.
    pub fn intervals(self) -> usize {
        match self {
            Self::Three => 2,
            Self::Five => 4,
            Self::Seven => 6,
        }
    }

    /// The Lobatto points on [0, 1]: the ends, and the zeros of the derivative of a Legendre polynomial.
    pub fn lobatto(self) -> Vec<f64> {
        // P_4' = 0 at x^2 = 3/7; P_6' = 0 at x^2 = (15 +- 2 sqrt(15)) / 33.
        let positive = match self {
            Self::Three => vec![1.0],
            Self::Five => vec![(3.0_f64 / 7.0).sqrt(), 1.0],
            Self::Seven => {
                let root = |sign: f64| ((15.0 + sign * 2.0 * 15.0_f64.sqrt()) / 33.0).sqrt();
                vec![root(-1.0), root(1.0), 1.0]
            }
        };
        let negative = positive.iter().rev().map(|x| -x);
        negative.chain([0.0]).chain(positive.iter().copied()).map(|x| 0.5 * (1.0 + x)).collect()
    }
}

impl Scheme {
    /// Name, as on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Scheme::Taylor => "taylor",
            Scheme::TaylorCentral => "taylor-central",
            Scheme::RelaxedLp { .. } => "relaxed-lp",
            Scheme::IntegratedWiener => "integrated-wiener",
            Scheme::Pade => "pade",
            Scheme::Collocation { .. } => "collocation",
        }
    }

    /// True if the highest derivative is tied by central rows over three points.
    pub fn has_central_rows(&self) -> bool {
        matches!(self, Scheme::TaylorCentral | Scheme::RelaxedLp { .. })
    }

    /// Points of a collocation element; nothing in the least-squares schemes.
    pub fn collocation_nodes(&self) -> Option<CollocationNodes> {
        match self {
            Scheme::Collocation { nodes } => Some(*nodes),
            _ => None,
        }
    }

    /// q of the linear term `-q eps`: gamma * alpha of the relaxed LP. The other schemes have no slack eps, so no such
    /// term: 0.
    pub(crate) fn linear_term(&self) -> f64 {
        match self {
            Scheme::RelaxedLp { gamma_alpha } => *gamma_alpha,
            Scheme::Taylor
            | Scheme::TaylorCentral
            | Scheme::IntegratedWiener
            | Scheme::Pade
            | Scheme::Collocation { .. } => 0.0,
        }
    }

    /// gamma * alpha of the relaxed LP.
    pub fn gamma_alpha(&self) -> Option<f64> {
        match self {
            Scheme::RelaxedLp { gamma_alpha } => Some(*gamma_alpha),
            _ => None,
        }
    }
}

/// Whether the equation rows are weighed against the others or hold exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EquationRows {
    /// Least squares with [`Weights::equation`], as both papers do.
    #[default]
    Soft,
    /// Exact at every point; the equation weight has no effect. Better conditioned by the factor `h^-(K-1)` between
    /// equation and smoothness rows, and smaller blocks; the equations must be independent at every point.
    Hard,
}

/// Factors that multiply the rows of each family (they enter the normal equations squared). Default 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Equation rows.
    pub equation: f64,
    /// Initial-value and periodic rows.
    pub initial: f64,
    /// The smoothness rows of the scheme.
    pub smoothness: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self { equation: 1.0, initial: 1.0, smoothness: 1.0 }
    }
}

impl Weights {
    pub(crate) fn check(&self) -> Result<(), ProblemError> {
        let families = [("equation", self.equation), ("initial", self.initial), ("smoothness", self.smoothness)];
        for (family, value) in families {
            if !(value.is_finite() && value > 0.0) {
                return Err(ProblemError::Weight { family, value });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::CollocationNodes;

    #[test]
    fn lobatto_points_are_symmetric_and_extrema_of_a_legendre_polynomial() {
        for nodes in CollocationNodes::ALL {
            let points = nodes.lobatto();
            assert_eq!(points.len(), nodes.count());
            assert!(points.windows(2).all(|ends| ends[0] < ends[1]));
            for (left, right) in points.iter().zip(points.iter().rev()) {
                assert!((left + right - 1.0).abs() < 1e-15);
            }
            // Zeros of the derivative of P_m are extrema of P_m.
            let m = nodes.intervals();
            let legendre = |x: f64| {
                let (mut last, mut current) = (1.0, x);
                for n in 1..m {
                    let n = n as f64;
                    (last, current) = (current, ((2.0 * n + 1.0) * x * current - n * last) / (n + 1.0));
                }
                current
            };
            for &point in &points[1..m] {
                let (x, change) = (2.0 * point - 1.0, 1e-6);
                let slope = (legendre(x + change) - legendre(x - change)) / (2.0 * change);
                assert!(slope.abs() < 1e-8, "{nodes:?}: {slope:e} at {point}");
            }
        }
    }
}
