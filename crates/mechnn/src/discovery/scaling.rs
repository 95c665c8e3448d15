//! Units in which every quantity is of order one.

/// `x̃_d = x_d / state[d]`, `t̃ = (t - origin) / time`.
///
/// States are scaled but not shifted: a shift would turn a sparse polynomial into a dense one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scaling {
    /// `[D]`
    pub(super) state: Vec<f64>,
    pub(super) time: f64,
}
