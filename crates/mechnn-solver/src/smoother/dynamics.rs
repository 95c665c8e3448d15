//! The right-hand side of a nonlinear ODE, with its Jacobians.

/// A parametrised first-order ODE `x' = f(t, x, θ)` with D dimensions and P parameters.
pub trait Dynamics: Sync {
    /// D.
    fn dims(&self) -> usize;

    /// P.
    fn parameters(&self) -> usize;

    /// Writes f into `rate` `[D]`.
    fn rate(&self, t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]);

    /// Writes f and its Jacobians in x and θ.
    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization);
}

/// f and its Jacobians at one point.
#[derive(Debug, Clone, PartialEq)]
pub struct Linearization {
    /// f, `[D]`.
    pub rate: Vec<f64>,
    /// ∂f/∂x, `[D, D]` row-major.
    pub by_state: Vec<f64>,
    /// ∂f/∂θ, `[D, P]` row-major.
    pub by_parameter: Vec<f64>,
}

impl Linearization {
    /// Zeros for `dims` dimensions and `parameters` parameters.
    pub fn zeros(dims: usize, parameters: usize) -> Self {
        Self { rate: vec![0.0; dims], by_state: vec![0.0; dims * dims], by_parameter: vec![0.0; dims * parameters] }
    }
}
