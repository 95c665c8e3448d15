//! States that never are below zero but by noise.

use super::prepared::PreparedData;

/// The smoothed state may be below zero by so many standard deviations of its noise.
const BELOW: f64 = 2.0;

/// It must rise out of its noise by so many.
const ABOVE: f64 = 3.0;

/// A state that comes as far below zero as a fifth of what it comes above is one of both signs with much noise.
const FAR_MORE_ABOVE: f64 = 5.0;

/// Where a state that never is below zero is smoothed to what is, it is taken to be this part of the noise there.
const PART_OF_THE_NOISE: f64 = 0.1;

impl PreparedData {
    /// Judges for every state whether it is a quantity that cannot be negative, and lifts the smoothed states of those
    /// above zero: there logarithms, roots and fractions are defined.
    ///
    /// A quantity that is used up is zero in the end, and instruments then show zero with noise around it. So an
    /// observation below zero says that a state has both signs only if the noise cannot explain it.
    pub(super) fn judge_signs(&mut self) {
        let dims = self.dims();
        self.is_positive = (0..dims).map(|d| self.never_is_negative(d)).collect();
        let mut offset = 0;
        for segment in &self.segments {
            let count = segment.observations.len();
            for index in (0..count).filter(|index| self.is_positive[index % dims]) {
                let d = index % dims;
                let least = PART_OF_THE_NOISE * self.noise[d] * segment.relative_noise.at(index);
                let state = &mut self.states[offset + index];
                *state = state.max(least);
            }
            offset += count;
        }
    }

    fn never_is_negative(&self, d: usize) -> bool {
        if self.roles.has_velocities() {
            return false;
        }
        if self.observed(d).all(|(_, y)| y > 0.0) {
            return true;
        }
        let noise = self.noise[d];
        // Gaussian noise is hardly ever farther below in so many observations.
        let farthest = (2.0 * (self.count(d).max(2) as f64).ln()).sqrt() + 1.0;
        let explained = self.observed(d).all(|(relative, y)| y >= -farthest * noise * relative);
        let states = || self.states.iter().skip(d).step_by(self.dims());
        let (least, largest) = (
            states().fold(f64::INFINITY, |least, x| least.min(*x)),
            states().fold(f64::NEG_INFINITY, |largest, x| largest.max(*x)),
        );
        explained && least >= -BELOW * noise && largest >= -FAR_MORE_ABOVE * least && largest > ABOVE * noise
    }
}

#[cfg(test)]
mod tests {
    use crate::discovery::test_problem::{TestProblem, columns, polynomials, times};

    fn is_positive(value: fn(f64) -> f64, noise: f64) -> bool {
        // No random numbers: the fractional parts of multiples of the golden ratio, about zero, are spread evenly.
        let mut data = columns(&[("x", value)], &times(81, 0.1));
        for (i, x) in data.trajectories[0].values.iter_mut().enumerate() {
            *x += noise * (((i as f64) * 0.618_033_988_749_895).fract() - 0.5);
        }
        let test = TestProblem::new(data, &polynomials(1));
        let positive = test.data.is_positive(0);
        assert!(!positive || test.data.states.iter().all(|x| *x >= 0.0));
        positive
    }

    #[test]
    fn what_is_used_up_is_positive_in_spite_of_noise_around_zero() {
        assert!(is_positive(|t| 3.0 * (-t).exp(), 0.2));
        assert!(is_positive(|t| 3.0 * (-t).exp(), 0.0));
        assert!(!is_positive(|t| 3.0 * (-t).exp() - 0.4, 0.2), "a plateau below zero");
        assert!(!is_positive(f64::sin, 0.2), "both signs");
        assert!(!is_positive(|t| 0.01 * t.sin(), 0.2), "nothing but noise");
    }
}
