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

#[cfg(test)]
mod tests {
    use super::Scaling;

    #[test]
    fn a_known_rate_is_scaled_as_the_state_over_the_time() {
        // In units of 20 and of 0.5 units of time 8 per unit of time is 4 in half of it, a fifth of 20.
        assert_eq!(Scaling { state: vec![1.0, 20.0], time: 0.5 }.rate(1, 8.0), 0.2);
    }
}
