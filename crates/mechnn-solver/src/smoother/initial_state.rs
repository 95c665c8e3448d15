//! Where every trajectory starts, as a function of the parameters.

/// The states at the first times, as functions of the parameters.
pub trait InitialState: Sync {
    /// Writes x_0 of a segment, `[D]`, and ∂x_0/∂θ, `[D, P]` row-major.
    fn initial(&self, segment: usize, theta: &[f64], x: &mut [f64], by_parameter: &mut [f64]);
}
