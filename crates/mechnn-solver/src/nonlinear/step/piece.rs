//! The collocation polynomial on one step.

use super::rule::Tableau;

/// The polynomial through the start of a step and its stages.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece {
    /// Start of the step.
    pub(crate) time: f64,
    /// End of the step: stored, so that requested times are met exactly.
    pub(crate) end: f64,
    /// State at the start, `[D]`.
    pub(crate) start: Vec<f64>,
    /// States at the nodes, `[s, D]`; the last row is the state at the end.
    pub(crate) stages: Vec<f64>,
}

impl Piece {
    /// h
    pub(crate) fn step(&self) -> f64 {
        self.end - self.time
    }

    pub(crate) fn dims(&self) -> usize {
        self.start.len()
    }

    /// State at the end, `[D]`.
    pub(crate) fn last(&self) -> &[f64] {
        &self.stages[self.stages.len() - self.dims()..]
    }

    /// The constant polynomial.
    pub(crate) fn constant(time: f64, end: f64, start: &[f64], tableau: &Tableau) -> Self {
        Self { time, end, start: start.to_vec(), stages: start.repeat(tableau.stages) }
    }

    /// Values of the polynomial at `time`, `[D]`, by Lagrange's formula.
    pub(crate) fn at(&self, time: f64, tableau: &Tableau) -> Vec<f64> {
        let position = (time - self.time) / self.step();
        let node = |k: usize| if k == 0 { 0.0 } else { tableau.nodes[k - 1] };
        let mut state = vec![0.0; self.dims()];
        for j in 0..=tableau.stages {
            let others = (0..=tableau.stages).filter(|&k| k != j);
            let weight: f64 = others.map(|k| (position - node(k)) / (node(j) - node(k))).product();
            let row = if j == 0 { &self.start[..] } else { &self.stages[(j - 1) * self.dims()..] };
            state.iter_mut().zip(row).for_each(|(state, value)| *state += weight * value);
        }
        state
    }

    /// This polynomial read at the nodes of another step; `start` replaces its own value there.
    pub(crate) fn continued(&self, time: f64, end: f64, start: &[f64], tableau: &Tableau) -> Self {
        let nodes = tableau.nodes.iter().flat_map(|c| self.at(time + c * (end - time), tableau));
        Self { time, end, start: start.to_vec(), stages: nodes.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::Piece;
    use crate::nonlinear::step::rule::{CollocationRule, Tableau};

    #[test]
    fn a_cubic_is_read_and_continued_exactly() {
        let tableau = Tableau::new(CollocationRule::RadauThree);
        let cubic = |t: f64| vec![t * t * t - t, 1.0 - 2.0 * t];
        let (time, end) = (0.5, 1.5);
        let stages = tableau.nodes.iter().flat_map(|c| cubic(time + c * (end - time))).collect();
        let piece = Piece { time, end, start: cubic(time), stages };
        let next = piece.continued(end, 2.0, piece.last(), &tableau);
        for (found, t) in [(piece.at(0.7, &tableau), 0.7), (next.at(1.9, &tableau), 1.9)] {
            for (found, expected) in found.iter().zip(cubic(t)) {
                assert!((found - expected).abs() < 1e-13, "{found} and {expected} at {t}");
            }
        }
    }
}
