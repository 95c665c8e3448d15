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

    /// The least and the largest value that each variable is taken to have, in the data's units, `[D + K]`: those of
    /// the smoothed states, enlarged as a simulation may go beyond them, and of the known functions as they are.
    pub(crate) fn domain(&self) -> Vec<(f64, f64)> {
        let dims = self.dims();
        let of = |(index, range): (usize, Range)| match index < dims {
            true => range.enlarged(self.noise[index] * self.scaling.state[index]),
            false => (range.least, range.largest),
        };
        self.ranges().into_iter().enumerate().map(of).collect()
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

#[cfg(test)]
mod tests {
    use crate::data::Dataset;
    use crate::discovery::DiscoveryOptions;
    use crate::discovery::prepare::PreparedData;
    use crate::discovery::test_problem::{TestProblem, columns, polynomials, times};

    fn driven(explicit_time: bool) -> PreparedData {
        let data: Dataset = columns(&[("x", |t| 50.0 + t.sin()), ("u", |t| 2.0 - t)], &times(41, 0.5));
        let data = data.with_controls(&["u".to_owned()]).expect("an input");
        TestProblem::new(data, &DiscoveryOptions { explicit_time, ..polynomials(1) }).data
    }

    #[test]
    fn variables_are_states_inputs_and_time_in_the_units_of_the_data() {
        let data = driven(true);
        let variables = data.variables_on_grid();
        assert_eq!((variables.len(), data.known_on_grid().len()), (41 * 3, 41 * 2));
        for (point, (own, scaled)) in variables.chunks(3).zip(&data.states).enumerate() {
            let t = 0.5 * point as f64;
            assert!((own[1] - (2.0 - t)).abs() < 1e-12 && (own[2] - t).abs() < 1e-12, "{own:?} at {t}");
            assert_eq!(own[0], scaled * data.scaling.state[0]);
            // Smoothed without noise.
            assert!((own[0] - 50.0 - t.sin()).abs() < 0.01, "{own:?} at {t}");
        }
    }

    #[test]
    fn ranges_are_those_of_states_and_known_functions() {
        let ranges = driven(true).ranges();
        assert_eq!(ranges.len(), 3);
        let [x, u, t] = [ranges[0], ranges[1], ranges[2]];
        assert!(x.is_positive() && (x.mean - 50.0).abs() < 0.2 && (x.spread - 0.7).abs() < 0.1, "{x:?}");
        assert!((u.least + 18.0).abs() < 1e-12 && (u.largest - 2.0).abs() < 1e-12, "{u:?}");
        assert!(t.least == 0.0 && (t.largest - 20.0).abs() < 1e-12, "{t:?}");
    }

    #[test]
    fn terms_change_by_themselves_only_where_the_time_is_a_variable() {
        let with_time = driven(true);
        assert_eq!(with_time.slope_in_time(&[3.0, 5.0, 0.7]), 0.7 * with_time.scaling.time);
        assert_eq!(driven(false).slope_in_time(&[3.0, 5.0]), 0.0);
    }
}
