//! The four structures with their true constants.

use burn::tensor::Tensor;
use mechnn_solver::smoother::{Dynamics, Linearization};

/// A structure with constants k.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Structure {
    /// x' = tanh(k0 x + k1 y), y' = tanh(k2 x + k3 y)
    PlanarTanh,
    /// x' = |k0 t² + k1 t|^k2 x² + k3 t
    Riccati,
    /// x' = k0 x^k1
    PowerLaw,
    /// x' = -sqrt|k0 + k1 x + k2 x²| / sqrt|1 + k3 t + k4 t²|: the common scale of both roots is not identifiable, so
    /// one constant is 1 (the paper's 0.5 + 2 x + 0.8 x² over 1 + 0.1 t + 0.2 t²).
    RationalRoot,
}

pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) truth: &'static [f64],
    /// Round numbers of the right sign.
    pub(super) start: &'static [f64],
    pub(super) names: &'static [&'static str],
    pub(super) reference: &'static [&'static str],
    pub(super) initial: &'static [f64],
    pub(super) step: f64,
    pub(super) points: usize,
}

impl Structure {
    pub(super) const ALL: [Self; 4] = [Self::PlanarTanh, Self::Riccati, Self::PowerLaw, Self::RationalRoot];

    pub(super) fn known(self) -> Known {
        match self {
            Self::PlanarTanh => Known {
                name: "planar tanh",
                truth: &[-2.0, 1.0, 1.0, 1.0],
                start: &[-1.0, 0.5, 0.5, 0.5],
                names: &["x' by x", "x' by y", "y' by x", "y' by y"],
                reference: &[""; 4],
                initial: &[0.1, 0.1],
                step: 0.01,
                points: 301,
            },
            Self::Riccati => Known {
                name: "Riccati",
                truth: &[3.0, -1.0, 0.8, 1.0],
                start: &[2.0, -0.5, 1.0, 0.5],
                names: &["of t²", "of t in the power", "exponent", "of t"],
                reference: &["2.997", "-.994", ".8001", ""],
                initial: &[0.5],
                step: 0.001,
                points: 1001,
            },
            Self::PowerLaw => Known {
                name: "power law",
                truth: &[1.6, 0.4],
                start: &[1.0, 1.0],
                names: &["factor", "exponent"],
                reference: &[""; 2],
                initial: &[0.1],
                step: 0.01,
                points: 1001,
            },
            Self::RationalRoot => Known {
                name: "rational root",
                truth: &[0.5, 2.0, 0.8, 0.1, 0.2],
                start: &[1.0, 1.0, 1.0, 0.5, 0.5],
                names: &["numerator 1", "numerator x", "numerator x²", "denominator t", "denominator t²"],
                reference: &["slope field only"; 5],
                initial: &[0.5],
                step: 0.001,
                // The solution meets the root of the numerator, where it is not unique, soon after t = 1.
                points: 901,
            },
        }
    }

    fn dims(self) -> usize {
        self.known().initial.len()
    }

    /// Right-hand side `[B, N, D]` for constants k.
    pub(super) fn rate(self, k: &Tensor<1>, x: Tensor<3>, t: Tensor<3>) -> Tensor<3> {
        let k = |i: usize| k.clone().narrow(0, i, 1).reshape([1, 1, 1]);
        match self {
            Self::PlanarTanh => {
                let [batch, points, _] = x.dims();
                let state = |d: usize| x.clone().slice([0..batch, 0..points, d..d + 1]);
                let unit = |i: usize| (state(0) * k(i) + state(1) * k(i + 1)).tanh();
                Tensor::cat(vec![unit(0), unit(2)], 2)
            }
            Self::Riccati => power(t.clone() * t.clone() * k(0) + t.clone() * k(1), k(2)) * x.clone() * x + t * k(3),
            Self::PowerLaw => power(x, k(1)) * k(0),
            Self::RationalRoot => {
                let root = |q: Tensor<3>| power(q, k(0) * 0.0 + 0.5);
                let above = root(x.clone() * k(1) + x.clone() * x * k(2) + k(0));
                -above / root(t.clone() * k(3) + t.clone() * t * k(4) + 1.0)
            }
        }
    }
}

/// |x|^p, with 1e-12 below the logarithm so that its derivative is finite at 0.
fn power(x: Tensor<3>, exponent: Tensor<3>) -> Tensor<3> {
    ((x.abs() + 1e-12).log() * exponent).exp()
}

/// The structure in plain numbers, for the data.
impl Dynamics for Structure {
    fn dims(&self) -> usize {
        Structure::dims(*self)
    }

    fn parameters(&self) -> usize {
        0
    }

    fn rate(&self, t: f64, x: &[f64], _: &[f64], rate: &mut [f64]) {
        let k = self.known().truth;
        match self {
            Self::PlanarTanh => {
                rate[0] = (k[0] * x[0] + k[1] * x[1]).tanh();
                rate[1] = (k[2] * x[0] + k[3] * x[1]).tanh();
            }
            Self::Riccati => rate[0] = (k[0] * t * t + k[1] * t).abs().powf(k[2]) * x[0] * x[0] + k[3] * t,
            Self::PowerLaw => rate[0] = k[0] * x[0].abs().powf(k[1]),
            Self::RationalRoot => {
                let above = (k[0] + k[1] * x[0] + k[2] * x[0] * x[0]).abs();
                rate[0] = -(above / (1.0 + k[3] * t + k[4] * t * t).abs()).sqrt();
            }
        }
    }

    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        Dynamics::rate(self, t, x, theta, &mut out.rate);
        let k = self.known().truth;
        match self {
            Self::PlanarTanh => {
                for d in 0..2 {
                    let slope = 1.0 - out.rate[d] * out.rate[d];
                    out.by_state[2 * d] = slope * k[2 * d];
                    out.by_state[2 * d + 1] = slope * k[2 * d + 1];
                }
            }
            Self::Riccati => out.by_state[0] = 2.0 * (k[0] * t * t + k[1] * t).abs().powf(k[2]) * x[0],
            Self::PowerLaw => out.by_state[0] = k[1] * out.rate[0] / x[0],
            Self::RationalRoot => {
                let above = k[0] + k[1] * x[0] + k[2] * x[0] * x[0];
                out.by_state[0] = 0.5 * out.rate[0] * (k[1] + 2.0 * k[2] * x[0]) / above;
            }
        }
    }
}
