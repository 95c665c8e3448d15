//! A right-hand side at many points at once.

/// Times and states at n points, each variable along all points: a structure of arrays.
#[derive(Debug, Clone, Copy)]
pub struct Points<'a> {
    /// `[n]`
    pub times: &'a [f64],
    /// `[D, n]`
    pub states: &'a [f64],
}

/// Where f and its Jacobians at n points are written, each entry along all points.
#[derive(Debug)]
pub struct Linearizations<'a> {
    /// f, `[D, n]`.
    pub rate: &'a mut [f64],
    /// ∂f/∂x, `[D, D, n]`.
    pub by_state: &'a mut [f64],
    /// ∂f/∂θ, `[D, P, n]`.
    pub by_parameter: &'a mut [f64],
}

impl Points<'_> {
    /// n.
    pub fn count(&self) -> usize {
        self.times.len()
    }

    /// Writes the state at one point, `[D]`.
    ///
    /// # Panics
    /// If there is no such point.
    pub fn state_into(&self, point: usize, x: &mut [f64]) {
        let states = self.states.chunks_exact(self.count());
        x.iter_mut().zip(states).for_each(|(x, along)| *x = along[point]);
    }
}

/// Writes the numbers of one point, `[R]`, into the rows of all, `[R, n]`.
pub(crate) fn set_point(rows: &mut [f64], count: usize, point: usize, numbers: &[f64]) {
    rows.chunks_exact_mut(count).zip(numbers).for_each(|(row, number)| row[point] = *number);
}

#[cfg(test)]
mod tests {
    use super::{Linearizations, Points};
    use crate::dynamics::{Dynamics, Linearization};

    /// x' = a x y + t, y' = b y
    struct Product;

    impl Dynamics for Product {
        fn dims(&self) -> usize {
            2
        }

        fn parameters(&self) -> usize {
            3
        }

        fn rate(&self, t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
            rate.copy_from_slice(&[theta[0] * x[0] * x[1] + t, theta[1] * x[1]]);
        }

        fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
            self.rate(t, x, theta, &mut out.rate);
            out.by_state.copy_from_slice(&[theta[0] * x[1], theta[0] * x[0], 0.0, theta[1]]);
            out.by_parameter.copy_from_slice(&[x[0] * x[1], 0.0, 0.0, 0.0, x[1], 0.0]);
        }
    }

    #[test]
    fn each_entry_stands_along_all_points() {
        let points = Points { times: &[0.0, 1.0, 2.0], states: &[1.0, 2.0, 3.0, 5.0, 7.0, 11.0] };
        let theta = [0.5, -2.0, 9.0];
        let mut rates = [f64::NAN; 6];
        Product.rate_many(points, &theta, &mut rates, &mut Vec::new());
        assert_eq!(rates, [2.5, 8.0, 18.5, -10.0, -14.0, -22.0]);
        let (mut rate, mut by_state, mut by_parameter) = ([f64::NAN; 6], [f64::NAN; 12], [f64::NAN; 18]);
        let out = Linearizations { rate: &mut rate, by_state: &mut by_state, by_parameter: &mut by_parameter };
        Product.linearize_many(points, &theta, out, &mut Vec::new());
        assert_eq!(rate, rates);
        assert_eq!(by_state[..6], [2.5, 3.5, 5.5, 0.5, 1.0, 1.5]);
        assert_eq!(by_state[6..], [0.0, 0.0, 0.0, -2.0, -2.0, -2.0]);
        assert_eq!(by_parameter[..3], [5.0, 14.0, 33.0]);
        assert_eq!(by_parameter[12..15], [5.0, 7.0, 11.0]);
    }
}
