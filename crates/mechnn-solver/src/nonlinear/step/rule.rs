//! The collocation rule: which polynomial satisfies the ODE at which nodes of a step.

use crate::linear_algebra::lu::{Lu, SINGULAR};
use crate::quadrature;

/// Where in a step the ODE is satisfied exactly.
///
/// Each rule is the collocation polynomial of degree s (Radau) or s + 1 (Lobatto) through the start of the step; as a
/// Runge-Kutta method it is implicit and A-stable.
///
/// | Rule | Nodes | Order | At infinite stiffness |
/// |---|---|---|---|
/// | `HermiteSimpson` | 0, 1/2, 1 | 4 | errors persist (`R = 1`); symmetric in time |
/// | `RadauThree` | 3 Radau points, the last at 1 | 5 | errors vanish (`R = 0`) |
/// | `RadauFive` | 5 Radau points, the last at 1 | 9 | errors vanish (`R = 0`) |
///
/// `HermiteSimpson` (Lobatto IIIA) is the rule of the smoother's defects and the natural one for boundary values. Its
/// local error estimate is of order 2 only, so in adaptive solves it takes many more steps than needed.
///
/// # References
/// Hairer & Wanner, *Solving Ordinary Differential Equations II*, sections IV.5 and IV.8; Hairer & Wanner 1999, *Stiff
/// differential equations solved by Radau methods* (the rules with more nodes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CollocationRule {
    /// Lobatto IIIA with nodes 0, 1/2, 1.
    HermiteSimpson,
    /// Radau IIA with three nodes.
    RadauThree,
    /// Radau IIA with five nodes.
    RadauFive,
}

impl CollocationRule {
    /// Every rule.
    pub const ALL: [Self; 3] = [Self::HermiteSimpson, Self::RadauThree, Self::RadauFive];

    /// Order in the step of the error at the ends of steps, for smooth problems that are not stiff.
    pub fn order(self) -> usize {
        match self {
            Self::HermiteSimpson => 4,
            Self::RadauThree => 5,
            Self::RadauFive => 9,
        }
    }

    /// Nodes after the start of the step, in (0, 1]; the last is 1.
    fn nodes(self) -> Vec<f64> {
        let root = 6f64.sqrt();
        match self {
            Self::HermiteSimpson => vec![0.5, 1.0],
            Self::RadauThree => vec![(4.0 - root) / 10.0, (4.0 + root) / 10.0, 1.0],
            // Zeros of P_5 - P_4 on [0, 1].
            Self::RadauFive => vec![
                0.057_104_196_114_517_68,
                0.276_843_013_638_123_8,
                0.583_590_432_368_916_8,
                0.860_240_135_656_219_4,
                1.0,
            ],
        }
    }

    /// Weight γ of the rate at the start in the error estimate, see `estimate.rs`.
    fn start_weight(self) -> f64 {
        match self {
            // Half the difference between the trapezoidal rule and the midpoint rule, over 3: 1/6 (f_0 - 2 f_m + f_1).
            Self::HermiteSimpson => 1.0 / 6.0,
            // Reciprocal of the real eigenvalue of A^-1, as in the RADAU5 and RADAU codes.
            Self::RadauThree => 1.0 / 3.637_834_252_744_496,
            Self::RadauFive => 1.0 / 6.286_704_751_729_277,
        }
    }
}

/// The numbers of a rule: stages `X_i = x(t + c_i h)`, i = 1..s, satisfy
/// `X_i = x_0 + h (a_i0 f(t, x_0) + sum_j a_ij f(t + c_j h, X_j))`.
#[derive(Debug, Clone)]
pub(crate) struct Tableau {
    /// s
    pub(crate) stages: usize,
    /// c, `[s]`.
    pub(crate) nodes: Vec<f64>,
    /// a_i0, `[s]`: zero unless the start is a node.
    pub(crate) start: Vec<f64>,
    /// a_ij, `[s, s]`.
    pub(crate) weights: Vec<f64>,
    /// Inverse of a_ij, `[s, s]`.
    pub(crate) inverse: Vec<f64>,
    /// Weights of the rates at the start and at the stages in the error estimate, `[1 + s]`: they annihilate
    /// polynomials of degree s - 1.
    pub(crate) error: Vec<f64>,
    /// The power that turns a tolerance into one for the error estimate.
    pub(crate) transfer: f64,
}

