//! A part of long data, to search on.

use mechnn_solver::smoother::Segment;

use super::prepared::PreparedData;

/// Pieces of a trajectory in an excerpt: several, so that the excerpt sees slow changes too.
const PIECES: usize = 4;

/// The least points of a piece, so that it shows a turn of the states and not only a slope.
const SHORTEST_PIECE: usize = 30;

impl PreparedData {
    /// At most about `points` points of the grid, in a few pieces spread over each trajectory, each with its own
    /// start; none if there are no more.
    pub(crate) fn excerpt(&self, points: usize) -> Option<Self> {
        let dims = self.dims();
        let all = self.states.len() / dims;
        if all <= points {
            return None;
        }
        let mut excerpt = Self {
            segments: Vec::new(),
            observed_at: Vec::new(),
            states: Vec::new(),
            derivatives: Vec::new(),
            // Their places are those of the whole.
            outliers: Vec::new(),
            ..self.clone()
        };
        let mut first = 0;
        let mut sources = Vec::new();
        for (source, segment) in self.segments.iter().enumerate() {
            let length = segment.times.len();
            let part = length.div_ceil(PIECES);
            let kept = (part * points / all).max(SHORTEST_PIECE);
            for begin in (0..length).step_by(part) {
                let rows = begin..(begin + kept.min(part)).min(length);
                let values = rows.start * dims..rows.end * dims;
                let whole = (first + rows.start) * dims..(first + rows.end) * dims;
                sources.push(source);
                excerpt.segments.push(Segment {
                    times: segment.times[rows].to_vec(),
                    observations: segment.observations[values.clone()].to_vec(),
                    relative_noise: segment.relative_noise.of(values),
                });
                excerpt.states.extend_from_slice(&self.states[whole.clone()]);
                excerpt.derivatives.extend_from_slice(&self.derivatives[whole]);
            }
            first += length;
        }
        excerpt.known = self.known.of_pieces(&sources);
        Some(excerpt)
    }
}

#[cfg(test)]
mod tests {
    use crate::data::NoiseModel;
    use crate::discovery::DiscoveryOptions;
    use crate::discovery::test_problem::{HUNT, TestProblem, columns, polynomials, simulated, times};

    #[test]
    fn short_data_have_no_excerpt() {
        let test = TestProblem::hunt();
        assert!(test.data.excerpt(41).is_none() && test.data.excerpt(40).is_some());
    }

    #[test]
    fn pieces_of_every_trajectory_stay_with_their_states_and_noise() {
        let data = simulated(&HUNT, &[&[1.0, 1.0], &[2.0, 0.5]], &times(161, 0.1));
        let options = DiscoveryOptions { noise_model: Some(NoiseModel::Proportional), ..polynomials(1) };
        let whole = TestProblem::new(data, &options).data;
        let excerpt = whole.excerpt(264).expect("322 points");
        // Four pieces of each trajectory.
        assert_eq!(excerpt.segments.len(), 8);
        let points: usize = excerpt.segments.iter().map(|segment| segment.times.len()).sum();
        assert!((250..=264).contains(&points), "{points}");
        assert_eq!((excerpt.states.len(), excerpt.derivatives.len()), (2 * points, 2 * points));
        let mut place = 0;
        for (number, piece) in excerpt.segments.iter().enumerate() {
            let source = &whole.segments[number / 4];
            let first = source.times.iter().position(|t| *t == piece.times[0]).expect("a time of the trajectory");
            // One after another over the whole trajectory.
            assert_eq!(first, [0, 41, 82, 123][number % 4]);
            for (t, &time) in piece.times.iter().enumerate() {
                assert_eq!(time, source.times[first + t]);
                let row = (number / 4) * 161 + first + t;
                for d in 0..2 {
                    let (own, other) = (2 * t + d, 2 * (first + t) + d);
                    assert_eq!(piece.observations[own], source.observations[other]);
                    assert_eq!(piece.relative_noise.at(own), source.relative_noise.at(other));
                    assert_eq!(excerpt.states[2 * place + d], whole.states[2 * row + d]);
                    assert_eq!(excerpt.derivatives[2 * place + d], whole.derivatives[2 * row + d]);
                }
                place += 1;
            }
        }
    }

    #[test]
    fn a_piece_is_long_enough_to_show_a_turn() {
        let data = simulated(&HUNT, &[&[1.0, 1.0]], &times(161, 0.1));
        let excerpt = TestProblem::new(data, &polynomials(1)).data.excerpt(40).expect("161 points");
        assert!(excerpt.segments.iter().all(|piece| piece.times.len() == 30));
    }

    #[test]
    fn a_piece_has_the_inputs_of_its_trajectory() {
        let data = columns(&[("x", |t| t.sin()), ("u", |t| 3.0 + t)], &times(201, 0.1));
        let data = data.with_controls(&["u".to_owned()]).expect("an input");
        let test = TestProblem::new(data, &polynomials(1));
        let excerpt = test.data.excerpt(150).expect("201 points");
        assert_eq!(excerpt.known.segments().len(), excerpt.segments.len());
        for (piece, known) in excerpt.segments.iter().zip(excerpt.known.segments()) {
            let (mut value, time) = ([0.0], piece.times[2]);
            known.values_into(time, &mut value);
            let expected = 3.0 + time * excerpt.scaling.time;
            assert!((value[0] - expected).abs() < 1e-12, "{value:?}, expected {expected} up to rounding");
        }
    }
}
