//! Scheme and row weights: from the command line over the file over the defaults.

use clap::ValueEnum;
use mechnn_solver::{CollocationNodes, Scheme, Weights};
use serde::Deserialize;

use crate::failure::Failure;

/// Names of the schemes, on the command line and in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SchemeName {
    /// Least squares, Taylor rows up to the highest derivative (S-MNN's default)
    Taylor,
    /// Least squares, a central difference for the highest derivative
    TaylorCentral,
    /// The first paper's relaxed linear programme, with its slack
    RelaxedLp,
    /// Least squares, the prior of the probabilistic ODE solvers; wants a large equation weight
    IntegratedWiener,
    /// Least squares, two-point Padé (Hermite-Obreshkov) rows; the equations must fix the highest derivative
    Pade,
    /// No least squares: exact integrals of the interpolating polynomial on elements of up to 7 points, order up to 8
    Collocation,
}

/// What was asked for; `None` where nothing was.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Discretisation {
    scheme: Option<SchemeName>,
    weights: Option<[f64; 3]>,
    gamma_alpha: Option<f64>,
}

impl Discretisation {
    /// As typed, or as in a file.
    pub(super) fn typed(scheme: Option<SchemeName>, weights: Option<[f64; 3]>, gamma_alpha: Option<f64>) -> Self {
        Self { scheme, weights, gamma_alpha }
    }

    /// Takes from `file` what was not typed.
    pub(super) fn or(self, file: Self) -> Self {
        Self {
            scheme: self.scheme.or(file.scheme),
            weights: self.weights.or(file.weights),
            gamma_alpha: self.gamma_alpha.or(file.gamma_alpha),
        }
    }

    /// The scheme and the weights of a problem of `points` points given as arrays; the default is S-MNN's `taylor`.
    pub(super) fn over_arrays(self, points: usize) -> Result<(Scheme, Weights), Failure> {
        self.decide(SchemeName::Taylor, points)
    }

    /// The least-squares scheme and the weights of a problem given as text, unless another was asked for; the default
    /// is
    /// `taylor-central`, whose highest derivative is not piecewise constant.
    pub(super) fn over_text(self, points: usize) -> Result<(Scheme, Weights), Failure> {
        self.decide(SchemeName::TaylorCentral, points)
    }

    /// Whether nothing was asked for that only least squares has: then collocation is tried first.
    pub(super) fn is_open(self) -> bool {
        self.scheme.is_none() && self.weights.is_none() && self.gamma_alpha.is_none()
    }

    fn decide(self, default: SchemeName, points: usize) -> Result<(Scheme, Weights), Failure> {
        let scheme = match (self.scheme.unwrap_or(default), self.gamma_alpha) {
            (SchemeName::Collocation, None) => Scheme::Collocation {
                // Where no element fits, the solver's own error says which numbers of points do.
                nodes: largest_elements(points).unwrap_or(CollocationNodes::Three),
            },
            (SchemeName::Taylor, None) => Scheme::Taylor,
            (SchemeName::TaylorCentral, None) => Scheme::TaylorCentral,
            (SchemeName::IntegratedWiener, None) => Scheme::IntegratedWiener,
            (SchemeName::Pade, None) => Scheme::Pade,
            // Not the published layer's 0.05: with any value but 0 the error does not vanish with the step.
            (SchemeName::RelaxedLp, gamma_alpha) => Scheme::RelaxedLp { gamma_alpha: gamma_alpha.unwrap_or(0.0) },
            (_, Some(_)) => {
                return Err(Failure::usage("gamma * alpha belongs to the relaxed LP only")
                    .hint("add --scheme relaxed-lp, or leave gamma_alpha away"));
            }
        };
        if let Some(value) = scheme.gamma_alpha().filter(|value| !value.is_finite()) {
            return Err(Failure::usage(format!("gamma * alpha is {value}; it must be finite")));
        }
        let [equation, initial, smoothness] = self.weights.unwrap_or([1.0; 3]);
        Ok((scheme, Weights { equation, initial, smoothness }))
    }
}

/// The most accurate elements into which the intervals between `points` points can be divided.
pub(super) fn largest_elements(points: usize) -> Option<CollocationNodes> {
    let fits = |nodes: &CollocationNodes| points > 1 && (points - 1).is_multiple_of(nodes.intervals());
    CollocationNodes::ALL.into_iter().rev().find(fits)
}

/// Three positive numbers, separated by commas.
pub(super) fn parse_weights(text: &str) -> Result<[f64; 3], String> {
    let positive = |word: &str| word.trim().parse::<f64>().ok().filter(|w| w.is_finite() && *w > 0.0);
    let weights: Option<Vec<f64>> = text.split(',').map(positive).collect();
    match weights.as_deref() {
        Some(&[equation, initial, smoothness]) => Ok([equation, initial, smoothness]),
        _ => Err("expected three positive numbers: equation,initial,smoothness, as in 1,10,1".to_owned()),
    }
}