impl Tableau {
    /// Whether the start of a step is a node: its rate is then part of the equations.
    pub(crate) fn uses_start(&self) -> bool {
        self.start.iter().any(|weight| *weight != 0.0)
    }

    pub(crate) fn new(rule: CollocationRule) -> Self {
        let nodes = rule.nodes();
        let stages = nodes.len();
        let with_start: Vec<f64> = std::iter::once(0.0).chain(nodes.iter().copied()).collect();
        let starts_at_node = rule == CollocationRule::HermiteSimpson;
        let points = if starts_at_node { &with_start[..] } else { &nodes[..] };
        let integrals = quadrature::integrals(points, &nodes);
        let rows = || integrals.chunks_exact(points.len());
        let (start, weights): (Vec<f64>, Vec<f64>) = match starts_at_node {
            true => (rows().map(|row| row[0]).collect(), rows().flat_map(|row| &row[1..]).copied().collect()),
            false => (vec![0.0; stages], integrals.clone()),
        };
        // The only functional on these nodes that annihilates degree s - 1 is the divided difference, up to a factor.
        let difference = |j: usize| -> f64 {
            let others = (0..=stages).filter(|&k| k != j);
            others.map(|k| 1.0 / (with_start[j] - with_start[k])).product()
        };
        let error = (0..=stages).map(|j| rule.start_weight() * difference(j) / difference(0)).collect();
        let inverse = inverse(&weights, stages);
        // Local errors fall with order + 1, estimates with s + 1.
        let transfer = (stages + 1) as f64 / (rule.order() + 1) as f64;
        Self { stages, nodes, start, weights, inverse, error, transfer }
    }
}

/// Inverse of a small, well conditioned matrix `[n, n]`.
fn inverse(matrix: &[f64], n: usize) -> Vec<f64> {
    let Ok(factor) = Lu::factor(matrix.to_vec(), n, SINGULAR) else {
        unreachable!("the integration matrix of a collocation rule is regular");
    };
    let mut inverse = vec![0.0; n * n];
    let mut column = vec![0.0; n];
    for j in 0..n {
        column.fill(0.0);
        column[j] = 1.0;
        factor.solve(&mut column);
        (0..n).for_each(|i| inverse[i * n + j] = column[i]);
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_integrate_polynomials_up_to_their_order() {
        for rule in CollocationRule::ALL {
            let tableau = Tableau::new(rule);
            let s = tableau.stages;
            for (i, &end) in tableau.nodes.iter().enumerate() {
                // Stages have order s (s + 1 with the start as a node), the last one the order of the rule.
                let order = if i + 1 == s { rule.order() } else { s };
                for power in 0..order {
                    let at_start = if power == 0 { tableau.start[i] } else { 0.0 };
                    let terms = (0..s).map(|j| tableau.weights[i * s + j] * tableau.nodes[j].powi(power as i32));
                    let error = at_start + terms.sum::<f64>() - end.powi(power as i32 + 1) / (power + 1) as f64;
                    assert!(error.abs() < 1e-15, "{rule:?}, stage {i}, power {power}: {error:e}");
                }
            }
        }
    }

    #[test]
    fn the_error_functional_annihilates_low_degrees_only() {
        for rule in CollocationRule::ALL {
            let tableau = Tableau::new(rule);
            let apply = |power: usize| -> f64 {
                let at_start = if power == 0 { tableau.error[0] } else { 0.0 };
                let terms = tableau.nodes.iter().zip(&tableau.error[1..]);
                at_start + terms.map(|(c, weight)| weight * c.powi(power as i32)).sum::<f64>()
            };
            for power in 0..tableau.stages {
                assert!(apply(power).abs() < 1e-13, "{rule:?}, power {power}: {:e}", apply(power));
            }
            assert!(apply(tableau.stages).abs() > 1e-4, "{rule:?}");
        }
    }
}
