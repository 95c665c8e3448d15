//! What terms are functions of, along the smoothed states: states, known inputs and the time.

use super::prepared::PreparedData;
use super::range::Range;

impl PreparedData {
    /// Where each state and then each known function lives, in the data's units, `[D + K]`.
    pub(crate) fn ranges(&self) -> Vec<Range> {
        let (dims, count) = (self.dims(), self.known.count());
        let of_state =
            |d: usize| Range::of(self.states.iter().skip(d).step_by(dims).map(|x| x * self.scaling.state[d]));
        let known = self.known_on_grid();
        let of_known = |k: usize| Range::of(known.iter().skip(k).step_by(count).copied());
        (0..dims).map(of_state).chain((0..count).map(of_known)).collect()
    }

    /// The known functions on the grid, in the data's units, `[sum of N, K]`.
    pub(crate) fn known_on_grid(&self) -> Vec<f64> {
        let count = self.known.count();
        let mut values = Vec::new();
        if count > 0 {
            let mut here = vec![0.0; count];
            for (segment, known) in self.segments.iter().zip(self.known.segments()) {
                for &time in &segment.times {
                    known.values_into(time, &mut here);
                    values.extend_from_slice(&here);
                }
            }
        }
        values
    }

    /// The variables of terms at each point of the grid, in the data's units, `[sum of N, V]`.
    pub(crate) fn variables_on_grid(&self) -> Vec<f64> {
        let (dims, count) = (self.dims(), self.known.count());
        let known = self.known_on_grid();
        let mut variables = Vec::with_capacity(self.states.len() + known.len());
        for (point, states) in self.states.chunks_exact(dims).enumerate() {
            variables.extend(states.iter().zip(&self.scaling.state).map(|(x, scale)| x * scale));
            variables.extend_from_slice(&known[point * count..(point + 1) * count]);
        }
        variables
    }

    /// What a term with the given derivatives by its variables, `[V]`, changes by in a unit of scaled time with the
    /// states at rest. The inputs' part is left out: they are linear between their points, and all that it would
    /// improve is an integral over one interval.
    pub(crate) fn slope_in_time(&self, gradient: &[f64]) -> f64 {
        if self.known.explicit_time() { gradient[gradient.len() - 1] * self.scaling.time } else { 0.0 }
    }
}
