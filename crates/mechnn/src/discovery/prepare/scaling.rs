//! Units in which every quantity is of order one.

/// `x̃_d = x_d / state[d]`, `t̃ = (t - origin) / time`.
///
/// States are scaled but not shifted: a shift would turn a sparse polynomial into a dense one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scaling {
    /// `[D]`
    pub(crate) state: Vec<f64>,
    pub(crate) time: f64,
}

impl Scaling {
    /// From a known rate of state d in the data's units to the scaled one.
    pub(crate) fn rate(&self, d: usize, rate: f64) -> f64 {
        rate * self.time / self.state[d]
    }
}
