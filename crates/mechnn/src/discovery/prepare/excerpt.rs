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
